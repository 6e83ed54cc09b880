//! What functions that screen say about their rule pack.

use std::{collections::BTreeMap, error::Error};

use app::ports::PortError;

use crate::{fact, metrics};

/// The last good pack stays in force, and somebody hears of it (docs/runbook.md, rule-pack-not-loaded).
pub fn tell_of_a_pack_that_is_not_loaded(error: &PortError) {
    metrics::count("RulePacksNotLoaded", 1);
    let reason = error.source().map(ToString::to_string).unwrap_or_default();
    fact("rule_pack.not_loaded", format!("{error}: {reason}"));
}

/// More rules than a desk tries at once.
const MOST_NAMED: usize = 50;

/// Which rules in the background were met: one metric for all of them, for a rule is no dimension, and how often each was in
/// the line of this invocation (docs/rule-packs.md).
pub fn tell_of_background_hits<'a>(rules: impl IntoIterator<Item = &'a str>) {
    let mut hits: BTreeMap<&str, u64> = BTreeMap::new();
    for rule in rules {
        *hits.entry(rule).or_default() += 1;
    }
    if !hits.is_empty() {
        metrics::count("BackgroundHits", hits.values().sum());
        let named: BTreeMap<_, _> = hits.into_iter().take(MOST_NAMED).collect();
        fact("background.rules", serde_json::json!(named));
    }
}
