//! Fairness rule 2 and B9: an account appeals, somebody else judges, and what was wrong is undone.

use acceptance::{
    caller::{Answer, Caller},
    principals::unique,
    stack::Stack,
    waiting::until,
};
use serde_json::{Value, json};

use crate::stack::{PATIENCE, account, active_account, complain, open_case, publication, publish, running};

async fn claim(stack: &Stack, who: &Caller, case: &Value) -> Answer {
    let path = format!("/v1/cases/{}/claim", case["case_id"].as_str().unwrap());
    who.write(&stack.platform_api, &path, &json!({})).await.unwrap()
}

/// Claims the case and decides it; gives the decision's id.
pub(crate) async fn decide(stack: &Stack, who: &Caller, case: &Value, action: Value, policies: Value) -> String {
    let version = claim(stack, who, case).await.expect(200).unwrap()["version"].clone();
    let decision = json!({
        "version": version, "action": action, "policies": policies, "reason": "复核结论。", "facts": "已阅读全文。",
    });
    let path = format!("/v1/cases/{}/decisions", case["case_id"].as_str().unwrap());
    let decided = who.write(&stack.platform_api, &path, &decision).await.unwrap().expect(201).unwrap();
    decided["decision"]["decision_id"].as_str().unwrap().to_owned()
}

pub(crate) async fn appeal(stack: &Stack, account_id: &str, decision_id: &str) -> Answer {
    let body = json!({ "account_id": account_id, "decision_id": decision_id, "grounds": "收款账号不是本账号的。" });
    stack.platform().write(&stack.platform_api, "/v1/appeals", &body).await.unwrap()
}

async fn publishes(stack: &Stack, account_id: &str) -> Answer {
    publish(stack, &publication(account_id, &unique("appeal"), "明天有雨，记得带伞。")).await
}

/// Suspends the account without end; gives the decision's id.
async fn suspend(stack: &Stack, account_id: &str) -> String {
    complain(stack, account_id).await;
    let case = open_case(stack, "default", account_id).await;
    let decision_id =
        decide(stack, &stack.reviewer(), &case, json!({ "type": "suspend_updates" }), json!(["spam"])).await;
    until("the suspension is in force", PATIENCE, async || {
        Ok((publishes(stack, account_id).await.status == 403).then_some(()))
    })
    .await
    .unwrap();
    decision_id
}

/// What the platform is told of the appeal.
async fn told(stack: &Stack, account_id: &str) -> Value {
    let told = until("the platform is told of the appeal", PATIENCE, async || {
        let received = stack.stand_in().webhooks_about(account_id).await?;
        Ok(received.into_iter().find(|webhook| webhook["type"] == "appeal.decided"))
    });
    told.await.unwrap()
}

#[tokio::test]
async fn b9_a_suspended_account_appeals_another_reviewer_accepts_and_it_publishes_again() {
    let stack = running().await;
    let account_id = active_account(&stack).await;
    let decision_id = suspend(&stack, &account_id).await;

    let filed = appeal(&stack, &account_id, &decision_id).await.expect(201).unwrap();
    assert_eq!(filed["decision_id"], decision_id.as_str(), "{filed}");
    let twice = appeal(&stack, &account_id, &decision_id).await;
    assert_eq!((twice.status, twice.code().as_str()), (409, "appealed_before"), "{twice}");
    let case = open_case(&stack, "appeals", &account_id).await;
    assert_eq!((&case["case_id"], &case["due_at"]), (&filed["case_id"], &filed["due_at"]), "{case}");
    assert_eq!(publishes(&stack, &account_id).await.code(), "account_suspended", "an appeal alone lifts nothing");

    let refused = claim(&stack, &stack.reviewer(), &case).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "conflict_of_interest"), "{refused}");
    let path = format!("/v1/cases/{}", case["case_id"].as_str().unwrap());
    let first = stack.reviewer().get(&stack.platform_api, &path).await.unwrap().expect(200).unwrap();
    assert_eq!(first["allowed_actions"], json!([]), "{first}");
    let second = stack.content_safety_lead();
    let view = second.get(&stack.platform_api, &path).await.unwrap().expect(200).unwrap();
    assert_eq!(view["allowed_actions"], json!(["claim"]), "{view}");
    assert_eq!(view["appeal"]["decision"]["decision_id"], decision_id.as_str(), "{view}");
    assert!(view["appeal"]["grounds"].as_str().unwrap().contains("收款账号"), "{view}");
    let foreseen = &view["reversal"];
    assert_eq!(foreseen["decision_id"], decision_id.as_str(), "{foreseen}");
    assert_eq!(foreseen["may_publish"], json!({ "before": false, "after": true }), "{foreseen}");
    assert_eq!(foreseen["measures_in_force"]["before"][0]["kind"], "suspend_updates", "{foreseen}");
    assert_eq!(foreseen["measures_in_force"]["after"], json!([]), "{foreseen}");

    let reversal = decide(&stack, &second, &case, json!({ "type": "accept" }), json!([])).await;
    until("the account publishes again", PATIENCE, async || {
        Ok((publishes(&stack, &account_id).await.status == 201).then_some(()))
    })
    .await
    .unwrap();
    let enforcement = account(&stack, &account_id).await["enforcements"][0].clone();
    assert_eq!(enforcement["in_force"], false, "{enforcement}");
    let ending = (&enforcement["ending"]["cause"], &enforcement["ending"]["decision_id"]);
    assert_eq!(ending, (&json!("reversed"), &json!(reversal)), "{enforcement}");
    let data = told(&stack, &account_id).await["data"].clone();
    let outcome = (&data["outcome"], &data["appealed_decision_id"], &data["reason"]);
    assert_eq!(outcome, (&json!("accepted"), &json!(decision_id), &json!("复核结论。")), "{data}");
}

#[tokio::test]
async fn b9_a_rejected_appeal_leaves_the_suspension_and_says_why() {
    let stack = running().await;
    let account_id = active_account(&stack).await;
    let decision_id = suspend(&stack, &account_id).await;
    let other = active_account(&stack).await;
    let refused = appeal(&stack, &other, &decision_id).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "decision_of_another_account"), "{refused}");

    appeal(&stack, &account_id, &decision_id).await.expect(201).unwrap();
    let case = open_case(&stack, "appeals", &account_id).await;
    decide(&stack, &stack.content_safety_lead(), &case, json!({ "type": "reject" }), json!([])).await;
    let data = told(&stack, &account_id).await["data"].clone();
    assert_eq!((&data["outcome"], &data["facts"]), (&json!("rejected"), &json!("已阅读全文。")), "{data}");
    assert_eq!(publishes(&stack, &account_id).await.code(), "account_suspended");
}

#[tokio::test]
async fn b9_a_refused_publication_is_shown_when_the_appeal_is_accepted() {
    let stack = running().await;
    let account_id = active_account(&stack).await;
    let held = publish(&stack, &publication(&account_id, &unique("held"), "长期收购微信号")).await.expect(201).unwrap();
    let publication_id = held["publication_id"].as_str().unwrap();
    let case = open_case(&stack, "content", publication_id).await;
    let refusal =
        decide(&stack, &stack.reviewer(), &case, json!({ "type": "refuse" }), json!(["account_trading"])).await;
    appeal(&stack, &account_id, &refusal).await.expect(201).unwrap();
    let case = open_case(&stack, "appeals", publication_id).await;
    assert_eq!(case["matter"]["against"], json!({ "type": "refusal", "edition": 1 }), "{case}");
    let path = format!("/v1/cases/{}", case["case_id"].as_str().unwrap());
    let view = stack.content_safety_lead().get(&stack.platform_api, &path).await.unwrap().expect(200).unwrap();
    let foreseen = &view["reversal"];
    assert_eq!(foreseen["publication"]["status"], json!({ "before": "rejected", "after": "published" }), "{foreseen}");
    assert_eq!(foreseen["prints_looked_for"]["after"], 0, "{foreseen}");
    let reversal = decide(&stack, &stack.content_safety_lead(), &case, json!({ "type": "accept" }), json!([])).await;
    told(&stack, &account_id).await;
    let path = format!("/v1/publications/{publication_id}");
    let shown = stack.platform().get(&stack.platform_api, &path).await.unwrap().expect(200).unwrap();
    assert_eq!(shown["status"], "published", "{shown}");
    let settlement = &shown["settlement"];
    assert_eq!((&settlement["decision_id"], &settlement["reverses_decision_id"]), (&json!(reversal), &json!(refusal)));
}
