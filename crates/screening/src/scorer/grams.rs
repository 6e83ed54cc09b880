//! The n-grams of a text, as numbers: what a scorer sees of it.

use crate::{
    fingerprint::mix,
    normalise::{
        fold::{CLASS, CLASS_SHIFT, CODE, CODE_SHIFT, EXPANDED, entry, expansion},
        walk::Gap,
    },
};

/// Tells these n-grams from those of other versions: a model is of no use with others than it was trained on.
pub(crate) const VERSION: u32 = 1;

// Kinds, so that equal characters of different kinds are different numbers.
/// Of one, two or three compared characters: this kind and the next two.
const COMPARED: u64 = 1;
/// Of a written character that is compared as another one or not at all.
const WRITTEN: u64 = 4;
/// Of such a one and its neighbour.
const MEETING: u64 = 5;

/// An n-gram of a text: its number, and where it stands in the original, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gram {
    pub(crate) hash: u64,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

fn gram(kind: u64, key: u64, start: usize, end: usize) -> Gram {
    Gram { hash: mix(key.wrapping_add(kind << 58)), start, end }
}

/// Calls `each` for every n-gram of a text, twice for one that stands there twice: of one to three characters as they
/// are compared, and of those written characters that are compared as others or not at all, because how a text is
/// disguised says as much as what it says.
///
/// Linear in the text, whatever it holds; no memory.
#[inline]
pub(crate) fn grams(text: &str, mut each: impl FnMut(Gram)) {
    let (mut window, mut before) = (Window::default(), Written::default());
    for (start, c) in text.char_indices() {
        let end = start + c.len_utf8();
        let entry = entry(c) & (CODE | CLASS);
        let compared = entry >> CODE_SHIFT;
        let as_it_is = compared == u32::from(c);
        let now = Written { code: u32::from(c), start, as_it_is };
        if !as_it_is || compared == window.last {
            each(gram(WRITTEN, u64::from(now.code), start, end));
            each(gram(MEETING, before.and(now), before.start, end));
        } else if !before.as_it_is {
            each(gram(MEETING, before.and(now), before.start, end));
        }
        before = now;
        if entry <= CODE {
            window.push(compared, start, end, &mut each);
        } else if entry & CLASS == EXPANDED {
            for c in expansion(entry).chars() {
                window.push(u32::from(c), start, end, &mut each);
            }
        } else if entry < EXPANDED {
            // The classes of what stands between are the numbers of the gaps.
            window.gap = window.gap.max(entry >> CLASS_SHIFT);
        }
    }
}

/// A character of the original.
#[derive(Clone, Copy)]
struct Written {
    code: u32,
    start: usize,
    /// Compared as itself.
    as_it_is: bool,
}

impl Default for Written {
    fn default() -> Self {
        Self { code: 0, start: 0, as_it_is: true }
    }
}

impl Written {
    fn and(self, next: Self) -> u64 {
        u64::from(self.code) << 24 | u64::from(next.code)
    }
}

/// The last compared characters.
#[derive(Default)]
struct Window {
    last: u32,
    gap: u32,
    /// The two before the one that comes: their codes, and where they start.
    codes: [u32; 2],
    starts: [usize; 2],
    length: usize,
}

impl Window {
    /// Adds a character, as [`walk`](crate::normalise::walk::walk) does.
    #[inline]
    fn push(&mut self, code: u32, start: usize, end: usize, each: &mut impl FnMut(Gram)) {
        if code == self.last && self.gap <= Gap::Repeat as u32 && !is_digit(code) {
            self.gap = Gap::Repeat as u32;
            return;
        }
        (self.last, self.gap) = (code, 0);
        let [second, third] = self.codes.map(u64::from);
        let key = u64::from(code);
        each(gram(COMPARED, key, start, end));
        if self.length > 0 {
            each(gram(COMPARED + 1, third << 21 | key, self.starts[1], end));
        }
        if self.length > 1 {
            // Three characters take 63 bits, and the kind needs some: the first ones are mixed into the others.
            each(gram(
                COMPARED + 2,
                (second << 37).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 6 ^ (third << 21 | key),
                self.starts[0],
                end,
            ));
        }
        (self.codes, self.starts) = ([self.codes[1], code], [self.starts[1], start]);
        self.length += 1;
    }
}

#[inline]
fn is_digit(code: u32) -> bool {
    code.wrapping_sub(u32::from('0')) < 10
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn hashes(text: &str) -> BTreeSet<u64> {
        let mut all = BTreeSet::new();
        grams(text, |gram| {
            all.insert(gram.hash);
        });
        all
    }

    #[test]
    fn a_disguise_takes_no_n_gram_away_and_adds_some() {
        let (plain, disguised) = (hashes("请加微信"), hashes("請加＊微　信"));
        assert!(plain.is_subset(&disguised) && disguised.len() > plain.len());
    }

    #[test]
    fn nothing_has_no_n_grams() {
        assert!(hashes("").is_empty());
    }

    #[test]
    fn work_grows_with_the_text_and_no_faster() {
        let count = |text: &str| {
            let mut count = 0_usize;
            grams(text, |_| count += 1);
            count
        };
        for unit in ["\u{200B}", "\u{0336}", "\u{202E}", "*", " ", "\u{FDFA}", "加*", "a1"] {
            let (one, ten) = (count(&unit.repeat(10_000)), count(&unit.repeat(100_000)));
            assert!(ten <= one * 10 + 100, "{unit:?}: {one} {ten}");
        }
    }

    proptest! {
        #[test]
        fn places_are_places_of_the_text(text in "\\PC{0,40}|[aA１加 *\u{200B}㎏0-9]{0,40}") {
            grams(&text, |gram| assert!(text.get(gram.start..gram.end).is_some()));
        }
    }
}
