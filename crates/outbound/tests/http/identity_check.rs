use app::ports::{IdentityCheck, IdentityOutcome, PortError};
use domain::retention::Stage;
use outbound::{HttpIdentityCheck, HttpWebhook};
use testkit::samples;

use crate::endpoint::{answer, endpoint};

async fn asked(reply: impl Into<Option<String>>) -> Result<IdentityOutcome, PortError> {
    let (address, _served) = endpoint(reply).await;
    let check = HttpIdentityCheck::new(&address, Stage::Local).unwrap();
    check.check(&samples::identity_of_a_person()).await
}

#[tokio::test]
async fn the_provider_is_asked_with_name_and_number_and_its_outcome_comes_back() {
    let (address, served) = endpoint(answer("200 OK", r#"{"outcome":"match"}"#)).await;
    let check = HttpIdentityCheck::new(&format!("{address}/"), Stage::Local).unwrap();
    let outcome = check.check(&samples::identity_of_a_person()).await.unwrap();
    assert_eq!(outcome, IdentityOutcome::Match);
    let request = served.await.unwrap();
    assert!(request.head.starts_with("POST /identity/checks HTTP/1.1"), "{}", request.head);
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
    let nobody = HttpIdentityCheck::new("http://127.0.0.1:9", Stage::Local).unwrap();
    assert!(nobody.check(&samples::identity_of_a_person()).await.unwrap_err().is_retryable());
}

#[test]
fn an_address_that_is_none_stops_the_start() {
    for address in ["", "provider", "ftp://provider"] {
        assert!(HttpIdentityCheck::new(address, Stage::Local).is_err(), "{address:?}");
    }
}

/// R9.1: names and numbers go over it.
#[test]
fn only_ones_own_machine_is_reached_without_tls() {
    for stage in [Stage::Staging, Stage::Prod] {
        assert!(HttpIdentityCheck::new("http://provider.example", stage).is_err(), "{stage:?}");
        assert!(HttpIdentityCheck::new("https://provider.example", stage).is_ok(), "{stage:?}");
        let webhook = |url| HttpWebhook::new(url, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", stage);
        assert!(
            webhook("http://platform.example").is_err() && webhook("https://platform.example").is_ok(),
            "{stage:?}"
        );
    }
    assert!(HttpIdentityCheck::new("http://127.0.0.1:9", Stage::Local).is_ok());
}
