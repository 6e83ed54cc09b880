//! R2 and R16.2: what was published is edited and deleted, and the record of it stays.

use acceptance::{caller::Ask, principals::unique, stack::Stack, waiting::until};
use app::ports::{Clock, SystemClock};
use domain::subject::Subject;
use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use crate::stack::{PATIENCE, active_account, observer, open_case, publication, publish, running};

const HELD: &str = "长期收购微信号";

async fn edit(stack: &Stack, id: &str, version: u64, text: &str) -> acceptance::caller::Answer {
    let body = json!({ "version": version, "parts": [{ "type": "text", "text": text }] });
    let ask = Ask::new(Method::PUT, &format!("/v1/publications/{id}")).text(&body.to_string());
    stack.platform().ask(&stack.platform_api, ask).await.unwrap()
}

/// What the log has of the publication since `began`: kinds of records, with the edition where there is one.
async fn kinds_in_the_log(stack: &Stack, id: &str, began: Timestamp) -> anyhow::Result<Vec<(String, Value)>> {
    let id = Subject::Publication(id.parse()?);
    let mut kinds = Vec::new();
    for (_, records) in acceptance::story::log_since(&observer(stack), stack.bucket("content-log")?, began).await? {
        let about = records.into_iter().filter(|record| record.subject == Some(id));
        kinds.extend(about.map(|record| (record.kind, record.data["edition"].clone())));
    }
    Ok(kinds)
}

#[tokio::test]
async fn r16_2_editions_and_the_deletion_of_a_publication_stay_on_record() {
    let stack = running().await;
    let began = SystemClock.now();
    let account_id = active_account(&stack).await;
    let body = publication(&account_id, &unique("edited"), "明天有雨，记得带伞。");
    let published = publish(&stack, &body).await.expect(201).unwrap();
    let id = published["publication_id"].as_str().unwrap().to_owned();

    for _ in 0..2 {
        let held = edit(&stack, &id, 1, HELD).await.expect(200).unwrap();
        assert_eq!((&held["status"], &held["edition"], &held["shown_edition"]), (&json!("held"), &json!(2), &json!(1)));
    }
    assert_eq!(edit(&stack, &id, 1, "别人的修改").await.code(), "version_conflict");
    let shown = edit(&stack, &id, 2, "明天转晴。").await.expect(200).unwrap();
    assert_eq!((&shown["edition"], &shown["shown_edition"]), (&json!(3), &json!(3)), "{shown}");

    let path = format!("/v1/publications/{id}");
    for _ in 0..2 {
        let deleted = stack.platform().ask(&stack.platform_api, Ask::new(Method::DELETE, &path)).await.unwrap();
        let deleted = deleted.expect(200).unwrap();
        assert_eq!((&deleted["status"], &deleted["removal"]["by"]), (&json!("deleted"), &json!("holder")), "{deleted}");
    }
    let read = stack.platform().get(&stack.platform_api, &path).await.unwrap().expect(200).unwrap();
    assert!(read["parts"].is_null() && read["shown_edition"].is_null(), "{read}");
    assert_eq!(edit(&stack, &id, 4, "再来一次").await.code(), "publication_deleted");

    // The case about the held edition shows what it said.
    let reviewer = stack.reviewer();
    let case = open_case(&stack, "content", &id).await;
    let path = format!("/v1/cases/{}", case["case_id"].as_str().unwrap());
    let view = reviewer.get(&stack.platform_api, &path).await.unwrap().expect(200).unwrap();
    assert_eq!(view["case"]["matter"], json!({ "type": "content", "edition": 2 }), "{view}");
    assert_eq!(view["subject"]["earlier"][0]["parts"][0]["text"], HELD, "{view}");

    let records = until("all of it is in the log", PATIENCE, async || {
        let kinds = kinds_in_the_log(&stack, &id, began).await?;
        let editions = [1, 2, 3].iter().all(|n| kinds.contains(&("publication".to_owned(), json!(n))));
        Ok((editions && kinds.iter().any(|(kind, _)| kind == "publication_deleted")).then_some(kinds))
    });
    let kinds = records.await.unwrap();
    assert_eq!(kinds.iter().filter(|(kind, _)| kind == "publication_edited").count(), 2, "{kinds:?}");
}
