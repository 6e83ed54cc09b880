//! R16.1: evidence is ordered, approved by another person, built, handed over and verified by an outsider.

use std::time::Duration;

use acceptance::{caller::Caller, principals::unique, stack::Stack, waiting::until};
use app::ports::{Clock, SystemClock};
use gatehouse_verify::{keyring::Trust, package::verify_package};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::stack::{PATIENCE, active_account, observer, publication, publish, running};

const PATH: &str = "/v1/evidence-packages";

async fn act(stack: &Stack, caller: Caller, package_id: &str, act: &str) -> acceptance::caller::Answer {
    let key = unique(act);
    let ask = acceptance::caller::Ask::new(reqwest::Method::POST, &format!("{PATH}/{package_id}/{act}")).key(&key);
    caller.ask(&stack.platform_api, ask).await.unwrap()
}

async fn order(stack: &Stack, account_id: &str, began: jiff::Timestamp) -> Value {
    let body = json!({
        "scope": { "type": "subject", "subject_type": "account", "subject_id": account_id },
        "from": (began - SignedDuration::from_mins(1)).to_string(),
        "until": (SystemClock.now() + SignedDuration::from_mins(1)).to_string(),
        "legal_basis": "（2026）京公调证字第 1 号", "reason": "端到端测试：协助调查", "personal_data": true, "log_objects": true,
    });
    stack.record_officer().write(&stack.platform_api, PATH, &body).await.unwrap().expect(201).unwrap()
}

#[tokio::test]
async fn r16_1_b3_evidence_is_approved_by_a_second_person_handed_over_and_verified_offline() {
    let stack = running().await;
    let began = SystemClock.now();
    let account_id = active_account(&stack).await;
    let reference = unique("evidence");
    let picture = crate::media::uploaded(&stack, "evidence.jpg", crate::media::SCENE).await;
    let mut post = publication(&account_id, &reference, "证据包里的这句话。");
    post["parts"].as_array_mut().unwrap().push(crate::media::picture(&picture));
    publish(&stack, &post).await.expect(201).unwrap();
    let bucket = stack.bucket("content-log").unwrap();
    until("the publication is in the log", PATIENCE, async || {
        let log = acceptance::story::log_since(&observer(&stack), bucket, began).await?;
        let there =
            log.iter().any(|(_, records)| serde_json::to_string(records).is_ok_and(|it| it.contains(&reference)));
        Ok(there.then_some(()))
    })
    .await
    .unwrap();
    let ordered = order(&stack, &account_id, began).await;
    let package_id = ordered["package_id"].as_str().unwrap().to_owned();
    assert_eq!(ordered["state"], "waiting_for_approval", "{ordered}");
    let same = act(&stack, stack.record_officer(), &package_id, "approve").await;
    assert_eq!((same.status, same.code().as_str()), (403, "package_same_person"), "{same}");
    act(&stack, stack.content_safety_lead(), &package_id, "approve").await.expect(200).unwrap();

    let path = format!("{PATH}/{package_id}");
    let ready = until("the package is built", Duration::from_secs(90), async || {
        let shown = stack.record_officer().get(&stack.platform_api, &path).await?.expect(200)?;
        Ok((shown["state"] == "ready").then_some(shown))
    })
    .await
    .unwrap();
    assert!(ready["built"]["records"].as_u64().unwrap() >= 2, "{ready}");
    let handed = act(&stack, stack.record_officer(), &package_id, "hand-over").await.expect(200).unwrap();
    assert!(handed["url"].as_str().unwrap().contains(&package_id), "{handed}");
    let archive = reqwest::get(handed["url"].as_str().unwrap()).await.unwrap().bytes().await.unwrap().to_vec();
    assert_eq!(evidence::digest::Digest::of(&archive).to_string(), handed["sha256"].as_str().unwrap());

    let files = evidence::package::Package::read(&archive).unwrap().files;
    let keys = files.keys().filter_map(|path| path.strip_prefix("seals/keys/")?.strip_suffix(".pem"));
    let trust = Trust { named: keys.map(|key| key.parse().unwrap()).collect(), brought: vec![] };
    let report = verify_package(&archive, &trust).unwrap();
    assert_eq!((report.findings, report.media, report.media_left_out), (vec![], 1, 0));
    let scene = files.iter().find(|(path, _)| path.starts_with(evidence::package::MEDIA)).unwrap();
    assert!(*scene.1 == crate::media::SCENE && scene.0.strip_suffix(".jpg").is_some(), "{}", scene.0);
    let text = String::from_utf8_lossy(&files["records.ndjson"]).into_owned();
    assert!(text.contains("证据包里的这句话") && text.contains(&reference));
    assert!(String::from_utf8_lossy(&files["identities.json"]).contains("document_number"));
    let mut altered = archive.clone();
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    assert!(verify_package(&altered, &trust).map_or(true, |report| !report.sound), "an altered byte is found");

    for caller in [stack.platform(), stack.reviewer(), stack.operator()] {
        assert_eq!(caller.get(&stack.platform_api, &path).await.unwrap().status, 403);
    }
}
