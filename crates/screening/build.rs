//! Makes the tables of the normalisation from public character data, so that a start of the engine reads them from the
//! binary and computes nothing. Where the data comes from: `tables/NOTICE.md`.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    env, fs,
    path::Path,
};

use pinyin::ToPinyinMulti;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

// The classes of `src/normalise/fold.rs`.
const KEEP: u32 = 0;
const SEPARATOR: u32 = 2;
const SPACE: u32 = 3;
const SENTENCE: u32 = 4;
const BREAK: u32 = 5;
const EXPAND: u32 = 6;
const DROP: u32 = 7;
/// What a character is compared as stands above the lowest bit.
const CODE_SHIFT: u32 = 1;
const CLASS_SHIFT: u32 = 22;
// And what a compared character is, and a written one may stand for.
const LETTER: u32 = 1;
const DIGIT: u32 = 1 << 25;
const SIGN: u32 = 1 << 26;

/// Letters of the scripts that write words with spaces between them.
fn is_word_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || (('\u{80}'..'\u{2000}').contains(&c) && c.is_alphabetic())
}

/// The flags of an entry.
fn flags(written: u32, entry: u32) -> u32 {
    let compared = char::from_u32(entry >> CODE_SHIFT).filter(|_| entry >> CLASS_SHIFT == KEEP);
    let letter = if compared.is_some_and(is_word_letter) { LETTER } else { 0 };
    let digit = if compared.is_some_and(|c| c.is_ascii_digit()) { DIGIT } else { 0 };
    let sign = char::from_u32(written).is_some_and(|c| "0123456789@$!|+".contains(c));
    letter | digit | if sign { SIGN } else { 0 }
}

/// Punctuation that ends or opens a phrase: what it parts is not one word.
const SENTENCE_MARKS: &str = ",!?;:()[]{}<>\"'，。！？；：、…“”‘’（）《》〈〉「」『』【】〔〕";
/// The zero of each script whose digits have no compatibility form.
const ZEROS: [u32; 34] = [
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0, 0xF20,
    0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0,
    0xA900, 0xA9D0, 0xAA50, 0xABF0,
];

struct Folding {
    drops: BTreeSet<char>,
    single: HashMap<char, char>,
}

impl Folding {
    /// The characters that `c` is compared as, before the last rounds of single replacements.
    fn compatible(&self, c: char) -> Vec<char> {
        if let Some(plain) = sign(c) {
            return plain;
        }
        if ('\u{AC00}'..='\u{D7A3}').contains(&c) {
            return vec![c];
        }
        let all: Vec<char> = c.to_string().nfkd().filter(|c| !self.drops.contains(c)).collect();
        let words: Vec<char> = all.iter().copied().filter(|c| c.is_alphanumeric()).collect();
        if words.is_empty() { all } else { words }
    }

    fn fold(&self, c: char) -> Vec<char> {
        let mut now = vec![c];
        loop {
            let next: Vec<char> = now
                .iter()
                .flat_map(|&c| self.compatible(c))
                .flat_map(|c| match capital(c) {
                    Some(plain) => vec![plain],
                    None => c.to_lowercase().filter(|c| !self.drops.contains(c)).collect(),
                })
                .map(|c| *self.single.get(&c).unwrap_or(&c))
                .collect();
            if next == now {
                return now;
            }
            now = next;
        }
    }

    fn class(&self, c: char) -> u32 {
        if self.drops.contains(&c) {
            DROP
        } else if matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}') {
            BREAK
        } else if c.is_whitespace() {
            SPACE
        } else if SENTENCE_MARKS.contains(c) {
            SENTENCE
        } else if c.is_alphanumeric() {
            KEEP
        } else {
            SEPARATOR
        }
    }
}

/// Emoji and dingbats that stand for a letter or a digit, and digits of every script.
fn sign(c: char) -> Option<Vec<char>> {
    let code = u32::from(c);
    let letter = |from: u32| char::from_u32(u32::from('a') + code - from).map(|c| vec![c]);
    let number = |value: u32| Some(value.to_string().chars().collect());
    match code {
        0x1F1E6..=0x1F1FF => letter(0x1F1E6),
        0x1F150..=0x1F169 => letter(0x1F150),
        0x1F170..=0x1F189 => letter(0x1F170),
        0x2776..=0x277F => number(code - 0x2776 + 1),
        0x2780..=0x2789 => number(code - 0x2780 + 1),
        0x278A..=0x2793 => number(code - 0x278A + 1),
        0x24EB..=0x24F4 => number(code - 0x24EB + 11),
        0x24F5..=0x24FE => number(code - 0x24F5 + 1),
        0x24FF => number(0),
        0x1F51F => number(10),
        _ => ZEROS.iter().find(|&&zero| (zero..zero + 10).contains(&code)).and_then(|zero| number(code - zero)),
    }
}

/// Greek capitals that look like another Latin letter than their small forms do.
fn capital(c: char) -> Option<char> {
    Some(match c {
        'Η' => 'h',
        'Ζ' => 'z',
        'Μ' => 'm',
        'Ν' => 'n',
        'Υ' => 'y',
        _ => return None,
    })
}

fn pairs(text: &str) -> impl Iterator<Item = (char, char)> + '_ {
    text.lines().filter_map(|line| {
        let mut chars = line.chars();
        Some((chars.next()?, chars.next()?))
    })
}

fn drops(text: &str) -> BTreeSet<char> {
    let code = |hex: &str| u32::from_str_radix(hex, 16).expect("a code point");
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(|line| match line.split_once('-') {
            Some((from, to)) => code(from)..=code(to),
            None => code(line)..=code(line),
        })
        .filter_map(char::from_u32)
        // Marks of every script (Mn, Mc, Me): each is written with the letter before it, and behind a Han character, where no
        // reader expects one, any of them parts a term.
        .chain((0..=0x10_FFFF).filter_map(char::from_u32).filter(|c| is_combining_mark(*c)))
        .collect()
}

/// Two levels: the page of a character's upper bits, and pages of 256 entries, equal pages kept once.
fn fold_table(folding: &Folding) -> Vec<File> {
    let (mut pages, mut index, mut expansions) = (Vec::<[u32; 256]>::new(), Vec::new(), Vec::<String>::new());
    let mut page_of: BTreeMap<[u32; 256], usize> = BTreeMap::new();
    for page in 0..0x1100_u32 {
        let mut entries = [0_u32; 256];
        for (low, entry) in entries.iter_mut().enumerate() {
            let code = page * 256 + u32::try_from(low).expect("a byte");
            *entry = match char::from_u32(code) {
                None => (SEPARATOR << CLASS_SHIFT) | (code << CODE_SHIFT),
                Some(c) => {
                    let class = folding.class(c);
                    if class == DROP || class == BREAK {
                        (class << CLASS_SHIFT) | (code << CODE_SHIFT)
                    } else {
                        entry_of(folding, c, &mut expansions)
                    }
                }
            };
            // What becomes of the character and not what it becomes, so that pages of one kind are one page.
            *entry = (*entry ^ (code << CODE_SHIFT)) | flags(code, *entry);
        }
        let next = pages.len();
        let at = *page_of.entry(entries).or_insert_with(|| {
            pages.push(entries);
            next
        });
        index.push(at);
    }
    // A power of two of them, so that an index needs no second look.
    let unused = vec![[0; 256]; pages.len().next_power_of_two() - pages.len()];
    let pages = [pages, unused].concat();
    let source = format!(
        "pub(super) static PAGE_OF: [u16; 0x1100] = {index:?};\npub(super) static PAGES: [[u32; 256]; {}] = {pages:?};\n",
        pages.len()
    );
    vec![("pages.rs", source.into_bytes()), ("expansions.txt", expansions.join("\n").into_bytes())]
}

fn entry_of(folding: &Folding, c: char, expansions: &mut Vec<String>) -> u32 {
    let folded = folding.fold(c);
    let kept: String = folded.iter().filter(|c| folding.class(**c) == KEEP).collect();
    let mut chars = kept.chars();
    match (chars.next(), chars.next()) {
        (None, _) => {
            let class = folded.first().map_or(DROP, |c| folding.class(*c));
            // A symbol keeps its own class where its form would be weaker, as the ellipsis is three full stops.
            let class = class.max(folding.class(c));
            (if class == KEEP { SEPARATOR } else { class } << CLASS_SHIFT) | (u32::from(c) << CODE_SHIFT)
        }
        (Some(only), None) => (KEEP << CLASS_SHIFT) | (u32::from(only) << CODE_SHIFT),
        _ => {
            expansions.push(kept);
            (EXPAND << CLASS_SHIFT) | (number(expansions.len() - 1) << CODE_SHIFT)
        }
    }
}

/// For each character from U+4E00: its readings without tones, as numbers into the list of syllables.
fn reading_table(folding: &Folding) -> Vec<File> {
    let mut readings: Vec<Vec<&'static str>> = Vec::new();
    let mut syllables = BTreeSet::new();
    for code in 0x4E00..=0x9FFF_u32 {
        let c = char::from_u32(code).expect("in the plane");
        let of_itself: Vec<&str> = c.to_pinyin_multi().into_iter().flatten().map(pinyin::Pinyin::plain).collect();
        let mut distinct: Vec<&'static str> = Vec::new();
        for syllable in of_itself {
            let syllable: String =
                syllable.chars().flat_map(|c| if c == 'ü' { vec!['v'] } else { folding.fold(c) }).collect();
            if syllable.chars().all(|c| c.is_ascii_lowercase()) && !distinct.contains(&syllable.as_str()) {
                distinct.push(Box::leak(syllable.into_boxed_str()));
            }
        }
        distinct.truncate(4);
        syllables.extend(distinct.iter().copied());
        readings.push(distinct);
    }
    let syllables: Vec<&str> = std::iter::once("").chain(syllables).collect();
    let number = |syllable: &str| syllables.binary_search(&syllable).expect("listed");
    // Four numbers of 16 bits in two of 32.
    let rows: Vec<u32> = readings
        .iter()
        .flat_map(|readings| {
            let at = |at: usize| readings.get(at).map_or(0, |syllable| self::number(number(syllable)));
            [at(0) | (at(1) << 16), at(2) | (at(3) << 16)]
        })
        .collect();
    vec![("syllables.txt", syllables.join("\n").into_bytes()), ("readings.bin", bytes(&rows))]
}

/// Words of two characters as one number each, sorted.
fn word_table(text: &str) -> Vec<File> {
    let words: BTreeSet<u32> = pairs(text).map(|(a, b)| (u32::from(a) << 16) | u32::from(b)).collect();
    let words: Vec<u32> = words.into_iter().collect();
    vec![("words.bin", bytes(&words))]
}

/// A table of the build's folder: its name and what it holds.
type File = (&'static str, Vec<u8>);

fn bytes(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn number(index: usize) -> u32 {
    u32::try_from(index).expect("tables are small")
}

fn main() {
    println!("cargo::rerun-if-changed=tables");
    println!("cargo::rerun-if-changed=build.rs");
    let read = |name: &str| fs::read_to_string(Path::new("tables").join(name)).expect("a table of this crate");
    #[expect(clippy::disallowed_methods, reason = "cargo tells a build script where to write through the environment")]
    let out = env::var("OUT_DIR").expect("set by cargo");
    let single = pairs(&read("traditional.txt")).chain(pairs(&read("confusables.txt"))).collect();
    let folding = Folding { drops: drops(&read("marks.txt")), single };
    let tables = [fold_table(&folding), reading_table(&folding), word_table(&read("words.txt"))];
    for (name, table) in tables.into_iter().flatten() {
        fs::write(Path::new(&out).join(name), table).expect("the build's own folder");
    }
}
