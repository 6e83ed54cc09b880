//! R16.2: what people do on the platform is in the record, with address, port, device and time, sealed.

use acceptance::{principals::unique, waiting::until};
use app::ports::{Clock, SystemClock};
use serde_json::json;

use crate::stack::{PATIENCE, active_account, observer, running};

#[tokio::test]
async fn r16_2_r9_1_logins_are_in_the_locked_record_and_no_address_in_clear() {
    let stack = running().await;
    let began = SystemClock.now();
    let account_id = active_account(&stack).await;
    let reference = unique("login");
    let item = |reference: &str, address: &str| {
        json!({
            "account_id": account_id, "reference": reference, "action": "login", "occurred_at": began.to_string(),
            "address": address, "port": 51_123, "device": "canary-device-7",
        })
    };
    let body = json!({ "items": [item(&reference, "198.51.100.77"), item("bad", "no address")] });
    let mut ids = Vec::new();
    for _ in 0..2 {
        let answer = stack.platform().post(&stack.platform_api, "/v1/activity", &body).await.unwrap();
        let answer = answer.expect(200).unwrap();
        assert_eq!(
            (&answer["items"][0]["status"], &answer["items"][1]["status"]),
            (&json!(202), &json!(422)),
            "{answer}"
        );
        ids.push(answer["items"][0]["record_id"].as_str().unwrap().to_owned());
    }
    assert_eq!(ids[0], ids[1], "told again it is the same");

    let bucket = stack.bucket("content-log").unwrap();
    let (record, locked) = until("the login is in the log", PATIENCE, async || {
        let log = acceptance::story::log_since(&observer(&stack), bucket, began).await?;
        Ok(log.into_iter().find_map(|(object, records)| {
            let record = records.into_iter().find(|record| record.record_id.to_string() == ids[0])?;
            Some((record, object.locked_until))
        }))
    })
    .await
    .unwrap();
    assert!(locked.is_some());
    let text = serde_json::to_string(&record).unwrap();
    assert!(!text.contains("198.51.100.77") && !text.contains("canary-device"), "{text}");
    assert_eq!(
        (record.data["reference"].as_str(), record.data["action"].as_str()),
        (Some(reference.as_str()), Some("login"))
    );
    assert!(record.data["address_key"].as_str().unwrap().starts_with('v'));

    let refused = stack.reviewer().post(&stack.platform_api, "/v1/activity", &body).await.unwrap();
    assert_eq!(refused.status, 403, "{refused}");
}
