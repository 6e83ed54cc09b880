//! Bad input through the deployed gateways: each kind has its problem, in Chinese and in English.

use acceptance::{
    caller::{Ask, Caller},
    principals::{Principal, unique},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::stack::{active_account, publication, publish, running};

const UNKNOWN: &str = "acct_01m8323b80e00r000000000033";

/// Asks in both languages and wants the problem in both.
async fn is_answered(caller: &Caller, base: &str, ask: Ask, status: u16, code: &str) {
    for (language, ascii) in [("zh", false), ("en", true)] {
        let what = format!("{} {} in {language}", ask.method, ask.path);
        let mut ask = ask.clone().language(language);
        if ask.headers.iter().any(|(name, _)| name == "idempotency-key") {
            ask = ask.key(&unique("bad"));
        }
        let answer = caller.ask(base, ask).await.unwrap();
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{what}: {answer}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{what}");
        let problem = answer.json();
        assert_eq!(problem["title"].as_str().unwrap().is_ascii(), ascii, "{what}: {problem}");
        assert_eq!(problem["detail"].as_str().unwrap().is_ascii(), ascii, "{what}: {problem}");
        assert_eq!(answer.header("x-request-id"), problem["request_id"].as_str(), "{what}");
    }
}

async fn platform(ask: Ask, status: u16, code: &str) {
    let stack = running().await;
    is_answered(&stack.platform(), &stack.platform_api, ask, status, code).await;
}

async fn public(ask: Ask, status: u16, code: &str) {
    let stack = running().await;
    is_answered(&stack.public(), &stack.public_api, ask, status, code).await;
}

fn registration() -> Value {
    Principal::person("李四").registration("坏输入")
}

fn register(body: &str) -> Ask {
    Ask::new(Method::POST, "/v1/accounts").text(body).key("replaced")
}

#[tokio::test]
async fn an_oversized_body() {
    let large = json!({ "padding": "长".repeat(90_000) }).to_string();
    platform(register(&large), 413, "body_too_large").await;
    platform(Ask::new(Method::POST, "/v1/publications").text(&large), 413, "body_too_large").await;
    public(Ask::new(Method::POST, "/v1/complaints").text(&large), 413, "body_too_large").await;
}

#[tokio::test]
async fn a_body_that_is_no_json() {
    platform(register("{\"principal\":"), 400, "invalid_json").await;
    platform(Ask::new(Method::POST, "/v1/publications").text("[1,"), 400, "invalid_json").await;
    public(Ask::new(Method::POST, "/v1/complaints").text("complaint"), 400, "invalid_json").await;
}

#[tokio::test]
async fn an_unknown_field() {
    let mut body = registration();
    body["nickname"] = json!("三");
    platform(register(&body.to_string()), 422, "invalid_body").await;
    let mut body = publication(UNKNOWN, "r", "好");
    body["colour"] = json!("red");
    platform(Ask::post("/v1/publications", &body), 422, "invalid_body").await;
    public(Ask::post("/v1/complaints", &json!({ "urgent": true })), 422, "invalid_body").await;
}

#[tokio::test]
async fn a_value_of_the_wrong_type() {
    let mut body = registration();
    body["display_name"] = json!(7);
    platform(register(&body.to_string()), 422, "invalid_body").await;
    let body = json!({ "account_id": UNKNOWN, "reference": "r", "parts": "text" });
    platform(Ask::post("/v1/publications", &body), 422, "invalid_body").await;
}

#[tokio::test]
async fn a_repeated_key() {
    let body = registration().to_string().replacen('{', "{\"display_name\":\"二\",", 1);
    platform(register(&body), 422, "invalid_body").await;
    let twice = format!("{{\"account_id\":\"{UNKNOWN}\",\"reference\":\"a\",\"reference\":\"b\",\"parts\":[]}}");
    platform(Ask::new(Method::POST, "/v1/publications").text(&twice), 422, "invalid_body").await;
}

#[tokio::test]
async fn an_unknown_or_malformed_identifier() {
    platform(Ask::get(&format!("/v1/accounts/{UNKNOWN}")), 404, "account_not_found").await;
    platform(Ask::get(&format!("/v1/accounts/{UNKNOWN}/statements")), 404, "account_not_found").await;
    platform(Ask::get("/v1/accounts/nonsense"), 400, "malformed_id").await;
    platform(Ask::get("/v1/publications/pub_359vekds1rgzqt823kxncmabgh"), 404, "publication_not_found").await;
    platform(Ask::post("/v1/publications", &publication(UNKNOWN, "r", "好")), 404, "account_not_found").await;
    public(Ask::get("/v1/complaints/R041061050R3GG28A1C60T3GFV"), 404, "complaint_not_found").await;
    let stack = running().await;
    let case = Ask::get("/v1/cases/case_01m8323b80e00r000000000032");
    is_answered(&stack.reviewer(), &stack.platform_api, case, 404, "case_not_found").await;
}

#[tokio::test]
async fn a_document_number_that_breaks_its_standard() {
    let mut body = registration();
    body["principal"]["document_number"] = json!("110105194912310021");
    platform(register(&body.to_string()), 422, "document_number_invalid").await;
}

#[tokio::test]
async fn a_write_without_an_idempotency_key() {
    platform(Ask::post("/v1/accounts", &registration()), 400, "idempotency_key_missing").await;
}

#[tokio::test]
async fn a_batch_of_101_items() {
    let items: Vec<Value> = (0..101).map(|n| publication(UNKNOWN, &format!("r-{n}"), "好")).collect();
    platform(Ask::post("/v1/publications", &json!({ "items": items })), 422, "batch_too_large").await;
}

/// R15.2: what lets a complaint in, what it is about, and whom its receipt is of.
#[tokio::test]
async fn r15_2_a_complaint_without_its_work_about_nothing_or_of_nobody() {
    let about_nobody = json!({
        "subject": { "subject_type": "account", "subject_id": UNKNOWN }, "reason": "spam", "description": "广告",
    });
    public(Ask::post("/v1/complaints", &about_nobody), 428, "proof_required").await;
    let mut forged = about_nobody.clone();
    forged["altcha"] = json!("eyJhbGdvcml0aG0iOiJTSEEtMjU2In0=");
    public(Ask::post("/v1/complaints", &forged), 422, "proof_wrong").await;
    let stack = running().await;
    let missing = acceptance::reporter::file(&stack, &about_nobody).await.unwrap();
    assert_eq!((missing.status, missing.code().as_str()), (422, "subject_not_found"), "{missing}");
    let grounds = json!({ "grounds": "没有处理" });
    public(Ask::post("/v1/complaints/R041061050R3GG28A1C60T3GFV/contest", &grounds), 404, "complaint_not_found").await;
    let receipt = crate::stack::complain(&stack, &active_account(&stack).await).await;
    public(Ask::post(&format!("/v1/complaints/{receipt}/contest"), &grounds), 409, "complaint_not_decided").await;
}

/// The gateways answer these themselves, for they have no such route; what the functions would say is in the contract
/// tests.
#[tokio::test]
async fn a_wrong_method_or_an_unknown_path() {
    let stack = running().await;
    for ask in [Ask::new(Method::DELETE, "/v1/accounts"), Ask::get("/v1/accuonts"), Ask::new(Method::PUT, "/v1/cases")]
    {
        let answer = stack.platform().ask(&stack.platform_api, ask.clone()).await.unwrap();
        assert!([403, 404, 405].contains(&answer.status), "{} {}: {answer}", ask.method, ask.path);
    }
    let answer = stack.public().get(&stack.public_api, "/v1/complain").await.unwrap();
    assert!([403, 404].contains(&answer.status), "{answer}");
}

#[tokio::test]
async fn one_bad_item_among_good_ones_fails_alone() {
    let stack = running().await;
    let account_id = active_account(&stack).await;
    let good = |name: &str| publication(&account_id, &unique(name), "好天气。");
    let mut unknown_field = good("c");
    unknown_field["colour"] = json!("red");
    let items =
        json!([good("a"), { "account_id": account_id }, unknown_field, publication(UNKNOWN, "d", "好"), good("e")]);
    let answer = publish(&stack, &json!({ "items": items })).await.expect(200).unwrap();
    let told: Vec<(u64, &str)> = answer["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["status"].as_u64().unwrap(), item["problem"]["code"].as_str().unwrap_or("")))
        .collect();
    let wanted = [(201, ""), (422, "invalid_body"), (422, "invalid_body"), (404, "account_not_found"), (201, "")];
    assert_eq!(told, wanted, "{answer}");
}
