//! The search: one walk over the text feeds the automaton; what it finds is looked at again with its surroundings.

use super::{
    lexicon::{Lexicon, Use},
    phonetic,
    verify::Candidate,
};
use crate::normalise::{
    leet,
    walk::{Gap, walk},
};

/// A compared character's place in the original, and what stood before it, in 32 bits: a text has at most 512 MB.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place(u32);

impl Place {
    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a Lambda event has 6 MB at most, a text of 512 MB cannot come"
    )]
    pub(crate) fn new(start: usize, gap: Gap) -> Self {
        Self(((start as u64) << 3 | gap as u64) as u32)
    }

    #[inline]
    pub(crate) fn start(self) -> usize {
        (self.0 >> 3) as usize
    }

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
}

/// A term that was found: where it stands in the original, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hit {
    pub(crate) bank: u16,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) term: u32,
}

/// What a search needs beside the text; kept between texts.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    pub(crate) places: Vec<Place>,
    /// Pattern, and the number of its last character.
    raw: Vec<(u32, u32)>,
}

impl Lexicon {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a text that has a place has fewer characters than 32 bits count"
    )]
    /// Adds what is found in the text to `hits`, unordered, each place of a term once.
    pub(crate) fn search(&self, text: &str, scratch: &mut Scratch, hits: &mut Vec<Hit>) {
        let Scratch { places, raw } = scratch;
        places.clear();
        // One character in two to three bytes, in most texts.
        places.reserve(text.len() / 2);
        raw.clear();
        if let Some(automaton) = &self.automaton {
            let mut stepper = automaton.find_overlapping_stepper();
            walk(text, |step| {
                stepper.consume(step.c);
                for found in stepper.matches() {
                    raw.push((found.value(), places.len() as u32));
                }
                places.push(Place::new(step.start, step.gap));
            });
        }
        let first = hits.len();
        for &(pattern, last) in raw.iter() {
            let length = self.uses.lengths[pattern as usize] as usize;
            let candidate = Candidate { text, places, first: last as usize + 1 - length, last: last as usize };
            for used in self.uses.of(pattern) {
                if let Some((start, end)) = candidate.check(self, *used) {
                    hits.push(hit(*used, start, end));
                }
            }
        }
        if !self.leet.is_empty() {
            for (start, end, word) in leet::words(text) {
                for used in self.leet.get(&word).into_iter().flatten() {
                    hits.push(hit(*used, start, end));
                }
            }
        }
        if self.phonetic.is_some() {
            phonetic::search(self, text, places, hits);
        }
        hits[first..].sort_unstable();
        let mut seen = None;
        let mut keep = first;
        for at in first..hits.len() {
            if seen != Some(hits[at]) {
                seen = Some(hits[at]);
                hits[keep] = hits[at];
                keep += 1;
            }
        }
        hits.truncate(keep);
    }
}

pub(super) fn hit(used: Use, start: usize, end: usize) -> Hit {
    Hit { bank: used.bank, start, end, term: used.term }
}
