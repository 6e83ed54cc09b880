//! What the engine holds waits for a person (R11.1).

use acceptance::{principals::unique, stack::Stack, waiting::until};
use serde_json::{Value, json};

use crate::stack::{PATIENCE, active_account, open_case, publication, publish, running};

/// The starter pack holds it.
const HELD: &str = "长期收购微信号";

/// Publishes a text that the engine holds; gives the publication's id and its case.
pub(crate) async fn held(stack: &Stack, account_id: &str, text: &str) -> (String, Value) {
    let published = publish(stack, &publication(account_id, &unique("held"), text)).await.expect(201).unwrap();
    assert_eq!(published["status"], "held", "{published}");
    let publication_id = published["publication_id"].as_str().unwrap().to_owned();
    let case = open_case(stack, "content", &publication_id).await;
    (publication_id, case)
}

/// A reviewer claims the case, reads it and decides it.
pub(crate) async fn decide(stack: &Stack, case: &Value, action: &str, policies: Value) -> Value {
    let path = format!("/v1/cases/{}", case["case_id"].as_str().unwrap());
    let reviewer = stack.reviewer();
    reviewer.write(&stack.platform_api, &format!("{path}/claim"), &json!({})).await.unwrap().expect(200).unwrap();
    let view = reviewer.get(&stack.platform_api, &path).await.unwrap().expect(200).unwrap();
    assert!(!view["subject"]["verdict"]["findings"].as_array().unwrap().is_empty(), "the reviewer sees why: {view}");
    let decision = json!({
        "version": view["case"]["version"],
        "action": { "type": action },
        "policies": policies,
        "reason": "人工审核结论。",
        "facts": "已阅读全文。",
    });
    reviewer.write(&stack.platform_api, &format!("{path}/decisions"), &decision).await.unwrap().expect(201).unwrap()
}

async fn becomes(stack: &Stack, publication_id: &str, status: &str, told: &str) -> Value {
    let path = format!("/v1/publications/{publication_id}");
    let what = format!("{publication_id} is {status}");
    let settled = until(&what, PATIENCE, async || {
        let publication = stack.platform().get(&stack.platform_api, &path).await?.expect(200)?;
        Ok((publication["status"] == status).then_some(publication))
    });
    let settled = settled.await.unwrap();
    until("the platform is told", PATIENCE, async || {
        let received = stack.stand_in().webhooks_about(settled["account_id"].as_str().unwrap()).await?;
        Ok(received.iter().any(|webhook| webhook["type"] == told).then_some(()))
    })
    .await
    .unwrap();
    settled
}

#[tokio::test]
async fn held_content_is_shown_when_a_person_approves_it_r11_1() {
    let stack = running().await;
    let account_id = active_account(&stack).await;
    let (publication_id, case) = held(&stack, &account_id, HELD).await;
    assert_eq!(case["matter"], json!({ "type": "content", "edition": 1 }), "{case}");
    decide(&stack, &case, "approve", json!([])).await;
    becomes(&stack, &publication_id, "published", "publication.approved").await;
}

#[tokio::test]
async fn held_content_that_a_person_refuses_comes_with_a_statement_of_reasons_r11_1() {
    let stack = running().await;
    let account_id = active_account(&stack).await;
    let (publication_id, case) = held(&stack, &account_id, HELD).await;
    decide(&stack, &case, "refuse", json!(["account_trading"])).await;
    let publication = becomes(&stack, &publication_id, "rejected", "publication.refused").await;
    let statement = &publication["settlement"]["statement_of_reasons"];
    assert_eq!(statement["decision_visibility"], "DECISION_VISIBILITY_CONTENT_REMOVED", "{publication}");
    assert_eq!(statement["policies"], json!(["account_trading"]));
    assert!(statement["redress"]["zh"].as_str().is_some_and(|text| text.contains("申诉")), "{statement}");
}
