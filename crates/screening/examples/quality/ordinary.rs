//! Ordinary texts that are held or rejected: by the starter pack, and by the disguised terms with each switch on.

use std::{collections::BTreeMap, path::Path};

use screening::{engine::Engine, normalise::Switches, pack::RulePack, verdict::Effect};
use serde_json::{Map, Value, json};

use crate::{
    data::{ORDINARY, Post, lines, share},
    disguises::{engine, terms},
};

pub(crate) fn report(data: &Path, misses: bool) -> Map<String, Value> {
    let texts: Vec<String> = ["posts.jsonl", "ordinary-comments.jsonl", "sms-en.jsonl"]
        .iter()
        .flat_map(|name| lines::<Post>(data, name))
        .filter(|post| post.label == ORDINARY)
        .map(|post| post.text)
        .collect();
    let starter = RulePack::from_yaml(include_str!("../../../../rules/starter/rule-pack.yaml"))
        .and_then(|pack| pack.compile())
        .expect("the starter pack");
    if misses {
        tell(&starter, &texts);
    }
    let terms = terms(&lines(data, "evasions.jsonl"));
    let prices: BTreeMap<&str, f64> = switches()
        .into_iter()
        .map(|(name, switches)| (name, flagged(&engine(terms.clone(), switches), &texts)))
        .collect();
    let report = json!({
        "ordinary_flagged": flagged(&starter, &texts),
        "ordinary_rows": texts.len(),
        "ordinary_flagged_by_switch": prices,
    });
    report.as_object().cloned().unwrap_or_default()
}

/// None, what is on where nothing is said, each of those alone, and each of the others beside them.
fn switches() -> Vec<(&'static str, Switches)> {
    let default = Switches::default();
    let none = Switches {
        compatibility: false,
        case: false,
        traditional: false,
        confusables: false,
        marks: false,
        separators: false,
        repeats: false,
        leet: false,
        ..default
    };
    vec![
        ("none", none),
        ("compatibility", Switches { compatibility: true, ..none }),
        ("case", Switches { case: true, ..none }),
        ("traditional", Switches { traditional: true, ..none }),
        ("confusables", Switches { confusables: true, ..none }),
        ("marks", Switches { marks: true, ..none }),
        ("separators", Switches { separators: true, ..none }),
        ("repeats", Switches { repeats: true, ..none }),
        ("leet", Switches { leet: true, ..none }),
        ("default", default),
        ("default+numerals", Switches { numerals: true, ..default }),
        ("default+pinyin", Switches { pinyin: true, ..default }),
        ("default+initials", Switches { initials: true, ..default }),
        ("default+homophones", Switches { homophones: true, ..default }),
        ("default+split", Switches { split: true, ..default }),
        ("all", Switches::all()),
    ]
}

fn flagged(engine: &Engine, texts: &[String]) -> f64 {
    let count = texts.iter().filter(|text| engine.screen(&[text]).effect >= Effect::Hold).count();
    share(count, texts.len())
}

fn tell(starter: &Engine, texts: &[String]) {
    for text in texts {
        let verdict = starter.screen(&[text]);
        for finding in verdict.findings.iter().filter(|finding| finding.effect >= Effect::Hold) {
            let entries: Vec<&str> = finding.matched.iter().map(|matched| matched.entry.as_str()).collect();
            eprintln!("ordinary: {} {entries:?} in {}", finding.rule, text.chars().take(60).collect::<String>());
        }
    }
}
