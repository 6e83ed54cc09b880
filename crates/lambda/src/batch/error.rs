//! Why a record could not be done.

use app::{error::AppError, ports::PortError};

use crate::logs;

/// A record that could not be done. Both kinds go back to the queue, which has no other way of keeping them: what may
/// pass is met again soon, and what cannot is in the dead-letter queue after the last receive, with this on its log
/// lines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// It may work later.
    #[error("{cause}")]
    Transient { cause: String },
    /// It will not work however often it is tried.
    #[error("{cause}")]
    Permanent { cause: String },
}

impl RecordError {
    #[must_use]
    pub fn transient(error: &dyn std::error::Error) -> Self {
        Self::Transient { cause: logs::chain(error) }
    }

    #[must_use]
    pub fn permanent(error: &dyn std::error::Error) -> Self {
        Self::Permanent { cause: logs::chain(error) }
    }

    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Transient { .. })
    }

    fn of(error: &dyn std::error::Error, retryable: bool) -> Self {
        if retryable { Self::transient(error) } else { Self::permanent(error) }
    }
}

impl From<AppError> for RecordError {
    fn from(error: AppError) -> Self {
        Self::of(&error, error.is_retryable())
    }
}

impl From<PortError> for RecordError {
    fn from(error: PortError) -> Self {
        Self::of(&error, error.is_retryable())
    }
}
