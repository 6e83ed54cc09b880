use std::sync::Arc;

use app::ports::{CodeDelivery, CodeMessage, PortError};
use domain::{id::AccountId, mobile::MobileNumber, one_time_code::OneTimeCode, retention::Stage};
use outbound::HttpCodeDelivery;
use testkit::{CountingChance, FixedClock, samples};

use crate::endpoint::{answer, endpoint, endpoint_of, headers};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn message() -> CodeMessage {
    CodeMessage {
        id: "chal_01m8323b80e00r000000000001.1".to_owned(),
        account_id: AccountId::at(samples::NOON),
        number: MobileNumber::parse("13800138000").unwrap(),
        code: OneTimeCode::parse("042137").unwrap(),
        issued_at: samples::NOON,
        expires_at: samples::NOON,
    }
}

async fn delivered(address: &str, message: &CodeMessage) -> Result<(), PortError> {
    let clock = Arc::new(FixedClock::at(samples::NOON));
    let chance = Arc::new(CountingChance::default());
    HttpCodeDelivery::new(address, SECRET, Stage::Local, chance, clock).unwrap().deliver(message).await
}

#[tokio::test]
async fn a_code_arrives_signed_with_the_number_it_is_for() {
    let (address, served) = endpoint(answer("202 Accepted", "")).await;
    let message = message();
    delivered(&address, &message).await.unwrap();
    let request = served.await.unwrap();
    let headers = headers(&request);
    assert_eq!(headers["webhook-id"], message.id);
    let signature = standardwebhooks::Webhook::new(SECRET)
        .unwrap()
        .sign(&message.id, samples::NOON.as_second(), request.body.as_bytes())
        .unwrap();
    assert_eq!(headers["webhook-signature"], signature);
    let body: serde_json::Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!((&body["data"]["mobile_number"], &body["data"]["code"]), (&"+8613800138000".into(), &"042137".into()));
    assert_eq!(body["data"]["account_id"], message.account_id.to_string());
}

#[tokio::test]
async fn what_is_not_taken_is_unavailable_and_neither_code_nor_number_is_in_the_error() {
    for status in ["400 Bad Request", "401 Unauthorized", "302 Found"] {
        let (address, _served) = endpoint(answer(status, "042137")).await;
        let error = delivered(&address, &message()).await.unwrap_err();
        let told = format!("{error:?}");
        assert!(error.is_retryable() && !told.contains("042137") && !told.contains("138"), "{told}");
    }
    let (address, served) =
        endpoint_of(vec![answer("503 Service Unavailable", ""), answer("204 No Content", "")]).await;
    delivered(&address, &message()).await.unwrap();
    let ids: Vec<_> = served.await.unwrap().iter().map(|request| headers(request)["webhook-id"].clone()).collect();
    assert_eq!(ids[0], ids[1], "the receiver can tell the copy");
}
