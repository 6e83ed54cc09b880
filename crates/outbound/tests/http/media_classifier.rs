use std::{collections::BTreeMap, sync::Arc};

use app::ports::{FileToClassify, MediaClassifier, PortError};
use domain::retention::Stage;
use outbound::{HttpMediaClassifier, OutboundError};
use testkit::{CountingChance, FixedClock, samples};

use crate::endpoint::{answer, endpoint, endpoint_of, headers};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const LINK: &str = "https://media.example.org/uploads/1.jpg?signature=secret";

fn classifier(address: &str, stage: Stage) -> Result<HttpMediaClassifier, OutboundError> {
    let clock = Arc::new(FixedClock::at(samples::NOON));
    HttpMediaClassifier::new(address, SECRET, stage, Arc::new(CountingChance::default()), clock)
}

async fn asked(reply: String) -> Result<BTreeMap<String, f64>, PortError> {
    let (address, _served) = endpoint_of(vec![reply; 3]).await;
    let sha256 = "07".repeat(32).parse().unwrap();
    classifier(&address, Stage::Local).unwrap().classify(&FileToClassify { sha256, link: LINK }).await
}

#[tokio::test]
async fn the_classifier_is_asked_with_hash_and_link_and_its_scores_come_back() {
    let (address, served) = endpoint(answer("200 OK", r#"{"scores":{"adult":0.97,"weapons":0},"model":"m"}"#)).await;
    let sha256 = "07".repeat(32);
    let file = FileToClassify { sha256: sha256.parse().unwrap(), link: LINK };
    let scores = classifier(&address, Stage::Local).unwrap().classify(&file).await.unwrap();
    assert_eq!(scores, BTreeMap::from([("adult".to_owned(), 0.97), ("weapons".to_owned(), 0.0)]));
    let request = served.await.unwrap();
    let seconds = samples::NOON.as_second();
    let signature = standardwebhooks::Webhook::new(SECRET).unwrap().sign(&sha256, seconds, request.body.as_bytes());
    assert_eq!(headers(&request)["webhook-signature"], signature.unwrap());
    let body: serde_json::Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!((&body["sha256"], &body["link"]), (&sha256.into(), &LINK.into()));
}

#[tokio::test]
async fn what_is_no_scores_is_no_answer() {
    for body in ["", "{}", "no", r#"{"scores":{"adult":1.5}}"#, r#"{"scores":{"adult":"high"}}"#, r#"{"scores":[]}"#] {
        let error = asked(answer("200 OK", body)).await.unwrap_err();
        assert!(error.is_retryable(), "{body}: {error:?}");
    }
    let error = asked(answer("500 Internal Server Error", "")).await.unwrap_err();
    assert!(!format!("{error:?}").contains("secret"), "{error:?}");
}

#[test]
fn pictures_go_over_https_alone_save_on_ones_own_machine() {
    assert!(classifier("http://classifier.example.org", Stage::Prod).is_err());
    assert!(classifier("https://classifier.example.org", Stage::Prod).is_ok());
}
