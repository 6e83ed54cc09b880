//! The search: one walk over the text feeds the automaton; what it finds is looked at again with its surroundings.

use super::{
    lexicon::{Automaton, Lexicon, Use},
    phonetic,
    places::{Gaps, Place, Places},
    verify::Candidate,
};
use crate::normalise::leet;

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
    places: Places,
    gaps: Gaps,
    /// Where terms may start, and how far they may reach.
    starts: Vec<(usize, usize)>,
    /// Pattern, and the number of its last character.
    raw: Vec<(u32, usize)>,
}

/// Shows the automaton those characters that a term may start or go on with.
fn feed(automaton: &Automaton, starts: &[(usize, usize)], places: &[Place], raw: &mut Vec<(u32, usize)>) {
    let mut starts = starts.iter().copied().peekable();
    while let Some((mut at, mut until)) = starts.next() {
        let mut stepper = automaton.find_overlapping_stepper();
        while at < until.min(places.len()) {
            stepper.consume(places[at].c());
            raw.extend(stepper.matches().map(|found| (found.value(), at)));
            at += 1;
            while let Some((_, further)) = starts.next_if(|(start, _)| *start <= at) {
                until = until.max(further);
            }
        }
    }
}

impl Lexicon {
    /// Adds what is found in the text to `hits`, unordered, each place of a term once.
    pub(crate) fn search(&self, text: &str, scratch: &mut Scratch, hits: &mut Vec<Hit>) {
        let Scratch { places, gaps, starts, raw } = scratch;
        raw.clear();
        places.read(text);
        if let Some(automaton) = &self.automaton {
            self.starts.find(places, starts);
            feed(automaton, starts, places.get(), raw);
        }
        let have_signs = places.have_signs();
        let places = places.get();
        if !raw.is_empty() || self.phonetic.is_some() {
            gaps.read(text);
        }
        let first = hits.len();
        for &(pattern, last) in raw.iter() {
            let Some(first) = self.uses.length(pattern).and_then(|length| (last + 1).checked_sub(length)) else {
                continue;
            };
            let candidate = Candidate { text, places, gaps, first, last };
            let mut found_by = None;
            for used in self.uses.of(pattern) {
                // Of terms that are compared alike the first one is the one that was found.
                if found_by == Some(used.bank) {
                    continue;
                }
                if let Some((start, end)) = candidate.check(self, *used) {
                    found_by = Some(used.bank);
                    hits.push(hit(*used, start, end));
                }
            }
        }
        if have_signs && !self.leet.is_empty() {
            for (start, end, word) in leet::words(text) {
                for used in self.leet.get(&word) {
                    hits.push(hit(*used, start, end));
                }
            }
        }
        if self.phonetic.is_some() {
            phonetic::search(self, text, (places, gaps), hits);
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
