use std::sync::Arc;

use async_trait::async_trait;
use domain::{
    change::Change,
    policy_document::{PolicyDocument, PolicyDocuments},
};

use super::{PortError, SaveError};

/// The policy documents that matter now.
#[async_trait]
pub trait PolicyDocumentSource: Send + Sync {
    /// The register, at most half a minute old; empty where nothing has been put. One that cannot be read is an error.
    /// Callers ask beside their other reads, not before them.
    async fn current(&self) -> Result<Arc<PolicyDocuments>, PortError>;

    /// The register, read now (strongly consistent): for those who may have been shown what was put a moment ago.
    async fn latest(&self) -> Result<PolicyDocuments, PortError>;
}

/// The register and every version that was ever put, for those who change them.
#[async_trait]
pub trait PolicyDocumentShelf: Send + Sync {
    /// The register, read now (strongly consistent).
    async fn register(&self) -> Result<PolicyDocuments, PortError>;

    /// The document that was put under that name and version, or `None`.
    async fn stored(&self, document_id: &str, version: u32) -> Result<Option<PolicyDocument>, PortError>;

    /// Keeps the text of a document under its hash, for good. Kept again, it stays as it is.
    async fn keep_text(&self, sha256: &str, text: &[u8]) -> Result<(), PortError>;

    /// Stores the register, the version that was added to it and the event, all or nothing, on the condition that the
    /// register's version is the one before.
    async fn put(&self, change: &Change<PolicyDocuments>, added: &PolicyDocument) -> Result<(), SaveError>;
}
