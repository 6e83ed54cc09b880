//! Terms by their sound: pinyin for characters, and other characters of the same sound.

use super::{
    lexicon::{Lexicon, Use},
    places::{Gaps, Place},
    search::{Hit, hit},
    verify::Candidate,
};
use crate::normalise::{
    Switches,
    fold::{Folded, fold, is_han},
    readings::{Spelt, readings},
    walk::{Gap, end_with_tail, walk},
};

/// A text as its letters.
#[derive(Default)]
struct Sounds {
    /// The compared characters.
    chars: Vec<char>,
    spelt: Spelt,
    /// For each letter, the character that starts and the one that ends with it.
    starts: Vec<u32>,
    ends: Vec<u32>,
}

const NO_CHARACTER: u32 = u32::MAX;
/// What is no sound, so that no term reaches over it.
const SILENCE: &str = "\u{1}";

/// Searches twice: with the usual reading of each character, and with the second reading of those that have one.
pub(super) fn search(lexicon: &Lexicon, text: &str, (places, gaps): (&[Place], &Gaps), hits: &mut Vec<Hit>) {
    let Some(automaton) = &lexicon.phonetic else { return };
    for reading in 0..2 {
        let sounds = Sounds::of(text, reading);
        let mut stepper = automaton.find_overlapping_stepper();
        for (at, letter) in sounds.spelt.letters.chars().enumerate() {
            stepper.consume(letter);
            for found in stepper.matches() {
                let length = lexicon.phonetic_uses.uses.length(found.value());
                let Some(from) = length.and_then(|length| (at + 1).checked_sub(length)) else { continue };
                for (used, syllables) in lexicon.phonetic_uses.of(found.value()) {
                    if let Some((first, last)) =
                        sounds.check(lexicon, used, syllables, (from, at), text, (places, gaps))
                    {
                        let start = places[first].start();
                        let end = end_with_tail(text, places[last].start(), sounds.chars[last]);
                        hits.push(hit(used, start, end));
                    }
                }
            }
        }
    }
}

impl Sounds {
    fn of(text: &str, reading: usize) -> Self {
        let mut sounds = Self::default();
        walk(text, |step| {
            let number = u32::try_from(sounds.chars.len()).unwrap_or(NO_CHARACTER);
            sounds.chars.push(step.c);
            let mut buffer = [0; 4];
            let letters = if is_han(step.c) {
                readings(step.c).nth(reading).or_else(|| readings(step.c).next()).unwrap_or(SILENCE)
            } else if step.c.is_ascii_alphanumeric() {
                step.c.encode_utf8(&mut buffer)
            } else {
                SILENCE
            };
            sounds.spelt.push(letters);
            let (first, last) = sounds.spelt.syllables[sounds.spelt.syllables.len() - 1];
            sounds.starts.resize(sounds.spelt.letters.len(), NO_CHARACTER);
            sounds.ends.resize(sounds.spelt.letters.len(), NO_CHARACTER);
            sounds.starts[first as usize] = number;
            if sounds.ends[last as usize] == NO_CHARACTER {
                sounds.ends[last as usize] = number;
            }
        });
        sounds
    }

    /// The characters of the term, when each Han character in it is one syllable of the term.
    fn check(
        &self,
        lexicon: &Lexicon,
        used: Use,
        term: &[(u32, u32)],
        (from, to): (usize, usize),
        text: &str,
        (places, gaps): (&[Place], &Gaps),
    ) -> Option<(usize, usize)> {
        let (first, last) = (self.starts[from], self.ends[to]);
        if first == NO_CHARACTER || last == NO_CHARACTER || first > last {
            return None;
        }
        let (first, last) = (first as usize, last as usize);
        let written = folded(lexicon.texts.get(used.term));
        let (mut same, mut other, mut letters) = (0, 0, 0);
        for at in first..places.len().min(last + 1) {
            let (start, end) = self.spelt.syllables[at];
            let place = ((start as usize).checked_sub(from)?, (end as usize).checked_sub(from)?);
            let syllable = term.iter().position(|(a, b)| (*a as usize, *b as usize) == place);
            let gap = gaps.before(at);
            if at > first && gap > Gap::Space {
                return None;
            }
            if is_han(self.chars[at]) {
                if written.get(syllable?) == Some(&self.chars[at]) { same += 1 } else { other += 1 }
            } else {
                letters += 1;
                // Spelt out, syllables may be parted and letters may not.
                let starts = term.iter().any(|(a, _)| *a as usize == place.0);
                if at > first && gap > Gap::Repeat && !starts {
                    return None;
                }
            }
        }
        let switches = &lexicon.switches[usize::from(used.bank)];
        let whole = Candidate { text, places, gaps, first, last }.is_whole_word();
        (whole && is_likely(switches, same, other, letters)).then_some((first, last))
    }
}

/// Whether so many characters that are the term's, that sound like it and that are letters make a disguise. Where all
/// characters are others, chance is more likely than intent, except for long terms.
fn is_likely(switches: &Switches, same: usize, other: usize, letters: usize) -> bool {
    let disguised = other + letters > 0;
    disguised
        && (letters == 0 || switches.pinyin)
        && (other == 0 || (switches.homophones && (same >= other || letters > 0 || same + other > 4)))
}

fn folded(term: &str) -> Vec<char> {
    let mut chars = Vec::new();
    for c in term.chars() {
        match fold(c) {
            Folded::One(c) if chars.last() != Some(&c) || c.is_ascii_digit() => chars.push(c),
            Folded::Many(many) => chars.extend(many.chars()),
            Folded::One(_) | Folded::Nothing | Folded::Between(_) => {}
        }
    }
    chars
}
