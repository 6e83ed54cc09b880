//! From what needs a person to the case that takes it up: one case for each subject and matter, in the queue and with the rank
//! that the settings give it.

use std::sync::Arc;

use domain::{
    actor::Actor,
    case::{Case, CaseState, Matter, Opening},
    complaint::Complaint,
    event::{Event, EventBody},
    grade::Grade,
    id::{AccountId, CaseId, ComplaintId},
    settings::Settings,
    subject::Subject,
};
use jiff::Timestamp;

use crate::{
    error::AppError,
    ports::{AccountLedger, CaseBoard, Clock, ComplaintShelf, PortError, ReporterBook, SaveError, SettingsSource},
    reporting::weight_of,
};

/// Complaints of one flood meet at one case; a try loses to another only when that one has moved on, so that a few
/// tries clear a batch and the rest is for the queue's next delivery.
const TRIES: usize = 5;

/// Opens cases and joins complaints to them.
pub struct ComplaintTriager {
    pub board: Arc<dyn CaseBoard>,
    pub complaints: Arc<dyn ComplaintShelf>,
    pub reporters: Arc<dyn ReporterBook>,
    pub accounts: Arc<dyn AccountLedger>,
    pub settings: Arc<dyn SettingsSource>,
    pub clock: Arc<dyn Clock>,
}

/// What a triage came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Triaged {
    Opened(CaseId),
    Joined(CaseId),
    /// One of a flood, or a copy of what was judged: the case has it and is as it was.
    Counted(CaseId),
    /// A case has it: the message is a copy.
    AlreadyTaken(CaseId),
}

impl ComplaintTriager {
    /// # Errors
    /// When the message asks for no case, or a port does not work.
    pub async fn triage(&self, event: &Event) -> Result<Triaged, AppError> {
        let (account_id, opening) = match &event.body {
            EventBody::ComplaintFiled { complaint_id, .. } => return self.take_up(*complaint_id).await,
            EventBody::ManualReviewRequested { account_id, matter, due_at } => {
                (account_id, asked(Subject::Account(*account_id), matter.clone(), due_at))
            }
            EventBody::ProfileReviewRequested { account_id, change_id, due_at, .. } => {
                let matter = Matter::Profile { change_id: *change_id };
                (account_id, asked(Subject::Account(*account_id), matter, due_at))
            }
            EventBody::ContentReviewRequested { account_id, publication_id, edition, due_at }
            | EventBody::PublicationEdited {
                account_id, publication_id, edition, review_due_at: Some(due_at), ..
            }
            | EventBody::PublicationScreened {
                account_id, publication_id, edition, review_due_at: Some(due_at), ..
            }
            | EventBody::PublicationRestored {
                account_id, publication_id, edition, review_due_at: Some(due_at), ..
            } => {
                let matter = Matter::Content { edition: *edition };
                (account_id, asked(Subject::Publication(*publication_id), matter, due_at))
            }
            EventBody::CommentReviewRequested { account_id, comment_id, due_at, .. } => {
                // A comment has one content: nobody can edit it.
                (account_id, asked(Subject::Comment(*comment_id), Matter::Content { edition: 1 }, due_at))
            }
            other => {
                let name = other.name();
                return Err(AppError::Message(format!(
                    "triage takes complaints and requests for a review, not {name}"
                )));
            }
        };
        self.review(*account_id, opening).await
    }

    async fn take_up(&self, complaint_id: ComplaintId) -> Result<Triaged, AppError> {
        let mut expected = 0;
        for _ in 0..TRIES {
            let complaint = self.board.complaint(complaint_id).await?.ok_or_else(|| {
                PortError::corrupt("the case board", format!("{complaint_id} has an event and no state"))
            })?;
            if let Some(case_id) = complaint.case_id {
                return Ok(Triaged::AlreadyTaken(case_id));
            }
            let now = self.clock.now();
            let (saved, triaged) = match self.board.case_about(&complaint.subject, &complaint.matter()).await? {
                Some(case) if self.only_counts(&case, &complaint).await? => {
                    let event = complaint.counted_in(case.case_id, actor(), now);
                    (self.complaints.count_in(&complaint, case.case_id, &event).await, Triaged::Counted(case.case_id))
                }
                Some(case) => {
                    expected = case.version;
                    let (weight, settings) = futures::try_join!(self.weight_of(&complaint), self.settings())?;
                    let (grade, was_decided) = (case.grade, case.state == CaseState::Decided);
                    let mut change = case.join(&complaint, actor(), now);
                    let case = change.state.weighed(weight);
                    change.state =
                        if was_decided { case.placed(grade, &settings, now) } else { case.ranked(&settings) };
                    (self.board.join(&change, &complaint).await, Triaged::Joined(change.state.case_id))
                }
                None => {
                    let (weight, grade, settings) = futures::try_join!(
                        self.weight_of(&complaint),
                        self.grade_of_subject(&complaint),
                        self.settings()
                    )?;
                    let mut change = Case::open(Opening::by(&complaint), actor(), now);
                    change.state = change.state.weighed(weight).placed(grade, &settings, now);
                    (self.board.open(&change, Some(&complaint)).await, Triaged::Opened(change.state.case_id))
                }
            };
            match saved {
                Ok(()) => return Ok(triaged),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    async fn weight_of(&self, complaint: &Complaint) -> Result<u16, AppError> {
        Ok(weight_of(complaint, &*self.board, &*self.reporters).await?)
    }

    /// Of the account that the complaint is about, or whose publication or comment it is about; none where that is gone.
    async fn grade_of_subject(&self, complaint: &Complaint) -> Result<Option<Grade>, AppError> {
        let account_id = match complaint.subject {
            Subject::Account(account_id) => Some(account_id),
            Subject::Publication(_) | Subject::Comment(_) => {
                let snapshot = self.complaints.snapshot(complaint.complaint_id).await?;
                snapshot.map(|snapshot| snapshot.account.account_id)
            }
        };
        match account_id {
            Some(account_id) => self.grade(account_id).await,
            None => Ok(None),
        }
    }

    async fn grade(&self, account_id: AccountId) -> Result<Option<Grade>, AppError> {
        Ok(self.accounts.load(account_id).await?.map(|account| account.grade))
    }

    async fn settings(&self) -> Result<Arc<Settings>, AppError> {
        Ok(self.settings.current().await?)
    }

    async fn only_counts(&self, case: &Case, complaint: &Complaint) -> Result<bool, PortError> {
        let asks_for_words = case.state == CaseState::Decided && complaint.in_flood;
        let is_copy = asks_for_words && self.complaints.has_words(case.case_id, &complaint.words).await?;
        Ok(case.only_counts(complaint, is_copy))
    }

    /// A request for a review is made once for each subject and matter, so a case that is there, open or decided, has
    /// answered it.
    async fn review(&self, account_id: AccountId, opening: Opening) -> Result<Triaged, AppError> {
        for _ in 0..TRIES {
            if let Some(case) = self.board.case_about(&opening.subject, &opening.matter).await? {
                return Ok(Triaged::AlreadyTaken(case.case_id));
            }
            let (grade, settings) = futures::try_join!(self.grade(account_id), self.settings())?;
            let now = self.clock.now();
            let mut change = Case::open(opening.clone(), actor(), now);
            change.state = change.state.placed(grade, &settings, now);
            match self.board.open(&change, None).await {
                Ok(()) => return Ok(Triaged::Opened(change.state.case_id)),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected: 0 })
    }
}

/// What is asked for without a complaint.
const fn asked(subject: Subject, matter: Matter, due_at: &Timestamp) -> Opening {
    Opening { subject, matter, due_at: *due_at, complaint: None }
}

fn actor() -> Actor {
    Actor::function("complaint-triager")
}
