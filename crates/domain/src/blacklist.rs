//! The blacklist (R13.2): principals who may not register again, by blind key, with reason, approver and review date.
//!
//! A listing stays in force past its review date until a person removes it; what was removed stays on record.

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
    /// Who answers for it.
    pub approver: Actor,
    pub listed_at: Timestamp,
    /// When a person looks at it again.
    pub review_at: Timestamp,
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
}

impl BlacklistEntry {
    /// Of a principal of whom nothing is known.
    #[must_use]
    pub const fn of(principal_key: PrincipalKey, now: Timestamp) -> Self {
        Self { principal_key, version: 0, listing: None, past: Vec::new(), updated_at: now }
    }

    /// Lists the principal.
    ///
    /// # Errors
    /// When the principal is listed, or the review date is not ahead.
    pub fn list(mut self, new: NewListing, approver: Actor, now: Timestamp) -> Result<Change<Self>, BlacklistRefusal> {
        if self.listing.is_some() {
            return Err(BlacklistRefusal::AlreadyListed);
        }
        if new.review_at <= now {
            return Err(BlacklistRefusal::ReviewInThePast);
        }
        let NewListing { listing_id, account_id, reason, review_at } = new;
        let listing = Listing { listing_id, account_id, reason, approver: approver.clone(), listed_at: now, review_at };
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

    /// What becomes of the entry of the principal that turns out to be `other`: a listing of either bars both. `None`
    /// when this entry bars already, or the other one bars nobody.
    #[must_use]
    pub fn inherit(mut self, other: &Self, actor: Actor, now: Timestamp) -> Option<Change<Self>> {
        let listing = other.listing.clone().filter(|_| self.listing.is_none())?;
        self.listing = Some(listing.clone());
        let body = EventBody::PrincipalListed { principal_key: self.principal_key.clone(), listing: Box::new(listing) };
        Some(self.changed(body, actor, now))
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

    fn lead() -> Actor {
        Actor::caller("arn:aws:iam::000000000000:user/lead")
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
        let change = nobody().list(new(180), lead(), NOW).unwrap();
        let listing = change.state.listing.unwrap();
        assert_eq!(
            (listing.approver, listing.reason.as_str(), listing.review_at),
            (lead(), "多次诈骗", new(180).review_at)
        );
        assert_eq!(change.event.body.name(), "principal_listed");
    }

    #[test]
    fn a_removal_is_recorded_and_not_a_deletion() {
        let listed = nobody().list(new(180), lead(), NOW).unwrap().state;
        let removed = listed.remove("误列".to_owned(), lead(), NOW).unwrap().state;
        assert!(removed.listing.is_none());
        assert_eq!((removed.past.len(), removed.past[0].reason.as_str()), (1, "误列"));
        assert_eq!(removed.clone().remove("再次".to_owned(), lead(), NOW), Err(BlacklistRefusal::NotListed));
        let again = removed.list(new(30), lead(), NOW).unwrap().state;
        assert_eq!((again.listing.is_some(), again.past.len(), again.version), (true, 1, 3));
    }

    #[test]
    fn nobody_is_listed_twice_or_without_a_review_ahead() {
        let listed = nobody().list(new(180), lead(), NOW).unwrap().state;
        assert_eq!(listed.list(new(1), lead(), NOW), Err(BlacklistRefusal::AlreadyListed));
        assert_eq!(nobody().list(new(0), lead(), NOW), Err(BlacklistRefusal::ReviewInThePast));
    }

    #[test]
    fn a_listing_is_inherited_by_whoever_turns_out_to_be_the_same() {
        let listed = nobody().list(new(180), lead(), NOW).unwrap().state;
        let other = BlacklistEntry::of(PrincipalKey::new(1, b"the same by passport"), NOW);
        let change = other.clone().inherit(&listed, lead(), NOW).unwrap();
        assert_eq!(change.state.listing, listed.listing);
        assert_eq!(listed.clone().inherit(&change.state, lead(), NOW), None);
        assert_eq!(listed.inherit(&other, lead(), NOW), None);
    }
}
