//! Who reads what first, what reviewers tell each other, and what follows when nobody reads it in time (R15.2, B5).

use acceptance::{principals::unique, stack::Stack, waiting::until};
use domain::id::CaseId;
use serde_json::{Value, json};

use crate::{
    deregistration::run_the_clock,
    stack::{PATIENCE, active_account, aws_json, observer, open_case, running},
};

const PAST: &str = "2026-01-01T00:00:00Z";

async fn complain(stack: &Stack, account_id: &str, reason: &str) {
    let body = json!({
        "subject": { "subject_type": "account", "subject_id": account_id },
        "reason": reason,
        "description": unique("举报内容"),
    });
    acceptance::reporter::file(stack, &body).await.unwrap().expect(201).unwrap();
}

/// Where the accounts' cases stand in the list of the default queue by priority.
async fn places(stack: &Stack, accounts: &[&str]) -> Vec<usize> {
    let (mut cursor, mut at, mut places) = (String::new(), 0, vec![usize::MAX; accounts.len()]);
    loop {
        let path = format!("/v1/cases?order=priority&limit=100{cursor}");
        let page = stack.reviewer().get(&stack.platform_api, &path).await.unwrap().expect(200).unwrap();
        for case in page["cases"].as_array().unwrap() {
            if let Some(which) = accounts.iter().position(|account| case["subject"]["subject_id"] == *account) {
                places[which] = at;
            }
            at += 1;
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return places,
        }
    }
}

/// Writes down that the case was due long ago: the one thing that a test cannot wait for.
async fn let_the_time_pass(stack: &Stack, case_id: &str) {
    let table = stack.table("cases").unwrap();
    let update = json!({
        "TableName": table,
        "Key": { "pk": { "S": format!("CASE#{case_id}") }, "sk": { "S": "STATE" } },
        "UpdateExpression": "SET doc.due_at = :past, doc.take_up_by = :past",
        "ExpressionAttributeValues": { ":past": { "S": PAST } },
    });
    aws_json(stack, "dynamodb", "DynamoDB_20120810.UpdateItem", &update).await;
    // One of eight parts, by the last byte of the identifier.
    let part = case_id.parse::<CaseId>().unwrap().uuid().as_bytes()[15] % 8;
    let row =
        json!({ "pk": format!("DEADLINE#CASE#{part}"), "sk": format!("2026-01-01T00:00:00.000000000Z#{case_id}") });
    observer(stack).put_row(table, &row).await.unwrap();
}

#[tokio::test]
async fn r15_2_what_is_grave_is_read_first_and_what_is_late_is_noted_and_moved() {
    let stack = running().await;
    let (trifle, grave) = (active_account(&stack).await, active_account(&stack).await);
    complain(&stack, &trifle, "spam").await;
    open_case(&stack, "default", &trifle).await;
    complain(&stack, &grave, "minors").await;
    let case = open_case(&stack, "default", &grave).await;
    assert!(case["priority_score"].as_u64().unwrap() >= 168, "{case}");
    assert_eq!((&case["grade"], case["take_up_by"].is_string()), (&json!("small"), true), "{case}");
    until("the grave one comes first", PATIENCE, async || {
        let places = places(&stack, &[&trifle, &grave]).await;
        Ok((places[1] < places[0] && places[0] < usize::MAX).then_some(()))
    })
    .await
    .unwrap();

    let path = format!("/v1/cases/{}", case["case_id"].as_str().unwrap());
    let claim = stack.reviewer().write(&stack.platform_api, &format!("{path}/claim"), &json!({})).await.unwrap();
    let read = claim.expect(200).unwrap()["version"].clone();
    let note = json!({ "text": "同一账号另有工单。" });
    let notes = format!("{path}/notes");
    stack.second_reviewer().write(&stack.platform_api, &notes, &note).await.unwrap().expect(201).unwrap();
    let decision = json!({
        "version": read,
        "action": { "type": "no_action" },
        "policies": ["minors"],
        "reason": "不涉及未成年人。",
        "facts": "已阅读全文。",
    });
    let stale = stack.reviewer().write(&stack.platform_api, &format!("{path}/decisions"), &decision).await.unwrap();
    assert_eq!(stale.status, 409, "who decides has read the notes: {stale}");
    let listed = stack.reviewer().get(&stack.platform_api, &notes).await.unwrap().expect(200).unwrap();
    assert_eq!((listed["notes"].as_array().map(Vec::len), &listed["notes"][0]["text"]), (Some(1), &note["text"]));

    let_the_time_pass(&stack, case["case_id"].as_str().unwrap()).await;
    let done = run_the_clock(&stack).await;
    assert!(done["undecided"].as_u64() >= Some(1) && done["overdue_waiting"].as_u64() >= Some(1), "{done}");
    let late = open_case(&stack, "overdue", &grave).await;
    let breach = &late["breaches"][0];
    assert_eq!((&breach["clock"], &breach["queue"]), (&json!("decide"), &json!("default")), "taken up in time: {late}");
    let again = run_the_clock(&stack).await;
    assert_eq!(again["undecided"], 0, "noted once: {again}");
    let record = until("the record tells of it", PATIENCE, async || overdue_event(&stack, &path).await);
    assert_eq!(record.await.unwrap()["queue"], "default");
}

/// The event beside the case.
async fn overdue_event(stack: &Stack, path: &str) -> anyhow::Result<Option<Value>> {
    let pk = format!("CASE#{}", path.trim_start_matches("/v1/cases/"));
    let rows = observer(stack).rows(stack.table("cases")?).await?;
    let events = rows.into_iter().filter(|row| row["pk"] == pk.as_str() && row["kind"] == "event");
    let mut events = events.filter_map(|row| serde_json::from_str::<Value>(row["event"].as_str()?).ok());
    Ok(events.find(|event| event["event_type"] == "case_overdue"))
}
