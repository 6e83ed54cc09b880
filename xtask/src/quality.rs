//! `cargo xtask bench quality`: the whole table, class by class, next to plain Aho–Corasick and the peers.

use std::{ffi::OsStr, path::Path};

use anyhow::Result;
use serde_json::{Map, Value};

use crate::{
    screening::{example, folder, peers},
    workspace::Workspace,
};

/// What `--json` prints, and nothing else: for programs that compare.
const NUMBERS: [&str; 6] = [
    "disguised_recall",
    "by_class",
    "near_miss_hits",
    "ordinary_flagged",
    "scorer_recall_at_half_percent",
    "scorer_macro_f1",
];

pub(crate) fn run(workspace: &Workspace, data: Option<&Path>, train: Option<&Path>, json: bool) -> Result<()> {
    let train = train.map(folder).transpose()?;
    let arguments: Vec<&OsStr> = train.iter().flat_map(|train| [OsStr::new("--train"), train.as_os_str()]).collect();
    let report = example(workspace, "screening", "quality", data, &arguments)?;
    if json {
        let numbers: Map<String, Value> =
            NUMBERS.iter().map(|name| ((*name).to_owned(), report.get(*name).cloned().unwrap_or_default())).collect();
        println!("{}", serde_json::to_string_pretty(&numbers)?);
        return Ok(());
    }
    let peers = match report.get("data").and_then(Value::as_str) {
        Some(folder) => peers(workspace, "quality", OsStr::new(folder)),
        None => Value::Null,
    };
    let looks = example(workspace, "pictures", "edits", data, &[])?;
    disguises(&report, &peers);
    ordinary(&report);
    scorer(&report);
    pictures(&looks);
    Ok(())
}

/// The share of each class that is found, by us and by the others.
fn disguises(report: &Map<String, Value>, peers: &Value) {
    let empty = Map::new();
    let is_measured = |(_, of): &(&String, &Value)| of.get("by_class").is_some();
    let peers: Vec<(&String, &Value)> = peers.as_object().unwrap_or(&empty).iter().filter(is_measured).collect();
    print!("{:<18}{:>6}{:>8}{:>8}", "found of", "rows", "ours", "plain");
    for (name, _) in &peers {
        print!("{name:>16}");
    }
    println!();
    let rows = report.get("rows_by_class").and_then(Value::as_object).unwrap_or(&empty);
    for (class, count) in rows {
        let of = |from: &Value| share(from.get("by_class").and_then(|all| all.get(class)));
        let ours = share(report.get("by_class").and_then(|all| all.get(class)));
        print!("{class:<18}{count:>6}{ours:>8}{:>8}", report.get("plain").map(of).unwrap_or_default());
        for (_, peer) in &peers {
            print!("{:>16}", of(peer));
        }
        println!();
    }
    let line = |title: &str, rows: &str, name: &str, show: fn(Option<&Value>) -> String| {
        let plain = report.get("plain").and_then(|plain| plain.get(name));
        print!("{title:<18}{rows:>6}{:>8}{:>8}", show(report.get(name)), show(plain));
        for (_, peer) in &peers {
            print!("{:>16}", show(peer.get(name)));
        }
        println!();
    };
    line("all disguises", "", "disguised_recall", share);
    line("near misses hit", &whole(report.get("near_miss_rows")), "near_miss_hits", whole);
}

fn ordinary(report: &Map<String, Value>) {
    println!("\nordinary texts held or rejected, of {}", whole(report.get("ordinary_rows")));
    println!("  {:<30}{:>8}", "by the starter pack", percent(report.get("ordinary_flagged")));
    println!("  by the disguised terms, with these normalisations");
    for (switches, flagged) in report.get("ordinary_flagged_by_switch").and_then(Value::as_object).into_iter().flatten()
    {
        println!("    {switches:<28}{:>8}", percent(Some(flagged)));
    }
}

fn scorer(report: &Map<String, Value>) {
    let Some(scorer) = report.get("scorer") else { return };
    println!("\nscorer, {}", scorer.get("how").and_then(Value::as_str).unwrap_or_default());
    let recall = share(report.get("scorer_recall_at_half_percent"));
    println!("  {:<30}{recall:>8}", "recall, 0.5 % of comments");
    println!("  {:<30}{:>8}", "macro-F1", share(report.get("scorer_macro_f1")));
    println!("  {:<30}{:>8}", "macro-F1 of the posts alone", share(scorer.get("macro_f1_of_posts_alone")));
    let flagged = scorer.get("flagged_by_label").and_then(Value::as_object);
    for (label, flagged) in flagged.into_iter().flatten() {
        let f1 = scorer.get("f1_by_label").and_then(|all| all.get(label));
        println!("    {label:<20} flagged {:>6}  F1 {:>6}", share(Some(flagged)), share(f1));
    }
    let cost = |name: &str| scorer.get("cost").and_then(|cost| cost.get(name)).and_then(Value::as_f64);
    let (bytes, load, score) = (cost("bytes"), cost("load_ms"), cost("us_for_2000_characters"));
    println!(
        "  {:.0} bytes, loads in {:.2} ms, {:.1} µs for 2 000 characters",
        bytes.unwrap_or_default(),
        load.unwrap_or_default(),
        score.unwrap_or_default()
    );
}

/// Edits, rotations and flips of pictures that are known again.
fn pictures(report: &Map<String, Value>) {
    let (found, of, unrelated) = (report.get("found"), report.get("of"), report.get("nearest_unrelated"));
    println!("\npictures known again in other forms: {} of {}", whole(found), whole(of));
    println!("  the nearest one without a relation is {} of 256 bits apart", whole(unrelated));
}

fn share(value: Option<&Value>) -> String {
    value.and_then(Value::as_f64).map_or_else(|| "–".to_owned(), |share| format!("{share:.3}"))
}

fn percent(value: Option<&Value>) -> String {
    value.and_then(Value::as_f64).map_or_else(|| "–".to_owned(), |share| format!("{:.3} %", share * 100.0))
}

fn whole(value: Option<&Value>) -> String {
    value.and_then(Value::as_u64).map_or_else(|| "–".to_owned(), |count| count.to_string())
}
