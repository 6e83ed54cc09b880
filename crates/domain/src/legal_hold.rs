//! Legal holds (B1): while one is in force, nothing in its scope is deleted, whatever its period says. It is placed by one
//! person and released by another, and the record of both outlives what was held.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    actor::Actor,
    change::Change,
    event::{Event, EventBody},
    id::{AccountId, CaseId, HoldId, RunId},
    principal::PrincipalKey,
    subject::Subject,
};

/// The longest period that one hold takes: more than the record is kept for, less than a slip of the pen.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 732);

/// What is held.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum HoldScope {
    /// Whatever names the account, publication or comment.
    Subject {
        #[serde(flatten)]
        subject: Subject,
    },
    /// Whatever names the case, and what it is about.
    Case { case_id: CaseId },
    /// Whatever names an account of the principal, those included that it registers later.
    Principal { principal_key: PrincipalKey },
    /// Whatever was received from `from` on and before `until`.
    Period { from: Timestamp, until: Timestamp },
}

/// Log objects or rows whose deletion was under way when the hold was placed: for them it came too late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateFor {
    pub run_id: RunId,
    /// The start of the hour swept.
    pub hour: Timestamp,
    /// The names of the objects, without the prefix of their hour; of rows their identifiers.
    pub objects: Vec<String>,
}

/// A hold, in force until it is released.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalHold {
    pub hold_id: HoldId,
    pub version: u64,
    pub scope: HoldScope,
    /// What the scope came to when the hold was placed: the subject, or that of the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Subject>,
    /// Whose account that is, whose sealed identity is held as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    /// The order, request or law that asks for it.
    pub legal_basis: String,
    pub reason: String,
    pub placed_by: Actor,
    pub placed_at: Timestamp,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub late_for: Vec<LateFor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<Release>,
}

/// Why, when and by whom a hold was released.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    pub reason: String,
    pub released_by: Actor,
    pub released_at: Timestamp,
}

/// What is said when a hold is placed.
#[derive(Debug, Clone)]
pub struct NewHold {
    pub hold_id: HoldId,
    pub scope: HoldScope,
    pub about: Option<Subject>,
    pub account_id: Option<AccountId>,
    pub legal_basis: String,
    pub reason: String,
    pub late_for: Vec<LateFor>,
}

/// Why a hold is not placed, or not released.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HoldRefusal {
    #[error("the period ends before it begins, or is longer than two years")]
    Period,
    #[error("the hold is released")]
    Released,
    #[error("who placed the hold does not release it")]
    SamePerson,
    #[error("as many holds are in force as may be")]
    TooMany,
}

impl HoldScope {
    /// # Errors
    /// When it is a period that is none, or a very long one.
    pub fn check(&self) -> Result<(), HoldRefusal> {
        match self {
            Self::Period { from, until } if until <= from || until.duration_since(*from) > LONGEST => {
                Err(HoldRefusal::Period)
            }
            _ => Ok(()),
        }
    }

    /// The identifiers in the scope, which comes to `about`, as records spell them; of a principal those of `accounts`.
    #[must_use]
    pub fn names(&self, about: Option<Subject>, accounts: &[AccountId]) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        match self {
            Self::Subject { subject } => drop(names.insert(subject.subject_id())),
            Self::Case { case_id } => drop(names.insert(case_id.to_string())),
            Self::Principal { principal_key } => {
                names.insert(principal_key.as_str().to_owned());
                names.extend(accounts.iter().map(ToString::to_string));
            }
            Self::Period { .. } => {}
        }
        names.extend(about.map(|subject| subject.subject_id()));
        names
    }
}

impl LegalHold {
    /// # Errors
    /// When the scope is a period that is none.
    pub fn place(new: NewHold, actor: Actor, now: Timestamp) -> Result<Change<Self>, HoldRefusal> {
        let NewHold { hold_id, scope, about, account_id, legal_basis, reason, late_for } = new;
        scope.check()?;
        let state = Self {
            hold_id,
            version: 1,
            scope,
            about,
            account_id,
            legal_basis,
            reason,
            placed_by: actor.clone(),
            placed_at: now,
            late_for,
            release: None,
        };
        let event = Event::new(1, actor, EventBody::LegalHoldPlaced { hold: Box::new(state.clone()) }, now);
        Ok(Change { state, event })
    }

    /// Ends the hold. What it kept is deleted by the next sweep, unless another hold keeps it.
    ///
    /// # Errors
    /// When it is released, or the actor is who placed it: one pair of eyes is not enough to let evidence go.
    pub fn release(mut self, reason: String, actor: Actor, now: Timestamp) -> Result<Change<Self>, HoldRefusal> {
        if self.release.is_some() {
            return Err(HoldRefusal::Released);
        }
        if self.placed_by == actor || self.placed_by.is_same_person(&actor) {
            return Err(HoldRefusal::SamePerson);
        }
        self.version += 1;
        self.release = Some(Release { reason: reason.clone(), released_by: actor.clone(), released_at: now });
        let body = EventBody::LegalHoldReleased { hold_id: self.hold_id, reason };
        let event = Event::new(self.version, actor, body, now);
        Ok(Change { state: self, event })
    }

    #[must_use]
    pub const fn is_in_force(&self) -> bool {
        self.release.is_none()
    }

    /// The principal whose accounts are held, if it is one.
    #[must_use]
    pub const fn principal(&self) -> Option<&PrincipalKey> {
        match &self.scope {
            HoldScope::Principal { principal_key } => Some(principal_key),
            _ => None,
        }
    }

    /// The identifiers in the hold's scope, as records spell them; of a principal those of `accounts`, which it has by now.
    #[must_use]
    pub fn names(&self, accounts: &[AccountId]) -> BTreeSet<String> {
        self.scope.names(self.about, accounts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn new(scope: HoldScope) -> NewHold {
        NewHold {
            hold_id: HoldId::at(at("2026-11-23T10:00:00Z")),
            scope,
            about: None,
            account_id: None,
            legal_basis: "（2026）调证字第 1 号".to_owned(),
            reason: "诉讼保全".to_owned(),
            late_for: vec![],
        }
    }

    fn period(from: &str, until: &str) -> HoldScope {
        HoldScope::Period { from: at(from), until: at(until) }
    }

    fn person(role: &str, name: &str) -> Actor {
        Actor::caller(&format!("arn:aws:sts::1:assumed-role/{role}/caller_{name}"))
    }

    #[test]
    fn a_hold_is_released_by_another_person_and_once() {
        let now = at("2026-11-23T10:00:00Z");
        let scope = period("2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z");
        let hold = LegalHold::place(new(scope), person("officer", "li"), now).unwrap().state;
        let release = |hold: LegalHold, actor: Actor| hold.release("诉讼终结".to_owned(), actor, now);
        for same in [person("officer", "li"), person("lead", "li")] {
            assert_eq!(release(hold.clone(), same).unwrap_err(), HoldRefusal::SamePerson);
        }
        let released = release(hold, person("officer", "wang")).unwrap();
        assert_eq!((released.state.version, released.state.is_in_force()), (2, false));
        assert_eq!(release(released.state, person("lead", "zhao")).unwrap_err(), HoldRefusal::Released);
    }

    #[test]
    fn a_period_ends_after_it_begins_and_before_two_years_are_over() {
        let day = "2026-11-01T00:00:00Z";
        for (from, until) in [(day, day), (day, "2026-10-01T00:00:00Z"), (day, "2029-11-01T00:00:00Z")] {
            assert_eq!(period(from, until).check(), Err(HoldRefusal::Period));
        }
        assert_eq!(period(day, "2027-11-01T00:00:00Z").check(), Ok(()));
    }

    #[test]
    fn the_names_in_scope_are_those_of_the_subject_and_of_the_accounts_by_now() {
        let (account, case) = (AccountId::at(at("2026-11-23T10:00:00Z")), CaseId::at(at("2026-11-23T10:00:00Z")));
        let now = at("2026-11-23T10:00:00Z");
        let placed = |scope: HoldScope, about| {
            LegalHold::place(NewHold { about, ..new(scope) }, person("officer", "li"), now).unwrap().state
        };
        let of_case = placed(HoldScope::Case { case_id: case }, Some(Subject::Account(account)));
        assert_eq!(of_case.names(&[]), [case.to_string(), account.to_string()].into());
        let key = PrincipalKey::new(1, &[7; 32]);
        let of_principal = placed(HoldScope::Principal { principal_key: key.clone() }, None);
        assert_eq!(of_principal.names(&[account]), [key.as_str().to_owned(), account.to_string()].into());
    }
}
