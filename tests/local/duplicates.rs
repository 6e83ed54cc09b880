//! The same request twice.

use acceptance::{
    caller::Ask,
    principals::{Principal, unique},
};
use serde_json::json;

use crate::stack::{active_account, publication, publish, running};

#[tokio::test]
async fn a_registration_sent_twice_is_one_account_and_the_same_answer() {
    let stack = running().await;
    let (key, body) = (unique("twice"), Principal::person("李四").registration("只注册一次"));
    let ask = Ask::post("/v1/accounts", &body).key(&key);
    let first = stack.platform().ask(&stack.platform_api, ask.clone()).await.unwrap();
    let second = stack.platform().ask(&stack.platform_api, ask).await.unwrap();
    assert_eq!(first.expect(201).unwrap(), second.expect(201).unwrap());
    assert_eq!(first.header("idempotent-replayed"), None);
    assert_eq!(second.header("idempotent-replayed"), Some("true"));

    let other = Ask::post("/v1/accounts", &Principal::person("王五").registration("别人")).key(&key);
    let third = stack.platform().ask(&stack.platform_api, other).await.unwrap();
    assert_eq!((third.status, third.code().as_str()), (422, "idempotency_key_reused"), "{third}");
}

#[tokio::test]
async fn a_publication_sent_twice_is_one_and_other_content_under_its_reference_is_refused() {
    let stack = running().await;
    let (account_id, reference) = (active_account(&stack).await, unique("twice"));
    let body = publication(&account_id, &reference, "今天学会了骑自行车。");
    let first = publish(&stack, &body).await.expect(201).unwrap();
    let second = publish(&stack, &body).await.expect(201).unwrap();
    assert_eq!(first, second);
    let other = publish(&stack, &publication(&account_id, &reference, "换了内容。")).await;
    assert_eq!((other.status, other.code().as_str()), (422, "reference_reused"), "{other}");
}

#[tokio::test]
async fn a_reference_twice_in_a_batch_is_one_publication() {
    let stack = running().await;
    let (account_id, reference) = (active_account(&stack).await, unique("twice"));
    let item = publication(&account_id, &reference, "同一条。");
    let items = publish(&stack, &json!({ "items": [item, item] })).await.expect(200).unwrap();
    assert_eq!(items["items"][0]["publication"], items["items"][1]["publication"], "{items}");
    assert_eq!(items["items"][1]["status"], 201);
}

#[tokio::test]
async fn a_complaint_sent_twice_under_a_key_has_one_receipt() {
    let stack = running().await;
    let account_id = active_account(&stack).await;
    let body = json!({
        "subject": { "subject_type": "account", "subject_id": account_id },
        "reason": "spam",
        "description": "广告太多",
    });
    let ask = acceptance::reporter::ask(&stack, &body).await.unwrap().key(&uuid::Uuid::now_v7().to_string());
    let first = stack.public().ask(&stack.public_api, ask.clone()).await.unwrap().expect(201).unwrap();
    let second = stack.public().ask(&stack.public_api, ask).await.unwrap().expect(201).unwrap();
    assert_eq!(first, second);
    let third = acceptance::reporter::file(&stack, &body).await.unwrap().expect(201).unwrap();
    assert_ne!(first["receipt"], third["receipt"], "without a key each is a complaint of its own");
}

#[tokio::test]
async fn a_principal_holds_only_so_many_accounts() {
    let stack = running().await;
    let principal = Principal::person("李四");
    for status in [201, 201, 409] {
        let body = principal.registration("配额");
        let answer = stack.platform().write(&stack.platform_api, "/v1/accounts", &body).await.unwrap();
        assert_eq!(answer.status, status, "{answer}");
        if status == 409 {
            assert_eq!(answer.code(), "quota_exceeded");
        }
    }
}
