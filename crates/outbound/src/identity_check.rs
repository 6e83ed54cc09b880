use app::ports::{IdentityCheck, IdentityOutcome, PortError};
use async_trait::async_trait;
use domain::{
    personal::Purpose,
    principal::{Identity, PrincipalKind},
    retention::Stage,
};
use reqwest::{Client, Url};
use serde::{Deserialize, Serialize};

use crate::client::{OutboundError, address, body, client, successful, unanswered};

const WHAT: &str = "identity provider";

/// The identity provider over HTTP: `POST <base>/identity/checks`.
#[derive(Clone)]
pub struct HttpIdentityCheck {
    client: Client,
    url: Url,
}

#[derive(Serialize)]
struct Question<'a> {
    kind: PrincipalKind,
    name: &'a str,
    document_type: &'static str,
    document_number: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuing_state: Option<&'a str>,
}

/// Further fields of an answer mean nothing to us.
#[derive(Deserialize)]
struct Answer {
    outcome: Outcome,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Match,
    Mismatch,
    NotFound,
}

impl HttpIdentityCheck {
    /// # Errors
    /// When `base_url` is no address of https (or of http, on the local stage).
    pub fn new(base_url: &str, stage: Stage) -> Result<Self, OutboundError> {
        let url = address(WHAT, &format!("{}/identity/checks", base_url.trim_end_matches('/')), stage)?;
        Ok(Self { client: client()?, url })
    }
}

#[async_trait]
impl IdentityCheck for HttpIdentityCheck {
    async fn check(&self, identity: &Identity) -> Result<IdentityOutcome, PortError> {
        let question = Question {
            kind: identity.kind,
            name: identity.name.reveal(Purpose::IdentityCheck),
            document_type: identity.document.document_type().as_str(),
            document_number: identity.document.number(Purpose::IdentityCheck),
            issuing_state: identity.document.issuing_state(Purpose::IdentityCheck),
        };
        let sent = self.client.post(self.url.clone()).json(&question).send().await;
        let response = successful(WHAT, sent.map_err(|error| unanswered(WHAT, error))?)?;
        let answer: Answer = serde_json::from_slice(&body(WHAT, response).await?)
            // The parser's own words may quote the answer.
            .map_err(|_| PortError::unavailable(WHAT, "the answer is no outcome"))?;
        Ok(match answer.outcome {
            Outcome::Match => IdentityOutcome::Match,
            Outcome::Mismatch => IdentityOutcome::Mismatch,
            Outcome::NotFound => IdentityOutcome::NotFound,
        })
    }
}
