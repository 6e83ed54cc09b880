//! A text as the automaton reads it: its compared characters, each with its place in the original.

use crate::normalise::{
    fold::{CLASS_SHIFT, EXPANDED, entry, expansion},
    walk::Gap,
};

/// A compared character, where its written one starts in the original, and what stood before it, in 64 bits: 21, 40
/// and 3 of them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Place(u64);

const GAP_BITS: u32 = 3;
const CHAR_SHIFT: u32 = 43;

impl Place {
    #[inline]
    fn new(c: u32, start: usize, gap: u32) -> Self {
        Self(u64::from(c) << CHAR_SHIFT | (start as u64) << GAP_BITS | u64::from(gap))
    }

    #[inline]
    pub(crate) fn c(self) -> char {
        char::from_u32((self.0 >> CHAR_SHIFT) as u32).unwrap_or('\0')
    }

    #[inline]
    pub(crate) fn start(self) -> usize {
        (self.0 << (64 - CHAR_SHIFT) >> (64 - CHAR_SHIFT + GAP_BITS)) as usize
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
}

/// Places of texts, one text after the other, in memory that is kept.
#[derive(Debug, Default)]
pub(crate) struct Places {
    all: Vec<Place>,
    count: usize,
}

/// More than this is given back: the texts of a publication have 20 000 characters at most.
const KEPT: usize = 1 << 18;

impl Places {
    pub(crate) fn get(&self) -> &[Place] {
        &self.all[..self.count]
    }

    /// The same as [`walk`](crate::normalise::walk::walk), as few branches as can be: what a character is cannot be
    /// foreseen, so every one is written, and the next is written over those that do not count.
    #[expect(
        clippy::needless_bitwise_bool,
        reason = "a lazy operator is a branch, and the texts make it a wrong guess"
    )]
    pub(crate) fn read(&mut self, text: &str) {
        if self.all.len() > KEPT {
            self.all.truncate(KEPT);
            self.all.shrink_to(KEPT);
        }
        // One compared character for each written one, and one to write over.
        if self.all.len() <= text.len() {
            self.all.resize(text.len() + 1, Place::default());
        }
        let (mut count, mut last, mut gap) = (0, 0, 0);
        for (start, c) in text.char_indices() {
            let entry = entry(c);
            let class = entry >> CLASS_SHIFT;
            if class >= EXPANDED {
                let rest = text.len() - start;
                (count, last, gap) = self.expand(expansion(entry), start, rest, (count, last, gap));
                continue;
            }
            self.all[count] = Place::new(entry, start, gap);
            let compared = class == 0;
            let repeated = compared & (entry == last) & (gap <= Gap::Repeat as u32) & !is_digit(entry);
            let counts = compared & !repeated;
            count += usize::from(counts);
            last = if compared { entry } else { last };
            // A dropped one leaves the gap as it is; the classes of what stands between are the numbers of the gaps.
            let between = if class == 1 { 0 } else { class } | u32::from(repeated);
            gap = if counts { 0 } else { gap.max(between) };
        }
        self.count = count;
    }

    #[cold]
    fn expand(&mut self, chars: &str, start: usize, rest: usize, state: (usize, u32, u32)) -> (usize, u32, u32) {
        let (mut count, mut last, mut gap) = state;
        let needed = count + chars.len() + rest + 1;
        if self.all.len() < needed {
            self.all.resize(needed, Place::default());
        }
        for c in chars.chars().map(u32::from) {
            if c == last && gap <= Gap::Repeat as u32 && !is_digit(c) {
                gap = Gap::Repeat as u32;
                continue;
            }
            self.all[count] = Place::new(c, start, gap);
            (count, last, gap) = (count + 1, c, 0);
        }
        (count, last, gap)
    }
}

/// Numbers are no rhythm.
#[inline]
fn is_digit(c: u32) -> bool {
    c.wrapping_sub(u32::from('0')) < 10
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
