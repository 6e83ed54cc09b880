//! The table of folding: compatibility forms, case, traditional characters, confusables, digits of every script,
//! letter emoji, and which characters are dropped or stand between others. Made by `build.rs`.

use std::sync::LazyLock;

use pages::{PAGE_OF, PAGES};

/// `PAGE_OF`: by the upper bits of a character its page. `PAGES`: by page and the lower eight bits, what is to be changed in
/// the character's number, bit by bit. Pages that are the same are there once.
#[expect(clippy::unreadable_literal, reason = "nobody reads what the build wrote")]
mod pages {
    include!(concat!(env!("OUT_DIR"), "/pages.rs"));
}

static EXPANSIONS: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!(concat!(env!("OUT_DIR"), "/expansions.txt")).lines().collect());

/// Of all that texts are folded by.
pub(crate) fn tables() -> [Vec<u8>; 3] {
    let pages = PAGES.as_flattened().iter().flat_map(|entry| entry.to_le_bytes());
    [
        PAGE_OF.iter().flat_map(|page| page.to_le_bytes()).collect(),
        pages.collect(),
        include_bytes!(concat!(env!("OUT_DIR"), "/expansions.txt")).to_vec(),
    ]
}

/// What a character is compared as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Folded {
    One(char),
    /// A unit sign or a ligature: several characters.
    Many(&'static str),
    /// A mark that is seen by no reader: as if it were not there.
    Nothing,
    Between(Between),
}

/// A character that is not compared but parts those around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Between {
    /// A decoration: `*`, `·`, an emoji.
    Separator,
    Space,
    /// Punctuation of a sentence.
    Sentence,
    LineBreak,
}

pub(crate) const CODE_SHIFT: u32 = 1;
pub(crate) const CLASS_SHIFT: u32 = 22;
/// What a character is compared as.
pub(crate) const CODE: u32 = (1 << CLASS_SHIFT) - (1 << CODE_SHIFT);
pub(crate) const CLASS: u32 = 7 << CLASS_SHIFT;
/// From here on the classes are those of [`Between`] in its order; less is compared.
const BETWEEN: u32 = 2;
/// What stands for several characters.
pub(crate) const EXPANDED: u32 = 6 << CLASS_SHIFT;
/// What is compared is a letter of the scripts that write words with spaces between them.
pub(crate) const LETTER: u32 = 1;
/// What is compared is a digit.
pub(crate) const DIGIT: u32 = 1 << 25;
/// What is written may stand for a letter in a Latin word ([`leet`](super::leet)).
pub(crate) const SIGN: u32 = 1 << 26;

/// What the table says of a character: in the lowest bit whether it is a [`LETTER`], what it is compared as in the next
/// 21 ([`CODE`]), its class ([`CLASS`]), and above it the flags [`DIGIT`] and [`SIGN`].
#[inline(always)]
#[expect(clippy::inline_always, reason = "the innermost line of all screening")]
pub(crate) fn entry(c: char) -> u32 {
    let code = u32::from(c);
    let page = PAGE_OF.get((code >> 8) as usize).copied().unwrap_or_default();
    code << CODE_SHIFT ^ PAGES[usize::from(page) % PAGES.len()][(code & 0xFF) as usize]
}

/// Of an entry of the class [`EXPANDED`].
pub(crate) fn expansion(entry: u32) -> &'static str {
    EXPANSIONS.get(((entry & CODE) >> CODE_SHIFT) as usize).copied().unwrap_or_default()
}

#[inline]
pub(crate) fn fold(c: char) -> Folded {
    let entry = entry(c);
    match (entry & CLASS) >> CLASS_SHIFT {
        0 => char::from_u32((entry & CODE) >> CODE_SHIFT).map_or(Folded::Nothing, Folded::One),
        BETWEEN => Folded::Between(Between::Separator),
        3 => Folded::Between(Between::Space),
        4 => Folded::Between(Between::Sentence),
        5 => Folded::Between(Between::LineBreak),
        _ if entry & CLASS == EXPANDED => Folded::Many(expansion(entry)),
        _ => Folded::Nothing,
    }
}

/// A Han character of the planes where rules are written.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}' | '\u{20000}'..='\u{323AF}')
}

/// A letter of the scripts that write words with spaces between them.
#[inline]
pub(crate) fn is_word_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || (('\u{80}'..'\u{2000}').contains(&c) && c.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_letter_are_one_letter() {
        for (written, letter) in [
            ("AaａⒶⓐ𝓪𝔄ᴬáàåАаαɑ🅰🇦", 'a'),
            ("VvｖⓥⅤ𝓿νѵ🅥🆅", 'v'),
            ("1１①⑴𝟏१١➀➊❶", '1'),
            ("臺台", '台'),
            ("微微", '微'),
            ("⼝口ロﾛ", '口'),
        ] {
            for c in written.chars() {
                assert_eq!(fold(c), Folded::One(letter), "{c} {:x}", u32::from(c));
            }
        }
    }

    #[test]
    fn what_stands_between_is_told_apart() {
        assert_eq!(fold('\u{200B}'), Folded::Nothing);
        assert_eq!(fold('\u{FE0F}'), Folded::Nothing);
        for c in ['*', '·', '🎰', '❤', '/', '~'] {
            assert_eq!(fold(c), Folded::Between(Between::Separator), "{c}");
        }
        assert_eq!(fold('\u{3000}'), Folded::Between(Between::Space));
        assert_eq!(fold('，'), Folded::Between(Between::Sentence));
        assert_eq!(fold('\n'), Folded::Between(Between::LineBreak));
        assert_eq!(fold('㎏'), Folded::Many("kg"));
    }

    #[test]
    fn no_mark_of_any_script_is_compared() {
        let mark = regex::Regex::new(r"^\p{M}$").unwrap();
        let marks: Vec<char> =
            (0..0x11_0000).filter_map(char::from_u32).filter(|c| mark.is_match(c.encode_utf8(&mut [0; 4]))).collect();
        assert!(marks.len() > 2_300, "{}", marks.len());
        for c in marks {
            assert_eq!(fold(c), Folded::Nothing, "{:x}", u32::from(c));
        }
    }

    #[test]
    fn folding_twice_is_folding_once() {
        for c in (0..0x11_0000).filter_map(char::from_u32) {
            match fold(c) {
                Folded::One(once) => assert_eq!(fold(once), Folded::One(once), "{c}"),
                Folded::Many(all) => all.chars().for_each(|c| assert_eq!(fold(c), Folded::One(c))),
                Folded::Nothing | Folded::Between(_) => {}
            }
        }
    }
}
