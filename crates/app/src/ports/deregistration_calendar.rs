use async_trait::async_trait;
use domain::id::AccountId;
use jiff::Timestamp;

use super::PortError;

/// That an account is to be looked at from a moment on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline {
    pub due_at: Timestamp,
    pub account_id: AccountId,
}

/// When accounts that are on their way out are to be looked at (R9.2). An account gets onto the calendar in the
/// transaction that asks for its closing ([`super::AccountLedger::save`]).
#[async_trait]
pub trait DeregistrationCalendar: Send + Sync {
    /// The first `limit` that are due at `now`, the earliest first. Strongly consistent.
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Deadline>, PortError>;

    /// Takes it off the calendar; one that is not there is no error.
    async fn done(&self, deadline: &Deadline) -> Result<(), PortError>;

    /// Puts it at `due_at` instead, all or nothing.
    async fn postpone(&self, deadline: &Deadline, due_at: Timestamp) -> Result<(), PortError>;
}
