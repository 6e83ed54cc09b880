//! How well disguises are seen through, class by class, next to plain Aho–Corasick, and what it costs in ordinary text.
//!
//! `cargo xtask bench quality`, or `cargo run --release -p screening --example quality -- [--data DIR] [--json] [--misses]`
//!
//! Without `--data` the folder is `GATEHOUSE_DATA`, or `../shared/data`. What is absent is skipped and said so.

use std::{collections::BTreeMap, fs, path::PathBuf};

use daachorse::CharwiseDoubleArrayAhoCorasick;
use screening::{bank::Bank, engine::Engine, normalise::Switches, pack::RulePack, verdict::Effect};
use serde::Deserialize;

#[derive(Deserialize)]
struct Disguise {
    term: String,
    text: String,
    cls: String,
    disguised: Option<String>,
}

#[derive(Deserialize)]
struct NearMiss {
    term: String,
    text: String,
}

#[derive(Deserialize)]
struct Post {
    text: String,
    label: Option<String>,
}

fn lines<T: for<'de> Deserialize<'de>>(data: &std::path::Path, name: &str) -> Vec<T> {
    match fs::read_to_string(data.join(name)) {
        Ok(text) => text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect(),
        Err(error) => {
            eprintln!("skipped: {name}: {error}");
            Vec::new()
        }
    }
}

/// A pack of one bank and one rule that rejects.
fn pack(terms: Vec<String>, switches: Switches) -> RulePack {
    let yaml = "{id: bench, version: 1, banks: {terms: [x]}, rules: [{id: found, version: 1, title: {zh: 有, en: found}, \
                policy: bench, effect: reject, bank: terms, examples: {matches: [x], passes: []}}]}";
    let mut pack = RulePack::from_yaml(yaml).expect("a pack");
    pack.banks.insert("terms".to_owned(), Bank { normalise: switches, ..Bank::from(terms) });
    pack
}

fn engine(terms: Vec<String>, switches: Switches) -> Engine {
    pack(terms, switches).compile().expect("terms that fit")
}

/// Whether a finding for the row's term covers its disguised text.
fn finds(engine: &Engine, row: &Disguise) -> bool {
    let verdict = engine.screen(&[&row.text]);
    let covered =
        row.disguised.as_deref().and_then(|disguised| row.text.find(disguised).map(|at| (at, at + disguised.len())));
    verdict.findings.iter().flat_map(|finding| finding.spans.iter().zip(&finding.matched)).any(|(span, matched)| {
        matched.entry == row.term && covered.is_none_or(|(start, end)| span.start <= start && end <= span.end)
    })
}

#[expect(clippy::cast_precision_loss, reason = "counts of a few thousand rows")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn flagged(engine: &Engine, texts: &[String]) -> f64 {
    let count = texts.iter().filter(|text| engine.screen(&[text]).effect >= Effect::Hold).count();
    share(count, texts.len())
}

fn data_folder(arguments: &[String]) -> PathBuf {
    let given = arguments.iter().position(|argument| argument == "--data").and_then(|at| arguments.get(at + 1));
    #[expect(clippy::disallowed_methods, reason = "where the data is, as the README of the data says")]
    let data = given.cloned().or_else(|| std::env::var("GATEHOUSE_DATA").ok());
    PathBuf::from(data.unwrap_or_else(|| "../shared/data".to_owned()))
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    let data = data_folder(&arguments);

    let rows: Vec<Disguise> = lines(&data, "evasions.jsonl");
    let mut terms: Vec<String> = rows.iter().map(|row| row.term.clone()).collect();
    terms.sort_unstable();
    terms.dedup();
    let terms = if terms.is_empty() { vec!["x".to_owned()] } else { terms };
    let every = engine(terms.clone(), Switches::all());
    let plain = CharwiseDoubleArrayAhoCorasick::<u32>::new(&terms).expect("terms that fit");

    let mut by_class: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for row in &rows {
        let counts = by_class.entry(&row.cls).or_default();
        counts[0] += 1;
        let found = finds(&every, row);
        counts[1] += usize::from(found);
        counts[2] +=
            usize::from(plain.find_overlapping_iter(&row.text).any(|hit| terms[hit.value() as usize] == row.term));
        if !found && has("--misses") {
            eprintln!("missed {}: {} in {}", row.cls, row.term, row.text);
        }
    }
    let disguised = by_class
        .iter()
        .filter(|(class, _)| **class != "plain")
        .fold([0; 3], |sum, (_, counts)| [sum[0] + counts[0], sum[1] + counts[1], sum[2] + counts[2]]);

    let near: Vec<NearMiss> = lines(&data, "near-miss.jsonl");
    let near_hits = near
        .iter()
        .filter(|row| {
            let hit = !engine(vec![row.term.clone()], Switches::all()).screen(&[&row.text]).findings.is_empty();
            if hit && has("--misses") {
                eprintln!("near miss: {} in {}", row.term, row.text);
            }
            hit
        })
        .count();

    let ordinary: Vec<String> = ["posts.jsonl", "ordinary-comments.jsonl", "sms-en.jsonl"]
        .iter()
        .flat_map(|name| lines::<Post>(&data, name))
        .filter(|post| post.label.as_deref().is_none_or(|label| label == "ordinary"))
        .map(|post| post.text)
        .collect();
    let starter = RulePack::from_yaml(include_str!("../../../rules/starter/rule-pack.yaml"))
        .and_then(|pack| pack.compile())
        .expect("the starter pack");
    if has("--misses") {
        for text in &ordinary {
            let verdict = starter.screen(&[text]);
            for finding in verdict.findings.iter().filter(|finding| finding.effect >= Effect::Hold) {
                let entries: Vec<&str> = finding.matched.iter().map(|matched| matched.entry.as_str()).collect();
                eprintln!("ordinary: {} {entries:?} in {}", finding.rule, text.chars().take(60).collect::<String>());
            }
        }
    }
    let prices: Vec<(&str, f64)> = [
        ("default", Switches::default()),
        ("numerals", Switches { numerals: true, ..Switches::default() }),
        ("pinyin", Switches { pinyin: true, ..Switches::default() }),
        ("initials", Switches { initials: true, ..Switches::default() }),
        ("homophones", Switches { homophones: true, ..Switches::default() }),
        ("split", Switches { split: true, ..Switches::default() }),
        ("all", Switches::all()),
    ]
    .into_iter()
    .map(|(name, switches)| (name, flagged(&engine(terms.clone(), switches), &ordinary)))
    .collect();
    let starter_flagged = flagged(&starter, &ordinary);
    let recall = share(disguised[1], disguised[0]);

    if has("--json") {
        let by_class: BTreeMap<&str, f64> =
            by_class.iter().map(|(class, counts)| (*class, share(counts[1], counts[0]))).collect();
        let report = serde_json::json!({
            "data": data.is_dir().then_some(&data),
            "disguised_recall": recall,
            "by_class": by_class,
            "near_miss_hits": near_hits,
            "ordinary_flagged": starter_flagged,
            "plain_recall": share(disguised[2], disguised[0]),
            "ordinary_flagged_by_switch": prices.into_iter().collect::<BTreeMap<_, _>>(),
        });
        println!("{report:#}");
        return;
    }
    println!("{:<14}{:>6}{:>8}{:>8}", "class", "rows", "found", "plain");
    for (class, counts) in &by_class {
        println!("{class:<14}{:>6}{:>8.3}{:>8.3}", counts[0], share(counts[1], counts[0]), share(counts[2], counts[0]));
    }
    println!("{:<14}{:>6}{recall:>8.3}{:>8.3}", "disguised", disguised[0], share(disguised[2], disguised[0]));
    println!("near misses hit: {near_hits} of {}", near.len());
    println!(
        "ordinary texts held or rejected by the starter pack: {:.3} % of {}",
        starter_flagged * 100.0,
        ordinary.len()
    );
    for (name, price) in prices {
        println!("  by the {} terms, {name}: {:.3} %", terms.len(), price * 100.0);
    }
}
