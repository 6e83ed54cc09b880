//! The blacklist (R13.2): two people list a principal, of whom one proposes and the other agrees (B8); one removes it, or says
//! which documents belong to one. What that means for accounts that exist is brought to them one by one.

use std::sync::Arc;

use domain::{
    account::Account,
    actor::Actor,
    blacklist::{BlacklistEntry, NewListing},
    change::Change,
    document::{Document, DocumentType, Presented},
    event::{Event, EventBody},
    id::{AccountId, ListingId},
    personal::{Personal, Purpose},
    principal::PrincipalKey,
    principal_alias::PrincipalAlias,
    profile::Profile,
    retention::SHANGHAI,
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    error::AppError,
    ports::{
        AccountLedger, Blacklist, BlacklistPage, BlacklistPart, Clock, PortError, PrincipalIndex, PrincipalRegister,
        SaveError,
    },
    principal_keys,
};

/// Two people at one principal at once: the second try reads what the first left.
const TRIES: usize = 5;

/// How a principal is named by whoever speaks of it. The system gives the key; of a document only the key is kept.
#[derive(Debug, Clone)]
pub enum PrincipalReference {
    Account(AccountId),
    Key(PrincipalKey),
    Document { document_type: DocumentType, number: Personal<String>, issuing_state: Option<Personal<String>> },
}

/// Who is to be listed, and why.
#[derive(Debug, Clone)]
pub struct ProposeListing {
    /// Names the listing; a second try of the same one meets the first.
    pub operation_id: Uuid,
    pub principal: PrincipalReference,
    pub reason: String,
    pub review_at: Timestamp,
    pub proposer: Actor,
}

/// That somebody agrees to a listing that waits.
#[derive(Debug, Clone)]
pub struct AgreeToListing {
    pub principal_key: PrincipalKey,
    pub listing_id: ListingId,
    pub second: Actor,
}

/// That somebody does not.
#[derive(Debug, Clone)]
pub struct DisagreeToListing {
    pub principal_key: PrincipalKey,
    pub listing_id: ListingId,
    /// Why, for staff alone.
    pub reason: String,
    pub second: Actor,
}

/// The staff's side of the blacklist.
pub struct BlacklistDesk {
    pub accounts: Arc<dyn AccountLedger>,
    pub principals: Arc<dyn PrincipalRegister>,
    pub blacklist: Arc<dyn Blacklist>,
    pub index: Arc<dyn PrincipalIndex>,
    pub clock: Arc<dyn Clock>,
}

impl BlacklistDesk {
    /// Asks for a listing, which waits for a second person and bars nobody until then.
    ///
    /// # Errors
    /// When the reference leads nowhere, the principal is listed, a listing of it waits, the review lies in the past, or a
    /// port does not work.
    pub async fn propose(&self, command: ProposeListing) -> Result<BlacklistEntry, AppError> {
        let key = self.key_of(&command.principal).await?;
        self.change(&key, |entry, now| {
            let new = new_listing(&command);
            if knows(&entry, new.listing_id) {
                return Ok(Step::Done(Box::new(entry)));
            }
            Ok(Step::Change(Box::new(entry.propose(new, command.proposer.clone(), now)?)))
        })
        .await
    }

    /// Whether [`propose`](Self::propose) would take it, as things are.
    ///
    /// # Errors
    /// As there.
    pub async fn may_propose(&self, command: &ProposeListing) -> Result<(), AppError> {
        let key = self.principals.canonical(&self.key_of(&command.principal).await?).await?;
        let now = self.clock.now();
        let entry = self.blacklist.entry(&key).await?.unwrap_or_else(|| BlacklistEntry::of(key, now));
        let new = new_listing(command);
        if !knows(&entry, new.listing_id) {
            entry.propose(new, command.proposer.clone(), now)?;
        }
        Ok(())
    }

    /// The principal is listed: it cannot register from then on, and its accounts come before people.
    ///
    /// # Errors
    /// When that listing does not wait, whoever agrees has asked for it, its review date has passed, or a port does not
    /// work.
    pub async fn agree(&self, command: AgreeToListing) -> Result<BlacklistEntry, AppError> {
        let AgreeToListing { principal_key, listing_id, second } = command;
        self.change(&principal_key, |entry, now| {
            // A second try, whose first one's answer was lost.
            if entry.listing.as_ref().is_some_and(|it| it.listing_id == listing_id && it.approver == second) {
                return Ok(Step::Done(Box::new(entry)));
            }
            Ok(Step::Change(Box::new(entry.approve(listing_id, second.clone(), now)?)))
        })
        .await
    }

    /// The listing waits no longer; the principal is not listed.
    ///
    /// # Errors
    /// As [`agree`](Self::agree), but for the review date.
    pub async fn disagree(&self, command: DisagreeToListing) -> Result<BlacklistEntry, AppError> {
        let DisagreeToListing { principal_key, listing_id, reason, second } = command;
        self.change(&principal_key, |entry, now| {
            let mut refused = entry.refused.iter().filter(|it| it.proposal.listing_id == listing_id);
            if refused.any(|it| it.refused_by == second && it.reason == reason) {
                return Ok(Step::Done(Box::new(entry)));
            }
            Ok(Step::Change(Box::new(entry.refuse(listing_id, reason.clone(), second.clone(), now)?)))
        })
        .await
    }

    /// Takes the principal off the list; the record of it stays.
    ///
    /// # Errors
    /// When the principal is not listed, or a port does not work.
    pub async fn remove(&self, key: &PrincipalKey, reason: &str, actor: &Actor) -> Result<BlacklistEntry, AppError> {
        self.change(key, |entry, now| {
            if entry.version == 0 {
                return Err(AppError::PrincipalNotFound);
            }
            // A second try, whose first one's answer was lost.
            let removed = entry.past.last().is_some_and(|past| past.reason == reason && past.removed_by == *actor);
            if entry.listing.is_none() && removed {
                return Ok(Step::Done(Box::new(entry)));
            }
            Ok(Step::Change(Box::new(entry.remove(reason.to_owned(), actor.clone(), now)?)))
        })
        .await
    }

    /// Everything that the blacklist knows of the principal.
    ///
    /// # Errors
    /// When it was never listed, or a port does not work.
    pub async fn entry(&self, key: &PrincipalKey) -> Result<BlacklistEntry, AppError> {
        let canonical = self.principals.canonical(key).await?;
        self.blacklist.entry(&canonical).await?.ok_or(AppError::PrincipalNotFound)
    }

    /// # Errors
    /// When the cursor is not one that a page gave, or the blacklist does not work.
    pub async fn page(
        &self,
        part: BlacklistPart,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<BlacklistPage, AppError> {
        self.blacklist.page(part, limit, cursor).await.map_err(|error| match error {
            PortError::Refused { .. } if cursor.is_some() => AppError::CursorUnknown,
            other => other.into(),
        })
    }

    /// Says that `other` is the same principal as `principal`: from then on it is counted and listed with it. Gives the
    /// canonical key.
    ///
    /// # Errors
    /// When a reference leads nowhere, or a port does not work.
    pub async fn link(
        &self,
        principal: &PrincipalReference,
        other: &PrincipalReference,
        reason: &str,
        actor: &Actor,
    ) -> Result<PrincipalKey, AppError> {
        let (key, other) = (self.key_of(principal).await?, self.key_of(other).await?);
        for _ in 0..TRIES {
            let canonical = self.principals.canonical(&key).await?;
            let alias = self.principals.canonical(&other).await?;
            if alias == canonical {
                return Ok(canonical);
            }
            let link = PrincipalAlias {
                alias,
                canonical: canonical.clone(),
                reason: reason.to_owned(),
                linked_by: actor.clone(),
                linked_at: self.clock.now(),
            };
            match self.principals.link(&link).await {
                Ok(()) => return Ok(canonical),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected: 0 })
    }

    /// Takes `step` with the entry of the principal, as often as somebody else was faster.
    async fn change(
        &self,
        key: &PrincipalKey,
        step: impl Fn(BlacklistEntry, Timestamp) -> Result<Step, AppError>,
    ) -> Result<BlacklistEntry, AppError> {
        let mut expected = 0;
        for _ in 0..TRIES {
            let canonical = self.principals.canonical(key).await?;
            let (known, now) = (self.blacklist.entry(&canonical).await?, self.clock.now());
            let entry = known.unwrap_or_else(|| BlacklistEntry::of(canonical, now));
            expected = entry.version;
            let change = match step(entry, now)? {
                Step::Done(entry) => return Ok(*entry),
                Step::Change(change) => change,
            };
            match self.blacklist.save(&change).await {
                Ok(()) => return Ok(change.state),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    /// The key that the reference leads to; not yet the canonical one.
    async fn key_of(&self, reference: &PrincipalReference) -> Result<PrincipalKey, AppError> {
        match reference {
            PrincipalReference::Key(key) => Ok(key.clone()),
            PrincipalReference::Account(account_id) => {
                let account = self.accounts.load(*account_id).await?.ok_or(AppError::AccountNotFound)?;
                Ok(account.principal_key)
            }
            PrincipalReference::Document { document_type, number, issuing_state } => {
                let today = self.clock.now().to_zoned_datetime(SHANGHAI.clone()).date();
                let presented = Presented {
                    document_type: *document_type,
                    number: number.reveal(Purpose::Indexing),
                    issuing_state: issuing_state.as_ref().map(|state| state.reveal(Purpose::Indexing).as_str()),
                };
                let document = Document::read(presented, today)?;
                let now = self.clock.now();
                let known = principal_keys::known_by(&document, &*self.index, &*self.principals, now).await?;
                Ok(known.canonical)
            }
        }
    }
}

fn new_listing(command: &ProposeListing) -> NewListing {
    NewListing {
        listing_id: ListingId::from_uuid(command.operation_id),
        account_id: match &command.principal {
            PrincipalReference::Account(account_id) => Some(*account_id),
            PrincipalReference::Key(_) | PrincipalReference::Document { .. } => None,
        },
        reason: command.reason.clone(),
        review_at: command.review_at,
    }
}

/// What somebody wants of an entry.
enum Step {
    /// It is so already.
    Done(Box<BlacklistEntry>),
    Change(Box<Change<BlacklistEntry>>),
}

/// Whether the entry has heard of that listing, whatever became of it.
fn knows(entry: &BlacklistEntry, listing_id: ListingId) -> bool {
    let ids = entry.proposed.iter().map(|it| it.listing_id);
    let ids = ids.chain(entry.listing.iter().map(|it| it.listing_id));
    let ids = ids.chain(entry.refused.iter().map(|it| it.proposal.listing_id));
    ids.chain(entry.past.iter().map(|it| it.listing.listing_id)).any(|id| id == listing_id)
}

/// Brings what the blacklist says of a principal to each of its accounts: a case for each, never a measure in silence.
pub struct ListingSpread {
    pub accounts: Arc<dyn AccountLedger>,
    pub principals: Arc<dyn PrincipalRegister>,
    pub blacklist: Arc<dyn Blacklist>,
    pub clock: Arc<dyn Clock>,
    pub profile: Profile,
}

impl ListingSpread {
    /// Gives how many accounts were changed. What the list says *now* counts and not what the event said, so that
    /// copies and bad orders end the same.
    ///
    /// # Errors
    /// When the message is not about a principal, or a port does not work.
    pub async fn spread(&self, event: &Event) -> Result<usize, AppError> {
        let (EventBody::PrincipalListed { principal_key, .. }
        | EventBody::PrincipalUnlisted { principal_key, .. }
        | EventBody::PrincipalsLinked { principal_key, .. }) = &event.body
        else {
            return Err(AppError::Message(format!("{} says nothing of a listing", event.body.name())));
        };
        let mut changed = 0;
        for _ in 0..TRIES {
            let canonical = self.principals.canonical(principal_key).await?;
            let listing = self.listing_of(&canonical).await?;
            for account_id in self.principals.accounts_of(&canonical).await? {
                changed += usize::from(self.bring(account_id, listing).await?);
            }
            // A listing that was made or removed while its accounts were written is seen here or by its own event.
            if self.listing_of(&canonical).await? == listing {
                return Ok(changed);
            }
        }
        Err(AppError::VersionConflict { expected: 0 })
    }

    async fn listing_of(&self, canonical: &PrincipalKey) -> Result<Option<ListingId>, AppError> {
        let entry = self.blacklist.entry(canonical).await?;
        Ok(entry.and_then(|entry| entry.listing).map(|listing| listing.listing_id))
    }

    async fn bring(&self, account_id: AccountId, listing: Option<ListingId>) -> Result<bool, AppError> {
        let mut expected = 0;
        for _ in 0..TRIES {
            let account: Account = self.accounts.load(account_id).await?.ok_or(AppError::AccountNotFound)?;
            expected = account.version;
            let (actor, now) = (Actor::function("enforcer"), self.clock.now());
            let change = match (listing, account.principal_listing) {
                (Some(listing_id), _) => {
                    // A person is as quick about it as about a complaint.
                    account.principal_listed(listing_id, self.profile.listing_due_at(now), actor, now)
                }
                (None, Some(listing_id)) => account.principal_unlisted(listing_id, actor, now),
                (None, None) => None,
            };
            let Some(change) = change else { return Ok(false) };
            match self.accounts.save(&change).await {
                Ok(()) => return Ok(true),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }
}
