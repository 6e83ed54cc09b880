use async_trait::async_trait;
use domain::{change::Change, id::PublicationId, publication::Publication};
use screening::verdict::Verdict;
use serde::{Deserialize, Serialize};

use super::{PortError, SaveError};

/// A publication and what the engine said of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PublicationRecord {
    #[serde(flatten)]
    pub publication: Publication,
    pub verdict: Verdict,
}

/// The publications.
#[async_trait]
pub trait PublicationShelf: Send + Sync {
    /// Stores the record unless one with its identifier exists; then that one comes back and nothing is written.
    async fn put_new(&self, record: &PublicationRecord) -> Result<PutOutcome, PortError>;

    /// Stores the record and its event on the condition that the stored version is the one before.
    async fn save(&self, change: &Change<PublicationRecord>) -> Result<(), SaveError>;

    /// The record as it was last written (strongly consistent), or `None`.
    async fn load(&self, publication_id: PublicationId) -> Result<Option<PublicationRecord>, PortError>;
}

#[derive(Debug, Clone, PartialEq)]
pub enum PutOutcome {
    Stored,
    /// An earlier publication under the same reference.
    Exists(Box<PublicationRecord>),
}
