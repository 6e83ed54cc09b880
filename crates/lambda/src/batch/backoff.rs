//! When a record that failed is met again.

use std::{sync::Arc, time::Duration};

use app::ports::RetryQueue;
use sha2::{Digest as _, Sha256};

use super::RecordError;
use crate::logs;

/// After the first failure: what is throttled or restarting is back by then.
const FIRST: Duration = Duration::from_secs(60);

/// Between later tries at most: whoever was down for hours is told within the hour of coming back.
const LONGEST: Duration = Duration::from_secs(3600);

/// Between tries of what cannot pass: all of them together take minutes, and then a person looks at it.
const HOPELESS: Duration = Duration::from_secs(10);

/// For each put-off; SQS answers in milliseconds, and ten of these fit into what a batch keeps free.
const PATIENCE: Duration = Duration::from_millis(500);

/// The queue that the function reads, for a function whose failures last: another party is down. Each failure puts its
/// message off for longer, so that the receives that the queue allows (30) span a day and not a quarter of an hour.
#[derive(Clone)]
pub struct Backoff {
    queue: Arc<dyn RetryQueue>,
}

impl Backoff {
    #[must_use]
    pub fn on(queue: Arc<dyn RetryQueue>) -> Self {
        Self { queue }
    }

    /// How long a message rests that could not be done at its `receive_count`th receive: a minute, doubled with each
    /// failure up to an hour, and up to a quarter more, by the message's id: what failed together in one outage does
    /// not come back together.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use lambda::batch::{Backoff, RecordError};
    /// let error = RecordError::Transient { cause: "it is down".to_owned() };
    /// let rest = Backoff::rest(&error, "message-1", 3);
    /// assert!(rest >= Duration::from_secs(240) && rest <= Duration::from_secs(300));
    /// ```
    #[must_use]
    pub fn rest(error: &RecordError, message_id: &str, receive_count: u32) -> Duration {
        if !error.is_retryable() {
            return HOPELESS;
        }
        let doublings = receive_count.saturating_sub(1).min(16);
        let rest = LONGEST.min(FIRST * 2_u32.pow(doublings));
        rest + rest * u32::from(Sha256::digest(message_id)[0]) / (4 * 255)
    }

    /// Without it the message comes back when its visibility ends: sooner, and no worse. So a slow queue is not waited
    /// for: the reply of the batch is what must not come too late.
    pub(super) async fn put_off(&self, receipt_handle: &str, rest: Duration) {
        let cause = match tokio::time::timeout(PATIENCE, self.queue.put_off(receipt_handle, rest)).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => logs::chain(&error),
            Err(_) => "the queue does not answer".to_owned(),
        };
        tracing::warn!(cause, "the message could not be put off");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rests(message_id: &str, receives: u32) -> Vec<Duration> {
        let error = RecordError::Transient { cause: "down".to_owned() };
        (1..=receives).map(|count| Backoff::rest(&error, message_id, count)).collect()
    }

    #[test]
    fn rests_grow_from_a_minute_to_an_hour_and_a_quarter_and_no_further() {
        for message_id in ["a", "b", "5fea7756-0ea4-451a-a703-a558b933e274"] {
            let rests = rests(message_id, 40);
            assert!(rests.is_sorted(), "{rests:?}");
            assert!(rests[0] >= FIRST && rests[0] <= FIRST * 5 / 4);
            assert!(rests[39] >= LONGEST && rests[39] <= LONGEST * 5 / 4);
        }
        let error = RecordError::Transient { cause: "down".to_owned() };
        assert_eq!(Backoff::rest(&error, "a", u32::MAX), Backoff::rest(&error, "a", 40));
    }

    #[test]
    fn messages_that_failed_together_do_not_come_back_together() {
        let distinct: std::collections::BTreeSet<Duration> = (0..20).map(|n| rests(&format!("m-{n}"), 10)[9]).collect();
        assert!(distinct.len() > 10, "{distinct:?}");
    }

    #[test]
    fn what_cannot_pass_is_with_a_person_within_minutes() {
        let error = RecordError::Permanent { cause: "no event".to_owned() };
        let all: Duration = (1..=30).map(|count| Backoff::rest(&error, "a", count)).sum();
        assert_eq!(all, Duration::from_secs(300));
    }
}
