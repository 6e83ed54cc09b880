//! B4: rules are tried on the record before anybody puts them in force.

use std::time::Duration;

use acceptance::{
    caller::{Answer, Ask, Caller},
    principals::unique,
    stack::Stack,
    waiting::until,
};
use app::ports::{Clock, SystemClock};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::{
    reviews::{decide, held},
    stack::{PATIENCE, active_account, observer, publication, publish, running},
};

const PATH: &str = "/v1/backtests";

/// A draft that finds `term`, and a rule that asks for what the record does not hold.
fn draft(term: &str) -> String {
    format!(
        "id: e2e\nversion: 1\nbanks: {{ tickets: [{term}] }}\nrules:\n  - {{ id: tickets, version: 1, state: draft, title: \
         {{ zh: 票, en: tickets }}, policy: spam, effect: hold, bank: tickets, examples: {{ matches: [低价{term}], passes: [票] \
         }} }}\n  - {{ id: young, version: 1, title: {{ zh: 新, en: young }}, policy: spam, effect: hold, bank: tickets, when: \
         'account.age_days < 7', examples: {{ matches: [{term}], passes: [] }} }}\n"
    )
}

fn order(term: &str, began: Timestamp) -> Value {
    let from = (began - SignedDuration::from_mins(1)).to_string();
    json!({ "rule_pack": draft(term), "from": from, "until": SystemClock.now().to_string(), "reason": "端到端测试：上线前试算" })
}

async fn cancel(stack: &Stack, caller: Caller, backtest_id: &str) -> Answer {
    let ask = Ask::new(reqwest::Method::POST, &format!("{PATH}/{backtest_id}/cancel")).key(&unique("cancel"));
    caller.ask(&stack.platform_api, ask).await.unwrap()
}

/// Waits until the log has all of them.
async fn logged(stack: &Stack, began: Timestamp, references: &[String]) {
    let bucket = stack.bucket("content-log").unwrap();
    until("the publications are in the log", PATIENCE, async || {
        let log = acceptance::story::log_since(&observer(stack), bucket, began).await?;
        let text = log.iter().map(|(_, records)| serde_json::to_string(records).unwrap()).collect::<String>();
        Ok(references.iter().all(|it| text.contains(it)).then_some(()))
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn b4_a_draft_is_tried_on_the_record_beside_live_rules_and_what_reviewers_decided() {
    let stack = running().await;
    let began = SystemClock.now();
    let term = format!("云墨票{}", unique("").replace('-', ""));
    let account_id = active_account(&stack).await;
    let alone = unique("backtest");
    publish(&stack, &publication(&account_id, &alone, &format!("低价{term}，先到先得"))).await.expect(201).unwrap();
    let (refused, case) = held(&stack, &account_id, &format!("长期收购微信号，送{term}")).await;
    decide(&stack, &case, "refuse", json!(["account_trading"])).await;
    until("the decision is in force", PATIENCE, async || {
        let path = format!("/v1/publications/{refused}");
        let shown = stack.platform().get(&stack.platform_api, &path).await?.expect(200)?;
        Ok((shown["status"] == "rejected").then_some(()))
    })
    .await
    .unwrap();
    logged(&stack, began, &[alone, refused.clone()]).await;

    let operator = stack.operator();
    let ordered = operator.write(&stack.platform_api, PATH, &order(&term, began)).await.unwrap().expect(201).unwrap();
    let backtest_id = ordered["backtest_id"].as_str().unwrap().to_owned();
    assert_eq!((&ordered["state"], &ordered["pack_id"]), (&json!("running"), &json!("e2e")), "{ordered}");
    let path = format!("{PATH}/{backtest_id}");
    let finished = until("the backtest has finished", Duration::from_secs(90), async || {
        let shown = stack.operator().get(&stack.platform_api, &path).await?.expect(200)?;
        Ok((shown["state"] == "finished").then_some(shown))
    })
    .await
    .unwrap();
    assert_eq!((&finished["hours_done"], &finished["hits"]), (&finished["hours"], &json!(2)), "{finished}");
    let result = reqwest::get(finished["result_url"].as_str().unwrap()).await.unwrap().bytes().await.unwrap();
    let result: Value = serde_json::from_slice(&result).unwrap();
    assert_eq!(result["read"]["objects"], result["read"]["objects_there"], "{result}");
    let rule = &result["rules"][0];
    assert_eq!((&rule["rule"], &rule["hits"], &rule["alone"]), (&json!("tickets"), &json!(2), &json!(1)), "{rule}");
    assert_eq!(rule["overlap"][0]["hits"], 1, "a live rule had met one of them: {rule}");
    assert_eq!((&rule["reviewed"]["refused"], &rule["reviewed"]["undecided"]), (&json!(1), &json!(1)), "{rule}");
    let sample = rule["sample"].as_array().unwrap();
    let of_refused = sample.iter().find(|hit| hit["subject_id"] == *refused).unwrap();
    assert_eq!(of_refused["decided"], "refused");
    assert!(of_refused["words"].as_str().unwrap().contains(&term) && of_refused["spans"][0]["part"] == 0, "{sample:?}");
    assert_eq!(result["not_tried"], json!([{ "rule": "young", "asks_for": ["account"] }]));

    // That it was run is on record; what has ended is not called off; the lead may as well, and nobody else.
    let late = cancel(&stack, stack.operator(), &backtest_id).await;
    assert_eq!((late.status, late.code().as_str()), (409, "backtest_ended"), "{late}");
    let lead = stack.content_safety_lead().get(&stack.platform_api, PATH).await.unwrap().expect(200).unwrap();
    assert!(lead["backtests"].as_array().unwrap().iter().any(|it| it["backtest_id"] == *backtest_id));
    for caller in [stack.platform(), stack.reviewer(), stack.auditor()] {
        assert_eq!(caller.get(&stack.platform_api, &path).await.unwrap().status, 403);
    }
    logged(&stack, began, &["backtest_ordered".to_owned(), "backtest_finished".to_owned()]).await;

    let mut wrong = order(&term, began);
    wrong["rule_pack"] = json!(draft(&term).replace("bank: tickets, examples", "bank: ticket, examples"));
    let wrong = operator.write(&stack.platform_api, PATH, &wrong).await.unwrap();
    assert_eq!((wrong.status, wrong.code().as_str()), (422, "draft_pack_invalid"), "{wrong}");
    assert!(wrong.json()["errors"][0]["constraint"].as_str().unwrap().contains("rule-pack.yaml"), "{wrong}");
}
