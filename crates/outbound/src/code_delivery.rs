use std::{sync::Arc, time::Duration};

use app::ports::{Chance, Clock, CodeDelivery, CodeMessage, PortError};
use async_trait::async_trait;
use domain::{personal::Purpose, retention::Stage};
use serde_json::json;

use crate::{
    client::{LONGEST_CALL, OutboundError, address, client, successful},
    retrying::Correspondent,
    signing::Signer,
};

const WHAT: &str = "code delivery";

/// A caller waits: a second try begins only when the first failed at once.
const PATIENCE: Duration = Duration::from_secs(1);

/// The longest that a delivery can take: the last try begins before the patience is over.
pub const LONGEST_DELIVERY: Duration = PATIENCE.saturating_add(LONGEST_CALL);

/// Whoever sends text messages for the platform, over HTTP: `POST <url>`, signed by the Standard Webhooks scheme, with
/// `{"type": "one_time_code.issued", "timestamp", "data": {"account_id", "mobile_number", "code", "expires_at"}}`.
#[derive(Clone)]
pub struct HttpCodeDelivery(Correspondent);

impl HttpCodeDelivery {
    /// `secret` is `whsec_` and base64, as the receiver has it too.
    ///
    /// # Errors
    /// When `url` is no address of https (or of http, on the local stage), or the secret cannot be read.
    pub fn new(
        url: &str,
        secret: &str,
        stage: Stage,
        chance: Arc<dyn Chance>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OutboundError> {
        let (client, url, signer) = (client()?, address(WHAT, url, stage)?, Signer::new(secret)?);
        Ok(Self(Correspondent { what: WHAT, client, url, signer, chance, clock, patience: PATIENCE }))
    }
}

#[async_trait]
impl CodeDelivery for HttpCodeDelivery {
    async fn deliver(&self, message: &CodeMessage) -> Result<(), PortError> {
        let body = json!({
            "type": "one_time_code.issued",
            "timestamp": message.issued_at,
            "data": {
                "account_id": message.account_id,
                "mobile_number": message.number.e164(Purpose::CodeDelivery),
                "code": message.code.digits(Purpose::CodeDelivery),
                "expires_at": message.expires_at,
            },
        });
        successful(WHAT, self.0.ask(&message.id, &body.to_string()).await?).map(|_| ())
    }
}
