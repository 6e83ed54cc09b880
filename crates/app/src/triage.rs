//! From what needs a person to the case that takes it up: one case for each subject and matter.

use std::sync::Arc;

use domain::{
    actor::Actor,
    case::{Case, CaseState, Matter, Opening},
    complaint::Complaint,
    event::{Event, EventBody},
    id::{CaseId, ComplaintId},
    subject::Subject,
};

use crate::{
    error::AppError,
    ports::{CaseBoard, Clock, ComplaintShelf, PortError, ReporterBook, SaveError},
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
        match &event.body {
            EventBody::ComplaintFiled { complaint_id, .. } => self.take_up(*complaint_id).await,
            EventBody::ManualReviewRequested { account_id, matter, due_at } => {
                let subject = Subject::Account(*account_id);
                self.review(Opening { subject, matter: matter.clone(), due_at: *due_at, complaint: None }).await
            }
            EventBody::ProfileReviewRequested { account_id, change_id, due_at, .. } => {
                let (subject, matter) = (Subject::Account(*account_id), Matter::Profile { change_id: *change_id });
                self.review(Opening { subject, matter, due_at: *due_at, complaint: None }).await
            }
            EventBody::ContentReviewRequested { publication_id, edition, due_at, .. }
            | EventBody::PublicationEdited { publication_id, edition, review_due_at: Some(due_at), .. } => {
                let subject = Subject::Publication(*publication_id);
                let matter = Matter::Content { edition: *edition };
                self.review(Opening { subject, matter, due_at: *due_at, complaint: None }).await
            }
            EventBody::PublicationScreened { publication_id, edition, review_due_at: Some(due_at), .. }
            | EventBody::PublicationRestored { publication_id, edition, review_due_at: Some(due_at), .. } => {
                let subject = Subject::Publication(*publication_id);
                let matter = Matter::Content { edition: *edition };
                self.review(Opening { subject, matter, due_at: *due_at, complaint: None }).await
            }
            EventBody::CommentReviewRequested { comment_id, due_at, .. } => {
                let subject = Subject::Comment(*comment_id);
                // A comment has one content: nobody can edit it.
                let matter = Matter::Content { edition: 1 };
                self.review(Opening { subject, matter, due_at: *due_at, complaint: None }).await
            }
            other => Err(AppError::Message(format!(
                "triage takes complaints and requests for a review, not {}",
                other.name()
            ))),
        }
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
                    let weight = weight_of(&complaint, &*self.board, &*self.reporters).await?;
                    let mut change = case.join(&complaint, actor(), now);
                    change.state = change.state.weighed(weight);
                    (self.board.join(&change, &complaint).await, Triaged::Joined(change.state.case_id))
                }
                None => {
                    let weight = weight_of(&complaint, &*self.board, &*self.reporters).await?;
                    let mut change = Case::open(Opening::by(&complaint), actor(), now);
                    change.state = change.state.weighed(weight);
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

    async fn only_counts(&self, case: &Case, complaint: &Complaint) -> Result<bool, PortError> {
        let asks_for_words = case.state == CaseState::Decided && complaint.in_flood;
        let is_copy = asks_for_words && self.complaints.has_words(case.case_id, &complaint.words).await?;
        Ok(case.only_counts(complaint, is_copy))
    }

    /// A request for a review is made once for each subject and matter, so a case that is there, open or decided, has
    /// answered it.
    async fn review(&self, opening: Opening) -> Result<Triaged, AppError> {
        for _ in 0..TRIES {
            if let Some(case) = self.board.case_about(&opening.subject, &opening.matter).await? {
                return Ok(Triaged::AlreadyTaken(case.case_id));
            }
            let change = Case::open(opening.clone(), actor(), self.clock.now());
            match self.board.open(&change, None).await {
                Ok(()) => return Ok(Triaged::Opened(change.state.case_id)),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected: 0 })
    }
}

fn actor() -> Actor {
    Actor::function("complaint-triager")
}
