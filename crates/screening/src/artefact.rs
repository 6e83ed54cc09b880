//! The compiled form of a pack: immutable, with a version and a checksum, read in milliseconds.
//!
//! A header of 32 bytes — `GATEPACK`, the format's version, the CRC-32 of the tables of normalisation, the length of what
//! follows and its CRC-32 — and sections, each with its length before it: the pack without its terms and examples as
//! JSON, how many terms each bank has, the terms, the hashes of pictures and files bank by bank, the automata as
//! `daachorse` writes them, and what belongs to them.
//! Further sections follow in pairs, first the name of what it is and then what it holds: `scorer`, once for each scorer,
//! in order. A name that is not known is refused, so that a pack is read with all that it has or not at all.
//! All numbers are little-endian. The checksum tells damage and not malice: who may write artefacts may write packs.
//!
//! What the automata hold is normalised, so they are worth nothing beside other tables of normalisation. An artefact of
//! other tables is compiled anew from its terms, which takes as long as compiling the pack, and an artefact of another
//! format is refused.

use std::sync::Arc;

use crate::{
    bank_set::{BankSet, term_banks},
    engine::Engine,
    matching::{
        lexicon::{Automaton, Lexicon, PhoneticUses, TermTexts, Use, Uses, Words},
        starts::Starts,
    },
    media::FileHash,
    normalise,
    pack::{Examples, PackError, RulePack},
    pdq::PdqHash,
    scorer::Scorer,
};

const MAGIC: [u8; 8] = *b"GATEPACK";
const FORMAT: u32 = 2;
const HEADER: usize = 32;
/// The automaton, its uses (3), where terms start (4), the phonetic automaton, its uses (3), their ends and syllables, and
/// the words with their uses (2 and 3).
const SECTIONS_OF_THE_LEXICON: usize = 19;
/// The name of a further section.
const SCORER: &[u8] = b"scorer";

impl RulePack {
    /// The compiled pack as bytes, which [`Engine::load`] reads. `engine` is this pack, compiled.
    ///
    /// # Errors
    /// When the pack cannot be written as JSON.
    pub fn artefact(&self, engine: &Engine) -> Result<Vec<u8>, PackError> {
        let lexicon = &engine.banks.lexicon;
        let mut out = Writer(vec![0; HEADER]);
        let shell = serde_json::to_vec(&self.without_terms()).map_err(|_| PackError::Artefact("it has no JSON"))?;
        out.section(&shell);
        let counts = term_banks(self).0.into_iter().map(|bank| u32::try_from(bank.terms.len()).unwrap_or(u32::MAX));
        out.numbers(&counts.collect::<Vec<_>>());
        let swallowed = engine.banks.swallowed_by.iter().map(|of| of.map_or(u32::MAX, u32::from));
        out.numbers(&swallowed.collect::<Vec<_>>());
        out.texts(&lexicon.texts);
        for bank in self.banks.values() {
            out.section(&bank.pictures.iter().flat_map(|hash| hash.to_bytes()).collect::<Vec<_>>());
            out.section(&bank.file_hashes.iter().flat_map(|hash| hash.0).collect::<Vec<_>>());
        }
        out.automaton(lexicon.automaton.as_ref());
        out.uses(&lexicon.uses);
        out.starts(&lexicon.starts);
        out.automaton(lexicon.phonetic.as_ref());
        out.uses(&lexicon.phonetic_uses.uses);
        out.numbers(&lexicon.phonetic_uses.ends);
        out.numbers(&lexicon.phonetic_uses.syllables.iter().flat_map(|(a, b)| [*a, *b]).collect::<Vec<_>>());
        out.texts(&lexicon.leet.texts);
        out.uses(&lexicon.leet.uses);
        for scorer in self.scorers.values().filter_map(|of| of.scorer.as_ref()) {
            out.section(SCORER);
            out.section(&scorer.to_bytes());
        }
        Ok(out.finish())
    }

    fn without_terms(&self) -> Self {
        let mut shell = Self { permitted: Vec::new(), ..self.clone() };
        for bank in shell.banks.values_mut() {
            (bank.terms, bank.except) = (Vec::new(), Vec::new());
            (bank.pictures, bank.file_hashes) = (Vec::new(), Vec::new());
        }
        for rule in &mut shell.rules {
            rule.examples = Examples { matches: Vec::new(), passes: Vec::new() };
        }
        shell
    }
}

impl Engine {
    /// The engine of an artefact.
    ///
    /// # Errors
    /// [`PackError::Artefact`] for what is none, damaged, cut off, or of another format.
    pub fn load(bytes: &[u8]) -> Result<Self, PackError> {
        let payload = payload(bytes)?;
        let mut sections = Reader(payload.bytes);
        let mut pack: RulePack =
            serde_json::from_slice(sections.section()?).map_err(|_| PackError::Artefact("its rules cannot be read"))?;
        let counts = sections.numbers()?;
        let swallowed_by: Vec<Option<u16>> = sections.numbers()?.into_iter().map(|of| u16::try_from(of).ok()).collect();
        let texts = sections.texts()?;
        for bank in pack.banks.values_mut() {
            bank.pictures = sections.many(PdqHash::from_bytes)?;
            bank.file_hashes = sections.many(FileHash)?;
        }
        if counts.len() != pack.banks.len() + swallowed_by.len() {
            return Err(PackError::Artefact("its banks are not those of its terms"));
        }
        if payload.tables != normalise::tables() {
            sections.0 = sections.behind_the_lexicon()?;
            sections.scorers(&mut pack)?;
            give_back(&mut pack, &counts, &swallowed_by, &texts);
            return pack.compile();
        }
        let named = pack.banks.values().map(|bank| bank.normalise);
        let switches = named.chain(swallowed_by.iter().map(|_| crate::bank_set::PERMITTED)).collect();
        let lexicon = Lexicon {
            switches,
            texts,
            automaton: sections.automaton()?,
            uses: sections.uses()?,
            starts: sections.starts()?,
            phonetic: sections.automaton()?,
            phonetic_uses: PhoneticUses {
                uses: sections.uses()?,
                ends: sections.numbers()?,
                syllables: sections.numbers()?.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect(),
            },
            leet: Words { texts: sections.texts()?, uses: sections.uses()? },
        };
        sections.scorers(&mut pack)?;
        let (banks, terms) = (lexicon.switches.len(), lexicon.texts.ends.len());
        let is_sound = |used: &Use| usize::from(used.bank) < banks && (used.term as usize) < terms;
        let all = [&lexicon.uses, &lexicon.phonetic_uses.uses, &lexicon.leet.uses];
        if !all.into_iter().all(|uses| uses.all.iter().all(is_sound)) {
            return Err(PackError::Artefact("a term is not in its banks"));
        }
        let banks = BankSet::with_lexicon(&pack, lexicon, swallowed_by);
        Ok(Self::of(banks, &pack))
    }
}

/// Puts the terms back into the banks that they came from, in the order of `term_banks`.
fn give_back(pack: &mut RulePack, counts: &[u32], swallowed_by: &[Option<u16>], texts: &TermTexts) {
    let mut number = 0..u32::try_from(texts.ends.len()).unwrap_or(u32::MAX);
    let mut next = |count: u32| -> Vec<String> {
        number.by_ref().take(count as usize).map(|term| texts.get(term).to_owned()).collect()
    };
    let (named, permitted) = counts.split_at(pack.banks.len());
    for (bank, count) in pack.banks.values_mut().zip(named) {
        bank.terms = next(*count);
    }
    for (of, count) in swallowed_by.iter().zip(permitted) {
        let terms = next(*count);
        match of.and_then(|of| pack.banks.values_mut().nth(of.into())) {
            Some(bank) => bank.except = terms,
            None => pack.permitted = terms,
        }
    }
}

struct Payload<'a> {
    tables: u32,
    bytes: &'a [u8],
}

fn payload(bytes: &[u8]) -> Result<Payload<'_>, PackError> {
    let (header, rest) = bytes.split_first_chunk::<HEADER>().ok_or(PackError::Artefact("it is cut off"))?;
    let number = |at: usize| header[at..].first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
    if header[..8] != MAGIC {
        return Err(PackError::Artefact("it is no compiled pack"));
    }
    if number(8) != FORMAT {
        return Err(PackError::Artefact("it has the format of another version"));
    }
    let length = header[16..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
    if length != rest.len() as u64 {
        return Err(PackError::Artefact("it is cut off"));
    }
    if number(24) != checksum(&header[..24], rest) {
        return Err(PackError::Artefact("it is damaged"));
    }
    Ok(Payload { tables: number(12), bytes: rest })
}

/// Of the header up to the checksum, and of what follows it.
fn checksum(header: &[u8], payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(header);
    hasher.update(payload);
    hasher.finalize()
}

struct Writer(Vec<u8>);

impl Writer {
    fn section(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        self.0.extend_from_slice(bytes);
    }

    fn numbers(&mut self, numbers: &[u32]) {
        self.section(&numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<_>>());
    }

    fn texts(&mut self, texts: &TermTexts) {
        self.section(texts.text.as_bytes());
        self.numbers(&texts.ends);
    }

    fn uses(&mut self, uses: &Uses) {
        self.numbers(&uses.ends);
        self.numbers(&uses.lengths);
        let all = uses.all.iter().flat_map(|used| {
            let place = u32::from(used.bank) << 16 | u32::from(used.flags);
            [used.term, place]
        });
        self.numbers(&all.collect::<Vec<_>>());
    }

    fn starts(&mut self, starts: &Starts) {
        self.section(&starts.keys.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<_>>());
        self.section(&starts.reach.iter().flat_map(|reach| reach.to_le_bytes()).collect::<Vec<_>>());
        self.section(&starts.singles.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<_>>());
        self.section(&[u8::from(starts.inside), starts.letters]);
    }

    fn automaton(&mut self, automaton: Option<&Automaton>) {
        self.section(&automaton.map(Automaton::serialize).unwrap_or_default());
    }

    fn finish(mut self) -> Vec<u8> {
        let (header, payload) = self.0.split_at_mut(HEADER);
        header[..8].copy_from_slice(&MAGIC);
        header[8..12].copy_from_slice(&FORMAT.to_le_bytes());
        header[12..16].copy_from_slice(&normalise::tables().to_le_bytes());
        header[16..24].copy_from_slice(&(payload.len() as u64).to_le_bytes());
        let sum = checksum(&header[..24], payload);
        header[24..28].copy_from_slice(&sum.to_le_bytes());
        self.0
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn section(&mut self) -> Result<&'a [u8], PackError> {
        let cut = PackError::Artefact("a section is cut off");
        let (length, rest) = self.0.split_first_chunk().ok_or(cut.clone())?;
        let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| cut.clone())?;
        let (section, rest) = rest.split_at_checked(length).ok_or(cut)?;
        self.0 = rest;
        Ok(section)
    }

    /// What follows the sections of the lexicon, whatever they hold.
    fn behind_the_lexicon(&self) -> Result<&'a [u8], PackError> {
        let mut sections = Reader(self.0);
        for _ in 0..SECTIONS_OF_THE_LEXICON {
            sections.section()?;
        }
        Ok(sections.0)
    }

    fn many<const N: usize, T>(&mut self, read: impl Fn([u8; N]) -> T) -> Result<Vec<T>, PackError> {
        match self.section()?.as_chunks() {
            (all, []) => Ok(all.iter().map(|bytes| read(*bytes)).collect()),
            _ => Err(PackError::Artefact("a section has a rest")),
        }
    }

    fn numbers(&mut self) -> Result<Vec<u32>, PackError> {
        self.many(u32::from_le_bytes)
    }

    fn texts(&mut self) -> Result<TermTexts, PackError> {
        let text = String::from_utf8(self.section()?.to_vec()).map_err(|_| PackError::Artefact("a term is no text"))?;
        Ok(TermTexts { text, ends: self.numbers()? })
    }

    fn uses(&mut self) -> Result<Uses, PackError> {
        let (ends, lengths) = (self.numbers()?, self.numbers()?);
        let all = self.many(|bytes: [u8; 8]| {
            let all = u64::from_le_bytes(bytes);
            #[expect(clippy::cast_possible_truncation, reason = "each takes its own bits")]
            Use { term: all as u32, flags: (all >> 32) as u16, bank: (all >> 48) as u16 }
        })?;
        Ok(Uses { ends, lengths, all })
    }

    fn starts(&mut self) -> Result<Starts, PackError> {
        let (keys, reach) = (self.many(u64::from_le_bytes)?, self.many(u16::from_le_bytes)?);
        let singles = self.many(u64::from_le_bytes)?;
        match (self.section()?, keys.len() == reach.len()) {
            (&[inside, letters], true) => Ok(Starts { keys, reach, singles, inside: inside != 0, letters }),
            _ => Err(PackError::Artefact("where its terms start cannot be read")),
        }
    }

    /// The further sections.
    fn scorers(&mut self, pack: &mut RulePack) -> Result<(), PackError> {
        let mut files = pack.scorers.values_mut();
        while !self.0.is_empty() {
            if self.section()? != SCORER {
                return Err(PackError::Artefact("it has a section of a later version"));
            }
            let scorer =
                Scorer::from_bytes(self.section()?).map_err(|_| PackError::Artefact("a scorer cannot be read"))?;
            files.next().ok_or(PackError::Artefact("it has a scorer too many"))?.scorer = Some(Arc::new(scorer));
        }
        if files.next().is_some() {
            return Err(PackError::Artefact("a scorer is missing"));
        }
        Ok(())
    }

    fn automaton(&mut self) -> Result<Option<Automaton>, PackError> {
        match self.section()? {
            [] => Ok(None),
            bytes => match Automaton::deserialize(bytes) {
                Ok((automaton, [])) => Ok(Some(automaton)),
                _ => Err(PackError::Artefact("its automaton cannot be read")),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PACK: &str = r#"
id: test
version: 3
permitted: [百家姓]
banks:
  games: { normalise: { pinyin: true, homophones: true, split: true }, terms: [百家乐, "Casino Royal", 赌], except: [赌神] }
  contact: { terms: [加微信], patterns: ['vx\d+'], hosts: [bad.example], contacts: [phone] }
rules:
  - { id: gambling, version: 2, title: { zh: 赌, en: g }, policy: gambling, effect: reject, bank: games,
      examples: { matches: [来玩百家乐], passes: [百家姓] } }
  - { id: steering, version: 1, title: { zh: 引, en: s }, policy: spam, effect: hold, bank: contact,
      when: "account.age_days < 7", examples: { matches: [请加微信], passes: [] } }
"#;
    const TEXTS: [&str; 7] = [
        "来玩百家乐",
        "加*微信 vx123",
        "caslno r0yal C4SIN0",
        "赌神与赌",
        "bai jia le 百加乐",
        "13800138000",
        "bad.example",
    ];

    fn packed() -> (Engine, Vec<u8>) {
        let pack = RulePack::from_yaml(PACK).unwrap();
        let engine = pack.compile().unwrap();
        let bytes = pack.artefact(&engine).unwrap();
        (engine, bytes)
    }

    #[test]
    fn what_is_loaded_answers_as_what_was_compiled() {
        let (engine, bytes) = packed();
        let loaded = Engine::load(&bytes).unwrap();
        for text in TEXTS {
            assert_eq!(loaded.screen(&[text]), engine.screen(&[text]), "{text}");
        }
        assert_eq!(loaded.screen(&["来玩百家乐"]).rule_pack, "test@3");
    }

    #[test]
    fn the_same_pack_is_the_same_artefact() {
        assert_eq!(packed().1, packed().1);
    }

    #[test]
    fn an_artefact_of_other_tables_is_compiled_anew() {
        let (engine, mut bytes) = packed();
        bytes[12] ^= 1;
        let sum = checksum(&bytes[..24], &bytes[HEADER..]);
        bytes[24..28].copy_from_slice(&sum.to_le_bytes());
        let loaded = Engine::load(&bytes).unwrap();
        for text in TEXTS {
            assert_eq!(loaded.screen(&[text]), engine.screen(&[text]), "{text}");
        }
    }

    #[test]
    fn another_format_is_refused() {
        let mut bytes = packed().1;
        bytes[8] += 1;
        let refused = Engine::load(&bytes).err();
        assert_eq!(refused, Some(PackError::Artefact("it has the format of another version")));
        assert_eq!(Engine::load(b"id: test\nversion: 1\nbanks: {}\nrules: []\n").err().map(|_| ()), Some(()));
    }

    proptest! {
        #[test]
        fn a_damaged_artefact_is_refused(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
            let mut bytes = packed().1;
            let at = at.index(bytes.len());
            // The last four bytes of the header say nothing.
            prop_assume!(!(28..32).contains(&at));
            bytes[at] ^= 1 << bit;
            prop_assert!(matches!(Engine::load(&bytes), Err(PackError::Artefact(_))));
        }

        #[test]
        fn an_artefact_that_is_cut_off_is_refused(length in any::<prop::sample::Index>()) {
            let bytes = packed().1;
            prop_assert!(Engine::load(&bytes[..length.index(bytes.len())]).is_err());
        }

        #[test]
        fn what_is_damaged_behind_its_checksum_makes_no_panic(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut bytes = packed().1;
            let shell = HEADER + 8 + usize::from_le_bytes(bytes[HEADER..HEADER + 8].try_into().unwrap());
            let at = shell + at.index(bytes.len() - shell);
            bytes[at] = byte;
            let sum = checksum(&bytes[..24], &bytes[HEADER..]);
            bytes[24..28].copy_from_slice(&sum.to_le_bytes());
            let _ = Engine::load(&bytes);
        }
    }
}
