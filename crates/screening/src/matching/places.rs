//! A text as the automaton reads it: its compared characters, each with its place in the original.

use std::str::CharIndices;

use crate::normalise::{
    fold::{CLASS, CLASS_SHIFT, CODE_SHIFT, DIGIT, EXPANDED, LETTER, SIGN, entry, expansion},
    walk::Gap,
};

/// A compared character, whether it is a letter of a word, where its written one starts in the original, and what stood
/// before it, in 64 bits: 21, 1, 39 and 3 of them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Place(u64);

const GAP_BITS: u32 = 3;
const CHAR_SHIFT: u32 = 43;
/// The letter's bit is the lowest one of an entry, and is below the character here too.
const ENTRY_SHIFT: u32 = CHAR_SHIFT - CODE_SHIFT;

impl Place {
    /// `entry` is one of the table, of a compared character.
    #[inline]
    fn new(entry: u32, start: usize, gap: u32) -> Self {
        Self(u64::from(entry) << ENTRY_SHIFT | (start as u64) << GAP_BITS | u64::from(gap))
    }

    /// Of the compared character.
    #[inline]
    pub(crate) const fn code(self) -> u64 {
        self.0 >> CHAR_SHIFT
    }

    /// Of the scripts that write words with spaces between them.
    #[inline]
    pub(crate) const fn is_letter(self) -> bool {
        self.0 >> ENTRY_SHIFT & 1 == 1
    }

    #[inline]
    pub(crate) fn c(self) -> char {
        char::from_u32((self.0 >> CHAR_SHIFT) as u32).unwrap_or('\0')
    }

    #[inline]
    pub(crate) const fn start(self) -> usize {
        (self.0 << (64 - ENTRY_SHIFT) >> (64 - ENTRY_SHIFT + GAP_BITS)) as usize
    }

    #[inline]
    pub(crate) fn gap(self) -> Gap {
        match self.0 & 7 {
            0 => Gap::None,
            1 => Gap::Repeat,
            2 => Gap::Separator,
            3 => Gap::Space,
            4 => Gap::Sentence,
            _ => Gap::LineBreak,
        }
    }

    /// Nothing that a reader sees parts it from the one before.
    #[inline]
    pub(crate) const fn goes_on(self) -> bool {
        self.0 & 7 <= Gap::Repeat as u64
    }
}

/// Places of texts, one text after the other, in memory that is kept.
#[derive(Debug, Default)]
pub(crate) struct Places {
    all: Vec<Place>,
    count: usize,
    /// The flags of all characters of the text.
    flags: u32,
}

/// More than this is given back: the texts of a publication have 20 000 characters at most.
const KEPT: usize = 1 << 18;

/// What is known of a text up to a character.
#[derive(Clone, Copy)]
struct State {
    count: usize,
    /// What the next entry must not be, or it is a repetition.
    last: u32,
    gap: u32,
}

/// No entry.
const NONE: u32 = u32::MAX;

/// What the entry behind this one must not be: the same, which is its repetition. Numbers are no rhythm: the flag of
/// digits is made another one, and no entry is like that. Nor does a character repeat what something has parted from it.
#[inline]
const fn unless_again(entry: u32) -> u32 {
    entry + (entry & DIGIT)
}

impl Places {
    pub(crate) fn get(&self) -> &[Place] {
        &self.all[..self.count]
    }

    /// Whether some compared character is a letter of a word.
    pub(crate) const fn have_letters(&self) -> bool {
        self.flags & LETTER != 0
    }

    /// Whether some written character may stand for a letter.
    pub(crate) const fn have_signs(&self) -> bool {
        self.flags & SIGN != 0
    }

    /// The same as [`walk`](crate::normalise::walk::walk), as few branches as can be: what a character is cannot be
    /// foreseen, so every one is written, and the next is written over those that do not count.
    pub(crate) fn read(&mut self, text: &str) {
        if self.all.len() > KEPT {
            self.all.truncate(KEPT);
            self.all.shrink_to(KEPT);
        }
        // One compared character for each written one, and one to write over.
        if self.all.len() <= text.len() {
            self.all.resize(text.len() + 1, Place::default());
        }
        let mut state = State { count: 0, last: NONE, gap: 0 };
        self.flags = 0;
        let mut chars = text.char_indices();
        // Expansions are few: the walk is left for them and taken up again behind them.
        while let Some((start, entry)) = self.read_plain(&mut chars, &mut state) {
            state = self.expand(expansion(entry), start, text.len() - start, state);
        }
        self.count = state.count;
    }

    /// Reads up to the next expansion and says what it is.
    #[inline]
    #[expect(
        clippy::needless_bitwise_bool,
        reason = "a lazy operator is a branch, and the texts make it a wrong guess"
    )]
    fn read_plain(&mut self, chars: &mut CharIndices<'_>, state: &mut State) -> Option<(usize, u32)> {
        let all = self.all.as_mut_slice();
        let State { mut count, mut last, mut gap } = *state;
        let (mut found, mut flags) = (None, 0);
        for (start, c) in chars.by_ref() {
            let entry = entry(c);
            let class = entry & CLASS;
            flags |= entry;
            if class >= EXPANDED {
                if class > EXPANDED {
                    // Nobody sees it.
                    continue;
                }
                found = Some((start, entry));
                break;
            }
            // There is room for each; without room nothing is lost but this text's end, and nothing breaks.
            let Some(place) = all.get_mut(count) else { break };
            *place = Place::new(entry, start, gap);
            let counts = (class == 0) & (entry != last);
            count += usize::from(counts);
            last = unless_again(entry);
            gap = if counts { 0 } else { gap.max(class >> CLASS_SHIFT).max(Gap::Repeat as u32) };
        }
        *state = State { count, last, gap };
        self.flags |= flags;
        found
    }

    #[cold]
    fn expand(&mut self, chars: &str, start: usize, rest: usize, mut state: State) -> State {
        let needed = state.count + chars.len() + rest + 1;
        if self.all.len() < needed {
            self.all.resize(needed, Place::default());
        }
        for entry in chars.chars().map(entry) {
            self.flags |= entry;
            if entry == state.last {
                state.gap = Gap::Repeat as u32;
                continue;
            }
            self.all[state.count] = Place::new(entry, start, state.gap);
            state = State { count: state.count + 1, last: unless_again(entry), gap: 0 };
        }
        state
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::normalise::walk::walk;

    fn read(places: &mut Places, text: &str) -> Vec<(char, usize, Gap)> {
        places.read(text);
        places.get().iter().map(|place| (place.c(), place.start(), place.gap())).collect()
    }

    fn walked(text: &str) -> Vec<(char, usize, Gap)> {
        let mut all = Vec::new();
        walk(text, |step| all.push((step.c, step.start, step.gap)));
        all
    }

    #[test]
    fn expansions_find_room() {
        let text = "\u{FDFA}㎏".repeat(1_000);
        assert_eq!(read(&mut Places::default(), &text), walked(&text));
    }

    proptest! {
        #[test]
        fn reading_is_walking(text in "\\PC{0,60}|[aA１1加 *\u{200B}㎏，\n]{0,60}", other in any::<String>()) {
            let mut places = Places::default();
            prop_assert_eq!(read(&mut places, &text), walked(&text));
            prop_assert_eq!(read(&mut places, &other), walked(&other));
        }
    }
}
