//! The life of a public account: where it stands (`status`), how its registration is settled (`checking`), what is in force
//! on it (`ladder`: what that leads to), what a listing of its principal means for it (`principal_listing`), which policy documents it has accepted
//! (`agreements`), what it is licensed for (`qualification`), what the public sees of it (`public_profile`), how its
//! appeals ended (`appeals`), and whether it may publish (`publishing`).

mod agreements;
mod appeals;
mod checking;
mod deregistration;
mod group;
mod ladder;
mod metrics;
mod principal_listing;
mod public_profile;
mod publishing;
mod qualification;
mod restricting;
mod status;
#[cfg(test)]
mod walks;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    actor::Actor,
    appeal::AppealConclusion,
    change::Change,
    deregistration::Deregistration,
    display_name::{DisplayName, NameSkeleton},
    enforcement::Enforcement,
    event::{Event, EventBody},
    grade::Grade,
    id::{AccountId, GroupId, ListingId},
    ladder::Escalation,
    metrics::Metrics,
    mobile::ProvenMobile,
    personal::Sealed,
    policy_document::Agreement,
    principal::{PrincipalKey, PrincipalKind},
    public_profile::{Avatar, Concern, ProfileChange},
    qualification::Qualification,
    verification::Verification,
};

pub use metrics::MetricsRefusal;
pub use publishing::PublishingRefusal;
pub use qualification::RegisterQualificationError;
pub use status::{AccountStatus, IllegalTransition, Step};

/// Why a registration was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectionReason {
    /// Number and name do not belong together.
    IdentityMismatch,
    /// The number is not on record.
    IdentityNotFound,
    /// A reviewer refused it.
    RefusedByReviewer,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub account_id: AccountId,
    /// Counts the changes; guards every write.
    pub version: u64,
    pub status: AccountStatus,
    pub principal_kind: PrincipalKind,
    pub principal_key: PrincipalKey,
    /// The first two digits of the region in the principal's document, for the filing (R7.1); none where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
    pub display_name: String,
    /// What rules in force have against the name that it registered with: a person looks before it is active (R2, R4).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub name_concerns: Vec<Concern>,
    /// What the name is compared as; no other account has it (R4).
    #[serde(default, skip_serializing_if = "NameSkeleton::is_none")]
    pub name_skeleton: NameSkeleton,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<Avatar>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bio: Option<String>,
    /// The latest change of name, avatar or bio that was asked for, and what became of it (R2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile_change: Option<Box<ProfileChange>>,
    /// Document number and name of the principal (R9.1); gone when it was destroyed after the closing (R9.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Sealed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejection_reason: Option<RejectionReason>,
    #[serde(default)]
    pub verification: Verification,
    /// The number its holder has shown to have (R6.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mobile: Option<ProvenMobile>,
    #[serde(default)]
    pub enforcements: Vec<Enforcement>,
    /// The steps that its strikes have led to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalations: Vec<Escalation>,
    /// How its appeals ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub appeals: Vec<AppealConclusion>,
    /// The listing of its principal on the blacklist (R13.2), while there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal_listing: Option<ListingId>,
    /// The group that it is run in (R7.3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<GroupId>,
    /// The latest counts (R7.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics: Option<Metrics>,
    #[serde(default)]
    pub grade: Grade,
    /// What it has shown to be licensed for, the earliest first; read on the publish path with the row (R8).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub qualifications: Vec<Qualification>,
    /// Complaints that the holder filed in bad faith (R15.2).
    #[serde(default)]
    pub malicious_complaints: u32,
    /// The policy documents that were accepted for it, by document: the latest version of each (R5.2).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agreements: Vec<Agreement>,
    /// Once its holder has asked for it to be closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deregistration: Option<Deregistration>,
    pub registered_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What a registration needs to begin.
#[derive(Debug, Clone)]
pub struct NewAccount {
    pub account_id: AccountId,
    pub principal_kind: PrincipalKind,
    pub principal_key: PrincipalKey,
    pub display_name: DisplayName,
    pub identity: Sealed,
}

impl Account {
    #[must_use]
    pub fn register(new: NewAccount, actor: Actor, now: Timestamp) -> Change<Self> {
        let body = EventBody::AccountRegistered {
            account_id: new.account_id,
            principal_kind: new.principal_kind,
            display_name: Some(new.display_name.text.clone()),
        };
        let account = Self {
            account_id: new.account_id,
            version: 0,
            status: AccountStatus::Pending,
            principal_kind: new.principal_kind,
            principal_key: new.principal_key,
            province: None,
            display_name: new.display_name.text,
            name_concerns: Vec::new(),
            name_skeleton: new.display_name.skeleton,
            avatar: None,
            bio: None,
            profile_change: None,
            identity: Some(new.identity),
            rejection_reason: None,
            verification: Verification::default(),
            mobile: None,
            enforcements: Vec::new(),
            escalations: Vec::new(),
            appeals: Vec::new(),
            principal_listing: None,
            group_id: None,
            metrics: None,
            grade: Grade::default(),
            qualifications: Vec::new(),
            malicious_complaints: 0,
            agreements: Vec::new(),
            deregistration: None,
            registered_at: now,
            updated_at: now,
        };
        account.changed(body, actor, now)
    }

    /// Puts `enforcement` in force. `None` when it is in force already: a decision takes effect once, however often
    /// it is delivered. When it was reversed before it came, it is on record and never in force.
    #[must_use]
    pub fn enforce(mut self, mut enforcement: Enforcement, actor: Actor, now: Timestamp) -> Option<Change<Self>> {
        if self.enforcements.iter().any(|known| known.enforcement_id == enforcement.enforcement_id) {
            return None;
        }
        enforcement.ending = self.reversal_of(enforcement.decision_id);
        let body =
            EventBody::EnforcementApplied { account_id: self.account_id, enforcement: Box::new(enforcement.clone()) };
        self.enforcements.push(enforcement);
        Some(self.changed(body, actor, now))
    }

    fn changed(mut self, body: EventBody, actor: Actor, now: Timestamp) -> Change<Self> {
        self.version += 1;
        self.updated_at = now;
        let event = Event::new(self.version, actor, body, now);
        Change { state: self, event }
    }
}
