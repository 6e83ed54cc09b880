//! R11.1: an operator changes what may be published without a deployment, and goes back in one call.

use std::{panic::AssertUnwindSafe, time::Duration};

use acceptance::{principals::unique, stack::Stack, waiting::until};
use app::{
    control_files::ControlReport,
    ports::{Clock, SystemClock},
};
use futures::{FutureExt, future::join_all};
use screening::source::sha256;
use serde_json::{Value, json};

use crate::stack::{PATIENCE, active_account, observer, publication, publish, running};

/// Longer than a process keeps what it has read of the register.
pub(crate) const IN_FORCE: Duration = Duration::from_secs(90);

/// Words that no other test publishes and the starter pack has nothing against.
const TERM: &str = "云笺雀戏";

/// A pack that rejects what its bank file has.
fn yaml(version: u64, bank: &str) -> String {
    format!(
        "id: e2e\nversion: {version}\nbanks:\n  games:\n    files:\n      - {{ name: banks/games.txt, sha256: {} }}\n\
         rules:\n  - id: games\n    version: 1\n    title: {{ zh: 测试, en: test }}\n    policy: gambling\n    \
         effect: reject\n    bank: games\n    examples: {{ matches: [来玩{TERM}], passes: [百家姓] }}\n",
        sha256(bank.as_bytes())
    )
}

pub(crate) async fn put(stack: &Stack, folder: &str, name: &str, content: &str) {
    let operator = stack.observer_as(&stack.identities.operator).unwrap();
    let key = format!("controls/rule-packs/{folder}/{name}");
    operator.put_object(stack.bucket("artefacts").unwrap(), &key, content.as_bytes()).await.unwrap();
}

/// Waits for the report on the pack in that folder, of which there is one.
async fn report(stack: &Stack, folder: &str) -> ControlReport {
    let operator = stack.observer_as(&stack.identities.operator).unwrap();
    let bucket = stack.bucket("artefacts").unwrap();
    let prefix = format!("reports/rule-packs/{folder}/rule-pack.yaml.");
    until(&format!("{folder} is answered"), PATIENCE, async || {
        let reports = operator.objects(bucket, &prefix).await?;
        let Some(report) = reports.first() else { return Ok(None) };
        Ok(Some(serde_json::from_slice(&operator.object(bucket, &report.key).await?)?))
    })
    .await
    .unwrap()
}

async fn packs(stack: &Stack) -> Value {
    stack.operator().get(&stack.platform_api, "/v1/rule-packs?limit=5").await.unwrap().expect(200).unwrap()
}

/// A version that nobody has used.
pub(crate) async fn next_version(stack: &Stack) -> u64 {
    packs(stack).await["packs"].as_array().unwrap().first().map_or(1, |pack| pack["version"].as_u64().unwrap() + 1)
}

async fn activate(stack: &Stack, version: u64) -> Value {
    let path = format!("/v1/rule-packs/{version}/activate");
    let body = json!({ "reason": "端到端测试" });
    stack.operator().write(&stack.platform_api, &path, &body).await.unwrap().expect(200).unwrap()
}

async fn verdict(stack: &Stack, account_id: &str) -> Value {
    let body = publication(account_id, &unique("pack"), &format!("周末一起玩{TERM}吧"));
    publish(stack, &body).await.expect(201).unwrap()["verdict"].clone()
}

/// Waits until the pack of that name screens; gives how long it took.
pub(crate) async fn screens(stack: &Stack, account_id: &str, pack: &str) -> Value {
    until(&format!("{pack} screens"), IN_FORCE, async || {
        let verdict = verdict(stack, account_id).await;
        Ok(verdict["rule_pack"].as_str().unwrap().starts_with(pack).then_some(verdict))
    })
    .await
    .unwrap()
}

/// Runs `work`, and leaves the built-in pack in force for the tests that follow, whatever came of it.
pub(crate) async fn and_back(stack: &Stack, account_id: &str, work: impl Future<Output = ()>) {
    let outcome = AssertUnwindSafe(work).catch_unwind().await;
    assert_eq!(activate(stack, 0).await["version"], 0);
    screens(stack, account_id, "starter@").await;
    outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

#[tokio::test]
async fn r11_1_a_pack_uploaded_changes_the_verdict_without_a_deploy() {
    let stack = running().await;
    let (account_id, began) = (active_account(&stack).await, SystemClock.now());
    assert_eq!(verdict(&stack, &account_id).await["effect"], "pass");
    and_back(&stack, &account_id, async {
        let (version, folder, bank) = (next_version(&stack).await, unique("good"), format!("{TERM}\n"));
        // The pack before its bank, as a parallel upload may have it.
        put(&stack, &folder, "rule-pack.yaml", &yaml(version, &bank)).await;
        let missing = report(&stack, &folder).await;
        let told = missing.problems.iter().any(|problem| problem.line == Some(6) && problem.en.contains("games.txt"));
        assert!(!missing.accepted && told, "{missing:?}");
        put(&stack, &folder, "banks/games.txt", &bank).await;
        let verdict = screens(&stack, &account_id, &format!("e2e@{version}+")).await;
        assert_eq!((&verdict["effect"], &verdict["findings"][0]["rule"]), (&json!("reject"), &json!("games")));
        assert!(report(&stack, &folder).await.accepted, "the report is that of the whole upload");
        // Profiles are screened by the same pack (R2).
        until("the pack refuses a bio", IN_FORCE, async || {
            let bio = json!({ "bio": format!("周末一起玩{TERM}吧") });
            let answer = crate::profiles::change(&stack, &account_id, &bio).await.expect(200)?;
            Ok((answer["profile_change"]["outcome"] == "refused").then_some(()))
        })
        .await
        .unwrap();
        let known = packs(&stack).await;
        assert_eq!((&known["in_force"]["version"], &known["packs"][0]["version"]), (&json!(version), &json!(version)));
        let name = verdict["rule_pack"].as_str().unwrap();
        let sha256 = known["in_force"]["sha256"].as_str().unwrap();
        assert_eq!(name, format!("e2e@{version}+{}", &sha256[..12]), "the verdict names version and content");

        // A pack with mistakes is told where, and changes nothing.
        let bad = unique("bad");
        put(&stack, &bad, "banks/games.txt", "百家乐\n百家乐\n").await;
        put(
            &stack,
            &bad,
            "rule-pack.yaml",
            &yaml(version + 1, "百家乐\n百家乐\n").replace("effect: reject", "effect: drop"),
        )
        .await;
        let refused = report(&stack, &bad).await;
        assert!(!refused.accepted, "{refused:?}");
        let problem = &refused.problems[0];
        assert_eq!(
            (problem.file.as_deref(), problem.path.as_str()),
            (Some("rule-pack.yaml"), "rules[0]"),
            "{problem:?}"
        );
        assert!(problem.line.is_some() && problem.zh != problem.en, "{problem:?}");
        assert_eq!(packs(&stack).await["in_force"]["version"], version);

        // The way back is one call, and the history stays.
        let rolled_back = std::time::Instant::now();
        activate(&stack, 0).await;
        assert_eq!(screens(&stack, &account_id, "starter@").await["effect"], "pass");
        assert!(rolled_back.elapsed() < Duration::from_secs(45), "half a minute, and a busy machine");
        assert_eq!(packs(&stack).await["packs"][0]["version"], version);
        activate(&stack, version).await;
        screens(&stack, &account_id, &format!("e2e@{version}+")).await;
    })
    .await;
    // All of it is on record.
    let (observer, bucket) = (observer(&stack), stack.bucket("content-log").unwrap());
    for kind in ["rule_pack_published", "rule_pack_refused", "rule_pack_activated"] {
        until(kind, PATIENCE, async || {
            let objects = acceptance::story::log_since(&observer, bucket, began).await?;
            Ok(objects.into_iter().flat_map(|(_, records)| records).any(|record| record.kind == kind).then_some(()))
        })
        .await
        .unwrap();
    }
}

#[tokio::test]
async fn r11_1_two_uploads_at_once_never_mix() {
    let stack = running().await;
    let account_id = active_account(&stack).await;
    and_back(&stack, &account_id, async {
        let version = next_version(&stack).await;
        let uploads: Vec<(String, String)> =
            (0..4).map(|n| (unique(&format!("at-once-{n}")), format!("{TERM}\n二八杠{n}\n"))).collect();
        join_all(uploads.iter().map(async |(folder, bank)| {
            put(&stack, folder, "banks/games.txt", bank).await;
            put(&stack, folder, "rule-pack.yaml", &yaml(version, bank)).await;
        }))
        .await;
        let reports = join_all(uploads.iter().map(|(folder, _)| report(&stack, folder))).await;
        let accepted: Vec<&String> =
            uploads.iter().zip(&reports).filter(|(_, report)| report.accepted).map(|((_, bank), _)| bank).collect();
        assert_eq!(accepted.len(), 1, "{reports:?}");
        let pack = &packs(&stack).await["packs"][0];
        assert_eq!(pack["source_sha256"], sha256(yaml(version, accepted[0]).as_bytes()), "{pack}");
        assert_eq!((&pack["version"], &pack["terms"]), (&json!(version), &json!(2)));
        screens(&stack, &account_id, &format!("e2e@{version}+")).await;
    })
    .await;
}

#[tokio::test]
async fn r11_1_nobody_but_operators_and_the_lead_governs_rule_packs() {
    let stack = running().await;
    let bucket = stack.bucket("artefacts").unwrap();
    let body = json!({ "reason": "不应成功" });
    for caller in [stack.platform(), stack.reviewer(), stack.auditor()] {
        let answer = caller.write(&stack.platform_api, "/v1/rule-packs/0/activate", &body).await.unwrap();
        assert_eq!(answer.status, 403, "{answer}");
    }
    let identities = &stack.identities;
    for keys in [&identities.platform, &identities.reviewer, &identities.auditor] {
        let put = stack.observer_as(keys).unwrap().put_object(bucket, "controls/rule-packs/no/a.txt", b"a").await;
        assert_eq!(put.unwrap_err().code, "AccessDenied");
    }
    let operator = stack.observer_as(&identities.operator).unwrap();
    let forged = operator.put_object(bucket, "rule-packs/0/compiled", b"GATEPACK").await;
    assert_eq!(forged.unwrap_err().code, "AccessDenied", "what is in force was compiled here");
}
