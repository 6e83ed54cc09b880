//! From the stream of events to the queues. Every event goes into the content log; some are work for somebody.

use std::sync::Arc;

use domain::{
    event::{Event, EventBody},
    qualification::QualificationChange,
};
use evidence::record::LogRecord;
use futures::future::try_join_all;

use crate::{
    error::AppError,
    ports::{LogQueue, PortError, Queue, RelayQueues},
};

/// Where an event is work, if it is.
#[must_use]
pub const fn route(body: &EventBody) -> &'static [Queue] {
    match body {
        EventBody::EvidencePackageApproved { .. } => &[Queue::Record],
        EventBody::BacktestOrdered { .. } => &[Queue::Backtest],
        EventBody::QualificationChanged { change: QualificationChange::Registered { .. }, .. } => &[],
        EventBody::AccountRegistered { .. }
        | EventBody::IdentityCheckUnavailable { .. }
        | EventBody::MobileProven { .. } => &[Queue::Verification],
        EventBody::ComplaintFiled { .. }
        | EventBody::ManualReviewRequested { .. }
        | EventBody::ProfileReviewRequested { .. }
        | EventBody::PublicationEdited { review_due_at: Some(_), .. }
        | EventBody::CommentReviewRequested { .. }
        | EventBody::ContentReviewRequested { .. } => &[Queue::Triage],
        // What becomes of the accounts of a listed principal is found out where measures are put in force.
        EventBody::DecisionMade { .. }
        | EventBody::PrincipalListed { .. }
        | EventBody::PrincipalUnlisted { .. }
        | EventBody::PrincipalsLinked { .. } => &[Queue::Enforcement],
        // Whoever was leaving before they were verified stands where they stood, and waits to be verified.
        EventBody::DeregistrationUndone { .. } => &[Queue::Notification, Queue::Verification],
        // The platform is told what became of it, and a person is to look.
        EventBody::PublicationScreened { review_due_at: Some(_), .. }
        | EventBody::PublicationRestored { review_due_at: Some(_), .. } => &[Queue::Notification, Queue::Triage],
        EventBody::PublicationScreened { review_due_at: None, .. }
        | EventBody::AccountVerified { .. }
        | EventBody::RegistrationRejected { .. }
        | EventBody::GradeChanged { .. }
        | EventBody::QualificationChanged { .. }
        | EventBody::DeregistrationRequested { .. }
        | EventBody::AccountClosed { .. }
        | EventBody::IdentityDestroyed { .. }
        | EventBody::AccountPrincipalUnlisted { .. }
        | EventBody::CommentSettled { .. }
        | EventBody::PublicationSettled { .. }
        | EventBody::ProfileChanged { .. }
        | EventBody::ProfileRefused { .. }
        | EventBody::EnforcementLifted { .. }
        | EventBody::PublicationRestored { review_due_at: None, .. }
        | EventBody::AppealDecided { .. }
        | EventBody::AuthorityReportMade { .. }
        | EventBody::EnforcementApplied { .. } => &[Queue::Notification],
        EventBody::IdentityUnsealed { .. }
        | EventBody::IdentityMatched { .. }
        | EventBody::PublicationEdited { review_due_at: None, .. }
        | EventBody::PublicationDeleted { .. }
        | EventBody::PublicationCommentsChanged { .. }
        | EventBody::CommentHidden { .. }
        | EventBody::CommentRestored { .. }
        | EventBody::OwnerRulesChanged { .. }
        | EventBody::CommenterBlocked { .. }
        | EventBody::CommenterUnblocked { .. }
        | EventBody::AssessmentRegistered { .. }
        | EventBody::AssessmentWithdrawn { .. }
        | EventBody::MetricsRecorded { .. }
        | EventBody::AccountGrouped { .. }
        | EventBody::GroupRegistered { .. }
        | EventBody::GroupMembersAdded { .. }
        | EventBody::GroupMembersRemoved { .. }
        | EventBody::IdentityKept { .. }
        | EventBody::ComplaintEvidenceAnnounced { .. }
        | EventBody::ComplaintCounted { .. }
        | EventBody::CaseContested { .. }
        | EventBody::BadFaithFound { .. }
        | EventBody::BadFaithWithdrawn { .. }
        | EventBody::ComplaintEvidenceKept { .. }
        | EventBody::CaseOpened { .. }
        | EventBody::ComplaintJoined { .. }
        | EventBody::CaseReopened { .. }
        | EventBody::CaseClaimed { .. }
        | EventBody::CaseReleased { .. }
        | EventBody::DecisionProposed { .. }
        | EventBody::ProposalRefused { .. }
        | EventBody::AuthorityReportAcknowledged { .. }
        | EventBody::CaseNoted { .. }
        | EventBody::CaseOverdue { .. }
        | EventBody::AccountPrincipalListed { .. }
        | EventBody::AgreementAccepted { .. }
        | EventBody::ListingProposed { .. }
        | EventBody::ListingRefused { .. }
        | EventBody::SettingsChanged { .. }
        | EventBody::ProtectedNamesChanged { .. }
        | EventBody::PolicyDocumentPut { .. }
        | EventBody::RulePackPublished { .. }
        | EventBody::RulePackActivated { .. }
        | EventBody::RulePackRefused { .. }
        | EventBody::RemovalBanked { .. }
        | EventBody::RemovalWithdrawn { .. }
        | EventBody::LegalHoldPlaced { .. }
        | EventBody::LegalHoldReleased { .. }
        | EventBody::EvidencePackageOrdered { .. }
        | EventBody::EvidencePackageRefused { .. }
        | EventBody::EvidencePackageBuilt { .. }
        | EventBody::EvidencePackageFailed { .. }
        | EventBody::EvidencePackageHandedOver { .. }
        | EventBody::BacktestFinished { .. }
        | EventBody::BacktestFailed { .. }
        | EventBody::BacktestCancelled { .. }
        | EventBody::RecordReconciled { .. }
        | EventBody::IncidentDeclared { .. } => &[],
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
    pub async fn relay(&self, event: &Event) -> Result<&'static [Queue], AppError> {
        let record = LogRecord::of_event(event).map_err(|error| PortError::corrupt("the event", error))?;
        let queues = route(&event.body);
        let work = try_join_all(queues.iter().map(|queue| self.queues.send(*queue, event)));
        futures::try_join!(work, self.log.send(std::slice::from_ref(&record)))?;
        Ok(queues)
    }
}
