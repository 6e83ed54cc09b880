//! What a listing of its principal on the blacklist means for an account (R13.2).

use jiff::Timestamp;

use super::Account;
use crate::{actor::Actor, case::Matter, change::Change, event::EventBody, id::ListingId};

impl Account {
    /// Notes that the account's principal was put on the blacklist: what is to become of the account is for a person to
    /// decide by `due_at`. `None` when that is noted already, or nothing is left to decide about.
    #[must_use]
    pub fn principal_listed(
        mut self,
        listing_id: ListingId,
        due_at: Timestamp,
        actor: Actor,
        now: Timestamp,
    ) -> Option<Change<Self>> {
        // Where a decision has closed the account, nothing is left to decide about either; the listing keeps its identity.
        let is_closed = self.closed_by(now).is_some();
        if is_closed && !self.status.is_final() && self.principal_listing != Some(listing_id) {
            self.principal_listing = Some(listing_id);
            let body = EventBody::AccountPrincipalListed { account_id: self.account_id, listing_id };
            return Some(self.changed(body, actor, now));
        }
        if self.status.is_final() || self.principal_listing.replace(listing_id) == Some(listing_id) {
            return None;
        }
        let matter = Matter::PrincipalListing { listing_id };
        let body = EventBody::ManualReviewRequested { account_id: self.account_id, matter, due_at };
        Some(self.changed(body, actor, now))
    }

    /// Notes that the account's principal was taken off the blacklist. `None` when that listing is not noted.
    #[must_use]
    pub fn principal_unlisted(mut self, listing_id: ListingId, actor: Actor, now: Timestamp) -> Option<Change<Self>> {
        self.principal_listing.take_if(|known| *known == listing_id)?;
        let body = EventBody::AccountPrincipalUnlisted { account_id: self.account_id, listing_id };
        Some(self.changed(body, actor, now))
    }
}
