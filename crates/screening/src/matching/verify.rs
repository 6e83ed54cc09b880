//! The second look at what the automaton found: whether the surroundings and the gaps leave it the term.

use super::{
    lexicon::{HAS_GAPS, HAS_RHYTHM, Lexicon, PICKY, SPELT_OTHERWISE, Use},
    places::{Gaps, Place},
};
use crate::normalise::{
    Switches,
    fold::{is_han, is_word_letter},
    walk::{Gap, end_with_tail, rhythm, walk},
    words,
};

/// Compared characters `first..=last` of a text.
#[derive(Clone, Copy)]
pub(crate) struct Candidate<'a> {
    pub(crate) text: &'a str,
    pub(crate) places: &'a [Place],
    pub(crate) gaps: &'a Gaps,
    pub(crate) first: usize,
    pub(crate) last: usize,
}

impl Candidate<'_> {
    /// Where the term stands in the original, or nothing when this is not the term.
    pub(crate) fn check(&self, lexicon: &Lexicon, used: Use) -> Option<(usize, usize)> {
        let switches = &lexicon.switches[usize::from(used.bank)];
        if switches.word_boundaries && !self.is_whole_word() {
            return None;
        }
        let own_gaps = if used.flags & HAS_GAPS == 0 { 0 } else { gaps(lexicon.texts.get(used.term)) };
        if !self.gaps_allow(switches, own_gaps) {
            return None;
        }
        let start = self.places[self.first].start();
        let end = self.end();
        if used.flags & HAS_RHYTHM != 0 && !same_rhythm(lexicon.texts.get(used.term), &self.text[start..end], switches)
        {
            return None;
        }
        if used.flags & PICKY != 0 {
            let term = lexicon.texts.get(used.term);
            if !self.text[start..end].chars().all(|c| switches.allow_character(c) || term.contains(c)) {
                return None;
            }
        }
        if switches.common_words && used.flags & SPELT_OTHERWISE == 0 && self.is_a_meeting_of_words() {
            return None;
        }
        Some((start, end))
    }

    fn end(&self) -> usize {
        let last = self.places[self.last];
        end_with_tail(self.text, last.start(), last.c())
    }

    fn gap_before(&self) -> Gap {
        if self.first == 0 { Gap::LineBreak } else { self.gaps.before(self.first) }
    }

    fn gap_after(&self) -> Gap {
        self.gaps.before(self.last + 1)
    }

    fn before(&self) -> Option<char> {
        (self.gap_before() <= Gap::Repeat).then(|| self.places[self.first - 1].c())
    }

    fn after(&self) -> Option<char> {
        (self.gap_after() <= Gap::Repeat).then(|| self.places[self.last + 1].c())
    }

    /// No letter goes on before the first or after the last one.
    pub(super) fn is_whole_word(&self) -> bool {
        let cut = |inner: char, outer: Option<char>| is_word_letter(inner) && outer.is_some_and(is_word_letter);
        !cut(self.places[self.first].c(), self.before()) && !cut(self.places[self.last].c(), self.after())
    }

    /// Decorations are seen through, sentences are not: `赤裸，聊胜于无`. But who parts every character, with whatever,
    /// writes one term: `加，微，信`, `c a s i n o`.
    fn gaps_allow(&self, switches: &Switches, own: u64) -> bool {
        let (mut parted, mut strong, mut spaces) = (0, false, false);
        let pairs = self.last - self.first;
        for at in self.first + 1..=self.last {
            let gap = self.gaps.before(at);
            let offset = at - self.first;
            if gap <= Gap::Repeat || (offset < 64 && own & (1 << offset) != 0 && gap <= Gap::Space) {
                continue;
            }
            if !switches.allow_gap(gap) {
                return false;
            }
            parted += 1;
            strong |= gap > Gap::Space || (gap == Gap::Space && self.between_letters(at));
            spaces |= gap == Gap::Space;
        }
        let every = pairs > 1 && parted == pairs;
        // Two characters with a space between them are mostly the end of one word and the start of the next.
        let set_off = self.gap_before() > Gap::Repeat || self.gap_after() > Gap::Repeat;
        parted == 0 || every || (!strong && (!spaces || pairs > 1 || set_off))
    }

    fn between_letters(&self, at: usize) -> bool {
        is_word_letter(self.places[at - 1].c()) && is_word_letter(self.places[at].c())
    }

    fn is_a_meeting_of_words(&self) -> bool {
        let (Some(before), Some(after)) = (self.before(), self.after()) else { return false };
        let hit: Vec<char> = self.places[self.first..=self.last].iter().map(|at| at.c()).collect();
        let plain = (self.first + 1..=self.last).all(|at| self.gaps.before(at) == Gap::None);
        plain && hit.iter().all(|c| is_han(*c)) && words::meet_inside(Some(before), &hit, Some(after))
    }
}

/// Before which of a term's characters it has a gap of its own.
pub(super) fn gaps(term: &str) -> u64 {
    let (mut bits, mut at) = (0_u64, 0_u32);
    walk(term, |step| {
        if step.gap > Gap::Repeat && at < 64 {
            bits |= 1 << at;
        }
        at += 1;
    });
    bits
}

/// `牛牛群` is not in `牛群`, while `牛群` is in `牛牛群` unless its bank minds repetitions.
fn same_rhythm(term: &str, found: &str, switches: &Switches) -> bool {
    let (term, found) = (rhythm(term), rhythm(found));
    let enough = |(wanted, got): (&u32, &u32)| if switches.repeats { got >= wanted } else { got == wanted };
    term.len() == found.len() && term.iter().zip(&found).all(enough)
}
