//! A text as the automaton reads it: its compared characters, each with its place in the original.

use std::str::CharIndices;

use crate::normalise::{
    fold::{CLASS, CODE_SHIFT, DIGIT, EXPANDED, LETTER, SIGN, entry, expansion},
    walk::{Gap, walk},
};

/// A compared character, whether it is a letter of a word, and where its written one starts in the original, in 64 bits:
/// 21, 1 and 42 of them. What stood before it is not kept: it is asked for only where something was found, and
/// [`Gaps`] reads it again then.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Place(u64);

const CHAR_SHIFT: u32 = 43;
/// The letter's bit is the lowest one of an entry, and is below the character here too.
const ENTRY_SHIFT: u32 = CHAR_SHIFT - CODE_SHIFT;

impl Place {
    /// `entry` is one of the table, of a compared character.
    #[inline]
    fn new(entry: u32, start: usize) -> Self {
        Self(u64::from(entry) << ENTRY_SHIFT | start as u64)
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
        (self.0 << (64 - ENTRY_SHIFT) >> (64 - ENTRY_SHIFT)) as usize
    }

    /// It is written in one byte right behind the start of the one before, so that nothing can part them.
    #[inline]
    pub(crate) const fn touches(self, before: Self) -> bool {
        self.start() == before.start() + 1
    }
}

/// What stood before each place of a text.
#[derive(Debug, Default)]
pub(crate) struct Gaps(Vec<Gap>);

impl Gaps {
    pub(crate) fn read(&mut self, text: &str) {
        self.0.clear();
        walk(text, |step| self.0.push(step.gap));
    }

    /// Behind the last place there is the end of the text.
    pub(crate) fn before(&self, place: usize) -> Gap {
        self.0.get(place).copied().unwrap_or(Gap::LineBreak)
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
        let mut state = State { count: 0, last: NONE };
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
        let State { mut count, mut last } = *state;
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
            *place = Place::new(entry, start);
            count += usize::from((class == 0) & (entry != last));
            last = unless_again(entry);
        }
        *state = State { count, last };
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
                continue;
            }
            self.all[state.count] = Place::new(entry, start);
            state = State { count: state.count + 1, last: unless_again(entry) };
        }
        state
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(places: &mut Places, text: &str) -> Vec<(char, usize)> {
        places.read(text);
        places.get().iter().map(|place| (place.c(), place.start())).collect()
    }

    fn walked(text: &str) -> Vec<(char, usize)> {
        let mut all = Vec::new();
        walk(text, |step| all.push((step.c, step.start)));
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
