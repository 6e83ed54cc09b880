//! The functions behind queues, streams and the schedule.

use std::{collections::BTreeMap, sync::Arc};

use app::{
    authority_reporting::AuthorityReporter,
    blacklisting::ListingSpread,
    content_logging::ContentLogger,
    deregistering::DeregistrationClock,
    enforcing::Enforcer,
    expiring::QualificationClock,
    media_screening::MediaScreener,
    notifying::Notifier,
    overdue::OverdueClock,
    ports::{AccountLedger, ContentLog, SealIntake, Watermark},
    relaying::EventRelay,
    retaining::RetentionPlanner,
    rule_packs::RulePackCompiler,
    sealing::LogSealer,
    triage::ComplaintTriager,
    verifying::RegistrationVerifier,
};
use domain::{
    profile::Profile,
    resting::RowKind,
    retention::{RetentionPeriod, Stage},
};
use jiff::SignedDuration;
use lambda::{
    batch::{Backoff, BatchReply, process_batch, process_batch_patiently, process_together},
    schedule::{ScheduleError, process_schedule},
    stream::process_stream,
};
use serde_json::{Value, json};
use testkit::{Twins, samples};

use crate::{
    fixtures::{self, Fixture},
    redaction::redacted,
    world::{ACTIVE, furnished, traces},
};

/// Feeds every event of `function` to `feed` and shows the records that failed (by their place) and what is left behind.
async fn all(function: &str, feed: impl AsyncFn(&Twins, Value) -> BatchReply) -> BTreeMap<String, Value> {
    let mut replies = BTreeMap::new();
    for fixture in fixtures::of(function) {
        let twins = Box::pin(furnished()).await;
        let reply = serde_json::to_value(Box::pin(feed(&twins, fixture.event.clone())).await).unwrap();
        let failed = failed(&fixture, &reply);
        if function != "event-relay" {
            expected(&fixture, &failed);
        }
        replies.insert(fixture.name.clone(), redacted(&json!({ "failed": failed, "left": traces(&twins) })));
    }
    replies
}

/// The places of the records that failed.
fn failed(fixture: &Fixture, reply: &Value) -> Vec<usize> {
    let records = fixture.event["Records"].as_array().unwrap();
    let named = |name: &Value| {
        records.iter().position(|record| record["messageId"] == *name || record["dynamodb"]["SequenceNumber"] == *name)
    };
    let failures = reply["batchItemFailures"].as_array().unwrap_or_else(|| panic!("{}: {reply}", fixture.name));
    let places = failures.iter().map(|failure| named(&failure["itemIdentifier"]));
    places.collect::<Option<_>>().unwrap_or_else(|| panic!("{} fails what it was not given: {reply}", fixture.name))
}

fn expected(fixture: &Fixture, failed: &[usize]) {
    match fixture.name.as_str() {
        "malformed-one-of-three" => assert_eq!(failed, [1], "the good ones beside it are done"),
        name if fixture.is_bad() => assert_eq!(failed, [0], "{name}"),
        name => assert!(failed.is_empty(), "{name}: {failed:?}"),
    }
}

fn period() -> RetentionPeriod {
    RetentionPeriod::parse("P6M", Stage::Prod).unwrap()
}

#[tokio::test]
async fn registration_verifier_takes_every_event() {
    let replies = all("registration-verifier", async |twins, event| {
        let deps = registration_verifier::Deps {
            verifier: RegistrationVerifier {
                accounts: twins.accounts.clone(),
                vault: twins.vault.clone(),
                provider: twins.provider.clone(),
                settings: twins.settings.clone(),
                chance: twins.chance.clone(),
                clock: Arc::new(twins.clock.clone()),
            },
        };
        process_batch(event, |record| registration_verifier::handle(&deps, record)).await.unwrap()
    });
    insta::assert_yaml_snapshot!("registration-verifier", replies.await);
}

#[tokio::test]
async fn content_logger_takes_every_event() {
    let replies = all("content-logger", async |twins, event| {
        let deps = content_logger::Deps {
            logger: ContentLogger {
                log: twins.content_log.clone(),
                seals: twins.seal_ledger.clone(),
                logged: twins.reconciliation.clone(),
                clock: Arc::new(twins.clock.clone()),
                period: period(),
            },
        };
        process_together(event, |records| content_logger::handle(&deps, records)).await.unwrap()
    });
    insta::assert_yaml_snapshot!("content-logger", replies.await);
}

#[tokio::test]
async fn complaint_triager_takes_every_event() {
    let replies = all("complaint-triager", async |twins, event| {
        let clock = Arc::new(twins.clock.clone());
        let deps = complaint_triager::Deps {
            triager: ComplaintTriager {
                board: twins.cases.clone(),
                complaints: twins.cases.clone(),
                reporters: twins.cases.clone(),
                accounts: twins.accounts.clone(),
                settings: twins.settings.clone(),
                clock,
            },
        };
        process_batch(event, |record| complaint_triager::handle(&deps, record)).await.unwrap()
    });
    insta::assert_yaml_snapshot!("complaint-triager", replies.await);
}

#[tokio::test]
async fn media_screener_takes_every_event() {
    let replies = all("media-screener", async |twins, event| {
        let deps = media_screener::Deps {
            screener: MediaScreener {
                shelf: twins.publications.clone(),
                notes: twins.media_notes.clone(),
                bucket: twins.media.clone(),
                classifier: None,
                engines: twins.engines.clone(),
                removed: twins.removed.watch(),
                incidents: twins.incidents.clone(),
                clock: Arc::new(twins.clock.clone()),
                profile: Profile::cn_2017(),
            },
        };
        process_batch(event, |record| media_screener::handle(&deps, record)).await.unwrap()
    });
    insta::assert_yaml_snapshot!("media-screener", replies.await);
}

#[tokio::test]
async fn enforcer_takes_every_event() {
    let replies = all("enforcer", async |twins, event| {
        let deps = enforcer::Deps {
            enforcer: Enforcer {
                accounts: twins.accounts.clone(),
                shelf: twins.publications.clone(),
                comments: twins.comments.clone(),
                duties: twins.comments.clone(),
                settings: twins.settings.clone(),
                removed: twins.removed_content_desk(),
                breaker: twins.breaker.clone(),
                principals: twins.accounts.clone(),
                blacklist: twins.accounts.clone(),
                clock: Arc::new(twins.clock.clone()),
                profile: Profile::cn_2017(),
            },
            listings: ListingSpread {
                accounts: twins.accounts.clone(),
                principals: twins.accounts.clone(),
                blacklist: twins.accounts.clone(),
                clock: Arc::new(twins.clock.clone()),
                profile: Profile::cn_2017(),
            },
            reporter: AuthorityReporter {
                ledger: twins.reports.clone(),
                files: twins.reports.clone(),
                accounts: twins.accounts.clone(),
                principals: twins.accounts.clone(),
                blacklist: twins.accounts.clone(),
                shelf: twins.publications.clone(),
                comments: twins.comments.clone(),
                settings: twins.settings.clone(),
                clock: Arc::new(twins.clock.clone()),
                profile: Profile::cn_2017(),
            },
        };
        process_batch(event, |record| enforcer::handle(&deps, record)).await.unwrap()
    });
    insta::assert_yaml_snapshot!("enforcer", replies.await);
}

#[tokio::test]
async fn notifier_takes_every_event() {
    let replies = all("notifier", async |twins, event| {
        let deps = notifier::Deps {
            notifier: Notifier { webhook: twins.webhook.clone(), clock: Arc::new(twins.clock.clone()) },
            backoff: Backoff::on(twins.queues.clone()),
        };
        process_batch_patiently(event, &deps.backoff, |record| notifier::handle(&deps, record)).await.unwrap()
    });
    insta::assert_yaml_snapshot!("notifier", replies.await);
}

#[tokio::test]
async fn record_worker_takes_every_event() {
    let replies = all("record-worker", async |twins, event| {
        let deps = record_worker::Deps { packages: twins.package_builder() };
        process_batch(event, |record| record_worker::handle(&deps, record)).await.unwrap()
    });
    insta::assert_yaml_snapshot!("record-worker", replies.await);
}

#[tokio::test]
async fn backtester_takes_every_event() {
    let replies = all("backtester", async |twins, event| {
        let deps = backtester::Deps { backtester: twins.backtester() };
        process_batch(event, |record| backtester::handle(&deps, record)).await.unwrap()
    });
    insta::assert_yaml_snapshot!("backtester", replies.await);
}

#[tokio::test]
async fn retention_sweeper_takes_every_event() {
    let replies = all("retention-sweeper", async |twins, event| {
        // Six months and a bit before the world's noon: its lock has ended.
        let expired = samples::log_object("expired", "2026-05-23T01:30:00Z".parse().unwrap());
        twins.content_log.write(&expired).await.unwrap();
        let deps = retention_sweeper::Deps {
            sweeper: twins.sweeper(),
            publications: twins.row_sweeper(RowKind::Publications),
            complaints: twins.row_sweeper(RowKind::Complaints),
            clock: Arc::new(twins.clock.clone()),
        };
        process_batch(event, |record| retention_sweeper::handle(&deps, record)).await.unwrap()
    });
    insta::assert_yaml_snapshot!("retention-sweeper", replies.await);
}

#[tokio::test]
async fn event_relay_takes_every_event_and_buries_what_is_none() {
    let replies = all("event-relay", async |twins, event| {
        let deps = event_relay::Deps {
            relay: EventRelay { queues: twins.queues.clone(), log: twins.queues.clone() },
            dead_letters: twins.queues.clone(),
        };
        process_stream(event, |record| event_relay::handle(&deps, record)).await.unwrap()
    });
    let replies = replies.await;
    for (name, reply) in &replies {
        assert_eq!(reply["failed"], json!([]), "{name} would hold up its shard");
    }
    insta::assert_yaml_snapshot!("event-relay", replies);
}

#[tokio::test]
async fn control_files_takes_every_event() {
    let replies = all("control-files", async |twins, event| {
        let deps = control_files::Deps { desk: samples::control_desk(twins) };
        process_batch(event, async |record| control_files::handle(&deps, record).await).await.unwrap()
    });
    insta::assert_yaml_snapshot!("control-files", replies.await);
}

#[tokio::test]
async fn rulepack_compiler_takes_every_event() {
    let replies = all("rulepack-compiler", async |twins, event| {
        let compiler = RulePackCompiler {
            files: twins.control_files.clone(),
            shelf: twins.rule_packs.clone(),
            archive: twins.rule_packs.clone(),
            callers: twins.callers.clone(),
            clock: Arc::new(twins.clock.clone()),
        };
        let deps = rulepack_compiler::Deps { compiler };
        process_batch(event, async |record| rulepack_compiler::handle(&deps, record).await).await.unwrap()
    });
    insta::assert_yaml_snapshot!("rulepack-compiler", replies.await);
}

#[tokio::test]
async fn retention_planner_takes_every_event() {
    let mut replies = BTreeMap::new();
    for fixture in fixtures::of("retention-planner") {
        let twins = furnished().await;
        // The day after the one that the events are of.
        twins.clock.set("2026-11-25T00:00:00Z".parse().unwrap());
        twins.watermark.advance("2026-05-23T14:00:00Z".parse().unwrap()).await.unwrap();
        let deps = planner(&twins);
        let reply = process_schedule(fixture.event.clone(), |at| retention_planner::handle(&deps, at)).await;
        assert_eq!(reply.is_err(), fixture.is_bad(), "{}: {reply:?}", fixture.name);
        let reply = reply.unwrap_or_else(|error| json!({ "error": error.to_string() }));
        let mut shown = json!({ "reply": reply, "left": traces(&twins) });
        if fixture.name == "duplicate" {
            let again = process_schedule(fixture.event, |at| retention_planner::handle(&deps, at)).await.unwrap();
            shown["again"] = json!({ "reply": again, "left": traces(&twins) });
        }
        replies.insert(fixture.name, redacted(&shown));
    }
    insta::assert_yaml_snapshot!("retention-planner", replies);
}

#[tokio::test]
async fn reconciler_takes_every_event() {
    let mut replies = BTreeMap::new();
    for fixture in fixtures::of("reconciler") {
        let twins = furnished().await;
        // The active account's publication was accepted before anything was logged: it is missing.
        twins.clock.set("2026-11-25T00:00:00Z".parse().unwrap());
        let deps = reconciler::Deps { reconciler: twins.reconciler() };
        let reply = process_schedule(fixture.event.clone(), |at| reconciler::handle(&deps, at)).await;
        assert_eq!(reply.is_err(), fixture.is_bad(), "{}: {reply:?}", fixture.name);
        let reply = reply.unwrap_or_else(|error| json!({ "error": error.to_string() }));
        let mut shown = json!({ "reply": reply, "left": traces(&twins) });
        if fixture.name == "duplicate" {
            let again = process_schedule(fixture.event, |at| reconciler::handle(&deps, at)).await.unwrap();
            shown["again"] = json!({ "reply": again, "left": traces(&twins) });
        }
        replies.insert(fixture.name, redacted(&shown));
    }
    insta::assert_yaml_snapshot!("reconciler", replies);
}

#[tokio::test]
async fn log_sealer_takes_every_event() {
    let mut replies = BTreeMap::new();
    for fixture in fixtures::of("log-sealer") {
        let twins = furnished().await;
        twins.clock.set("2026-11-25T00:00:00Z".parse().unwrap());
        // Something was written two hours before the run.
        let entry = samples::log_object("a", "2026-11-23T17:20:00Z".parse().unwrap()).entry();
        twins.seal_ledger.enter(&[entry], "2026-11-23T17:20:00Z".parse().unwrap()).await.unwrap();
        let sealer = LogSealer {
            ledger: twins.seal_ledger.clone(),
            shelf: twins.seals.clone(),
            signer: twins.seal_signer.clone(),
            clock: Arc::new(twins.clock.clone()),
            ahead: SignedDuration::from_secs(60),
        };
        let deps = log_sealer::Deps { sealer };
        let run = async || {
            let mut reply = process_schedule(fixture.event.clone(), |at| log_sealer::handle(&deps, at)).await?;
            reply["key_id"] = json!("<the twin's own>");
            Ok::<_, ScheduleError>(reply)
        };
        let reply = run().await;
        assert_eq!(reply.is_err(), fixture.is_bad(), "{}: {reply:?}", fixture.name);
        let mut shown = json!({ "reply": reply.unwrap_or_else(|error| json!({ "error": error.to_string() })) });
        if fixture.name == "duplicate" {
            shown["again"] = run().await.unwrap();
        }
        let seals = twins.seals.files().into_keys().filter(|key| !key.starts_with("seals/keys/"));
        shown["seals"] = json!(seals.collect::<Vec<_>>());
        replies.insert(fixture.name, shown);
    }
    insta::assert_yaml_snapshot!("log-sealer", replies);
}

fn planner(twins: &Twins) -> retention_planner::Deps {
    retention_planner::Deps {
        rows: RowKind::ALL.map(|rows| twins.row_planner(rows)).into(),
        planner: RetentionPlanner {
            watermark: twins.watermark.clone(),
            queue: twins.queues.clone(),
            holds: twins.holds.clone(),
            held: twins.holds.clone(),
            clock: Arc::new(twins.clock.clone()),
            period: period(),
        },
    }
}

#[tokio::test]
async fn deadline_clock_takes_every_event() {
    let mut replies = BTreeMap::new();
    for fixture in fixtures::of("deadline-clock") {
        let twins = furnished().await;
        // The day after the one that the events are of; an account is due in between.
        twins.clock.set("2026-11-25T00:00:00Z".parse().unwrap());
        let account = twins.accounts.get(ACTIVE.parse().unwrap()).unwrap();
        let change = account.request_deregistration(1, samples::platform(), "2026-11-22T00:00:00Z".parse().unwrap());
        twins.accounts.save(&change.unwrap().unwrap()).await.unwrap();
        // A licence ends in a week, of which the platform is to be reminded.
        let mut licensed = samples::account().active();
        twins.accounts.put(licensed.clone());
        for change in samples::licensing(&mut licensed, 7) {
            twins.accounts.save(&change).await.unwrap();
        }
        let _ = twins.accounts.take_events();
        let deps = deadline_clock::Deps {
            deregistrations: DeregistrationClock {
                accounts: twins.accounts.clone(),
                calendar: twins.accounts.clone(),
                board: twins.cases.clone(),
                evidence: twins.evidence.clone(),
                holds: twins.holds.clone(),
                principals: twins.accounts.clone(),
            },
            qualifications: QualificationClock { accounts: twins.accounts.clone(), calendar: twins.accounts.clone() },
            cases: OverdueClock {
                board: twins.cases.clone(),
                calendar: twins.cases.clone(),
                settings: twins.settings.clone(),
            },
            clock: Arc::new(twins.clock.clone()),
        };
        let reply = process_schedule(fixture.event.clone(), |at| deadline_clock::handle(&deps, at)).await;
        assert_eq!(reply.is_err(), fixture.is_bad(), "{}: {reply:?}", fixture.name);
        let reply = reply.unwrap_or_else(|error| json!({ "error": error.to_string() }));
        let mut shown = json!({ "reply": reply, "left": traces(&twins) });
        if fixture.name == "duplicate" {
            let again = process_schedule(fixture.event, |at| deadline_clock::handle(&deps, at)).await.unwrap();
            shown["again"] = json!({ "reply": again, "left": traces(&twins) });
        }
        replies.insert(fixture.name, redacted(&shown));
    }
    insta::assert_yaml_snapshot!("deadline-clock", replies);
}
