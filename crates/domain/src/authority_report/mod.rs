//! What the platform reports to the office (R11.2, R13.1, R13.2): made from decisions and from listings on the blacklist by rules of
//! the settings, numbered by year without a gap, and never changed. What turns out to be wrong is corrected by a supplement, which is
//! a report of its own. Holds no personal data: who is behind the account, the office learns where it has a right to ask.

mod cause;
mod number;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::{
    cause::{Correction, ReportCause, ReportedAction},
    number::{ReportNumber, ReportNumberError, year_of},
};
use crate::{
    account::Account,
    actor::Actor,
    blacklist::Listing,
    change::Change,
    decision::{Action, Decision},
    event::{Event, EventBody},
    id::{AccountId, CaseId},
    principal::PrincipalKind,
    profile::{Bilingual, Profile},
    subject::Subject,
};

/// One report, as it is in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorityReport {
    pub number: ReportNumber,
    /// Counts the changes of its standing; the content never changes.
    pub version: u64,
    /// To whom.
    pub office: Bilingual,
    /// The report that this one corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplements: Option<ReportNumber>,
    pub cause: ReportCause,
    /// Absent where a principal was listed whose account nobody named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<ReportedAccount>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// Of a publication: the hash of what it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_hash: Option<String>,
    /// Of a listing there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_id: Option<CaseId>,
    /// Absent in a supplement: the step is undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<ReportedAction>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u16>,
    pub policies: Vec<String>,
    /// The policies' titles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grounds: Option<Bilingual>,
    pub reason: String,
    pub facts: String,
    pub decided_at: Timestamp,
    /// When a person looks at a listing again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_at: Option<Timestamp>,
    pub profile: String,
    pub made_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledgement: Option<Acknowledgement>,
}

/// Whose account it is, as the public sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedAccount {
    pub account_id: AccountId,
    pub display_name: String,
    pub principal_kind: PrincipalKind,
}

impl ReportedAccount {
    #[must_use]
    pub fn of(account: &Account) -> Self {
        let Account { account_id, display_name, principal_kind, .. } = account;
        Self { account_id: *account_id, display_name: display_name.clone(), principal_kind: *principal_kind }
    }
}

/// That the office has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// The office's own number.
    pub reference: String,
    pub noted_by: Actor,
    pub noted_at: Timestamp,
}

/// What a report is made of, beside its cause.
#[derive(Debug, Clone)]
pub struct ReportGround {
    pub office: Bilingual,
    pub profile: String,
    pub account: Option<ReportedAccount>,
    pub content_hash: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReportRefusal {
    #[error("no such report to the office")]
    Unknown,
    #[error("the office has acknowledged the report under another reference")]
    AcknowledgedBefore,
}

impl AuthorityReport {
    /// The report of a decision; `None` of one that takes no step.
    #[must_use]
    pub fn of(
        decision: &Decision,
        ground: ReportGround,
        number: ReportNumber,
        profile: &Profile,
        now: Timestamp,
    ) -> Option<Change<Self>> {
        let action = ReportedAction::of(decision)?;
        let report = Self {
            subject: Some(decision.subject),
            case_id: Some(decision.case_id),
            days: match decision.action {
                Action::RestrictFunction { days, .. } | Action::SuspendUpdates { days } => days,
                _ => None,
            },
            policies: decision.policies.clone(),
            grounds: Some(profile.titles(&decision.policies)),
            reason: decision.reason.clone(),
            facts: decision.facts.clone(),
            ..Self::bare(ReportCause::Decision { decision_id: decision.decision_id }, ground, number, now)
        };
        Some(Self { action: Some(action), decided_at: decision.decided_at, ..report }.made(now))
    }

    /// The report of a principal that may not register again.
    #[must_use]
    pub fn of_listing(listing: &Listing, ground: ReportGround, number: ReportNumber, now: Timestamp) -> Change<Self> {
        let report = Self {
            subject: listing.account_id.map(Subject::Account),
            action: Some(ReportedAction::Blacklist),
            reason: listing.reason.clone(),
            decided_at: listing.listed_at,
            review_at: Some(listing.review_at),
            ..Self::bare(ReportCause::Listing { listing_id: listing.listing_id }, ground, number, now)
        };
        report.made(now)
    }

    fn bare(cause: ReportCause, ground: ReportGround, number: ReportNumber, now: Timestamp) -> Self {
        Self {
            number,
            version: 0,
            office: ground.office,
            supplements: None,
            cause,
            account: ground.account,
            subject: None,
            content_hash: ground.content_hash,
            case_id: None,
            action: None,
            days: None,
            policies: Vec::new(),
            grounds: None,
            reason: String::new(),
            facts: String::new(),
            decided_at: now,
            review_at: None,
            profile: ground.profile,
            made_at: now,
            acknowledgement: None,
        }
    }

    /// The supplement to `reported`: the step is undone.
    #[must_use]
    pub fn supplement(reported: &Self, correction: Correction, number: ReportNumber, now: Timestamp) -> Change<Self> {
        let report = Self {
            number,
            version: 0,
            supplements: Some(reported.number),
            cause: correction.cause,
            action: None,
            days: None,
            reason: correction.says.to_owned(),
            facts: String::new(),
            decided_at: correction.decided_at,
            review_at: None,
            made_at: now,
            acknowledgement: None,
            ..reported.clone()
        };
        report.made(now)
    }

    fn made(self, now: Timestamp) -> Change<Self> {
        let Self { number, cause, supplements, .. } = self;
        let body = EventBody::AuthorityReportMade { number, cause, supplements };
        self.changed(body, Actor::function("enforcer"), now)
    }

    /// The office has it. `None` when that is noted already.
    ///
    /// # Errors
    /// When it is noted under another reference.
    pub fn acknowledge(
        mut self,
        reference: &str,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Option<Change<Self>>, ReportRefusal> {
        if let Some(known) = &self.acknowledgement {
            return if known.reference == reference { Ok(None) } else { Err(ReportRefusal::AcknowledgedBefore) };
        }
        let reference = reference.to_owned();
        self.acknowledgement =
            Some(Acknowledgement { reference: reference.clone(), noted_by: actor.clone(), noted_at: now });
        let body = EventBody::AuthorityReportAcknowledged { number: self.number, reference };
        Ok(Some(self.changed(body, actor, now)))
    }

    fn changed(mut self, body: EventBody, actor: Actor, now: Timestamp) -> Change<Self> {
        self.version += 1;
        let event = Event::new(self.version, actor, body, now);
        Change { state: self, event }
    }
}
