//! What is known of reporters, and what follows (R15.2): the weight that orders work, findings of bad faith and their taking
//! back. The history is read where it stands, in the reporter's cases, so that a decision that is undone undoes it here as well.

use std::sync::Arc;

use domain::{
    actor::Actor,
    complaint::{Complaint, ComplaintStatus},
    id::{CaseId, ComplaintId},
    profile::Profile,
    reporter::{BadFaith, Reporter, ReporterHistory, ReporterKey, ReporterRefusal},
};

use crate::{
    error::AppError,
    ports::{CaseBoard, Clock, PortError, ReporterBook, SaveError, SettingsSource},
};

/// A reporter's latest complaints say how good they are now.
const LATEST: usize = 20;

/// Two findings about one reporter at once: the second one reads the first.
const TRIES: usize = 5;

/// The weight of a complaint, from what became of the reporter's earlier ones. Nobody is known without a key.
///
/// # Errors
/// When a port does not work.
pub async fn weight_of(
    complaint: &Complaint,
    board: &dyn CaseBoard,
    book: &dyn ReporterBook,
) -> Result<u16, PortError> {
    let Some(key) = &complaint.reporter else { return Ok(ReporterHistory::default().weight()) };
    Ok(history(key, board, book).await?.weight())
}

async fn history(
    key: &ReporterKey,
    board: &dyn CaseBoard,
    book: &dyn ReporterBook,
) -> Result<ReporterHistory, PortError> {
    let (ids, record) = futures::try_join!(book.complaints_of(key, LATEST), book.reporter(key))?;
    let decided = ids.into_iter().map(|id| async move { Ok::<_, PortError>((id, status_of(id, board).await?)) });
    let mut history = ReporterHistory::default();
    for (id, status) in futures::future::try_join_all(decided).await? {
        match status {
            ComplaintStatus::Upheld => history.upheld += 1,
            ComplaintStatus::NotUpheld => {
                history.dismissed += 1;
                let found = record.as_ref().is_some_and(|record| record.finding(id).is_some());
                history.bad_faith += u32::from(found);
            }
            ComplaintStatus::Received | ComplaintStatus::UnderReview => {}
        }
    }
    Ok(history)
}

async fn status_of(complaint_id: ComplaintId, board: &dyn CaseBoard) -> Result<ComplaintStatus, PortError> {
    let case_id = board.complaint(complaint_id).await?.and_then(|complaint| complaint.case_id);
    let Some(case_id) = case_id else { return Ok(ComplaintStatus::Received) };
    Ok(board.case(case_id).await?.map_or(ComplaintStatus::Received, |case| case.complaint_status()))
}

/// Whether nothing is taken from the reporter now. A finding whose complaint was upheld since then counts no longer.
///
/// # Errors
/// When they cool down, or a port does not work.
pub(crate) async fn must_not_cool_down(
    key: &ReporterKey,
    board: &dyn CaseBoard,
    book: &dyn ReporterBook,
    needed: u16,
    now: jiff::Timestamp,
) -> Result<(), AppError> {
    let Some(record) = book.reporter(key).await? else { return Ok(()) };
    let Some((until, reason)) = record.cooling_at(now) else { return Ok(()) };
    let mut standing = 0;
    for finding in record.findings.iter().filter(|finding| finding.withdrawn_at.is_none()) {
        let status = status_of(finding.complaint_id, board).await?;
        standing += u16::from(status != ComplaintStatus::Upheld);
    }
    if standing < needed {
        return Ok(());
    }
    Err(AppError::ReporterCoolingDown { until, reason: reason.to_owned(), now })
}

/// Where reviewers say that a complaint was in bad faith, and take it back.
pub struct ReporterDesk {
    pub board: Arc<dyn CaseBoard>,
    pub book: Arc<dyn ReporterBook>,
    pub settings: Arc<dyn SettingsSource>,
    pub clock: Arc<dyn Clock>,
    pub profile: Profile,
}

impl ReporterDesk {
    /// The complaint was filed in bad faith. Said again, nothing changes.
    ///
    /// # Errors
    /// When the case has no such complaint, nobody is known to have filed it, it was not dismissed, or a port does not work.
    pub async fn find(
        &self,
        case_id: CaseId,
        complaint_id: ComplaintId,
        reason: &str,
        actor: &Actor,
    ) -> Result<Reporter, AppError> {
        let (key, status) = self.known(case_id, complaint_id).await?;
        let rules = self.settings.current().await?.complaints.clone();
        for _ in 0..TRIES {
            let record = self.book.reporter(&key).await?.unwrap_or_else(|| Reporter::new(key.clone()));
            let finding = BadFaith {
                complaint_id,
                case_id,
                reason: reason.to_owned(),
                found_by: actor.clone(),
                found_at: self.clock.now(),
                withdrawn_at: None,
            };
            let Some(change) = record.clone().find_bad_faith(finding, status, &rules)? else { return Ok(record) };
            match self.book.save(&change).await {
                Ok(()) => return Ok(change.state),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected: 0 })
    }

    /// It was not, says somebody else.
    ///
    /// # Errors
    /// When nobody said so, the same person did, or a port does not work.
    pub async fn withdraw(
        &self,
        case_id: CaseId,
        complaint_id: ComplaintId,
        actor: &Actor,
    ) -> Result<Reporter, AppError> {
        let (key, _) = self.known(case_id, complaint_id).await?;
        let rules = self.settings.current().await?.complaints.clone();
        for _ in 0..TRIES {
            let record = self.book.reporter(&key).await?.ok_or(ReporterRefusal::NotFound)?;
            let change = record.withdraw(complaint_id, &rules, actor.clone(), self.clock.now())?;
            match self.book.save(&change).await {
                Ok(()) => return Ok(change.state),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected: 0 })
    }

    async fn known(
        &self,
        case_id: CaseId,
        complaint_id: ComplaintId,
    ) -> Result<(ReporterKey, ComplaintStatus), AppError> {
        let complaint = self.board.complaint(complaint_id).await?;
        let complaint = complaint.filter(|it| it.case_id == Some(case_id)).ok_or(AppError::ComplaintNotFound)?;
        let case = self.board.case(case_id).await?.ok_or(AppError::CaseNotFound)?;
        Ok((complaint.reporter.ok_or(ReporterRefusal::Unknown)?, case.complaint_status()))
    }
}

impl From<ReporterRefusal> for AppError {
    fn from(refusal: ReporterRefusal) -> Self {
        Self::Reporter(refusal)
    }
}
