//! The content log: written, locked, and deleted when its time has come.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context, Result, ensure};
use app::{
    ports::{Clock, SystemClock},
    retaining::SweepReceipt,
};
use aws::observe::{ObserveError, ObservedObject, Observer};
use domain::id::PublicationId;
use evidence::{object::LogHour, object::unpack, record::LogRecord};
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::json;

use super::{Stage, accounts::Cast, publishing::Published};
use crate::{caller::Ask, stack::Stack, waiting::until};

/// The part of the log that this run wrote.
pub(super) struct Log {
    pub keys: Vec<String>,
    pub records: usize,
    locked_until: Timestamp,
}

/// What the sweep did.
pub(super) struct Swept {
    pub deleted: usize,
    pub receipts: usize,
}

/// Objects of the hours since `from`, each with its records. What a sweep deletes meanwhile is left out.
///
/// # Errors
/// When the log cannot be read.
pub async fn log_since(
    observer: &Observer,
    bucket: &str,
    from: Timestamp,
) -> Result<Vec<(ObservedObject, Vec<LogRecord>)>> {
    let mut objects = Vec::new();
    for object in objects_since(observer, bucket, from).await? {
        match observer.object(bucket, &object.key).await {
            Ok(bytes) => objects.push((object, unpack(&bytes)?)),
            Err(error) if is_gone(&error) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(objects)
}

/// Objects of the hours since `from`. A listing that a sweep overtakes is made again.
async fn objects_since(observer: &Observer, bucket: &str, from: Timestamp) -> Result<Vec<ObservedObject>> {
    let (mut hour, last) = (LogHour::of(from), LogHour::of(SystemClock.now()));
    let mut objects = Vec::new();
    while hour <= last {
        let what = format!("a listing of {}", hour.prefix());
        let found =
            until(&what, Duration::from_secs(30), async || match observer.objects(bucket, &hour.prefix()).await {
                Ok(objects) => Ok(Some(objects)),
                Err(error) if is_gone(&error) => Ok(None),
                Err(error) => Err(error.into()),
            });
        objects.extend(found.await?);
        hour = hour.next();
    }
    Ok(objects)
}

fn is_gone(error: &ObserveError) -> bool {
    ["NotFound", "NoSuchKey"].contains(&error.code.as_str())
}

pub(super) async fn written_and_locked(stage: &Stage, cast: &Cast, published: &Published) -> Result<Log> {
    let teller = &stage.teller;
    teller.chapter("The record · 内容日志");
    let bucket = stage.stack.bucket("content-log")?;
    let ours: BTreeSet<&str> = cast.all().into();
    let objects = until("every publication is in the log", Duration::from_secs(60), async || {
        let mut objects = log_since(&stage.observer, bucket, stage.began).await?;
        objects.retain(|(_, records)| records.iter().any(|record| is_ours(record, &ours)));
        let logged = publications(&objects);
        let missing = published.ids.iter().filter(|id| !logged.contains(*id)).count();
        teller.progress(&format!(
            "{} of {} publications are in the log",
            published.ids.len() - missing,
            published.ids.len()
        ));
        Ok((missing == 0).then_some(objects))
    })
    .await?;
    let records = objects.iter().flat_map(|(_, records)| records).filter(|record| is_ours(record, &ours));
    let records = records.map(|record| record.record_id).collect::<BTreeSet<_>>().len();
    let bytes: u64 = objects.iter().map(|(object, _)| object.size).sum();
    teller.line(&format!("{records} records of this run in {} objects of {bytes} bytes together", objects.len()));
    let locked_until =
        objects.iter().filter_map(|(object, _)| object.locked_until).max().context("nothing is locked")?;
    let unlocked = objects.iter().filter(|(object, _)| object.locked_until.is_none()).count();
    ensure!(unlocked == 0, "{unlocked} objects are not locked");
    let (newest, _) = objects.iter().max_by_key(|(object, _)| object.locked_until).context("there is no object")?;
    teller.line(&format!(
        "the newest is {} ({}, locked until {locked_until})",
        newest.key,
        newest.lock_mode.as_deref().unwrap_or("no lock")
    ));
    early_delete(stage, bucket, newest).await?;
    Ok(Log { keys: objects.into_iter().map(|(object, _)| object.key).collect(), records, locked_until })
}

fn is_ours(record: &LogRecord, ours: &BTreeSet<&str>) -> bool {
    record.account_id.is_some_and(|account_id| ours.contains(account_id.to_string().as_str()))
}

fn publications(objects: &[(ObservedObject, Vec<LogRecord>)]) -> BTreeSet<String> {
    let records = objects.iter().flat_map(|(_, records)| records).filter(|record| record.kind == "publication");
    records
        .filter_map(|record| match record.subject {
            Some(domain::subject::Subject::Publication(id)) => Some(PublicationId::to_string(&id)),
            _ => None,
        })
        .collect()
}

/// Nobody deletes it before its time: the operator has no right to, and who has every right meets the lock.
async fn early_delete(stage: &Stage, bucket: &str, object: &ObservedObject) -> Result<()> {
    let teller = &stage.teller;
    let ask = Ask::new(Method::DELETE, &format!("/{bucket}/{}?versionId={}", object.key, object.version_id));
    let answer = stage.stack.operator().send(&stage.stack.endpoint, "s3", ask).await?;
    ensure!(answer.status == 403, "the operator deleted a log object: {answer}");
    teller.line("the operator tries to delete it now: 403, no right to");
    if object.locked_until.is_some_and(|until| until > SystemClock.now() + SignedDuration::from_secs(1)) {
        let error = stage.observer.delete_version(bucket, &object.key, &object.version_id).await.err();
        let error = error.context("a locked object was deleted before its time")?;
        teller.line(&format!("the administrator, who has every right, tries too: {}, it is locked", error.code));
    }
    Ok(())
}

pub(super) async fn swept(stage: &Stage, log: &Log) -> Result<Swept> {
    let (stack, teller) = (&stage.stack, &stage.teller);
    teller.chapter("The record is deleted when its time has come · 到期清理");
    until("the locks end", Duration::from_secs(120), async || {
        let left = log.locked_until.duration_since(SystemClock.now()).as_secs();
        teller.progress(&format!("{left} s until the last lock ends (six months, were this not the local stage)"));
        Ok((left < 0).then_some(()))
    })
    .await?;
    let bucket = stack.bucket("content-log")?;
    let planned = plan(stack).await?;
    teller.line(&format!("the operator starts the daily plan: {} hours to sweep, run {}", planned.1, planned.0));
    until("the objects of this run are deleted", Duration::from_secs(60), async || {
        let stored = objects_since(&stage.observer, bucket, stage.began).await?;
        let stored: BTreeSet<String> = stored.into_iter().map(|object| object.key).collect();
        let left = log.keys.iter().filter(|key| stored.contains(*key)).count();
        teller.progress(&format!("{left} of {} objects left", log.keys.len()));
        Ok((left == 0).then_some(()))
    })
    .await?;
    let receipts = until("the receipts are written", Duration::from_secs(30), async || {
        let receipts = receipts(&stage.observer, bucket, &planned.0).await?;
        let covered: BTreeSet<&String> =
            receipts.iter().flat_map(|r| r.deleted.iter().map(|object| &object.key)).collect();
        Ok(log.keys.iter().all(|key| covered.contains(key)).then_some(receipts))
    })
    .await?;
    for receipt in &receipts {
        teller.line(&format!(
            "receipt: hour {}, {} objects deleted, because {}, completed {}",
            LogHour::of(receipt.order.hour).name(),
            receipt.deleted.len(),
            receipt.reason,
            receipt.completed_at
        ));
    }
    let deleted = receipts.iter().map(|receipt| receipt.deleted.len()).sum();
    Ok(Swept { deleted, receipts: receipts.len() })
}

/// Starts the planner as the operator may; gives the run and the number of its orders.
async fn plan(stack: &Stack) -> Result<(String, u64)> {
    let payload = json!({ "scheduled_at": SystemClock.now() });
    let function = stack.function("RetentionPlannerFunction")?;
    let answer = stack.operator().invoke(&stack.endpoint, function, &payload).await?;
    let plan = answer.expect(200)?;
    let run_id = plan["run_id"].as_str().with_context(|| format!("the planner says {answer}"))?;
    Ok((run_id.to_owned(), plan["orders"].as_u64().unwrap_or_default()))
}

/// The receipts of a run.
async fn receipts(observer: &Observer, bucket: &str, run_id: &str) -> Result<Vec<SweepReceipt>> {
    let mut receipts = Vec::new();
    for object in observer.objects(bucket, "receipts/").await? {
        if object.key.contains(run_id) && object.key.ends_with(".receipt.json") {
            receipts.push(serde_json::from_slice(&observer.object(bucket, &object.key).await?)?);
        }
    }
    Ok(receipts)
}
