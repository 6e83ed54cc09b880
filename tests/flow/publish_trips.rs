//! The publish path takes two round trips, whatever is asked for beside the accounts.

use std::sync::Arc;

use app::{
    ports::{IncidentSource, PackArchive, PackForm, PortError, RemovedContentSource, RulePackSource, SettledPrints},
    publishing::{Publish, Publishing},
    removed_content::RemovedContentWatch,
    rule_packs::PackEngines,
};
use async_trait::async_trait;
use domain::{
    id::AccountId, incident::IncidentMode, profile::Profile, publication::Part, removed_content::RemovedContent,
    rule_pack::RulePackRegister,
};
use testkit::{Twins, samples};
use tokio::time::{Instant, sleep};

use crate::round_trips::{Far, TRIP, far};

#[async_trait]
impl<T: RulePackSource> RulePackSource for Far<T> {
    async fn current(&self) -> Result<Arc<RulePackRegister>, PortError> {
        sleep(TRIP).await;
        self.0.current().await
    }
}

#[async_trait]
impl<T: PackArchive> PackArchive for Far<T> {
    async fn keep(&self, sha256: &str, form: PackForm, bytes: Vec<u8>) -> Result<(), PortError> {
        sleep(TRIP).await;
        self.0.keep(sha256, form, bytes).await
    }

    async fn fetch(&self, sha256: &str, form: PackForm) -> Result<Vec<u8>, PortError> {
        sleep(TRIP).await;
        self.0.fetch(sha256, form).await
    }
}

#[async_trait]
impl<T: RemovedContentSource> RemovedContentSource for Far<T> {
    async fn current(&self) -> Result<Arc<RemovedContent>, PortError> {
        sleep(TRIP).await;
        self.0.current().await
    }
}

#[async_trait]
impl<T: SettledPrints> SettledPrints for Far<T> {
    async fn keep(&self, sha256: &str, bytes: Vec<u8>) -> Result<(), PortError> {
        sleep(TRIP).await;
        self.0.keep(sha256, bytes).await
    }

    async fn fetch(&self, sha256: &str) -> Result<Vec<u8>, PortError> {
        sleep(TRIP).await;
        self.0.fetch(sha256).await
    }
}

#[async_trait]
impl<T: IncidentSource> IncidentSource for Far<T> {
    async fn current(&self) -> Result<Arc<IncidentMode>, PortError> {
        sleep(TRIP).await;
        self.0.current().await
    }
}

fn publishing(twins: &Twins) -> Publishing {
    Publishing {
        meter: far(&twins.accounts),
        settings: far(&twins.settings),
        policy_documents: far(&twins.policy_documents),
        shelf: far(&twins.publications),
        log: far(&twins.queues),
        reviews: far(&twins.queues),
        media: far(&twins.queues),
        engines: Arc::new(PackEngines::new(
            far(&twins.rule_packs),
            far(&twins.rule_packs),
            twins.engines.clone(),
            |_| {},
        )),
        removed: Arc::new(RemovedContentWatch::new(far(&twins.removed), far(&twins.removed), |_| {})),
        incidents: far(&twins.incidents),
        clock: Arc::new(twins.clock.clone()),
        profile: Profile::cn_2017(),
    }
}

/// How many round trips one publication takes, and the pack that it was screened by.
async fn trips(publishing: &Publishing, account_id: AccountId, reference: &str) -> (u64, String) {
    let parts = vec![Part::Text { text: "明天有雨，记得带伞".to_owned() }];
    let began = Instant::now();
    let items = vec![Publish { account_id, reference: reference.to_owned(), parts, declared: Vec::new() }];
    let record = publishing.publish(items).await.unwrap().pop().unwrap().unwrap();
    (began.elapsed().as_secs(), record.verdict.rule_pack)
}

#[tokio::test(start_paused = true)]
async fn a_publication_takes_two_round_trips_and_a_third_only_when_a_pack_is_new() {
    let twins = Twins::at(samples::NOON);
    let account = samples::account().active();
    let account_id = account.account_id;
    twins.accounts.put(account);
    let publishing = publishing(&twins);
    assert_eq!(trips(&publishing, account_id, "built-in").await, (2, "starter@1".to_owned()));
    crate::rule_packs::publish(&twins, 1, "百家乐\n").await;
    let (first, pack) = trips(&publishing, account_id, "new-pack").await;
    assert!(first == 3 && pack.starts_with("shop@1+"), "{first} {pack}");
    assert_eq!(trips(&publishing, account_id, "known-pack").await, (2, pack));
}
