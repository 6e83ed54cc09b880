//! R5.1: the content safety lead holds what is published while an incident lasts.

use std::{panic::AssertUnwindSafe, time::Duration};

use acceptance::{caller::Answer, principals::unique, stack::Stack, waiting::until};
use futures::FutureExt;
use serde_json::{Value, json};

use crate::stack::{active_account, publication, publish, running};

/// Longer than a process keeps what it has read.
const IN_FORCE: Duration = Duration::from_secs(90);

async fn declare(stack: &Stack, measures: Value, minutes: u32) -> Answer {
    let body = json!({ "measures": measures, "reason": "端到端测试：突发事件", "minutes": minutes });
    stack.content_safety_lead().put(&stack.platform_api, "/v1/incident-mode", &body).await.unwrap()
}

async fn shown(stack: &Stack) -> Value {
    stack.reviewer().get(&stack.platform_api, "/v1/incident-mode").await.unwrap().expect(200).unwrap()
}

async fn verdict(stack: &Stack, account_id: &str) -> Value {
    let body = publication(account_id, &unique("incident"), "明天有雨，记得带伞。");
    publish(stack, &body).await.expect(201).unwrap()["verdict"].clone()
}

async fn becomes(stack: &Stack, account_id: &str, effect: &str) -> Value {
    until(&format!("the verdict is {effect}"), IN_FORCE, async || {
        let verdict = verdict(stack, account_id).await;
        Ok((verdict["effect"] == effect).then_some(verdict))
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn r5_1_an_incident_holds_with_its_reason_and_ends_by_itself() {
    let stack = running().await;
    let account_id = active_account(&stack).await;
    assert_eq!(verdict(&stack, &account_id).await["effect"], "pass");
    let work = async {
        let declared = declare(&stack, json!([{ "type": "hold_all" }]), 1).await.expect(200).unwrap();
        assert_eq!(
            (&declared["active"], &declared["incident"]["measures"]),
            (&json!(true), &json!([{ "type": "hold_all" }]))
        );
        let held = becomes(&stack, &account_id, "hold").await;
        let finding = &held["findings"][0];
        assert_eq!(finding["rule"], "incident-mode", "{held}");
        assert!(finding["title"]["zh"].as_str().unwrap().contains("突发事件"), "{held}");
        // Nobody ends it.
        becomes(&stack, &account_id, "pass").await;
        assert_eq!(shown(&stack).await["active"], false);
        // A category, and the end of it before its time.
        declare(&stack, json!([{ "type": "hold_part", "part": "text" }]), 60).await.expect(200).unwrap();
        becomes(&stack, &account_id, "hold").await;
    };
    let outcome = AssertUnwindSafe(work).catch_unwind().await;
    let ended = declare(&stack, json!([]), 1).await.expect(200).unwrap();
    assert_eq!(ended["active"], false, "{ended}");
    becomes(&stack, &account_id, "pass").await;
    outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

#[tokio::test]
async fn r5_1_an_incident_is_the_leads_to_declare_and_bounded() {
    let stack = running().await;
    let body = json!({ "measures": [{ "type": "hold_all" }], "reason": "不应成功", "minutes": 5 });
    for caller in [stack.platform(), stack.reviewer(), stack.operator(), stack.auditor()] {
        let answer = caller.put(&stack.platform_api, "/v1/incident-mode", &body).await.unwrap();
        assert_eq!(answer.status, 403, "{answer}");
    }
    let long = declare(&stack, json!([{ "type": "hold_all" }]), 60 * 24 * 30).await;
    assert_eq!((long.status, long.code().as_str()), (422, "incident_time"), "{long}");
    let unknown = declare(&stack, json!([{ "type": "hold_policy", "policy": "weather" }]), 5).await;
    assert_eq!((unknown.status, unknown.code().as_str()), (422, "policy_unknown"), "{unknown}");
    assert_eq!(shown(&stack).await["active"], false);
}
