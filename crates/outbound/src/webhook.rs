use app::ports::{PortError, Webhook, WebhookMessage};
use async_trait::async_trait;
use domain::retention::Stage;
use reqwest::{Client, Url};

use crate::{
    client::{OutboundError, address, client, successful, unanswered},
    signing::Signer,
};

const WHAT: &str = "platform webhook";

/// The platform's endpoint, signed to by the Standard Webhooks scheme.
#[derive(Clone)]
pub struct HttpWebhook {
    client: Client,
    url: Url,
    signer: Signer,
}

impl HttpWebhook {
    /// `secret` is `whsec_` and base64, as the platform has it too.
    ///
    /// # Errors
    /// When `url` is no address of https (or of http, on the local stage), or the secret cannot be read.
    pub fn new(url: &str, secret: &str, stage: Stage) -> Result<Self, OutboundError> {
        Ok(Self { signer: Signer::new(secret)?, client: client()?, url: address(WHAT, url, stage)? })
    }
}

#[async_trait]
impl Webhook for HttpWebhook {
    async fn deliver(&self, message: &WebhookMessage) -> Result<(), PortError> {
        let (id, seconds) = (message.id.to_string(), message.timestamp.as_second());
        let request = self.client.post(self.url.clone());
        let request = self.signer.signed(WHAT, request, &id, seconds, message.body.clone())?;
        let response = request.send().await.map_err(|error| unanswered(WHAT, error))?;
        successful(WHAT, response).map(|_| ())
    }
}
