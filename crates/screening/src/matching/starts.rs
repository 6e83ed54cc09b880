//! Where in a text a term may start, so that most of it need not be shown to the automaton.
//!
//! Two characters in a row of ordinary text are seldom the first two of a term, and six letters seldom the first six.
//! A Bloom filter of those is a hundredth of an automaton, stays in the cache, and says for most places at once that
//! nothing starts there. It errs on one side only: where it says no, no term starts.

use super::places::{Place, Places};
use crate::normalise::fold::is_word_letter;

/// Bits for each term, of which a key sets two: about one key in seventy that starts no term is taken for one that
/// does, and half as many where the power of two has room to spare.
const BITS_FOR_EACH: usize = 16;
/// A filter of few terms has this many bits at least, so that its errors do not depend on luck.
const LEAST_BITS: usize = 1 << 12;
/// One bit for each character of the basic plane; others share theirs.
const SINGLES: usize = 1 << 16;
/// So many letters of a word are looked at, where a term has as many; two of them start too many words.
const LETTERS: usize = 6;

#[derive(Debug, Default)]
pub(crate) struct Starts {
    /// A power of two of words, or none where there are no terms.
    pub(crate) keys: Vec<u64>,
    /// For each word: the length of the longest term of its keys.
    pub(crate) reach: Vec<u16>,
    /// First characters that need no second one, because they are a term. Empty where no term has one character.
    pub(crate) singles: Vec<u64>,
    /// Some term may start inside a word, after another letter.
    pub(crate) inside: bool,
    /// With how many letters terms start: bit 1 for one letter, up to bit 6 for six and more.
    pub(crate) letters: u8,
}

impl Starts {
    pub(crate) fn of_size(terms: usize) -> Self {
        let bits = (terms * BITS_FOR_EACH).next_power_of_two().max(LEAST_BITS);
        Self { keys: vec![0; bits / 64], reach: vec![0; bits / 64], ..Self::default() }
    }

    /// Adds a term; `inside` says that it may also start inside a word.
    pub(crate) fn add(&mut self, term: &str, inside: bool) {
        let chars: Vec<char> = term.chars().take(LETTERS).collect();
        let Some(first) = chars.first().copied() else { return };
        let letters = chars.iter().take_while(|c| is_word_letter(**c)).count();
        self.inside |= inside && letters > 0;
        if chars.len() == 1 {
            self.singles.resize(SINGLES / 64, 0);
            let at = u32::from(first) as usize % SINGLES;
            self.singles[at / 64] |= 1 << (at % 64);
            return;
        }
        if letters > 0 {
            self.letters |= 1 << letters;
        }
        let key = if letters > 0 {
            of_letters(chars[..letters].iter().copied())
        } else {
            of_pair(u32::from(first).into(), u32::from(chars[1]).into())
        };
        let (word, bits) = self.place(key);
        self.keys[word] |= bits;
        let length = u16::try_from(term.chars().count()).unwrap_or(u16::MAX);
        self.reach[word] = self.reach[word].max(length);
    }

    /// Where terms may start, in order, each with the place behind the longest of them.
    ///
    /// In walks of their own, because each is so short that the processor is many characters ahead of what it waits for.
    pub(crate) fn find(&self, places: &Places, found: &mut Vec<(usize, usize)>) {
        let have_letters = places.have_letters();
        let places = places.get();
        found.clear();
        match self.singles.first_chunk() {
            Some(singles) => self.find_pairs(places, |code| has(singles, code), found),
            None => self.find_pairs(places, |_| false, found),
        }
        let pairs = found.len();
        if self.letters != 0 && have_letters {
            self.find_words(places, found);
        }
        if found.len() > pairs {
            found.sort_unstable();
        }
    }

    /// Also finds those that `is_single` says are a term by themselves.
    #[inline]
    fn find_pairs(&self, places: &[Place], is_single: impl Fn(u64) -> bool, found: &mut Vec<(usize, usize)>) {
        let Some((first, others)) = places.split_first() else { return };
        let mut first = first.code();
        for (at, second) in others.iter().enumerate() {
            let second = second.code();
            let (pair, single) = (of_pair(first, second), is_single(first));
            // Not a lazy operator, which would be a branch more: almost never is one of them true.
            if self.has_key(pair) | single {
                let reach = if places[at].is_letter() { 0 } else { self.reach_of(pair) };
                let reach = reach.max(usize::from(single));
                if reach > 0 {
                    found.push((at, at + reach));
                }
            }
            first = second;
        }
        if is_single(first) {
            found.push((others.len(), places.len()));
        }
    }

    #[expect(
        clippy::needless_bitwise_bool,
        reason = "a lazy operator is a branch, and the texts make it a wrong guess"
    )]
    fn find_words(&self, places: &[Place], found: &mut Vec<(usize, usize)>) {
        let mut before = Place::default();
        for (at, place) in places.iter().enumerate() {
            // What goes on in more than one byte, or behind marks, is taken for a start: it errs on the one side.
            let goes_on = before.is_letter() & place.touches(before);
            let starts = place.is_letter() & (!goes_on | self.inside);
            before = *place;
            if starts {
                let reach = self.reach_at_letter(places, at);
                if reach > 0 {
                    found.push((at, at + reach));
                }
            }
        }
    }

    fn reach_at_letter(&self, places: &[Place], at: usize) -> usize {
        let word = &places[at..places.len().min(at + LETTERS)];
        let letters = word.iter().take_while(|place| place.is_letter()).count();
        // Most words are shorter than most terms.
        if self.letters & ((2 << letters) - 1) == 0 {
            return 0;
        }
        let (mut key, mut reach) = (NO_LETTERS, 0);
        for (length, place) in (1..).zip(&word[..letters]) {
            key = with_letter(key, place.c());
            if self.letters >> length & 1 == 1 {
                reach = reach.max(self.reach_of(key));
            }
        }
        reach
    }

    #[inline]
    fn has_key(&self, key: u64) -> bool {
        let (word, bits) = self.place(key);
        self.keys.get(word).is_some_and(|known| known & bits == bits)
    }

    #[inline]
    fn reach_of(&self, key: u64) -> usize {
        let (word, bits) = self.place(key);
        match self.keys.get(word) {
            Some(known) if known & bits == bits => self.reach.get(word).map_or(0, |reach| usize::from(*reach)),
            _ => 0,
        }
    }

    /// The word, and two bits in it, so that a look costs one read. Multiplication by the golden ratio (Knuth 6.4)
    /// brings what differs in the lower bits to the upper ones.
    #[inline]
    fn place(&self, key: u64) -> (usize, u64) {
        let mixed = (key ^ key >> 29).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let word = (mixed >> 32) as usize & self.keys.len().wrapping_sub(1);
        (word, 1 << (mixed >> 26 & 63) | 1 << (mixed >> 20 & 63))
    }
}

/// Whether the character is one of those first ones.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the number of a character")]
fn has(singles: &[u64; SINGLES / 64], code: u64) -> bool {
    let at = code as usize % SINGLES;
    singles[at / 64] >> (at % 64) & 1 == 1
}

#[inline]
const fn of_pair(first: u64, second: u64) -> u64 {
    first << 32 | second
}

/// The upper bits tell keys of letters from those of pairs.
const NO_LETTERS: u64 = 1 << 60;

/// The prime of the hash FNV-1a.
#[inline]
fn with_letter(key: u64, letter: char) -> u64 {
    (key ^ u64::from(u32::from(letter))).wrapping_mul(0x0100_0000_01B3)
}

fn of_letters(letters: impl Iterator<Item = char>) -> u64 {
    letters.fold(NO_LETTERS, with_letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(terms: &[(&str, bool)]) -> Starts {
        let mut starts = Starts::of_size(terms.len());
        for (term, inside) in terms {
            starts.add(term, *inside);
        }
        starts
    }

    fn of(starts: &Starts, text: &str) -> Vec<usize> {
        let mut places = Places::default();
        places.read(text);
        let mut found = Vec::new();
        starts.find(&places, &mut found);
        let mut found: Vec<usize> = found.into_iter().map(|(at, _)| at).collect();
        found.dedup();
        found
    }

    #[test]
    fn what_starts_a_term_is_never_missed() {
        let starts = starts(&[("加微信", false), ("casino", false), ("赌", false), ("𠮷野家", false), ("vx加", false)]);
        assert_eq!(of(&starts, "请加微信"), [1]);
        assert_eq!(of(&starts, "a casino，c a s i n o casin"), [1, 7]);
        assert_eq!(of(&starts, "好赌"), [1]);
        assert_eq!(of(&starts, "𠮷野家 vx加"), [0, 3]);
        assert!(of(&starts, "今天天气很好 nothing here").is_empty());
    }

    #[test]
    fn a_term_that_is_a_whole_word_does_not_start_inside_one() {
        // As terms are compared: without repetitions.
        assert_eq!(of(&starts(&[("as", false)]), "class ass"), [4]);
        assert_eq!(of(&starts(&[("sino", true)]), "casino"), [2]);
    }
}
