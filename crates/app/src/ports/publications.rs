use async_trait::async_trait;
use domain::{change::Change, id::PublicationId, publication::Publication};
use jiff::Timestamp;
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

    /// As [`save`](Self::save), and in the same transaction keeps `earlier`, what the record was, as an edition.
    async fn save_edition(
        &self,
        change: &Change<PublicationRecord>,
        earlier: &PublicationRecord,
    ) -> Result<(), SaveError>;

    /// What the record was in that edition, before a later one took its place. Strongly consistent.
    async fn edition(
        &self,
        publication_id: PublicationId,
        edition: u64,
    ) -> Result<Option<PublicationRecord>, PortError>;

    /// The earlier editions, the latest first, `limit` at most. Strongly consistent.
    async fn editions(&self, publication_id: PublicationId, limit: usize) -> Result<Vec<PublicationRecord>, PortError>;

    /// The record as it was last written (strongly consistent), or `None`.
    async fn load(&self, publication_id: PublicationId) -> Result<Option<PublicationRecord>, PortError>;

    /// When its period ended and it was deleted, while that is remembered; `None` of one that is there or never was.
    /// Strongly consistent.
    async fn expired_at(&self, publication_id: PublicationId) -> Result<Option<Timestamp>, PortError>;
}

#[derive(Debug, Clone, PartialEq)]
pub enum PutOutcome {
    Stored,
    /// An earlier publication under the same reference.
    Exists(Box<PublicationRecord>),
    /// One was there until its period ended; nothing takes its place while that is remembered.
    Expired,
}
