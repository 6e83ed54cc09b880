//! R5.2: what has to be accepted before one may publish. Each test ends the demand that it makes, for everybody else here
//! publishes without having accepted anything.

use acceptance::{caller::Answer, principals::unique, stack::Stack, waiting::until};
use app::{
    control_files::ControlReport,
    ports::{Clock, SystemClock},
};
use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    controls,
    stack::{PATIENCE, active_account, observer, publication, publish, running},
};

/// One document for all runs on a stack, which has room for twenty.
const DOCUMENT: &str = "end-to-end-rules";

/// Longer than a process keeps what it has read of the documents.
const IN_FORCE: std::time::Duration = std::time::Duration::from_secs(90);

struct Version {
    number: u64,
    sha256: String,
    report: ControlReport,
}

/// Puts text and document as the operator does, under the next version.
async fn put(stack: &Stack, effective_at: Timestamp, grace_hours: u32, acceptance: &str) -> Version {
    let documents = stack.platform().get(&stack.platform_api, "/v1/policy-documents").await.unwrap();
    let documents = documents.expect(200).unwrap()["documents"].clone();
    let known = documents.as_array().unwrap().iter().filter(|document| document["document_id"] == DOCUMENT);
    let latest = known.max_by_key(|document| document["version"].as_u64());
    let number = 1 + latest.map_or(0, |latest| latest["version"].as_u64().unwrap());
    // Versions take effect in their order, also when a run has broken off.
    let before = latest.map(|latest| latest["effective_at"].as_str().unwrap().parse::<Timestamp>().unwrap());
    let effective_at = before.map_or(effective_at, |before| effective_at.max(before));
    let name = unique("rules");
    let text = format!("第一条 账号应当遵守法律法规。{name}");
    let sha256 = HEXLOWER.encode(&Sha256::digest(&text));
    let (operator, bucket) =
        (stack.observer_as(&stack.identities.operator).unwrap(), stack.bucket("artefacts").unwrap());
    let key = format!("controls/policy-documents/texts/{name}.txt");
    operator.put_object(bucket, &key, text.as_bytes()).await.unwrap();
    let document = json!({
        "document_id": DOCUMENT,
        "version": number,
        "title": { "zh": "发布规则", "en": "Publish rules" },
        "text": format!("{name}.txt"),
        "sha256": sha256,
        "effective_at": effective_at,
        "grace_hours": grace_hours,
        "acceptance": acceptance,
    });
    let report = controls::put(stack, &format!("controls/policy-documents/{name}.yaml"), &document.to_string()).await;
    assert!(report.accepted, "{report:?}");
    Version { number, sha256, report }
}

async fn accept(stack: &Stack, account_id: &str, version: u64, sha256: &str) -> Answer {
    let body = json!({ "document_id": DOCUMENT, "version": version, "sha256": sha256 });
    let path = format!("/v1/accounts/{account_id}/agreements");
    stack.platform().write(&stack.platform_api, &path, &body).await.unwrap()
}

/// How publishing something new is answered: 201, or 403 for want of an agreement.
async fn publishes(stack: &Stack, account_id: &str) -> Result<(), Value> {
    let answer = publish(stack, &publication(account_id, &unique("agreed"), "明天有雨，记得带伞。")).await;
    match answer.status {
        201 => Ok(()),
        _ => {
            assert_eq!((answer.status, answer.code().as_str()), (403, "agreement_required"), "{answer}");
            Err(answer.json())
        }
    }
}

/// Waits until publishing is answered as `wanted` says.
async fn comes_to(stack: &Stack, account_id: &str, what: &str, wanted: impl Fn(&Result<(), Value>) -> bool) {
    until(what, IN_FORCE, async || Ok(wanted(&publishes(stack, account_id).await).then_some(()))).await.unwrap();
}

/// Runs `work`, and puts a version that asks for nothing afterwards, also when it has failed.
async fn and_ends_the_demand<T>(stack: &Stack, work: impl Future<Output = T>) -> T {
    let outcome = futures::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(work)).await;
    put(stack, SystemClock.now(), 0, "not_required").await;
    let account_id = active_account(stack).await;
    comes_to(stack, &account_id, "nobody has to accept anything", Result::is_ok).await;
    outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn in_seconds(seconds: i64) -> Timestamp {
    SystemClock.now() + SignedDuration::from_secs(seconds)
}

#[tokio::test]
async fn r5_2_accepted_within_grace_and_after_grace() {
    let stack = running().await;
    let (agreed, silent) = (active_account(&stack).await, active_account(&stack).await);
    let began = SystemClock.now();
    and_ends_the_demand(&stack, async {
        // Within its grace period a version stops nobody.
        let first = put(&stack, in_seconds(0), 24, "required").await;
        let outstanding = until("the version is asked for", IN_FORCE, async || {
            let path = format!("/v1/accounts/{silent}/agreements");
            let body = stack.platform().get(&stack.platform_api, &path).await?.expect(200)?;
            let mut asked = body["outstanding"].as_array().into_iter().flatten();
            Ok(asked.find(|asked| asked["version"] == first.number).cloned())
        })
        .await
        .unwrap();
        assert_eq!(outstanding["publishing_refused"], false, "{outstanding}");
        publishes(&stack, &silent).await.unwrap();
        accept(&stack, &agreed, first.number, &first.sha256).await.expect(200).unwrap();

        // The next version takes effect in a moment and leaves no time.
        let second = put(&stack, in_seconds(15), 0, "required").await;
        let accepted = accept(&stack, &agreed, second.number, &second.sha256).await.expect(200).unwrap();
        let kept = accepted["agreements"].as_array().unwrap();
        let kept = kept.iter().find(|kept| kept["document_id"] == DOCUMENT).expect("it was accepted");
        assert_eq!((&kept["version"], &kept["sha256"]), (&json!(second.number), &json!(second.sha256)));
        comes_to(&stack, &silent, "who has not accepted is refused", |answer| {
            let Err(problem) = answer else { return false };
            let named = &problem["policy_document"];
            assert_eq!(named["document_id"], DOCUMENT, "{problem}");
            assert_eq!((&named["version"], &named["sha256"]), (&json!(second.number), &json!(second.sha256)));
            true
        })
        .await;
        publishes(&stack, &agreed).await.expect("who has accepted publishes");

        // Another text, a version that is superseded, one that is not there; then the right one.
        for (version, sha256, code) in [
            (second.number, &first.sha256, "policy_document_other_text"),
            (first.number, &first.sha256, "policy_document_superseded"),
            (second.number + 9, &second.sha256, "policy_document_unknown"),
        ] {
            let answer = accept(&stack, &silent, version, sha256).await;
            assert_eq!(answer.code(), code, "{answer}");
        }
        assert!(publishes(&stack, &silent).await.is_err(), "what was refused is no acceptance");
        accept(&stack, &silent, second.number, &second.sha256).await.expect(200).unwrap();
        publishes(&stack, &silent).await.expect("from that moment on");

        // The record holds who accepted what.
        let (observer, bucket) = (observer(&stack), stack.bucket("content-log").unwrap());
        let record = until("the acceptance is in the log", PATIENCE, async || {
            let objects = acceptance::story::log_since(&observer, bucket, began).await?;
            let mut records = objects.into_iter().flat_map(|(_, records)| records);
            Ok(records.find(|it| it.kind == "agreement_accepted" && it.data["account_id"] == silent.as_str()))
        })
        .await
        .unwrap();
        assert_eq!(record.data["document_version"], second.number);
        assert_eq!(record.data["sha256"], second.sha256);
        assert_eq!(record.data["actor"]["type"], "caller");
        assert_eq!(second.report.version.map(u64::from), Some(second.number));
    })
    .await;
}

#[tokio::test]
async fn r5_2_the_platform_reads_the_text_that_the_hash_names() {
    let stack = running().await;
    let version = put(&stack, SystemClock.now(), 0, "not_required").await;
    let documents = stack.platform().get(&stack.platform_api, "/v1/policy-documents").await.unwrap();
    let documents = documents.expect(200).unwrap()["documents"].clone();
    let named = documents.as_array().unwrap().iter().find(|it| it["version"] == version.number).unwrap();
    assert_eq!((&named["sha256"], &named["in_effect"]), (&json!(version.sha256), &json!(true)), "{named}");
    let platform = stack.observer_as(&stack.identities.platform).unwrap();
    let bucket = stack.bucket("artefacts").unwrap();
    let text = platform.object(bucket, named["text_key"].as_str().unwrap()).await.unwrap();
    assert_eq!(HEXLOWER.encode(&Sha256::digest(&text)), version.sha256);
    // And nothing else there.
    let settings = format!("controls/policy-documents/texts/{}", unique("none"));
    platform.object(bucket, &settings).await.unwrap_err();
    platform.put_object(bucket, named["text_key"].as_str().unwrap(), b"another").await.unwrap_err();
}
