//! The blacklist (R13.2): principals who may not register again, by blind key, with reason, approver and review date.
//!
//! A listing is a severe step: somebody proposes it, and it is in force when somebody else agrees (B8). It stays in force past
//! its review date until a person removes it; what was removed, or not agreed to, stays on record.

mod grounds;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    actor::Actor,
    change::Change,
    event::{Event, EventBody},
    id::{AccountId, ListingId},
    principal::PrincipalKey,
};

/// Everything that the blacklist knows of one principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlacklistEntry {
    pub principal_key: PrincipalKey,
    /// Counts the changes; guards every write.
    pub version: u64,
    /// In force while it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listing: Option<Listing>,
    /// Bars nobody: it waits for a second person. There is none while a listing is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<ProposedListing>,
    /// What the second person did not agree to, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<RefusedListing>,
    /// Listings that were removed or renewed, oldest first.
    #[serde(default)]
    pub past: Vec<PastListing>,
    pub updated_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    pub listing_id: ListingId,
    /// The account whose conduct led to it, if one was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    pub reason: String,
    /// Who has asked for it; `None` of what nobody but the approver did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_by: Option<Actor>,
    /// Who has agreed, and answers for it.
    pub approver: Actor,
    pub listed_at: Timestamp,
    /// When a person looks at it again.
    pub review_at: Timestamp,
    /// What it stands on, where that is more, or other, than what it was made for ([`grounds`](Listing::grounds)).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked_by: Vec<ListingId>,
}

/// A listing that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposedListing {
    pub listing_id: ListingId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    pub reason: String,
    pub review_at: Timestamp,
    pub proposed_by: Actor,
    pub proposed_at: Timestamp,
}

/// A listing that was asked for and that the second person did not agree to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedListing {
    pub proposal: ProposedListing,
    /// Why, for staff alone.
    pub reason: String,
    pub refused_by: Actor,
    pub refused_at: Timestamp,
}

/// A listing that is no longer in force, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastListing {
    pub listing: Listing,
    pub reason: String,
    pub removed_by: Actor,
    pub removed_at: Timestamp,
}

/// What a person lists a principal for.
#[derive(Debug, Clone)]
pub struct NewListing {
    pub listing_id: ListingId,
    pub account_id: Option<AccountId>,
    pub reason: String,
    pub review_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BlacklistRefusal {
    #[error("the principal is listed already")]
    AlreadyListed,
    #[error("the principal is not listed")]
    NotListed,
    #[error("the review lies in the past")]
    ReviewInThePast,
    #[error("a listing of the principal waits for a second person already")]
    AlreadyProposed,
    #[error("no such listing waits for a second person")]
    NothingProposed,
    #[error("whoever agrees has proposed it")]
    OwnProposal,
}

impl BlacklistEntry {
    /// Of a principal of whom nothing is known.
    #[must_use]
    pub const fn of(principal_key: PrincipalKey, now: Timestamp) -> Self {
        Self {
            principal_key,
            version: 0,
            listing: None,
            proposed: None,
            refused: Vec::new(),
            past: Vec::new(),
            updated_at: now,
        }
    }

    /// Asks for a listing, which bars nobody yet.
    ///
    /// # Errors
    /// When the principal is listed, a listing of it waits already, or the review date is not ahead.
    pub fn propose(
        mut self,
        new: NewListing,
        proposer: Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, BlacklistRefusal> {
        self.may_list(&new, now)?;
        if self.proposed.is_some() {
            return Err(BlacklistRefusal::AlreadyProposed);
        }
        let NewListing { listing_id, account_id, reason, review_at } = new;
        let proposed_by = proposer.clone();
        let proposal = ProposedListing { listing_id, account_id, reason, review_at, proposed_by, proposed_at: now };
        self.proposed = Some(proposal.clone());
        Ok(self.proposing(proposal, proposer, now))
    }

    /// Agrees to the listing that waits: the principal is listed from now on.
    ///
    /// # Errors
    /// When that listing does not wait, `second` has asked for it, or its review date has passed meanwhile.
    pub fn approve(
        mut self,
        listing_id: ListingId,
        second: Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, BlacklistRefusal> {
        let ProposedListing { account_id, reason, review_at, proposed_by, .. } =
            self.proposal_for(listing_id, &second)?;
        self.list(NewListing { listing_id, account_id, reason, review_at }, Some(proposed_by), second, now)
    }

    /// Does not agree to it; the proposal stays on record.
    ///
    /// # Errors
    /// When that listing does not wait, or `second` has asked for it.
    pub fn refuse(
        mut self,
        listing_id: ListingId,
        reason: String,
        second: Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, BlacklistRefusal> {
        let proposal = self.proposal_for(listing_id, &second)?;
        let body =
            EventBody::ListingRefused { principal_key: self.principal_key.clone(), listing_id, reason: reason.clone() };
        self.refused.push(RefusedListing { proposal, reason, refused_by: second.clone(), refused_at: now });
        Ok(self.changed(body, second, now))
    }

    /// Lists the principal for what two people have agreed to: `approver`, and whoever has asked for it. Nothing waits
    /// any more.
    ///
    /// # Errors
    /// When the principal is listed, or the review date is not ahead.
    pub fn list(
        mut self,
        new: NewListing,
        proposed_by: Option<Actor>,
        approver: Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, BlacklistRefusal> {
        self.may_list(&new, now)?;
        let NewListing { listing_id, account_id, reason, review_at } = new;
        let listing = Listing {
            listing_id,
            account_id,
            reason,
            proposed_by,
            approver: approver.clone(),
            listed_at: now,
            review_at,
            asked_by: Vec::new(),
        };
        self.proposed = None;
        self.listing = Some(listing.clone());
        let body = EventBody::PrincipalListed { principal_key: self.principal_key.clone(), listing: Box::new(listing) };
        Ok(self.changed(body, approver, now))
    }

    /// Takes the principal off the list; the listing stays on record.
    ///
    /// # Errors
    /// When the principal is not listed.
    pub fn remove(mut self, reason: String, actor: Actor, now: Timestamp) -> Result<Change<Self>, BlacklistRefusal> {
        let Some(listing) = self.listing.take() else { return Err(BlacklistRefusal::NotListed) };
        let body = EventBody::PrincipalUnlisted {
            principal_key: self.principal_key.clone(),
            listing_id: listing.listing_id,
            reason: reason.clone(),
        };
        self.past.push(PastListing { listing, reason, removed_by: actor.clone(), removed_at: now });
        Ok(self.changed(body, actor, now))
    }

    /// What becomes of the entry of the principal that turns out to be `other`: a listing of either bars both, and one that
    /// waits for a second person is of both. `None` when this entry bars already, or the other one has nothing that this
    /// one has not.
    #[must_use]
    pub fn inherit(mut self, other: &Self, actor: Actor, now: Timestamp) -> Option<Change<Self>> {
        if self.listing.is_some() {
            return None;
        }
        let Some(listing) = other.listing.clone() else {
            let proposal = other.proposed.clone().filter(|_| self.proposed.is_none())?;
            self.proposed = Some(proposal.clone());
            return Some(self.proposing(proposal, actor, now));
        };
        self.proposed = None;
        self.listing = Some(listing.clone());
        let body = EventBody::PrincipalListed { principal_key: self.principal_key.clone(), listing: Box::new(listing) };
        Some(self.changed(body, actor, now))
    }

    fn may_list(&self, new: &NewListing, now: Timestamp) -> Result<(), BlacklistRefusal> {
        if self.listing.is_some() {
            return Err(BlacklistRefusal::AlreadyListed);
        }
        if new.review_at <= now {
            return Err(BlacklistRefusal::ReviewInThePast);
        }
        Ok(())
    }

    fn proposal_for(&mut self, listing_id: ListingId, second: &Actor) -> Result<ProposedListing, BlacklistRefusal> {
        let is_meant = |proposal: &ProposedListing| proposal.listing_id == listing_id;
        let Some(proposal) = self.proposed.as_ref().filter(|proposal| is_meant(proposal)) else {
            return Err(BlacklistRefusal::NothingProposed);
        };
        if proposal.proposed_by.is_same_person(second) {
            return Err(BlacklistRefusal::OwnProposal);
        }
        self.proposed.take().ok_or(BlacklistRefusal::NothingProposed)
    }

    fn proposing(self, proposal: ProposedListing, actor: Actor, now: Timestamp) -> Change<Self> {
        let proposal = Box::new(proposal);
        let body = EventBody::ListingProposed { principal_key: self.principal_key.clone(), proposal };
        self.changed(body, actor, now)
    }

    fn changed(mut self, body: EventBody, actor: Actor, now: Timestamp) -> Change<Self> {
        self.version += 1;
        self.updated_at = now;
        let event = Event::new(self.version, actor, body, now);
        Change { state: self, event }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_795_406_400, 0);

    fn person(role: &str, name: &str) -> Actor {
        Actor::caller(&format!("arn:aws:sts::1:assumed-role/{role}/caller_{name}"))
    }

    fn lead() -> Actor {
        person("lead", "zhao")
    }

    fn reviewer() -> Actor {
        person("reviewer", "li")
    }

    /// What two people have agreed to.
    fn listed(entry: BlacklistEntry, days: i64) -> Result<Change<BlacklistEntry>, BlacklistRefusal> {
        entry.list(new(days), Some(reviewer()), lead(), NOW)
    }

    fn proposed() -> (BlacklistEntry, ListingId) {
        let entry = nobody().propose(new(180), reviewer(), NOW).unwrap().state;
        let listing_id = entry.proposed.as_ref().unwrap().listing_id;
        (entry, listing_id)
    }

    fn new(days: i64) -> NewListing {
        NewListing {
            listing_id: ListingId::at(NOW),
            account_id: None,
            reason: "多次诈骗".to_owned(),
            review_at: NOW + SignedDuration::from_hours(24 * days),
        }
    }

    fn nobody() -> BlacklistEntry {
        BlacklistEntry::of(PrincipalKey::new(1, b"somebody"), NOW)
    }

    #[test]
    fn a_listing_names_reason_approver_and_review_date() {
        let change = listed(nobody(), 180).unwrap();
        let listing = change.state.listing.unwrap();
        assert_eq!(
            (listing.approver, listing.reason.as_str(), listing.review_at),
            (lead(), "多次诈骗", new(180).review_at)
        );
        assert_eq!(change.event.body.name(), "principal_listed");
    }

    #[test]
    fn a_removal_is_recorded_and_not_a_deletion() {
        let entry = listed(nobody(), 180).unwrap().state;
        let removed = entry.remove("误列".to_owned(), lead(), NOW).unwrap().state;
        assert!(removed.listing.is_none());
        assert_eq!((removed.past.len(), removed.past[0].reason.as_str()), (1, "误列"));
        assert_eq!(removed.clone().remove("再次".to_owned(), lead(), NOW), Err(BlacklistRefusal::NotListed));
        let again = listed(removed, 30).unwrap().state;
        assert_eq!((again.listing.is_some(), again.past.len(), again.version), (true, 1, 3));
    }

    #[test]
    fn nobody_is_listed_twice_or_without_a_review_ahead() {
        let entry = listed(nobody(), 180).unwrap().state;
        assert_eq!(listed(entry, 1), Err(BlacklistRefusal::AlreadyListed));
        assert_eq!(listed(nobody(), 0), Err(BlacklistRefusal::ReviewInThePast));
    }

    #[test]
    fn a_listing_is_inherited_by_whoever_turns_out_to_be_the_same() {
        let entry = listed(nobody(), 180).unwrap().state;
        let other = BlacklistEntry::of(PrincipalKey::new(1, b"the same by passport"), NOW);
        let change = other.clone().inherit(&entry, lead(), NOW).unwrap();
        assert_eq!(change.state.listing, entry.listing);
        assert_eq!(entry.clone().inherit(&change.state, lead(), NOW), None);
        assert_eq!(entry.inherit(&other, lead(), NOW), None);
    }

    #[test]
    fn what_is_proposed_bars_nobody_until_a_second_person_agrees() {
        let (entry, listing_id) = proposed();
        assert!(entry.listing.is_none());
        let change = entry.approve(listing_id, lead(), NOW).unwrap();
        let listing = change.state.listing.clone().unwrap();
        assert_eq!((listing.proposed_by, listing.approver), (Some(reviewer()), lead()));
        assert_eq!((change.state.proposed.is_none(), change.event.body.name()), (true, "principal_listed"));
        assert_eq!(change.state.approve(listing_id, lead(), NOW), Err(BlacklistRefusal::NothingProposed));
    }

    #[test]
    fn the_proposer_is_no_second_person_in_whatever_role() {
        let (entry, listing_id) = proposed();
        let also_li = person("lead", "li");
        assert_eq!(entry.clone().approve(listing_id, also_li.clone(), NOW), Err(BlacklistRefusal::OwnProposal));
        assert_eq!(entry.refuse(listing_id, "不".to_owned(), also_li, NOW), Err(BlacklistRefusal::OwnProposal));
    }

    #[test]
    fn what_is_not_agreed_to_stays_on_record_and_may_be_proposed_anew() {
        let (entry, listing_id) = proposed();
        assert_eq!(entry.clone().propose(new(9), lead(), NOW), Err(BlacklistRefusal::AlreadyProposed));
        let refused = entry.refuse(listing_id, "证据不足".to_owned(), lead(), NOW).unwrap().state;
        assert_eq!((refused.listing.is_none(), refused.proposed.is_none(), refused.refused.len()), (true, true, 1));
        assert_eq!(refused.clone().approve(listing_id, lead(), NOW), Err(BlacklistRefusal::NothingProposed));
        assert!(refused.propose(new(9), reviewer(), NOW).is_ok());
    }

    #[test]
    fn an_agreement_that_comes_after_the_review_date_lists_nobody() {
        let (entry, listing_id) = proposed();
        let late = NOW + SignedDuration::from_hours(24 * 180);
        assert_eq!(entry.approve(listing_id, lead(), late), Err(BlacklistRefusal::ReviewInThePast));
    }

    #[test]
    fn what_a_decision_lists_leaves_nothing_waiting() {
        let (entry, listing_id) = proposed();
        let entry = listed(entry, 30).unwrap().state;
        assert_eq!(entry.clone().approve(listing_id, lead(), NOW), Err(BlacklistRefusal::NothingProposed));
        assert_eq!(entry.propose(new(9), reviewer(), NOW), Err(BlacklistRefusal::AlreadyListed));
    }

    #[test]
    fn what_waits_is_inherited_and_a_listing_comes_before_it() {
        let (entry, listing_id) = proposed();
        let other = BlacklistEntry::of(PrincipalKey::new(1, b"the same by passport"), NOW);
        let change = other.clone().inherit(&entry, lead(), NOW).unwrap();
        assert_eq!(change.event.body.name(), "listing_proposed");
        assert!(change.state.approve(listing_id, lead(), NOW).is_ok());
        let barred = listed(other, 30).unwrap().state;
        assert_eq!(barred.clone().inherit(&entry, lead(), NOW), None);
        let inherited = entry.inherit(&barred, lead(), NOW).unwrap().state;
        assert_eq!((inherited.listing, inherited.proposed), (barred.listing, None));
    }
}
