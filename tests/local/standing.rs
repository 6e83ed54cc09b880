//! R6.2 and R7.2: what an account's conduct and reach mean for what it publishes.

use acceptance::{principals::unique, stack::Stack, waiting::until};
use domain::id::PublicationId;
use serde_json::{Value, json};

use crate::stack::{PATIENCE, active_account, complain, open_case, publication, publish, running};

async fn credit(stack: &Stack, account_id: &str) -> Value {
    let path = format!("/v1/accounts/{account_id}/credit");
    stack.platform().get(&stack.platform_api, &path).await.unwrap().expect(200).unwrap()
}

/// A reviewer upholds the complaint about the account with a warning.
async fn warn(stack: &Stack, account_id: &str, strikes: u64) {
    complain(stack, account_id).await;
    let reviewer = stack.reviewer();
    let case = open_case(stack, "default", account_id).await;
    let path = format!("/v1/cases/{}", case["case_id"].as_str().unwrap());
    let claimed = reviewer.write(&stack.platform_api, &format!("{path}/claim"), &json!({})).await.unwrap();
    let version = claimed.expect(200).unwrap()["version"].clone();
    let decision = json!({
        "version": version, "action": { "type": "warn" }, "policies": ["spam"], "reason": "广告太多", "facts": "三条广告",
    });
    let decided = reviewer.write(&stack.platform_api, &format!("{path}/decisions"), &decision).await.unwrap();
    decided.expect(201).unwrap();
    until("the strike counts", PATIENCE, async || {
        Ok((fact(&credit(stack, account_id).await, "strikes") == strikes).then_some(()))
    })
    .await
    .unwrap();
}

fn fact(credit: &Value, name: &str) -> u64 {
    let facts = credit["facts"].as_array().unwrap();
    facts.iter().find(|fact| fact["fact"] == name).unwrap()["value"].as_u64().unwrap()
}

async fn verdict(stack: &Stack, account_id: &str) -> Value {
    let body = publication(account_id, &unique("standing"), "明天有雨，记得带伞。");
    publish(stack, &body).await.expect(201).unwrap()["verdict"]["effect"].clone()
}

#[tokio::test]
async fn r6_2_a_strike_moves_the_level_and_with_it_the_verdict_path() {
    let stack = running().await;
    let account_id = active_account(&stack).await;
    let before = credit(&stack, &account_id).await;
    assert_eq!((&before["level"], &before["standing"]["moderation"]), (&json!("B"), &json!("post")), "{before}");
    let points: i64 = before["facts"].as_array().unwrap().iter().map(|fact| fact["points"].as_i64().unwrap()).sum();
    assert_eq!(before["points"], points, "explained fact by fact: {before}");
    assert_eq!(verdict(&stack, &account_id).await, "pass");

    warn(&stack, &account_id, 1).await;
    assert_eq!(credit(&stack, &account_id).await["level"], "C");
    assert_eq!(verdict(&stack, &account_id).await, "review");

    warn(&stack, &account_id, 2).await;
    let after = credit(&stack, &account_id).await;
    assert_eq!((&after["level"], &after["standing"]["moderation"]), (&json!("D"), &json!("pre")), "{after}");
    assert_eq!(verdict(&stack, &account_id).await, "hold");

    // Level D may publish ten times an hour; one of them was just now.
    let mut refused = None;
    for _ in 0..25 {
        let answer = publish(&stack, &publication(&account_id, &unique("rate"), "又一条。")).await;
        if answer.status != 201 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("nobody counts");
    assert_eq!((refused.status, refused.code().as_str()), (429, "publication_rate_exceeded"), "{refused}");
    assert!(refused.header("retry-after").is_some());
}

#[tokio::test]
async fn r7_2_growth_moves_an_account_a_grade_up_and_deepens_its_screening() {
    let stack = running().await;
    let account_id = active_account(&stack).await;
    let id = account_id.parse().unwrap();
    // Of a thousand publications of the highest grade twenty are looked at: one of those, and one of the others.
    let drawn = |reference: &str| PublicationId::named(id, reference).uuid().as_u128() % 1_000 < 20;
    let sampled = (0..10_000).map(|n| format!("post-{n}")).find(|reference| drawn(reference)).unwrap();
    let other = (0..10_000).map(|n| format!("other-{n}")).find(|reference| !drawn(reference)).unwrap();
    let report = |period: &str, subscribers: u64| json!({ "account_id": account_id, "period": period, "subscribers": subscribers, "reads": 10 });
    let items = json!({ "items": [
        report("2026-10-31", 500), report("2026-11-30", 2_000_000), report("2026-10-31", 7), { "account_id": "x" },
    ] });
    for _ in 0..2 {
        let answer = stack.platform().post(&stack.platform_api, "/v1/metrics", &items).await.unwrap();
        let items = answer.expect(200).unwrap()["items"].clone();
        assert_eq!((&items[1]["status"], &items[1]["grade"]), (&json!(200), &json!("major")), "{items}");
        assert_eq!(items[2]["problem"]["code"], "metrics_passed", "{items}");
        assert_eq!(items[3]["problem"]["code"], "invalid_body", "{items}");
    }
    let standing = credit(&stack, &account_id).await["standing"].clone();
    assert_eq!((&standing["grade"], &standing["sampling_per_mille"]), (&json!("major"), &json!(20)), "{standing}");
    for (reference, effect) in [(&sampled, "review"), (&other, "pass")] {
        let answer =
            publish(&stack, &publication(&account_id, reference, "明天有雨，记得带伞。")).await.expect(201).unwrap();
        assert_eq!(answer["verdict"]["effect"], effect, "{answer}");
    }
}
