use std::{sync::Arc, time::Duration};

use app::ports::{Chance, Clock, IdentityCheck, IdentityOutcome, PortError};
use async_trait::async_trait;
use domain::{
    personal::Purpose,
    principal::{Identity, PrincipalKind},
    retention::Stage,
};
use serde::{Deserialize, Serialize};

use crate::{
    client::{LONGEST_CALL, OutboundError, address, body, client, successful},
    retrying::Correspondent,
    signing::Signer,
};

const WHAT: &str = "identity provider";

/// A provider that is slow is asked once more, not three times.
const PATIENCE: Duration = Duration::from_secs(6);

/// The longest that a check can take: the last try begins before the patience is over.
pub const LONGEST_CHECK: Duration = PATIENCE.saturating_add(LONGEST_CALL);

/// The identity provider over HTTP: `POST <base>/identity/checks`, signed by the Standard Webhooks scheme. It answers `match`
/// where number, name and `kind` belong together.
#[derive(Clone)]
pub struct HttpIdentityCheck(Correspondent);

#[derive(Serialize)]
struct Question<'a> {
    kind: PrincipalKind,
    name: &'a str,
    document_type: &'static str,
    document_number: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuing_state: Option<&'a str>,
}

/// Further fields of an answer mean nothing to us. The same field twice is a contradiction, and no answer.
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
    /// `secret` is `whsec_` and base64, as the provider has it too.
    ///
    /// # Errors
    /// When `base_url` is no address of https (or of http, on the local stage), or the secret cannot be read.
    pub fn new(
        base_url: &str,
        secret: &str,
        stage: Stage,
        chance: Arc<dyn Chance>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OutboundError> {
        let url = address(WHAT, &format!("{}/identity/checks", base_url.trim_end_matches('/')), stage)?;
        let (client, signer) = (client()?, Signer::new(secret)?);
        Ok(Self(Correspondent { what: WHAT, client, url, signer, chance, clock, patience: PATIENCE }))
    }
}

#[async_trait]
impl IdentityCheck for HttpIdentityCheck {
    async fn check(&self, reference: &str, identity: &Identity) -> Result<IdentityOutcome, PortError> {
        let question = Question {
            kind: identity.kind,
            name: identity.name.reveal(Purpose::IdentityCheck),
            document_type: identity.document.document_type().as_str(),
            document_number: identity.document.number(Purpose::IdentityCheck),
            issuing_state: identity.document.issuing_state(Purpose::IdentityCheck),
        };
        let question =
            serde_json::to_string(&question).map_err(|_| PortError::refused(WHAT, "the question cannot be written"))?;
        let response = successful(WHAT, self.0.ask(reference, &question).await?)?;
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
