//! How many round trips stand one behind the other before a caller has an answer. Every port call takes a second of a
//! clock that only waiting moves, so that calls side by side take one second together.

use std::sync::Arc;

use accounts_api::Deps;
use app::{
    media_screening::MediaOrder,
    ports::{
        AccountLedger, Admission, Begin, IdempotencyKey, IdempotencyLedger, IdentityVault, Lease, LogQueue, MediaQueue,
        PolicyDocumentSource, PortError, PrincipalRegister, ProtectedNames, PublicationHour, PublicationMeter,
        PublicationRecord, PublicationShelf, PutOutcome, RegisterError, RenameError, ReviewQueue, SaveError,
        SettingsSource, StoredAnswer,
    },
};
use async_trait::async_trait;
use domain::{
    account::Account,
    change::Change,
    display_name::NameSkeleton,
    event::Event,
    id::{AccountId, PublicationId},
    personal::{Personal, Purpose, Sealed},
    policy_document::PolicyDocuments,
    principal::PrincipalKey,
    principal_alias::PrincipalAlias,
    protected_name::ProtectedName,
    settings::Settings,
};
use evidence::record::LogRecord;
use lambda::http::testing::reply_to;
use serde_json::Value;
use testkit::{Twins, samples};
use tokio::time::{Duration, Instant, sleep};
use uuid::Uuid;

pub(crate) const TRIP: Duration = Duration::from_secs(1);

/// A port that is a second away.
pub(crate) struct Far<T>(pub(crate) Arc<T>);

#[async_trait]
impl<T: IdempotencyLedger> IdempotencyLedger for Far<T> {
    async fn begin(
        &self,
        key: &IdempotencyKey,
        payload_hash: &str,
        operation_id: Uuid,
        lease: Lease,
    ) -> Result<Begin, PortError> {
        sleep(TRIP).await;
        self.0.begin(key, payload_hash, operation_id, lease).await
    }

    async fn complete(&self, key: &IdempotencyKey, answer: &StoredAnswer) -> Result<(), PortError> {
        sleep(TRIP).await;
        self.0.complete(key, answer).await
    }

    async fn release(&self, key: &IdempotencyKey) -> Result<(), PortError> {
        sleep(TRIP).await;
        self.0.release(key).await
    }
}

#[async_trait]
impl<T: AccountLedger> AccountLedger for Far<T> {
    async fn load(&self, account_id: AccountId) -> Result<Option<Account>, PortError> {
        sleep(TRIP).await;
        self.0.load(account_id).await
    }

    async fn load_many(&self, account_ids: &[AccountId]) -> Result<Vec<Account>, PortError> {
        sleep(TRIP).await;
        self.0.load_many(account_ids).await
    }

    async fn register(&self, change: &Change<Account>, admission: &Admission) -> Result<(), RegisterError> {
        sleep(TRIP).await;
        self.0.register(change, admission).await
    }

    async fn save(&self, change: &Change<Account>) -> Result<(), SaveError> {
        sleep(TRIP).await;
        self.0.save(change).await
    }

    async fn save_with_names(&self, change: &Change<Account>, before: &[NameSkeleton]) -> Result<(), RenameError> {
        sleep(TRIP).await;
        self.0.save_with_names(change, before).await
    }

    async fn save_and_release(&self, change: &Change<Account>) -> Result<(), SaveError> {
        sleep(TRIP).await;
        self.0.save_and_release(change).await
    }
}

#[async_trait]
impl<T: IdentityVault> IdentityVault for Far<T> {
    async fn seal(&self, owner: &str, clear: &Personal<String>) -> Result<Sealed, PortError> {
        sleep(TRIP).await;
        self.0.seal(owner, clear).await
    }

    async fn unseal(&self, owner: &str, sealed: &Sealed, purpose: Purpose) -> Result<Personal<String>, PortError> {
        sleep(TRIP).await;
        self.0.unseal(owner, sealed, purpose).await
    }
}

#[async_trait]
impl<T: PrincipalRegister> PrincipalRegister for Far<T> {
    async fn canonical(&self, key: &PrincipalKey) -> Result<PrincipalKey, PortError> {
        sleep(TRIP).await;
        self.0.canonical(key).await
    }

    async fn accounts_of(&self, canonical: &PrincipalKey) -> Result<Vec<AccountId>, PortError> {
        sleep(TRIP).await;
        self.0.accounts_of(canonical).await
    }

    async fn link(&self, link: &PrincipalAlias) -> Result<(), SaveError> {
        sleep(TRIP).await;
        self.0.link(link).await
    }
}

#[async_trait]
impl<T: ProtectedNames> ProtectedNames for Far<T> {
    async fn among(&self, skeletons: &[NameSkeleton]) -> Result<Vec<ProtectedName>, PortError> {
        sleep(TRIP).await;
        self.0.among(skeletons).await
    }
}

#[async_trait]
impl<T: SettingsSource> SettingsSource for Far<T> {
    async fn current(&self) -> Result<Arc<Settings>, PortError> {
        sleep(TRIP).await;
        self.0.current().await
    }
}

#[async_trait]
impl<T: PolicyDocumentSource> PolicyDocumentSource for Far<T> {
    async fn current(&self) -> Result<Arc<PolicyDocuments>, PortError> {
        sleep(TRIP).await;
        self.0.current().await
    }

    async fn latest(&self) -> Result<PolicyDocuments, PortError> {
        sleep(TRIP).await;
        self.0.latest().await
    }
}

#[async_trait]
impl<T: PublicationMeter> PublicationMeter for Far<T> {
    async fn accounts(
        &self,
        account_ids: &[AccountId],
        hour: PublicationHour,
    ) -> Result<Vec<(Account, u32)>, PortError> {
        sleep(TRIP).await;
        self.0.accounts(account_ids, hour).await
    }

    async fn count(&self, account_id: AccountId, hour: PublicationHour, more: u32) -> Result<(), PortError> {
        sleep(TRIP).await;
        self.0.count(account_id, hour, more).await
    }
}

#[async_trait]
impl<T: PublicationShelf> PublicationShelf for Far<T> {
    async fn put_new(&self, record: &PublicationRecord) -> Result<PutOutcome, PortError> {
        sleep(TRIP).await;
        self.0.put_new(record).await
    }

    async fn save(&self, change: &Change<PublicationRecord>) -> Result<(), SaveError> {
        sleep(TRIP).await;
        self.0.save(change).await
    }

    async fn save_edition(
        &self,
        change: &Change<PublicationRecord>,
        earlier: &PublicationRecord,
    ) -> Result<(), SaveError> {
        sleep(TRIP).await;
        self.0.save_edition(change, earlier).await
    }

    async fn edition(
        &self,
        publication_id: PublicationId,
        edition: u64,
    ) -> Result<Option<PublicationRecord>, PortError> {
        sleep(TRIP).await;
        self.0.edition(publication_id, edition).await
    }

    async fn editions(&self, publication_id: PublicationId, limit: usize) -> Result<Vec<PublicationRecord>, PortError> {
        sleep(TRIP).await;
        self.0.editions(publication_id, limit).await
    }

    async fn load(&self, publication_id: PublicationId) -> Result<Option<PublicationRecord>, PortError> {
        sleep(TRIP).await;
        self.0.load(publication_id).await
    }

    async fn expired_at(&self, publication_id: PublicationId) -> Result<Option<jiff::Timestamp>, PortError> {
        sleep(TRIP).await;
        self.0.expired_at(publication_id).await
    }
}

#[async_trait]
impl<T: LogQueue> LogQueue for Far<T> {
    async fn send(&self, records: &[LogRecord]) -> Result<(), PortError> {
        sleep(TRIP).await;
        self.0.send(records).await
    }
}

#[async_trait]
impl<T: MediaQueue> MediaQueue for Far<T> {
    async fn send(&self, orders: &[MediaOrder]) -> Result<(), PortError> {
        sleep(TRIP).await;
        self.0.send(orders).await
    }
}

#[async_trait]
impl<T: ReviewQueue> ReviewQueue for Far<T> {
    async fn request(&self, requests: &[Event]) -> Result<(), PortError> {
        sleep(TRIP).await;
        self.0.request(requests).await
    }
}

pub(crate) fn far<T>(port: &Arc<T>) -> Arc<Far<T>> {
    Arc::new(Far(port.clone()))
}

/// The status of the answer to that sample event, and the round trips it took.
async fn asked(twins: &Twins, sample: &str) -> (u64, u64) {
    let deps = Deps {
        accounts: far(&twins.accounts),
        vault: far(&twins.vault),
        // Near: its key is derived while the function starts, and kept in memory.
        index: twins.index.clone(),
        mobiles: twins.index.clone(),
        challenges: twins.challenges.clone(),
        delivery: twins.delivery.clone(),
        chance: twins.chance.clone(),
        evidence: twins.evidence.clone(),
        settings: far(&twins.settings),
        policy_documents: far(&twins.policy_documents),
        principals: far(&twins.accounts),
        protected_names: far(&twins.protected_names),
        engines: twins.engines.clone(),
        removed: twins.removed.watch(),
        idempotency: far(&twins.idempotency),
        // Near: a process remembers whom it has met.
        callers: twins.callers.clone(),
        clock: Arc::new(twins.clock.clone()),
    };
    answered(accounts_api::router(deps), &format!("accounts-api/{sample}")).await
}

async fn answered(api: axum::Router, sample: &str) -> (u64, u64) {
    let path = acceptance::workspace::root().join(format!("events/{sample}.json"));
    let event: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let began = Instant::now();
    let reply = reply_to(api, &event).await;
    (reply["statusCode"].as_u64().unwrap(), began.elapsed().as_secs())
}

/// As `asked`, of the publish path, where every port is far and nothing is cached.
async fn published(twins: &Twins, sample: &str) -> (u64, u64) {
    let deps = publications_api::Deps {
        meter: far(&twins.accounts),
        settings: far(&twins.settings),
        policy_documents: far(&twins.policy_documents),
        shelf: far(&twins.publications),
        log: far(&twins.queues),
        reviews: far(&twins.queues),
        media: far(&twins.queues),
        engines: twins.engines.clone(),
        callers: twins.callers.clone(),
        removed: twins.removed.watch(),
        incidents: twins.incidents.clone(),
        clock: Arc::new(twins.clock.clone()),
    };
    answered(publications_api::router(deps), &format!("publications-api/{sample}")).await
}

#[tokio::test(start_paused = true)]
async fn a_registration_takes_three_round_trips_before_the_answer() {
    let twins = Twins::at(samples::NOON);
    // What is to be known beside the ledger of writes; the transaction; the ledger again.
    assert_eq!(asked(&twins, "register-individual").await, (201, 3));
    assert_eq!(asked(&twins, "register-enterprise").await, (201, 3));
    // A copy is answered from the ledger of writes alone, and leaves nothing behind.
    let events = twins.accounts.events().len();
    assert_eq!(asked(&twins, "register-individual").await, (201, 1));
    assert_eq!(twins.accounts.events().len(), events);
}

#[tokio::test(start_paused = true)]
async fn a_publication_takes_two_round_trips_before_the_answer() {
    let twins = Twins::at(samples::NOON);
    let document = samples::service_agreement(1);
    let account_id = "acct_01m8323b80e00r000000000001".parse().unwrap();
    let agreements = vec![samples::acceptance(&document)];
    twins.policy_documents.add(document);
    twins.clock.set(samples::NOON + jiff::SignedDuration::from_hours(48));
    // The account beside settings and policy documents; the row beside log message, request for a review and orders to look
    // at media.
    twins.accounts.put(Account { account_id, agreements, ..samples::account().active() });
    for sample in ["publish-one", "publish-held", "publish-media"] {
        assert_eq!(published(&twins, sample).await, (201, 2), "{sample}");
    }
    // Refused for want of an agreement, once nothing is found that was accepted before.
    twins.accounts.put(Account { account_id, ..samples::account().active() });
    assert_eq!(published(&twins, "smallest").await, (403, 2));
}
