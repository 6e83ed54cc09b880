//! How Han characters are read: pinyin without tones.

use std::sync::LazyLock;

use super::{fold::is_han, table::number_at};

const FIRST: u32 = 0x4E00;
const LAST: u32 = 0x9FFF;

static SYLLABLES: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!(concat!(env!("OUT_DIR"), "/syllables.txt")).split('\n').collect());
/// For each character four numbers of syllables in two words; 0 is none.
static READINGS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/readings.bin"));

pub(crate) fn tables() -> [&'static [u8]; 2] {
    [READINGS, include_bytes!(concat!(env!("OUT_DIR"), "/syllables.txt"))]
}

/// The readings of a character, the usual one first.
pub(crate) fn readings(c: char) -> impl Iterator<Item = &'static str> {
    let at = u32::from(c).checked_sub(FIRST).filter(|_| u32::from(c) <= LAST).map(|at| at as usize * 2);
    let row = at.map_or([0; 2], |at| [number_at(READINGS, at), number_at(READINGS, at + 1)]);
    let numbers = row.into_iter().flat_map(|both| [both & 0xFFFF, both >> 16]);
    numbers.filter(|number| *number != 0).map(|number| SYLLABLES[number as usize])
}

/// A term as its letters, for one way to read it. A letter that ends one syllable and starts the next is there once, as
/// repeated letters are in a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Spelt {
    pub(crate) letters: String,
    /// The first and the last letter of each character's syllable.
    pub(crate) syllables: Vec<(u32, u32)>,
}

impl Spelt {
    /// Adds a character's letters.
    pub(crate) fn push(&mut self, syllable: &str) {
        let mut first = None;
        for letter in syllable.chars() {
            if !self.letters.ends_with(letter) {
                self.letters.push(letter);
            }
            // Letters and digits are one byte each.
            first = first.or(Some(self.letters.len() - 1));
        }
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.syllables.push((place(first.unwrap_or_default()), place(self.letters.len() - 1)));
    }
}

/// Few terms have more than three characters with two readings each.
const MOST_READINGS: usize = 16;

/// Every way to read a term of Han characters and Latin letters; none for a term with anything else.
pub(crate) fn spell(chars: &[char]) -> Vec<Spelt> {
    let mut ways = vec![Spelt::default()];
    if !chars.iter().any(|c| is_han(*c)) {
        return Vec::new();
    }
    for &c in chars {
        let syllables: Vec<String> = if is_han(c) {
            readings(c).map(str::to_owned).collect()
        } else if c.is_ascii_alphanumeric() {
            vec![c.to_string()]
        } else {
            Vec::new()
        };
        ways = ways
            .iter()
            .flat_map(|way| {
                syllables.iter().map(|syllable| {
                    let mut way = way.clone();
                    way.push(syllable);
                    way
                })
            })
            .take(MOST_READINGS)
            .collect();
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_of_two_readings_is_spelt_in_both() {
        let ways: Vec<String> = spell(&['银', '行']).into_iter().map(|way| way.letters).collect();
        assert!(ways.contains(&"yinhang".to_owned()) && ways.contains(&"yinxing".to_owned()), "{ways:?}");
    }

    #[test]
    fn a_rare_character_has_a_reading() {
        assert_eq!(readings('軎').next(), Some("wei"));
    }
}
