//! All terms of all banks of a pack, ready to be searched for in one walk over a text.

use std::{cmp::Ordering, collections::BTreeMap, ops::Range};

use daachorse::{CharwiseDoubleArrayAhoCorasick, CharwiseDoubleArrayAhoCorasickBuilder};

use super::{starts::Starts, verify::gaps};
use crate::normalise::{
    Switches,
    fold::is_han,
    leet,
    readings::{Spelt, spell},
    spelling::spellings,
    walk::{Gap, rhythm, runs, walk},
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

/// Strings by a number, in one string.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct TermTexts {
    pub(crate) text: String,
    pub(crate) ends: Vec<u32>,
}

impl TermTexts {
    pub(crate) fn get(&self, term: u32) -> &str {
        range_of(&self.ends, term).and_then(|range| self.text.get(range)).unwrap_or_default()
    }

    fn push(&mut self, term: &str) -> u32 {
        self.text.push_str(term);
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        u32::try_from(self.ends.len() - 1).unwrap_or(u32::MAX)
    }
}

/// Between the end before it and its own.
fn range_of(ends: &[u32], number: u32) -> Option<Range<usize>> {
    let at = number as usize;
    let start = if at == 0 { 0 } else { *ends.get(at - 1)? as usize };
    Some(start..*ends.get(at)? as usize)
}

/// The uses of each pattern of an automaton, one after the other.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Uses {
    /// Of each pattern: the end of its uses, and its length in characters.
    pub(crate) ends: Vec<u32>,
    pub(crate) lengths: Vec<u32>,
    pub(crate) all: Vec<Use>,
}

impl Uses {
    pub(crate) fn of(&self, pattern: u32) -> &[Use] {
        self.range(pattern).and_then(|range| self.all.get(range)).unwrap_or_default()
    }

    pub(crate) fn length(&self, pattern: u32) -> Option<usize> {
        self.lengths.get(pattern as usize).map(|length| *length as usize)
    }

    fn range(&self, pattern: u32) -> Option<Range<usize>> {
        range_of(&self.ends, pattern)
    }

    fn push(&mut self, length: usize, uses: impl IntoIterator<Item = Use>) {
        self.all.extend(uses);
        self.ends.push(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        self.lengths.push(u32::try_from(length).unwrap_or(u32::MAX));
    }
}

/// The same over the letters of readings: for each use, which letters are whose.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct PhoneticUses {
    pub(crate) uses: Uses,
    /// Of each use: the end of its syllables.
    pub(crate) ends: Vec<u32>,
    /// The first and the last letter of each.
    pub(crate) syllables: Vec<(u32, u32)>,
}

impl PhoneticUses {
    /// The uses of a pattern, each with its syllables.
    pub(crate) fn of(&self, pattern: u32) -> impl Iterator<Item = (Use, &[(u32, u32)])> {
        let first = self.uses.range(pattern).map_or(0, |range| range.start);
        self.uses.of(pattern).iter().zip(first..).map(|(used, number)| {
            let syllables = u32::try_from(number).ok().and_then(|number| range_of(&self.ends, number));
            (*used, syllables.and_then(|range| self.syllables.get(range)).unwrap_or_default())
        })
    }

    fn push(&mut self, letters: &str, uses: Vec<(Use, Spelt)>) {
        for (_, spelt) in &uses {
            self.syllables.extend(&spelt.syllables);
            self.ends.push(u32::try_from(self.syllables.len()).unwrap_or(u32::MAX));
        }
        self.uses.push(letters.len(), uses.into_iter().map(|(used, _)| used));
    }
}

/// Uses by a word, which are found by halves.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Words {
    /// Sorted.
    pub(crate) texts: TermTexts,
    pub(crate) uses: Uses,
}

impl Words {
    pub(crate) fn is_empty(&self) -> bool {
        self.texts.ends.is_empty()
    }

    pub(crate) fn get(&self, word: &str) -> &[Use] {
        let (mut from, mut to) = (0, u32::try_from(self.texts.ends.len()).unwrap_or(u32::MAX));
        while from < to {
            let middle = u32::midpoint(from, to);
            match self.texts.get(middle).cmp(word) {
                Ordering::Equal => return self.uses.of(middle),
                Ordering::Less => from = middle + 1,
                Ordering::Greater => to = middle,
            }
        }
        &[]
    }

    fn push(&mut self, word: &str, uses: Vec<Use>) {
        self.texts.push(word);
        self.uses.push(0, uses);
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
    pub(crate) phonetic_uses: PhoneticUses,
    pub(crate) leet: Words,
}

/// What the search of a term needs, before the automata are made of all of them.
#[derive(Default)]
struct Patterns {
    plain: BTreeMap<String, Vec<Use>>,
    phonetic: BTreeMap<String, Vec<(Use, Spelt)>>,
    leet: BTreeMap<String, Vec<Use>>,
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
                patterns.add(&texts, Use { term: id, bank: number, flags: 0 }, &bank.switches)?;
            }
        }
        let automaton = build(patterns.plain.keys())?;
        let phonetic = build(patterns.phonetic.keys())?;
        let mut lexicon = Self {
            switches: banks.iter().map(|bank| bank.switches).collect(),
            texts,
            automaton,
            starts: Starts::of_size(patterns.plain.len()),
            phonetic,
            ..Self::default()
        };
        for (pattern, uses) in patterns.plain {
            let whole = uses.iter().all(|used| banks[usize::from(used.bank)].switches.word_boundaries);
            lexicon.starts.add(&pattern, !whole);
            lexicon.uses.push(pattern.chars().count(), uses);
        }
        patterns.phonetic.into_iter().for_each(|(letters, uses)| lexicon.phonetic_uses.push(&letters, uses));
        patterns.leet.into_iter().for_each(|(word, uses)| lexicon.leet.push(&word, uses));
        Ok(lexicon)
    }
}

impl Patterns {
    /// # Errors
    /// As [`push_use`].
    fn add(&mut self, texts: &TermTexts, mut used: Use, switches: &Switches) -> Result<(), String> {
        let term = texts.get(used.term);
        let (mut folded, mut gaps) = (String::with_capacity(term.len()), false);
        walk(term, |step| {
            gaps |= step.gap > Gap::Repeat && !folded.is_empty();
            folded.push(step.c);
        });
        if folded.is_empty() {
            // It would be found behind every character.
            return Ok(());
        }
        if gaps {
            used.flags |= HAS_GAPS;
        }
        let runs = runs(term);
        if !switches.repeats || runs.iter().any(|(_, count)| *count > 1) {
            used.flags |= HAS_RHYTHM;
        }
        if !switches.folds_all() {
            used.flags |= PICKY;
        }
        let latin_word = folded.len() > 2 && term.bytes().all(|byte| byte.is_ascii_alphabetic());
        if switches.leet && latin_word {
            let uses = self.leet.entry(term.chars().filter_map(leet::skeleton).collect()).or_default();
            if !uses.iter().any(|known| known.bank == used.bank) {
                uses.push(used);
            }
        }
        if switches.numerals || switches.initials || switches.split || switches.pinyin || switches.homophones {
            self.add_disguises(texts, &folded, used, switches)?;
        }
        for way in parted(&runs) {
            // Where the term has a gap of its own is counted in its shortest form.
            let used = Use { flags: used.flags & !HAS_GAPS, ..used };
            push_use(self.plain.entry(way).or_default(), used, texts)?;
        }
        push_use(self.plain.entry(folded).or_default(), used, texts)
    }

    fn add_disguises(&mut self, texts: &TermTexts, folded: &str, used: Use, switches: &Switches) -> Result<(), String> {
        let chars: Vec<char> = folded.chars().collect();
        let otherwise = Use { flags: (used.flags | SPELT_OTHERWISE) & !HAS_RHYTHM, ..used };
        for way in spellings(&chars, switches) {
            if way != folded && !way.is_empty() {
                push_use(self.plain.entry(way).or_default(), otherwise, texts)?;
            }
        }
        // One syllable is the sound of too many characters.
        if (switches.pinyin || switches.homophones) && chars.iter().filter(|c| is_han(**c)).count() > 1 {
            for way in spell(&chars) {
                self.phonetic.entry(way.letters.clone()).or_default().push((otherwise, way));
            }
        }
        Ok(())
    }
}

/// The most forms of one term in which its repetitions are said by themselves; all of them for three doubled characters.
const MOST_PARTED: usize = 7;

/// The further forms of a term that says a character more than once in a row. Repetitions are one compared character unless
/// something parts them: then a text has each by itself, as in `加/Q/Q/群`.
fn parted(runs: &[(char, u32)]) -> Vec<String> {
    let most: Vec<u32> = runs.iter().map(|(_, count)| *count).collect();
    let form = |counts: &[u32]| -> String {
        runs.iter().zip(counts).flat_map(|((c, _), count)| std::iter::repeat_n(*c, *count as usize)).collect()
    };
    if most.iter().all(|count| *count == 1) {
        return Vec::new();
    }
    // All of them parted comes first: who parts one character mostly parts every one.
    let mut forms = vec![form(&most)];
    let mut counts = vec![1; runs.len()];
    while forms.len() < MOST_PARTED {
        // The next number, of which each run is a digit.
        let Some(at) = (0..counts.len()).find(|at| counts[*at] < most[*at]) else { break };
        counts[..at].fill(1);
        counts[at] += 1;
        if counts != most {
            forms.push(form(&counts));
        }
    }
    forms
}

/// Terms of one bank that are compared alike and not the same otherwise. An honest bank has three or four.
const MOST_ALIKE: usize = 64;

/// Adds a use, unless one that is there finds all that it would.
///
/// # Errors
/// When too many terms of the bank are compared alike: each of them is asked wherever one is found.
fn push_use(uses: &mut Vec<Use>, used: Use, texts: &TermTexts) -> Result<(), String> {
    let of_bank = || uses.iter().filter(|known| known.bank == used.bank);
    if of_bank().any(|known| finds_as_much(*known, used, texts)) {
        return Ok(());
    }
    if of_bank().count() >= MOST_ALIKE {
        let term = texts.get(used.term);
        return Err(format!("more than {MOST_ALIKE} terms of one bank are compared as {term:?} is"));
    }
    uses.push(used);
    Ok(())
}

/// Whether `known` finds whatever `used` does, of the same pattern and the same bank.
fn finds_as_much(known: Use, used: Use, texts: &TermTexts) -> bool {
    let (term, other) = (texts.get(known.term), texts.get(used.term));
    let has = |of: Use, flag: u16| of.flags & flag != 0;
    if has(used, SPELT_OTHERWISE) && !has(known, SPELT_OTHERWISE) {
        return false;
    }
    let as_picky = !has(known, PICKY) || term == other;
    let as_rhythmic = !has(known, HAS_RHYTHM) || (has(used, HAS_RHYTHM) && rhythm(term) == rhythm(other));
    let as_open = !has(used, HAS_GAPS) || (has(known, HAS_GAPS) && gaps(other) & !gaps(term) == 0);
    as_picky && as_rhythmic && as_open
}

fn build<'a>(patterns: impl ExactSizeIterator<Item = &'a String>) -> Result<Option<Automaton>, String> {
    if patterns.len() == 0 {
        return Ok(None);
    }
    let numbered = patterns.zip(0_u32..);
    let automaton = CharwiseDoubleArrayAhoCorasickBuilder::new().use_prefilter(false).build_with_values(numbered);
    automaton.map(Some).map_err(|error| error.to_string())
}
