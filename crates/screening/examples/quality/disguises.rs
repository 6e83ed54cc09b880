//! Disguised terms that are found, and near misses that are taken for terms.

use std::{collections::BTreeMap, path::Path};

use daachorse::CharwiseDoubleArrayAhoCorasick;
use screening::{bank::Bank, engine::Engine, normalise::Switches, pack::RulePack};
use serde_json::{Map, Value, json};

use crate::data::{Disguise, NearMiss, lines, share};

/// Not a disguise.
const PLAIN: &str = "plain";

pub(crate) fn report(data: &Path, misses: bool) -> Map<String, Value> {
    let rows: Vec<Disguise> = lines(data, "evasions.jsonl");
    let near: Vec<NearMiss> = lines(data, "near-miss.jsonl");
    let terms = terms(&rows);
    let every = engine(terms.clone(), Switches::all());
    let automaton = CharwiseDoubleArrayAhoCorasick::<u32>::new(&terms).expect("terms that fit");

    let ours = counted(&rows, |row| {
        let found = finds(&every, row);
        if !found && misses {
            eprintln!("missed {}: {} in {}", row.cls, row.term, row.text);
        }
        found
    });
    let plainly =
        |row: &Disguise| automaton.find_overlapping_iter(&row.text).any(|hit| terms[hit.value() as usize] == row.term);
    let plain = counted(&rows, plainly);
    let near_hits = near.iter().filter(|row| {
        let hit = !engine(vec![row.term.clone()], Switches::all()).screen(&[&row.text]).findings.is_empty();
        if hit && misses {
            eprintln!("near miss: {} in {}", row.term, row.text);
        }
        hit
    });
    let near_hits = near_hits.count();
    let plain_near_hits = near.iter().filter(|row| row.text.contains(&row.term)).count();
    let rows_of: BTreeMap<&str, usize> = ours.iter().map(|(class, [all, _])| (*class, *all)).collect();
    let report = json!({
        "disguised_recall": disguised(&ours),
        "by_class": by_class(&ours),
        "rows_by_class": rows_of,
        "near_miss_hits": near_hits,
        "near_miss_rows": near.len(),
        "plain": {
            "disguised_recall": disguised(&plain),
            "by_class": by_class(&plain),
            "near_miss_hits": plain_near_hits,
        },
    });
    report.as_object().cloned().unwrap_or_default()
}

/// The distinct terms; a made-up one where there are none, because a bank has one.
pub(crate) fn terms(rows: &[Disguise]) -> Vec<String> {
    let mut terms: Vec<String> = rows.iter().map(|row| row.term.clone()).collect();
    terms.sort_unstable();
    terms.dedup();
    if terms.is_empty() { vec!["x".to_owned()] } else { terms }
}

/// An engine of one bank and one rule that rejects.
pub(crate) fn engine(terms: Vec<String>, switches: Switches) -> Engine {
    let yaml = "{id: bench, version: 1, banks: {terms: [x]}, rules: [{id: found, version: 1, title: {zh: 有, en: found}, \
                policy: bench, effect: reject, bank: terms, examples: {matches: [x], passes: []}}]}";
    let mut pack = RulePack::from_yaml(yaml).expect("a pack");
    pack.banks.insert("terms".to_owned(), Bank { normalise: switches, ..Bank::from(terms) });
    pack.compile().expect("terms that fit")
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

type Counts<'a> = BTreeMap<&'a str, [usize; 2]>;

/// For each class: its rows, and those that are found.
fn counted(rows: &[Disguise], finds: impl Fn(&Disguise) -> bool) -> Counts<'_> {
    let mut counts = Counts::new();
    for row in rows {
        let [all, found] = counts.entry(&row.cls).or_default();
        *all += 1;
        *found += usize::from(finds(row));
    }
    counts
}

fn by_class<'a>(counts: &Counts<'a>) -> BTreeMap<&'a str, f64> {
    counts.iter().map(|(class, [all, found])| (*class, share(*found, *all))).collect()
}

/// Over all classes but the plain one.
fn disguised(counts: &Counts<'_>) -> f64 {
    let classes = counts.iter().filter(|(class, _)| **class != PLAIN);
    let [all, found] = classes.fold([0; 2], |sum, (_, counts)| [sum[0] + counts[0], sum[1] + counts[1]]);
    share(found, all)
}
