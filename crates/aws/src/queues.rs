use std::time::Duration;

use app::{
    media_screening::MediaOrder,
    ports::{DeadLetters, MediaQueue, PortError, Queue, RelayQueues, RetryQueue, ReviewQueue, SweepQueue},
    retaining::{RowOrder, SweepOrder},
};
use async_trait::async_trait;
use domain::event::Event;
use serde::Serialize;
use serde_json::json;

use crate::{
    failure::failed,
    later::Sqs,
    sending::{LIMIT, send, send_all, send_later},
};

/// What SQS can hold a message back, in seconds.
const LONGEST_PAUSE: u32 = 900;

/// Where each queue of the relay is.
#[derive(Debug, Clone)]
pub struct RelayQueueUrls {
    pub verification: String,
    pub triage: String,
    pub enforcement: String,
    pub notification: String,
    pub record: String,
    pub backtest: String,
}

/// The queues that the relay feeds.
#[derive(Debug, Clone)]
pub struct EventQueues {
    client: Sqs,
    urls: RelayQueueUrls,
}

impl EventQueues {
    pub(crate) fn new(client: Sqs, urls: RelayQueueUrls) -> Self {
        Self { client, urls }
    }
}

#[async_trait]
impl RelayQueues for EventQueues {
    async fn send(&self, queue: Queue, event: &Event) -> Result<(), PortError> {
        let (what, url) = match queue {
            Queue::Verification => ("verification queue", &self.urls.verification),
            Queue::Triage => ("triage queue", &self.urls.triage),
            Queue::Enforcement => ("enforcement queue", &self.urls.enforcement),
            Queue::Notification => ("notification queue", &self.urls.notification),
            Queue::Record => ("record queue", &self.urls.record),
            Queue::Backtest => ("backtest queue", &self.urls.backtest),
        };
        let body = serde_json::to_string(event).map_err(|error| PortError::refused(what, error))?;
        let pause = i32::try_from(event.body.pause_seconds().min(LONGEST_PAUSE)).unwrap_or_default();
        send_later(&self.client, what, url, &body, pause).await
    }
}

/// The triage queue, a message for each publication to be looked at.
#[derive(Debug, Clone)]
pub struct ContentReviews {
    client: Sqs,
    url: String,
}

impl ContentReviews {
    pub(crate) fn new(client: Sqs, url: &str) -> Self {
        Self { client, url: url.to_owned() }
    }
}

#[async_trait]
impl ReviewQueue for ContentReviews {
    async fn request(&self, requests: &[Event]) -> Result<(), PortError> {
        const WHAT: &str = "triage queue";
        let bodies = requests.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>();
        let bodies = bodies.map_err(|error| PortError::refused(WHAT, error))?;
        send_all(&self.client, WHAT, &self.url, bodies).await
    }
}

/// The media queue, a message for each part to be looked at.
#[derive(Debug, Clone)]
pub struct MediaOrderQueue {
    client: Sqs,
    url: String,
}

impl MediaOrderQueue {
    pub(crate) fn new(client: Sqs, url: &str) -> Self {
        Self { client, url: url.to_owned() }
    }
}

#[async_trait]
impl MediaQueue for MediaOrderQueue {
    async fn send(&self, orders: &[MediaOrder]) -> Result<(), PortError> {
        const WHAT: &str = "media queue";
        let bodies = orders.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>();
        let bodies = bodies.map_err(|error| PortError::refused(WHAT, error))?;
        send_all(&self.client, WHAT, &self.url, bodies).await
    }
}

/// The queue that triggers a function.
#[derive(Debug, Clone)]
pub struct TriggerQueue {
    client: Sqs,
    url: String,
}

impl TriggerQueue {
    pub(crate) fn new(client: Sqs, url: &str) -> Self {
        Self { client, url: url.to_owned() }
    }
}

#[async_trait]
impl RetryQueue for TriggerQueue {
    async fn put_off(&self, receipt_handle: &str, rest: Duration) -> Result<(), PortError> {
        // Twelve hours is the most that SQS takes.
        let seconds = i32::try_from(rest.as_secs()).unwrap_or(i32::MAX).min(12 * 3600);
        let request = self.client.change_message_visibility().queue_url(&self.url).receipt_handle(receipt_handle);
        let answer = request.visibility_timeout(seconds).send().await;
        answer.map(|_| ()).map_err(|error| failed("trigger queue", &error))
    }
}

/// The sweep queue, a message for each order.
#[derive(Debug, Clone)]
pub struct SweepOrderQueue {
    client: Sqs,
    url: String,
}

impl SweepOrderQueue {
    pub(crate) fn new(client: Sqs, url: &str) -> Self {
        Self { client, url: url.to_owned() }
    }

    async fn put(&self, orders: &[impl Serialize]) -> Result<(), PortError> {
        const WHAT: &str = "sweep queue";
        let bodies = orders.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>();
        let bodies = bodies.map_err(|error| PortError::refused(WHAT, error))?;
        send_all(&self.client, WHAT, &self.url, bodies).await
    }
}

#[async_trait]
impl SweepQueue for SweepOrderQueue {
    async fn send(&self, orders: &[SweepOrder]) -> Result<(), PortError> {
        self.put(orders).await
    }

    async fn send_rows(&self, orders: &[RowOrder]) -> Result<(), PortError> {
        self.put(orders).await
    }
}

/// The relay's dead letters: `{"reason", "raw"}`, and `"truncated": true` when not all of `raw` fits in a message.
#[derive(Debug, Clone)]
pub struct RelayDeadLetters {
    client: Sqs,
    url: String,
}

impl RelayDeadLetters {
    pub(crate) fn new(client: Sqs, url: &str) -> Self {
        Self { client, url: url.to_owned() }
    }
}

#[async_trait]
impl DeadLetters for RelayDeadLetters {
    async fn bury(&self, reason: &str, raw: &str) -> Result<(), PortError> {
        send(&self.client, "relay dead letters", &self.url, &letter(reason, raw)).await
    }
}

/// A letter that fits in a message.
fn letter(reason: &str, raw: &str) -> String {
    let whole = json!({ "reason": reason, "raw": raw }).to_string();
    if whole.len() <= LIMIT {
        return whole;
    }
    // JSON writes a byte with six at most; the rest of the message is far smaller than what this leaves free.
    let head = &raw[..raw.floor_char_boundary(LIMIT / 7)];
    json!({ "reason": reason, "raw": head, "truncated": true }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_holds_all_that_fits() {
        assert_eq!(letter("no event", "{\"坏\""), r#"{"raw":"{\"坏\"","reason":"no event"}"#);
    }

    #[test]
    fn a_letter_always_fits() {
        for worst in ["\u{1}", "字", "\""] {
            let letter = letter("too large", &worst.repeat(LIMIT));
            assert!(letter.len() <= LIMIT);
            assert!(letter.contains("\"truncated\":true"));
        }
    }
}
