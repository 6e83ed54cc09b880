//! Writes that come without HTTP, by a form or a command.

use app::ports::{Begin, IdempotencyLedger, Lease, StoredAnswer};
use domain::id::uuid_at;
use jiff::Timestamp;
use uuid::Uuid;

use super::{KEPT, LEASE, RETRY_AFTER, key_of, keyed_digest};
use crate::{
    logs,
    problem::{Code, Problem},
};

/// A write that was sent.
#[derive(Debug, Clone, Copy)]
pub struct Write<'a> {
    /// Whose names of writes these are.
    pub scope: &'a str,
    /// What the sender calls the write: the same for a second click.
    pub name: &'a str,
    /// What it says: the same name for something else is refused.
    pub payload: &'a str,
}

/// What a write came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Once {
    /// It was done now.
    Now(String),
    /// It had been done; this is what it came to then.
    Before(String),
}

/// Does a write once, whoever sends it again: `run` gets the operation id, which is the same for every try.
///
/// # Errors
/// What `run` refuses; while another try is at work; when the name was used for something else; when the ledger does not
/// work.
pub async fn once<F>(
    ledger: &dyn IdempotencyLedger,
    write: Write<'_>,
    now: Timestamp,
    run: impl FnOnce(Uuid) -> F,
) -> Result<Once, Problem>
where
    F: Future<Output = Result<String, Problem>>,
{
    let key = key_of(write.scope, "CALL", "", write.name);
    let after = |span| now.saturating_add(span).unwrap_or(now);
    let lease = Lease { now, until: after(LEASE), expires_at: after(KEPT) };
    let payload = keyed_digest(write.name, write.payload.as_bytes());
    match ledger.begin(&key, &payload, uuid_at(now), lease).await? {
        Begin::Done(answer) => Ok(Once::Before(answer.body)),
        Begin::InProgress => Err(Problem::new(Code::IdempotencyInProgress).retry_after(RETRY_AFTER)),
        Begin::OtherPayload => Err(Problem::new(Code::IdempotencyKeyReused)),
        Begin::Fresh { operation_id } => {
            let outcome = run(operation_id).await;
            let settled = match &outcome {
                Ok(body) => {
                    let content_type = "application/json".to_owned();
                    ledger.complete(&key, &StoredAnswer { status: 200, content_type, body: body.clone() }).await
                }
                Err(_) => ledger.release(&key).await,
            };
            if let Err(error) = settled {
                tracing::warn!(cause = logs::chain(&error), "the idempotency record could not be settled");
            }
            outcome.map(Once::Now)
        }
    }
}
