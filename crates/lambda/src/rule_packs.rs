//! What functions that screen say about their rule pack.

use std::error::Error;

use app::ports::PortError;

use crate::{fact, metrics};

/// The last good pack stays in force, and somebody hears of it (docs/runbook.md, rule-pack-not-loaded).
pub fn tell_of_a_pack_that_is_not_loaded(error: &PortError) {
    metrics::count("RulePacksNotLoaded", 1);
    let reason = error.source().map(ToString::to_string).unwrap_or_default();
    fact("rule_pack.not_loaded", format!("{error}: {reason}"));
}
