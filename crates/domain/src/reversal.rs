//! What the reversal of a decision brings back, worked out before anybody makes it (B9): by the transitions that make it, on what is
//! stored now. A forecast and no promise, for another decision may come first.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    account::Account,
    blacklist::BlacklistEntry,
    case::Matter,
    credit::strike_weight,
    decision::Decision,
    enforcement::EnforcementKind,
    id::{DecisionId, EnforcementId, ListingId},
    publication::{Publication, PublicationStatus},
    removed_content::BankedRemoval,
    settings::CreditRules,
};

/// How something is, and how it would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn<T> {
    pub before: T,
    pub after: T,
}

impl<T: PartialEq> Turn<T> {
    #[must_use]
    pub fn is_change(&self) -> bool {
        self.before != self.after
    }
}

/// What comes back with the reversal of a decision, and what stays because something else stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reversal {
    /// The decision that is undone.
    pub decision_id: DecisionId,
    pub may_publish: Turn<bool>,
    pub measures_in_force: Turn<Vec<MeasureInForce>>,
    /// What the measures of the account count for together.
    pub strikes: Turn<u32>,
    /// Of a decision that refused a publication or took it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publication: Option<PublicationTurn>,
    /// By how many prints copies of what was removed are stopped.
    pub prints_looked_for: Turn<usize>,
    /// Whether whoever is behind the account may not register again (R13.2).
    pub principal_listed: Turn<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasureInForce {
    pub enforcement_id: EnforcementId,
    pub kind: EnforcementKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicationTurn {
    pub status: Turn<PublicationStatus>,
    /// The edition that the public sees.
    pub shown_edition: Turn<Option<u64>>,
}

/// All that a decision may have changed, as it is stored.
#[derive(Debug, Clone)]
pub struct Affected {
    pub account: Account,
    /// Where the decision is about one.
    pub publication: Option<Publication>,
    /// Of whoever is behind the account.
    pub entry: Option<BlacklistEntry>,
    /// What the decision has banked.
    pub banked: Option<BankedRemoval>,
}

impl Affected {
    /// What `acceptance`, the decision that accepts an appeal, leaves of it. Each part is changed as by the enforcer.
    #[must_use]
    pub fn after(&self, acceptance: &Decision, now: Timestamp) -> Self {
        let Self { account, publication, entry, banked } = self.clone();
        let Matter::Appeal { decision_id: appealed, against } = acceptance.matter else { return self.clone() };
        if acceptance.reverses_decision_id != Some(appealed) {
            return self.clone();
        }
        let (actor, is_of_content) = (acceptance.decided_by.clone(), against.is_of_content());
        let restored = publication
            .clone()
            .filter(|_| is_of_content)
            .and_then(|it| it.restore(appealed, against, acceptance, now, actor.clone(), now));
        let (ground, reason) = (ListingId::caused_by(appealed), acceptance.reason.clone());
        let unlisted = entry.clone().and_then(|it| it.withdraw(ground, reason, actor.clone(), now));
        Self {
            account: account.clone().conclude_appeal(acceptance, actor, now).map_or(account, |change| change.state),
            publication: restored.map(|change| change.state).or(publication),
            entry: unlisted.map(|change| change.state).or(entry),
            banked: banked.map(|it| BankedRemoval { withdrawn: it.withdrawn || is_of_content, ..it }),
        }
    }
}

impl Reversal {
    /// What is different at `now` between the two.
    #[must_use]
    pub fn between(
        decision_id: DecisionId,
        (before, after): (&Affected, &Affected),
        credit: &CreditRules,
        now: Timestamp,
    ) -> Self {
        let publication = before.publication.as_ref().zip(after.publication.as_ref());
        Self {
            decision_id,
            may_publish: turn((before, after), |it| it.account.may_publish(now).is_ok()),
            measures_in_force: turn((before, after), |it| measures_in_force(&it.account, now)),
            strikes: turn((before, after), |it| strike_weight(&it.account, credit, now)),
            publication: publication.map(|(before, after)| PublicationTurn {
                status: Turn { before: before.status, after: after.status },
                shown_edition: Turn { before: before.shown_edition(), after: after.shown_edition() },
            }),
            prints_looked_for: turn((before, after), |it| {
                let looked_for = |it: &&BankedRemoval| !it.withdrawn && now < it.until;
                it.banked.as_ref().filter(looked_for).map_or(0, |it| it.prints)
            }),
            principal_listed: turn((before, after), |it| {
                it.entry.as_ref().is_some_and(|entry| entry.listing.is_some())
            }),
        }
    }
}

fn turn<T>((before, after): (&Affected, &Affected), of: impl Fn(&Affected) -> T) -> Turn<T> {
    Turn { before: of(before), after: of(after) }
}

fn measures_in_force(account: &Account, now: Timestamp) -> Vec<MeasureInForce> {
    let in_force = account.enforcements.iter().filter(|it| it.is_in_force(now));
    in_force.map(|it| MeasureInForce { enforcement_id: it.enforcement_id, kind: it.kind }).collect()
}
