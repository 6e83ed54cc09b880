use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::PortError;

/// What one caller calls one write: caller, route and the caller's `Idempotency-Key`, as a SHA-256 in hex.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(pub String);

/// An answer that is given again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAnswer {
    pub status: u16,
    pub content_type: String,
    pub body: String,
}

/// For how long a write is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    pub now: Timestamp,
    /// Until then nobody else begins it.
    pub until: Timestamp,
    /// From then on the key counts as unused, done or not: nothing is remembered without an end.
    pub expires_at: Timestamp,
}

/// How a write begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begin {
    /// Do it. `operation_id` is the same whenever the same write begins again after a crash or a failure: what the
    /// write makes takes its identifier from it, so that a second try meets what the first one made.
    Fresh { operation_id: Uuid },
    /// It is done; this is the answer.
    Done(StoredAnswer),
    /// Another try is at work and its lease has not run out.
    InProgress,
    /// The key was used with another payload.
    OtherPayload,
}

/// Which writes have begun and which are done.
#[async_trait]
pub trait IdempotencyLedger: Send + Sync {
    /// Begins the write named `key` with `payload_hash` (SHA-256, hex), under `lease`. Of two calls at once, one is
    /// [`Begin::Fresh`]. `operation_id` is what a first beginning takes, and so is the expiry of the lease.
    async fn begin(
        &self,
        key: &IdempotencyKey,
        payload_hash: &str,
        operation_id: Uuid,
        lease: Lease,
    ) -> Result<Begin, PortError>;

    /// Keeps the answer until the key expires.
    async fn complete(&self, key: &IdempotencyKey, answer: &StoredAnswer) -> Result<(), PortError>;

    /// Gives the lease back without an answer; the payload hash and the operation id stay.
    async fn release(&self, key: &IdempotencyKey) -> Result<(), PortError>;
}
