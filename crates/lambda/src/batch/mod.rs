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

mod backoff;
mod error;
mod record;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use app::ports::{Clock as _, SystemClock};
use futures::future::Either;
use serde::Serialize;
use serde_json::Value;

pub use backoff::Backoff;
pub use error::RecordError;
use record::Names;
pub use record::SqsRecord;

use crate::{Error, caught::caught, invocation, metrics, runtime};

/// A record is begun only while so much is left of the invocation: one call to another party (5 s) and our own around it.
const ROOM: Duration = Duration::from_secs(9);

/// What is kept of the invocation to say what became of its records.
const REPLY: Duration = Duration::from_millis(500);

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

/// As [`run_sqs`]; a record that failed is put off by `backoff`.
///
/// # Errors
/// When the runtime API goes away.
pub async fn run_sqs_patiently<H, F>(backoff: &Backoff, handler: H) -> Result<(), Error>
where
    H: Fn(SqsRecord) -> F,
    F: Future<Output = Result<(), RecordError>>,
{
    runtime::serve(|event| process_batch_patiently(event, backoff, &handler)).await
}

/// Handles one event record by record, one after the other: two records about the same account would only stand in
/// each other's way (optimistic versions), and the queue's concurrency is shaped at its event source.
///
/// Each record stands alone in time as well: what does not fit into the invocation any more is given back unbegun, and
/// a record that is still at work when the time is up is given back alone, as after a crash.
///
/// # Errors
/// When `event` is no batch.
pub async fn process_batch<H, F>(event: Value, handler: H) -> Result<BatchReply, MalformedBatch>
where
    H: Fn(SqsRecord) -> F,
    F: Future<Output = Result<(), RecordError>>,
{
    process(event, None, handler).await
}

/// As [`process_batch`]; a record that failed is put off by `backoff`.
///
/// # Errors
/// When `event` is no batch.
pub async fn process_batch_patiently<H, F>(
    event: Value,
    backoff: &Backoff,
    handler: H,
) -> Result<BatchReply, MalformedBatch>
where
    H: Fn(SqsRecord) -> F,
    F: Future<Output = Result<(), RecordError>>,
{
    process(event, Some(backoff), handler).await
}

async fn process<H, F>(event: Value, backoff: Option<&Backoff>, handler: H) -> Result<BatchReply, MalformedBatch>
where
    H: Fn(SqsRecord) -> F,
    F: Future<Output = Result<(), RecordError>>,
{
    let mut failures = Vec::new();
    let records = records_of(event).inspect_err(|error| log_malformed(*error))?;
    for (at, (names, record)) in records.into_iter().enumerate() {
        let failed = invocation::telling(async {
            let started = Instant::now();
            // The first is begun however little is left: nothing would ever be done of a batch that comes late.
            let fits = at == 0 || invocation::time_left().is_none_or(|left| left >= ROOM);
            // The handler is called inside of the future, so that a panic before its first await is caught as well; and
            // that is in a box, for each wrapper on the way to the runtime doubles what it holds.
            let work = Box::pin(async { handler(record).await });
            let outcome = if fits { in_time(work).await } else { Err(unbegun()) };
            log(&names, outcome.as_ref().err(), started);
            if let (Err(error), Some(backoff)) = (&outcome, backoff) {
                let rest = Backoff::rest(error, &names.message_id, names.receive_count);
                backoff.put_off(&names.receipt_handle, rest).await;
            }
            outcome.is_err()
        });
        if failed.await {
            failures.push(ItemFailure { item_identifier: names.message_id });
        }
    }
    Ok(BatchReply { batch_item_failures: failures })
}

/// What `work` comes to, when it comes to something before the invocation must reply.
async fn in_time<T>(work: impl Future<Output = Result<T, RecordError>>) -> Result<T, RecordError> {
    let work = caught(work);
    let work = match invocation::time_left() {
        Some(left) => Either::Left(tokio::time::timeout(left.saturating_sub(REPLY), work)),
        None => Either::Right(async { Ok(work.await) }),
    };
    match work.await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(panicked)) => Err(RecordError::permanent(&panicked)),
        Err(_) => Err(RecordError::Transient { cause: "it was not done in the time of the invocation".to_owned() }),
    }
}

fn unbegun() -> RecordError {
    RecordError::Transient { cause: "not begun: too little was left of the invocation".to_owned() }
}

/// Handles one event as a whole. A panic, or the end of the invocation's time, fails every record; a failure under an unknown id would spoil the reply and is
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
    let (names, records): (Vec<Names>, Vec<SqsRecord>) = records.into_iter().unzip();
    invocation::telling(async {
        let started = Instant::now();
        let mut failed: BTreeMap<String, RecordError> =
            match in_time(Box::pin(async { Ok(handler(records).await) })).await {
                Ok(failed) => failed.into_iter().collect(),
                Err(error) => names.iter().map(|names| (names.message_id.clone(), error.clone())).collect(),
            };
        let mut failures = Vec::new();
        for names in names {
            let error = failed.remove(&names.message_id);
            log(&names, error.as_ref(), started);
            if error.is_some() {
                failures.push(ItemFailure { item_identifier: names.message_id });
            }
        }
        if !failed.is_empty() {
            tracing::error!(records = failed.len(), "the handler failed records that are not in the batch");
        }
        Ok(BatchReply { batch_item_failures: failures })
    })
    .await
}

fn records_of(event: Value) -> Result<Vec<(Names, SqsRecord)>, MalformedBatch> {
    let event: record::RawEvent = serde_json::from_value(event).map_err(|_| MalformedBatch::NoRecords)?;
    let named = |mut record: record::RawRecord| {
        let id = record.message_id.take().filter(|id| !id.is_empty()).ok_or(MalformedBatch::NoMessageId)?;
        Ok(record.into_record(id))
    };
    event.records.into_iter().map(named).collect()
}

/// The canonical line of a record, and its metrics.
fn log(names: &Names, error: Option<&RecordError>, started: Instant) {
    let Names { message_id, receive_count, sent, .. } = names;
    let duration_ms = metrics::since(started);
    metrics::count("Records", 1);
    metrics::took("RecordDuration", started.elapsed());
    match error {
        None => tracing::info!(message_id, receive_count, outcome = "done", duration_ms, "record done"),
        Some(error) => {
            metrics::count("RecordsFailed", 1);
            // The queue's own age leaves out what was received three times.
            let age = sent.map(|sent| SystemClock.now().duration_since(sent)).and_then(|age| age.try_into().ok());
            metrics::took("FailedRecordAge", age.unwrap_or_default());
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
