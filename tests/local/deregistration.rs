//! R9.2: an account is closed at its holder's wish, its place is free, and its identity is destroyed with a receipt.

use acceptance::{
    caller::Ask,
    principals::{Principal, unique},
    stack::Stack,
    waiting::until,
};
use app::ports::{Clock, SystemClock};
use reqwest::Method;
use serde_json::{Value, json};

use crate::stack::{PATIENCE, account, aws_json, becomes, observer, publication, publish, register, running};

async fn deregister(stack: &Stack, account_id: &str) -> Value {
    let ask = Ask::new(Method::DELETE, &format!("/v1/accounts/{account_id}")).key(&unique("out"));
    stack.platform().ask(&stack.platform_api, ask).await.unwrap().expect(200).unwrap()
}

pub(crate) async fn run_the_clock(stack: &Stack) -> Value {
    let clock = stack.function("DeadlineClockFunction").unwrap();
    let payload = json!({ "scheduled_at": SystemClock.now().to_string() });
    stack.operator().invoke(&stack.endpoint, clock, &payload).await.unwrap().expect(200).unwrap()
}

/// Writes down that the cooling-off of the account began long ago: the one thing that a test cannot wait for.
async fn let_the_time_pass(stack: &Stack, account_id: &str) {
    let table = stack.table("accounts").unwrap();
    let past = "2026-01-01T00:00:00Z";
    let update = json!({
        "TableName": table,
        "Key": { "pk": { "S": format!("ACCOUNT#{account_id}") }, "sk": { "S": "STATE" } },
        "UpdateExpression": "SET doc.deregistration.closes_at = :past",
        "ExpressionAttributeValues": { ":past": { "S": past } },
    });
    aws_json(stack, "dynamodb", "DynamoDB_20120810.UpdateItem", &update).await;
    let row = json!({ "pk": "DEADLINE#DEREGISTRATION", "sk": format!("2026-01-01T00:00:00.000000000Z#{account_id}") });
    observer(stack).put_row(table, &row).await.unwrap();
}

/// The account's row as it rests in the table.
async fn row(stack: &Stack, account_id: &str) -> Value {
    let rows = observer(stack).rows(stack.table("accounts").unwrap()).await.unwrap();
    let pk = format!("ACCOUNT#{account_id}");
    rows.into_iter().find(|row| row["pk"] == pk.as_str() && row["sk"] == "STATE").expect("the account is there")
}

#[tokio::test]
async fn r9_2_a_deregistered_account_is_closed_its_place_is_free_and_its_identity_is_destroyed() {
    let stack = running().await;
    let began = SystemClock.now();
    let person = Principal::person("李四");
    let account_id = register(&stack, &person).await;
    becomes(&stack, &account_id, "active").await;
    let reference = unique("farewell");
    publish(&stack, &publication(&account_id, &reference, "再见。")).await.expect(201).unwrap();
    let sealed = row(&stack, &account_id).await["doc"]["identity"].clone();
    let (ciphertext, wrapped_key) = (sealed["ciphertext"].as_str().unwrap(), sealed["wrapped_key"].as_str().unwrap());

    let leaving = deregister(&stack, &account_id).await;
    assert_eq!(leaving["status"], "deregistering", "{leaving}");
    assert!(leaving["deregistration"]["closes_at"].is_string(), "{leaving}");
    let refused = publish(&stack, &publication(&account_id, &unique("late"), "还有一句。")).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "account_closed"), "{refused}");
    run_the_clock(&stack).await;
    assert_eq!(account(&stack, &account_id).await["status"], "deregistering", "not before its time");

    let_the_time_pass(&stack, &account_id).await;
    let done = run_the_clock(&stack).await;
    assert!(done["closed"].as_u64() >= Some(1) && done["destroyed"].as_u64() >= Some(1), "{done}");
    let closed = account(&stack, &account_id).await;
    assert_eq!(closed["status"], "closed", "{closed}");
    let receipt = &closed["deregistration"]["receipt"];
    assert_eq!((&receipt["what"], &receipt["reason"]), (&json!("identity"), &json!("deregistration")), "{closed}");
    assert_eq!(receipt["run_id"], done["run_id"]);
    assert_eq!(receipt["sealed_sha256"].as_str().map(str::len), Some(64), "{receipt}");
    assert_eq!(row(&stack, &account_id).await["doc"]["identity"], Value::Null);
    for (name, table) in &stack.tables {
        for row in observer(&stack).rows(table).await.unwrap() {
            let text = row.to_string();
            assert!(!text.contains(ciphertext) && !text.contains(wrapped_key), "table {name} still holds the seal");
        }
    }
    // The record of what was published and of the destruction stays and can be read.
    let bucket = stack.bucket("content-log").unwrap();
    until("publication and receipt are in the log", PATIENCE, async || {
        let log = acceptance::story::log_since(&observer(&stack), bucket, began).await?;
        let text = serde_json::to_string(&log.into_iter().map(|(_, records)| records).collect::<Vec<_>>())?;
        assert!(!text.contains(ciphertext), "the log never held the seal");
        Ok((text.contains(&reference) && text.contains("identity_destroyed")).then_some(()))
    })
    .await
    .unwrap();
    // Two places, and none of them is the closed account's.
    for _ in 0..2 {
        register(&stack, &person).await;
    }
}

#[tokio::test]
async fn r9_2_whoever_changes_their_mind_keeps_the_account() {
    let stack = running().await;
    let account_id = register(&stack, &Principal::person("李四")).await;
    becomes(&stack, &account_id, "active").await;
    deregister(&stack, &account_id).await;
    let path = format!("/v1/accounts/{account_id}/deregistration/undo");
    let ask = || Ask::new(Method::POST, &path).key(&unique("undo"));
    let back = stack.platform().ask(&stack.platform_api, ask()).await.unwrap().expect(200).unwrap();
    assert_eq!((&back["status"], &back["deregistration"]), (&json!("active"), &Value::Null), "{back}");
    publish(&stack, &publication(&account_id, &unique("back"), "我又回来了。")).await.expect(201).unwrap();
    let again = stack.platform().ask(&stack.platform_api, ask()).await.unwrap();
    assert_eq!((again.status, again.code().as_str()), (409, "deregistration_not_under_way"), "{again}");
}

#[tokio::test]
async fn r9_2_an_open_case_keeps_the_identity_and_the_account_says_so() {
    let stack = running().await;
    let account_id = register(&stack, &Principal::person("李四")).await;
    becomes(&stack, &account_id, "active").await;
    crate::stack::complain(&stack, &account_id).await;
    crate::stack::open_case(&stack, "default", &account_id).await;
    deregister(&stack, &account_id).await;
    let_the_time_pass(&stack, &account_id).await;
    run_the_clock(&stack).await;
    let closed = account(&stack, &account_id).await;
    assert_eq!(
        (&closed["status"], &closed["deregistration"]["kept_for"]),
        (&json!("closed"), &json!("open_case")),
        "{closed}"
    );
    assert!(row(&stack, &account_id).await["doc"]["identity"].is_object(), "it waits");
}
