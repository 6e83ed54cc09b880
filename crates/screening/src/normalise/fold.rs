//! The table of folding: compatibility forms, case, traditional characters, confusables, digits of every script,
//! letter emoji, and which characters are dropped or stand between others. Made by `build.rs`.

use std::sync::LazyLock;

use super::table::number_at;

/// By the upper bits of a character: its page.
static PAGE_OF: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/page_of.bin"));
/// By page and the lower eight bits. Pages that are the same are there once.
static PAGES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/pages.bin"));
static EXPANSIONS: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!(concat!(env!("OUT_DIR"), "/expansions.txt")).lines().collect());

pub(crate) fn tables() -> [&'static [u8]; 3] {
    [PAGE_OF, PAGES, include_bytes!(concat!(env!("OUT_DIR"), "/expansions.txt"))]
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

pub(crate) const CLASS_SHIFT: u32 = 21;
const CODE: u32 = (1 << CLASS_SHIFT) - 1;
/// Classes of entries: compared, dropped, and from here those of [`Between`] in its order.
const DROPPED: u32 = 1;
const BETWEEN: u32 = 2;
/// Classes from this one on are expansions.
pub(crate) const EXPANDED: u32 = 6;

/// What the table says of a character: its class above the lower 21 bits, and there what it is compared as.
#[inline(always)]
#[expect(clippy::inline_always, reason = "the innermost line of all screening")]
pub(crate) fn entry(c: char) -> u32 {
    let code = u32::from(c);
    let page = number_at(PAGE_OF, (code >> 8) as usize);
    let entry = number_at(PAGES, ((page << 8) | (code & 0xFF)) as usize);
    if entry == 0 { code } else { entry }
}

/// Of an entry of the class [`EXPANDED`].
pub(crate) fn expansion(entry: u32) -> &'static str {
    EXPANSIONS.get((entry & CODE) as usize).copied().unwrap_or_default()
}

#[inline]
pub(crate) fn fold(c: char) -> Folded {
    let entry = entry(c);
    match entry >> CLASS_SHIFT {
        0 => char::from_u32(entry).map_or(Folded::Nothing, Folded::One),
        DROPPED => Folded::Nothing,
        BETWEEN => Folded::Between(Between::Separator),
        3 => Folded::Between(Between::Space),
        4 => Folded::Between(Between::Sentence),
        5 => Folded::Between(Between::LineBreak),
        _ => Folded::Many(expansion(entry)),
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
