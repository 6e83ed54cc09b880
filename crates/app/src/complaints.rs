//! Complaints: from the public's form to a receipt, and from the receipt to the state of things (R15.2).

use std::sync::Arc;

use domain::{
    complaint::{Complaint, ComplaintStatus},
    id::{ComplaintId, made_at},
    personal::Personal,
    profile::Profile,
    receipt::Receipt,
    subject::Subject,
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    error::AppError,
    ports::{AccountLedger, CaseBoard, Clock, CommentShelf, IdentityVault, PortError, PublicationShelf},
};

/// What somebody complains of.
#[derive(Debug, Clone)]
pub struct FileComplaint {
    /// Names the complaint and its receipt; a second try of the same filing has the same.
    pub operation_id: Uuid,
    pub subject: Subject,
    pub policy: String,
    pub description: String,
    pub contact: Option<Personal<String>>,
}

/// What the reporter takes away.
#[derive(Debug, Clone)]
pub struct Filed {
    pub receipt: Receipt,
    pub due_at: Timestamp,
}

/// What the reporter reads later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComplaintView {
    pub status: ComplaintStatus,
    pub filed_at: Timestamp,
    pub due_at: Timestamp,
    /// The decider's reason, once there is one.
    pub outcome_reason: Option<String>,
}

/// Takes complaints from the public.
pub struct ComplaintDesk {
    pub board: Arc<dyn CaseBoard>,
    pub accounts: Arc<dyn AccountLedger>,
    pub shelf: Arc<dyn PublicationShelf>,
    pub comments: Arc<dyn CommentShelf>,
    pub vault: Arc<dyn IdentityVault>,
    pub clock: Arc<dyn Clock>,
    pub profile: Profile,
}

impl ComplaintDesk {
    /// Stores the complaint; its event sends it to triage.
    ///
    /// # Errors
    /// When the subject does not exist, the policy is not one of the profile's, or a port does not work.
    pub async fn file(&self, command: FileComplaint) -> Result<Filed, AppError> {
        // The time of the write and not of the try: a second try is told the same.
        let now = made_at(command.operation_id).unwrap_or_else(|| self.clock.now());
        if self.profile.policy(&command.policy).is_none() {
            return Err(AppError::PolicyUnknown { policy: command.policy });
        }
        let complaint_id = ComplaintId::of_operation(command.operation_id);
        let owner = complaint_id.to_string();
        let seal = async {
            match &command.contact {
                Some(contact) => self.vault.seal(&owner, contact).await.map(Some),
                None => Ok(None),
            }
        };
        let (exists, contact) = futures::try_join!(self.exists(&command.subject), seal)?;
        if !exists {
            return Err(AppError::SubjectNotFound);
        }
        let receipt = Receipt::of_operation(command.operation_id);
        let complaint = Complaint {
            complaint_id,
            receipt: receipt.digest(),
            subject: command.subject,
            policy: command.policy,
            description: command.description,
            contact,
            filed_at: now,
            due_at: self.profile.complaint_due_at(now),
            case_id: None,
        };
        let due_at = complaint.due_at;
        self.board.file(&complaint.file()).await?;
        Ok(Filed { receipt, due_at })
    }

    /// What has become of the complaint.
    ///
    /// # Errors
    /// When the receipt opens none, or the board does not work.
    pub async fn status(&self, receipt: &Receipt) -> Result<ComplaintView, AppError> {
        let complaint = self.board.complaint_by_receipt(&receipt.digest()).await?.ok_or(AppError::ComplaintNotFound)?;
        let case = match complaint.case_id {
            Some(case_id) => self.board.case(case_id).await?,
            None => None,
        };
        Ok(ComplaintView {
            status: case.as_ref().map_or(ComplaintStatus::Received, domain::case::Case::complaint_status),
            filed_at: complaint.filed_at,
            due_at: complaint.due_at,
            outcome_reason: case.and_then(|case| case.decision).map(|decision| decision.reason),
        })
    }

    async fn exists(&self, subject: &Subject) -> Result<bool, PortError> {
        Ok(match subject {
            Subject::Account(account_id) => self.accounts.load(*account_id).await?.is_some(),
            Subject::Publication(publication_id) => self.shelf.load(*publication_id).await?.is_some(),
            Subject::Comment(comment_id) => self.comments.load(*comment_id).await?.is_some(),
        })
    }
}
