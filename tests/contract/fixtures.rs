//! The files of `events/`.

use std::{collections::BTreeSet, path::PathBuf};

use serde_json::Value;

/// A sample event.
pub(crate) struct Fixture {
    pub(crate) name: String,
    pub(crate) event: Value,
}

impl Fixture {
    /// Whether the function must refuse it.
    pub(crate) fn is_bad(&self) -> bool {
        self.name.starts_with("malformed") || self.name.starts_with("oversized")
    }

    /// Whether a well-behaved caller who knows of what exists sends it.
    pub(crate) fn is_plain(&self) -> bool {
        ["smallest", "full", "duplicate"].contains(&self.name.as_str())
    }
}

fn folder(function: &str) -> PathBuf {
    acceptance::workspace::root().join("events").join(function)
}

/// All events of a function, by name.
pub(crate) fn of(function: &str) -> Vec<Fixture> {
    let mut names: Vec<_> = std::fs::read_dir(folder(function)).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    names
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.len() < 400 * 1024, "{} is too large for a sample", path.display());
            let event = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            Fixture { name: path.file_stem().unwrap().to_string_lossy().into_owned(), event }
        })
        .collect()
}

/// The functions that a test of this binary feeds.
pub(crate) const FED: [&str; 25] = [
    "accounts-api",
    "backtester",
    "cases-api",
    "comments-api",
    "complaint-triager",
    "complaints-api",
    "content-logger",
    "control-files",
    "deadline-clock",
    "enforcer",
    "event-relay",
    "log-sealer",
    "media-screener",
    "notifier",
    "operator-desk",
    "principals-api",
    "publications-api",
    "reconciler",
    "record-api",
    "record-worker",
    "registration-verifier",
    "retention-planner",
    "retention-sweeper",
    "rulepack-compiler",
    "screening-api",
];

fn names_in(folder: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(acceptance::workspace::root().join(folder)).unwrap().map(|entry| entry.unwrap());
    entries.filter(|e| e.path().is_dir()).map(|e| e.file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn every_function_has_events_and_a_test_that_feeds_them() {
    let fed = FED.map(ToOwned::to_owned).into();
    assert_eq!(names_in("functions"), fed);
    assert_eq!(names_in("events"), fed);
}

#[test]
fn every_function_has_the_five_kinds_of_event() {
    for function in FED {
        let names: Vec<String> = of(function).into_iter().map(|fixture| fixture.name).collect();
        for kind in ["smallest", "full", "malformed", "duplicate", "oversized"] {
            assert!(names.iter().any(|name| name == kind), "{function} has no {kind}.json: {names:?}");
        }
    }
}
