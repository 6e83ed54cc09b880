//! Packs that are nearly right, and what is no pack at all.

use std::collections::BTreeMap;

use screening::source::{Hashes, MOST_PROBLEMS, Manifest};

use crate::{Target, dice::Dice};

const PACK: &str = r"id: fuzz
version: 3
permitted: [百家姓]
banks:
  games:
    normalise: { pinyin: true, split: true }
    files: [{ name: banks/a.txt }, { name: banks/b.csv }]
    except: [赌神]
  contact: { terms: [加微信], patterns: ['vx\d+'], hosts: [bad.example], contacts: [phone] }
scorers:
  one: { name: one.scorer }
rules:
  - id: gambling
    version: 2
    title: { zh: 赌, en: g }
    policy: gambling
    severity: high
    state: live
    scope: { kinds: [comment], grades: [a] }
    effect: reject
    bank: games
    tags: [x]
    examples: { matches: [来玩百家乐], passes: [百家姓] }
  - id: steering
    version: 1
    title: { zh: 引, en: s }
    policy: spam
    effect: hold
    when: account.age_days < 7 && hits('contact') > 0 && links.exists(l, l.endsWith('.example')) || score('a') > 0.5
    examples: { matches: [请加微信], passes: [] }
";
/// What an operator, or somebody who is none, may write.
const PIECES: [&str; 24] = [
    "\n  - ",
    ": ",
    "[",
    "]",
    "{",
    "}",
    "&a ",
    "*a",
    "<<: *a",
    "!!int ",
    "|\n    ",
    "'",
    "\"",
    "# ",
    "---\n",
    "\u{0}",
    "\u{FEFF}",
    "banks:\n",
    "rules:\n",
    "when: '",
    "(a|b)*{1000}",
    "x.all(y, x.all(z, true))",
    "9999999999999999999",
    "词",
];

pub(crate) struct Pack;

impl Target for Pack {
    fn name(&self) -> &'static str {
        "pack"
    }

    fn input(&self, dice: &mut Dice) -> Vec<u8> {
        let mut yaml = PACK.as_bytes().to_vec();
        for _ in 0..dice.length(12) {
            let (at, piece) = (dice.below(yaml.len() + 1), dice.one(&PIECES));
            let piece = piece.repeat(1 + if dice.below(20) == 0 { dice.length(5_000) } else { 0 });
            yaml.splice(at..at, piece.into_bytes());
        }
        if dice.below(3) > 0 {
            dice.mutate(&mut yaml);
        }
        yaml
    }

    fn try_it(&self, input: &[u8]) {
        let problems = match Manifest::read(input) {
            Err(problems) => problems,
            Ok(manifest) => {
                // The files change with the pack, and so do what is in them.
                let list = [b"# x\n".as_slice(), input].concat();
                let files = manifest.files().into_iter().map(|file| (file.name.clone(), list.clone()));
                let files: BTreeMap<String, Vec<u8>> = files.collect();
                match manifest.check(&files, Hashes::IfGiven) {
                    Err(problems) => problems,
                    Ok(checked) => {
                        let bytes = checked.pack.artefact(&checked.engine).expect("a pack that is right");
                        assert!(screening::engine::Engine::load(&bytes).is_ok(), "what is right can be loaded");
                        return;
                    }
                }
            }
        };
        assert!((1..=MOST_PROBLEMS).contains(&problems.len()), "{} problems", problems.len());
        assert!(problems.iter().all(|problem| !problem.zh.is_empty() && !problem.en.is_empty()));
    }
}
