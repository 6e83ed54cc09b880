use async_trait::async_trait;
use evidence::object::LogObject;

use super::PortError;

/// Where log objects are written and cannot be changed.
#[async_trait]
pub trait ContentLog: Send + Sync {
    /// Writes the object under its lock, unless its key exists. Returns only when it is durable.
    async fn write(&self, object: &LogObject) -> Result<WriteOutcome, PortError>;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteOutcome {
    Written,
    /// The key exists: the same bytes were written before.
    Existed,
}
