//! What reviewers read of the complaints in a case: what was said, what was shown, and the subject as it was (B2).

use std::sync::Arc;

use domain::{
    complaint::{Complaint, ComplaintFile, Snapshot},
    id::{CaseId, ComplaintId},
};

use crate::{
    error::AppError,
    ports::{CaseBoard, Clock, ComplaintFilePlace, ComplaintPage, ComplaintShelf, EvidenceView},
};

/// One complaint as a reviewer sees it. Who the reporter is stays under seal.
#[derive(Debug, Clone, PartialEq)]
pub struct ComplaintDetail {
    pub complaint: Complaint,
    pub snapshot: Option<Snapshot>,
    /// The files that have come, with an address that opens each for some minutes.
    pub files: Vec<(ComplaintFile, String)>,
}

/// Shows the complaints of a case.
pub struct CaseComplaints {
    pub board: Arc<dyn CaseBoard>,
    pub complaints: Arc<dyn ComplaintShelf>,
    pub evidence: Arc<dyn EvidenceView>,
    pub clock: Arc<dyn Clock>,
}

impl CaseComplaints {
    /// A page of them, the earliest first.
    ///
    /// # Errors
    /// When there is no such case, or a port does not work.
    pub async fn list(
        &self,
        case_id: CaseId,
        limit: usize,
        after: Option<ComplaintId>,
    ) -> Result<ComplaintPage, AppError> {
        let (case, page) =
            futures::try_join!(self.board.case(case_id), self.complaints.of_case(case_id, limit, after))?;
        case.map(|_| page).ok_or(AppError::CaseNotFound)
    }

    /// One of them, with the subject as it was and the evidence.
    ///
    /// # Errors
    /// When the case has no such complaint, or a port does not work.
    pub async fn read(&self, case_id: CaseId, complaint_id: ComplaintId) -> Result<ComplaintDetail, AppError> {
        let (complaint, snapshot) =
            futures::try_join!(self.board.complaint(complaint_id), self.complaints.snapshot(complaint_id))?;
        let complaint = complaint.filter(|it| it.case_id == Some(case_id)).ok_or(AppError::ComplaintNotFound)?;
        let now = self.clock.now();
        let kept = complaint.files.iter().enumerate().filter(|(_, file)| file.kept_at.is_some());
        let files = kept.map(|(at, file)| async move {
            let place = ComplaintFilePlace { complaint_id, file: at };
            let url = self.evidence.link(place.into(), now).await?;
            Ok::<_, AppError>((file.clone(), url))
        });
        let files = futures::future::try_join_all(files).await?;
        Ok(ComplaintDetail { complaint, snapshot, files })
    }
}
