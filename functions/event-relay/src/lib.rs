//! Carries events from the streams of the tables to the queues and into the content log.

use std::{path::Path, sync::Arc};

use app::{
    ports::{DeadLetters, Queue},
    relaying::EventRelay,
};
use domain::event::Event;
use lambda::{
    batch::RecordError,
    config::{ConfigError, Environment},
    stream::StreamRecord,
};

/// What the environment tells the function.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub queues: aws::RelayQueueUrls,
    pub content_log_queue_url: String,
    pub dead_letter_queue_url: String,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (verification, triage) = (read.text("VERIFICATION_QUEUE_URL"), read.text("TRIAGE_QUEUE_URL"));
            let (enforcement, notification) = (read.text("ENFORCEMENT_QUEUE_URL"), read.text("NOTIFICATION_QUEUE_URL"));
            let (record, backtest) = (read.text("RECORD_QUEUE_URL"), read.text("BACKTEST_QUEUE_URL"));
            let (content_log, dead_letters) = (read.text("CONTENT_LOG_QUEUE_URL"), read.text("RELAY_DLQ_URL"));
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                queues: aws::RelayQueueUrls {
                    verification: verification?,
                    triage: triage?,
                    enforcement: enforcement?,
                    notification: notification?,
                    record: record?,
                    backtest: backtest?,
                },
                content_log_queue_url: content_log?,
                dead_letter_queue_url: dead_letters?,
            })
        })
    }
}

/// What the function works with.
pub struct Deps {
    pub relay: EventRelay,
    pub dead_letters: Arc<dyn DeadLetters>,
}

impl Deps {
    /// # Errors
    /// When the trust store or the credentials cannot be read.
    pub fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(Path::new))?;
        let relay = EventRelay {
            queues: Arc::new(aws.relay_queues(config.queues.clone())),
            log: Arc::new(aws.log_queue(&config.content_log_queue_url)),
        };
        Ok(Self { relay, dead_letters: Arc::new(aws.dead_letters(&config.dead_letter_queue_url)) })
    }
}

/// Relays one event. What is no event of ours would stop its shard for a day: it is buried with its cause instead.
///
/// # Errors
/// When a queue does not take it: the stream delivers it again.
pub async fn handle(deps: &Deps, record: StreamRecord) -> Result<(), RecordError> {
    let event = match event_of(&record) {
        Ok(event) => event,
        Err(reason) => {
            lambda::fact("relay", "buried");
            return Ok(deps.dead_letters.bury(reason, &record.raw.to_string()).await?);
        }
    };
    lambda::fact("event.id", event.event_id.to_string());
    lambda::fact("event.type", event.body.name());
    let queues: Vec<&str> = deps.relay.relay(&event).await?.iter().map(|queue| name(*queue)).collect();
    lambda::fact("relay", if queues.is_empty() { "log_only".to_owned() } else { queues.join(" ") });
    Ok(())
}

fn event_of(record: &StreamRecord) -> Result<Event, &'static str> {
    let image = record.new_image().ok_or("the record has no image that can be read")?;
    let text = image.get("event").and_then(|event| event.as_str()).ok_or("the item holds no event")?;
    serde_json::from_str(text).map_err(|_| "the event is not of a form that this version knows")
}

const fn name(queue: Queue) -> &'static str {
    match queue {
        Queue::Verification => "verification",
        Queue::Triage => "triage",
        Queue::Enforcement => "enforcement",
        Queue::Notification => "notification",
        Queue::Record => "record",
        Queue::Backtest => "backtest",
    }
}
