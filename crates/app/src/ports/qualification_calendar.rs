use async_trait::async_trait;
use domain::id::{AccountId, QualificationId};
use jiff::Timestamp;

use super::PortError;

/// That a qualification is to be looked at from a moment on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct QualificationDeadline {
    pub due_at: Timestamp,
    pub account_id: AccountId,
    pub qualification_id: QualificationId,
}

/// When valid qualifications are to be looked at: first when the platform is to be reminded, then when they end. One gets
/// onto the calendar in the transaction that makes it valid ([`super::AccountLedger::save`]).
#[async_trait]
pub trait QualificationCalendar: Send + Sync {
    /// The first `limit` that are due at `now`, the earliest first. Strongly consistent.
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<QualificationDeadline>, PortError>;

    /// Takes it off the calendar; one that is not there is no error.
    async fn done(&self, deadline: &QualificationDeadline) -> Result<(), PortError>;

    /// Puts it at `due_at` instead, all or nothing.
    async fn postpone(&self, deadline: &QualificationDeadline, due_at: Timestamp) -> Result<(), PortError>;
}
