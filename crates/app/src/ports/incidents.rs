use std::sync::Arc;

use async_trait::async_trait;
use domain::{change::Change, incident::IncidentMode};

use super::{PortError, SaveError};

/// Whether an incident lasts (R5.1).
#[async_trait]
pub trait IncidentSource: Send + Sync {
    /// What was declared last, at most half a minute old; nothing where nothing was declared. One that cannot be read is
    /// an error. Callers ask beside their other reads, and then for the time.
    async fn current(&self) -> Result<Arc<IncidentMode>, PortError>;
}

/// The same, for those who declare.
#[async_trait]
pub trait IncidentShelf: Send + Sync {
    /// What was declared last, read now (strongly consistent).
    async fn declared(&self) -> Result<IncidentMode, PortError>;

    /// Stores the declaration and its event, on the condition that the stored version is the one before.
    async fn put(&self, change: &Change<IncidentMode>) -> Result<(), SaveError>;
}
