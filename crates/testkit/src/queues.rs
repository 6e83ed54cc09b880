use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use app::{
    backtesting::BacktestOrder,
    media_screening::MediaOrder,
    ports::{
        BacktestQueue, DeadLetters, LogQueue, MediaQueue, PortError, Queue, RelayQueues, RetryQueue, ReviewQueue,
        SweepQueue,
    },
    retaining::{RowOrder, SweepOrder},
};
use async_trait::async_trait;
use domain::event::Event;
use evidence::record::{LogBatch, LogRecord};
use serde_json::json;

use crate::{Faults, locked};

/// The limit of the real queues on a message.
const MESSAGE_LIMIT: usize = 1_048_576;

/// Where a message lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    Relay(Queue),
    ContentLog,
    Media,
    Sweep,
    /// The relay's dead letters.
    DeadLetters,
}

/// All queues in memory. Messages lie there until a test takes them and hands them to a handler, in whatever order and
/// as often as it likes.
#[derive(Debug, Clone, Default)]
pub struct MemoryQueues {
    faults: Faults,
    lanes: Arc<Mutex<BTreeMap<Lane, Vec<String>>>>,
    put_off: Arc<Mutex<Vec<(String, Duration)>>>,
}

impl MemoryQueues {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// The bodies of the lane's messages, oldest first; the lane is empty then.
    #[must_use]
    pub fn take(&self, lane: Lane) -> Vec<String> {
        locked(&self.lanes).remove(&lane).unwrap_or_default()
    }

    /// The bodies of the lane's messages, oldest first.
    #[must_use]
    pub fn peek(&self, lane: Lane) -> Vec<String> {
        locked(&self.lanes).get(&lane).cloned().unwrap_or_default()
    }

    /// What was put off, by receipt handle, and for how long: a test decides itself when a message comes again.
    #[must_use]
    pub fn put_off(&self) -> Vec<(String, Duration)> {
        locked(&self.put_off).clone()
    }

    /// Whether no lane but the dead letters holds anything.
    #[must_use]
    pub fn are_empty(&self) -> bool {
        locked(&self.lanes).iter().all(|(lane, bodies)| *lane == Lane::DeadLetters || bodies.is_empty())
    }

    fn put(&self, lane: Lane, bodies: impl IntoIterator<Item = String>) {
        locked(&self.lanes).entry(lane).or_default().extend(bodies);
    }
}

#[async_trait]
impl RelayQueues for MemoryQueues {
    async fn send(&self, queue: Queue, event: &Event) -> Result<(), PortError> {
        self.faults.around("relay queue", || {
            self.put(Lane::Relay(queue), [serde_json::to_string(event).unwrap()]);
            Ok(())
        })
    }
}

#[async_trait]
impl ReviewQueue for MemoryQueues {
    async fn request(&self, requests: &[Event]) -> Result<(), PortError> {
        self.faults.around("triage queue", || {
            let bodies = requests.iter().map(|event| serde_json::to_string(event).unwrap());
            self.put(Lane::Relay(Queue::Triage), bodies);
            Ok(())
        })
    }
}

#[async_trait]
impl LogQueue for MemoryQueues {
    async fn send(&self, records: &[LogRecord]) -> Result<(), PortError> {
        self.faults.around("content-log queue", || {
            let mut bodies: Vec<String> = Vec::new();
            let mut batch = LogBatch { records: Vec::new() };
            for record in records {
                batch.records.push(record.clone());
                let body = serde_json::to_string(&batch).unwrap();
                match bodies.last_mut().filter(|_| batch.records.len() > 1) {
                    Some(open) if body.len() <= MESSAGE_LIMIT => *open = body,
                    _ => {
                        batch.records = vec![record.clone()];
                        bodies.push(serde_json::to_string(&batch).unwrap());
                    }
                }
            }
            self.put(Lane::ContentLog, bodies);
            Ok(())
        })
    }
}

#[async_trait]
impl MediaQueue for MemoryQueues {
    async fn send(&self, orders: &[MediaOrder]) -> Result<(), PortError> {
        self.faults.around("media queue", || {
            self.put(Lane::Media, orders.iter().map(|order| serde_json::to_string(order).unwrap()));
            Ok(())
        })
    }
}

#[async_trait]
impl SweepQueue for MemoryQueues {
    async fn send(&self, orders: &[SweepOrder]) -> Result<(), PortError> {
        self.faults.around("sweep queue", || {
            self.put(Lane::Sweep, orders.iter().map(|order| serde_json::to_string(order).unwrap()));
            Ok(())
        })
    }

    async fn send_rows(&self, orders: &[RowOrder]) -> Result<(), PortError> {
        self.faults.around("sweep queue", || {
            self.put(Lane::Sweep, orders.iter().map(|order| serde_json::to_string(order).unwrap()));
            Ok(())
        })
    }
}

#[async_trait]
impl BacktestQueue for MemoryQueues {
    async fn send(&self, orders: &[BacktestOrder]) -> Result<(), PortError> {
        self.faults.around("backtest queue", || {
            let bodies = orders.iter().map(|order| serde_json::to_string(order).unwrap());
            self.put(Lane::Relay(Queue::Backtest), bodies);
            Ok(())
        })
    }
}

#[async_trait]
impl RetryQueue for MemoryQueues {
    async fn put_off(&self, receipt_handle: &str, rest: Duration) -> Result<(), PortError> {
        self.faults.around("trigger queue", || {
            locked(&self.put_off).push((receipt_handle.to_owned(), rest));
            Ok(())
        })
    }
}

#[async_trait]
impl DeadLetters for MemoryQueues {
    async fn bury(&self, reason: &str, raw: &str) -> Result<(), PortError> {
        self.faults.around("dead letters", || {
            // Half the limit leaves room for what JSON escapes.
            let raw = &raw[..raw.floor_char_boundary(MESSAGE_LIMIT / 2)];
            self.put(Lane::DeadLetters, [json!({ "reason": reason, "raw": raw }).to_string()]);
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[async_trait]
    impl contract::Drain for MemoryQueues {
        async fn drain(&self, lane: Lane) -> Vec<String> {
            self.take(lane)
        }
    }

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        let twin = MemoryQueues::default();
        contract::relay_queues(&twin, &twin).await;
        contract::review_queue(&twin, &twin).await;
        contract::log_queue(&twin, &twin).await;
        contract::media_queue(&twin, &twin).await;
        contract::sweep_queue(&twin, &twin).await;
        contract::backtest_queue(&twin, &twin).await;
        contract::dead_letters(&twin, &twin).await;
    }
}
