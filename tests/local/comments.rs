//! Comments: R12.1, the assessment that turns them on; R12.2, the owners' tools; and what becomes of a held one.

use acceptance::{
    caller::{Answer, Ask},
    principals::unique,
    stack::Stack,
    waiting::until,
};
use app::ports::{Clock, SystemClock};
use domain::{
    id::{PublicationId, uuid_at},
    subject::Subject,
};
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

use crate::stack::{EVERYWHERE, PATIENCE, active_account, observer, open_case, publication, publish, running};

const HELD: &str = "长期收购微信号";

async fn assess(stack: &Stack) -> String {
    let now = SystemClock.now();
    let body = json!({
        "function": "comments",
        "document_sha256": format!("{:0>64}", uuid_at(now).simple().to_string()),
        "assessor": "示例测评机构",
        "assessed_at": now - SignedDuration::from_hours(24),
        "valid_until": now + SignedDuration::from_hours(24 * 300),
    });
    for _ in 0..2 {
        stack
            .content_safety_lead()
            .post(&stack.platform_api, "/v1/assessments", &body)
            .await
            .unwrap()
            .expect(201)
            .unwrap();
    }
    let answer = stack
        .content_safety_lead()
        .post(&stack.platform_api, "/v1/assessments", &body)
        .await
        .unwrap()
        .expect(201)
        .unwrap();
    answer["assessment_id"].as_str().unwrap().to_owned()
}

/// Comments are on: an assessment counts, and every process knows.
pub(crate) async fn assessed(stack: &Stack) {
    let register =
        stack.content_safety_lead().get(&stack.platform_api, "/v1/assessments").await.unwrap().expect(200).unwrap();
    let counts = register["assessments"].as_array().unwrap().iter().any(|it| it["counts"] == true);
    if !counts {
        assess(stack).await;
        tokio::time::sleep(EVERYWHERE).await;
    }
}

async fn published(stack: &Stack, account_id: &str) -> String {
    let body = publication(account_id, &unique("commented"), "明天有雨，记得带伞。");
    let answer = publish(stack, &body).await.expect(201).unwrap();
    answer["publication_id"].as_str().unwrap().to_owned()
}

pub(crate) fn comment(reference: &str, commenter: &str, text: &str) -> Value {
    json!({ "reference": reference, "commenter": commenter, "text": text })
}

pub(crate) async fn write(stack: &Stack, publication_id: &str, body: &Value) -> Answer {
    let path = format!("/v1/publications/{publication_id}/comments");
    stack.platform().post(&stack.platform_api, &path, body).await.unwrap()
}

async fn act(stack: &Stack, comment_id: &Value, action: &str) -> Value {
    let path = format!("/v1/comments/{}/owner-actions", comment_id.as_str().unwrap());
    let answer = stack.platform().post(&stack.platform_api, &path, &json!({ "action": action })).await.unwrap();
    answer.expect(200).unwrap()
}

async fn put(stack: &Stack, path: &str, body: &Value) -> Value {
    let ask = Ask::new(Method::PUT, path).text(&body.to_string());
    stack.platform().ask(&stack.platform_api, ask).await.unwrap().expect(200).unwrap()
}

#[tokio::test]
async fn r12_1_comments_are_off_until_their_assessment_is_on_record() {
    let stack = running().await;
    let account_id = active_account(&stack).await;
    let publication_id = published(&stack, &account_id).await;
    let register =
        stack.content_safety_lead().get(&stack.platform_api, "/v1/assessments").await.unwrap().expect(200).unwrap();
    for assessment in register["assessments"].as_array().unwrap().iter().filter(|it| it["counts"] == true) {
        let path = format!("/v1/assessments/{}", assessment["assessment_id"].as_str().unwrap());
        let ask = Ask::new(Method::DELETE, &path).text(&json!({ "reason": "端到端测试" }).to_string());
        stack.content_safety_lead().ask(&stack.platform_api, ask).await.unwrap().expect(200).unwrap();
    }
    let mut n = 0;
    let mut attempt = async || {
        n += 1;
        write(&stack, &publication_id, &comment(&format!("c-{n}"), "u-1", "写得真好")).await
    };
    until("comments are off", PATIENCE, async || {
        let answer = attempt().await;
        Ok((answer.status == 403 && answer.code() == "function_not_assessed").then_some(()))
    })
    .await
    .unwrap();
    let refused = stack.platform().post(&stack.platform_api, "/v1/assessments", &json!({})).await.unwrap();
    assert_eq!(refused.status, 403, "the platform cannot assess itself: {refused}");
    assess(&stack).await;
    until("comments are on", PATIENCE, async || Ok((attempt().await.status == 201).then_some(()))).await.unwrap();
}

#[tokio::test]
async fn r12_2_owners_manage_the_comments_below_what_they_publish() {
    let stack = running().await;
    assessed(&stack).await;
    let began = SystemClock.now();
    let account_id = active_account(&stack).await;
    let publication_id = published(&stack, &account_id).await;

    let items = json!({ "items": [
        comment("c-1", "u-1", "写得真好，学到了。"), comment("c-2", "u-2", HELD), comment("c-3", "张三", "名字"),
    ] });
    for _ in 0..2 {
        let answers = write(&stack, &publication_id, &items).await.expect(200).unwrap()["items"].clone();
        assert_eq!((&answers[0]["status"], &answers[0]["comment"]["shown"]), (&json!(201), &json!(true)), "{answers}");
        assert_eq!(answers[1]["comment"]["status"], "held", "{answers}");
        assert_eq!(answers[2]["problem"]["code"], "invalid_body", "{answers}");
    }
    let path = format!("/v1/publications/{publication_id}/comments?limit=1");
    let page = until("the list has caught up", PATIENCE, async || {
        let page = stack.platform().get(&stack.platform_api, &path).await?.expect(200)?;
        Ok(page["next_cursor"].is_string().then_some(page))
    });
    let page = page.await.unwrap();
    let next = format!("{path}&cursor={}", page["next_cursor"].as_str().unwrap());
    let rest = stack.platform().get(&stack.platform_api, &next).await.unwrap().expect(200).unwrap();
    let references = [&page["comments"][0]["reference"], &rest["comments"][0]["reference"]];
    assert!(references.contains(&&json!("c-1")) && references.contains(&&json!("c-2")), "{page} {rest}");
    assert!(rest["next_cursor"].is_null(), "{rest}");

    let first = write(&stack, &publication_id, &comment("c-1", "u-1", "写得真好，学到了。")).await.expect(201).unwrap();
    let comment_id = &first["comment_id"];
    assert_eq!(act(&stack, comment_id, "hide").await["shown"], false);
    assert_eq!(act(&stack, comment_id, "restore").await["shown"], true);
    act(&stack, comment_id, "block_commenter").await;
    let blocked = write(&stack, &publication_id, &comment("c-4", "u-1", "又来了")).await;
    assert_eq!((blocked.status, blocked.code().as_str()), (403, "commenter_blocked"), "{blocked}");

    let wishes = json!({ "closed": false, "keywords": ["加群"] });
    let rules = put(&stack, &format!("/v1/accounts/{account_id}/comment-rules"), &wishes).await;
    assert_eq!(rules["blocked"], json!(["u-1"]));
    let keyword = write(&stack, &publication_id, &comment("c-5", "u-3", "欢迎加・羣")).await.expect(201).unwrap();
    assert_eq!((&keyword["shown"], &keyword["hidden"]["by"]), (&json!(false), &json!("keyword")), "{keyword}");

    put(&stack, &format!("/v1/publications/{publication_id}/comment-rules"), &json!({ "closed": true })).await;
    let closed = write(&stack, &publication_id, &comment("c-6", "u-3", "还开着吗")).await;
    assert_eq!((closed.status, closed.code().as_str()), (403, "comments_closed"), "{closed}");

    let subject = Subject::Publication(publication_id.parse::<PublicationId>().unwrap());
    let wanted = ["comment_hidden", "comment_restored", "commenter_blocked", "owner_rules_changed"];
    until("all of it is in the log", PATIENCE, async || {
        let records =
            acceptance::story::log_since(&observer(&stack), stack.bucket("content-log").unwrap(), began).await?;
        let records: Vec<_> = records.into_iter().flat_map(|(_, records)| records).collect();
        let of_account = |kind: &str| {
            let mut of_kind = records.iter().filter(|record| record.kind == kind);
            of_kind.any(|record| record.account_id.is_some_and(|id| id.to_string() == account_id))
        };
        let closing = records
            .iter()
            .any(|record| record.kind == "publication_comments_changed" && record.subject == Some(subject));
        Ok((wanted.iter().all(|kind| of_account(kind)) && of_account("comment") && closing).then_some(()))
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn r2_a_held_comment_and_one_complained_of_are_decided_by_a_person() {
    let stack = running().await;
    assessed(&stack).await;
    let account_id = active_account(&stack).await;
    let publication_id = published(&stack, &account_id).await;
    let held = write(&stack, &publication_id, &comment("c-1", "u-1", HELD)).await.expect(201).unwrap();
    let shown = write(&stack, &publication_id, &comment("c-2", "u-2", "写得真好")).await.expect(201).unwrap();
    let complaint = json!({
        "subject": { "subject_type": "comment", "subject_id": shown["comment_id"] },
        "reason": "spam",
        "description": "评论里有广告",
    });
    acceptance::reporter::file(&stack, &complaint).await.unwrap().expect(201).unwrap();

    decide(&stack, "content", &held["comment_id"], "approve", json!([])).await;
    decide(&stack, "default", &shown["comment_id"], "remove_content", json!(["spam"])).await;
    for (comment_id, status, told) in
        [(&held["comment_id"], "published", "comment.approved"), (&shown["comment_id"], "rejected", "comment.refused")]
    {
        let path = format!("/v1/comments/{}", comment_id.as_str().unwrap());
        let settled = until("the comment is settled", PATIENCE, async || {
            let comment = stack.platform().get(&stack.platform_api, &path).await?.expect(200)?;
            Ok((comment["status"] == status && comment["settlement"].is_object()).then_some(comment))
        });
        let settled = settled.await.unwrap();
        let statement = &settled["settlement"]["statement_of_reasons"];
        assert_eq!(statement.is_object(), status == "rejected", "{settled}");
        until("the platform is told", PATIENCE, async || {
            let received = stack.stand_in().webhooks_about(&account_id).await?;
            Ok(received.iter().any(|webhook| webhook["type"] == told).then_some(()))
        })
        .await
        .unwrap();
    }
}

/// A reviewer finds the case about the comment, claims it and decides it.
async fn decide(stack: &Stack, queue: &str, comment_id: &Value, action: &str, policies: Value) {
    let reviewer = stack.reviewer();
    let case = open_case(stack, queue, comment_id.as_str().unwrap()).await;
    let path = format!("/v1/cases/{}", case["case_id"].as_str().unwrap());
    let claimed = reviewer.write(&stack.platform_api, &format!("{path}/claim"), &json!({})).await.unwrap();
    let version = claimed.expect(200).unwrap()["version"].clone();
    let view = reviewer.get(&stack.platform_api, &path).await.unwrap().expect(200).unwrap();
    assert!(view["subject"]["text"].is_string(), "the reviewer reads the comment: {view}");
    let decision = json!({
        "version": version, "action": { "type": action }, "policies": policies, "reason": "人工审核结论。", "facts": "已阅读。",
    });
    let decided = reviewer.write(&stack.platform_api, &format!("{path}/decisions"), &decision).await.unwrap();
    decided.expect(201).unwrap();
}

async fn restriction(stack: &Stack, account_id: &str) -> anyhow::Result<Value> {
    let path = format!("/v1/accounts/{account_id}/comment-duty");
    let duty = stack.platform().get(&stack.platform_api, &path).await?.expect(200)?;
    Ok(duty["restriction"].clone())
}

#[tokio::test]
async fn r12_3_a_neglected_account_loses_comments_and_gets_them_back() {
    let stack = running().await;
    assessed(&stack).await;
    let rules = json!({ "duty": {
        "window_days": 7, "least_violations": 2, "most_left_up_percent": 50, "most_hours_to_act": 24,
        "restriction_days": 7,
    } });
    crate::stack::with_settings(&stack, "comments", &rules, neglected(&stack)).await;
}

async fn neglected(stack: &Stack) {
    let account_id = active_account(stack).await;
    let publication_id = published(stack, &account_id).await;
    for n in 0..2 {
        let body = comment(&format!("c-{n}"), "u-1", "写得真好");
        let written = write(stack, &publication_id, &body).await.expect(201).unwrap();
        let complaint = json!({
            "subject": { "subject_type": "comment", "subject_id": written["comment_id"] },
            "reason": "spam",
            "description": "评论里有广告",
        });
        acceptance::reporter::file(stack, &complaint).await.unwrap().expect(201).unwrap();
        decide(stack, "default", &written["comment_id"], "remove_content", json!(["spam"])).await;
    }
    let in_force = until("comments are taken from the account", PATIENCE, async || {
        Ok(Some(restriction(stack, &account_id).await?).filter(Value::is_object))
    });
    let in_force = in_force.await.unwrap();
    let statement = &in_force["statement_of_reasons"];
    assert_eq!(statement["decision_provision"], "DECISION_PROVISION_PARTIAL_SUSPENSION", "{in_force}");
    assert_eq!(statement["automated_decision"], "AUTOMATED_DECISION_FULLY");
    let refused = write(stack, &publication_id, &comment("c-9", "u-1", "还能评论吗")).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "comments_restricted"), "{refused}");

    let path = format!("/v1/accounts/{account_id}/comment-duty/rectification");
    let said = json!({ "statement": "已安排专人每日审核评论。" });
    for _ in 0..2 {
        stack.platform().post(&stack.platform_api, &path, &said).await.unwrap().expect(202).unwrap();
    }
    let reviewer = stack.reviewer();
    let case = open_case(stack, "rectification", &account_id).await;
    let path = format!("/v1/cases/{}", case["case_id"].as_str().unwrap());
    let claimed = reviewer.write(&stack.platform_api, &format!("{path}/claim"), &json!({})).await.unwrap();
    let version = claimed.expect(200).unwrap()["version"].clone();
    let view = reviewer.get(&stack.platform_api, &path).await.unwrap().expect(200).unwrap();
    assert_eq!(view["subject"]["rectifications"][0]["statement"], "已安排专人每日审核评论。", "{view}");
    let decision = json!({
        "version": version, "action": { "type": "approve" }, "policies": [], "reason": "整改到位。", "facts": "已核实。",
    });
    let decided = reviewer.write(&stack.platform_api, &format!("{path}/decisions"), &decision).await.unwrap();
    decided.expect(201).unwrap();
    until("comments are back", PATIENCE, async || {
        let answer = write(stack, &publication_id, &comment("c-9", "u-1", "还能评论吗")).await;
        Ok((answer.status == 201).then_some(()))
    })
    .await
    .unwrap();
    for told in ["enforcement.applied", "enforcement.lifted"] {
        until("the platform is told", PATIENCE, async || {
            let received = stack.stand_in().webhooks_about(&account_id).await?;
            Ok(received.iter().any(|webhook| webhook["type"] == told).then_some(()))
        })
        .await
        .unwrap();
    }
}
