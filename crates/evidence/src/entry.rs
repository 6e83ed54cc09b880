//! What a seal says of one object: enough to tell whether the object is the one that was written.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// One sealed object: a log object, or a paper of a sweep.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub key: String,
    /// In bytes, as stored (compressed).
    pub size: u64,
    pub sha256: Digest,
    /// Of a log object its records, of a paper the objects that it names.
    pub records: u64,
    /// The earliest and the latest moment at which what it holds happened or was told.
    pub first: Timestamp,
    pub last: Timestamp,
}

impl Entry {
    /// The entry of the object of `bytes`.
    #[must_use]
    pub fn of(key: String, bytes: &[u8], records: u64, first: Timestamp, last: Timestamp) -> Self {
        Self { key, size: bytes.len() as u64, sha256: Digest::of(bytes), records, first, last }
    }
}
