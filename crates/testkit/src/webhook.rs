use std::sync::{Arc, Mutex};

use app::ports::{PortError, Webhook, WebhookMessage};
use async_trait::async_trait;

use crate::{Faults, locked};

/// An endpoint that keeps what it is told.
#[derive(Debug, Clone, Default)]
pub struct RecordingWebhook {
    faults: Faults,
    state: Arc<Mutex<Endpoint>>,
}

#[derive(Debug, Default)]
struct Endpoint {
    down: bool,
    messages: Vec<WebhookMessage>,
}

impl RecordingWebhook {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// Everything that was delivered, copies included.
    #[must_use]
    pub fn messages(&self) -> Vec<WebhookMessage> {
        locked(&self.state).messages.clone()
    }

    pub fn go_down(&self) {
        locked(&self.state).down = true;
    }

    pub fn come_up(&self) {
        locked(&self.state).down = false;
    }
}

#[async_trait]
impl Webhook for RecordingWebhook {
    async fn deliver(&self, message: &WebhookMessage) -> Result<(), PortError> {
        self.faults.around("platform webhook", || {
            let mut state = locked(&self.state);
            if state.down {
                return Err(PortError::unavailable("platform webhook", "it is down"));
            }
            state.messages.push(message.clone());
            Ok(())
        })
    }
}
