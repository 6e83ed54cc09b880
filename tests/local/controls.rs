//! Files as controls: an operator puts a file into the bucket, and what it says is in force, or is refused.

use acceptance::{
    principals::{Principal, unique},
    stack::Stack,
    waiting::until,
};
use app::{
    control_files::ControlReport,
    ports::{Clock, SystemClock},
};
use aws::observe::Observer;
use domain::settings::Settings;
use futures::future::join_all;
use serde_json::{Value, json};

use crate::stack::{PATIENCE, observer, running};

/// Longer than a process keeps what it has read of the settings.
const IN_FORCE: std::time::Duration = std::time::Duration::from_secs(90);

/// Puts a file as the operator, who may, and waits for its report.
pub(crate) async fn put(stack: &Stack, key: &str, text: &str) -> ControlReport {
    let (observer, bucket) =
        (stack.observer_as(&stack.identities.operator).unwrap(), stack.bucket("artefacts").unwrap());
    observer.put_object(bucket, key, text.as_bytes()).await.unwrap();
    let prefix = format!("reports/{}.", key.strip_prefix("controls/").unwrap());
    until(&format!("{key} is answered"), PATIENCE, async || {
        let reports = observer.objects(bucket, &prefix).await?;
        let Some(report) = reports.first() else { return Ok(None) };
        Ok(Some(serde_json::from_slice(&observer.object(bucket, &report.key).await?)?))
    })
    .await
    .unwrap()
}

pub(crate) async fn put_settings(stack: &Stack, settings: &Value) -> ControlReport {
    put(stack, &format!("controls/settings/{}.yaml", unique("settings")), &settings.to_string()).await
}

/// The settings in force, as they are stored.
pub(crate) async fn in_force(stack: &Stack, observer: &Observer) -> Settings {
    let rows = observer.rows(&stack.tables["operations"]).await.unwrap();
    let current = rows.into_iter().find(|row| row["pk"] == "SETTINGS" && row["sk"] == "CURRENT");
    current.map(|row| serde_json::from_value(row["doc"].clone()).unwrap()).unwrap_or_default()
}

/// Registers accounts of one new social organisation until the cap refuses one; gives how many it holds. Nothing when a
/// group is asked for before that: then the cap is above the threshold of groups; nor when the cap changed meanwhile.
async fn cap_of_a_social_organisation(stack: &Stack) -> Option<u32> {
    let principal = Principal { kind: "social_organisation", ..Principal::company("示例协会") };
    for held in 0..10 {
        let body = principal.registration("配额");
        let answer = stack.platform().write(&stack.platform_api, "/v1/accounts", &body).await.unwrap();
        if answer.status == 201 {
            continue;
        }
        if answer.code() == "group_required" {
            return None;
        }
        assert_eq!(answer.code(), "quota_exceeded", "{answer}");
        return (answer.json()["cap"] == held).then_some(held);
    }
    panic!("ten accounts of one principal");
}

/// A kind that no other test registers, so that nobody else meets the change.
#[tokio::test]
async fn a_settings_file_changes_the_cap_without_a_deployment_r7_3() {
    let stack = running().await;
    let (observer, began) = (observer(&stack), SystemClock.now());
    let before = in_force(&stack, &observer).await;
    let cap = if before.account_caps.social_organisation == 1 { 3 } else { 1 };
    let mut next = json!(Settings { version: before.version + 1, ..before.clone() });
    next["account_caps"]["social_organisation"] = json!(cap);
    let report = put_settings(&stack, &next).await;
    assert!(report.accepted, "{report:?}");
    until("the new cap is in force", IN_FORCE, async || {
        Ok((cap_of_a_social_organisation(&stack).await == Some(cap)).then_some(()))
    })
    .await
    .unwrap();

    // The change is an event, and in the record.
    let bucket = stack.bucket("content-log").unwrap();
    let logged = until("the change is in the log", PATIENCE, async || {
        let objects = acceptance::story::log_since(&observer, bucket, began).await?;
        let mut records = objects.into_iter().flat_map(|(_, records)| records);
        Ok(records.find(|record| record.kind == "settings_changed" && record.data["version"] == next["version"]))
    })
    .await
    .unwrap();
    assert_eq!(logged.data["follows"], before.version);
    assert_eq!(logged.data["actor"]["type"], "caller");

    // The same document again is no change.
    let again = put_settings(&stack, &next).await;
    assert!(again.accepted, "{again:?}");
    assert_eq!(in_force(&stack, &observer).await.version, before.version + 1);
}

#[tokio::test]
async fn a_bad_file_is_refused_with_line_and_reason_and_the_last_good_one_stays() {
    let stack = running().await;
    let observer = observer(&stack);
    let before = in_force(&stack, &observer).await;
    let name = |what: &str| format!("controls/settings/{}.yaml", unique(what));
    let version = before.version + 1;

    let limits = format!("version: {version}\naccount_caps:\n  individual: 2\n  media: 0\n  enterprise: many\n");
    let report = put(&stack, &name("类型"), &limits).await;
    assert_eq!(places(&report), [(Some(5), "account_caps.enterprise".to_owned())], "{report:?}");
    let report = put(&stack, &name("limits"), &limits.replace("many", "101")).await;
    let expected = [(Some(4), "account_caps.media".to_owned()), (Some(5), "account_caps.enterprise".to_owned())];
    assert_eq!(places(&report), expected, "{report:?}");
    assert!(report.problems.iter().all(|problem| problem.zh != problem.en && !problem.en.is_empty()));

    let broken = put(&stack, &name("broken"), "version: 2\naccount_caps: [\n").await;
    assert!(broken.problems[0].line.is_some(), "{broken:?}");
    let hostile =
        format!("version: {version}\na: &a [{}]\nb: [{}]\n", vec!["x"; 3_000].join(","), vec!["*a"; 3_000].join(","));
    let large = format!("version: {version}\n# {}\n", "x".repeat(70_000));
    let stale = format!("version: {}\naccount_caps: {{media: 9}}\n", before.version);
    for (what, text) in [("hostile", hostile), ("large", large), ("stale", stale), ("empty", String::new())] {
        let report = put(&stack, &name(what), &text).await;
        assert!(!report.accepted && !report.problems.is_empty(), "{what}: {report:?}");
    }
    assert_eq!(in_force(&stack, &observer).await, before);
    let dead = stack.queue("control-files-dlq").unwrap();
    assert_eq!(observer.depth(dead).await.unwrap().visible, 0, "a bad file is answered, not given up");
}

fn places(report: &ControlReport) -> Vec<(Option<usize>, String)> {
    assert!(!report.accepted, "{report:?}");
    report.problems.iter().map(|problem| (problem.line, problem.path.clone())).collect()
}

#[tokio::test]
async fn of_many_files_at_once_one_is_in_force_whole() {
    let stack = running().await;
    let observer = observer(&stack);
    let before = in_force(&stack, &observer).await;
    let documents: Vec<Value> = (1..=6_u32)
        .map(|n| {
            let mut settings = Settings { version: before.version + 1, ..before.clone() };
            // Two fields that say which file they come from.
            (settings.account_caps.media, settings.account_caps.government) = (10 + n, 20 + n);
            json!(settings)
        })
        .collect();
    let reports = join_all(documents.iter().map(|document| put_settings(&stack, document))).await;
    let accepted: Vec<&Value> =
        documents.iter().zip(&reports).filter(|(_, report)| report.accepted).map(|(document, _)| document).collect();
    assert_eq!(accepted.len(), 1, "{reports:?}");
    assert_eq!(json!(in_force(&stack, &observer).await), *accepted[0]);
}

#[tokio::test]
async fn nobody_but_an_operator_puts_a_file_and_an_operator_writes_no_report() {
    let stack = running().await;
    let bucket = stack.bucket("artefacts").unwrap();
    let may_put = async |keys, key: &str| stack.observer_as(keys).unwrap().put_object(bucket, key, b"{}").await;
    let identities = &stack.identities;
    for keys in [&identities.platform, &identities.reviewer, &identities.auditor] {
        let refused = may_put(keys, "controls/settings/no.yaml").await.unwrap_err();
        assert_eq!(refused.code, "AccessDenied");
    }
    for key in ["reports/settings/no.json", "policy-documents/0"] {
        assert_eq!(may_put(&identities.operator, key).await.unwrap_err().code, "AccessDenied", "{key}");
    }
}
