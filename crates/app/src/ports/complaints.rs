use async_trait::async_trait;
use domain::{
    change::Change,
    complaint::{Complaint, Snapshot, WordsDigest},
    event::Event,
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

    /// Writes `case_id` on the complaint, lists it in the case and stores the event; the case stays as it is. A conflict when
    /// another case has taken the complaint. The same again changes nothing.
    async fn count_in(&self, complaint: &Complaint, case_id: CaseId, event: &Event) -> Result<(), SaveError>;

    /// How many complaints the case has taken, those of a flood among them. Strongly consistent.
    async fn how_many(&self, case_id: CaseId) -> Result<u64, PortError>;

    /// Whether a complaint with these words is in the case. Strongly consistent.
    async fn has_words(&self, case_id: CaseId, words: &WordsDigest) -> Result<bool, PortError>;

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
