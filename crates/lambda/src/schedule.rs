//! Work on a schedule of EventBridge Scheduler. The time is the schedule's, not the clock's: a run that is late, or
//! made again by hand, does what was due at its time.
//!
//! The schedule's input is `{"scheduled_at": "<aws.scheduler.scheduled-time>"}`; an operator sends the same document
//! with a time of the past.
//!
//! ```no_run
//! use jiff::Timestamp;
//! use lambda::batch::RecordError;
//!
//! # #[derive(serde::Serialize)] struct Planned {}
//! struct Deps {}
//!
//! async fn handle(deps: &Deps, at: Timestamp) -> Result<Planned, RecordError> {
//!     Ok(Planned {})
//! }
//!
//! # async fn main_() -> Result<(), lambda::Error> {
//! let deps = Deps {};
//! lambda::run_schedule(|at| handle(&deps, at)).await
//! # }
//! ```

use std::time::Instant;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::{Error, batch::RecordError, caught::caught, invocation, metrics, runtime};

/// Why a scheduled run failed; the invocation fails with it and is tried again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// No time, no run: today's time in its place could plan what is not due.
    #[error("the event has no scheduled_at, or one that is no time (RFC 3339)")]
    NoTime,
    #[error("the scheduled work failed")]
    Failed(#[source] RecordError),
    #[error("the result cannot be written")]
    Result,
}

/// Runs `handler` with the time of each event until the process is stopped. Its result is the reply of the invocation.
///
/// # Errors
/// When the runtime API goes away.
pub async fn run_schedule<H, F, R>(handler: H) -> Result<(), Error>
where
    H: Fn(Timestamp) -> F,
    F: Future<Output = Result<R, RecordError>>,
    R: Serialize,
{
    runtime::serve(|event| process_schedule(event, &handler)).await
}

/// Handles one event.
///
/// # Errors
/// When the event has no time or the work fails; a panic is a failure.
pub async fn process_schedule<H, F, R>(event: Value, handler: H) -> Result<Value, ScheduleError>
where
    H: FnOnce(Timestamp) -> F,
    F: Future<Output = Result<R, RecordError>>,
    R: Serialize,
{
    invocation::telling(async {
        let started = Instant::now();
        let outcome = work(&event, handler).await;
        log(&event, outcome.as_ref().err(), started);
        outcome
    })
    .await
}

async fn work<H, F, R>(event: &Value, handler: H) -> Result<Value, ScheduleError>
where
    H: FnOnce(Timestamp) -> F,
    F: Future<Output = Result<R, RecordError>>,
    R: Serialize,
{
    let at = event.get("scheduled_at").and_then(Value::as_str).and_then(|text| text.parse().ok());
    let at: Timestamp = at.ok_or(ScheduleError::NoTime)?;
    let outcome = caught(Box::pin(async { handler(at).await })).await;
    let result = outcome.unwrap_or_else(|panicked| Err(RecordError::transient(&panicked)));
    serde_json::to_value(result.map_err(ScheduleError::Failed)?).map_err(|_| ScheduleError::Result)
}

/// The canonical line of a run, and its metrics.
fn log(event: &Value, error: Option<&ScheduleError>, started: Instant) {
    let duration_ms = metrics::since(started);
    metrics::count("Runs", 1);
    metrics::took("RunDuration", started.elapsed());
    let scheduled_at = event.get("scheduled_at").and_then(Value::as_str);
    match error {
        None => {
            metrics::count("RunsDone", 1);
            tracing::info!(scheduled_at, outcome = "done", duration_ms, "scheduled run done");
        }
        Some(error) => {
            metrics::count("RunsFailed", 1);
            let cause = crate::logs::chain(error);
            tracing::error!(scheduled_at, outcome = "failed", cause, duration_ms, "scheduled run failed");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn the_time_is_the_schedules() {
        let event = json!({"scheduled_at": "2026-11-23T19:00:00Z"});
        let reply = process_schedule(event, async |at: Timestamp| Ok(json!({"at": at}))).await;
        assert_eq!(reply, Ok(json!({"at": "2026-11-23T19:00:00Z"})));
    }

    #[tokio::test]
    async fn without_a_time_nothing_runs() {
        let scheduler_forgot_to_replace = json!({"scheduled_at": "<aws.scheduler.scheduled-time>"});
        for event in [json!({}), json!(null), json!({"scheduled_at": 7}), scheduler_forgot_to_replace] {
            let reply = process_schedule(event, async |_| -> Result<(), RecordError> { panic!("ran") }).await;
            assert_eq!(reply, Err(ScheduleError::NoTime));
        }
    }

    #[tokio::test]
    async fn work_that_fails_or_panics_fails_the_invocation() {
        let event = || json!({"scheduled_at": "2026-11-23T19:00:00Z"});
        let error = RecordError::Permanent { cause: "no such table".to_owned() };
        let reply = process_schedule(event(), async |_| Err::<(), _>(error.clone())).await;
        assert_eq!(reply, Err(ScheduleError::Failed(error.clone())));
        let reply = process_schedule(event(), async |_| -> Result<(), RecordError> { panic!("secret") }).await;
        assert!(matches!(reply, Err(ScheduleError::Failed(error)) if error.is_retryable()));
    }
}
