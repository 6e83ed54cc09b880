//! The publish path: account → verdict → row and log message side by side (R2, R6.1, R11.1, R16.2).
//!
//! Two dependent round trips: the accounts are read, and the engine is asked for beside that; then every row and the
//! log messages, and a request for a review of what is held, go out at once, and the caller has an answer when all of them have arrived. The row is keyed by account
//! and reference, so that a retry writes nothing twice; the log may get a copy, which has the same record id.

use std::{collections::HashMap, sync::Arc};

use domain::{
    account::{Account, PublishingRefusal},
    actor::Actor,
    event::{Event, EventBody},
    id::{AccountId, PublicationId},
    profile::Profile,
    publication::{Part, Publication, PublicationStatus, content_hash},
};
use evidence::record::LogRecord;
use futures::future::join_all;
use jiff::Timestamp;
use screening::{engine::Engine, verdict::Effect};

use crate::{
    error::AppError,
    ports::{
        AccountLedger, Clock, EngineSource, LogQueue, PortError, PublicationRecord, PublicationShelf, PutOutcome,
        ReviewQueue,
    },
};

/// Something to publish.
#[derive(Debug, Clone)]
pub struct Publish {
    pub account_id: AccountId,
    /// The platform's own name of it, unique in the account.
    pub reference: String,
    pub parts: Vec<Part>,
}

/// Takes publications.
pub struct Publishing {
    pub accounts: Arc<dyn AccountLedger>,
    pub shelf: Arc<dyn PublicationShelf>,
    pub log: Arc<dyn LogQueue>,
    pub reviews: Arc<dyn ReviewQueue>,
    pub engines: Arc<dyn EngineSource>,
    pub clock: Arc<dyn Clock>,
    pub profile: Profile,
}

impl Publishing {
    /// Screens and stores each of `items` (at most 100) and answers item by item, in order. What was accepted is in
    /// the log queue when this returns.
    ///
    /// # Errors
    /// When the accounts cannot be read, or there is no engine: nothing is published unscreened. An item that fails
    /// alone is an error in its own place.
    pub async fn publish(&self, items: Vec<Publish>) -> Result<Vec<Result<PublicationRecord, AppError>>, AppError> {
        let now = self.clock.now();
        let (accounts, engine) = futures::join!(self.accounts_of(&items), self.engines.current());
        let (accounts, engine) = (accounts?, engine?);
        let admitted = join_all(items.into_iter().map(|item| self.admit(&engine, &accounts, item, now))).await;
        let records: Vec<LogRecord> = admitted.iter().flatten().map(logged).collect::<Result<_, _>>()?;
        let reviews: Vec<Event> = admitted.iter().flatten().filter_map(|record| self.review_of(record, now)).collect();
        let stored = join_all(admitted.into_iter().map(|admitted| self.store(admitted)));
        if records.is_empty() {
            return Ok(stored.await);
        }
        let (stored, logged, requested) = futures::join!(stored, self.log.send(&records), self.request(&reviews));
        // Which of the messages did not arrive is not known, so none of the items can be called accepted; the caller's
        // retry meets the rows and sends the messages again.
        logged?;
        requested?;
        self.confirm(stored.iter().flatten(), now).await?;
        Ok(stored)
    }

    /// What asks for a person's look at what the engine held, or wants looked at.
    fn review_of(&self, record: &PublicationRecord, now: Timestamp) -> Option<Event> {
        if !matches!(record.verdict.effect, Effect::Hold | Effect::Review) {
            return None;
        }
        let publication = &record.publication;
        let body = EventBody::ContentReviewRequested {
            publication_id: publication.publication_id,
            account_id: publication.account_id,
            edition: publication.edition,
            due_at: self.profile.content_review_due_at(now),
        };
        Some(Event::new(publication.version, Actor::function("publications-api"), body, now))
    }

    async fn request(&self, reviews: &[Event]) -> Result<(), PortError> {
        if reviews.is_empty() { Ok(()) } else { self.reviews.request(reviews).await }
    }

    /// A retry has met what an earlier attempt stored, and is answered with that, while the log was told of the retry:
    /// the log is told which of the two stands.
    async fn confirm(&self, stored: impl Iterator<Item = &PublicationRecord>, now: Timestamp) -> Result<(), AppError> {
        let known = stored.filter(|record| record.publication.received_at != now).cloned().map(|mut record| {
            // As it was accepted: what a person has decided since is a record of its own.
            record.publication.status = status_after(record.verdict.effect);
            record
        });
        let records: Vec<LogRecord> =
            known.map(|record| logged(&record).map(|it| it.confirmed(now))).collect::<Result<_, _>>()?;
        if !records.is_empty() {
            self.log.send(&records).await?;
        }
        Ok(())
    }

    /// # Errors
    /// When there is no such publication, or the shelf does not work.
    pub async fn publication(&self, publication_id: PublicationId) -> Result<PublicationRecord, AppError> {
        self.shelf.load(publication_id).await?.ok_or(AppError::PublicationNotFound)
    }

    async fn accounts_of(&self, items: &[Publish]) -> Result<HashMap<AccountId, Account>, AppError> {
        let mut ids: Vec<AccountId> = items.iter().map(|item| item.account_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let accounts = match ids.as_slice() {
            [] => vec![],
            [one] => self.accounts.load(*one).await?.into_iter().collect(),
            many => self.accounts.load_many(many).await?,
        };
        Ok(accounts.into_iter().map(|account| (account.account_id, account)).collect())
    }

    /// The record of the item, if its account may publish it.
    async fn admit(
        &self,
        engine: &Engine,
        accounts: &HashMap<AccountId, Account>,
        item: Publish,
        now: Timestamp,
    ) -> Result<PublicationRecord, AppError> {
        let account = accounts.get(&item.account_id).ok_or(AppError::AccountNotFound)?;
        let refusal = account.may_publish(now).err();
        let record = screened(engine, item, now);
        let Some(refusal) = refusal else { return Ok(record) };
        // A retry of what was accepted before the refusal began is answered as it was then.
        match self.shelf.load(record.publication.publication_id).await? {
            Some(known) if known.publication.content_hash == record.publication.content_hash => Ok(known),
            _ => Err(match refusal {
                PublishingRefusal::NotVerified(status) => AppError::AccountNotVerified { status },
                PublishingRefusal::Leaving(status) => AppError::AccountClosed { status },
                PublishingRefusal::Enforced(enforcement) => AppError::AccountSuspended { enforcement },
            }),
        }
    }

    async fn store(&self, admitted: Result<PublicationRecord, AppError>) -> Result<PublicationRecord, AppError> {
        let record = admitted?;
        match self.shelf.put_new(&record).await? {
            PutOutcome::Stored => Ok(record),
            PutOutcome::Exists(known) if known.publication.content_hash == record.publication.content_hash => {
                Ok(*known)
            }
            PutOutcome::Exists(_) => Err(AppError::ReferenceReused),
        }
    }
}

const fn status_after(effect: Effect) -> PublicationStatus {
    match effect {
        Effect::Pass | Effect::Review => PublicationStatus::Published,
        Effect::Hold => PublicationStatus::Held,
        Effect::Reject => PublicationStatus::Rejected,
    }
}

fn logged(record: &PublicationRecord) -> Result<LogRecord, PortError> {
    LogRecord::of_publication(&record.publication, &record.verdict)
        .map_err(|error| PortError::corrupt("the log record", error))
}

fn screened(engine: &Engine, item: Publish, now: Timestamp) -> PublicationRecord {
    let words: Vec<&str> = item.parts.iter().map(|part| part.words().unwrap_or_default()).collect();
    let verdict = engine.screen(&words);
    let status = status_after(verdict.effect);
    let publication = Publication {
        publication_id: PublicationId::named(item.account_id, &item.reference),
        account_id: item.account_id,
        reference: item.reference,
        version: 1,
        edition: 1,
        content_hash: content_hash(&item.parts),
        parts: item.parts,
        status,
        settlement: None,
        received_at: now,
    };
    PublicationRecord { publication, verdict }
}
