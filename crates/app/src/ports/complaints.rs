use async_trait::async_trait;
use domain::{
    change::Change,
    complaint::{Complaint, Snapshot},
    id::{CaseId, ComplaintId},
};

use super::{PortError, SaveError};

/// Complaints after their filing, which is the case board's (R15.2).
#[async_trait]
pub trait ComplaintShelf: Send + Sync {
    /// What was complained of, as it was when the complaint was filed (B2). Strongly consistent.
    async fn snapshot(&self, complaint_id: ComplaintId) -> Result<Option<Snapshot>, PortError>;

    /// Stores what the reporter changed, and the event, on the condition that the stored version is the one before. What
    /// triage has written beside it stays.
    async fn save(&self, change: &Change<Complaint>) -> Result<(), SaveError>;

    /// The complaints that the case has taken, the earliest identifier first, `limit` at most and after `after`. Strongly
    /// consistent.
    async fn of_case(
        &self,
        case_id: CaseId,
        limit: usize,
        after: Option<ComplaintId>,
    ) -> Result<ComplaintPage, PortError>;
}

#[derive(Debug, Clone, PartialEq)]
pub struct ComplaintPage {
    pub complaints: Vec<Complaint>,
    /// After which the next page begins; `None` on the last.
    pub next: Option<ComplaintId>,
}
