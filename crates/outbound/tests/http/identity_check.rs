use std::sync::Arc;

use app::ports::{IdentityCheck, IdentityOutcome, PortError};
use domain::retention::Stage;
use outbound::{HttpCodeDelivery, HttpIdentityCheck, HttpWebhook, OutboundError};
use testkit::{CountingChance, FixedClock, samples};

use crate::endpoint::{answer, endpoint, endpoint_of, headers};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const REFERENCE: &str = "acct_01m8323b80e00r000000000001/1";

fn provider(address: &str) -> Result<HttpIdentityCheck, OutboundError> {
    let clock = Arc::new(FixedClock::at(samples::NOON));
    HttpIdentityCheck::new(address, SECRET, Stage::Local, Arc::new(CountingChance::default()), clock)
}

async fn asked(reply: impl Into<Option<String>>) -> Result<IdentityOutcome, PortError> {
    // As often as it may be asked for.
    let address = match reply.into() {
        Some(reply) => endpoint_of(vec![reply; 3]).await.0,
        None => endpoint(None).await.0,
    };
    provider(&address).unwrap().check(REFERENCE, &samples::identity_of_a_person()).await
}

#[tokio::test]
async fn the_provider_is_asked_with_name_and_number_and_its_outcome_comes_back() {
    let (address, served) = endpoint(answer("200 OK", r#"{"outcome":"match"}"#)).await;
    let check = provider(&format!("{address}/")).unwrap();
    let outcome = check.check(REFERENCE, &samples::identity_of_a_person()).await.unwrap();
    assert_eq!(outcome, IdentityOutcome::Match);
    let request = served.await.unwrap();
    assert!(request.head.starts_with("POST /identity/checks HTTP/1.1"), "{}", request.head);
    let headers = headers(&request);
    let signature = standardwebhooks::Webhook::new(SECRET)
        .unwrap()
        .sign(REFERENCE, samples::NOON.as_second(), request.body.as_bytes())
        .unwrap();
    assert_eq!(
        (&headers["webhook-id"], &headers["webhook-signature"]),
        (&REFERENCE.parse().unwrap(), &signature.parse().unwrap())
    );
    assert_eq!(headers["content-type"], "application/json");
    let body: serde_json::Value = serde_json::from_str(&request.body).unwrap();
    let expected = serde_json::json!({
        "kind": "individual",
        "name": "张三",
        "document_type": "resident_identity_number",
        "document_number": samples::RESIDENT_IDENTITY_NUMBER,
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn each_outcome_is_understood() {
    for (text, expected) in [
        ("match", IdentityOutcome::Match),
        ("mismatch", IdentityOutcome::Mismatch),
        ("not_found", IdentityOutcome::NotFound),
    ] {
        let reply = answer("200 OK", &format!(r#"{{"outcome":"{text}","trace":"t-1"}}"#));
        assert_eq!(asked(reply).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn an_answer_that_is_no_outcome_is_unavailable_and_not_repeated_in_the_error() {
    let long = format!(r#"{{"outcome":"match","padding":"{}"}}"#, "x".repeat(100_000));
    for (status, body) in [
        ("503 Service Unavailable", r#"{"outcome":"match"}"#),
        ("404 Not Found", "张三"),
        ("302 Found", r#"{"outcome":"match"}"#),
        ("200 OK", "张三"),
        ("200 OK", r#"{"outcome":"张三"}"#),
        ("200 OK", "{}"),
        ("200 OK", r#"{"outcome":"match""#),
        ("200 OK", r#"{"outcome":"match","outcome":"mismatch"}"#),
        ("200 OK", ""),
        ("200 OK", &long),
    ] {
        let error = asked(answer(status, body)).await.unwrap_err();
        assert!(error.is_retryable(), "{error:?}");
        let told = format!("{error:?}");
        assert!(!told.contains("张三") && !told.contains("127.0.0.1"), "{told}");
    }
}

#[tokio::test]
async fn a_provider_that_is_down_or_says_nothing_is_unavailable() {
    assert!(asked(None).await.unwrap_err().is_retryable());
    let nobody = provider("http://127.0.0.1:9").unwrap();
    assert!(nobody.check(REFERENCE, &samples::identity_of_a_person()).await.unwrap_err().is_retryable());
}

#[test]
fn an_address_that_is_none_stops_the_start() {
    for address in ["", "provider", "ftp://provider"] {
        assert!(provider(address).is_err(), "{address:?}");
    }
}

#[tokio::test]
async fn a_failure_that_may_pass_is_asked_about_again_under_the_same_name() {
    let replies = vec![
        answer("503 Service Unavailable", ""),
        answer("429 Too Many Requests", ""),
        answer("200 OK", r#"{"outcome":"not_found"}"#),
    ];
    let (address, served) = endpoint_of(replies).await;
    let outcome = provider(&address).unwrap().check(REFERENCE, &samples::identity_of_a_person()).await.unwrap();
    assert_eq!(outcome, IdentityOutcome::NotFound);
    for request in served.await.unwrap() {
        assert_eq!(headers(&request)["webhook-id"], REFERENCE);
    }
}

#[tokio::test]
async fn an_answer_that_asking_again_cannot_change_is_taken_as_it_is() {
    for (status, body) in [("400 Bad Request", "{}"), ("200 OK", r#"{"outcome":"perhaps"}"#)] {
        let (address, served) = endpoint_of(vec![answer(status, body)]).await;
        let error = provider(&address).unwrap().check(REFERENCE, &samples::identity_of_a_person()).await.unwrap_err();
        // A second request would have found nobody: the answer of the first is what is told.
        assert!(!format!("{error:?}").contains("onnect"), "{error:?}");
        assert_eq!(served.await.unwrap().len(), 1);
    }
}

#[test]
fn a_secret_that_cannot_be_read_stops_the_start() {
    let clock = Arc::new(FixedClock::at(samples::NOON));
    let chance = Arc::new(CountingChance::default());
    assert!(HttpIdentityCheck::new("http://provider", "whsec_!", Stage::Local, chance, clock).is_err());
}

/// R9.1: names, numbers and codes go over it.
#[test]
fn only_ones_own_machine_is_reached_without_tls() {
    let clock = Arc::new(FixedClock::at(samples::NOON));
    let is_reached = |host: &str, stage: Stage| {
        let url = format!("{host}.example");
        let chance = || Arc::new(CountingChance::default());
        [
            HttpIdentityCheck::new(&url, SECRET, stage, chance(), clock.clone()).is_ok(),
            HttpCodeDelivery::new(&url, SECRET, stage, chance(), clock.clone()).is_ok(),
            HttpWebhook::new(&url, SECRET, stage).is_ok(),
        ]
    };
    for stage in [Stage::Staging, Stage::Prod] {
        assert_eq!(is_reached("http://provider", stage), [false; 3], "{stage:?}");
        assert_eq!(is_reached("https://provider", stage), [true; 3], "{stage:?}");
    }
    assert_eq!(is_reached("http://provider", Stage::Local), [true; 3]);
}
