//! From the stream of events to the queues. Every event goes into the content log; some are work for somebody.

use std::sync::Arc;

use domain::{
    event::{Event, EventBody},
    qualification::QualificationChange,
};
use evidence::record::LogRecord;

use crate::{
    error::AppError,
    ports::{LogQueue, PortError, Queue, RelayQueues},
};

/// Where an event is work.
#[must_use]
pub const fn route(body: &EventBody) -> Option<Queue> {
    match body {
        EventBody::QualificationChanged { change: QualificationChange::Registered { .. }, .. } => None,
        EventBody::AccountRegistered { .. }
        | EventBody::IdentityCheckUnavailable { .. }
        | EventBody::MobileProven { .. } => Some(Queue::Verification),
        EventBody::ComplaintFiled { .. }
        | EventBody::ManualReviewRequested { .. }
        | EventBody::ContentReviewRequested { .. } => Some(Queue::Triage),
        // What becomes of the accounts of a listed principal is found out where measures are put in force.
        EventBody::DecisionMade { .. }
        | EventBody::PrincipalListed { .. }
        | EventBody::PrincipalUnlisted { .. }
        | EventBody::PrincipalsLinked { .. } => Some(Queue::Enforcement),
        EventBody::AccountVerified { .. }
        | EventBody::RegistrationRejected { .. }
        | EventBody::GradeChanged { .. }
        | EventBody::QualificationChanged { .. }
        | EventBody::DeregistrationRequested { .. }
        | EventBody::DeregistrationUndone { .. }
        | EventBody::AccountClosed { .. }
        | EventBody::IdentityDestroyed { .. }
        | EventBody::AccountPrincipalUnlisted { .. }
        | EventBody::PublicationSettled { .. }
        | EventBody::EnforcementApplied { .. } => Some(Queue::Notification),
        EventBody::IdentityUnsealed { .. }
        | EventBody::IdentityMatched { .. }
        | EventBody::MetricsRecorded { .. }
        | EventBody::AccountGrouped { .. }
        | EventBody::GroupRegistered { .. }
        | EventBody::GroupMembersAdded { .. }
        | EventBody::GroupMembersRemoved { .. }
        | EventBody::IdentityKept { .. }
        | EventBody::CaseOpened { .. }
        | EventBody::ComplaintJoined { .. }
        | EventBody::CaseReopened { .. }
        | EventBody::CaseClaimed { .. }
        | EventBody::CaseReleased { .. }
        | EventBody::AgreementAccepted { .. }
        | EventBody::SettingsChanged { .. }
        | EventBody::PolicyDocumentPut { .. }
        | EventBody::RulePackPublished { .. }
        | EventBody::RulePackActivated { .. }
        | EventBody::RulePackRefused { .. } => None,
    }
}

/// Carries events from the stream to the queues.
pub struct EventRelay {
    pub queues: Arc<dyn RelayQueues>,
    pub log: Arc<dyn LogQueue>,
}

impl EventRelay {
    /// At least once: after an error the event may be in some of its queues, and is sent to all of them again.
    ///
    /// # Errors
    /// When a queue does not take it.
    pub async fn relay(&self, event: &Event) -> Result<Option<Queue>, AppError> {
        let record = LogRecord::of_event(event).map_err(|error| PortError::corrupt("the event", error))?;
        let queue = route(&event.body);
        let work = async {
            match queue {
                Some(queue) => self.queues.send(queue, event).await,
                None => Ok(()),
            }
        };
        futures::try_join!(work, self.log.send(std::slice::from_ref(&record)))?;
        Ok(queue)
    }
}
