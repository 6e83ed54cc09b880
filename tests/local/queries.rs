//! R16.1, R16.2: the record answers by account, publication, period, rule and reviewer: the saved queries of
//! infra/stacks/queries.yaml, on the stack's table, and `cargo xtask log query` (docs/querying.md).

use std::{collections::BTreeSet, process::Command};

use acceptance::{caller::Ask, stack::Stack, waiting::until};
use app::ports::{Clock, SystemClock};
use domain::retention::SHANGHAI;
use evidence::record::LogRecord;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::{
    reviews::{decide, held},
    stack::{PATIENCE, active_account, observer, running},
    template,
};

/// The text of a saved query with values in the place of its question marks.
fn saved(name: &str, values: &[&str]) -> String {
    let template = template::read("stacks/queries.yaml");
    let query = &template["Resources"][name]["Properties"]["QueryString"];
    let mut parts = query.as_str().unwrap().split('?');
    let mut text = parts.next().unwrap().to_owned();
    let mut values = values.iter();
    for part in parts {
        let value = values.next().expect("a value for each question mark");
        text.extend(["'", value, "'", part]);
    }
    assert_eq!(values.next(), None, "{name} asks for fewer values");
    text
}

/// Asks Athena as the auditor; gives the rows by the names of their columns.
async fn ask(stack: &Stack, query: &str) -> Vec<Value> {
    let call = async |act: &str, body: Value| {
        let ask = Ask::post("/", &body)
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", &format!("AmazonAthena.{act}"));
        stack.auditor().send(&stack.endpoint, "athena", ask).await.unwrap().expect(200).unwrap()
    };
    let context = json!({ "Database": "gatehouse_local" });
    let body = json!({ "QueryString": query, "WorkGroup": "gatehouse-local", "QueryExecutionContext": context });
    let started = call("StartQueryExecution", body).await;
    // AWS knows the workgroup of a query; the local stack judges the right by what the call names.
    let id = json!({ "QueryExecutionId": started["QueryExecutionId"], "WorkGroup": "gatehouse-local" });
    let status = until("the query is answered", PATIENCE, async || {
        let execution = call("GetQueryExecution", id.clone()).await;
        let status = execution["QueryExecution"]["Status"].clone();
        Ok(["SUCCEEDED", "FAILED"].iter().any(|end| status["State"] == *end).then_some(status))
    });
    let status = status.await.unwrap();
    assert_eq!(status["State"], "SUCCEEDED", "{status}\n{query}");
    let results = call("GetQueryResults", id).await;
    let mut rows = results["ResultSet"]["Rows"].as_array().unwrap().iter().map(|row| {
        let cells = row["Data"].as_array().unwrap().iter();
        cells.map(|cell| cell["VarCharValue"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    });
    let names = rows.next().unwrap();
    rows.map(|row| names.iter().cloned().zip(row.into_iter().map(Value::from)).collect()).collect()
}

/// What `cargo xtask log query` prints.
fn printed(arguments: &[&str]) -> Vec<LogRecord> {
    let output = Command::new(env!("CARGO_BIN_EXE_log-query"))
        .args(arguments)
        .current_dir(acceptance::workspace::root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The record of the decision about the publication, once it is in the log.
async fn decision(stack: &Stack, began: Timestamp, publication_id: &str) -> LogRecord {
    let found = until("the decision is in the log", PATIENCE, async || {
        let log = acceptance::story::log_since(&observer(stack), stack.bucket("content-log")?, began).await?;
        let mut records = log.into_iter().flat_map(|(_, records)| records);
        Ok(records.find(|it| {
            it.kind == "decision_made" && it.subject.is_some_and(|subject| subject.subject_id() == publication_id)
        }))
    });
    found.await.unwrap()
}

#[tokio::test]
async fn r16_1_the_record_is_asked_by_account_publication_period_rule_and_reviewer() {
    let stack = running().await;
    let began = SystemClock.now();
    let account_id = active_account(&stack).await;
    let (publication_id, case) = held(&stack, &account_id, "长期收购微信号").await;
    decide(&stack, &case, "refuse", json!(["account_trading"])).await;
    let decision = decision(&stack, began, &publication_id).await;
    let reviewer = decision.data["actor"]["arn"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    assert!(reviewer.starts_with("caller_"), "{reviewer}");

    let from = (began - SignedDuration::from_secs(1)).to_string();
    let of_publication = printed(&["--from", &from, "--publication", &publication_id]);
    let kinds: BTreeSet<&str> = of_publication.iter().map(|record| record.kind.as_str()).collect();
    assert!(kinds.contains("publication") && kinds.contains("decision_made"), "{kinds:?}");
    let publication = of_publication.iter().find(|record| record.kind == "publication").unwrap();
    let rule = publication.data["verdict"]["findings"][0]["rule"].as_str().unwrap().to_owned();
    let names = |records: &[LogRecord], wanted: &LogRecord| records.iter().any(|it| it.record_id == wanted.record_id);
    let of_account = printed(&["--from", &from, "--account", &account_id]);
    assert!(of_account.iter().any(|record| record.kind == "account_registered") && names(&of_account, publication));
    let by_rule = printed(&["--from", &from, "--rule", &rule, "--kind", "publication"]);
    assert!(names(&by_rule, publication) && by_rule.iter().all(|record| record.kind == "publication"));
    assert!(names(&printed(&["--from", &from, "--reviewer", &reviewer]), &decision));
    assert!(printed(&["--from", &from, "--account", &account_id, "--rule", "no-such-rule"]).is_empty());

    // Both ends of a midnight that may pass meanwhile.
    let day = |at: Timestamp| at.to_zoned_datetime(SHANGHAI.clone()).date().to_string();
    let (first, last) = (day(began), day(SystemClock.now()));
    let has =
        |rows: &[Value], wanted: &LogRecord| rows.iter().any(|row| row["record_id"] == wanted.record_id.to_string());
    let rows = ask(&stack, &saved("RecordsOfAnAccount", &[&first, &last, &account_id])).await;
    assert!(rows.len() >= 3 && has(&rows, publication), "{rows:?}");
    let rows = ask(&stack, &saved("RecordsOfAPublication", &[&first, &last, &publication_id])).await;
    assert!(has(&rows, publication) && has(&rows, &decision), "{rows:?}");
    let rows = ask(&stack, &saved("RecordsByRule", &[&first, &last, &rule])).await;
    assert!(has(&rows, publication), "{rows:?}");
    let part = &rule[..rule.len() - 1];
    let rows = ask(&stack, &saved("RecordsByRule", &[&first, &last, part])).await;
    assert!(!has(&rows, publication), "a part of a rule's name is no rule: {rows:?}");
    let rows = ask(&stack, &saved("RecordsByReviewer", &[&first, &last, &reviewer])).await;
    assert!(has(&rows, &decision) && !has(&rows, publication), "{rows:?}");
    let rows = ask(&stack, &saved("RecordsOfAPeriod", &[&first, &last])).await;
    let publications = rows.iter().filter(|row| row["kind"] == "publication");
    let counted: u64 = publications.map(|row| row["records"].as_str().unwrap().parse::<u64>().unwrap()).sum();
    assert!(counted >= 1, "{rows:?}");
}
