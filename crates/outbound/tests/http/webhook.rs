use app::ports::{Webhook, WebhookMessage};
use domain::{id::EventId, retention::Stage};
use outbound::HttpWebhook;
use testkit::samples;

use crate::endpoint::{answer, endpoint, headers};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn message() -> WebhookMessage {
    let body = r#"{"type":"decision_made","timestamp":"2026-11-23T04:00:00Z","data":{"原因":"诈骗"}}"#.to_owned();
    WebhookMessage { id: EventId::at(samples::NOON), timestamp: samples::NOON, body }
}

#[tokio::test]
async fn a_message_arrives_signed_with_its_identifier_and_its_time() {
    let message = message();
    let signature = standardwebhooks::Webhook::new(SECRET)
        .unwrap()
        .sign(&message.id.to_string(), samples::NOON.as_second(), message.body.as_bytes())
        .unwrap();
    let (address, served) = endpoint(answer("204 No Content", "")).await;
    HttpWebhook::new(&format!("{address}/webhooks"), SECRET, Stage::Local).unwrap().deliver(&message).await.unwrap();
    let request = served.await.unwrap();
    let headers = headers(&request);
    assert!(request.head.starts_with("POST /webhooks HTTP/1.1"));
    assert_eq!(request.body, message.body);
    assert_eq!(headers["webhook-id"], message.id.to_string());
    assert_eq!(headers["webhook-timestamp"], samples::NOON.as_second().to_string());
    assert_eq!(headers["webhook-signature"], signature);
}

#[tokio::test]
async fn any_answer_but_2xx_is_unavailable() {
    for status in ["301 Moved Permanently", "400 Bad Request", "410 Gone", "500 Internal Server Error"] {
        let (address, _served) = endpoint(answer(status, "不要重复这句话")).await;
        let error = HttpWebhook::new(&address, SECRET, Stage::Local).unwrap().deliver(&message()).await.unwrap_err();
        let told = format!("{error:?}");
        assert!(error.is_retryable() && !told.contains("不要") && !told.contains("127.0.0.1"), "{told}");
    }
}

#[tokio::test]
async fn no_answer_is_unavailable() {
    let (address, _served) = endpoint(None).await;
    assert!(
        HttpWebhook::new(&address, SECRET, Stage::Local).unwrap().deliver(&message()).await.unwrap_err().is_retryable()
    );
}

#[test]
fn a_secret_that_cannot_be_read_stops_the_start() {
    assert!(HttpWebhook::new("http://platform", "whsec_!", Stage::Local).is_err());
}
