use app::ports::{PortError, Webhook, WebhookMessage};
use async_trait::async_trait;
use domain::retention::Stage;
use reqwest::{Client, Url, header::CONTENT_TYPE};
use standardwebhooks::{HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP};

use crate::client::{OutboundError, address, client, successful, unanswered};

const WHAT: &str = "platform webhook";

/// The platform's endpoint, signed to by the Standard Webhooks scheme: `webhook-id`, `webhook-timestamp` and
/// `webhook-signature` (HMAC-SHA-256 over both and the body).
#[derive(Clone)]
pub struct HttpWebhook {
    client: Client,
    url: Url,
    secret: String,
}

impl HttpWebhook {
    /// `secret` is `whsec_` and base64, as the platform has it too.
    ///
    /// # Errors
    /// When `url` is no address of https (or of http, on the local stage), or the secret cannot be read.
    pub fn new(url: &str, secret: &str, stage: Stage) -> Result<Self, OutboundError> {
        signer(secret)?;
        Ok(Self { client: client()?, url: address(WHAT, url, stage)?, secret: secret.to_owned() })
    }
}

fn signer(secret: &str) -> Result<standardwebhooks::Webhook, OutboundError> {
    standardwebhooks::Webhook::new(secret).map_err(|_| OutboundError::Secret)
}

#[async_trait]
impl Webhook for HttpWebhook {
    async fn deliver(&self, message: &WebhookMessage) -> Result<(), PortError> {
        let (id, timestamp) = (message.id.to_string(), message.timestamp.as_second());
        let signature = signer(&self.secret)
            .map_err(|error| PortError::refused(WHAT, error))?
            .sign(&id, timestamp, message.body.as_bytes())
            .map_err(|_| PortError::refused(WHAT, "the message cannot be signed"))?;
        let request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(HEADER_WEBHOOK_ID, id)
            .header(HEADER_WEBHOOK_TIMESTAMP, timestamp)
            .header(HEADER_WEBHOOK_SIGNATURE, signature)
            .body(message.body.clone());
        let response = request.send().await.map_err(|error| unanswered(WHAT, error))?;
        successful(WHAT, response).map(|_| ())
    }
}
