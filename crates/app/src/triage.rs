//! From a complaint to the case that takes it up: one case for each subject and policy.

use std::sync::Arc;

use domain::{
    actor::Actor,
    case::Case,
    event::{Event, EventBody},
    id::CaseId,
};

use crate::{
    error::AppError,
    ports::{CaseBoard, Clock, PortError, SaveError},
};

/// Where cases go until routing rules say otherwise.
pub const DEFAULT_QUEUE: &str = "default";

/// Complaints of one flood meet at one case; a try loses to another only when that one has moved on, so that a few
/// tries clear a batch and the rest is for the queue's next delivery.
const TRIES: usize = 5;

/// Opens cases and joins complaints to them.
pub struct ComplaintTriager {
    pub board: Arc<dyn CaseBoard>,
    pub clock: Arc<dyn Clock>,
}

/// What a triage came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Triaged {
    Opened(CaseId),
    Joined(CaseId),
    /// A case has the complaint: the message is a copy.
    AlreadyTaken(CaseId),
}

impl ComplaintTriager {
    /// # Errors
    /// When the message is no complaint, or a port does not work.
    pub async fn triage(&self, event: &Event) -> Result<Triaged, AppError> {
        let EventBody::ComplaintFiled { complaint_id, .. } = event.body else {
            return Err(AppError::Message(format!("triage takes complaints, not {}", event.body.name())));
        };
        let actor = Actor::function("complaint-triager");
        let mut expected = 0;
        for _ in 0..TRIES {
            let complaint = self.board.complaint(complaint_id).await?.ok_or_else(|| {
                PortError::corrupt("the case board", format!("{complaint_id} has an event and no state"))
            })?;
            if let Some(case_id) = complaint.case_id {
                return Ok(Triaged::AlreadyTaken(case_id));
            }
            let now = self.clock.now();
            let (saved, triaged) = match self.board.case_about(&complaint.subject, &complaint.policy).await? {
                Some(case) => {
                    expected = case.version;
                    let change = case.join(&complaint, actor.clone(), now);
                    (self.board.join(&change, &complaint).await, Triaged::Joined(change.state.case_id))
                }
                None => {
                    let change = Case::open(&complaint, DEFAULT_QUEUE, actor.clone(), now);
                    (self.board.open(&change, &complaint).await, Triaged::Opened(change.state.case_id))
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
}
