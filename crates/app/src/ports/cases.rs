use async_trait::async_trait;
use domain::{
    case::{Case, CaseOrder, CaseState, Matter},
    change::Change,
    complaint::{Complaint, Snapshot},
    decision::Decision,
    id::{CaseId, ComplaintId, DecisionId},
    receipt::ReceiptDigest,
    subject::Subject,
};
use jiff::Timestamp;

use super::{PortError, SaveError};

/// Complaints, cases and their events.
#[async_trait]
pub trait CaseBoard: Send + Sync {
    /// Stores the complaint, its event, what it is about as it was, and the way from the receipt to it. A complaint with that identifier that
    /// exists stays as it is and is no error: an earlier try of the same filing, answered with the same receipt.
    async fn file(&self, change: &Change<Complaint>, snapshot: &Snapshot) -> Result<(), PortError>;

    /// Strongly consistent.
    async fn complaint(&self, complaint_id: ComplaintId) -> Result<Option<Complaint>, PortError>;

    /// Strongly consistent.
    async fn complaint_by_receipt(&self, receipt: &ReceiptDigest) -> Result<Option<Complaint>, PortError>;

    /// When the complaint that the receipt opened ended with its period, while that is remembered. Strongly consistent.
    async fn receipt_expired_at(&self, receipt: &ReceiptDigest) -> Result<Option<Timestamp>, PortError>;

    /// Strongly consistent.
    async fn case(&self, case_id: CaseId) -> Result<Option<Case>, PortError>;

    /// A decision that a case was decided with, whether that case still stands so or was opened again. Strongly
    /// consistent.
    async fn decision(&self, decision_id: DecisionId) -> Result<Option<Decision>, PortError>;

    /// The case in which that step was proposed to a second person, whatever became of it. Strongly consistent.
    async fn proposed_in(&self, decision_id: DecisionId) -> Result<Option<CaseId>, PortError>;

    /// The one case about `matter` of `subject`, open or decided. Strongly consistent.
    async fn case_about(&self, subject: &Subject, matter: &Matter) -> Result<Option<Case>, PortError>;

    /// The cases about `subject` that are not decided, whatever their matter. Strongly consistent.
    async fn open_about(&self, subject: &Subject) -> Result<Vec<CaseId>, PortError>;

    /// Stores a new case, its event, the times at which it is to be looked at ([`Case::deadlines_of`], as every change of a case
    /// does), its place as *the* case about its subject and matter, and `case_id` on the
    /// complaint that opens it, if one does, which is listed in the case. A conflict when another case has that place or another case has taken the
    /// complaint.
    async fn open(&self, change: &Change<Case>, complaint: Option<&Complaint>) -> Result<(), SaveError>;

    /// Stores the case, its event and `case_id` on the complaint, which is listed in the case. A conflict when the case's stored version is not the
    /// one before, or another case has taken the complaint.
    async fn join(&self, change: &Change<Case>, complaint: &Complaint) -> Result<(), SaveError>;

    /// Stores the case and its event on the condition that the stored version is the one before; when the event tells of
    /// a decision, the decision as well, and when it tells of a proposal the way from that to the case; both stay as they are
    /// whatever becomes of the case.
    async fn save(&self, change: &Change<Case>) -> Result<(), SaveError>;

    /// A page of the cases of `queue` in `state`, in that order. `cursor` is what an earlier page
    /// gave for the same list. May lag behind writes by a moment.
    async fn list(
        &self,
        queue: &str,
        state: CaseState,
        order: CaseOrder,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<CasePage, ListError>;
}

/// There is no page.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// No page of this list gave the cursor.
    #[error("the cursor is not one that a page of this list gave")]
    CursorUnknown,
    #[error(transparent)]
    Port(#[from] PortError),
}

#[derive(Debug, Clone, PartialEq)]
pub struct CasePage {
    pub cases: Vec<Case>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<String>,
}
