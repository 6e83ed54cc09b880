//! Which disguises of its terms a bank sees through.

use serde::{Deserialize, Serialize};

use super::{
    fold::{Folded, fold},
    walk::Gap,
};

/// The first half is on where nothing is said: what it undoes changes no meaning. The second half finds more and errs
/// more, so a bank asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch that an operator sets by its name")]
pub struct Switches {
    /// Full-width, circled, mathematical letters; letter emoji; digits of every script.
    pub compatibility: bool,
    pub case: bool,
    /// Traditional characters as simplified ones.
    pub traditional: bool,
    /// Letters that look like others, as Cyrillic `а`; also accents.
    pub confusables: bool,
    /// Zero-width and combining marks.
    pub marks: bool,
    /// Decorations and spaces between the characters of a term.
    pub separators: bool,
    /// `加加微信`
    pub repeats: bool,
    /// Latin terms only as whole words.
    pub word_boundaries: bool,
    /// Digits for letters in Latin words: `c4sino`.
    pub leet: bool,
    /// No hit where common words meet inside the term and reach over both its ends: `路口|交通` is no `口交`.
    pub common_words: bool,

    /// Chinese numerals for digits and the other way round.
    pub numerals: bool,
    /// Pinyin for some or all characters: `加微xin`.
    pub pinyin: bool,
    /// The first letter of the pinyin for some characters: `加w信`.
    pub initials: bool,
    /// Other characters of the same sound: `加薇信`.
    pub homophones: bool,
    /// Characters written as their parts: `加微人言`.
    pub split: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Switches {
    pub(crate) const DEFAULT: Self = Self {
        compatibility: true,
        case: true,
        traditional: true,
        confusables: true,
        marks: true,
        separators: true,
        repeats: true,
        word_boundaries: true,
        leet: true,
        common_words: true,
        numerals: false,
        pinyin: false,
        initials: false,
        homophones: false,
        split: false,
    };

    pub(crate) fn is_default(&self) -> bool {
        *self == Self::DEFAULT
    }

    /// All that there is.
    #[must_use]
    pub fn all() -> Self {
        Self { numerals: true, pinyin: true, initials: true, homophones: true, split: true, ..Self::default() }
    }

    /// Whether every step that the automaton's text has gone through is wanted, so that a hit needs no second look.
    pub(crate) fn folds_all(&self) -> bool {
        self.compatibility && self.case && self.traditional && self.confusables && self.marks
    }

    /// Whether a disguise of one character is one that these switches see through.
    pub(crate) fn allow_character(&self, written: char) -> bool {
        let folded = match fold(written) {
            Folded::One(folded) if folded == written => return true,
            Folded::Nothing => return self.marks,
            Folded::Between(_) => return true,
            Folded::Many(_) => return self.compatibility,
            Folded::One(folded) => folded,
        };
        let lowered = written.to_lowercase().next() == Some(folded);
        if lowered {
            self.case
        } else if folded.is_ascii_digit() {
            self.compatibility
        } else if super::fold::is_han(written) {
            self.traditional
        } else if matches!(written, '\u{00C0}'..='\u{1FFF}') {
            self.confusables
        } else {
            self.compatibility
        }
    }

    pub(crate) fn allow_gap(&self, gap: Gap) -> bool {
        match gap {
            Gap::None => true,
            Gap::Repeat => self.repeats,
            _ => self.separators,
        }
    }
}
