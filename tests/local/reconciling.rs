//! B11: an accepted publication whose message was lost on its way into the record is found, told of and put right.

use std::time::Duration;

use acceptance::{caller::Ask, principals::unique, stack::Stack, waiting::until};
use app::ports::{Clock, SystemClock};
use domain::event::{Event, EventBody};
use evidence::record::LogRecord;
use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use crate::stack::{PATIENCE, active_account, aws_json, observer, publication, publish, running};

/// Runs the reconciler as the operator does by hand.
async fn reconcile(stack: &Stack) -> Value {
    let reconciler = stack.function("ReconcilerFunction").unwrap();
    let payload = json!({ "scheduled_at": SystemClock.now().to_string() });
    stack.operator().invoke(&stack.endpoint, reconciler, &payload).await.unwrap().expect(200).unwrap()
}

/// Runs `work` while nobody reads the queue of the content log.
async fn with_the_logger_away<T>(stack: &Stack, work: impl Future<Output = T>) -> T {
    const MAPPINGS: &str = "/2015-03-31/event-source-mappings/";
    let logger = stack.function("ContentLoggerFunction").unwrap();
    let all = Ask::get(&format!("{MAPPINGS}?FunctionName={logger}"));
    let all = stack.admin().send(&stack.endpoint, "lambda", all).await.unwrap().expect(200).unwrap();
    let mapping = all["EventSourceMappings"][0]["UUID"].as_str().unwrap().to_owned();
    let set = async |enabled: bool| {
        let body = json!({ "Enabled": enabled }).to_string();
        let ask = Ask::new(Method::PUT, &format!("{MAPPINGS}{mapping}")).text(&body);
        let answer = stack.admin().send(&stack.endpoint, "lambda", ask).await.unwrap();
        assert!(answer.status < 300, "{answer}");
        // The poll that is under way ends.
        tokio::time::sleep(Duration::from_secs(2)).await;
    };
    set(false).await;
    // A failed assertion inside must not leave the logger away.
    let outcome = futures::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(work)).await;
    set(true).await;
    outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// The records in the log that tell of the publication.
async fn logged(stack: &Stack, began: Timestamp, reference: &str) -> anyhow::Result<Vec<LogRecord>> {
    let log = acceptance::story::log_since(&observer(stack), stack.bucket("content-log")?, began).await?;
    let records = log.into_iter().flat_map(|(_, records)| records);
    Ok(records.filter(|it| it.kind == "publication" && it.data["reference"] == reference).collect())
}

/// Whether a metric of that value was counted since then.
async fn counted(stack: &Stack, metric: &str, value: u64, since: Timestamp) -> bool {
    let group = format!("/aws/lambda/{}", stack.function("ReconcilerFunction").unwrap());
    let ask = json!({ "logGroupName": group, "startTime": since.as_millisecond() });
    let page = aws_json(stack, "logs", "Logs_20140328.FilterLogEvents", &ask).await;
    let lines = page["events"].as_array().into_iter().flatten().filter_map(|event| event["message"].as_str());
    let mut metrics = lines.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    metrics.any(|line| line["_aws"].is_object() && line[metric] == value)
}

/// What every run has put on record, in their order: whether it names the record among what is missing.
async fn outcomes(stack: &Stack, record: &LogRecord) -> Vec<bool> {
    let rows = observer(stack).rows(stack.table("operations").unwrap()).await.unwrap();
    let mut runs: Vec<_> = rows.iter().filter(|row| row["pk"] == "RECONCILIATION").collect();
    runs.sort_by_key(|row| row["sk"].as_str());
    let events = runs.into_iter().map(|row| serde_json::from_str::<Event>(row["event"].as_str().unwrap()).unwrap());
    let named = events.map(|event| match event.body {
        EventBody::RecordReconciled { missing, .. } => missing.contains(&record.record_id),
        other => panic!("{other:?}"),
    });
    named.collect()
}

#[tokio::test]
async fn b11_a_publication_lost_between_table_and_log_is_found_told_of_and_written_again() {
    let stack = running().await;
    let (observer, queue) = (observer(&stack), stack.queue("content-log").unwrap());
    let account_id = active_account(&stack).await;
    let (began, reference) = (SystemClock.now(), unique("lost"));
    with_the_logger_away(&stack, async {
        publish(&stack, &publication(&account_id, &reference, "这一条在路上丢了。")).await.expect(201).unwrap();
        let (lost, others): (Vec<_>, Vec<_>) =
            observer.take_all(queue).await.unwrap().into_iter().partition(|message| message.body.contains(&reference));
        assert_eq!(lost.len(), 1, "the record was on its way");
        for message in others {
            observer.send(queue, &message.body).await.unwrap();
        }
    })
    .await;
    assert_eq!(logged(&stack, began, &reference).await.unwrap().len(), 0);

    let found = reconcile(&stack).await;
    let (missing, repaired) = (found["missing"].as_u64().unwrap(), found["repaired"].as_u64().unwrap());
    assert!(missing >= 1 && repaired >= 1, "{found}");
    let record = until("the record is written again", PATIENCE, async || {
        Ok(logged(&stack, began, &reference).await?.into_iter().next())
    });
    let record = record.await.unwrap();
    assert_eq!(record.data["parts"][0]["text"], "这一条在路上丢了。");
    assert!(record.data["confirmed_at"].is_string(), "{record:?}");

    let told = outcomes(&stack, &record).await;
    assert_eq!(told.iter().filter(|names| **names).count(), 1, "one event names what was missing");
    assert!(counted(&stack, "RecordsMissing", missing, began).await, "the alarm's metric is counted");

    let whole = until("it is not missing any more", PATIENCE, async || {
        reconcile(&stack).await;
        Ok((outcomes(&stack, &record).await.last() == Some(&false)).then_some(()))
    });
    whole.await.unwrap();
}
