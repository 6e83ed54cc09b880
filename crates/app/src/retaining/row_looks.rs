//! Looks at a row whose hour has come: whether its time has, and when to look again if not.

use std::sync::Arc;

use domain::{
    case::{Case, Matter},
    complaint::Complaint,
    profile::Profile,
    resting::{Ending, RowKind, end_of_complaint, end_of_publication},
    retention::{RetentionPeriod, RowPeriod},
    subject::Subject,
};
use evidence::object::LogHour;
use jiff::{SignedDuration, Timestamp};

use crate::{
    error::AppError,
    ports::{CaseBoard, CaseHistory, PortError, RestingRow, RestingState, SettingsSource},
};

/// After how long a row is looked at again that is held, or of which something is expected: what a hold or a late case kept
/// goes within a week of the release or the end of its period, and costs one look a week until then.
const AGAIN: SignedDuration = SignedDuration::from_hours(24 * 7);

/// What rows are judged by.
pub struct RowLooks {
    pub board: Arc<dyn CaseBoard>,
    pub history: Arc<dyn CaseHistory>,
    pub settings: Arc<dyn SettingsSource>,
    /// How long the record is kept: no row goes earlier.
    pub record: RetentionPeriod,
    pub profile: Profile,
}

/// What a look came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Ended,
    /// Look again then.
    Again(Timestamp),
}

impl RowLooks {
    /// How long rows of that kind stay.
    pub(super) async fn period(&self, kind: RowKind) -> Result<RowPeriod, PortError> {
        Ok(self.settings.current().await?.retention.period(kind, self.record))
    }

    /// # Errors
    /// When the cases cannot be read: then the row stays.
    pub(super) async fn look(&self, row: &RestingRow, period: &RowPeriod, now: Timestamp) -> Result<Look, AppError> {
        let ending = match &row.state {
            RestingState::Publication(publication) => {
                let about = self.history.about(&Subject::Publication(publication.publication_id)).await?;
                end_of_publication(publication, row.last, &about, &self.profile, period)
            }
            RestingState::Complaint(complaint) => {
                let (case, appeal) = self.case_of(complaint).await?;
                end_of_complaint(complaint, row.last, case.as_ref(), appeal.as_ref(), &self.profile, period)
            }
        };
        Ok(match ending {
            Ending::At(end) if end <= now => Look::Ended,
            Ending::At(end) => Look::Again(end),
            Ending::Open => Look::Again(again(now)),
        })
    }

    /// The case that took the complaint up, and that of an appeal against what was decided there.
    async fn case_of(&self, complaint: &Complaint) -> Result<(Option<Case>, Option<Case>), AppError> {
        let Some(case_id) = complaint.case_id else { return Ok((None, None)) };
        let case = self.board.case(case_id).await?;
        let decision = case.as_ref().and_then(|case| case.decision.as_ref());
        let appeal = match decision {
            Some(decision) => self.board.case_about(&decision.subject, &Matter::against(decision)).await?,
            None => None,
        };
        Ok((case, appeal))
    }
}

/// When a row is looked at again of which nobody can say when it ends.
pub(super) fn again(now: Timestamp) -> Timestamp {
    now.saturating_add(AGAIN).unwrap_or(Timestamp::MAX)
}

/// The hour that is planned about `at`: a period before it. A row never goes back to an hour that was planned for good.
pub(super) fn hour_before(at: Timestamp, period: &RowPeriod, now: Timestamp, not_before: LogHour) -> LogHour {
    let length = period.keep_until(now).duration_since(now);
    let hour = LogHour::of(at.saturating_sub(length).unwrap_or(Timestamp::MIN));
    hour.max(not_before)
}
