//! The banks of a pack, compiled: everything that they find in a text.

use std::{collections::BTreeMap, sync::OnceLock};

use regex::{Regex, RegexBuilder};

use crate::{
    bank::Bank,
    contacts::{self, ContactKind},
    fingerprint::Fingerprint,
    links,
    matching::{
        lexicon::{Lexicon, TermBank},
        search::{Hit, Scratch},
    },
    media::{FileHash, Seen},
    normalise::Switches,
    pack::{PackError, RulePack},
    pdq::PdqHash,
};

pub(crate) struct BankSet {
    pub(crate) names: Vec<String>,
    pub(crate) lexicon: Lexicon,
    /// Of each bank of the lexicon behind the named ones: the bank whose hits it swallows, or none for all.
    pub(crate) swallowed_by: Vec<Option<u16>>,
    /// Of the banks that have anything but terms.
    others: Vec<(usize, Others)>,
}

/// What a bank has beside terms.
#[derive(Default)]
struct Others {
    patterns: Vec<Pattern>,
    hosts: Vec<String>,
    contacts: Vec<ContactKind>,
    fingerprints: Vec<Fingerprint>,
    pictures: Vec<PdqHash>,
    picture_distance: u32,
    /// In order.
    file_hashes: Vec<FileHash>,
}

/// Compiled when it is first asked, because a start has no time for what few texts need.
struct Pattern {
    source: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    fn get(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| compiled(&self.source).ok()).as_ref()
    }
}

pub(crate) fn compiled(source: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(source).size_limit(PATTERN_BYTES).dfa_size_limit(PATTERN_BYTES).build()
}

/// What a bank has at a place of a text, in bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BankHit {
    pub(crate) bank: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) entry: Entry,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Entry {
    Term(u32),
    Other(String),
    File(FileHash),
    /// A known picture, and in how many bits the one that was seen differs from it.
    Picture(PdqHash, u32),
}

/// Compiled expressions may take this much memory each; a bounded repetition of a big class is refused.
const PATTERN_BYTES: usize = 1 << 20;

impl BankSet {
    pub(crate) fn new(pack: &RulePack) -> Result<Self, PackError> {
        for (name, bank) in &pack.banks {
            for pattern in &bank.patterns {
                let refused =
                    |error: regex::Error| PackError::Pattern { bank: name.clone(), reason: error.to_string() };
                compiled(pattern).map_err(refused)?;
            }
        }
        let (terms, swallowed_by) = term_banks(pack);
        let lexicon = Lexicon::new(&terms).map_err(PackError::Automaton)?;
        Ok(Self::with_lexicon(pack, lexicon, swallowed_by))
    }

    /// With a lexicon that was made before, of a pack that was checked then.
    pub(crate) fn with_lexicon(pack: &RulePack, lexicon: Lexicon, swallowed_by: Vec<Option<u16>>) -> Self {
        let others =
            pack.banks.values().map(Others::new).enumerate().filter(|(_, others)| !others.is_empty()).collect();
        Self { names: pack.banks.keys().cloned().collect(), lexicon, swallowed_by, others }
    }

    /// Everything found, by bank and place.
    pub(crate) fn search(&self, text: &str, scratch: &mut Scratch) -> Vec<BankHit> {
        let mut hits = Vec::new();
        self.lexicon.search(text, scratch, &mut hits);
        let mut found = if hits.is_empty() { Vec::new() } else { self.without_swallowed(hits) };
        for (bank, others) in &self.others {
            others.search(text, *bank, &mut found);
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The hits of named banks that no longer permitted term swallows.
    fn without_swallowed(&self, mut hits: Vec<Hit>) -> Vec<BankHit> {
        let named = self.names.len();
        let first_permitted = hits.partition_point(|hit| usize::from(hit.bank) < named);
        let permitted = hits.split_off(first_permitted);
        let longer = self.longest_by_start(&permitted);
        hits.into_iter()
            .filter(|hit| {
                ![Some(hit.bank), None].iter().any(|of| longer.get(of).is_some_and(|all| reaches_over(all, *hit)))
            })
            .map(|Hit { bank, start, end, term }| BankHit { bank: bank.into(), start, end, entry: Entry::Term(term) })
            .collect()
    }

    /// The known files and pictures among what was seen. They have no place in the text.
    pub(crate) fn recognise(&self, seen: &Seen) -> Vec<BankHit> {
        let mut found = Vec::new();
        for (bank, others) in &self.others {
            let bank = *bank;
            let of = |entry| BankHit { bank, start: 0, end: 0, entry };
            let known = seen.files.iter().filter(|file| others.file_hashes.binary_search(file).is_ok());
            found.extend(known.map(|file| of(Entry::File(*file))));
            for looks in &seen.pictures {
                let distances = others.pictures.iter().filter_map(|known| Some((looks.distance(*known)?, *known)));
                if let Some((distance, known)) = distances.min().filter(|(near, _)| *near <= others.picture_distance) {
                    found.push(of(Entry::Picture(known, distance)));
                }
            }
        }
        found
    }

    /// For each bank that permitted terms swallow hits of: where they start, and how far those until there reach.
    fn longest_by_start(&self, permitted: &[Hit]) -> BTreeMap<Option<u16>, Vec<(usize, usize)>> {
        let mut by_bank: BTreeMap<Option<u16>, Vec<(usize, usize)>> = BTreeMap::new();
        for over in permitted {
            let of = self.swallowed_by[usize::from(over.bank) - self.names.len()];
            by_bank.entry(of).or_default().push((over.start, over.end));
        }
        for all in by_bank.values_mut() {
            all.sort_unstable();
            let mut reach = 0;
            for (_, end) in all {
                reach = reach.max(*end);
                *end = reach;
            }
        }
        by_bank
    }
}

fn reaches_over(all: &[(usize, usize)], hit: Hit) -> bool {
    let until = all.partition_point(|(start, _)| *start <= hit.start);
    until > 0 && all[until - 1].1 >= hit.end
}

/// How permitted terms are compared.
pub(crate) const PERMITTED: Switches = Switches { common_words: false, leet: false, ..Switches::DEFAULT };

/// The banks of the lexicon: the named ones, then what is permitted in each of them, then what is permitted in all.
pub(crate) fn term_banks(pack: &RulePack) -> (Vec<TermBank>, Vec<Option<u16>>) {
    let named = pack.banks.values().map(|bank| TermBank { switches: bank.normalise, terms: bank.terms.clone() });
    let mut all: Vec<TermBank> = named.collect();
    let mut swallowed_by = Vec::new();
    for (number, bank) in pack.banks.values().enumerate() {
        if !bank.except.is_empty() {
            all.push(TermBank { switches: PERMITTED, terms: bank.except.clone() });
            swallowed_by.push(u16::try_from(number).ok());
        }
    }
    if !pack.permitted.is_empty() {
        all.push(TermBank { switches: PERMITTED, terms: pack.permitted.clone() });
        swallowed_by.push(None);
    }
    (all, swallowed_by)
}

impl Others {
    fn new(bank: &Bank) -> Self {
        let pattern = |source: &String| Pattern { source: source.clone(), compiled: OnceLock::new() };
        Self {
            patterns: bank.patterns.iter().map(pattern).collect(),
            hosts: bank.hosts.iter().map(|host| host.to_ascii_lowercase()).collect(),
            contacts: bank.contacts.clone(),
            fingerprints: bank.fingerprints.clone(),
            pictures: bank.pictures.clone(),
            picture_distance: bank.picture_distance(),
            file_hashes: {
                let mut file_hashes = bank.file_hashes.clone();
                file_hashes.sort_unstable();
                file_hashes
            },
        }
    }

    fn is_empty(&self) -> bool {
        self.patterns.is_empty()
            && self.hosts.is_empty()
            && self.contacts.is_empty()
            && self.fingerprints.is_empty()
            && self.pictures.is_empty()
            && self.file_hashes.is_empty()
    }

    fn search(&self, text: &str, bank: usize, found: &mut Vec<BankHit>) {
        let mut push = |start, end, entry: String| {
            found.push(BankHit { bank, start, end, entry: Entry::Other(entry) });
        };
        for pattern in self.patterns.iter().filter_map(Pattern::get) {
            for hit in pattern.find_iter(text).filter(|hit| !hit.is_empty()) {
                push(hit.start(), hit.end(), pattern.as_str().to_owned());
            }
        }
        if !self.hosts.is_empty() {
            for (start, end, host) in links::hosts(text) {
                if let Some(of) = self.hosts.iter().find(|of| links::is_under(&host, of)) {
                    push(start, end, of.clone());
                }
            }
        }
        if !self.contacts.is_empty() {
            for contact in contacts::find(text) {
                if self.contacts.contains(&contact.kind) {
                    push(contact.start, contact.end, contact.kind.to_string());
                }
            }
        }
        if !self.fingerprints.is_empty() {
            let of_text = Fingerprint::of(text);
            if let Some(like) = self.fingerprints.iter().find(|known| known.is_like(&of_text)) {
                push(0, text.len(), like.sha256.clone());
            }
        }
    }
}
