//! B8, R13.1, R13.2: closing an account takes two people, bars its principal, and is undone whole.

use std::collections::BTreeSet;

use acceptance::{
    caller::{Answer, Caller},
    principals::{Principal, unique},
    stack::Stack,
    waiting::until,
};
use serde_json::{Value, json};

use crate::{
    authority_reports::reports_about,
    stack::{PATIENCE, becomes, complain, open_case, publication, publish, register, running},
};

async fn post(stack: &Stack, who: &Caller, path: &str, body: Value) -> Answer {
    who.write(&stack.platform_api, path, &body).await.unwrap()
}

async fn claim(stack: &Stack, who: &Caller, case: &Value) -> Value {
    let path = format!("/v1/cases/{}/claim", case["case_id"].as_str().unwrap());
    post(stack, who, &path, json!({})).await.expect(200).unwrap()
}

async fn decide(stack: &Stack, who: &Caller, case: &Value, action: Value, policies: Value) -> Value {
    let version = claim(stack, who, case).await["version"].clone();
    let path = format!("/v1/cases/{}/decisions", case["case_id"].as_str().unwrap());
    let decision = json!({
        "version": version, "action": action, "policies": policies, "reason": "多次诈骗，处置后再犯。", "facts": "已核对全文。",
    });
    post(stack, who, &path, decision).await.expect(201).unwrap()
}

async fn publishes(stack: &Stack, account_id: &str) -> Answer {
    publish(stack, &publication(account_id, &unique("severe"), "明天有雨，记得带伞。")).await
}

async fn is_refused(stack: &Stack, account_id: &str, code: &str) {
    until("the account is refused", PATIENCE, async || {
        Ok((publishes(stack, account_id).await.code() == code).then_some(()))
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn r13_1_b8_an_account_is_closed_by_two_people_its_principal_barred_and_an_appeal_undoes_both() {
    let stack = running().await;
    let person = Principal::person("王五");
    let account_id = register(&stack, &person).await;
    becomes(&stack, &account_id, "active").await;
    complain(&stack, &account_id).await;
    let case = open_case(&stack, "default", &account_id).await;

    // What each way to decide it would lead to.
    let path = format!("/v1/cases/{}", case["case_id"].as_str().unwrap());
    let view = stack.reviewer().get(&stack.platform_api, &path).await.unwrap().expect(200).unwrap();
    let close = view["choices"].as_array().unwrap().iter().find(|choice| choice["action"]["type"] == "close").unwrap();
    assert_eq!((&close["needs_second_person"], &close["needs_policies"]), (&json!(true), &json!(true)), "{close}");
    let strikes = json!({ "type": "strikes", "added": 2, "together": 2 });
    assert!(close["consequences"].as_array().unwrap().contains(&strikes), "{close}");

    // Proposed, and nothing is decided.
    let action = json!({ "type": "close", "blacklist": { "review_days": 180 } });
    let proposed = decide(&stack, &stack.reviewer(), &case, action, json!(["fraud"])).await;
    assert_eq!(proposed["state"], "awaiting_approval", "{proposed}");
    let decision_id = proposed["proposal"]["decision_id"].as_str().unwrap().to_owned();
    assert_eq!(publishes(&stack, &account_id).await.status, 201);
    let approve = format!("/v1/decisions/{decision_id}/approve");
    let body = json!({ "version": proposed["version"] });
    let not_the_lead = post(&stack, &stack.reviewer(), &approve, body.clone()).await;
    assert_eq!(not_the_lead.status, 403, "{not_the_lead}");
    let waiting = "/v1/cases?queue=default&state=awaiting_approval&limit=100";
    until("the lead finds it in the list", PATIENCE, async || {
        let page = stack.content_safety_lead().get(&stack.platform_api, waiting).await?.expect(200)?;
        let cases = page["cases"].as_array().cloned().unwrap_or_default();
        Ok(cases.iter().any(|it| it["case_id"] == proposed["case_id"]).then_some(()))
    })
    .await
    .unwrap();

    let decided = post(&stack, &stack.content_safety_lead(), &approve, body.clone()).await.expect(200).unwrap();
    let (first, second) = (&decided["decision"]["decided_by"], &decided["decision"]["approved_by"]);
    assert!(first.is_string() && second.is_string() && first != second, "{decided}");
    is_refused(&stack, &account_id, "account_closed_by_decision").await;
    until("the principal is barred", PATIENCE, async || {
        let again = post(&stack, &stack.platform(), "/v1/accounts", person.registration("卷土重来")).await;
        Ok((again.code() == "principal_listed").then_some(()))
    })
    .await
    .unwrap();

    // The office is told of both steps, and later that both are undone (R13.1, R13.2).
    let reports = reports_about(&stack, &account_id, 2).await;
    let steps: BTreeSet<_> = reports.iter().map(|report| report["action"].as_str().unwrap()).collect();
    assert_eq!(steps, BTreeSet::from(["blacklist", "close"]), "{reports:?}");

    // Neither of the two judges the appeal; a third person does.
    let appeal = json!({ "account_id": account_id, "decision_id": decision_id, "grounds": "收款账号不是本账号的。" });
    post(&stack, &stack.platform(), "/v1/appeals", appeal).await.expect(201).unwrap();
    let case = open_case(&stack, "appeals", &account_id).await;
    let path = format!("/v1/cases/{}/claim", case["case_id"].as_str().unwrap());
    for barred in [stack.reviewer(), stack.content_safety_lead()] {
        let refused = post(&stack, &barred, &path, json!({})).await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "conflict_of_interest"), "{refused}");
    }
    let judge = stack.second_reviewer();
    decide(&stack, &judge, &case, json!({ "type": "accept" }), json!([])).await;
    until("the account publishes again", PATIENCE, async || {
        Ok((publishes(&stack, &account_id).await.status == 201).then_some(()))
    })
    .await
    .unwrap();
    until("the principal registers again", PATIENCE, async || {
        let again = post(&stack, &stack.platform(), "/v1/accounts", person.registration("沉冤得雪")).await;
        Ok((again.status == 201).then_some(()))
    })
    .await
    .unwrap();
    let all = reports_about(&stack, &account_id, 4).await;
    let corrected: BTreeSet<_> = all.iter().filter_map(|report| report["supplements"].as_str()).collect();
    assert_eq!(corrected, reports.iter().map(|report| report["number"].as_str().unwrap()).collect(), "{all:?}");
}
