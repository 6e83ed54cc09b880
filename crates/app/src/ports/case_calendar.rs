use async_trait::async_trait;
use domain::{case::Case, id::CaseId};
use jiff::Timestamp;

use super::PortError;

/// When a case is to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CaseDeadline {
    pub due_at: Timestamp,
    pub case_id: CaseId,
}

/// The times at which cases are looked at (B5). The case board puts them on the calendar with the change of the case that they
/// come from.
#[async_trait]
pub trait CaseCalendar: Send + Sync {
    /// Deadlines that have come, up to about `limit`, the earliest first within each part of the calendar. Strongly
    /// consistent.
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<CaseDeadline>, PortError>;

    /// Takes the deadline off the calendar. Nothing happens where it is not on it.
    async fn done(&self, deadline: &CaseDeadline) -> Result<(), PortError>;

    /// How many open cases of the queue are over their time, counted up to `most`. May lag behind writes by a moment.
    async fn overdue(&self, queue: &str, now: Timestamp, most: usize) -> Result<usize, PortError>;

    /// When the open cases of the queue are due, the earliest first, up to `most` of them. May lag behind writes by a moment.
    async fn due_times(&self, queue: &str, most: usize) -> Result<Vec<Timestamp>, PortError>;

    /// The open case of the queue that is due first. May lag behind writes by a moment.
    async fn first_of(&self, queue: &str) -> Result<Option<Case>, PortError>;
}
