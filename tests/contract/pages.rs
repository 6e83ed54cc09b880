//! The public's page when something behind it does not work: people are told so in words, and nothing they wrote is lost.

use lambda::http::testing::reply_to;
use serde_json::{Value, json};
use testkit::{Twins, When};

use crate::{apis::complaints_api, fixtures, world::furnished};

const HOSTILE: &str = "冒充客服\"><script>alert('1')</script>&amp;";

fn event(name: &str) -> Value {
    fixtures::of("complaints-api").into_iter().find(|fixture| fixture.name == name).unwrap().event
}

/// As browsers write a form.
fn form(fields: &[(String, String)]) -> String {
    let coded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", coded(name), coded(value))).collect();
    pairs.join("&")
}

/// What the page would send again.
fn hidden(page: &str) -> Vec<(String, String)> {
    let written = page.split("<input type=\"hidden\" name=\"").skip(1);
    let plain = |text: &str| {
        let quotes = text.replace("&#34;", "\"").replace("&#39;", "'");
        quotes.replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&")
    };
    let field = |rest: &str| {
        let (name, rest) = rest.split_once("\" value=\"").unwrap();
        (plain(name), plain(rest.split_once('"').unwrap().0))
    };
    written.map(field).collect()
}

fn is_a_page(reply: &Value) -> &str {
    let page = reply["body"].as_str().unwrap();
    assert_eq!(reply["multiValueHeaders"]["content-type"][0], "text/html; charset=utf-8", "{page}");
    assert!(page.contains("role=\"alert\"") && page.contains("lang=\"en\"") && page.contains("8f14e45f"), "{page}");
    page
}

async fn calls_of(event: &Value) -> usize {
    let twins = furnished().await;
    twins.faults.reset();
    reply_to(complaints_api(&twins), event).await;
    twins.faults.calls()
}

async fn failing(event: &Value, nth: usize, when: When) -> (Twins, Value) {
    let twins = furnished().await;
    twins.faults.strike(nth, when);
    let reply = reply_to(complaints_api(&twins), event).await;
    twins.faults.reset();
    (twins, reply)
}

#[tokio::test]
async fn whichever_call_fails_the_complaint_is_sent_again_from_the_page_and_is_one() {
    let mut event = event("send-report-page");
    let sent = event["body"].as_str().unwrap().to_owned();
    let (head, rest) = sent.split_once("description=").unwrap();
    let words = form(&[("description".to_owned(), HOSTILE.to_owned())]);
    event["body"] = json!(format!("{head}{words}&{}", rest.split_once('&').unwrap().1));
    let mut told = 0;
    for nth in 1..=calls_of(&event).await {
        for when in [When::Before, When::After] {
            let (twins, reply) = failing(&event, nth, when).await;
            let before = furnished().await.cases.all_complaints().len();
            // What is only counted may fail.
            if reply["statusCode"].as_u64().unwrap() < 500 {
                continue;
            }
            told += 1;
            let page = is_a_page(&reply);
            assert!(!page.contains("<script>"), "{page}");
            let fields = hidden(page);
            assert!(fields.iter().any(|(name, value)| name == "description" && value == HOSTILE), "{fields:?}");
            let again = json!({ "body": form(&fields) });
            let mut second = event.clone();
            second["body"] = again["body"].clone();
            let reply = reply_to(complaints_api(&twins), &second).await;
            assert_eq!(reply["statusCode"], 201, "call {nth}, {when:?}: {reply}");
            assert_eq!(twins.cases.all_complaints().len(), before + 1, "call {nth}, {when:?}");
        }
    }
    assert!(told >= 8, "{told}");
}

#[tokio::test]
async fn whichever_call_fails_a_page_that_is_read_is_a_page() {
    for name in ["get-report-page", "look-up-page"] {
        let event = event(name);
        let calls = calls_of(&event).await;
        assert!(calls > 0, "{name}");
        let mut told = 0;
        for nth in 1..=calls {
            let (_, reply) = failing(&event, nth, When::Before).await;
            if reply["statusCode"].as_u64().unwrap() >= 500 {
                told += 1;
                let page = is_a_page(&reply);
                assert_eq!(hidden(page).is_empty(), name == "get-report-page", "{page}");
            }
        }
        assert!(told > 0, "{name}");
    }
}

/// No browser sends it; whoever does is told in words as well.
#[tokio::test]
async fn what_is_no_form_is_refused_with_a_page() {
    let mut event = event("send-report-page");
    for headers in ["headers", "multiValueHeaders"] {
        for (name, value) in event[headers].as_object_mut().unwrap() {
            if name.eq_ignore_ascii_case("content-type") {
                *value = if headers == "headers" { json!("text/csv") } else { json!(["text/csv"]) };
            }
        }
    }
    let reply = reply_to(complaints_api(&furnished().await), &event).await;
    assert_eq!(reply["statusCode"], 422, "{reply}");
    is_a_page(&reply);
}
