//! "That is wrong", says the reporter, and somebody else looks (B6).

use domain::{case::ContestRefusal, receipt::Receipt};

use super::{ComplaintDesk, ComplaintView};
use crate::{error::AppError, ports::SaveError};

/// A contest meets a complaint that joins at the same moment; the second try reads the case as it is then.
const TRIES: usize = 3;

impl ComplaintDesk {
    /// Opens the case of the complaint again, for another reviewer. By the same complaint again, nothing changes.
    ///
    /// # Errors
    /// When the receipt opens none, it is not decided, was upheld or contested before, the window is over, or a port does not
    /// work.
    pub async fn contest(&self, receipt: &Receipt, grounds: &str) -> Result<ComplaintView, AppError> {
        for _ in 0..TRIES {
            let complaint = self.complaint(receipt).await?;
            let case_id = complaint.case_id.ok_or(ContestRefusal::NotDecided)?;
            let case = self.board.case(case_id).await?.ok_or(AppError::CaseNotFound)?;
            let is_mine = case
                .contest
                .as_ref()
                .is_some_and(|contest| contest.complaint_id == complaint.complaint_id && contest.answered_by.is_none());
            if is_mine {
                return self.status(receipt).await;
            }
            let (settings, now) = (self.settings.current().await?, self.clock.now());
            let (grade, due_at) = (case.grade, settings.clocks.appeal_due_at(now));
            let mut change = case.contest(complaint.complaint_id, grounds.to_owned(), due_at, &self.profile, now)?;
            change.state = change.state.placed(grade, &settings, now);
            match self.board.save(&change).await {
                Ok(()) => return self.status(receipt).await,
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected: 0 })
    }
}
