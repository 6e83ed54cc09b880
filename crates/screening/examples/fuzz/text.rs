//! Texts for the normalisation, the search with every switch, conditions, contacts, fingerprints and a scorer.

use std::time::Instant;

use screening::{
    engine::Engine, facts::Facts, fingerprint::Fingerprint, normalise::normalise, normalise::skeleton, pack::RulePack,
};

use crate::{Target, dice::Dice};

/// What texts that are made to hurt are made of.
const PIECES: [&str; 48] = [
    "加",
    "微",
    "信",
    "加微信",
    "jia",
    "wei",
    "xin",
    "casino",
    "c4s1n0",
    "а",
    "ａ",
    "Ⓐ",
    "🅰",
    "一",
    "1",
    "１",
    "①",
    "0",
    "木",
    "人言",
    "月",
    "*",
    " ",
    "\u{3000}",
    "，",
    "。",
    "\n",
    "\u{200B}",
    "\u{200D}",
    "\u{FE0F}",
    "\u{0336}",
    "\u{202E}",
    "\u{20E3}",
    "🎰",
    "㎏",
    "\u{FDFA}",
    "ﷺ",
    "ß",
    "ſ",
    "İ",
    "\u{1F1E8}",
    "한",
    "𠮷",
    "qq",
    "13800138000",
    "a.example.com",
    "6222021234567894",
    "\u{10FFFF}",
];

const PACK: &str = r#"
id: fuzz
version: 1
permitted: [加微信号码牌]
banks:
  terms:
    normalise: { numerals: true, pinyin: true, initials: true, homophones: true, split: true }
    terms: [加微信, casino, 一木, 赌, qq群, "online casino", 1314, ß]
    except: [加微信用]
  strict: { normalise: { repeats: false, case: false, separators: false }, terms: [加微信, Casino, aa] }
  others: { patterns: ['v\w+\d{3,9}', '(加|微)+信'], hosts: [example.com], contacts: [phone, wechat, qq, bank_card] }
rules:
  - { id: a, version: 1, title: { zh: 甲, en: a }, policy: p, effect: reject, bank: terms,
      when: "hits('terms') > 0 && distance('terms', 'others') < 100 || links.exists(l, l.contains('x'))",
      examples: { matches: [加微信], passes: [] } }
  - { id: b, version: 1, title: { zh: 乙, en: b }, policy: p, effect: hold, bank: strict,
      examples: { matches: [加微信], passes: [] } }
  - { id: c, version: 1, title: { zh: 丙, en: c }, policy: p, effect: review, when: "terms('others') > 0",
      examples: { matches: [a.example.com], passes: [] } }
"#;

pub(crate) struct Text {
    engine: Engine,
    loaded: Engine,
}

impl Text {
    pub(crate) fn new() -> Self {
        let pack = RulePack::from_yaml(PACK).expect("a pack");
        let engine = pack.compile().expect("a pack that is right");
        let loaded = Engine::load(&pack.artefact(&engine).expect("a pack")).expect("its artefact");
        Self { engine, loaded }
    }
}

impl Target for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn input(&self, dice: &mut Dice) -> Vec<u8> {
        let mut text = String::new();
        for _ in 0..=dice.length(200) {
            let piece = dice.one(&PIECES);
            match dice.below(8) {
                0 => text.push_str(&piece.repeat(dice.length(2_000))),
                1 => text.extend(u32::try_from(dice.below(0x11_0000)).ok().and_then(char::from_u32)),
                2 => text.extend(u32::try_from(0x4E00 + dice.below(0x5200)).ok().and_then(char::from_u32)),
                _ => text.push_str(piece),
            }
        }
        text.into_bytes()
    }

    fn try_it(&self, input: &[u8]) {
        let text = std::str::from_utf8(input).expect("made of characters");
        let once = normalise(text);
        assert_eq!(normalise(&once), once, "normalising twice is normalising once");
        let name = skeleton(text);
        assert_eq!(skeleton(&name), name, "the skeleton of a skeleton is itself");
        assert!(Fingerprint::of(text).sha256.len() == 64);
        let start = Instant::now();
        let verdict = self.engine.assess(&[text, "加微信"], &Facts::default());
        let nanos = start.elapsed().as_nanos();
        // Thousands of times what it takes: only what grows faster than the text comes here.
        assert!(nanos < 2_000_000_000 + 100_000 * text.len() as u128, "{nanos} ns for {} bytes", text.len());
        for finding in &verdict.findings {
            for span in &finding.spans {
                let part = [text, "加微信"][span.part];
                assert!(part.get(span.start..span.end).is_some_and(|found| !found.is_empty()), "{span:?}");
                assert_eq!(part[..span.end].encode_utf16().count(), span.utf16_end, "{span:?}");
            }
        }
        assert_eq!(self.loaded.assess(&[text, "加微信"], &Facts::default()), verdict, "what is loaded answers alike");
    }
}
