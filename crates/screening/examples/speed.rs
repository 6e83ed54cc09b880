//! How fast a pack of 100 000 terms screens, next to the raw automaton on the same text and terms in the same run.
//!
//! `cargo xtask bench screening`, or
//! `cargo run --release -p screening --example speed -- [--data DIR] [--json] [--million] [--export DIR]`
//!
//! The text is the data's own lines, over and over to 20 MB, or made up where the data is absent.

use std::{fs, path::PathBuf, time::Instant};

use daachorse::CharwiseDoubleArrayAhoCorasick;
use screening::{
    bank::Bank,
    contacts::ContactKind,
    engine::Engine,
    facts::Facts,
    fingerprint::Fingerprint,
    normalise::{Switches, skeleton},
    pack::RulePack,
};

const TERMS: usize = 100_000;
const RULES: usize = 500;
/// The best of so many counts, for each piece of the text.
const ROUNDS: usize = 9;
/// A piece takes less than a scheduler's turn, so that of several times one at least is not interrupted.
const PIECE_BYTES: usize = 50_000;
const TEXT_BYTES: usize = 20_000_000;

/// `SplitMix64`, so that every run has the same terms.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        u32::try_from((mixed >> 32) % u64::from(end)).unwrap_or_default()
    }

    /// Common Han characters lie in the first part of their block more than elsewhere; exactness does not matter here.
    fn term(&mut self) -> String {
        if self.below(5) == 0 {
            let length = 5 + self.below(6);
            (0..length).filter_map(|_| char::from_u32(u32::from('a') + self.below(26))).collect()
        } else {
            let length = 2 + self.below(4);
            (0..length).filter_map(|_| char::from_u32(0x4E00 + self.below(0x3000))).collect()
        }
    }
}

fn lines(data: &std::path::Path, dice: &mut Dice) -> Vec<String> {
    let mut lines: Vec<String> = ["posts.jsonl", "ordinary-comments.jsonl", "sms-en.jsonl"]
        .iter()
        .filter_map(|name| fs::read_to_string(data.join(name)).ok())
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(&line).ok()?["text"].as_str().map(str::to_owned))
        .collect();
    if lines.is_empty() {
        eprintln!("skipped: the data is not in {}; the text is made up", data.display());
        lines = (0..10_000).map(|_| (0..20).map(|_| dice.term()).collect::<Vec<_>>().join(" ")).collect();
    }
    lines
}

fn pack(terms: &[String]) -> RulePack {
    let rule = |at: usize| {
        format!(
            "{{id: r{at}, version: 1, title: {{zh: 有, en: found}}, policy: bench, effect: hold, bank: b{at}, \
             when: 'account.age_days < 30', examples: {{matches: [x], passes: []}}}}"
        )
    };
    let rules: Vec<String> = (0..RULES).map(rule).collect();
    let yaml = format!("{{id: bench, version: 1, banks: {{}}, rules: [{}]}}", rules.join(", "));
    let mut pack = RulePack::from_yaml(&yaml).expect("a pack");
    for at in 0..RULES {
        let terms: Vec<String> = terms.iter().skip(at).step_by(RULES).cloned().collect();
        pack.banks.insert(format!("b{at}"), Bank::from(terms));
    }
    pack
}

/// For the peers: the terms and a tenth of the text, which is enough to know a speed by.
fn export(folder: &std::path::Path, terms: &[String], text: &[&str]) -> std::io::Result<()> {
    fs::write(folder.join("terms.txt"), terms.join("\n"))?;
    let lines: Vec<String> = text.iter().take(text.len() / 10).map(|line| line.replace(['\n', '\r'], " ")).collect();
    fs::write(folder.join("lines.txt"), lines.join("\n"))
}

/// Lines in a row, of about [`PIECE_BYTES`] each.
fn pieces<'a, 't>(text: &'a [&'t str]) -> Vec<&'a [&'t str]> {
    let (mut pieces, mut first, mut bytes) = (Vec::new(), 0, 0);
    for (at, line) in text.iter().enumerate() {
        bytes += line.len();
        if bytes >= PIECE_BYTES || at + 1 == text.len() {
            pieces.push(&text[first..=at]);
            (first, bytes) = (at + 1, 0);
        }
    }
    pieces
}

fn seconds(run: impl FnOnce()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_secs_f64()
}

fn p99_micros(engine: &Engine, lines: &[String]) -> f64 {
    let all: String = lines.iter().take(20_000).flat_map(|line| line.chars().chain(['。'])).collect();
    let chars: Vec<char> = all.chars().collect();
    let facts = Facts::default();
    let mut times: Vec<f64> = chars
        .chunks_exact(2_000)
        .map(|chunk| {
            let text: String = chunk.iter().collect();
            let start = Instant::now();
            std::hint::black_box(engine.assess(&[&text], &facts));
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times.get(times.len().saturating_sub(1) * 99 / 100).copied().unwrap_or_default()
}

/// What texts may be made of that are written to hurt.
const UNITS: [&str; 18] = [
    "\u{200B}",
    "\u{0336}",
    "\u{202E}",
    "\u{FE0F}",
    "e\u{0301}\u{0302}\u{0303}\u{0304}",
    "*",
    " ",
    "，",
    "\n",
    "a",
    "1",
    "加",
    "加*微*",
    "㎏",
    "\u{FDFA}",
    "1️⃣",
    "微信a1",
    "a.",
];

/// Terms that every unit starts, patterns that are bombs for engines which go back, and every kind of contact.
fn hurt() -> Engine {
    let yaml = "{id: t, version: 1, banks: {terms: [x]}, rules: [{id: found, version: 1, title: {zh: 有, en: found}, \
                policy: test, effect: hold, bank: terms, when: 'hits(\"terms\") > 0', \
                examples: {matches: [加微信], passes: []}}]}";
    let mut pack = RulePack::from_yaml(yaml).expect("a pack that is right");
    let bank = Bank {
        normalise: Switches::all(),
        patterns: vec!["(a+)+b".to_owned(), "(加|微|信)*x".to_owned()],
        hosts: vec!["bad.example".to_owned()],
        contacts: vec![ContactKind::Phone, ContactKind::Wechat, ContactKind::Qq, ContactKind::BankCard],
        ..Bank::from(vec!["加微信".to_owned(), "casino".to_owned(), "aaaaab".to_owned(), "赌".to_owned()])
    };
    pack.banks.insert("terms".to_owned(), bank);
    pack.compile().expect("a pack that is right")
}

/// How much longer ten times as much text takes: about 10 where the work grows with the text, 100 where it grows with its
/// square. Of 40 and 400 KB, twenty times what the longest publication has.
fn growth(unit: &str, work: impl Fn(&str)) -> f64 {
    let best = |bytes: usize| {
        let text = unit.repeat(bytes / unit.len());
        (0..5).map(|_| seconds(|| work(&text))).fold(f64::MAX, f64::min)
    };
    best(400_000) / best(40_000)
}

/// The worst of those growths, and what it was of.
fn worst_growth() -> (f64, String) {
    let engine = hurt();
    let screen = |text: &str| drop(std::hint::black_box(engine.screen(&[text])));
    let skeleton = |text: &str| drop(std::hint::black_box(skeleton(text)));
    let fingerprint = |text: &str| drop(std::hint::black_box(Fingerprint::of(text)));
    let growths = UNITS.iter().flat_map(|unit| {
        [
            (growth(unit, screen), format!("screening of {unit:?}")),
            (growth(unit, skeleton), format!("the skeleton of {unit:?}")),
            (growth(unit, fingerprint), format!("the fingerprint of {unit:?}")),
        ]
    });
    growths.max_by(|(one, _), (other, _)| one.total_cmp(other)).unwrap_or_default()
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let value =
        |name: &str| arguments.iter().position(|argument| argument == name).and_then(|at| arguments.get(at + 1));
    let given = value("--data");
    #[expect(clippy::disallowed_methods, reason = "where the data is, as the README of the data says")]
    let data = given.cloned().or_else(|| std::env::var("GATEHOUSE_DATA").ok());
    let data = PathBuf::from(data.unwrap_or_else(|| "../shared/data".to_owned()));
    let terms_wanted = if arguments.iter().any(|argument| argument == "--million") { 1_000_000 } else { TERMS };
    let mut dice = Dice(1);
    let mut terms: Vec<String> = (0..terms_wanted * 2).map(|_| dice.term()).collect();
    terms.sort_unstable();
    terms.dedup();
    // Sorted, the Latin ones come first: every second keeps the share of both.
    let terms: Vec<String> = terms.into_iter().step_by(2).take(terms_wanted).collect();
    let lines = lines(&data, &mut dice);
    let mut text: Vec<&str> = Vec::new();
    let mut bytes = 0;
    for line in lines.iter().cycle() {
        if bytes >= TEXT_BYTES {
            break;
        }
        bytes += line.len();
        text.push(line);
    }

    if let Some(folder) = value("--export") {
        export(std::path::Path::new(folder), &terms, &text).expect("a folder to write to");
    }
    let pack = pack(&terms);
    let start = Instant::now();
    let engine = pack.compile().expect("terms that fit");
    let compile_ms = start.elapsed().as_secs_f64() * 1e3;
    let raw = CharwiseDoubleArrayAhoCorasick::<u32>::new(&terms).expect("terms that fit");

    let pieces = pieces(&text);
    let mut times = vec![[f64::MAX; 2]; pieces.len()];
    let mut counts = [0; 2];
    // In turns, so that what else the machine does falls on both.
    for _ in 0..ROUNDS {
        counts = [0; 2];
        for (piece, times) in pieces.iter().zip(&mut times) {
            let count = || piece.iter().map(|line| raw.find_overlapping_iter(line).count()).sum::<usize>();
            times[0] = times[0].min(seconds(|| counts[0] += count()));
        }
        for (piece, times) in pieces.iter().zip(&mut times) {
            let count = || piece.iter().map(|line| engine.screen(&[line]).findings.len()).sum::<usize>();
            times[1] = times[1].min(seconds(|| counts[1] += count()));
        }
    }
    let [raw_hits, findings] = counts;
    let [raw_seconds, ours_seconds] = [0, 1].map(|of| times.iter().map(|times| times[of]).sum::<f64>());
    let artefact = pack.artefact(&engine).expect("a pack");
    let load =
        (0..25).map(|_| seconds(|| drop(std::hint::black_box(Engine::load(&artefact))))).fold(f64::MAX, f64::min);
    let megabytes = f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / 1e6;
    let p99 = p99_micros(&engine, &lines);
    let (growth, of) = worst_growth();
    let report = serde_json::json!({
        "terms": terms.len(),
        "mb_per_s": megabytes / ours_seconds,
        "raw_mb_per_s": megabytes / raw_seconds,
        "ratio_to_raw": raw_seconds / ours_seconds,
        "raw_hits": raw_hits,
        "findings": findings,
        "compile_ms": compile_ms,
        "pack_bytes": artefact.len(),
        "pack_load_ms": load * 1e3,
        "p99_us": p99,
        "worst_growth": growth,
        "worst_growth_of": of,
    });
    if arguments.iter().any(|argument| argument == "--json") {
        println!("{report:#}");
    } else {
        for (name, value) in report.as_object().into_iter().flatten() {
            println!("{name:<14}{value}");
        }
    }
}
