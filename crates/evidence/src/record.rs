//! One line of the content log.

use domain::{
    activity::{Activity, AddressKey},
    comment::{Comment, content_hash},
    event::{Event, EventBody},
    id::{AccountId, RecordId},
    personal::Sealed,
    publication::{Publication, PublicationStatus},
    subject::Subject,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a record of a publication says that it stands.
const CONFIRMED: &str = "confirmed_at";

/// The kind of the records of publications.
pub const PUBLICATION: &str = "publication";

/// The kind of the records of comments.
pub const COMMENT: &str = "comment";

/// The kind of the records of what people did on the platform.
pub const ACTIVITY: &str = "activity";

/// The version of the record format.
pub const SCHEMA: &str = "gatehouse.log/1";

/// One event, as it is kept. Holds no identity in clear.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogRecord {
    pub schema: String,
    /// The same for every copy of the same record; [`LogRecord::standing`] says which of them counts.
    pub record_id: RecordId,
    /// `publication`, or the name of the event.
    pub kind: String,
    pub occurred_at: Timestamp,
    pub received_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    pub data: serde_json::Value,
}

/// What a content-log message carries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogBatch {
    pub records: Vec<LogRecord>,
}

impl LogRecord {
    /// The identifier of the record of a publication's latest edition. With the hash, so that other content under the same
    /// reference, which is refused, is never taken for a copy.
    #[must_use]
    pub fn publication_id(publication: &Publication) -> RecordId {
        RecordId::named(&format!("{}/{}", publication.publication_id, publication.content_hash), publication.edition)
    }

    /// The record of a publication's latest edition with what the engine said of it and what became of it
    /// by that. `data` holds parts, hash, status and verdict, and
    /// what the publication is declared as, if it is.
    ///
    /// # Errors
    /// When `verdict` cannot be put into JSON.
    pub fn of_publication(
        publication: &Publication,
        status: PublicationStatus,
        verdict: &impl Serialize,
    ) -> Result<Self, serde_json::Error> {
        let mut record = Self {
            schema: SCHEMA.to_owned(),
            record_id: Self::publication_id(publication),
            kind: PUBLICATION.to_owned(),
            occurred_at: publication.edition_received_at(),
            received_at: publication.edition_received_at(),
            account_id: Some(publication.account_id),
            subject: Some(Subject::Publication(publication.publication_id)),
            data: serde_json::json!({
                "reference": publication.reference,
                "edition": publication.edition,
                "parts": publication.parts,
                "content_hash": publication.content_hash,
                "status": status,
                "verdict": serde_json::to_value(verdict)?,
            }),
        };
        if !publication.declared.is_empty() {
            record.data["declared"] = serde_json::to_value(&publication.declared)?;
        }
        Ok(record)
    }

    /// The record of a comment as it was taken in, with what the engine said of it. `data` holds text, writer, status and
    /// verdict.
    ///
    /// # Errors
    /// When `verdict` cannot be put into JSON.
    pub fn of_comment(comment: &Comment, verdict: &impl Serialize) -> Result<Self, serde_json::Error> {
        let hash = content_hash(&comment.commenter, &comment.text);
        Ok(Self {
            schema: SCHEMA.to_owned(),
            // With the hash, as of a publication.
            record_id: RecordId::named(&format!("{}/{hash}", comment.comment_id), 1),
            kind: COMMENT.to_owned(),
            occurred_at: comment.received_at,
            received_at: comment.received_at,
            account_id: Some(comment.account_id),
            subject: Some(Subject::Comment(comment.comment_id)),
            data: serde_json::json!({
                "publication_id": comment.publication_id,
                "reference": comment.reference,
                "commenter": comment.commenter,
                "text": comment.text,
                "content_hash": hash,
                "verdict": serde_json::to_value(verdict)?,
            }),
        })
    }

    /// The identifier of what an account did under the platform's own `reference`.
    #[must_use]
    pub fn activity_id(account_id: AccountId, reference: &str) -> RecordId {
        RecordId::named(&format!("activity/{account_id}/{reference}"), 1)
    }

    /// The record of what an account's holder did (R16.2). `data` holds the address under its blind key, and sealed with
    /// port and device.
    ///
    /// # Errors
    /// When it cannot be put into JSON.
    pub fn of_activity(
        activity: &Activity,
        address_key: &AddressKey,
        sealed: &Sealed,
        received_at: Timestamp,
    ) -> Result<Self, serde_json::Error> {
        Ok(Self {
            schema: SCHEMA.to_owned(),
            record_id: Self::activity_id(activity.account_id, &activity.reference),
            kind: ACTIVITY.to_owned(),
            occurred_at: activity.occurred_at,
            received_at,
            account_id: Some(activity.account_id),
            subject: Some(Subject::Account(activity.account_id)),
            data: serde_json::json!({
                "reference": activity.reference,
                "action": activity.action,
                "address_key": address_key,
                "sealed": serde_json::to_value(sealed)?,
            }),
        })
    }

    /// As the record that stands: what a retry of an accepted publication was answered with. The attempts before it may
    /// have left copies with another time and verdict.
    #[must_use]
    pub fn confirmed(mut self, at: Timestamp) -> Self {
        self.data[CONFIRMED] = serde_json::json!(at);
        self
    }

    /// Which of the copies of one record counts: one that was confirmed, else the last that was received. An attempt
    /// that failed may have reached the log; the one that was accepted came after it.
    #[must_use]
    pub fn standing(copies: &[Self]) -> Option<&Self> {
        copies.iter().max_by_key(|copy| (copy.data.get(CONFIRMED).is_some(), copy.received_at))
    }

    /// The record of an event.
    ///
    /// # Errors
    /// When the event cannot be put into JSON.
    pub fn of_event(event: &Event) -> Result<Self, serde_json::Error> {
        let (account_id, subject) = whom(&event.body);
        Ok(Self {
            schema: SCHEMA.to_owned(),
            record_id: RecordId::from_uuid(event.event_id.uuid()),
            kind: event.body.name().to_owned(),
            occurred_at: event.occurred_at,
            received_at: event.occurred_at,
            account_id,
            subject,
            data: serde_json::to_value(event)?,
        })
    }
}

/// The account and the subject that an event tells of, where it names them.
fn whom(body: &EventBody) -> (Option<AccountId>, Option<Subject>) {
    match body {
        EventBody::AccountRegistered { account_id, .. }
        | EventBody::IdentityUnsealed { account_id, .. }
        | EventBody::IdentityCheckUnavailable { account_id, .. }
        | EventBody::IdentityMatched { account_id }
        | EventBody::MobileProven { account_id }
        | EventBody::AccountVerified { account_id }
        | EventBody::RegistrationRejected { account_id, .. }
        | EventBody::ManualReviewRequested { account_id, .. }
        | EventBody::EnforcementApplied { account_id, .. }
        | EventBody::EnforcementLifted { account_id, .. }
        | EventBody::AppealDecided { account_id, .. }
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
        | EventBody::OwnerRulesChanged { account_id, .. }
        | EventBody::CommenterBlocked { account_id, .. }
        | EventBody::CommenterUnblocked { account_id, .. }
        | EventBody::AgreementAccepted { account_id, .. } => (Some(*account_id), Some(Subject::Account(*account_id))),
        EventBody::CommentReviewRequested { comment_id, account_id, .. }
        | EventBody::CommentSettled { comment_id, account_id, .. }
        | EventBody::CommentHidden { comment_id, account_id, .. }
        | EventBody::CommentRestored { comment_id, account_id, .. } => {
            (Some(*account_id), Some(Subject::Comment(*comment_id)))
        }
        EventBody::ComplaintFiled { subject, .. } | EventBody::CaseOpened { subject, .. } => {
            (account(subject), Some(*subject))
        }
        EventBody::ContentReviewRequested { publication_id, account_id, .. }
        | EventBody::PublicationScreened { publication_id, account_id, .. }
        | EventBody::PublicationCommentsChanged { publication_id, account_id, .. }
        | EventBody::PublicationEdited { publication_id, account_id, .. }
        | EventBody::PublicationDeleted { publication_id, account_id, .. }
        | EventBody::PublicationRestored { publication_id, account_id, .. }
        | EventBody::PublicationSettled { publication_id, account_id, .. } => {
            (Some(*account_id), Some(Subject::Publication(*publication_id)))
        }
        EventBody::RemovalBanked { subject, .. } | EventBody::RemovalWithdrawn { subject, .. } => {
            (None, Some(*subject))
        }
        EventBody::DecisionProposed { proposal: decision, .. } | EventBody::DecisionMade { decision } => {
            (account(&decision.subject), Some(decision.subject))
        }
        EventBody::LegalHoldPlaced { hold } => (hold.account_id, hold.about),
        EventBody::EvidencePackageOrdered { package } => (package.account_id, package.about),
        EventBody::LegalHoldReleased { .. }
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
        | EventBody::GroupRegistered { .. }
        | EventBody::GroupMembersAdded { .. }
        | EventBody::GroupMembersRemoved { .. }
        | EventBody::PrincipalListed { .. }
        | EventBody::PrincipalUnlisted { .. }
        | EventBody::PrincipalsLinked { .. }
        | EventBody::ComplaintEvidenceAnnounced { .. }
        | EventBody::ComplaintCounted { .. }
        | EventBody::CaseContested { .. }
        | EventBody::BadFaithFound { .. }
        | EventBody::BadFaithWithdrawn { .. }
        | EventBody::ComplaintEvidenceKept { .. }
        | EventBody::ComplaintJoined { .. }
        | EventBody::CaseReopened { .. }
        | EventBody::CaseClaimed { .. }
        | EventBody::CaseReleased { .. }
        | EventBody::ProposalRefused { .. }
        | EventBody::AuthorityReportMade { .. }
        | EventBody::AuthorityReportAcknowledged { .. }
        | EventBody::CaseNoted { .. }
        | EventBody::CaseOverdue { .. }
        | EventBody::AssessmentRegistered { .. }
        | EventBody::AssessmentWithdrawn { .. }
        | EventBody::ListingProposed { .. }
        | EventBody::ListingRefused { .. }
        | EventBody::SettingsChanged { .. }
        | EventBody::ProtectedNamesChanged { .. }
        | EventBody::PolicyDocumentPut { .. }
        | EventBody::RulePackPublished { .. }
        | EventBody::RulePackActivated { .. }
        | EventBody::RulePackRefused { .. }
        | EventBody::IncidentDeclared { .. } => (None, None),
    }
}

fn account(subject: &Subject) -> Option<AccountId> {
    match subject {
        Subject::Account(account_id) => Some(*account_id),
        Subject::Publication(_) | Subject::Comment(_) => None,
    }
}
