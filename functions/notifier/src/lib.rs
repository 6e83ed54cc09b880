//! Tells the platform of what concerns it, by signed webhook (Standard Webhooks).

use std::{path::Path, sync::Arc};

use app::{notifying::Notifier, ports::SystemClock};
use domain::{event::Event, retention::Stage};
use lambda::{
    batch::{Backoff, RecordError, SqsRecord},
    config::{ConfigError, Environment},
};

/// What the environment tells the function. It holds the signing secret, so it does not print.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub stage: Stage,
    pub queue_url: String,
    pub webhook_url: String,
    pub webhook_secret: String,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing or malformed.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (url, secret) = (read.text("PLATFORM_WEBHOOK_URL"), read.text("PLATFORM_WEBHOOK_SECRET"));
            let (stage, queue) = (read.parsed("STAGE"), read.text("NOTIFICATION_QUEUE_URL"));
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                stage: stage?,
                queue_url: queue?,
                webhook_url: url?,
                webhook_secret: secret?,
            })
        })
    }
}

/// What the function works with.
pub struct Deps {
    pub notifier: Notifier,
    pub backoff: Backoff,
}

impl Deps {
    /// # Errors
    /// When the trust store or the secret cannot be read, or the address is not one that the stage may use.
    pub fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let webhook = outbound::HttpWebhook::new(&config.webhook_url, &config.webhook_secret, config.stage)?;
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(Path::new))?;
        Ok(Self {
            notifier: Notifier { webhook: Arc::new(webhook), clock: Arc::new(SystemClock) },
            backoff: Backoff::on(Arc::new(aws.trigger_queue(&config.queue_url))),
        })
    }
}

/// Delivers one event.
///
/// # Errors
/// When the message is no event for the platform, or the platform does not answer 2xx: the queue delivers it again, later each
/// time, for a day.
pub async fn handle(deps: &Deps, record: SqsRecord) -> Result<(), RecordError> {
    let event: Event = record.json()?;
    lambda::fact("event.id", event.event_id.to_string());
    let told = deps.notifier.notify(&event).await?;
    lambda::fact("webhook.type", told);
    Ok(())
}
