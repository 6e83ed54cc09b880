//! Runs tests by cargo-nextest and counts them.

use std::fs;

use anyhow::{Context as _, Result};

use super::Outcome;
use crate::{invoke, workspace::Workspace};

/// The tests of a profile in `.config/nextest.toml`.
pub(super) fn run(workspace: &Workspace, profile: &str) -> Outcome {
    counted(workspace, profile).unwrap_or_else(|error| Outcome::Failed(format!("{error:#}")))
}

fn counted(workspace: &Workspace, profile: &str) -> Result<Outcome> {
    let report = workspace.local("nextest").join(profile).join("junit.xml");
    // What a run before wrote would be counted if this one wrote none.
    if report.exists() {
        fs::remove_file(&report)?;
    }
    let mut cargo = invoke::cargo(workspace);
    cargo.args(["nextest", "run", "--workspace", "--profile", profile, "--no-fail-fast", "--no-tests", "fail"]);
    cargo.args(["--status-level", "slow", "--final-status-level", "fail", "--cargo-quiet"]);
    let result = invoke::shown(&mut cargo);
    let text = match (fs::read_to_string(&report), result) {
        (Ok(text), _) => text,
        (Err(_), Err(error)) => return Err(error),
        (Err(error), Ok(())) => return Err(error).context("nextest wrote no report"),
    };
    let (tests, failed) = totals(&text).context("nextest's report has no totals")?;
    Ok(Outcome::Counted { passed: tests.saturating_sub(failed), failed, skipped: 0 })
}

/// Tests run and tests failed, from the report's root element.
fn totals(report: &str) -> Option<(usize, usize)> {
    let root = report.split_once("<testsuites")?.1.split_once('>')?.0;
    let number = |name: &str| {
        let (_, rest) = root.split_once(&format!(" {name}=\""))?;
        rest.split_once('"')?.0.parse::<usize>().ok()
    };
    Some((number("tests")?, number("failures")? + number("errors")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_those_of_the_whole_run() {
        let report =
            r#"<?xml?><testsuites name="nextest-run" tests="7" failures="2" errors="1"><testsuite tests="3"/>"#;
        assert_eq!(totals(report), Some((7, 3)));
    }
}
