//! An order for an evidence package (R16.1, B3): what is to be handed over, on which basis; ordered by one person and
//! approved by another (B8).

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    actor::Actor,
    change::Change,
    event::{Event, EventBody},
    id::{AccountId, PackageId},
    legal_hold::HoldScope,
    subject::Subject,
};

/// The longest period of a package about somebody or something: the record is kept for half a year.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 400);

/// The longest period of a package of everything.
const LONGEST_OF_ALL: SignedDuration = SignedDuration::from_hours(24);

/// What is to be handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageScope {
    /// Whatever names it; of a period without more, everything.
    pub of: HoldScope,
    /// Received from then on and before `until`.
    pub from: Timestamp,
    pub until: Timestamp,
}

/// What the law asks for beyond the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonalData {
    /// Identities and addresses stay sealed.
    Sealed,
    /// The basis asks for identities and addresses in clear.
    Included,
}

/// Whether whole log objects go along, which hold records of others as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogObjects {
    /// They are named, with hash and seal.
    Named,
    /// They are in the package, so that each record can be found in what was sealed.
    Enclosed,
}

/// How far an order has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum PackageState {
    WaitingForApproval,
    /// On its way to whoever builds it.
    Approved {
        approved_by: Actor,
        approved_at: Timestamp,
    },
    Ready {
        approved_by: Actor,
        approved_at: Timestamp,
        built: BuiltPackage,
    },
    Failed {
        approved_by: Actor,
        approved_at: Timestamp,
        reason: PackageFailure,
    },
    Refused {
        refused_by: Actor,
        refused_at: Timestamp,
        reason: String,
    },
}

/// What was built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuiltPackage {
    /// The object in the artefacts bucket.
    pub key: String,
    /// Hex, of the archive.
    pub sha256: String,
    pub size: u64,
    pub records: u64,
    pub built_at: Timestamp,
}

/// Why an approved package cannot be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PackageFailure {
    /// More than one archive takes: order it for shorter periods.
    TooLarge,
}

/// An order and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidencePackage {
    pub package_id: PackageId,
    pub version: u64,
    pub scope: PackageScope,
    /// What the scope came to when it was ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Subject>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    pub legal_basis: String,
    pub reason: String,
    pub personal_data: PersonalData,
    pub log_objects: LogObjects,
    pub ordered_by: Actor,
    pub ordered_at: Timestamp,
    #[serde(flatten)]
    pub state: PackageState,
}

/// Why an order is not taken further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PackageRefusal {
    #[error("the period ends before it begins, or is too long for its scope")]
    Period,
    #[error("the order was approved or refused before")]
    Settled,
    #[error("who ordered the package does not approve it")]
    SamePerson,
    #[error("the package is not ready")]
    NotReady,
}

/// What is said when a package is ordered.
#[derive(Debug, Clone)]
pub struct NewPackage {
    pub package_id: PackageId,
    pub scope: PackageScope,
    pub about: Option<Subject>,
    pub account_id: Option<AccountId>,
    pub legal_basis: String,
    pub reason: String,
    pub personal_data: PersonalData,
    pub log_objects: LogObjects,
}

impl PackageScope {
    /// # Errors
    /// When the period is none, or too long.
    pub fn check(&self) -> Result<(), PackageRefusal> {
        let longest = if matches!(self.of, HoldScope::Period { .. }) { LONGEST_OF_ALL } else { LONGEST };
        let length = self.until.duration_since(self.from);
        if length <= SignedDuration::ZERO || length > longest { Err(PackageRefusal::Period) } else { Ok(()) }
    }
}

impl EvidencePackage {
    /// # Errors
    /// When the period is none, or too long.
    pub fn order(new: NewPackage, actor: Actor, now: Timestamp) -> Result<Change<Self>, PackageRefusal> {
        new.scope.check()?;
        let NewPackage { package_id, scope, about, account_id, legal_basis, reason, personal_data, log_objects } = new;
        let state = Self {
            package_id,
            version: 1,
            scope,
            about,
            account_id,
            legal_basis,
            reason,
            personal_data,
            log_objects,
            ordered_by: actor.clone(),
            ordered_at: now,
            state: PackageState::WaitingForApproval,
        };
        let body = EventBody::EvidencePackageOrdered { package: Box::new(state.clone()) };
        Ok(Change { event: Event::new(1, actor, body, now), state })
    }

    /// Approves the order; it is built from then on.
    ///
    /// # Errors
    /// When it was approved or refused, or the actor ordered it.
    pub fn approve(self, actor: Actor, now: Timestamp) -> Result<Change<Self>, PackageRefusal> {
        self.is_open_to(&actor)?;
        let package_id = self.package_id;
        let approved = PackageState::Approved { approved_by: actor.clone(), approved_at: now };
        Ok(self.moved(approved, actor, EventBody::EvidencePackageApproved { package_id }, now))
    }

    /// # Errors
    /// As of [`approve`](Self::approve); who ordered it may take it back.
    pub fn refuse(self, reason: String, actor: Actor, now: Timestamp) -> Result<Change<Self>, PackageRefusal> {
        if self.state != PackageState::WaitingForApproval {
            return Err(PackageRefusal::Settled);
        }
        let body = EventBody::EvidencePackageRefused { package_id: self.package_id, reason: reason.clone() };
        let refused = PackageState::Refused { refused_by: actor.clone(), refused_at: now, reason };
        Ok(self.moved(refused, actor, body, now))
    }

    /// The outcome of building it. `None` when it is not approved, or has an outcome.
    #[must_use]
    pub fn built(
        self,
        outcome: Result<BuiltPackage, PackageFailure>,
        actor: Actor,
        now: Timestamp,
    ) -> Option<Change<Self>> {
        let PackageState::Approved { approved_by, approved_at } = self.state.clone() else { return None };
        let package_id = self.package_id;
        let (state, body) = match outcome {
            Ok(built) => {
                let body = EventBody::EvidencePackageBuilt {
                    package_id,
                    sha256: built.sha256.clone(),
                    size: built.size,
                    records: built.records,
                };
                (PackageState::Ready { approved_by, approved_at, built }, body)
            }
            Err(reason) => (
                PackageState::Failed { approved_by, approved_at, reason },
                EventBody::EvidencePackageFailed { package_id, reason },
            ),
        };
        Some(self.moved(state, actor, body, now))
    }

    /// Somebody is going to be given the package: each time is on record.
    ///
    /// # Errors
    /// When it is not ready.
    pub fn hand_over(self, actor: Actor, now: Timestamp) -> Result<Change<Self>, PackageRefusal> {
        let PackageState::Ready { .. } = &self.state else { return Err(PackageRefusal::NotReady) };
        let (package_id, state) = (self.package_id, self.state.clone());
        Ok(self.moved(state, actor, EventBody::EvidencePackageHandedOver { package_id }, now))
    }

    /// Who approved it.
    #[must_use]
    pub const fn approver(&self) -> Option<&Actor> {
        match &self.state {
            PackageState::Approved { approved_by, .. }
            | PackageState::Ready { approved_by, .. }
            | PackageState::Failed { approved_by, .. } => Some(approved_by),
            PackageState::WaitingForApproval | PackageState::Refused { .. } => None,
        }
    }

    /// The identifiers in scope, as records spell them; of a principal those of `accounts`.
    #[must_use]
    pub fn names(&self, accounts: &[AccountId]) -> BTreeSet<String> {
        self.scope.of.names(self.about, accounts)
    }

    fn is_open_to(&self, actor: &Actor) -> Result<(), PackageRefusal> {
        if self.state != PackageState::WaitingForApproval {
            return Err(PackageRefusal::Settled);
        }
        if self.ordered_by == *actor || self.ordered_by.is_same_person(actor) {
            return Err(PackageRefusal::SamePerson);
        }
        Ok(())
    }

    fn moved(mut self, state: PackageState, actor: Actor, body: EventBody, now: Timestamp) -> Change<Self> {
        self.version += 1;
        self.state = state;
        let event = Event::new(self.version, actor, body, now);
        Change { state: self, event }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn person(name: &str) -> Actor {
        Actor::caller(&format!("arn:aws:sts::1:assumed-role/officer/caller_{name}"))
    }

    fn ordered() -> EvidencePackage {
        let now = at("2026-11-23T10:00:00Z");
        let account = AccountId::at(now);
        let scope = PackageScope {
            of: HoldScope::Subject { subject: Subject::Account(account) },
            from: at("2026-11-01T00:00:00Z"),
            until: now,
        };
        let new = NewPackage {
            package_id: PackageId::at(now),
            scope,
            about: Some(Subject::Account(account)),
            account_id: Some(account),
            legal_basis: "（2026）调证字第 1 号".to_owned(),
            reason: "协助调查".to_owned(),
            personal_data: PersonalData::Sealed,
            log_objects: LogObjects::Named,
        };
        EvidencePackage::order(new, person("li"), now).unwrap().state
    }

    #[test]
    fn a_package_is_approved_by_another_person_and_once() {
        let now = at("2026-11-23T10:00:00Z");
        assert_eq!(ordered().approve(person("li"), now).unwrap_err(), PackageRefusal::SamePerson);
        let approved = ordered().approve(person("wang"), now).unwrap().state;
        assert_eq!(approved.clone().approve(person("zhao"), now).unwrap_err(), PackageRefusal::Settled);
        assert_eq!(
            approved.clone().refuse("误批".to_owned(), person("zhao"), now).unwrap_err(),
            PackageRefusal::Settled
        );
        assert_eq!(approved.hand_over(person("li"), now).unwrap_err(), PackageRefusal::NotReady);
    }

    #[test]
    fn what_is_built_is_built_once_and_handed_over_on_record() {
        let now = at("2026-11-23T10:00:00Z");
        let built = BuiltPackage { key: "k".to_owned(), sha256: "0".repeat(64), size: 1, records: 1, built_at: now };
        assert!(ordered().built(Ok(built.clone()), person("x"), now).is_none(), "nobody has approved it");
        let approved = ordered().approve(person("wang"), now).unwrap().state;
        let ready = approved.built(Ok(built.clone()), Actor::function("record-worker"), now).unwrap().state;
        assert!(ready.clone().built(Ok(built), person("x"), now).is_none());
        let handed = ready.hand_over(person("li"), now).unwrap();
        assert_eq!((handed.state.version, handed.event.body.name()), (4, "evidence_package_handed_over"));
    }

    #[test]
    fn everything_is_asked_for_by_the_day_and_one_account_by_the_year() {
        let scope = |of, from, until| PackageScope { of, from: at(from), until: at(until) };
        let period = HoldScope::Period { from: at("2026-11-01T00:00:00Z"), until: at("2026-11-02T00:00:00Z") };
        let day = scope(period.clone(), "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z");
        let month = scope(period, "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z");
        assert_eq!((day.check(), month.check()), (Ok(()), Err(PackageRefusal::Period)));
        assert_eq!(ordered().scope.check(), Ok(()));
    }
}
