//! Complaints through the real chain (R15.2, B2).

use acceptance::{
    caller::{Answer, Ask, Caller},
    principals::unique,
    stack::Stack,
    waiting::until,
};
use futures::{StreamExt as _, stream};
use serde_json::{Value, json};

use crate::stack::{PATIENCE, active_account, open_case, open_cases, publication, publish, running};

async fn file(stack: &Stack, body: &Value) -> Answer {
    acceptance::reporter::file(stack, body).await.unwrap()
}

pub(crate) async fn send_evidence(stack: &Stack, receipt: &str, body: &Value) -> Answer {
    let ask = Ask::post(&format!("/v1/complaints/{receipt}/evidence"), body);
    stack.public().ask(&stack.public_api, ask).await.unwrap()
}

/// Sends `bytes` by the form, as a browser does; gives the status.
pub(crate) async fn upload(form: &Value, bytes: &[u8]) -> u16 {
    let mut body = Vec::new();
    for (name, value) in form["fields"].as_object().unwrap() {
        let value = value.as_str().unwrap();
        body.extend(format!("--line\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    body.extend(b"--line\r\nContent-Disposition: form-data; name=\"file\"; filename=\"shot.png\"\r\n\r\n");
    body.extend(bytes);
    body.extend(b"\r\n--line--\r\n");
    let mut ask = Ask::post("", &Value::Null).header("content-type", "multipart/form-data; boundary=line");
    ask.body = Some(body);
    acceptance::caller::Caller::unsigned().ask(form["url"].as_str().unwrap(), ask).await.unwrap().status
}

/// From a link and a screenshot to what a reviewer reads after the post is gone.
#[tokio::test]
async fn r15_2_b2_a_complaint_by_link_with_evidence_outlives_the_post() {
    let stack = running().await;
    let account_id = active_account(&stack).await;
    let (reference, words) = (unique("post"), unique("明天的小组活动照常"));
    let published = publish(&stack, &publication(&account_id, &reference, &words)).await.expect(201).unwrap();
    let publication_id = published["publication_id"].as_str().unwrap();

    let png = b"\x89PNG\r\n\x1a\nscreenshot";
    let body = json!({
        "link": format!("https://platform.example/accounts/{account_id}/posts/{reference}?from=share"),
        "reason": "fraud",
        "description": "收款后失联",
        "language": "en",
        "evidence": [{ "content_type": "image/png" }],
    });
    let filed = file(&stack, &body).await.expect(201).unwrap();
    let (receipt, form) = (filed["receipt"].as_str().unwrap(), &filed["uploads"][0]);
    assert!((200..300).contains(&upload(form, png).await), "{form}");
    let sent = send_evidence(&stack, receipt, &json!({})).await.expect(200).unwrap();
    assert_eq!(sent["evidence"], json!([{ "state": "kept" }]), "{sent}");

    // What is not what its type says is refused, and can be sent again.
    let more = json!({ "announce": [{ "content_type": "application/pdf" }] });
    let sent = send_evidence(&stack, receipt, &more).await.expect(200).unwrap();
    upload(&sent["evidence"][1]["upload"], b"<html>").await;
    let refused = send_evidence(&stack, receipt, &json!({})).await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "evidence_mismatch"), "{refused}");

    let path = format!("/v1/publications/{publication_id}");
    stack.platform().send(&stack.platform_api, "execute-api", delete(&path)).await.unwrap().expect(200).unwrap();
    let gone = file(&stack, &body).await;
    assert_eq!((gone.status, gone.code().as_str()), (410, "subject_removed"), "{gone}");

    let case = open_case(&stack, "default", publication_id).await;
    let path = format!("/v1/cases/{}/complaints", case["case_id"].as_str().unwrap());
    let page = stack.reviewer().get(&stack.platform_api, &path).await.unwrap().expect(200).unwrap();
    let complaint = &page["complaints"][0];
    assert_eq!((&complaint["description"], &complaint["language"]), (&json!("收款后失联"), &json!("en")), "{page}");
    let path = format!("{path}/{}", complaint["complaint_id"].as_str().unwrap());
    let detail = stack.reviewer().get(&stack.platform_api, &path).await.unwrap().expect(200).unwrap();
    assert_eq!(detail["snapshot"]["content"]["parts"][0]["text"], json!(words), "{detail}");
    assert_eq!(detail["snapshot"]["account"]["account_id"], json!(account_id), "{detail}");
    let shot = stack.public().get(detail["evidence"][0]["url"].as_str().unwrap(), "").await.unwrap();
    assert_eq!(shot.status, 200, "{shot}");
    let status = stack.public().get(&stack.public_api, &format!("/v1/complaints/{receipt}")).await.unwrap();
    assert_eq!(status.expect(200).unwrap()["evidence_kept"], 1);
}

fn delete(path: &str) -> Ask {
    Ask::new(reqwest::Method::DELETE, path).key(&unique("delete"))
}

#[tokio::test]
async fn r15_2_links_of_others_and_ones_own_content_are_no_complaint() {
    let stack = running().await;
    let (account_id, other) = (active_account(&stack).await, active_account(&stack).await);
    let forged = json!({
        "link": format!("https://platform.example.evil.example/accounts/{account_id}"), "reason": "fraud", "description": "骗",
    });
    let refused = file(&stack, &forged).await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "link_unknown"), "{refused}");
    let body = json!({
        "subject": { "subject_type": "account", "subject_id": account_id }, "reason": "spam", "description": "广告",
    });
    let path = |account_id: &str| format!("/v1/accounts/{account_id}/complaints");
    let own = stack.platform().write(&stack.platform_api, &path(&account_id), &body).await.unwrap();
    assert_eq!((own.status, own.code().as_str()), (422, "own_content"), "{own}");
    let filed = stack.platform().write(&stack.platform_api, &path(&other), &body).await.unwrap().expect(201).unwrap();
    let status = format!("/v1/complaints/{}", filed["receipt"].as_str().unwrap());
    stack.public().get(&stack.public_api, &status).await.unwrap().expect(200).unwrap();
}

/// R15.2: a proof lets one complaint in; a flood is one case, and every receipt opens.
#[tokio::test]
async fn r15_2_a_flood_is_one_case_and_every_receipt_opens() {
    // Ten more than make a flood.
    const COMPLAINTS: usize = 60;
    const AT_ONCE: usize = 6;
    let stack = running().await;
    let account_id = active_account(&stack).await;
    let body = json!({
        "subject": { "subject_type": "account", "subject_id": account_id }, "reason": "gambling", "description": "拉人下注",
    });
    let without = stack.public().post(&stack.public_api, "/v1/complaints", &body).await.unwrap();
    assert_eq!((without.status, without.code().as_str()), (428, "proof_required"), "{without}");
    let mut spent = body.clone();
    spent["altcha"] = acceptance::reporter::proof(&stack).await.unwrap().into();
    let first = stack.public().post(&stack.public_api, "/v1/complaints", &spent).await.unwrap().expect(201).unwrap();
    let replayed = stack.public().post(&stack.public_api, "/v1/complaints", &spent).await.unwrap();
    assert_eq!((replayed.status, replayed.code().as_str()), (409, "proof_replayed"), "{replayed}");

    let mut receipts = vec![first["receipt"].as_str().unwrap().to_owned()];
    let others = stream::iter(1..COMPLAINTS).map(async |_| {
        let filed = file(&stack, &body).await.expect(201).unwrap();
        filed["receipt"].as_str().unwrap().to_owned()
    });
    receipts.extend(others.buffered(AT_ONCE).collect::<Vec<_>>().await);
    let listed = until("every complaint is in the case", PATIENCE * 2, async || {
        let cases = open_cases(&stack, "default", &account_id).await?;
        let [case] = cases.as_slice() else { return Ok(None) };
        let (mut count, mut after) = (0, String::new());
        loop {
            let path = format!("/v1/cases/{}/complaints?limit=50{after}", case["case_id"].as_str().unwrap_or_default());
            let page = stack.reviewer().get(&stack.platform_api, &path).await?.expect(200)?;
            count += page["complaints"].as_array().map_or(0, Vec::len);
            match page["next_after"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        Ok((count == COMPLAINTS).then(|| case.clone()))
    });
    let case = listed.await.unwrap();
    assert!(case["version"].as_u64().unwrap() < COMPLAINTS as u64, "a flood leaves the case as it is: {case}");
    let statuses = stream::iter(&receipts).map(async |receipt| {
        let status = stack.public().get(&stack.public_api, &format!("/v1/complaints/{receipt}")).await.unwrap();
        status.expect(200).unwrap()["status"].clone()
    });
    let statuses: Vec<Value> = statuses.buffered(AT_ONCE).collect().await;
    assert!(statuses.iter().all(|status| status == "under_review"), "{statuses:?}");
}

/// B6: "nothing was done" is contested with the receipt, judged by somebody else, and the status tells.
#[tokio::test]
async fn b6_r15_2_a_reporter_contests_and_bad_faith_cools_down() {
    let stack = running().await;
    let (account_id, contact) = (active_account(&stack).await, format!("{}@example.org", unique("reporter")));
    let body = |reason: &str| {
        json!({
            "subject": { "subject_type": "account", "subject_id": account_id },
            "reason": reason, "description": "一再如此", "contact": contact,
        })
    };
    let mut decided = Vec::new();
    for reason in ["spam", "fraud"] {
        let filed = file(&stack, &body(reason)).await.expect(201).unwrap();
        let receipt = filed["receipt"].as_str().unwrap().to_owned();
        let case = until("a case waits", PATIENCE, async || {
            let cases = open_cases(&stack, "default", &account_id).await?;
            Ok(cases.into_iter().find(|case| case["matter"]["policy"] == reason))
        });
        let case = case.await.unwrap();
        decide(&stack, &stack.reviewer(), &case, "no_action").await.expect(201).unwrap();
        let path = format!("/v1/cases/{}/complaints", case["case_id"].as_str().unwrap());
        let page = stack.reviewer().get(&stack.platform_api, &path).await.unwrap().expect(200).unwrap();
        let id = page["complaints"][0]["complaint_id"].as_str().unwrap();
        let path = format!("{path}/{id}/bad-faith");
        let found = json!({ "reason": "捏造聊天记录" });
        stack.reviewer().write(&stack.platform_api, &path, &found).await.unwrap().expect(201).unwrap();
        decided.push((receipt, case));
    }
    let refused = file(&stack, &body("gambling")).await;
    assert_eq!((refused.status, refused.code().as_str()), (429, "reporter_cooling_down"), "{refused}");
    assert_eq!(refused.json()["cooling_reason"], "捏造聊天记录");

    let (receipt, case) = &decided[0];
    let path = format!("/v1/complaints/{receipt}/contest");
    let contested = stack.public().post(&stack.public_api, &path, &json!({ "grounds": "记录是真的" })).await.unwrap();
    let contested = contested.expect(200).unwrap();
    assert_eq!(
        (&contested["status"], &contested["contest"]["state"]),
        (&json!("under_review"), &json!("under_review"))
    );
    assert_eq!(contested["bad_faith"]["reason"], "捏造聊天记录");
    let own = decide(&stack, &stack.reviewer(), case, "warn").await;
    assert_eq!((own.status, own.code().as_str()), (403, "conflict_of_interest"), "{own}");
    decide(&stack, &stack.content_safety_lead(), case, "warn").await.expect(201).unwrap();
    let status = stack.public().get(&stack.public_api, &format!("/v1/complaints/{receipt}")).await.unwrap();
    let status = status.expect(200).unwrap();
    assert_eq!((&status["status"], &status["contest"]["state"]), (&json!("upheld"), &json!("answered")), "{status}");
    file(&stack, &body("gambling")).await.expect(201).unwrap();
}

/// Claims the case and decides it; the answer to the first of the two that is refused.
pub(crate) async fn decide(stack: &Stack, who: &Caller, case: &Value, action: &str) -> Answer {
    let path = format!("/v1/cases/{}", case["case_id"].as_str().unwrap());
    let claimed = who.write(&stack.platform_api, &format!("{path}/claim"), &json!({})).await.unwrap();
    if claimed.status != 200 {
        return claimed;
    }
    let decision = json!({
        "version": claimed.json()["version"], "action": { "type": action }, "policies": ["spam"],
        "reason": "复核结论。", "facts": "已阅读全文。",
    });
    who.write(&stack.platform_api, &format!("{path}/decisions"), &decision).await.unwrap()
}
