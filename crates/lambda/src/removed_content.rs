//! What functions that look for copies of removed content say about its prints.

use std::error::Error;

use app::ports::PortError;

use crate::{fact, metrics};

/// The prints that this process has stay in use, and somebody hears of it (docs/runbook.md, settled-prints-not-loaded).
pub fn tell_of_prints_that_are_not_loaded(error: &PortError) {
    metrics::count("SettledPrintsNotLoaded", 1);
    let reason = error.source().map(ToString::to_string).unwrap_or_default();
    fact("settled_prints.not_loaded", format!("{error}: {reason}"));
}
