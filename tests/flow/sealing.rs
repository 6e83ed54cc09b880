//! The record is sealed hour by hour, whatever breaks, and an auditor finds it whole (R16.2).

use std::{collections::BTreeMap, sync::Arc};

use app::{
    content_logging::ContentLogger,
    error::AppError,
    ports::{Clock, ContentLog, LogQueue, PortError, PublicationShelf, SealIntake, SealShelf, SealSigner},
    retaining::{RowOrder, Sweep, SweepOrder},
    sealing::{LogSealer, Sealing},
};
use async_trait::async_trait;
use domain::{
    id::RunId,
    publication::PublicationStatus,
    resting::RowKind,
    retention::{RetentionPeriod, Stage},
};
use evidence::{
    envelope::{Envelope, PublicKey},
    object::LogHour,
    seal::{self, Seal},
};
use gatehouse_verify::{
    finding::Kind,
    keyring::Trust,
    report::Report,
    verify::{Scope, verify},
};
use jiff::{SignedDuration, Timestamp};
use testkit::{MemorySeals, Twins, When, samples};

use crate::world::{Delivery, World, until_done};

fn sealer(twins: &Twins) -> LogSealer {
    LogSealer {
        ledger: twins.seal_ledger.clone(),
        shelf: twins.seals.clone(),
        signer: twins.seal_signer.clone(),
        clock: Arc::new(twins.clock.clone()),
        ahead: SignedDuration::ZERO,
    }
}

/// Lets `hours` pass and seals what is over then.
async fn hours_later(twins: &Twins, hours: i64) -> Result<Sealing, AppError> {
    twins.clock.set(later(twins, hours));
    sealer(twins).seal(later(twins, 0)).await
}

fn later(twins: &Twins, hours: i64) -> Timestamp {
    twins.clock.now() + SignedDuration::from_hours(hours)
}

/// A logger whose objects are kept for three hours.
fn logger(twins: &Twins) -> ContentLogger {
    ContentLogger {
        log: twins.content_log.clone(),
        seals: twins.seal_ledger.clone(),
        logged: twins.reconciliation.clone(),
        clock: Arc::new(twins.clock.clone()),
        period: RetentionPeriod::parse("PT3H", Stage::Local).unwrap(),
    }
}

/// Sweeps the hour of noon, always by the same order.
async fn sweep(twins: &Twins) -> Result<Sweep, AppError> {
    let as_of = samples::NOON + SignedDuration::from_hours(4);
    let order = SweepOrder { run_id: RunId::planned_at(as_of), hour: LogHour::of(samples::NOON).start(), as_of };
    twins.sweeper().sweep(&order, later(twins, 0)).await
}

/// What lies in the bucket.
fn copy(twins: &Twins) -> BTreeMap<String, Vec<u8>> {
    let mut files = twins.seals.files();
    files.extend(twins.content_log.files());
    files.extend(twins.receipts.files());
    files
}

/// What an auditor says of it who knows the last sealed hour.
fn audit(twins: &Twins, sealing: &Sealing) -> Report {
    let trust = Trust { named: vec![sealing.key.key_id()], brought: vec![] };
    let until = sealing.head.as_ref().map(|head| LogHour::of(head.hour));
    verify(&copy(twins), &trust, &Scope { until, ..Scope::default() }).unwrap()
}

async fn published(world: &mut World) {
    let account = until_done(async || world.register(1).await).await;
    world.pump().await;
    until_done(async || world.publish(account.account_id, &[("post-1", "明天有雨"), ("post-2", "后天也有雨")]).await)
        .await;
    world.pump().await;
}

#[tokio::test]
async fn what_is_published_is_sealed_and_found_whole_r16_2() {
    let mut world = World::new(Delivery::Doubled);
    published(&mut world).await;
    let written = world.twins.content_log.keys().len() as u64;
    let sealing = hours_later(&world.twins, 2).await.unwrap();
    let report = audit(&world.twins, &sealing);
    assert_eq!((report.findings, report.counts.objects), (vec![], written));
}

#[tokio::test]
async fn what_was_deleted_in_its_time_stays_proved_r16_2() {
    let twins = Twins::at(samples::NOON);
    logger(&twins).write(vec![samples::log_record("a", samples::NOON)]).await.unwrap();
    assert_eq!(hours_later(&twins, 2).await.unwrap().entries, 1);
    twins.clock.set(later(&twins, 2));
    for _ in 0..2 {
        sweep(&twins).await.unwrap();
    }
    assert!(twins.content_log.keys().is_empty());
    let sealing = hours_later(&twins, 2).await.unwrap();
    let report = audit(&twins, &sealing);
    assert_eq!((report.findings, report.counts.deleted_with_receipt, report.counts.papers), (vec![], 1, 2));
}

#[tokio::test]
async fn rows_that_ended_in_their_time_stay_proved_and_one_that_ended_early_is_found_r16_2() {
    let twins = Twins::at(samples::NOON);
    hours_later(&twins, 2).await.unwrap();
    let mut record = samples::publication(samples::account().active().account_id, "a", "拒绝");
    record.publication.status = PublicationStatus::Rejected;
    record.publication.received_at = samples::NOON - SignedDuration::from_hours(24 * 190);
    twins.publications.put_new(&record).await.unwrap();
    let as_of = later(&twins, 0);
    let rows = RowKind::Publications;
    let hour = LogHour::of(record.publication.received_at).start();
    let order = RowOrder { run_id: RunId::of_rows(rows, as_of), rows, hour, as_of, step: 0 };
    for _ in 0..2 {
        twins.row_sweeper(rows).sweep(&order, as_of).await.unwrap();
    }
    let sealing = hours_later(&twins, 2).await.unwrap();
    let report = audit(&twins, &sealing);
    assert_eq!((report.findings, report.counts.rows_ended, report.counts.papers), (vec![], 1, 2));

    let trust = Trust { named: vec![sealing.key.key_id()], brought: vec![] };
    let until = sealing.head.as_ref().map(|head| LogHour::of(head.hour));
    let year = RetentionPeriod::parse("P1Y", Stage::Prod).unwrap();
    let report = verify(&copy(&twins), &trust, &Scope { until, period: Some(year), ..Scope::default() }).unwrap();
    assert_eq!(report.findings.iter().map(|finding| finding.kind).collect::<Vec<_>>(), [Kind::DeletedEarly]);
    let mut altered = copy(&twins);
    let receipt = altered.keys().find(|key| key.ends_with(".rows.receipt.json")).unwrap().clone();
    altered.get_mut(&receipt).unwrap().push(b' ');
    let report = verify(&altered, &trust, &Scope { until, ..Scope::default() }).unwrap();
    assert_eq!(report.findings.iter().map(|finding| finding.kind).collect::<Vec<_>>(), [Kind::PaperAltered]);
}

#[tokio::test]
async fn an_altered_byte_in_the_copy_is_found_r16_1() {
    let mut world = World::new(Delivery::InOrder);
    published(&mut world).await;
    let sealing = hours_later(&world.twins, 2).await.unwrap();
    let mut files = copy(&world.twins);
    let object = files.iter_mut().find(|(key, _)| key.starts_with("content-log/")).unwrap();
    object.1[9] ^= 1;
    let place = object.0.clone();
    let trust = Trust { named: vec![sealing.key.key_id()], brought: vec![] };
    let report = verify(&files, &trust, &Scope::default()).unwrap();
    let found: Vec<_> = report.findings.iter().map(|finding| (finding.kind, finding.place.clone())).collect();
    assert_eq!(found, [(Kind::ObjectAltered, place)]);
}

#[tokio::test]
async fn a_crash_between_any_two_calls_of_the_sealer_leaves_one_whole_chain() {
    let mut tried = 0;
    loop {
        for when in [When::Before, When::After] {
            let twins = Twins::at(samples::NOON);
            let object = samples::log_object("a", samples::NOON);
            twins.content_log.write(&object).await.unwrap();
            twins.seal_ledger.enter(&[object.entry()], samples::NOON).await.unwrap();
            twins.faults.strike(tried + 1, when);
            let first = hours_later(&twins, 4).await;
            if first.is_ok() {
                assert_eq!(tried, 4 + 3 * 5, "four calls before three hours of five each");
                return;
            }
            let sealing = sealer(&twins).seal(later(&twins, 0)).await.unwrap();
            assert_eq!(sealing.head.as_ref().map(|head| head.number), Some(3), "call {tried} {when:?}");
            assert_eq!(audit(&twins, &sealing).findings, [], "call {tried} {when:?}");
        }
        tried += 1;
    }
}

#[tokio::test]
async fn a_crash_between_any_two_calls_of_a_writer_leaves_nothing_unsealed() {
    let mut calm = World::new(Delivery::InOrder);
    published(&mut calm).await;
    for nth in 1..=calm.twins.faults.calls() {
        for when in [When::Before, When::After] {
            let mut world = World::new(Delivery::InOrder);
            world.twins.faults.strike(nth, when);
            published(&mut world).await;
            world.twins.faults.reset();
            let sealing = hours_later(&world.twins, 2).await.unwrap();
            assert_eq!(audit(&world.twins, &sealing).findings, [], "call {nth} {when:?}");
        }
    }
}

#[tokio::test]
async fn a_sweep_that_breaks_off_anywhere_ends_with_every_paper_sealed() {
    let mut nth = 0;
    loop {
        nth += 1;
        for when in [When::Before, When::After] {
            let twins = Twins::at(samples::NOON);
            logger(&twins).write(vec![samples::log_record("a", samples::NOON)]).await.unwrap();
            twins.clock.set(later(&twins, 4));
            twins.faults.strike(nth, when);
            let first = sweep(&twins).await;
            if first.is_ok() {
                assert!(nth > 7, "a sweep makes {nth} calls, so that too little would be tried");
                return;
            }
            // Delivered again after the hour in which the papers were written is sealed.
            twins.faults.reset();
            hours_later(&twins, 2).await.unwrap();
            sweep(&twins).await.unwrap();
            let sealing = hours_later(&twins, 2).await.unwrap();
            let report = audit(&twins, &sealing);
            assert_eq!((report.findings, report.counts.deleted_with_receipt), (vec![], 1), "call {nth} {when:?}");
        }
    }
}

/// A shelf that lets others go first.
struct Patient(Arc<MemorySeals>);

#[async_trait]
impl SealShelf for Patient {
    async fn put(&self, hour: LogHour, envelope: &[u8]) -> Result<Vec<u8>, PortError> {
        tokio::task::yield_now().await;
        let stands = self.0.put(hour, envelope).await;
        tokio::task::yield_now().await;
        stands
    }

    async fn publish(&self, key: &PublicKey) -> Result<(), PortError> {
        tokio::task::yield_now().await;
        self.0.publish(key).await
    }
}

#[tokio::test]
async fn two_sealers_at_once_make_one_chain() {
    let mut world = World::new(Delivery::InOrder);
    published(&mut world).await;
    let twins = &world.twins;
    twins.clock.set(later(twins, 6));
    let now = later(twins, 0);
    let patient = || LogSealer { shelf: Arc::new(Patient(twins.seals.clone())), ..sealer(twins) };
    let (one, other) = (patient(), patient());
    // One of them is a minute behind, so that their seals differ.
    let (first, second) = futures::join!(one.seal(now), other.seal(now - SignedDuration::from_mins(1)));
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.head, second.head);
    let report = audit(twins, &first);
    assert_eq!((report.findings, report.seals), (vec![], first.head.unwrap().number));
}

#[tokio::test]
async fn a_pause_is_backfilled_in_steps_also_the_empty_hours() {
    let mut world = World::new(Delivery::InOrder);
    published(&mut world).await;
    let first = hours_later(&world.twins, 250).await.unwrap();
    assert!(first.left > 100 && first.seals == 100, "{first:?}");
    assert_eq!(audit(&world.twins, &first).findings, []);
    let second = sealer(&world.twins).seal(later(&world.twins, 0)).await.unwrap();
    let third = sealer(&world.twins).seal(later(&world.twins, 0)).await.unwrap();
    assert_eq!((second.seals, third.left, third.entries), (100, 0, 0));
    assert_eq!(first.seals + second.seals + third.seals, 249, "the hour that ended just now is left to the next run");
    let report = audit(&world.twins, &third);
    assert_eq!((report.findings, report.seals), (vec![], 249));
    assert_eq!(sealer(&world.twins).seal(later(&world.twins, 0)).await.unwrap().seals, 0, "nothing is sealed twice");
}

#[tokio::test]
async fn what_is_written_after_its_hour_was_sealed_is_in_a_later_seal() {
    let mut world = World::new(Delivery::InOrder);
    published(&mut world).await;
    hours_later(&world.twins, 3).await.unwrap();
    LogQueue::send(&*world.twins.queues, &[samples::log_record("late", samples::NOON)]).await.unwrap();
    world.pump().await;
    assert!(world.twins.content_log.keys().iter().any(|key| key.starts_with(&LogHour::of(samples::NOON).prefix())));
    let sealing = hours_later(&world.twins, 2).await.unwrap();
    assert_eq!((audit(&world.twins, &sealing).findings, sealing.entries), (vec![], 1));
}

#[tokio::test]
async fn nothing_is_sealed_as_of_a_time_that_has_not_come_and_no_hour_before_its_margin() {
    let twins = Twins::at(samples::NOON);
    let refused = sealer(&twins).seal(samples::NOON + SignedDuration::from_secs(1)).await;
    assert!(matches!(refused, Err(AppError::Message(_))), "{refused:?}");
    sealer(&twins).seal(samples::NOON).await.unwrap();
    twins.clock.set(samples::NOON + SignedDuration::from_mins(69));
    assert_eq!(sealer(&twins).seal(later(&twins, 0)).await.unwrap().seals, 0);
    twins.clock.set(samples::NOON + SignedDuration::from_mins(70));
    assert_eq!(sealer(&twins).seal(later(&twins, 0)).await.unwrap().seals, 1);
}

#[tokio::test]
async fn nothing_is_built_upon_a_seal_that_somebody_else_put_there() {
    let twins = Twins::at(samples::NOON);
    let hour = LogHour::of(samples::NOON);
    let object = samples::log_object("a", samples::NOON);
    twins.seal_ledger.enter(&[object.entry()], samples::NOON).await.unwrap();
    let empty = Seal::next(None, hour, vec![], samples::NOON).payload().unwrap();
    let forged = Envelope::signed(&empty, twins.seal_signer.public_key().await.unwrap().key_id(), b"forged");
    twins.seals.put(hour, &forged.to_bytes().unwrap()).await.unwrap();
    let refused = hours_later(&twins, 2).await;
    assert!(matches!(refused, Err(AppError::Port(PortError::Corrupt { .. }))), "{refused:?}");
    assert!(twins.seals.files().contains_key(&seal::key(hour)));
    assert!(!twins.seals.files().contains_key(&seal::key(hour.next())), "the chain stops there");
}
