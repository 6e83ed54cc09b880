use async_trait::async_trait;
use domain::{
    change::Change,
    id::ComplaintId,
    reporter::{Reporter, ReporterKey},
};

use super::{PortError, SaveError};

/// Reporters by their blind key (R15.2).
#[async_trait]
pub trait ReporterBook: Send + Sync {
    /// What is on record, or `None`. Strongly consistent.
    async fn reporter(&self, key: &ReporterKey) -> Result<Option<Reporter>, PortError>;

    /// Stores the record and its event on the condition that the stored version is the one before.
    async fn save(&self, change: &Change<Reporter>) -> Result<(), SaveError>;

    /// The latest complaints of the reporter, `limit` at most. They get there with their filing. Strongly consistent.
    async fn complaints_of(&self, key: &ReporterKey, limit: usize) -> Result<Vec<ComplaintId>, PortError>;
}
