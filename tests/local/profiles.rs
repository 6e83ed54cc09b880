//! Changes of name, avatar and bio (R2, R4).

use acceptance::{
    caller::{Answer, Ask},
    principals::{Principal, unique},
    stack::Stack,
    waiting::until,
};
use app::ports::{Clock, SystemClock};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    names::fresh,
    stack::{PATIENCE, account, active_account, becomes, observer, open_case, running},
};

/// The starter pack holds it.
const HELD: &str = "长期收购微信号，价格好商量";

async fn patch(stack: &Stack, account_id: &str, body: &Value) -> Answer {
    let ask = Ask::new(Method::PATCH, &format!("/v1/accounts/{account_id}")).text(&body.to_string());
    stack.platform().ask(&stack.platform_api, ask.key(&unique("profile"))).await.unwrap()
}

/// A change of the account as it stands.
pub(crate) async fn change(stack: &Stack, account_id: &str, fields: &Value) -> Answer {
    let mut body = fields.clone();
    body["version"] = account(stack, account_id).await["version"].clone();
    patch(stack, account_id, &body).await
}

fn avatar() -> Value {
    json!({ "reference": format!("avatars/{}.png", unique("a")), "sha256": format!("{:064x}", 7) })
}

/// A reviewer claims the case, reads it and decides it; gives what was read of the subject.
async fn decide(stack: &Stack, case: &Value, action: &str, policies: &[&str]) -> Value {
    let path = format!("/v1/cases/{}", case["case_id"].as_str().unwrap());
    let reviewer = stack.reviewer();
    reviewer.write(&stack.platform_api, &format!("{path}/claim"), &json!({})).await.unwrap().expect(200).unwrap();
    let view = reviewer.get(&stack.platform_api, &path).await.unwrap().expect(200).unwrap();
    let decision = json!({
        "version": view["case"]["version"], "action": { "type": action }, "policies": policies,
        "reason": "人工审核结论。", "facts": "已核对资料。",
    });
    reviewer.write(&stack.platform_api, &format!("{path}/decisions"), &decision).await.unwrap().expect(201).unwrap();
    view["subject"].clone()
}

async fn comes_to(stack: &Stack, account_id: &str, outcome: &str, webhook: &str) -> Value {
    let what = format!("the change is {outcome}");
    let settled = until(&what, PATIENCE, async || {
        let account = account(stack, account_id).await;
        Ok((account["profile_change"]["outcome"] == outcome).then_some(account))
    });
    let settled = settled.await.unwrap();
    until("the platform is told", PATIENCE, async || {
        let received = stack.stand_in().webhooks_about(account_id).await?;
        Ok(received.iter().any(|it| it["type"] == webhook).then_some(()))
    })
    .await
    .unwrap();
    settled
}

#[tokio::test]
async fn r2_a_clean_change_is_shown_at_once_and_in_the_record() {
    let stack = running().await;
    let (began, account_id, name) = (SystemClock.now(), active_account(&stack).await, fresh("江边"));
    let bio = format!("每天看江。{}", fresh("b"));
    let changed = change(&stack, &account_id, &json!({ "display_name": name, "bio": bio })).await.expect(200).unwrap();
    assert_eq!((&changed["display_name"], &changed["bio"]), (&json!(name), &json!(bio)), "{changed}");
    comes_to(&stack, &account_id, "applied", "account.profile_changed").await;
    let (observer, bucket) = (observer(&stack), stack.bucket("content-log").unwrap());
    let record = until("the change is in the log", PATIENCE, async || {
        let objects = acceptance::story::log_since(&observer, bucket, began).await?;
        let mut records = objects.into_iter().flat_map(|(_, records)| records);
        Ok(records.find(|it| it.kind == "profile_changed" && it.data["account_id"] == account_id.as_str()))
    })
    .await
    .unwrap();
    assert_eq!(record.data["profile"]["bio"], bio);
    // A version that has passed, and a change of nothing.
    let stale = patch(&stack, &account_id, &json!({ "version": 1, "bio": "早安" })).await;
    assert_eq!((stale.status, stale.code().as_str()), (409, "version_conflict"), "{stale}");
    let same = change(&stack, &account_id, &json!({ "bio": bio })).await.expect(200).unwrap();
    assert_eq!(same["version"], changed["version"]);
}

#[tokio::test]
async fn r2_what_is_held_keeps_the_old_profile_until_a_person_approves_or_refuses() {
    let stack = running().await;
    for (action, policies, outcome, webhook) in [
        ("approve", &[][..], "applied", "account.profile_changed"),
        ("refuse", &["account_trading"][..], "refused", "account.profile_refused"),
    ] {
        let account_id = active_account(&stack).await;
        let fields = json!({ "bio": HELD, "avatar": avatar() });
        let waiting = change(&stack, &account_id, &fields).await.expect(200).unwrap();
        assert_eq!(waiting["profile_change"]["outcome"], "under_review", "{waiting}");
        assert!(waiting["bio"].is_null() && waiting["avatar"].is_null(), "the old profile stays: {waiting}");
        let again = change(&stack, &account_id, &json!({ "bio": "早安" })).await;
        assert_eq!((again.status, again.code().as_str()), (409, "profile_under_review"), "{again}");
        let subject = decide(&stack, &open_case(&stack, "profile", &account_id).await, action, policies).await;
        assert_eq!(subject["profile_change"]["proposed"]["bio"], HELD, "the reviewer reads it: {subject}");
        assert!(!subject["profile_change"]["concerns"].as_array().unwrap().is_empty(), "{subject}");
        let settled = comes_to(&stack, &account_id, outcome, webhook).await;
        assert_eq!(settled["bio"] == HELD, action == "approve", "{settled}");
        if action == "refuse" {
            let statement = &settled["profile_change"]["statement_of_reasons"];
            assert_eq!(statement["policies"], json!(policies), "{settled}");
            assert!(statement["redress"]["zh"].as_str().is_some_and(|text| text.contains("申诉")), "{statement}");
        }
        change(&stack, &account_id, &json!({ "bio": "早安" })).await.expect(200).unwrap();
    }
}

#[tokio::test]
async fn r2_r4_the_name_of_a_registration_is_refused_or_looked_at_as_a_change_of_it_is() {
    let stack = running().await;
    let registers = async |name: &str| {
        let body = Principal::person("李四").registration(name);
        stack.platform().write(&stack.platform_api, "/v1/accounts", &body).await.unwrap()
    };
    let refused = registers(&fresh("刷单返利来玩百家乐")).await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "name_refused"), "{refused}");
    assert!(refused.json()["concerns"][0]["title"]["zh"].is_string(), "{refused}");
    let held = registers(&fresh("长期收购微信号")).await.expect(201).unwrap();
    let account_id = held["account_id"].as_str().unwrap();
    assert!(held["name_concerns"][0]["rule"].is_string(), "{held}");
    becomes(&stack, account_id, "manual_review").await;
    let subject = decide(&stack, &open_case(&stack, "registration", account_id).await, "approve", &[]).await;
    assert_eq!(subject["name_concerns"].as_array().map(Vec::len), Some(1), "the reviewer reads why: {subject}");
    becomes(&stack, account_id, "active").await;
}

#[tokio::test]
async fn r7_1_an_avatar_waits_for_a_person() {
    let stack = running().await;
    let account_id = active_account(&stack).await;
    let picture = avatar();
    let waiting = change(&stack, &account_id, &json!({ "avatar": picture })).await.expect(200).unwrap();
    assert_eq!(waiting["profile_change"]["outcome"], "under_review", "{waiting}");
    decide(&stack, &open_case(&stack, "profile", &account_id).await, "approve", &[]).await;
    let settled = comes_to(&stack, &account_id, "applied", "account.profile_changed").await;
    assert_eq!(settled["avatar"], picture);
    let without = change(&stack, &account_id, &json!({ "avatar": null })).await.expect(200).unwrap();
    assert!(without["avatar"].is_null(), "{without}");
}

#[tokio::test]
async fn r2_what_a_rule_refuses_is_refused_with_reasons() {
    let stack = running().await;
    let account_id = active_account(&stack).await;
    let refused =
        change(&stack, &account_id, &json!({ "bio": "刷单返利，日赚千元，来玩百家乐" })).await.expect(200).unwrap();
    let change = &refused["profile_change"];
    assert_eq!((&change["outcome"], &refused["bio"]), (&json!("refused"), &Value::Null), "{refused}");
    assert_eq!(change["statement_of_reasons"]["automated_decision"], "AUTOMATED_DECISION_FULLY", "{refused}");
    comes_to(&stack, &account_id, "refused", "account.profile_refused").await;
}

#[tokio::test]
async fn r4_of_many_who_take_one_name_at_once_one_wins_and_the_old_name_is_free() {
    let stack = running().await;
    let name = fresh("港口");
    let accounts: Vec<String> = join_all((0..6).map(|_| active_account(&stack))).await;
    let old = account(&stack, &accounts[0]).await["display_name"].clone();
    let fields = json!({ "display_name": name });
    let answers = join_all(accounts.iter().map(|id| change(&stack, id, &fields))).await;
    let won: Vec<usize> = (0..6).filter(|n| answers[*n].status == 200).collect();
    assert_eq!(won.len(), 1, "{answers:?}");
    assert!(answers.iter().all(|it| it.status == 200 || it.code() == "name_taken"), "{answers:?}");
    // Back to a name of its own, and the one that it won is another's to take.
    change(&stack, &accounts[won[0]], &json!({ "display_name": fresh("灯塔") })).await.expect(200).unwrap();
    let next = (won[0] + 1) % 6;
    let spelt = json!({ "display_name": format!("{name}官方") });
    change(&stack, &accounts[next], &spelt).await.expect(200).unwrap();
    let taken = change(&stack, &accounts[won[0]], &fields).await;
    assert_eq!(taken.code(), "name_taken", "{taken}");
    assert!(old.is_string());
}

#[tokio::test]
async fn hostile_profiles_are_refused_and_change_nothing() {
    let stack = running().await;
    let account_id = active_account(&stack).await;
    let before = account(&stack, &account_id).await;
    for fields in [
        json!({ "display_name": "江边\u{202E}人鱼钓" }),
        json!({ "display_name": "江\u{200B}边" }),
        json!({ "display_name": "\u{3164}\u{3164}" }),
        json!({ "display_name": "官方" }),
        json!({ "display_name": "长".repeat(31) }),
        json!({ "bio": "加\u{200D}微\u{2066}信" }),
        json!({ "bio": "a\u{0}b" }),
        json!({ "bio": "" }),
        json!({ "bio": "长".repeat(501) }),
        json!({ "avatar": { "reference": "a\nb", "sha256": "00" } }),
        json!({ "avatar": { "reference": "a", "sha256": format!("{:064x}", 1), "more": 1 } }),
        json!({ "status": "active" }),
        json!({}),
    ] {
        let answer = change(&stack, &account_id, &fields).await;
        assert!(matches!(answer.status, 400 | 422), "{fields}: {answer}");
    }
    let large = patch(&stack, &account_id, &json!({ "version": 1, "bio": "长".repeat(350_000) })).await;
    assert_eq!((large.status, large.code().as_str()), (413, "body_too_large"), "{large}");
    assert_eq!(account(&stack, &account_id).await["version"], before["version"]);
}
