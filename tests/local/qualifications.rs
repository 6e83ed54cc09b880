//! Qualifications through the real chain: an upload straight to the bucket, a person's decision, the news gate, the end
//! (R7.1, R8).

use acceptance::{
    caller::{Answer, Ask, Caller},
    principals::{Principal, unique},
    stack::Stack,
    waiting::until,
};
use app::ports::{Clock, SystemClock};
use domain::retention::SHANGHAI;
use futures::future::join_all;
use jiff::ToSpan;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::stack::{
    PATIENCE, account, active_account, aws_json, becomes, observer, open_case, publication, publish, register, running,
    with_settings,
};

/// An active account of a news organisation.
async fn newspaper(stack: &Stack) -> String {
    let principal = Principal { kind: "media", ..Principal::company("示例日报社") };
    let account_id = register(stack, &principal).await;
    becomes(stack, &account_id, "active").await;
    account_id
}

/// A PDF that no other test has.
fn document() -> Vec<u8> {
    format!("%PDF-1.7\n% {}\n", unique("licence")).into_bytes()
}

fn sha256(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

fn day(days: i64) -> String {
    let today = SystemClock.now().to_zoned_datetime(SHANGHAI.clone()).date();
    today.checked_add(days.days()).unwrap().to_string()
}

fn licence(document: &[u8], days: i64) -> Value {
    json!({
        "kind": "news_licence",
        "number": "10120260001",
        "scope": "互联网新闻信息采编发布服务",
        "issued_on": day(-100),
        "expires_on": day(days),
        "evidence": { "content_type": "application/pdf", "sha256": sha256(document) },
    })
}

fn path(account_id: &str) -> String {
    format!("/v1/accounts/{account_id}/qualifications")
}

async fn announce(stack: &Stack, account_id: &str, body: &Value) -> Value {
    stack.platform().write(&stack.platform_api, &path(account_id), body).await.unwrap().expect(201).unwrap()
}

fn id_of(registered: &Value) -> &str {
    registered["qualification"]["qualification_id"].as_str().unwrap()
}

/// Sends a file by a form, as a browser would, with no credentials at all.
async fn send(form: &Value, file: &[u8]) -> Answer {
    let boundary = "a-boundary-that-is-in-no-file";
    let mut body = Vec::new();
    for (name, value) in form["fields"].as_object().unwrap() {
        let value = value.as_str().unwrap();
        let part = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.as_bytes());
    }
    let head = "Content-Disposition: form-data; name=\"file\"; filename=\"licence\"";
    body.extend(format!("--{boundary}\r\n{head}\r\nContent-Type: application/octet-stream\r\n\r\n").as_bytes());
    body.extend(file);
    body.extend(format!("\r\n--{boundary}--\r\n").as_bytes());
    let ask = Ask::new(Method::POST, "/").header("content-type", &format!("multipart/form-data; boundary={boundary}"));
    Caller::unsigned().ask(form["url"].as_str().unwrap(), Ask { body: Some(body), ..ask }).await.unwrap()
}

async fn confirm(stack: &Stack, account_id: &str, qualification_id: &str) -> Answer {
    let path = format!("{}/{qualification_id}/evidence", path(account_id));
    stack.platform().ask(&stack.platform_api, Ask::new(Method::POST, &path).key(&unique("confirm"))).await.unwrap()
}

/// Announces, uploads and confirms a licence; gives its id.
async fn shown(stack: &Stack, account_id: &str, days: i64) -> (String, Vec<u8>) {
    let document = document();
    let registered = announce(stack, account_id, &licence(&document, days)).await;
    let sent = send(&registered["upload"], &document).await;
    assert_eq!(sent.status, 204, "{sent}");
    let qualification_id = id_of(&registered).to_owned();
    let confirmed = confirm(stack, account_id, &qualification_id).await.expect(200).unwrap();
    assert_eq!(confirmed["state"], "in_review", "{confirmed}");
    (qualification_id, document)
}

/// A reviewer opens the document and decides the one case about the account.
async fn decide(stack: &Stack, account_id: &str, document: &[u8], action: &str) {
    let case = open_case(stack, "qualification", account_id).await;
    let path = format!("/v1/cases/{}", case["case_id"].as_str().unwrap());
    let reviewer = stack.reviewer();
    reviewer.write(&stack.platform_api, &format!("{path}/claim"), &json!({})).await.unwrap().expect(200).unwrap();
    let view = reviewer.get(&stack.platform_api, &path).await.unwrap().expect(200).unwrap();
    let link = view["qualification"]["evidence_url"].as_str().unwrap();
    assert_eq!(reqwest::get(link).await.unwrap().bytes().await.unwrap(), document, "the link opens the document");
    let decision = json!({
        "version": view["case"]["version"],
        "action": { "type": action },
        "reason": "已核对许可证原件扫描件。",
        "facts": "编号、范围、期限逐项核对。",
    });
    reviewer.write(&stack.platform_api, &format!("{path}/decisions"), &decision).await.unwrap().expect(201).unwrap();
}

async fn qualification(stack: &Stack, account_id: &str, qualification_id: &str) -> Value {
    let list = stack.platform().get(&stack.platform_api, &path(account_id)).await.unwrap().expect(200).unwrap();
    let mut known = list["qualifications"].as_array().unwrap().iter();
    known.find(|known| known["qualification_id"] == qualification_id).expect("the account has it").clone()
}

async fn qualification_becomes(stack: &Stack, account_id: &str, qualification_id: &str, state: &str) -> Value {
    until(&format!("{qualification_id} is {state}"), PATIENCE, async || {
        let known = qualification(stack, account_id, qualification_id).await;
        Ok((known["state"] == state).then_some(known))
    })
    .await
    .unwrap()
}

async fn licensed(stack: &Stack, account_id: &str, days: i64) -> String {
    let (qualification_id, document) = shown(stack, account_id, days).await;
    decide(stack, account_id, &document, "approve").await;
    qualification_becomes(stack, account_id, &qualification_id, "valid").await;
    qualification_id
}

fn news(account_id: &str, reference: &str) -> Value {
    let mut body = publication(account_id, reference, "本市明日起调整部分公交线路。");
    body["declared"] = json!(["news"]);
    body
}

async fn told(stack: &Stack, account_id: &str, message_type: &str) -> Vec<Value> {
    let webhooks = stack.stand_in().webhooks_about(account_id).await.unwrap();
    webhooks.into_iter().filter(|webhook| webhook["type"] == message_type).collect()
}

async fn is_told(stack: &Stack, account_id: &str, message_type: &str) -> Value {
    until(&format!("the platform hears {message_type}"), PATIENCE, async || {
        Ok(told(stack, account_id, message_type).await.pop())
    })
    .await
    .unwrap()
}

async fn labels(stack: &Stack, account_id: &str) -> Vec<String> {
    let account = account(stack, account_id).await;
    let labels = account["account_labels"].as_array().unwrap().iter();
    labels.map(|label| label["label"].as_str().unwrap().to_owned()).collect()
}

async fn run_the_clock(stack: &Stack) -> Value {
    let clock = stack.function("DeadlineClockFunction").unwrap();
    let payload = json!({ "scheduled_at": SystemClock.now().to_string() });
    stack.operator().invoke(&stack.endpoint, clock, &payload).await.unwrap().expect(200).unwrap()
}

/// Writes down that the last day of the account's first qualification is over: the one thing that a test cannot wait for.
async fn let_it_end(stack: &Stack, account_id: &str, qualification_id: &str) {
    let table = stack.table("accounts").unwrap();
    let update = json!({
        "TableName": table,
        "Key": { "pk": { "S": format!("ACCOUNT#{account_id}") }, "sk": { "S": "STATE" } },
        "UpdateExpression": "SET doc.qualifications[0].expires_on = :past",
        "ExpressionAttributeValues": { ":past": { "S": day(-1) } },
    });
    aws_json(stack, "dynamodb", "DynamoDB_20120810.UpdateItem", &update).await;
    let place = format!("2026-01-01T00:00:00.000000000Z#{account_id}#{qualification_id}");
    let row = json!({ "pk": "DEADLINE#QUALIFICATION", "sk": place });
    observer(stack).put_row(table, &row).await.unwrap();
}

#[tokio::test]
async fn r8_licensed_passes_unlicensed_and_expired_do_not() {
    let stack = running().await;
    let account_id = newspaper(&stack).await;
    let refused = publish(&stack, &news(&account_id, &unique("early"))).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "news_licence_required"), "{refused}");
    assert_eq!(refused.json()["licence_state"], "none", "{refused}");
    publish(&stack, &publication(&account_id, &unique("plain"), "早安。")).await.expect(201).unwrap();
    assert_eq!(labels(&stack, &account_id).await, ["media"]);

    let (qualification_id, document) = shown(&stack, &account_id, 300).await;
    let waiting = publish(&stack, &news(&account_id, &unique("waiting"))).await;
    assert_eq!((waiting.status, &waiting.json()["licence_state"]), (403, &json!("in_review")), "{waiting}");
    decide(&stack, &account_id, &document, "approve").await;
    qualification_becomes(&stack, &account_id, &qualification_id, "valid").await;
    let approved = is_told(&stack, &account_id, "qualification.approved").await;
    assert_eq!(approved["data"]["qualification_id"], qualification_id, "{approved}");
    assert_eq!(labels(&stack, &account_id).await, ["media", "news"]);
    let accepted = news(&account_id, &unique("news"));
    let published = publish(&stack, &accepted).await.expect(201).unwrap();
    assert_eq!((&published["status"], &published["declared"]), (&json!("published"), &json!(["news"])), "{published}");

    let_it_end(&stack, &account_id, &qualification_id).await;
    let expired = publish(&stack, &news(&account_id, &unique("late"))).await;
    assert_eq!((expired.status, &expired.json()["licence_state"]), (403, &json!("expired")), "{expired}");
    assert_eq!(expired.json()["licence_expires_on"], day(-1), "{expired}");
    assert_eq!(labels(&stack, &account_id).await, ["media"], "the label went at that moment");
    let again = publish(&stack, &accepted).await.expect(201).unwrap();
    assert_eq!(again["publication_id"], published["publication_id"], "a retry is answered as then");
    publish(&stack, &publication(&account_id, &unique("plain"), "晚安。")).await.expect(201).unwrap();

    let done = run_the_clock(&stack).await;
    assert!(done["expired"].as_u64() >= Some(1), "{done}");
    is_told(&stack, &account_id, "qualification.expired").await;
}

#[tokio::test]
async fn r7_1_only_the_document_that_was_announced_is_taken() {
    let stack = running().await;
    let account_id = newspaper(&stack).await;
    let document = document();
    let registered = announce(&stack, &account_id, &licence(&document, 300)).await;
    let (form, qualification_id) = (&registered["upload"], id_of(&registered));
    let missing = confirm(&stack, &account_id, qualification_id).await;
    assert_eq!((missing.status, missing.code().as_str()), (409, "evidence_missing"), "{missing}");

    let altered = |name: &str, value: &str| {
        let mut form = form.clone();
        form["fields"][name] = json!(value);
        form
    };
    let elsewhere = altered("key", "evidence/acct_01m8323b80e00r000000000001/qual_01m8323b80e00r000000000041");
    for (what, form, status, code) in [
        ("another type", altered("Content-Type", "text/html"), 403, "AccessDenied"),
        ("another place", elsewhere, 403, "AccessDenied"),
        ("another checksum", altered("x-amz-checksum-sha256", "AAAA"), 403, "AccessDenied"),
        ("a field of its own", altered("x-amz-meta-note", "hello"), 403, "AccessDenied"),
        ("another signature", altered("x-amz-signature", &"0".repeat(64)), 403, "SignatureDoesNotMatch"),
    ] {
        let refused = send(&form, &document).await;
        assert_eq!(refused.status, status, "{what}: {refused}");
        assert!(refused.text.contains(code), "{what}: {refused}");
    }
    let large = send(form, &vec![b' '; 10 * 1024 * 1024 + 1]).await;
    assert!(large.status == 400 && large.text.contains("EntityTooLarge"), "{large}");
    let empty = send(form, b"").await;
    assert!(empty.status == 400 && empty.text.contains("EntityTooSmall"), "{empty}");

    // AWS refuses another file by its checksum; a store that does not is caught when the upload is confirmed.
    let sent = send(form, b"%PDF-1.7\n% another one\n").await;
    if sent.status == 204 {
        let other = confirm(&stack, &account_id, qualification_id).await;
        assert_eq!((other.status, &other.json()["evidence_error"]), (422, &json!("wrong_checksum")), "{other}");
    }
    let page = b"<html>a licence</html>";
    let disguised = announce(&stack, &account_id, &licence(page, 300)).await;
    assert_eq!(send(&disguised["upload"], page).await.status, 204);
    let refused = confirm(&stack, &account_id, id_of(&disguised)).await;
    assert_eq!((refused.status, &refused.json()["evidence_error"]), (422, &json!("wrong_type")), "{refused}");

    // Sent once more it is right, and two confirmations at once are one.
    assert_eq!(send(form, &document).await.status, 204);
    let confirmed = join_all((0..4).map(|_| confirm(&stack, &account_id, qualification_id))).await;
    for confirmed in confirmed {
        assert!(confirmed.status == 200 || confirmed.code() == "version_conflict", "{confirmed}");
    }
    qualification_becomes(&stack, &account_id, qualification_id, "in_review").await;
    let twice =
        stack.platform().write(&stack.platform_api, &path(&account_id), &licence(&document, 300)).await.unwrap();
    assert_eq!((twice.status, twice.code().as_str()), (409, "qualification_known"), "{twice}");
    assert_eq!(twice.json()["qualification_id"], qualification_id);
    decide(&stack, &account_id, &document, "refuse").await;
    let refused = qualification_becomes(&stack, &account_id, qualification_id, "refused").await;
    let statement = &refused["settlement"]["statement_of_reasons"];
    assert_eq!(statement["incompatible_content_explanation"], "已核对许可证原件扫描件。", "{refused}");
    let webhook = is_told(&stack, &account_id, "qualification.refused").await;
    assert_eq!(webhook["data"]["statement_of_reasons"], *statement, "{webhook}");
    let cases = crate::stack::open_cases(&stack, "qualification", &account_id).await.unwrap();
    assert!(cases.is_empty(), "one case for one document: {cases:?}");
    // Nobody but those who decide can open it, and they by their link alone.
    let key = format!("evidence/{account_id}/{qualification_id}");
    for keys in [&stack.identities.platform, &stack.identities.reviewer, &stack.identities.operator] {
        let opened = stack.observer_as(keys).unwrap().object(stack.bucket("evidence").unwrap(), &key).await;
        assert_eq!(opened.unwrap_err().code, "AccessDenied");
    }
}

#[tokio::test]
async fn r7_1_qualifications_are_for_whoever_can_have_them() {
    let stack = running().await;
    let account_id = active_account(&stack).await;
    let document = document();
    let write = async |account_id: &str, body: Value| {
        stack.platform().write(&stack.platform_api, &path(account_id), &body).await.unwrap()
    };
    let refused = write(&account_id, licence(&document, 300)).await;
    assert_eq!(refused.code(), "qualification_kind_for_principal", "{refused}");
    let mut health = licence(&document, 300);
    health["kind"] = json!("health");
    health["number"] = json!("440110999912310000");
    let registered = announce(&stack, &account_id, &health).await;
    assert_eq!(registered["qualification"]["number_ending"], "0000", "{registered}");
    assert_eq!(registered["qualification"]["number"], Value::Null, "{registered}");
    let unknown = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6";
    assert_eq!(write(unknown, health.clone()).await.code(), "account_not_found");
    let at = |name: &str, value: Value| {
        let mut body = health.clone();
        body[name] = value;
        body
    };
    for (body, code) in [
        (at("kind", json!("astrology")), "qualification_kind_unknown"),
        (at("expires_on", json!(day(-1))), "qualification_term_invalid"),
        (at("issued_on", json!(day(1))), "qualification_term_invalid"),
        (at("expires_on", json!("2027-02-29")), "invalid_body"),
        (at("scope", json!("医\u{202e}师")), "invalid_body"),
    ] {
        let refused = write(&account_id, body).await;
        assert_eq!((refused.status, refused.code().as_str()), (422, code), "{refused}");
    }
    let nobody = confirm(&stack, &account_id, "qual_01k9rq4w5nf0ysjv5p0d8yb3e6").await;
    assert_eq!((nobody.status, nobody.code().as_str()), (404, "qualification_not_found"), "{nobody}");
    let reviewer = stack.reviewer().write(&stack.platform_api, &path(&account_id), &health).await.unwrap();
    assert_eq!(reviewer.status, 403, "{reviewer}");
    // The same request under the same key is answered with the same form.
    let ask = || {
        Ask::post(&path(&account_id), &at("evidence", json!({ "content_type": "image/png", "sha256": "0".repeat(64) })))
    };
    let key = unique("twice");
    let asked = async || stack.platform().ask(&stack.platform_api, ask().key(&key)).await.unwrap().expect(201).unwrap();
    assert_eq!(asked().await, asked().await);
}

#[tokio::test]
async fn b5_the_platform_is_reminded_before_a_licence_ends() {
    let stack = running().await;
    let account_id = newspaper(&stack).await;
    licensed(&stack, &account_id, 10).await;
    let done = run_the_clock(&stack).await;
    assert!(done["reminded"].as_u64() >= Some(1), "{done}");
    let reminder = is_told(&stack, &account_id, "qualification.expiring").await;
    assert_eq!(reminder["data"]["expires_on"], day(10), "{reminder}");
    run_the_clock(&stack).await;
    assert_eq!(told(&stack, &account_id, "qualification.expiring").await.len(), 1, "once");
    publish(&stack, &news(&account_id, &unique("still"))).await.expect(201).unwrap();
}

#[tokio::test]
async fn r8_a_revoked_licence_opens_nothing_from_that_moment() {
    let stack = running().await;
    let account_id = newspaper(&stack).await;
    let qualification_id = licensed(&stack, &account_id, 300).await;
    publish(&stack, &news(&account_id, &unique("before"))).await.expect(201).unwrap();
    let path = format!("{}/{qualification_id}/revoke", path(&account_id));
    let body = json!({ "reason": "主管部门已注销该许可。", "facts": "公示名单。" });
    let platform = stack.platform().write(&stack.platform_api, &path, &body).await.unwrap();
    assert_eq!(platform.status, 403, "it is not for the platform to say: {platform}");
    let revoked = stack.reviewer().write(&stack.platform_api, &path, &body).await.unwrap().expect(200).unwrap();
    assert_eq!(revoked["state"], "revoked", "{revoked}");
    let refused = publish(&stack, &news(&account_id, &unique("after"))).await;
    assert_eq!((refused.status, &refused.json()["licence_state"]), (403, &json!("revoked")), "{refused}");
    let told = is_told(&stack, &account_id, "qualification.revoked").await;
    assert_eq!(told["data"]["statement_of_reasons"]["decision_facts"], "公示名单。", "{told}");
    let again = stack.reviewer().write(&stack.platform_api, &path, &body).await.unwrap();
    assert_eq!((again.status, again.code().as_str()), (409, "qualification_state"), "{again}");
}

#[tokio::test]
async fn r7_1_a_form_that_has_closed_takes_nothing_and_another_one_does() {
    let stack = running().await;
    with_settings(&stack, "qualifications", &json!({ "form_minutes": 1 }), async {
        let account_id = newspaper(&stack).await;
        let document = document();
        let registered = announce(&stack, &account_id, &licence(&document, 300)).await;
        tokio::time::sleep(std::time::Duration::from_secs(61)).await;
        let late = send(&registered["upload"], &document).await;
        assert!(late.status == 403 && late.text.contains("Policy expired"), "{late}");
        let path = format!("{}/{}/upload-form", path(&account_id), id_of(&registered));
        let ask = Ask::new(Method::POST, &path).key(&unique("form"));
        let form = stack.platform().ask(&stack.platform_api, ask).await.unwrap().expect(201).unwrap();
        assert_eq!(send(&form, &document).await.status, 204);
        confirm(&stack, &account_id, id_of(&registered)).await.expect(200).unwrap();
    })
    .await;
}
