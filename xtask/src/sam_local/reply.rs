//! Whether a reply is well formed, and of the kind that the fixture's name asks for.

use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::functions::Trigger;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Expectation {
    /// An answer of any kind.
    Answered,
    /// The input is bad, and the reply must say so in good form.
    Refused,
}

/// Fixtures whose name begins with `malformed` or `oversized` are bad input.
pub(super) fn expectation(fixture: &Path) -> Expectation {
    let name = fixture.file_name().unwrap_or_default().to_string_lossy();
    let bad = ["malformed", "oversized"].iter().any(|beginning| name.starts_with(beginning));
    if bad { Expectation::Refused } else { Expectation::Answered }
}

pub(super) fn check(reply: &str, trigger: Trigger, expectation: Expectation) -> Result<()> {
    let line = reply.lines().rev().find(|line| !line.trim().is_empty()).context("no reply")?;
    let reply: Value = serde_json::from_str(line).context("the reply is not JSON")?;
    let error = reply.get("errorType").and_then(Value::as_str);
    match trigger {
        Trigger::Api => {
            ensure!(error.is_none(), "the function failed: {line}");
            let status = reply.get("statusCode").and_then(Value::as_u64).context("the reply has no statusCode")?;
            ensure!(status < 500, "status {status}: {line}");
            if expectation == Expectation::Refused {
                ensure!((400..500).contains(&status), "bad input was answered with {status}");
                require_problem(&reply)?;
            }
        }
        Trigger::Batch => {
            ensure!(error.is_none(), "the function failed: {line}");
            let failures = reply.get("batchItemFailures").and_then(Value::as_array);
            for failure in failures.context("the reply has no batchItemFailures")? {
                let identifier = failure.get("itemIdentifier").and_then(Value::as_str).unwrap_or_default();
                ensure!(!identifier.is_empty(), "a failure without itemIdentifier: {line}");
            }
        }
        // A page for a widget, JSON for a command; what is wrong is told in the same form, and never fails the call.
        Trigger::Direct => {
            ensure!(error.is_none(), "the function failed: {line}");
            let refused =
                reply.get("problem").is_some() || reply.as_str().is_some_and(|page| page.contains("note bad"));
            ensure!(expectation == Expectation::Answered || refused, "bad input was not refused: {line}");
        }
        Trigger::Schedule => {
            if let (Some(error), Expectation::Answered) = (error, expectation) {
                bail!("the function failed with {error}: {line}");
            }
        }
    }
    Ok(())
}

/// RFC 9457, by its content type.
fn require_problem(reply: &Value) -> Result<()> {
    let single = reply.get("headers").and_then(Value::as_object).into_iter().flatten();
    let multiple = reply.get("multiValueHeaders").and_then(Value::as_object).into_iter().flatten();
    let is_problem = single.chain(multiple).any(|(name, value)| {
        name.eq_ignore_ascii_case("content-type") && value.to_string().contains("application/problem+json")
    });
    ensure!(is_problem, "bad input was not answered with application/problem+json");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_input_is_known_by_its_name() {
        assert_eq!(expectation(Path::new("events/x/malformed-json.json")), Expectation::Refused);
        assert_eq!(expectation(Path::new("events/x/smallest.json")), Expectation::Answered);
    }

    #[test]
    fn bad_input_must_be_answered_with_a_problem() {
        let problem = r#"{"statusCode":400,"headers":{"content-type":"application/problem+json"},"body":"{}"}"#;
        check(problem, Trigger::Api, Expectation::Refused).unwrap();
        assert!(check(r#"{"statusCode":400}"#, Trigger::Api, Expectation::Refused).is_err());
        assert!(check(r#"{"statusCode":200}"#, Trigger::Api, Expectation::Refused).is_err());
        assert!(check(r#"{"statusCode":503}"#, Trigger::Api, Expectation::Answered).is_err());
    }

    #[test]
    fn a_batch_reply_names_its_failures() {
        check("log\n{\"batchItemFailures\":[]}\n", Trigger::Batch, Expectation::Answered).unwrap();
        assert!(check(r#"{"batchItemFailures":null}"#, Trigger::Batch, Expectation::Answered).is_err());
        assert!(check(r#"{"batchItemFailures":[{}]}"#, Trigger::Batch, Expectation::Refused).is_err());
    }
}
