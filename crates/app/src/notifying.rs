//! Telling the platform what was done (Standard Webhooks).

use std::sync::Arc;

use domain::{
    comment::CommentStatus,
    event::{Event, EventBody},
    publication::PublicationStatus,
    qualification::QualificationChange,
    statement::StatementOfReasons,
};
use serde_json::{Value, json};

use crate::{
    error::AppError,
    ports::{Clock, Webhook, WebhookMessage},
};

/// Tells the platform of events that concern it.
pub struct Notifier {
    pub webhook: Arc<dyn Webhook>,
    pub clock: Arc<dyn Clock>,
}

impl Notifier {
    /// Delivers the event; gives the type of the message. At least once: the platform tells copies by `webhook-id`.
    ///
    /// # Errors
    /// When the event is not one that the platform is told of, or the platform does not answer 2xx.
    pub async fn notify(&self, event: &Event) -> Result<&'static str, AppError> {
        let Some((message_type, data)) = message_of(&event.body) else {
            return Err(AppError::Message(format!("the platform is not told of {}", event.body.name())));
        };
        let body = json!({ "type": message_type, "timestamp": event.occurred_at, "data": data });
        // The time of the attempt: receivers refuse a signature that is older than some minutes, and a redelivery is
        // no replay.
        let timestamp = self.clock.now();
        let message = WebhookMessage { id: event.event_id, timestamp, body: body.to_string() };
        self.webhook.deliver(&message).await?;
        Ok(message_type)
    }
}

/// What the platform is told of an event, if anything. Holds no personal data.
#[must_use]
#[expect(clippy::too_many_lines, reason = "every event is here, each with what is told of it")]
pub fn message_of(body: &EventBody) -> Option<(&'static str, Value)> {
    match body {
        EventBody::AccountVerified { account_id } => Some(("account.verified", json!({ "account_id": account_id }))),
        EventBody::RegistrationRejected { account_id, reason } => {
            Some(("account.rejected", json!({ "account_id": account_id, "reason": reason })))
        }
        EventBody::EnforcementApplied { account_id, enforcement } => Some((
            "enforcement.applied",
            json!({
                "account_id": account_id,
                "enforcement_id": enforcement.enforcement_id,
                "decision_id": enforcement.decision_id,
                "kind": enforcement.kind,
                "function": enforcement.function,
                "starts_at": enforcement.starts_at,
                "ends_at": enforcement.ends_at,
                "statement_of_reasons": enforcement.statement,
                "ending": enforcement.ending,
            }),
        )),
        EventBody::PublicationRestored {
            publication_id,
            account_id,
            decision_id,
            reverses_decision_id,
            status,
            shown_edition,
            ..
        } => Some((
            "publication.restored",
            json!({
                "publication_id": publication_id,
                "account_id": account_id,
                "decision_id": decision_id,
                "reverses_decision_id": reverses_decision_id,
                "status": status,
                "shown_edition": shown_edition,
            }),
        )),
        EventBody::AppealDecided { account_id, subject, conclusion, reason, facts } => Some((
            "appeal.decided",
            json!({
                "account_id": account_id,
                "subject": subject,
                "appealed_decision_id": conclusion.appealed_decision_id,
                "decision_id": conclusion.decision_id,
                "outcome": conclusion.outcome,
                "reason": reason,
                "facts": facts,
                "decided_at": conclusion.decided_at,
            }),
        )),
        EventBody::EnforcementLifted { account_id, enforcement_id, kind, decision_id } => Some((
            "enforcement.lifted",
            json!({
                "account_id": account_id,
                "enforcement_id": enforcement_id,
                "decision_id": decision_id,
                "kind": kind,
            }),
        )),
        EventBody::DeregistrationRequested { account_id, closes_at } => {
            Some(("account.deregistration_requested", json!({ "account_id": account_id, "closes_at": closes_at })))
        }
        EventBody::DeregistrationUndone { account_id } => {
            Some(("account.deregistration_undone", json!({ "account_id": account_id })))
        }
        EventBody::AccountClosed { account_id } => Some(("account.closed", json!({ "account_id": account_id }))),
        EventBody::IdentityDestroyed { account_id, receipt } => {
            Some(("account.identity_destroyed", json!({ "account_id": account_id, "receipt": receipt })))
        }
        EventBody::GradeChanged { account_id, from, to, .. } => {
            Some(("account.grade_changed", json!({ "account_id": account_id, "from": from, "to": to })))
        }
        EventBody::QualificationChanged { account_id, qualification_id, kind, expires_on, change } => {
            let (message_type, statement) = match change {
                QualificationChange::Registered { .. } => return None,
                QualificationChange::Approved { .. } => ("qualification.approved", None),
                QualificationChange::Refused { statement, .. } => ("qualification.refused", Some(statement)),
                QualificationChange::Revoked { statement, .. } => ("qualification.revoked", Some(statement)),
                QualificationChange::Expiring => ("qualification.expiring", None),
                QualificationChange::Expired => ("qualification.expired", None),
            };
            let data = json!({
                "account_id": account_id,
                "qualification_id": qualification_id,
                "kind": kind,
                "expires_on": expires_on,
                "statement_of_reasons": statement,
            });
            Some((message_type, data))
        }
        EventBody::AccountPrincipalUnlisted { account_id, listing_id } => {
            Some(("account.principal_unlisted", json!({ "account_id": account_id, "listing_id": listing_id })))
        }
        EventBody::PublicationScreened { publication_id, account_id, edition, status, rules, media, .. } => Some((
            "publication.screened",
            json!({
                "publication_id": publication_id,
                "account_id": account_id,
                "edition": edition,
                "status": status,
                "rules": rules,
                "media": media,
            }),
        )),
        EventBody::ProfileChanged { account_id, change_id, decision_id, .. } => Some((
            "account.profile_changed",
            json!({ "account_id": account_id, "change_id": change_id, "decision_id": decision_id }),
        )),
        EventBody::ProfileRefused { account_id, change_id, decision_id, statement, .. } => {
            let named = json!({ "account_id": account_id, "change_id": change_id, "decision_id": decision_id });
            Some(("account.profile_refused", with_reasons(named, statement)))
        }
        EventBody::PublicationSettled { .. } | EventBody::CommentSettled { .. } => settled(body),
        EventBody::AuthorityReportMade { number, cause, supplements } => {
            Some(("authority_report.made", json!({ "number": number, "cause": cause, "supplements": supplements })))
        }
        EventBody::AccountRegistered { .. }
        | EventBody::ContentReviewRequested { .. }
        | EventBody::PublicationEdited { .. }
        | EventBody::PublicationDeleted { .. }
        | EventBody::PublicationCommentsChanged { .. }
        | EventBody::CommentReviewRequested { .. }
        | EventBody::CommentHidden { .. }
        | EventBody::CommentRestored { .. }
        | EventBody::OwnerRulesChanged { .. }
        | EventBody::CommenterBlocked { .. }
        | EventBody::CommenterUnblocked { .. }
        | EventBody::AssessmentRegistered { .. }
        | EventBody::AssessmentWithdrawn { .. }
        | EventBody::ManualReviewRequested { .. }
        | EventBody::ProfileReviewRequested { .. }
        | EventBody::IdentityUnsealed { .. }
        | EventBody::IdentityCheckUnavailable { .. }
        | EventBody::IdentityMatched { .. }
        | EventBody::MetricsRecorded { .. }
        | EventBody::AccountGrouped { .. }
        | EventBody::GroupRegistered { .. }
        | EventBody::GroupMembersAdded { .. }
        | EventBody::GroupMembersRemoved { .. }
        | EventBody::IdentityKept { .. }
        | EventBody::PrincipalListed { .. }
        | EventBody::PrincipalUnlisted { .. }
        | EventBody::PrincipalsLinked { .. }
        | EventBody::MobileProven { .. }
        | EventBody::ComplaintFiled { .. }
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
        | EventBody::DecisionMade { .. }
        | EventBody::AgreementAccepted { .. }
        | EventBody::ListingProposed { .. }
        | EventBody::ListingRefused { .. }
        | EventBody::SettingsChanged { .. }
        | EventBody::ProtectedNamesChanged { .. }
        | EventBody::PolicyDocumentPut { .. }
        | EventBody::RemovalBanked { .. }
        | EventBody::RemovalWithdrawn { .. }
        | EventBody::LegalHoldPlaced { .. }
        | EventBody::LegalHoldReleased { .. }
        | EventBody::EvidencePackageOrdered { .. }
        | EventBody::EvidencePackageApproved { .. }
        | EventBody::EvidencePackageRefused { .. }
        | EventBody::EvidencePackageBuilt { .. }
        | EventBody::EvidencePackageFailed { .. }
        | EventBody::EvidencePackageHandedOver { .. }
        | EventBody::BacktestOrdered { .. }
        | EventBody::BacktestFinished { .. }
        | EventBody::BacktestFailed { .. }
        | EventBody::BacktestCancelled { .. }
        | EventBody::RecordReconciled { .. }
        | EventBody::IncidentDeclared { .. }
        | EventBody::RulePackPublished { .. }
        | EventBody::RulePackActivated { .. }
        | EventBody::RulePackRefused { .. } => None,
    }
}

fn with_reasons(mut data: Value, statement: &StatementOfReasons) -> Value {
    data["statement_of_reasons"] = json!(statement);
    data
}

/// What the platform is told of a person's word on content.
fn settled(body: &EventBody) -> Option<(&'static str, Value)> {
    match body {
        EventBody::PublicationSettled { publication_id, account_id, decision_id, edition, status, statement } => {
            Some((
                if *status == PublicationStatus::Published { "publication.approved" } else { "publication.refused" },
                json!({
                    "publication_id": publication_id,
                    "account_id": account_id,
                    "decision_id": decision_id,
                    "edition": edition,
                    "status": status,
                    "statement_of_reasons": statement,
                }),
            ))
        }
        EventBody::CommentSettled { comment_id, publication_id, account_id, decision_id, status, statement } => Some((
            if *status == CommentStatus::Published { "comment.approved" } else { "comment.refused" },
            json!({
                "comment_id": comment_id,
                "publication_id": publication_id,
                "account_id": account_id,
                "decision_id": decision_id,
                "status": status,
                "statement_of_reasons": statement,
            }),
        )),
        _ => None,
    }
}
