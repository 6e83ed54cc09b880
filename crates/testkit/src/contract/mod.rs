//! What each port promises, as checks that every implementation passes: the twins here, the adapters on the local
//! stack. Each check makes things of its own, so that a run meets nothing of an earlier one.

mod accounts;
mod activity;
mod assessments;
mod authority_reports;
mod backtests;
mod breaker;
mod case_calendar;
mod case_notes;
mod cases;
mod comments;
mod complaints;
mod content_log;
mod control_files;
mod dead_letter_boxes;
mod deregistration_calendar;
mod engines;
mod evidence;
mod filing;
mod groups;
mod idempotency;
mod identity;
mod incidents;
mod intake;
mod legal_holds;
mod media;
mod messaging;
mod mobile;
mod packages;
mod principals;
mod protected_names;
mod publication_meter;
mod publications;
mod qualification_calendar;
mod reconciliation;
mod removed_content;
mod reporters;
mod resting;
mod retention;
mod rule_packs;
mod sealing;
mod settings;

use async_trait::async_trait;
use domain::event::{Event, EventBody};

pub use accounts::account_ledger;
pub use activity::{activity_vault, address_index};
pub use assessments::assessment_register;
pub use authority_reports::report_ledger;
pub use backtests::{backtest_files, backtest_queue, backtest_shelf};
pub use breaker::circuit_breaker;
pub use case_calendar::case_calendar;
pub use case_notes::note_shelf;
pub use cases::case_board;
pub use comments::{comment_duty_book, comment_shelf, owner_rules_book};
pub use complaints::complaint_shelf;
pub use content_log::{content_log, expiring_objects};
pub use control_files::{Operator, control_files};
pub use dead_letter_boxes::{LetterBoxes, dead_letter_boxes};
pub use deregistration_calendar::deregistration_calendar;
pub use engines::engine_source;
pub use evidence::{Uploader, evidence_store};
pub use filing::filing_book;
pub use groups::group_register;
pub use idempotency::idempotency_ledger;
pub use identity::{a_vault_opens_what_another_sealed, caller_register, identity_vault, principal_index};
pub use incidents::incident_shelf;
pub use intake::intake_ledger;
pub use legal_holds::legal_holds;
pub use media::{MediaUploader, media_bucket, media_notes, media_queue};
pub use messaging::{Drain, dead_letters, log_queue, relay_queues, review_queue, sweep_queue};
pub use mobile::{challenge_book, mobile_index};
pub use packages::{log_reader, package_archive, package_shelf};
pub use principals::{blacklist, principal_register};
pub use protected_names::protected_names;
pub use publication_meter::publication_meter;
pub use publications::publication_shelf;
pub use qualification_calendar::qualification_calendar;
pub use reconciliation::{accepted_publications, reconciliation};
pub use removed_content::{removed_content, settled_prints};
pub use reporters::reporter_book;
pub use resting::{resting_complaints, resting_publications};
pub use retention::{sweep_receipts, watermark};
pub use rule_packs::{pack_archive, rule_pack_shelf};
pub use sealing::{seal_ledger, seal_shelf, seal_signer};
pub use settings::{policy_document_shelf, settings_shelf};

/// Shows what the stream of a store carries.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// The events stored with the account, principal, complaint, case or control of that name, by version.
    async fn events_of(&self, owner: &str) -> Vec<Event>;
}

/// The account, principal, complaint, case or control whose change the event is.
#[must_use]
pub fn owner_of(event: &Event) -> String {
    match &event.body {
        EventBody::AccountRegistered { account_id, .. }
        | EventBody::IdentityUnsealed { account_id, .. }
        | EventBody::IdentityCheckUnavailable { account_id, .. }
        | EventBody::IdentityMatched { account_id }
        | EventBody::MobileProven { account_id }
        | EventBody::AccountVerified { account_id }
        | EventBody::RegistrationRejected { account_id, .. }
        | EventBody::ManualReviewRequested { account_id, .. }
        | EventBody::AccountGrouped { account_id, .. }
        | EventBody::MetricsRecorded { account_id, .. }
        | EventBody::DeregistrationRequested { account_id, .. }
        | EventBody::DeregistrationUndone { account_id }
        | EventBody::AccountClosed { account_id }
        | EventBody::IdentityKept { account_id, .. }
        | EventBody::IdentityDestroyed { account_id, .. }
        | EventBody::GradeChanged { account_id, .. }
        | EventBody::QualificationChanged { account_id, .. }
        | EventBody::AccountPrincipalListed { account_id, .. }
        | EventBody::AccountPrincipalUnlisted { account_id, .. }
        | EventBody::ProfileChanged { account_id, .. }
        | EventBody::ProfileReviewRequested { account_id, .. }
        | EventBody::ProfileRefused { account_id, .. }
        | EventBody::AgreementAccepted { account_id, .. }
        | EventBody::OwnerRulesChanged { account_id, .. }
        | EventBody::CommenterBlocked { account_id, .. }
        | EventBody::CommenterUnblocked { account_id, .. }
        | EventBody::EnforcementLifted { account_id, .. }
        | EventBody::AppealDecided { account_id, .. }
        | EventBody::EnforcementApplied { account_id, .. } => account_id.to_string(),
        EventBody::GroupRegistered { group_id, .. }
        | EventBody::GroupMembersAdded { group_id, .. }
        | EventBody::GroupMembersRemoved { group_id, .. } => group_id.to_string(),
        EventBody::ListingProposed { principal_key, .. }
        | EventBody::ListingRefused { principal_key, .. }
        | EventBody::PrincipalListed { principal_key, .. }
        | EventBody::PrincipalUnlisted { principal_key, .. }
        | EventBody::PrincipalsLinked { principal_key, .. } => principal_key.as_str().to_owned(),
        EventBody::ComplaintFiled { complaint_id, .. }
        | EventBody::ComplaintEvidenceAnnounced { complaint_id, .. }
        | EventBody::ComplaintCounted { complaint_id, .. }
        | EventBody::ComplaintEvidenceKept { complaint_id, .. } => complaint_id.to_string(),
        EventBody::CaseOpened { case_id, .. }
        | EventBody::ComplaintJoined { case_id, .. }
        | EventBody::CaseReopened { case_id, .. }
        | EventBody::CaseContested { case_id, .. }
        | EventBody::CaseClaimed { case_id, .. }
        | EventBody::DecisionProposed { case_id, .. }
        | EventBody::ProposalRefused { case_id, .. }
        | EventBody::CaseNoted { case_id, .. }
        | EventBody::CaseOverdue { case_id, .. }
        | EventBody::CaseReleased { case_id } => case_id.to_string(),
        EventBody::ContentReviewRequested { publication_id, .. }
        | EventBody::PublicationScreened { publication_id, .. }
        | EventBody::PublicationCommentsChanged { publication_id, .. }
        | EventBody::PublicationEdited { publication_id, .. }
        | EventBody::PublicationDeleted { publication_id, .. }
        | EventBody::PublicationRestored { publication_id, .. }
        | EventBody::PublicationSettled { publication_id, .. } => publication_id.to_string(),
        EventBody::CommentReviewRequested { comment_id, .. }
        | EventBody::CommentSettled { comment_id, .. }
        | EventBody::CommentHidden { comment_id, .. }
        | EventBody::CommentRestored { comment_id, .. } => comment_id.to_string(),
        EventBody::AssessmentRegistered { .. } | EventBody::AssessmentWithdrawn { .. } => "ASSESSMENTS".to_owned(),
        EventBody::DecisionMade { decision } => decision.case_id.to_string(),
        EventBody::BadFaithFound { reporter_key, .. } | EventBody::BadFaithWithdrawn { reporter_key, .. } => {
            reporter_key.as_str().to_owned()
        }
        EventBody::SettingsChanged { .. } => "SETTINGS".to_owned(),
        EventBody::ProtectedNamesChanged { .. } => "PROTECTED_NAMES".to_owned(),
        EventBody::PolicyDocumentPut { .. } => "POLICY_DOCUMENTS".to_owned(),
        EventBody::RulePackPublished { .. }
        | EventBody::RulePackActivated { .. }
        | EventBody::RulePackRefused { .. } => "RULE_PACKS".to_owned(),
        EventBody::RemovalBanked { .. } | EventBody::RemovalWithdrawn { .. } => "REMOVED_CONTENT".to_owned(),
        EventBody::AuthorityReportMade { number, .. } | EventBody::AuthorityReportAcknowledged { number, .. } => {
            number.to_string()
        }
        EventBody::IncidentDeclared { .. } => "INCIDENT_MODE".to_owned(),
        EventBody::RecordReconciled { .. } => "RECONCILIATION".to_owned(),
        EventBody::EvidencePackageOrdered { .. }
        | EventBody::EvidencePackageApproved { .. }
        | EventBody::EvidencePackageRefused { .. }
        | EventBody::EvidencePackageBuilt { .. }
        | EventBody::EvidencePackageFailed { .. }
        | EventBody::EvidencePackageHandedOver { .. } => "EVIDENCE_PACKAGES".to_owned(),
        EventBody::BacktestOrdered { .. }
        | EventBody::BacktestFinished { .. }
        | EventBody::BacktestFailed { .. }
        | EventBody::BacktestCancelled { .. } => "BACKTESTS".to_owned(),
        EventBody::LegalHoldPlaced { .. } | EventBody::LegalHoldReleased { .. } => "LEGAL_HOLDS".to_owned(),
    }
}
