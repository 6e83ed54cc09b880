//! The walk over a text: each compared character once, with its place and what parted it from the one before.

use super::fold::{Between, Folded, fold};

/// What stood before a compared character.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// Nothing, or marks that no reader sees.
    #[default]
    None,
    /// The same character again, once or more.
    Repeat,
    /// Decorations.
    Separator,
    Space,
    /// Punctuation of a sentence.
    Sentence,
    LineBreak,
}

impl From<Between> for Gap {
    fn from(between: Between) -> Self {
        match between {
            Between::Separator => Self::Separator,
            Between::Space => Self::Space,
            Between::Sentence => Self::Sentence,
            Between::LineBreak => Self::LineBreak,
        }
    }
}

/// A compared character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) c: char,
    /// Where its character starts in the original, in bytes.
    pub(crate) start: usize,
    pub(crate) gap: Gap,
}

/// Calls `step` for each compared character of the text, in order. Linear in the text, whatever it holds; no memory.
#[inline]
pub(crate) fn walk(text: &str, mut step: impl FnMut(Step)) {
    let mut last = '\0';
    let mut gap = Gap::None;
    let mut emit = |c: char, start: usize, gap: &mut Gap| {
        // The same again is a repetition, and not where it was parted: `ok. kind` keeps both. Numbers are no rhythm.
        if c == last && *gap <= Gap::Repeat && !c.is_ascii_digit() {
            *gap = Gap::Repeat;
            return;
        }
        last = c;
        step(Step { c, start, gap: *gap });
        *gap = Gap::None;
    };
    for (start, c) in text.char_indices() {
        match fold(c) {
            Folded::One(folded) => emit(folded, start, &mut gap),
            Folded::Nothing => {}
            Folded::Between(between) => gap = gap.max(between.into()),
            Folded::Many(chars) => chars.chars().for_each(|c| emit(c, start, &mut gap)),
        }
    }
}

/// The text as it is compared, with one space wherever something parted two characters.
#[must_use]
pub fn normalise(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    walk(text, |step| {
        if step.gap > Gap::Repeat && !out.is_empty() {
            out.push(' ');
        }
        out.push(step.c);
    });
    out
}

/// Where what starts before `end` really ends: marks and repetitions of its last character belong to it.
pub(crate) fn end_with_tail(text: &str, last_start: usize, last: char) -> usize {
    let mut end = last_start;
    for (at, c) in text[last_start..].char_indices() {
        let belongs = at == 0
            || match fold(c) {
                Folded::Nothing => true,
                Folded::One(c) => c == last && !c.is_ascii_digit(),
                Folded::Many(_) | Folded::Between(_) => false,
            };
        if !belongs {
            break;
        }
        end = last_start + at + c.len_utf8();
    }
    end
}

/// The compared characters of a text, each with how often it is said in a row. What something parts is two runs:
/// `ok. kind` says `k` twice, each time once. Numbers are no rhythm.
pub(crate) fn runs(text: &str) -> Vec<(char, u32)> {
    let (mut runs, mut parted) = (Vec::<(char, u32)>::new(), false);
    let mut push = |c: char, parted: &mut bool| {
        match runs.last_mut() {
            Some((last, count)) if *last == c && !*parted && !c.is_ascii_digit() => *count += 1,
            _ => runs.push((c, 1)),
        }
        *parted = false;
    };
    for c in text.chars() {
        match fold(c) {
            Folded::One(c) => push(c, &mut parted),
            Folded::Many(chars) => chars.chars().for_each(|c| push(c, &mut parted)),
            Folded::Nothing => {}
            Folded::Between(_) => parted = true,
        }
    }
    runs
}

/// How often each compared character is said before another one is, whatever parts it: `牛牛群` and `牛*牛*群` are two and
/// one.
pub(crate) fn rhythm(text: &str) -> Vec<u32> {
    let (mut counts, mut last) = (Vec::<u32>::new(), None);
    for (c, count) in runs(text) {
        match counts.last_mut() {
            Some(known) if last == Some(c) && !c.is_ascii_digit() => *known += count,
            _ => counts.push(count),
        }
        last = Some(c);
    }
    counts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn disguises_are_seen_through() {
        for (written, compared) in [
            ("ＷｅＣｈａｔ", "wechat"),
            ("加\u{200B}微\u{2060}信", "加微信"),
            ("加̶微̶信̶", "加微信"),
            ("加加加微微微信", "加微信"),
            ("加*微 信", "加 微 信"),
            ("1️⃣2️⃣", "12"),
            ("賭博網站", "赌博网站"),
            ("саsinо", "casino"),
            ("1100", "1100"),
            ("  a  b ", "a b"),
        ] {
            assert_eq!(normalise(written), compared, "{written}");
        }
    }

    #[test]
    fn the_tail_of_a_character_belongs_to_it() {
        assert_eq!(end_with_tail("信̶̶信x", 0, '信'), "信̶̶信".len());
        assert_eq!(end_with_tail("11", 0, '1'), 1);
    }

    #[test]
    fn work_grows_with_the_text_and_no_faster() {
        let steps = |text: &str| {
            let mut count = 0_usize;
            walk(text, |_| count += 1);
            count
        };
        for unit in ["\u{200B}", "\u{0336}", "\u{202E}", "*", " ", "㎏", "加*", "aa"] {
            let (one, ten) = (steps(&unit.repeat(10_000)), steps(&unit.repeat(100_000)));
            assert!(ten <= one * 10 && ten <= 200_000, "{unit:?}: {one} {ten}");
        }
    }

    proptest! {
        #[test]
        fn normalising_twice_is_normalising_once(text in any::<String>()) {
            let once = normalise(&text);
            prop_assert_eq!(normalise(&once), once);
        }

        #[test]
        fn places_are_in_order_and_on_characters(text in "\\PC{0,40}|[aA１加 *\u{200B}㎏]{0,40}") {
            let mut before = 0;
            walk(&text, |step| {
                assert!(text.is_char_boundary(step.start) && step.start >= before);
                before = step.start;
            });
        }
    }
}
