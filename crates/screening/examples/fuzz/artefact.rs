//! Artefacts and scorers that are damaged behind their checksums, as whoever may write them could.

use std::collections::BTreeMap;

use screening::{
    engine::Engine,
    scorer::Scorer,
    source::{Hashes, Manifest},
    training::{Labelled, Options, train},
};

use crate::{Target, dice::Dice};

/// Of an artefact: where its checksum stands, and where what it is of goes on.
const ARTEFACT_SUM: usize = 24;
const SCORER_SUM: usize = 28;
const HEADER: usize = 32;

pub(crate) struct Artefact {
    artefact: Vec<u8>,
    scorer: Vec<u8>,
}

const PACK: &str = "{ id: fuzz, version: 1, banks: { terms: { normalise: { pinyin: true, homophones: true }, terms: \
                    [加微信, casino, 赌], except: [赌神] } }, scorers: { one: { name: one.scorer } }, rules: [{ id: a, \
                    version: 1, title: { zh: 甲, en: a }, policy: p, effect: hold, when: \"score('a') > 0.1\", examples: \
                    { matches: [甲乙丙丁], passes: [] } }] }";

impl Artefact {
    pub(crate) fn new() -> Self {
        let text = |at: usize| Labelled {
            text: format!("{}{at}", ["甲乙丙丁", "子丑寅卯"][at % 2]),
            label: ["a", "ordinary"][at % 2].to_owned(),
        };
        let texts: Vec<Labelled> = (0..40).map(text).collect();
        let scorer = train(&texts, Vec::new(), &Options { bits: 10, ..Options::default() }).expect("enough texts");
        let scorer = scorer.to_bytes();
        let files = BTreeMap::from([("one.scorer".to_owned(), scorer.clone())]);
        let checked = Manifest::read(PACK.as_bytes()).and_then(|manifest| manifest.check(&files, Hashes::IfGiven));
        let Ok(checked) = checked else { panic!("the pack is right") };
        Self { artefact: checked.pack.artefact(&checked.engine).expect("a pack"), scorer }
    }
}

impl Target for Artefact {
    fn name(&self) -> &'static str {
        "artefact"
    }

    fn input(&self, dice: &mut Dice) -> Vec<u8> {
        let mut bytes = if dice.below(4) == 0 { self.scorer.clone() } else { self.artefact.clone() };
        let mut body = bytes.split_off(HEADER);
        dice.mutate(&mut body);
        if dice.below(8) == 0 {
            dice.mutate(&mut bytes);
            bytes.resize(HEADER, 0);
        }
        if bytes.starts_with(b"GATEPACK") {
            bytes[16..24].copy_from_slice(&(body.len() as u64).to_le_bytes());
        }
        let at = if bytes.starts_with(b"GATEPACK") { ARTEFACT_SUM } else { SCORER_SUM };
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&bytes[..at]);
        hasher.update(&body);
        bytes[at..at + 4].copy_from_slice(&hasher.finalize().to_le_bytes());
        bytes.extend(body);
        bytes
    }

    fn try_it(&self, input: &[u8]) {
        if let Ok(scorer) = Scorer::from_bytes(input) {
            assert!(scorer.score("甲乙丙丁 加微信").iter().all(|score| (0.0..=1.0).contains(score)));
        }
        if let Ok(engine) = Engine::load(input) {
            std::hint::black_box(engine.screen(&["加*微信 casino jiaweixin 甲乙丙丁 赌神"]));
        }
    }
}
