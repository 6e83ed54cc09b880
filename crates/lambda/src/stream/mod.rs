//! DynamoDB streams: records in the order of their shard, up to the first that fails.
//!
//! With `ReportBatchItemFailures` Lambda begins again at the lowest sequence number that is given back and sends
//! everything from there on, done or not. So the runner stops at the first failure and names that one only: what is
//! before it stays done, what is after it was not begun. A record that can never work must not block its shard: the
//! handler buries it and says `Ok`.
//!
//! ```no_run
//! use lambda::{batch::RecordError, stream::StreamRecord};
//!
//! struct Deps {}
//!
//! async fn handle(deps: &Deps, record: StreamRecord) -> Result<(), RecordError> {
//!     // An image that cannot be read is buried with `record.raw`.
//!     let item = record.new_image();
//!     Ok(())
//! }
//!
//! # async fn main_() -> Result<(), lambda::Error> {
//! let deps = Deps {};
//! lambda::run_stream(|record| handle(&deps, record)).await
//! # }
//! ```

mod image;

use std::time::Instant;

use serde_json::Value;

use crate::{
    Error,
    batch::{BatchReply, ItemFailure, RecordError},
    caught::caught,
    invocation, metrics, runtime,
};

/// One change of an item.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamRecord {
    pub sequence_number: String,
    /// The record as it came, JSON.
    pub raw: Value,
}

impl StreamRecord {
    /// The item after the change, as plain JSON; `None` when there is none or it cannot be read.
    #[must_use]
    pub fn new_image(&self) -> Option<Value> {
        image::plain(self.raw.pointer("/dynamodb/NewImage")?.as_object()?)
    }
}

/// The event is no batch of changes; the invocation fails and the batch comes again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MalformedStream {
    #[error("the event has no list of records")]
    NoRecords,
    #[error("a record has no sequence number")]
    NoSequenceNumber,
}

/// Handles the batches of DynamoDB streams until the process is stopped.
///
/// # Errors
/// When the runtime API goes away.
pub async fn run_stream<H, F>(handler: H) -> Result<(), Error>
where
    H: Fn(StreamRecord) -> F,
    F: Future<Output = Result<(), RecordError>>,
{
    runtime::serve(|event| process_stream(event, &handler)).await
}

/// Handles one event in order, up to the first record that fails; a panic is a failure.
///
/// # Errors
/// When `event` is no batch of changes.
pub async fn process_stream<H, F>(event: Value, handler: H) -> Result<BatchReply, MalformedStream>
where
    H: Fn(StreamRecord) -> F,
    F: Future<Output = Result<(), RecordError>>,
{
    for record in records_of(event).inspect_err(|error| log_malformed(*error))? {
        let sequence_number = record.sequence_number.clone();
        let outcome = invocation::telling(async {
            let started = Instant::now();
            let outcome = caught(Box::pin(async { handler(record).await })).await;
            let outcome = outcome.unwrap_or_else(|panicked| Err(RecordError::transient(&panicked)));
            log(&sequence_number, outcome.as_ref().err(), started);
            outcome
        });
        if outcome.await.is_err() {
            return Ok(BatchReply { batch_item_failures: vec![ItemFailure { item_identifier: sequence_number }] });
        }
    }
    Ok(BatchReply { batch_item_failures: vec![] })
}

fn records_of(mut event: Value) -> Result<Vec<StreamRecord>, MalformedStream> {
    let Some(Value::Array(records)) = event.get_mut("Records").map(Value::take) else {
        return Err(MalformedStream::NoRecords);
    };
    let named = |raw: Value| {
        let sequence_number = raw.pointer("/dynamodb/SequenceNumber").and_then(Value::as_str);
        let sequence_number = sequence_number.unwrap_or_default().to_owned();
        if sequence_number.is_empty() {
            return Err(MalformedStream::NoSequenceNumber);
        }
        Ok(StreamRecord { sequence_number, raw })
    };
    records.into_iter().map(named).collect()
}

/// The canonical line of a record, and its metrics.
fn log(sequence_number: &str, error: Option<&RecordError>, started: Instant) {
    let duration_ms = metrics::since(started);
    metrics::count("Records", 1);
    metrics::took("RecordDuration", started.elapsed());
    match error {
        None => tracing::info!(sequence_number, outcome = "done", duration_ms, "record done"),
        Some(error) => {
            metrics::count("RecordsFailed", 1);
            let cause = error.to_string();
            tracing::error!(sequence_number, outcome = "failed", cause, duration_ms, "record failed: the shard waits");
        }
    }
}

fn log_malformed(error: MalformedStream) {
    let cause = error.to_string();
    tracing::error!(cause, "the event is no batch of changes");
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use serde_json::json;

    use super::*;

    fn event(records: usize) -> Value {
        let record = |at| {
            json!({
                "eventID": format!("e-{at}"), "eventName": "INSERT",
                "dynamodb": {"SequenceNumber": format!("{at}00"), "NewImage": {"kind": {"S": "event"}, "at": {"N": format!("{at}")}}}
            })
        };
        json!({"Records": (0..records).map(record).collect::<Vec<_>>()})
    }

    async fn run(fail_at: Option<u64>, panic_at: Option<u64>) -> (Value, Vec<u64>) {
        let seen = RefCell::new(Vec::new());
        let handler = async |record: StreamRecord| {
            let at = record.new_image().unwrap()["at"].as_u64().unwrap();
            seen.borrow_mut().push(at);
            assert!(Some(at) != panic_at, "secret");
            if Some(at) == fail_at { Err(RecordError::Transient { cause: "later".to_owned() }) } else { Ok(()) }
        };
        let reply = process_stream(event(4), handler).await.unwrap();
        (serde_json::to_value(reply).unwrap(), seen.into_inner())
    }

    #[tokio::test]
    async fn a_batch_that_works_is_done() {
        assert_eq!(run(None, None).await, (json!({"batchItemFailures": []}), vec![0, 1, 2, 3]));
    }

    #[tokio::test]
    async fn the_first_failure_stops_the_shard_there() {
        let expected = json!({"batchItemFailures": [{"itemIdentifier": "200"}]});
        assert_eq!(run(Some(2), None).await, (expected.clone(), vec![0, 1, 2]));
        assert_eq!(run(None, Some(2)).await, (expected, vec![0, 1, 2]));
    }

    #[tokio::test]
    async fn a_record_without_a_sequence_number_fails_the_whole_batch() {
        let event = json!({"Records": [{"eventName": "INSERT", "dynamodb": {}}]});
        assert_eq!(process_stream(event, async |_| Ok(())).await, Err(MalformedStream::NoSequenceNumber));
        for event in [json!({}), json!([]), json!(null), json!({"Records": {}})] {
            assert_eq!(process_stream(event, async |_| Ok(())).await, Err(MalformedStream::NoRecords));
        }
    }
}
