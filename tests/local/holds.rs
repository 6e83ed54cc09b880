//! B1: a legal hold beats the sweep, and is let go of by another person than the one who placed it.

use std::time::Duration;

use acceptance::{
    caller::{Answer, Ask, Caller},
    principals::unique,
    stack::Stack,
    waiting::until,
};
use app::ports::{Clock, SystemClock};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    complaints::{decide, send_evidence, upload},
    stack::{PATIENCE, active_account, may_be_swept, observer, open_case, publication, publish, running},
};

async fn place(stack: &Stack, scope: Value) -> Answer {
    let body = json!({ "scope": scope, "legal_basis": "（2026）京01民初1号", "reason": "端到端测试：诉讼保全" });
    stack.record_officer().write(&stack.platform_api, "/v1/legal-holds", &body).await.unwrap()
}

async fn release(stack: &Stack, caller: Caller, hold_id: &str) -> Answer {
    let ask = Ask::new(Method::DELETE, &format!("/v1/legal-holds/{hold_id}"));
    let ask = ask.text(&json!({ "reason": "诉讼终结" }).to_string()).key(&unique("release"));
    caller.ask(&stack.platform_api, ask).await.unwrap()
}

async fn plan(stack: &Stack) {
    let planner = stack.function("RetentionPlannerFunction").unwrap();
    let payload = json!({ "scheduled_at": SystemClock.now().to_string() });
    stack.operator().invoke(&stack.endpoint, planner, &payload).await.unwrap().expect(200).unwrap();
}

/// The log objects that hold a record of the account's publication.
async fn objects_of(stack: &Stack, began: jiff::Timestamp, reference: &str) -> Vec<String> {
    let bucket = stack.bucket("content-log").unwrap();
    until("the publication is in the log", PATIENCE, async || {
        let log = acceptance::story::log_since(&observer(stack), bucket, began).await?;
        let holds = |records: &[_]| serde_json::to_string(records).is_ok_and(|text| text.contains(reference));
        let keys: Vec<String> =
            log.into_iter().filter(|(_, records)| holds(records)).map(|(object, _)| object.key).collect();
        Ok((!keys.is_empty()).then_some(keys))
    })
    .await
    .unwrap()
}

async fn is_there(stack: &Stack, key: &str) -> bool {
    let bucket = stack.bucket("content-log").unwrap();
    !observer(stack).objects(bucket, key).await.unwrap().is_empty()
}

/// Publishes something and takes it down; gives its identifier.
async fn taken_down(stack: &Stack, account_id: &str) -> String {
    let published = publish(stack, &publication(account_id, &unique("down"), "昨天有雨。")).await.expect(201).unwrap();
    let id = published["publication_id"].as_str().unwrap().to_owned();
    let ask = Ask::new(Method::DELETE, &format!("/v1/publications/{id}"));
    stack.platform().ask(&stack.platform_api, ask).await.unwrap().expect(200).unwrap();
    id
}

/// A complaint about the account with a file and a contact, decided without a step; gives its receipt and identifier.
async fn dismissed(stack: &Stack, account_id: &str) -> (String, String) {
    let body = json!({
        "subject": { "subject_type": "account", "subject_id": account_id },
        "reason": "spam",
        "description": unique("广告"),
        "contact": format!("{}@example.org", unique("reporter")),
        "evidence": [{ "content_type": "image/png" }],
    });
    let filed = acceptance::reporter::file(stack, &body).await.unwrap().expect(201).unwrap();
    let receipt = filed["receipt"].as_str().unwrap().to_owned();
    upload(&filed["uploads"][0], b"\x89PNG\r\n\x1a\nscreenshot").await;
    send_evidence(stack, &receipt, &json!({})).await.expect(200).unwrap();
    let case = open_case(stack, "default", account_id).await;
    let path = format!("/v1/cases/{}/complaints", case["case_id"].as_str().unwrap());
    let page = stack.reviewer().get(&stack.platform_api, &path).await.unwrap().expect(200).unwrap();
    let id = page["complaints"][0]["complaint_id"].as_str().unwrap().to_owned();
    decide(stack, &stack.reviewer(), &case, "no_action").await.expect(201).unwrap();
    (receipt, id)
}

async fn shown(stack: &Stack, publication_id: &str) -> Answer {
    stack.platform().get(&stack.platform_api, &format!("/v1/publications/{publication_id}")).await.unwrap()
}

/// The receipts of rows that name `id`.
async fn receipts_of(stack: &Stack, id: &str) -> Vec<String> {
    let (observer, bucket) = (observer(stack), stack.bucket("content-log").unwrap());
    let mut naming = Vec::new();
    for object in observer.objects(bucket, "receipts/").await.unwrap() {
        if object.key.ends_with(".rows.receipt.json") {
            let text = String::from_utf8(observer.object(bucket, &object.key).await.unwrap()).unwrap();
            naming.extend(text.contains(id).then_some(text));
        }
    }
    naming
}

#[tokio::test]
async fn b1_r16_2_a_hold_beats_the_sweep_until_another_person_releases_it() {
    let stack = running().await;
    let began = SystemClock.now();
    let account_id = active_account(&stack).await;
    let scope = json!({ "type": "subject", "subject_type": "account", "subject_id": account_id });
    let placed = place(&stack, scope).await.expect(201).unwrap();
    let hold_id = placed["hold_id"].as_str().unwrap().to_owned();
    assert_eq!((&placed["in_force"], &placed["account_id"]), (&json!(true), &json!(account_id)), "{placed}");

    // Rows: what is taken down, and a complaint that is decided.
    let other = active_account(&stack).await;
    let (held_row, free_row) = (taken_down(&stack, &account_id).await, taken_down(&stack, &other).await);
    let (receipt, complaint_id) = dismissed(&stack, &other).await;
    let files = format!("evidence/complaints/{complaint_id}/");
    let evidence = stack.bucket("evidence").unwrap();
    assert_eq!(observer(&stack).objects(evidence, &files).await.unwrap().len(), 1);

    // Written after the hold, and not held: its own account.
    let (held, free) = (unique("held"), unique("free"));
    publish(&stack, &publication(&account_id, &held, "明天有雨。")).await.expect(201).unwrap();
    let held = objects_of(&stack, began, &held).await.remove(0);
    publish(&stack, &publication(&other, &free, "后天有雨。")).await.expect(201).unwrap();
    let free = objects_of(&stack, began, &free).await;
    // The queue may have brought both into one object, which stays then.
    let free = free.into_iter().find(|key| *key != held);

    let keys: Vec<String> = free.iter().chain([&held]).cloned().collect();
    may_be_swept(&keys).await;
    plan(&stack).await;
    if let Some(free) = &free {
        until("what nobody holds is deleted", PATIENCE, async || Ok((!is_there(&stack, free).await).then_some(())))
            .await
            .unwrap();
    }
    until("the rows have ended", PATIENCE, async || {
        let status = stack.public().get(&stack.public_api, &format!("/v1/complaints/{receipt}")).await?;
        let (status, shown) = (status.code(), shown(&stack, &free_row).await.code());
        let there = observer(&stack).objects(evidence, &files).await?;
        let ended = shown == "publication_expired" && status == "complaint_expired" && there.is_empty();
        Ok((ended && !receipts_of(&stack, &complaint_id).await.is_empty()).then_some(()))
    })
    .await
    .unwrap();
    let told = receipts_of(&stack, &free_row).await;
    assert!(told.len() == 1 && !told[0].contains(&other), "{told:?}");
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(is_there(&stack, &held).await, "{held} is held");
    let kept = shown(&stack, &held_row).await.expect(200).unwrap();
    assert_eq!(kept["status"], "deleted", "{kept}");
    assert_eq!(receipts_of(&stack, &held_row).await, Vec::<String>::new());

    let same = release(&stack, stack.record_officer(), &hold_id).await;
    assert_eq!((same.status, same.code().as_str()), (403, "hold_same_person"), "{same}");
    let released = release(&stack, stack.content_safety_lead(), &hold_id).await.expect(200).unwrap();
    assert_eq!(released["in_force"], false, "{released}");
    plan(&stack).await;
    until("what was held is deleted", PATIENCE, async || Ok((!is_there(&stack, &held).await).then_some(())))
        .await
        .unwrap();
    // The record of the hold outlives what it kept.
    let path = format!("/v1/legal-holds/{hold_id}");
    let record = stack.auditor().get(&stack.platform_api, &path).await.unwrap().expect(200).unwrap();
    assert_eq!(record["release"]["reason"], "诉讼终结", "{record}");
}

#[tokio::test]
async fn b1_holds_are_the_record_officers_and_the_leads() {
    let stack = running().await;
    let scope = json!({ "type": "period", "from": "2026-11-01T00:00:00Z", "until": "2026-11-01T01:00:00Z" });
    let body = json!({ "scope": scope, "legal_basis": "无", "reason": "不应成功" });
    for caller in [stack.platform(), stack.reviewer(), stack.operator(), stack.auditor()] {
        let answer = caller.write(&stack.platform_api, "/v1/legal-holds", &body).await.unwrap();
        assert_eq!(answer.status, 403, "{answer}");
    }
    let unknown =
        json!({ "type": "subject", "subject_type": "account", "subject_id": "acct_01m8323b80e00r000000000099" });
    let answer = place(&stack, unknown).await;
    assert_eq!(answer.code(), "subject_not_found", "{answer}");
}
