use app::{
    ports::{StoredObject, SweepReceipts, Watermark},
    retaining::{SweepIntent, SweepOrder, SweepReceipt},
};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};

use crate::samples;

/// Runs every check. `now` is used for nothing but to write down.
pub async fn sweep_receipts(receipts: &dyn SweepReceipts, now: Timestamp) {
    what_was_not_written_is_none(receipts, now).await;
    the_first_intent_stands(receipts, now).await;
    of_two_intents_at_once_one_stands(receipts, now).await;
    a_receipt_is_never_changed(receipts, now).await;
    orders_of_other_hours_and_runs_have_papers_of_their_own(receipts, now).await;
}

fn object(key: &str) -> StoredObject {
    StoredObject { key: key.to_owned(), version_id: "v1".to_owned(), size: 7 }
}

fn intent(order: &SweepOrder, key: &str, now: Timestamp) -> SweepIntent {
    SweepIntent { order: order.clone(), objects: vec![object(key)], written_at: now }
}

fn receipt(order: &SweepOrder, key: &str, now: Timestamp) -> SweepReceipt {
    let reason = "retention_period_ended".to_owned();
    SweepReceipt { order: order.clone(), deleted: vec![object(key)], reason, completed_at: now, held: vec![] }
}

async fn what_was_not_written_is_none(receipts: &dyn SweepReceipts, now: Timestamp) {
    let order = samples::sweep_order(now);
    assert_eq!(receipts.intent(&order).await.unwrap(), None);
    assert_eq!(receipts.receipt(&order).await.unwrap(), None);
}

async fn the_first_intent_stands(receipts: &dyn SweepReceipts, now: Timestamp) {
    let order = samples::sweep_order(now);
    let first = intent(&order, "a", now);
    assert_eq!(receipts.put_intent(&first).await.unwrap(), first);
    assert_eq!(receipts.put_intent(&intent(&order, "b", now)).await.unwrap(), first);
    assert_eq!(receipts.intent(&order).await.unwrap(), Some(first));
    assert_eq!(receipts.receipt(&order).await.unwrap(), None);
}

async fn of_two_intents_at_once_one_stands(receipts: &dyn SweepReceipts, now: Timestamp) {
    let order = samples::sweep_order(now);
    let (a, b) = (intent(&order, "a", now), intent(&order, "b", now));
    let stand = join_all([receipts.put_intent(&a), receipts.put_intent(&b)]).await;
    let kept = receipts.intent(&order).await.unwrap().unwrap();
    for result in stand {
        // A conflict of two writes may be told as such; nobody is told of an intent that does not stand.
        assert!(result.map_or_else(|error| error.is_retryable(), |told| told == kept));
    }
}

async fn a_receipt_is_never_changed(receipts: &dyn SweepReceipts, now: Timestamp) {
    let order = samples::sweep_order(now);
    let first = receipt(&order, "a", now);
    assert_eq!(receipts.put_receipt(&first).await.unwrap(), first);
    assert_eq!(receipts.put_receipt(&receipt(&order, "b", now)).await.unwrap(), first, "the one that stands");
    assert_eq!(receipts.receipt(&order).await.unwrap(), Some(first));
}

async fn orders_of_other_hours_and_runs_have_papers_of_their_own(receipts: &dyn SweepReceipts, now: Timestamp) {
    let order = samples::sweep_order(now);
    receipts.put_receipt(&receipt(&order, "a", now)).await.unwrap();
    let other_hour = SweepOrder { hour: order.hour + SignedDuration::from_hours(1), ..order.clone() };
    let other_run = SweepOrder { run_id: samples::sweep_order(now).run_id, ..order };
    for other in [other_hour, other_run] {
        assert_eq!(receipts.receipt(&other).await.unwrap(), None);
    }
}

/// Runs every check. The mark is one for all runs: later runs begin where earlier ones left it.
pub async fn watermark(watermark: &dyn Watermark) {
    let start = watermark.read().await.unwrap().unwrap_or(samples::NOON);
    let (mark, earlier) = (start + SignedDuration::from_hours(2), start + SignedDuration::from_hours(1));
    for to in [mark, earlier, mark] {
        watermark.advance(to).await.unwrap();
        assert_eq!(watermark.read().await.unwrap(), Some(mark), "the mark moves on and never back");
    }
}
