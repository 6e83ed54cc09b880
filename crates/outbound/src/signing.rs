//! Signatures of the Standard Webhooks scheme: `webhook-id`, `webhook-timestamp` and `webhook-signature` (HMAC-SHA-256
//! over both and the body). Everything that leaves here is signed with it, webhooks or not: the receiver needs one check for
//! all of it, knows a replay by its time and a copy by its id. HTTP Message Signatures (RFC 9421) would say the same of
//! whichever headers both sides agree on, which is a second thing to agree on.

use app::ports::PortError;
use reqwest::{RequestBuilder, header::CONTENT_TYPE};
use standardwebhooks::{HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook};

use crate::client::OutboundError;

/// A secret as both sides have it: `whsec_` and base64.
#[derive(Clone)]
pub(crate) struct Signer(String);

impl Signer {
    pub(crate) fn new(secret: &str) -> Result<Self, OutboundError> {
        Webhook::new(secret).map_err(|_| OutboundError::Secret)?;
        Ok(Self(secret.to_owned()))
    }

    /// `request` with `body`, signed; `seconds` is the time of this attempt.
    pub(crate) fn signed(
        &self,
        what: &'static str,
        request: RequestBuilder,
        id: &str,
        seconds: i64,
        body: String,
    ) -> Result<RequestBuilder, PortError> {
        let signature = Webhook::new(&self.0)
            .and_then(|webhook| webhook.sign(id, seconds, body.as_bytes()))
            // The cause may quote the secret or the body.
            .map_err(|_| PortError::refused(what, "the message cannot be signed"))?;
        let request = request
            .header(CONTENT_TYPE, "application/json")
            .header(HEADER_WEBHOOK_ID, id)
            .header(HEADER_WEBHOOK_TIMESTAMP, seconds)
            .header(HEADER_WEBHOOK_SIGNATURE, signature);
        Ok(request.body(body))
    }
}
