//! The publish path: account → verdict → row and log message side by side (R2, R6.1, R11.1, R16.2).
//!
//! Two dependent round trips: the accounts are read with what they have published in this hour, and engine, settings,
//! policy documents, what was removed and incidents are asked for beside that; then every row, the log messages, a request for a review of what is held,
//! orders to look at media, and the counts of limited accounts go out at once, and the caller has an answer when all of
//! them have arrived. The row is keyed by account
//! and reference, so that a retry writes nothing twice; the log may get a copy, which has the same record id.

mod revising;

pub use revising::Edit;

use std::{collections::HashMap, sync::Arc};

use domain::{
    account::{Account, PublishingRefusal},
    actor::Actor,
    event::{Event, EventBody},
    id::{AccountId, PublicationId},
    incident::IncidentMode,
    policy_document::PolicyDocuments,
    profile::Profile,
    publication::{Declaration, Part, Publication, PublicationStatus, Revisions, content_hash},
    settings::Settings,
    standing::Standing,
};
use evidence::record::LogRecord;
use futures::future::join_all;
use jiff::Timestamp;
use screening::{
    engine::Engine,
    facts::Facts,
    verdict::{Effect, Verdict},
};

use crate::{
    ended,
    error::AppError,
    incidents,
    media_screening::{
        MediaOrder,
        verdict::{wait_for_media, waits_for_media},
    },
    news_gate::NewsGate,
    ports::{
        Clock, EngineSource, IncidentSource, LogQueue, MediaQueue, PolicyDocumentSource, PortError, PublicationHour,
        PublicationMeter, PublicationRecord, PublicationShelf, PutOutcome, ReviewQueue, SettingsSource,
    },
    removed_content::{self, RemovedContentWatch, Surface, WhatIsLookedFor},
    scrutiny,
};

/// Something to publish.
#[derive(Debug, Clone)]
pub struct Publish {
    pub account_id: AccountId,
    /// The platform's own name of it, unique in the account.
    pub reference: String,
    pub parts: Vec<Part>,
    /// What the platform says that it is.
    pub declared: Vec<Declaration>,
}

/// Takes publications.
pub struct Publishing {
    pub meter: Arc<dyn PublicationMeter>,
    pub settings: Arc<dyn SettingsSource>,
    pub policy_documents: Arc<dyn PolicyDocumentSource>,
    pub shelf: Arc<dyn PublicationShelf>,
    pub log: Arc<dyn LogQueue>,
    pub reviews: Arc<dyn ReviewQueue>,
    pub media: Arc<dyn MediaQueue>,
    pub engines: Arc<dyn EngineSource>,
    pub removed: Arc<RemovedContentWatch>,
    pub incidents: Arc<dyn IncidentSource>,
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
        let hour = PublicationHour::of(now);
        let (accounts, settings, documents, engine, removed, incident) = futures::join!(
            self.accounts_of(&items, hour),
            self.settings.current(),
            self.policy_documents.current(),
            self.engines.current(),
            self.removed.current(),
            self.incidents.current()
        );
        let (mut accounts, settings, documents, engine) = (accounts?, settings?, documents?, engine?);
        let (removed, incident) = (removed?, incident?);
        let ground = Ground {
            engine: &engine,
            settings: &settings,
            documents: &documents,
            removed: &removed,
            incident: &incident,
            now,
        };
        let places: Vec<Option<Place>> =
            items.iter().map(|item| place(&mut accounts, &ground, item.account_id)).collect();
        let admitted = items.into_iter().zip(places).map(|(item, place)| self.admit(&ground, place, item));
        let admitted = join_all(admitted).await;
        let records: Vec<LogRecord> =
            admitted.iter().flatten().map(|admitted| logged(&admitted.record)).collect::<Result<_, _>>()?;
        let reviewed = admitted.iter().flatten().filter_map(|admitted| self.review_of(&admitted.record, now));
        let reviews: Vec<Event> = reviewed.collect();
        let orders: Vec<MediaOrder> = admitted.iter().flatten().flat_map(|admitted| admitted.orders(now)).collect();
        let counted = self.count(counts(&admitted), hour);
        let stored = join_all(admitted.into_iter().map(|admitted| self.store(admitted)));
        if records.is_empty() {
            return Ok(stored.await);
        }
        let (stored, logged, requested, ordered, counted) =
            futures::join!(stored, self.log.send(&records), self.request(&reviews), self.order(&orders), counted);
        counted?;
        // Which of the messages did not arrive is not known, so none of the items can be called accepted; the caller's
        // retry meets the rows and sends the messages again.
        logged?;
        requested?;
        ordered?;
        self.stand_by(stored.iter().flatten(), now).await?;
        Ok(stored)
    }

    /// What asks for a person's look at what the engine held, or wants looked at.
    fn review_of(&self, record: &PublicationRecord, now: Timestamp) -> Option<Event> {
        // While its media are looked at nobody is asked: there will be one case for all of it, or none.
        if !matches!(record.verdict.effect, Effect::Hold | Effect::Review) || waits_for_media(&record.verdict) {
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

    async fn order(&self, orders: &[MediaOrder]) -> Result<(), PortError> {
        if orders.is_empty() { Ok(()) } else { self.media.send(orders).await }
    }

    /// A retry has met what an earlier attempt stored, and is answered with that, while log, reviewers and media screening
    /// were told of the retry, which may have been judged otherwise: they are told of the one that stands.
    async fn stand_by(&self, stored: impl Iterator<Item = &PublicationRecord>, now: Timestamp) -> Result<(), AppError> {
        let known: Vec<_> = stored.filter(|record| record.publication.received_at != now).collect();
        let untouched = known.iter().filter(|it| it.publication.version == 1);
        let reviews: Vec<Event> = untouched.filter_map(|record| self.review_of(record, now)).collect();
        self.request(&reviews).await?;
        for record in known.iter().filter(|it| it.publication.edition == 1) {
            self.order_again(record).await?;
        }
        let first = futures::future::try_join_all(known.into_iter().map(|record| self.first_edition(record))).await?;
        let records: Vec<LogRecord> =
            first.iter().map(|record| logged(record).map(|it| it.confirmed(now))).collect::<Result<_, _>>()?;
        if !records.is_empty() {
            self.log.send(&records).await?;
        }
        Ok(())
    }

    /// What was published first, whatever edits have followed.
    async fn first_edition(&self, record: &PublicationRecord) -> Result<PublicationRecord, PortError> {
        if record.publication.edition == 1 {
            return Ok(record.clone());
        }
        let first = self.shelf.edition(record.publication.publication_id, 1).await?;
        first.ok_or_else(|| PortError::corrupt("publication shelf", "an edit without the edition before it"))
    }

    /// # Errors
    /// When there is no such publication, or the shelf does not work.
    pub async fn publication(&self, publication_id: PublicationId) -> Result<PublicationRecord, AppError> {
        match self.shelf.load(publication_id).await? {
            Some(record) => Ok(record),
            None => Err(ended::publication(&*self.shelf, publication_id).await),
        }
    }

    async fn accounts_of(
        &self,
        items: &[Publish],
        hour: PublicationHour,
    ) -> Result<HashMap<AccountId, Metered>, AppError> {
        let mut ids: Vec<AccountId> = items.iter().map(|item| item.account_id).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        self.meter.accounts(&ids, hour).await.map(metered).map_err(Into::into)
    }

    /// Counts what was admitted of accounts that have a limit. It goes out beside the rows and not before them, so that a
    /// limit costs no round trip: publications at one moment may pass it by as many as are on their way together.
    async fn count(&self, counts: HashMap<AccountId, u32>, hour: PublicationHour) -> Result<(), PortError> {
        let counting = counts.into_iter().map(|(account_id, more)| self.meter.count(account_id, hour, more));
        futures::future::try_join_all(counting).await.map(drop)
    }

    /// The record of the item, if its account may publish it.
    async fn admit(&self, ground: &Ground<'_>, place: Option<Place>, item: Publish) -> Result<Admitted, AppError> {
        let Place { account, standing, over_limit } = place.ok_or(AppError::AccountNotFound)?;
        let gate = NewsGate::of(&account, ground.settings, &item.declared, ground.now);
        let refusal = ground.refusal(&account).or(over_limit).or(gate.refusal());
        let (record, facts) = ground.screened(&account, &standing, gate, item);
        let Some(refusal) = refusal else {
            return Ok(Admitted { record, facts, is_counted: standing.publications_per_hour.is_some() });
        };
        // A retry of what was accepted before the refusal began is answered as it was then.
        match self.shelf.load(record.publication.publication_id).await? {
            Some(known) if known.publication.is_sent_again_by(&record.publication) => {
                Ok(Admitted { record: known, facts, is_counted: false })
            }
            _ => Err(refusal),
        }
    }

    async fn store(&self, admitted: Result<Admitted, AppError>) -> Result<PublicationRecord, AppError> {
        let Admitted { record, .. } = admitted?;
        match self.shelf.put_new(&record).await? {
            PutOutcome::Stored => Ok(record),
            PutOutcome::Exists(known) if known.publication.is_sent_again_by(&record.publication) => Ok(*known),
            PutOutcome::Exists(_) => Err(AppError::ReferenceReused),
            PutOutcome::Expired => Err(AppError::PublicationExpired),
        }
    }
}

pub(crate) const fn status_after(effect: Effect) -> PublicationStatus {
    match effect {
        Effect::Pass | Effect::Review => PublicationStatus::Published,
        Effect::Hold => PublicationStatus::Held,
        Effect::Reject => PublicationStatus::Rejected,
    }
}

/// The edition as it was taken in: what was done to it since is a record of its own.
fn logged(record: &PublicationRecord) -> Result<LogRecord, PortError> {
    LogRecord::of_publication(&record.publication, status_after(record.verdict.effect), &record.verdict)
        .map_err(|error| PortError::corrupt("the log record", error))
}

/// What every item of a call is judged by.
struct Ground<'a> {
    engine: &'a Engine,
    settings: &'a Settings,
    documents: &'a PolicyDocuments,
    removed: &'a WhatIsLookedFor,
    incident: &'a IncidentMode,
    now: Timestamp,
}

/// What is judged.
#[derive(Clone, Copy)]
struct Content<'a> {
    parts: &'a [Part],
    /// What the platform says that it is.
    declared: &'a [Declaration],
    /// A person refused an edition before it.
    follows_a_refusal: bool,
}

/// An account with what it has published in this hour.
struct Metered {
    account: Arc<Account>,
    published: u32,
}

fn metered(accounts: Vec<(Account, u32)>) -> HashMap<AccountId, Metered> {
    let metered =
        |(account, published): (Account, u32)| (account.account_id, Metered { account: Arc::new(account), published });
    accounts.into_iter().map(metered).collect()
}

/// An item's account, where it stands, and whether the item is one too many.
struct Place {
    account: Arc<Account>,
    standing: Standing,
    over_limit: Option<AppError>,
}

/// What is to be stored.
struct Admitted {
    record: PublicationRecord,
    /// What the rules were told.
    facts: Facts,
    is_counted: bool,
}

impl Admitted {
    /// What of it is to be looked at.
    fn orders(&self, now: Timestamp) -> Vec<MediaOrder> {
        orders_of(&self.record, &self.facts, now)
    }
}

/// What of a publication is to be looked at, if it waits for that.
fn orders_of(record: &PublicationRecord, facts: &Facts, now: Timestamp) -> Vec<MediaOrder> {
    if waits_for_media(&record.verdict) { MediaOrder::all_of(&record.publication, facts, now) } else { Vec::new() }
}

/// The place of the next item of the account: each takes one of the hour's.
fn place(accounts: &mut HashMap<AccountId, Metered>, ground: &Ground<'_>, account_id: AccountId) -> Option<Place> {
    let metered = accounts.get_mut(&account_id)?;
    let standing = Standing::of(&metered.account, ground.settings, ground.now);
    let over_limit = match standing.publications_per_hour {
        Some(limit) if metered.published >= limit => {
            let until = PublicationHour::of(ground.now).end();
            Some(AppError::RateExceeded { limit, until, now: ground.now })
        }
        _ => None,
    };
    metered.published = metered.published.saturating_add(1);
    Some(Place { account: metered.account.clone(), standing, over_limit })
}

/// How many publications count, by account.
fn counts(admitted: &[Result<Admitted, AppError>]) -> HashMap<AccountId, u32> {
    let mut counts = HashMap::new();
    for admitted in admitted.iter().flatten().filter(|admitted| admitted.is_counted) {
        *counts.entry(admitted.record.publication.account_id).or_default() += 1;
    }
    counts
}

/// Why nothing happens on an account that is not, or no longer, what it says it is.
pub(crate) fn not_standing(account: &Account) -> Option<AppError> {
    account.must_stand().err().map(refused)
}

fn refused(refusal: PublishingRefusal) -> AppError {
    match refusal {
        PublishingRefusal::NotVerified(status) => AppError::AccountNotVerified { status },
        PublishingRefusal::Leaving(status) => AppError::AccountClosed { status },
        PublishingRefusal::Enforced(enforcement) => AppError::AccountSuspended { enforcement },
    }
}

impl Ground<'_> {
    /// Why the account may not publish, if it may not: what stands against itself first, then what it has not accepted
    /// (R5.2).
    fn refusal(&self, account: &Account) -> Option<AppError> {
        let required = || {
            let document = Box::new(self.documents.demanded(&account.agreements, self.now)?.clone());
            Some(AppError::AgreementRequired { document })
        };
        account.may_publish(self.now).err().map(refused).or_else(required)
    }

    fn screened(
        &self,
        account: &Account,
        standing: &Standing,
        gate: NewsGate,
        item: Publish,
    ) -> (PublicationRecord, Facts) {
        let publication_id = PublicationId::named(item.account_id, &item.reference);
        let content = Content { parts: &item.parts, declared: &item.declared, follows_a_refusal: false };
        let (verdict, facts) = self.verdict(account, standing, gate, publication_id, content);
        let status = status_after(verdict.effect);
        let publication = Publication {
            publication_id,
            account_id: item.account_id,
            reference: item.reference,
            version: 1,
            edition: 1,
            content_hash: content_hash(&item.parts),
            parts: item.parts,
            declared: item.declared,
            status,
            settlement: None,
            received_at: self.now,
            revisions: Revisions::default(),
            comments_closed: false,
        };
        (PublicationRecord { publication, verdict }, facts)
    }

    /// What the engine says of the content, and what the account's standing, the news gate and an incident make of that.
    /// That its media are waited for comes last: what else holds it must be known when they have been looked at.
    fn verdict(
        &self,
        account: &Account,
        standing: &Standing,
        gate: NewsGate,
        id: PublicationId,
        content: Content<'_>,
    ) -> (Verdict, Facts) {
        let Content { parts, declared, follows_a_refusal } = content;
        let words: Vec<&str> = parts.iter().map(|part| part.words().unwrap_or_default()).collect();
        let facts = scrutiny::facts(account, standing, self.settings, parts, declared, self.now);
        let mut verdict = self.engine.assess(&words, &facts);
        removed_content::stop(&mut verdict, self.removed, parts, Surface::Publication, self.now);
        scrutiny::raise(&mut verdict, standing, id.uuid());
        gate.hold(&mut verdict, self.settings.version);
        incidents::raise(&mut verdict, self.incident, parts, &facts.account.labels, self.now);
        if follows_a_refusal {
            scrutiny::hold_what_follows_a_refusal(&mut verdict, standing);
        }
        wait_for_media(&mut verdict, parts);
        (verdict, facts)
    }
}
