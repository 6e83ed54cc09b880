use std::sync::Arc;

use async_trait::async_trait;
use domain::{
    change::Change,
    id::DecisionId,
    removed_content::{BankedRemoval, RemovedContent},
};

use super::{PortError, SaveError};

/// What of removed content is looked for.
#[async_trait]
pub trait RemovedContentSource: Send + Sync {
    /// The register, at most half a minute old; empty where nothing was banked. One that cannot be read is an error.
    /// Callers ask beside their other reads, not before them. While it is the same reading, it is the same `Arc`.
    async fn current(&self) -> Result<Arc<RemovedContent>, PortError>;
}

/// The register, and what each removal has banked, for those who change them.
#[async_trait]
pub trait RemovedContentShelf: Send + Sync {
    /// The register, read now (strongly consistent).
    async fn register(&self) -> Result<RemovedContent, PortError>;

    /// What that removal has banked, also when it was withdrawn; `None` where it has banked nothing.
    async fn banked(&self, cause: DecisionId) -> Result<Option<BankedRemoval>, PortError>;

    /// Stores the register, the removal and the event, all or nothing, on the condition that the register's version is
    /// the one before, and that the removal is new or, when it is withdrawn, was not.
    async fn put(&self, change: &Change<RemovedContent>, removal: &BankedRemoval) -> Result<(), SaveError>;
}

/// The prints that have left the register: immutable, by hash.
#[async_trait]
pub trait SettledPrints: Send + Sync {
    /// Keeps the bytes, for good. Kept again, they stay as they are.
    async fn keep(&self, sha256: &str, bytes: Vec<u8>) -> Result<(), PortError>;

    /// The bytes. [`PortError::Corrupt`] where there are none.
    async fn fetch(&self, sha256: &str) -> Result<Vec<u8>, PortError>;
}
