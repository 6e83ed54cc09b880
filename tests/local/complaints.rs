//! Complaints through the real chain (R15.2, B2).

use acceptance::{
    caller::{Answer, Ask},
    principals::unique,
    stack::Stack,
};
use serde_json::{Value, json};

use crate::stack::{active_account, open_case, publication, publish, running};

async fn file(stack: &Stack, body: &Value) -> Answer {
    stack.public().post(&stack.public_api, "/v1/complaints", body).await.unwrap()
}

async fn send_evidence(stack: &Stack, receipt: &str, body: &Value) -> Answer {
    let ask = Ask::post(&format!("/v1/complaints/{receipt}/evidence"), body);
    stack.public().ask(&stack.public_api, ask).await.unwrap()
}

/// Sends `bytes` by the form, as a browser does; gives the status.
async fn upload(form: &Value, bytes: &[u8]) -> u16 {
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
