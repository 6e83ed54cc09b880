use app::{
    ports::{DeadLetters, LogQueue, Queue, RelayQueues, ReviewQueue, SweepQueue},
    retaining::SweepOrder,
};
use async_trait::async_trait;
use domain::event::Event;
use evidence::record::{LogBatch, LogRecord};
use jiff::SignedDuration;
use uuid::Uuid;

use crate::{
    Lane,
    samples::{self, NOON},
};

/// The limit of SQS on a message.
const MESSAGE_LIMIT: usize = 1_048_576;

/// Takes what lies in a queue.
#[async_trait]
pub trait Drain: Send + Sync {
    /// The bodies of all messages in the lane, in any order, copies included; the lane is empty then. Waits as long as
    /// messages may take to be seen.
    async fn drain(&self, lane: Lane) -> Vec<String>;
}

/// Runs every check.
pub async fn relay_queues(queues: &dyn RelayQueues, drain: &dyn Drain) {
    for queue in Queue::ALL {
        drain.drain(Lane::Relay(queue)).await;
        let event = samples::account().registering().event;
        queues.send(queue, &event).await.unwrap();
        let bodies = drain.drain(Lane::Relay(queue)).await;
        let sent: Vec<Event> = bodies.iter().map(|body| serde_json::from_str(body).unwrap()).collect();
        assert_eq!(sent, [event], "the body of a message on {queue:?} is the event's JSON");
    }
}

/// Runs every check.
pub async fn review_queue(queue: &dyn ReviewQueue, drain: &dyn Drain) {
    let lane = Lane::Relay(Queue::Triage);
    drain.drain(lane).await;
    // More than one call to the real queue holds.
    let mut requests: Vec<Event> = (0..12).map(|_| samples::account().registering().event).collect();
    queue.request(&requests).await.unwrap();
    let bodies = drain.drain(lane).await;
    let mut sent: Vec<Event> = bodies.iter().map(|body| serde_json::from_str(body).unwrap()).collect();
    for events in [&mut sent, &mut requests] {
        events.sort_by_key(|event| event.event_id);
    }
    assert_eq!(sent, requests);
}

/// Runs every check.
pub async fn log_queue(queue: &dyn LogQueue, drain: &dyn Drain) {
    drain.drain(Lane::ContentLog).await;
    no_records_are_no_message(queue, drain).await;
    few_records_are_one_message(queue, drain).await;
    many_large_records_all_arrive_in_messages_within_the_limit(queue, drain).await;
}

async fn no_records_are_no_message(queue: &dyn LogQueue, drain: &dyn Drain) {
    queue.send(&[]).await.unwrap();
    assert_eq!(drain.drain(Lane::ContentLog).await, Vec::<String>::new());
}

async fn few_records_are_one_message(queue: &dyn LogQueue, drain: &dyn Drain) {
    let sent: Vec<_> = (0..25).map(|n| samples::log_record(&format!("{n}-{}", Uuid::now_v7()), NOON)).collect();
    queue.send(&sent).await.unwrap();
    let bodies = drain.drain(Lane::ContentLog).await;
    assert_eq!(bodies.len(), 1);
    assert_eq!(records(&bodies), sent);
}

async fn many_large_records_all_arrive_in_messages_within_the_limit(queue: &dyn LogQueue, drain: &dyn Drain) {
    // 2.4 MB of text in all: more than one batch of messages can carry. One alone is larger than the packing aims at.
    let mut sent: Vec<_> = (0..40).map(|_| samples::log_record(&large(60_000), NOON)).collect();
    sent.push(samples::log_record(&large(240_000), NOON));
    queue.send(&sent).await.unwrap();
    let bodies = drain.drain(Lane::ContentLog).await;
    assert!(bodies.iter().all(|body| body.len() <= MESSAGE_LIMIT));
    let mut arrived = records(&bodies);
    arrived.sort_by_key(|record| record.record_id);
    arrived.dedup();
    sent.sort_by_key(|record| record.record_id);
    assert!(arrived == sent, "{} of {} records arrived", arrived.len(), sent.len());
}

/// A text of its own of about that many bytes.
fn large(bytes: usize) -> String {
    format!("{}{}", Uuid::now_v7(), "字".repeat(bytes / 3))
}

fn records(bodies: &[String]) -> Vec<LogRecord> {
    bodies.iter().flat_map(|body| serde_json::from_str::<LogBatch>(body).unwrap().records).collect()
}

/// Runs every check.
pub async fn sweep_queue(queue: &dyn SweepQueue, drain: &dyn Drain) {
    drain.drain(Lane::Sweep).await;
    queue.send(&[]).await.unwrap();
    // More than two batches.
    let mut sent: Vec<_> = (0..23).map(|hour| samples::sweep_order(NOON + SignedDuration::from_hours(hour))).collect();
    queue.send(&sent).await.unwrap();
    let bodies = drain.drain(Lane::Sweep).await;
    let mut arrived: Vec<SweepOrder> = bodies.iter().map(|body| serde_json::from_str(body).unwrap()).collect();
    arrived.sort_by_key(|order| (order.hour, order.run_id));
    arrived.dedup();
    sent.sort_by_key(|order| (order.hour, order.run_id));
    assert_eq!(arrived, sent);
}

/// Runs every check.
pub async fn dead_letters(letters: &dyn DeadLetters, drain: &dyn Drain) {
    drain.drain(Lane::DeadLetters).await;
    what_is_buried_keeps_its_reason(letters, drain).await;
    what_is_too_large_is_buried_in_part(letters, drain).await;
}

async fn what_is_buried_keeps_its_reason(letters: &dyn DeadLetters, drain: &dyn Drain) {
    letters.bury("no event", "{\"坏\"").await.unwrap();
    let bodies = drain.drain(Lane::DeadLetters).await;
    assert_eq!(bodies.len(), 1);
    let letter: serde_json::Value = serde_json::from_str(&bodies[0]).unwrap();
    assert_eq!((letter["reason"].as_str(), letter["raw"].as_str()), (Some("no event"), Some("{\"坏\"")));
}

async fn what_is_too_large_is_buried_in_part(letters: &dyn DeadLetters, drain: &dyn Drain) {
    let raw = format!("begins{}", "\"字".repeat(300_000));
    letters.bury("too large", &raw).await.unwrap();
    let bodies = drain.drain(Lane::DeadLetters).await;
    assert_eq!(bodies.len(), 1);
    let letter: serde_json::Value = serde_json::from_str(&bodies[0]).unwrap();
    assert!(raw.starts_with(letter["raw"].as_str().unwrap()));
    assert!(letter["raw"].as_str().unwrap().starts_with("begins"));
}
