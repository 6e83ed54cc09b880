//! The life of a public account: `pending → active | rejected`, and what is in force on it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    actor::Actor,
    change::Change,
    enforcement::{Enforcement, EnforcementKind},
    event::{Event, EventBody},
    id::AccountId,
    personal::Sealed,
    principal::{PrincipalKey, PrincipalKind},
};

/// Where an account stands between registration and closing. What is in force on it stands apart, in
/// [`Account::enforcements`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    /// Registered, identity not verified yet: may not publish (R6.1).
    Pending,
    /// Identity verified.
    Active,
    /// The identity provider said no.
    Rejected,
}

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
    pub display_name: String,
    /// Document number and name of the principal (R9.1).
    pub identity: Sealed,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejection_reason: Option<RejectionReason>,
    #[serde(default)]
    pub enforcements: Vec<Enforcement>,
    pub registered_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What a registration needs to begin.
#[derive(Debug, Clone)]
pub struct NewAccount {
    pub account_id: AccountId,
    pub principal_kind: PrincipalKind,
    pub principal_key: PrincipalKey,
    pub display_name: String,
    pub identity: Sealed,
}

/// Why an account may not publish now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublishingRefusal {
    /// Its identity is not verified (R6.1).
    NotVerified(AccountStatus),
    /// Its updates are suspended, or it is closed (R13.1).
    Enforced(Box<Enforcement>),
}

/// The account is not in a status from which that transition leads on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an account that is {from:?} cannot do that")]
pub struct IllegalTransition {
    pub from: AccountStatus,
}

impl Account {
    #[must_use]
    pub fn register(new: NewAccount, actor: Actor, now: Timestamp) -> Change<Self> {
        let body = EventBody::AccountRegistered { account_id: new.account_id, principal_kind: new.principal_kind };
        let account = Self {
            account_id: new.account_id,
            version: 0,
            status: AccountStatus::Pending,
            principal_kind: new.principal_kind,
            principal_key: new.principal_key,
            display_name: new.display_name,
            identity: new.identity,
            rejection_reason: None,
            enforcements: Vec::new(),
            registered_at: now,
            updated_at: now,
        };
        account.changed(body, actor, now)
    }

    /// # Errors
    /// When the account is not pending.
    pub fn verify(mut self, actor: Actor, now: Timestamp) -> Result<Change<Self>, IllegalTransition> {
        self.must_be_pending()?;
        self.status = AccountStatus::Active;
        let body = EventBody::AccountVerified { account_id: self.account_id };
        Ok(self.changed(body, actor, now))
    }

    /// # Errors
    /// When the account is not pending.
    pub fn reject(
        mut self,
        reason: RejectionReason,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, IllegalTransition> {
        self.must_be_pending()?;
        self.status = AccountStatus::Rejected;
        self.rejection_reason = Some(reason);
        let body = EventBody::RegistrationRejected { account_id: self.account_id, reason };
        Ok(self.changed(body, actor, now))
    }

    /// Puts `enforcement` in force. `None` when it is in force already: a decision takes effect once, however often
    /// it is delivered.
    #[must_use]
    pub fn enforce(mut self, enforcement: Enforcement, actor: Actor, now: Timestamp) -> Option<Change<Self>> {
        if self.enforcements.iter().any(|known| known.enforcement_id == enforcement.enforcement_id) {
            return None;
        }
        let body =
            EventBody::EnforcementApplied { account_id: self.account_id, enforcement: Box::new(enforcement.clone()) };
        self.enforcements.push(enforcement);
        Some(self.changed(body, actor, now))
    }

    /// Whether the account may publish at `now`.
    ///
    /// # Errors
    /// The reason why not.
    pub fn may_publish(&self, now: Timestamp) -> Result<(), PublishingRefusal> {
        if self.status != AccountStatus::Active {
            return Err(PublishingRefusal::NotVerified(self.status));
        }
        let suspension = self
            .enforcements
            .iter()
            .filter(|enforcement| enforcement.kind == EnforcementKind::SuspendUpdates && enforcement.is_in_force(now))
            // The one that lasts longest is the one to tell of; without an end it lasts longest of all.
            .max_by_key(|enforcement| enforcement.ends_at.unwrap_or(Timestamp::MAX));
        suspension.map_or(Ok(()), |found| Err(PublishingRefusal::Enforced(Box::new(found.clone()))))
    }

    fn must_be_pending(&self) -> Result<(), IllegalTransition> {
        if self.status == AccountStatus::Pending { Ok(()) } else { Err(IllegalTransition { from: self.status }) }
    }

    fn changed(mut self, body: EventBody, actor: Actor, now: Timestamp) -> Change<Self> {
        self.version += 1;
        self.updated_at = now;
        let event = Event::new(self.version, actor, body, now);
        Change { state: self, event }
    }
}
