use std::time::Duration;

use async_trait::async_trait;
use domain::{event::Event, id::EventId};
use evidence::record::LogRecord;
use jiff::Timestamp;

use super::PortError;
use crate::retaining::{RowOrder, SweepOrder};

/// The queues that events are relayed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Queue {
    Verification,
    Triage,
    Enforcement,
    Notification,
    /// Work on the record for somebody who asked.
    Record,
    /// Rules to be tried on the record.
    Backtest,
}

impl Queue {
    pub const ALL: [Self; 6] =
        [Self::Verification, Self::Triage, Self::Enforcement, Self::Notification, Self::Record, Self::Backtest];
}

/// Where the relay puts events. The body of a message is the event's JSON.
#[async_trait]
pub trait RelayQueues: Send + Sync {
    /// At least once: returns only when the queue has the event; the consumers tell copies by `event_id`. The queue gives
    /// it out after [`pause_seconds`](domain::event::EventBody::pause_seconds), at most a quarter of an hour.
    async fn send(&self, queue: Queue, event: &Event) -> Result<(), PortError>;
}

/// Where publications wait for a case, before a person has looked at them.
#[async_trait]
pub trait ReviewQueue: Send + Sync {
    /// At least once: returns when the triage queue has all of them. After an error some may have been sent: triage opens
    /// one case for each edition, however often it is asked.
    async fn request(&self, requests: &[Event]) -> Result<(), PortError>;
}

/// Where log records wait to be written. The body of a message is `{"records": […]}`.
#[async_trait]
pub trait LogQueue: Send + Sync {
    /// Packs the records into as few messages as the queue's limits allow and returns when the queue has them all.
    /// After an error some may have been sent: a second call sends copies, which readers tell by `record_id`.
    async fn send(&self, records: &[LogRecord]) -> Result<(), PortError>;
}

/// Where things go that nobody could make sense of, with the reason.
#[async_trait]
pub trait DeadLetters: Send + Sync {
    /// `reason` holds no personal data; `raw` is what came in.
    async fn bury(&self, reason: &str, raw: &str) -> Result<(), PortError>;
}

/// The queue that a worker reads: a message that failed can rest for a while.
#[async_trait]
pub trait RetryQueue: Send + Sync {
    /// The message that was received under `receipt_handle` is given to nobody for `rest` from now, twelve hours at
    /// most; its receives go on being counted. [`PortError::Refused`] when it is not on receipt any more.
    async fn put_off(&self, receipt_handle: &str, rest: Duration) -> Result<(), PortError>;
}

/// Where the planner puts its orders to sweep, and a sweep of rows the order that takes what it leaves.
#[async_trait]
pub trait SweepQueue: Send + Sync {
    /// At least once, in any order.
    async fn send(&self, orders: &[SweepOrder]) -> Result<(), PortError>;

    /// The same of orders to sweep rows.
    async fn send_rows(&self, orders: &[RowOrder]) -> Result<(), PortError>;
}

/// A message to the platform, by the Standard Webhooks scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookMessage {
    /// `webhook-id`: the same whenever the same event is delivered again.
    pub id: EventId,
    /// `webhook-timestamp`: when this attempt is made.
    pub timestamp: Timestamp,
    /// JSON: `{"type", "timestamp", "data"}`.
    pub body: String,
}

/// The platform's endpoint.
#[async_trait]
pub trait Webhook: Send + Sync {
    /// Returns when the endpoint has answered 2xx. Any other answer, or none in time, is [`PortError::Unavailable`].
    async fn deliver(&self, message: &WebhookMessage) -> Result<(), PortError>;
}
