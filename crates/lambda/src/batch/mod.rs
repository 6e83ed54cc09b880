//! SQS batches: each record stands alone, only the failed ones are given back, the reply is always well formed.
//!
//! ```no_run
//! use lambda::batch::{RecordError, SqsRecord};
//!
//! # #[derive(serde::Deserialize)] struct Message {}
//! struct Deps {}
//!
//! async fn handle(deps: &Deps, record: SqsRecord) -> Result<(), RecordError> {
//!     let message: Message = record.json()?;
//!     Ok(())
//! }
//!
//! # async fn main_() -> Result<(), lambda::Error> {
//! let deps = Deps {};
//! lambda::run_sqs(|record| handle(&deps, record)).await
//! # }
//! ```

mod error;
mod record;

use std::{collections::BTreeMap, time::Instant};

use serde::Serialize;
use serde_json::Value;

pub use error::RecordError;
pub use record::SqsRecord;

use crate::{Error, caught::caught, invocation, metrics, runtime};

/// What Lambda is told: the messages that go back to the queue. The list is always there, empty when all is well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchReply {
    pub batch_item_failures: Vec<ItemFailure>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemFailure {
    pub item_identifier: String,
}

/// The event is no batch of messages, so that there is nothing to name in a reply. The invocation fails and the whole
/// batch comes again; a reply with an empty identifier would mean the same to AWS and success to an emulator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MalformedBatch {
    #[error("the event has no list of records")]
    NoRecords,
    #[error("a record has no message id")]
    NoMessageId,
}

/// Handles the batches of an SQS queue, record by record, until the process is stopped.
///
/// # Errors
/// When the runtime API goes away.
pub async fn run_sqs<H, F>(handler: H) -> Result<(), Error>
where
    H: Fn(SqsRecord) -> F,
    F: Future<Output = Result<(), RecordError>>,
{
    runtime::serve(|event| process_batch(event, &handler)).await
}

/// Handles the batches of an SQS queue, each as a whole: for work that packs many records into one effect. `handler`
/// gives the messages that failed, by `message_id`; those it does not name are done.
///
/// # Errors
/// When the runtime API goes away.
pub async fn run_sqs_together<H, F>(handler: H) -> Result<(), Error>
where
    H: Fn(Vec<SqsRecord>) -> F,
    F: Future<Output = Vec<(String, RecordError)>>,
{
    runtime::serve(|event| process_together(event, &handler)).await
}

/// Handles one event record by record, one after the other: two records about the same account would only stand in
/// each other's way (optimistic versions), and the queue's concurrency is shaped at its event source.
///
/// # Errors
/// When `event` is no batch.
pub async fn process_batch<H, F>(event: Value, handler: H) -> Result<BatchReply, MalformedBatch>
where
    H: Fn(SqsRecord) -> F,
    F: Future<Output = Result<(), RecordError>>,
{
    let mut failures = Vec::new();
    for record in records_of(event).inspect_err(|error| log_malformed(*error))? {
        let Names { message_id, receive_count } = Names::of(&record);
        let outcome = invocation::telling(async {
            let started = Instant::now();
            // Called inside of the future, so that a panic before its first await is caught as well.
            let outcome = caught(async { handler(record).await }).await;
            let outcome = outcome.unwrap_or_else(|panicked| Err(RecordError::permanent(&panicked)));
            log(&message_id, receive_count, outcome.as_ref().err(), started);
            outcome
        });
        if outcome.await.is_err() {
            failures.push(ItemFailure { item_identifier: message_id });
        }
    }
    Ok(BatchReply { batch_item_failures: failures })
}

/// Handles one event as a whole. A panic fails every record; a failure under an unknown id would spoil the reply and is
/// left out, loudly.
///
/// # Errors
/// When `event` is no batch.
pub async fn process_together<H, F>(event: Value, handler: H) -> Result<BatchReply, MalformedBatch>
where
    H: FnOnce(Vec<SqsRecord>) -> F,
    F: Future<Output = Vec<(String, RecordError)>>,
{
    let records = records_of(event).inspect_err(|error| log_malformed(*error))?;
    let names: Vec<Names> = records.iter().map(Names::of).collect();
    invocation::telling(async {
        let started = Instant::now();
        let mut failed: BTreeMap<String, RecordError> = match caught(async { handler(records).await }).await {
            Ok(failed) => failed.into_iter().collect(),
            Err(panicked) => {
                names.iter().map(|names| (names.message_id.clone(), RecordError::permanent(&panicked))).collect()
            }
        };
        let mut failures = Vec::new();
        for Names { message_id, receive_count } in names {
            let error = failed.remove(&message_id);
            log(&message_id, receive_count, error.as_ref(), started);
            if error.is_some() {
                failures.push(ItemFailure { item_identifier: message_id });
            }
        }
        if !failed.is_empty() {
            tracing::error!(records = failed.len(), "the handler failed records that are not in the batch");
        }
        Ok(BatchReply { batch_item_failures: failures })
    })
    .await
}

fn records_of(event: Value) -> Result<Vec<SqsRecord>, MalformedBatch> {
    let event: record::RawEvent = serde_json::from_value(event).map_err(|_| MalformedBatch::NoRecords)?;
    let named = |mut record: record::RawRecord| {
        let id = record.message_id.take().filter(|id| !id.is_empty()).ok_or(MalformedBatch::NoMessageId)?;
        Ok(record.into_record(id))
    };
    event.records.into_iter().map(named).collect()
}

/// What a log line says of a record: its body is never among it.
struct Names {
    message_id: String,
    receive_count: u32,
}

impl Names {
    fn of(record: &SqsRecord) -> Self {
        Self { message_id: record.message_id.clone(), receive_count: record.receive_count }
    }
}

/// The canonical line of a record, and its metrics.
fn log(message_id: &str, receive_count: u32, error: Option<&RecordError>, started: Instant) {
    let duration_ms = metrics::since(started);
    metrics::count("Records", 1);
    metrics::took("RecordDuration", started.elapsed());
    match error {
        None => tracing::info!(message_id, receive_count, outcome = "done", duration_ms, "record done"),
        Some(error) => {
            metrics::count("RecordsFailed", 1);
            let outcome = if error.is_retryable() { "failed, may pass" } else { "failed, cannot pass" };
            let cause = error.to_string();
            tracing::error!(message_id, receive_count, outcome, cause, duration_ms, "record {outcome}");
        }
    }
}

fn log_malformed(error: MalformedBatch) {
    let cause = error.to_string();
    tracing::error!(cause, "the event is no batch of messages");
}

#[cfg(test)]
mod tests;
