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

async fn verdict(stack: &Stack, body: &Value) -> Value {
    publish(stack, body).await.expect(201).unwrap()["verdict"].clone()
}

fn a_text(account_id: &str) -> Value {
    publication(account_id, &unique("incident"), "明天有雨，记得带伞。")
}

/// What no test that runs at the same time publishes.
fn a_link(account_id: &str) -> Value {
    let mut body = a_text(account_id);
    body["parts"] = json!([{ "type": "link", "url": "https://example.org/weather" }]);
    body
}

async fn becomes(stack: &Stack, body: impl Fn() -> Value, effect: &str) -> Value {
    until(&format!("the verdict is {effect}"), IN_FORCE, async || {
        let verdict = verdict(stack, &body()).await;
        Ok((verdict["effect"] == effect).then_some(verdict))
    })
    .await
    .unwrap()
}

/// Runs `work`, and ends what it has declared, also when it has failed.
async fn and_ends(stack: &Stack, body: impl Fn() -> Value, work: impl Future<Output = ()>) {
    let outcome = AssertUnwindSafe(work).catch_unwind().await;
    let ended = declare(stack, json!([]), 1).await.expect(200).unwrap();
    assert_eq!(ended["active"], false, "{ended}");
    becomes(stack, body, "pass").await;
    outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

/// Runs beside others, for which what it holds is nothing.
#[tokio::test]
async fn r5_1_an_incident_ends_by_itself() {
    let stack = running().await;
    let account_id = active_account(&stack).await;
    let link = || a_link(&account_id);
    and_ends(&stack, link, async {
        declare(&stack, json!([{ "type": "hold_part", "part": "link" }]), 1).await.expect(200).unwrap();
        becomes(&stack, link, "hold").await;
        assert_eq!(shown(&stack).await["active"], true);
        assert_eq!(verdict(&stack, &a_text(&account_id)).await["effect"], "pass", "another category goes on");
        // Nobody ends it.
        becomes(&stack, link, "pass").await;
        assert_eq!(shown(&stack).await["active"], false);
    })
    .await;
}

#[tokio::test]
async fn r5_1_an_incident_holds_everything_with_its_reason_until_it_is_ended() {
    let stack = running().await;
    let account_id = active_account(&stack).await;
    let text = || a_text(&account_id);
    assert_eq!(verdict(&stack, &text()).await["effect"], "pass");
    and_ends(&stack, text, async {
        let declared = declare(&stack, json!([{ "type": "hold_all" }]), 60).await.expect(200).unwrap();
        assert_eq!(
            (&declared["active"], &declared["incident"]["measures"]),
            (&json!(true), &json!([{ "type": "hold_all" }]))
        );
        let held = becomes(&stack, text, "hold").await;
        let finding = &held["findings"][0];
        assert_eq!(finding["rule"], "incident-mode", "{held}");
        assert!(finding["title"]["zh"].as_str().unwrap().contains("突发事件"), "{held}");
    })
    .await;
}

#[tokio::test]
async fn r5_1_an_incident_is_the_leads_to_declare_and_bounded() {
    let stack = running().await;
    let before = shown(&stack).await["incident"].clone();
    let body = json!({ "measures": [{ "type": "hold_all" }], "reason": "不应成功", "minutes": 5 });
    for caller in [stack.platform(), stack.reviewer(), stack.operator(), stack.auditor()] {
        let answer = caller.put(&stack.platform_api, "/v1/incident-mode", &body).await.unwrap();
        assert_eq!(answer.status, 403, "{answer}");
    }
    let long = declare(&stack, json!([{ "type": "hold_all" }]), 60 * 24 * 30).await;
    assert_eq!((long.status, long.code().as_str()), (422, "incident_time"), "{long}");
    let unknown = declare(&stack, json!([{ "type": "hold_policy", "policy": "weather" }]), 5).await;
    assert_eq!((unknown.status, unknown.code().as_str()), (422, "policy_unknown"), "{unknown}");
    assert_eq!(shown(&stack).await["incident"], before);
}
