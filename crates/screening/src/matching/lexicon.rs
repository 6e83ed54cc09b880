//! All terms of all banks of a pack, ready to be searched for in one walk over a text.

use std::collections::{BTreeMap, HashMap};

use daachorse::{CharwiseDoubleArrayAhoCorasick, CharwiseDoubleArrayAhoCorasickBuilder};

use super::starts::Starts;
use crate::normalise::{
    Switches,
    fold::is_han,
    leet,
    readings::{Spelt, spell},
    spelling::spellings,
    walk::{Gap, rhythm, walk},
};

pub(crate) type Automaton = CharwiseDoubleArrayAhoCorasick<u32>;

/// A bank as the search sees it.
#[derive(Debug, Clone)]
pub(crate) struct TermBank {
    pub(crate) switches: Switches,
    pub(crate) terms: Vec<String>,
}

/// A term as one bank has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Use {
    pub(crate) term: u32,
    pub(crate) bank: u16,
    pub(crate) flags: u16,
}

/// Not the term itself but another way to write it.
pub(crate) const SPELT_OTHERWISE: u16 = 1;
/// The term says a character twice in a row, or its bank minds repetitions.
pub(crate) const HAS_RHYTHM: u16 = 2;
/// The term has a space of its own.
pub(crate) const HAS_GAPS: u16 = 4;
/// The bank has switched off some folding.
pub(crate) const PICKY: u16 = 8;

/// Terms by a number, in one string.
#[derive(Debug, Default)]
pub(crate) struct TermTexts {
    pub(crate) text: String,
    pub(crate) ends: Vec<u32>,
}

impl TermTexts {
    pub(crate) fn get(&self, term: u32) -> &str {
        let at = term as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.text[start..self.ends[at] as usize]
    }

    fn push(&mut self, term: &str) -> u32 {
        self.text.push_str(term);
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        u32::try_from(self.ends.len() - 1).unwrap_or(u32::MAX)
    }
}

/// The uses of each pattern of an automaton, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Uses {
    /// Of each pattern: the end of its uses, and its length in characters.
    pub(crate) ends: Vec<u32>,
    pub(crate) lengths: Vec<u32>,
    pub(crate) all: Vec<Use>,
}

impl Uses {
    pub(crate) fn of(&self, pattern: u32) -> &[Use] {
        let at = pattern as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.all[start..self.ends[at] as usize]
    }

    fn push(&mut self, length: usize, uses: &[Use]) {
        self.all.extend_from_slice(uses);
        self.ends.push(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        self.lengths.push(u32::try_from(length).unwrap_or(u32::MAX));
    }
}

#[derive(Default)]
pub(crate) struct Lexicon {
    pub(crate) switches: Vec<Switches>,
    pub(crate) texts: TermTexts,
    pub(crate) automaton: Option<Automaton>,
    pub(crate) starts: Starts,
    pub(crate) uses: Uses,
    /// Over the letters of readings.
    pub(crate) phonetic: Option<Automaton>,
    pub(crate) phonetic_uses: Vec<Vec<(Use, Spelt)>>,
    pub(crate) leet: HashMap<String, Vec<Use>>,
}

/// What the search of a term needs, before the automata are made of all of them.
#[derive(Default)]
struct Patterns {
    plain: BTreeMap<String, Vec<Use>>,
    phonetic: BTreeMap<String, Vec<(Use, Spelt)>>,
    leet: HashMap<String, Vec<Use>>,
}

impl Lexicon {
    /// # Errors
    /// When the terms do not fit into an automaton, in the library's words.
    pub(crate) fn new(banks: &[TermBank]) -> Result<Self, String> {
        let mut texts = TermTexts::default();
        let mut patterns = Patterns::default();
        for (number, bank) in banks.iter().enumerate() {
            let number = u16::try_from(number).map_err(|_| "more than 65 535 banks".to_owned())?;
            for term in &bank.terms {
                let id = texts.push(term);
                patterns.add(term, Use { term: id, bank: number, flags: 0 }, &bank.switches);
            }
        }
        let (mut uses, mut starts) = (Uses::default(), Starts::of_size(patterns.plain.len()));
        for (pattern, of_it) in &patterns.plain {
            uses.push(pattern.chars().count(), of_it);
            let whole = of_it.iter().all(|used| banks[usize::from(used.bank)].switches.word_boundaries);
            starts.add(pattern, !whole);
        }
        let mut automaton = build(patterns.plain.keys())?;
        if let Some(automaton) = &mut automaton {
            automaton.cache_depths().map_err(|error| error.to_string())?;
        }
        let phonetic = build(patterns.phonetic.keys())?;
        Ok(Self {
            switches: banks.iter().map(|bank| bank.switches).collect(),
            texts,
            automaton,
            starts,
            uses,
            phonetic,
            phonetic_uses: patterns.phonetic.into_values().collect(),
            leet: patterns.leet,
        })
    }
}

impl Patterns {
    fn add(&mut self, term: &str, mut used: Use, switches: &Switches) {
        let (mut folded, mut gaps) = (String::with_capacity(term.len()), false);
        walk(term, |step| {
            gaps |= step.gap > Gap::Repeat && !folded.is_empty();
            folded.push(step.c);
        });
        if gaps {
            used.flags |= HAS_GAPS;
        }
        if !switches.repeats || rhythm(term).iter().any(|count| *count > 1) {
            used.flags |= HAS_RHYTHM;
        }
        if !switches.folds_all() {
            used.flags |= PICKY;
        }
        let latin_word = folded.len() > 2 && term.bytes().all(|byte| byte.is_ascii_alphabetic());
        if switches.leet && latin_word {
            push_use(self.leet.entry(term.chars().filter_map(leet::skeleton).collect()).or_default(), used);
        }
        if switches.numerals || switches.initials || switches.split || switches.pinyin || switches.homophones {
            self.add_disguises(&folded, used, switches);
        }
        push_use(self.plain.entry(folded).or_default(), used);
    }

    fn add_disguises(&mut self, folded: &str, used: Use, switches: &Switches) {
        let chars: Vec<char> = folded.chars().collect();
        let otherwise = Use { flags: (used.flags | SPELT_OTHERWISE) & !HAS_RHYTHM, ..used };
        for way in spellings(&chars, switches) {
            if way != folded && !way.is_empty() {
                push_use(self.plain.entry(way).or_default(), otherwise);
            }
        }
        // One syllable is the sound of too many characters.
        if (switches.pinyin || switches.homophones) && chars.iter().filter(|c| is_han(**c)).count() > 1 {
            for way in spell(&chars) {
                self.phonetic.entry(way.letters.clone()).or_default().push((otherwise, way));
            }
        }
    }
}

fn push_use(uses: &mut Vec<Use>, used: Use) {
    if !uses.iter().any(|known| known.bank == used.bank) {
        uses.push(used);
    }
}

fn build<'a>(patterns: impl ExactSizeIterator<Item = &'a String>) -> Result<Option<Automaton>, String> {
    if patterns.len() == 0 {
        return Ok(None);
    }
    let numbered = patterns.zip(0_u32..);
    let automaton = CharwiseDoubleArrayAhoCorasickBuilder::new().use_prefilter(false).build_with_values(numbered);
    automaton.map(Some).map_err(|error| error.to_string())
}
