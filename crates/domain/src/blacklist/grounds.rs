//! What a listing stands on: two decisions may ask for the same one, and the reversal of either leaves it to the other (B9).

use jiff::Timestamp;

use super::{BlacklistEntry, Listing};
use crate::{actor::Actor, change::Change, event::EventBody, id::ListingId};

impl Listing {
    /// What it stands on: what it was made for, as long as that was not reversed, and what asked for it later.
    #[must_use]
    pub fn grounds(&self) -> &[ListingId] {
        if self.asked_by.is_empty() { std::slice::from_ref(&self.listing_id) } else { &self.asked_by }
    }
}

impl BlacklistEntry {
    /// Whether the principal is, or was, listed for what `ground` names.
    #[must_use]
    pub fn has_heard(&self, ground: ListingId) -> bool {
        let past = self.past.iter().map(|past| &past.listing);
        past.chain(&self.listing).any(|listing| listing.grounds().contains(&ground))
    }

    /// Lets the listing that is there stand on `ground` too. `None` where there is none, or it does.
    #[must_use]
    pub fn also_list(mut self, ground: ListingId, actor: Actor, now: Timestamp) -> Option<Change<Self>> {
        let mut listing = self.listing.take_if(|listing| !listing.grounds().contains(&ground))?;
        listing.asked_by = listing.grounds().iter().copied().chain([ground]).collect();
        Some(self.standing_on(listing, actor, now))
    }

    /// Takes `ground` from under the listing, which goes with the last one. `None` where it does not stand on that.
    #[must_use]
    pub fn withdraw(mut self, ground: ListingId, reason: String, actor: Actor, now: Timestamp) -> Option<Change<Self>> {
        let mut listing = self.listing.take_if(|listing| listing.grounds().contains(&ground))?;
        if listing.grounds() == [ground] {
            self.listing = Some(listing);
            return self.remove(reason, actor, now).ok();
        }
        listing.asked_by = listing.grounds().iter().copied().filter(|it| *it != ground).collect();
        Some(self.standing_on(listing, actor, now))
    }

    /// The record is told on what it stands now.
    fn standing_on(mut self, listing: Listing, actor: Actor, now: Timestamp) -> Change<Self> {
        self.listing = Some(listing.clone());
        let body = EventBody::PrincipalListed { principal_key: self.principal_key.clone(), listing: Box::new(listing) };
        self.changed(body, actor, now)
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::{blacklist::NewListing, principal::PrincipalKey};

    const NOW: Timestamp = Timestamp::constant(1_795_406_400, 0);

    fn enforcer() -> Actor {
        Actor::function("enforcer")
    }

    fn listed_for(ground: ListingId) -> BlacklistEntry {
        let review_at = NOW + SignedDuration::from_hours(24);
        let new = NewListing { listing_id: ground, account_id: None, reason: "多次诈骗".to_owned(), review_at };
        let entry = BlacklistEntry::of(PrincipalKey::new(1, b"somebody"), NOW);
        entry.list(new, None, enforcer(), NOW).unwrap().state
    }

    fn withdrawn(entry: BlacklistEntry, ground: ListingId) -> Option<BlacklistEntry> {
        entry.withdraw(ground, "申诉成立".to_owned(), enforcer(), NOW).map(|change| change.state)
    }

    #[test]
    fn a_listing_that_two_decisions_ask_for_outlives_the_reversal_of_either() {
        let (first, second) = (ListingId::at(NOW), ListingId::at(NOW));
        let both = listed_for(first).also_list(second, enforcer(), NOW).unwrap().state;
        assert_eq!(both.clone().also_list(second, enforcer(), NOW), None, "once");
        for (reversed, left) in [(first, second), (second, first)] {
            let entry = withdrawn(both.clone(), reversed).unwrap();
            assert_eq!(entry.listing.as_ref().unwrap().grounds(), [left]);
            assert_eq!(withdrawn(entry.clone(), reversed), None, "once");
            let entry = withdrawn(entry, left).unwrap();
            assert!(entry.listing.is_none() && entry.has_heard(left));
        }
    }

    #[test]
    fn what_a_person_takes_off_the_list_goes_with_all_it_stood_on() {
        let (first, second) = (ListingId::at(NOW), ListingId::at(NOW));
        let both = listed_for(first).also_list(second, enforcer(), NOW).unwrap().state;
        let entry = both.remove("误列".to_owned(), enforcer(), NOW).unwrap().state;
        assert!(entry.listing.is_none() && entry.has_heard(first) && entry.has_heard(second));
        assert!(!entry.has_heard(ListingId::at(NOW)));
    }

    #[test]
    fn a_listing_from_before_stands_on_what_it_was_made_for() {
        let ground = ListingId::at(NOW);
        let mut entry = serde_json::to_value(listed_for(ground)).unwrap();
        assert_eq!(entry["listing"].as_object_mut().unwrap().remove("asked_by"), None);
        let entry: BlacklistEntry = serde_json::from_value(entry).unwrap();
        assert_eq!(entry.listing.unwrap().grounds(), [ground]);
    }
}
