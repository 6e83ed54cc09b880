use app::ports::{Begin, IdempotencyKey, IdempotencyLedger, Lease, StoredAnswer};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

const LEASE: SignedDuration = SignedDuration::from_secs(30);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Runs every check. `now` is what time it is where the ledger is: what is past may be swept away.
pub async fn idempotency_ledger(ledger: &dyn IdempotencyLedger, now: Timestamp) {
    a_first_beginning_takes_the_operation_that_was_given(ledger, now).await;
    while_the_lease_runs_another_try_is_in_progress(ledger, now).await;
    after_the_lease_the_same_operation_begins_again(ledger, now).await;
    after_a_release_the_same_operation_begins_again(ledger, now).await;
    an_answer_is_given_again(ledger, now).await;
    an_answer_stands_against_a_second_completion_and_a_release(ledger, now).await;
    another_payload_is_told_apart_in_every_state(ledger, now).await;
    an_expired_key_counts_as_unused(ledger, now).await;
    a_write_that_was_never_done_expires_as_well(ledger, now).await;
    of_two_beginnings_at_once_one_is_fresh(ledger, now).await;
    of_two_beginnings_at_once_after_a_release_one_is_fresh(ledger, now).await;
    a_write_that_has_not_begun_cannot_be_complete(ledger, now).await;
}

fn key() -> IdempotencyKey {
    let uuid = Uuid::now_v7().simple().to_string();
    IdempotencyKey(format!("{uuid}{uuid}"))
}

fn answer(body: &str) -> StoredAnswer {
    StoredAnswer { status: 201, content_type: "application/json".to_owned(), body: body.to_owned() }
}

fn lease(now: Timestamp) -> Lease {
    Lease { now, until: now + LEASE, expires_at: now + DAY }
}

async fn begin(ledger: &dyn IdempotencyLedger, key: &IdempotencyKey, payload: &str, now: Timestamp) -> Begin {
    ledger.begin(key, payload, Uuid::now_v7(), lease(now)).await.unwrap()
}

async fn begun(ledger: &dyn IdempotencyLedger, key: &IdempotencyKey, now: Timestamp) -> Uuid {
    match begin(ledger, key, "p1", now).await {
        Begin::Fresh { operation_id } => operation_id,
        other => panic!("a new key is fresh, not {other:?}"),
    }
}

async fn a_first_beginning_takes_the_operation_that_was_given(ledger: &dyn IdempotencyLedger, now: Timestamp) {
    let operation_id = Uuid::now_v7();
    let begin = ledger.begin(&key(), "p1", operation_id, lease(now)).await.unwrap();
    assert_eq!(begin, Begin::Fresh { operation_id });
}

async fn while_the_lease_runs_another_try_is_in_progress(ledger: &dyn IdempotencyLedger, now: Timestamp) {
    let key = key();
    begun(ledger, &key, now).await;
    let late = now + LEASE - SignedDuration::from_secs(1);
    assert_eq!(begin(ledger, &key, "p1", late).await, Begin::InProgress);
}

async fn after_the_lease_the_same_operation_begins_again(ledger: &dyn IdempotencyLedger, now: Timestamp) {
    let key = key();
    let operation_id = begun(ledger, &key, now).await;
    assert_eq!(begin(ledger, &key, "p1", now + LEASE).await, Begin::Fresh { operation_id });
    assert_eq!(begin(ledger, &key, "p1", now + LEASE).await, Begin::InProgress);
}

async fn after_a_release_the_same_operation_begins_again(ledger: &dyn IdempotencyLedger, now: Timestamp) {
    let key = key();
    let operation_id = begun(ledger, &key, now).await;
    ledger.release(&key).await.unwrap();
    assert_eq!(begin(ledger, &key, "p1", now).await, Begin::Fresh { operation_id });
}

async fn an_answer_is_given_again(ledger: &dyn IdempotencyLedger, now: Timestamp) {
    let key = key();
    begun(ledger, &key, now).await;
    ledger.complete(&key, &answer("{\"好\":1}")).await.unwrap();
    for _ in 0..2 {
        assert_eq!(begin(ledger, &key, "p1", now).await, Begin::Done(answer("{\"好\":1}")));
    }
}

async fn an_answer_stands_against_a_second_completion_and_a_release(ledger: &dyn IdempotencyLedger, now: Timestamp) {
    let key = key();
    begun(ledger, &key, now).await;
    ledger.complete(&key, &answer("first")).await.unwrap();
    ledger.complete(&key, &answer("second")).await.unwrap();
    ledger.release(&key).await.unwrap();
    assert_eq!(begin(ledger, &key, "p1", now + LEASE).await, Begin::Done(answer("first")));
}

async fn another_payload_is_told_apart_in_every_state(ledger: &dyn IdempotencyLedger, now: Timestamp) {
    let key = key();
    begun(ledger, &key, now).await;
    assert_eq!(begin(ledger, &key, "p2", now).await, Begin::OtherPayload);
    ledger.release(&key).await.unwrap();
    assert_eq!(begin(ledger, &key, "p2", now).await, Begin::OtherPayload);
    ledger.complete(&key, &answer("done")).await.unwrap();
    assert_eq!(begin(ledger, &key, "p2", now).await, Begin::OtherPayload);
}

async fn an_expired_key_counts_as_unused(ledger: &dyn IdempotencyLedger, now: Timestamp) {
    let key = key();
    let first = begun(ledger, &key, now).await;
    ledger.complete(&key, &answer("done")).await.unwrap();
    let before = now + DAY - SignedDuration::from_secs(1);
    assert_eq!(begin(ledger, &key, "p1", before).await, Begin::Done(answer("done")));
    let operation_id = Uuid::now_v7();
    let after = ledger.begin(&key, "p2", operation_id, lease(now + DAY)).await.unwrap();
    assert_eq!(after, Begin::Fresh { operation_id });
    assert_ne!(operation_id, first);
}

async fn a_write_that_was_never_done_expires_as_well(ledger: &dyn IdempotencyLedger, now: Timestamp) {
    let key = key();
    begun(ledger, &key, now).await;
    let operation_id = Uuid::now_v7();
    let after = ledger.begin(&key, "p2", operation_id, lease(now + DAY)).await.unwrap();
    assert_eq!(after, Begin::Fresh { operation_id });
}

async fn of_two_beginnings_at_once_one_is_fresh(ledger: &dyn IdempotencyLedger, now: Timestamp) {
    let key = key();
    let begins = join_all([begin(ledger, &key, "p1", now), begin(ledger, &key, "p1", now)]).await;
    one_is_fresh(&begins);
}

async fn of_two_beginnings_at_once_after_a_release_one_is_fresh(ledger: &dyn IdempotencyLedger, now: Timestamp) {
    let key = key();
    begun(ledger, &key, now).await;
    ledger.release(&key).await.unwrap();
    let begins = join_all([begin(ledger, &key, "p1", now), begin(ledger, &key, "p1", now)]).await;
    one_is_fresh(&begins);
}

fn one_is_fresh(begins: &[Begin]) {
    let fresh = begins.iter().filter(|begin| matches!(begin, Begin::Fresh { .. })).count();
    let waiting = begins.iter().filter(|begin| **begin == Begin::InProgress).count();
    assert_eq!((fresh, waiting), (1, begins.len() - 1), "{begins:?}");
}

async fn a_write_that_has_not_begun_cannot_be_complete(ledger: &dyn IdempotencyLedger, now: Timestamp) {
    let key = key();
    assert!(!ledger.complete(&key, &answer("done")).await.unwrap_err().is_retryable());
    ledger.release(&key).await.unwrap();
    begun(ledger, &key, now).await;
}
