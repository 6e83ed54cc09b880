//! R16.2: what is published is logged, sealed, and found whole by an auditor who has a copy and the name of a key.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use acceptance::{caller::Ask, principals::unique, stack::Stack, waiting::until};
use app::ports::{Clock, SystemClock};
use evidence::object::LogHour;
use gatehouse_verify::{
    copy::Folder,
    keyring::Trust,
    report::Report,
    verify::{Scope, verify},
};
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::stack::{PATIENCE, active_account, may_be_swept, observer, publication, publish, running};

/// Runs the sealer as the operator, as of `at`.
async fn seal(stack: &Stack, at: Timestamp) -> Value {
    let sealer = stack.function("LogSealerFunction").unwrap();
    let payload = json!({ "scheduled_at": at.to_string() });
    stack.operator().invoke(&stack.endpoint, sealer, &payload).await.unwrap().expect(200).unwrap()
}

/// Closes and seals the hour that is open, which the local stage may before it is over. Gives the last sealed hour and
/// the key.
async fn seal_what_is_open(stack: &Stack) -> (LogHour, String) {
    let now = SystemClock.now();
    let sealed = seal(stack, now).await;
    let open = match sealed["sealed_hour"].as_str() {
        Some(hour) => LogHour::of(hour.parse().unwrap()).next().max(LogHour::of(now)),
        None => LogHour::of(now),
    };
    let sealed = seal(stack, open.next().start() + SignedDuration::from_mins(10)).await;
    assert_eq!(sealed["left"], 0, "{sealed}");
    assert_eq!(sealed["sealed_hour"].as_str().unwrap().parse::<Timestamp>().unwrap(), open.start(), "{sealed}");
    (open, sealed["key_id"].as_str().unwrap().to_owned())
}

/// A folder that goes away with the test.
struct Copied(PathBuf);

impl Drop for Copied {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn download(stack: &Stack, prefix: &str, folder: &Path) {
    let (observer, bucket) = (observer(stack), stack.bucket("content-log").unwrap());
    for object in observer.objects(bucket, prefix).await.unwrap() {
        let path = folder.join(&object.key);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, observer.object(bucket, &object.key).await.unwrap()).unwrap();
    }
}

/// Copies the record, seals what is open, and copies the seals, in the order that docs/verify.md tells.
async fn copied(stack: &Stack) -> (Copied, LogHour, String) {
    let copy = Copied(std::env::temp_dir().join(unique("record")));
    // What is being written has been entered by then.
    tokio::time::sleep(Duration::from_secs(2)).await;
    for prefix in ["content-log/", "receipts/"] {
        download(stack, prefix, &copy.0).await;
    }
    let (last, key) = seal_what_is_open(stack).await;
    download(stack, "seals/", &copy.0).await;
    (copy, last, key)
}

fn audit(copy: &Copied, last: LogHour, key: &str) -> Report {
    let trust = Trust { named: vec![key.parse().unwrap()], brought: vec![] };
    verify(&Folder(copy.0.clone()), &trust, &Scope { until: Some(last), ..Scope::default() }).unwrap()
}

/// The key of the log object that holds the publication.
async fn logged(stack: &Stack, began: Timestamp, reference: &str) -> String {
    let bucket = stack.bucket("content-log").unwrap();
    let found = until("the publication is in the log", PATIENCE, async || {
        let log = acceptance::story::log_since(&observer(stack), bucket, began).await?;
        let holds = |records: &[_]| serde_json::to_string(records).is_ok_and(|text| text.contains(reference));
        Ok(log.into_iter().find(|(_, records)| holds(records)).map(|(object, _)| object.key))
    });
    found.await.unwrap()
}

#[tokio::test]
async fn r16_2_what_is_published_is_sealed_and_an_altered_byte_is_found_and_a_deletion_is_proved() {
    let stack = running().await;
    let began = SystemClock.now();
    let account_id = active_account(&stack).await;
    let reference = unique("sealed");
    publish(&stack, &publication(&account_id, &reference, "明天有雨。")).await.expect(201).unwrap();
    let object = logged(&stack, began, &reference).await;

    let (copy, last, key) = copied(&stack).await;
    let report = audit(&copy, last, &key);
    assert_eq!(report.findings, []);
    assert!(report.sound && report.counts.objects >= 1, "{report:?}");
    let path = copy.0.join(&object);
    // A sweep may have come first; then there is nothing to alter.
    if path.exists() {
        let mut bytes = fs::read(&path).unwrap();
        bytes[7] ^= 4;
        fs::write(&path, bytes).unwrap();
        let places: Vec<String> = audit(&copy, last, &key).findings.into_iter().map(|finding| finding.place).collect();
        assert_eq!(places, std::slice::from_ref(&object));
    }

    may_be_swept(std::slice::from_ref(&object)).await;
    let planner = stack.function("RetentionPlannerFunction").unwrap();
    let payload = json!({ "scheduled_at": SystemClock.now().to_string() });
    stack.operator().invoke(&stack.endpoint, planner, &payload).await.unwrap().expect(200).unwrap();
    let bucket = stack.bucket("content-log").unwrap();
    until("the object is deleted and receipted", PATIENCE, async || {
        let observer = observer(&stack);
        if !observer.objects(bucket, &object).await?.is_empty() {
            return Ok(None);
        }
        for paper in observer.objects(bucket, "receipts/").await? {
            let bytes = observer.object(bucket, &paper.key).await?;
            if paper.key.ends_with(".receipt.json") && String::from_utf8_lossy(&bytes).contains(&object) {
                return Ok(Some(()));
            }
        }
        Ok(None)
    })
    .await
    .unwrap();
    let (copy, last, key) = copied(&stack).await;
    let report = audit(&copy, last, &key);
    assert_eq!(report.findings, []);
    assert!(report.counts.deleted_with_receipt >= 1, "{report:?}");
}

#[tokio::test]
async fn r16_2_nobody_but_the_sealer_writes_seals() {
    let stack = running().await;
    let bucket = stack.bucket("content-log").unwrap();
    for caller in [stack.operator(), stack.platform()] {
        let ask = Ask::new(Method::PUT, &format!("/{bucket}/seals/date=2026-11-23/hour=09.json")).text("{}");
        assert_eq!(caller.send(&stack.endpoint, "s3", ask).await.unwrap().status, 403);
    }
}
