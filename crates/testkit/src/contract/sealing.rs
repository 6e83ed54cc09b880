use app::ports::{SaveError, SealIntake, SealLedger, SealShelf, SealSigner};
use evidence::{
    digest::Digest,
    entry::Entry,
    envelope::{Envelope, Signed},
    object::LogHour,
    seal::{Head, Link, Seal},
};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::samples;

fn entry(now: Timestamp) -> Entry {
    samples::log_object(&Uuid::now_v7().to_string(), now).entry()
}

fn after(now: Timestamp, hours: i64) -> Timestamp {
    now + SignedDuration::from_hours(hours)
}

/// Runs every check on a ledger that has not begun. `intake` is the same ledger, as writers see it.
pub async fn seal_ledger(ledger: &dyn SealLedger, intake: &dyn SealIntake, now: Timestamp) {
    let hour = LogHour::of(now);
    assert_eq!(ledger.head().await.unwrap(), None);
    assert_eq!(ledger.entries(hour).await.unwrap(), []);
    what_is_entered_first_begins_the_ledger(ledger, intake, now).await;
    the_same_object_is_entered_once(ledger, intake, now).await;
    what_meets_a_closed_hour_enters_the_first_open_one(ledger, intake, now).await;
    many_at_once_are_all_entered(ledger, intake, after(now, 5)).await;
    the_head_moves_from_seal_to_seal(ledger, now).await;
}

async fn what_is_entered_first_begins_the_ledger(ledger: &dyn SealLedger, intake: &dyn SealIntake, now: Timestamp) {
    intake.enter(&[entry(now)], now).await.unwrap();
    for hour in [LogHour::of(now), LogHour::of(after(now, 3))] {
        assert_eq!(ledger.begin(hour).await.unwrap(), LogHour::of(now), "the beginning stays");
    }
    let before = entry(now);
    intake.enter(std::slice::from_ref(&before), after(now, -2)).await.unwrap();
    assert!(
        ledger.entries(LogHour::of(now)).await.unwrap().contains(&before),
        "nothing is entered before the beginning"
    );
}

async fn the_same_object_is_entered_once(ledger: &dyn SealLedger, intake: &dyn SealIntake, now: Timestamp) {
    let twice = entry(now);
    for _ in 0..2 {
        intake.enter(std::slice::from_ref(&twice), now).await.unwrap();
    }
    let entries = ledger.entries(LogHour::of(now)).await.unwrap();
    assert_eq!(entries.iter().filter(|entry| **entry == twice).count(), 1);
    intake.enter(&[], now).await.unwrap();
}

async fn what_meets_a_closed_hour_enters_the_first_open_one(
    ledger: &dyn SealLedger,
    intake: &dyn SealIntake,
    now: Timestamp,
) {
    let closed = LogHour::of(after(now, 1));
    ledger.close(closed).await.unwrap();
    // To close again, or what is closed with it, changes nothing.
    ledger.close(closed).await.unwrap();
    ledger.close(LogHour::of(now)).await.unwrap();
    let (before, late) = (ledger.entries(LogHour::of(now)).await.unwrap(), entry(now));
    intake.enter(std::slice::from_ref(&late), now).await.unwrap();
    assert_eq!(ledger.entries(LogHour::of(now)).await.unwrap(), before);
    assert_eq!(ledger.entries(closed).await.unwrap(), []);
    assert_eq!(ledger.entries(closed.next()).await.unwrap(), [late]);
}

async fn many_at_once_are_all_entered(ledger: &dyn SealLedger, intake: &dyn SealIntake, now: Timestamp) {
    let entries: Vec<Entry> = (0..120).map(|_| entry(now)).collect();
    let (some, others) = entries.split_at(100);
    for entered in join_all([intake.enter(some, now), intake.enter(others, now)]).await {
        entered.unwrap();
    }
    let mut found = ledger.entries(LogHour::of(now)).await.unwrap();
    found.sort();
    let mut expected = entries;
    expected.sort();
    assert_eq!(found, expected);
}

async fn the_head_moves_from_seal_to_seal(ledger: &dyn SealLedger, now: Timestamp) {
    let head = |number| {
        let link = Link { sha256: Digest::of(b"payload"), signature: "c2lnbmF0dXJl".to_owned() };
        Head { number, hour: LogHour::of(now).start(), link }
    };
    let conflict = |moved| matches!(moved, Err(SaveError::VersionConflict));
    assert!(conflict(ledger.advance(&head(2)).await), "there is no first");
    ledger.advance(&head(1)).await.unwrap();
    assert!(conflict(ledger.advance(&head(1)).await));
    ledger.advance(&head(2)).await.unwrap();
    assert!(conflict(ledger.advance(&head(2)).await) && conflict(ledger.advance(&head(4)).await));
    assert_eq!(ledger.head().await.unwrap(), Some(head(2)));
}

/// Runs every check; `now` lies in an hour that has no seal.
pub async fn seal_shelf(shelf: &dyn SealShelf, now: Timestamp) {
    let hour = LogHour::of(now);
    let stand = join_all([shelf.put(hour, b"first"), shelf.put(hour, b"second")]).await;
    let kept = shelf.put(hour, b"third").await.unwrap();
    assert!(kept == b"first" || kept == b"second");
    for told in stand {
        // A conflict of two writes may be told as such; nobody is told of a seal that does not stand.
        assert!(told.map_or_else(|error| error.is_retryable(), |told| told == kept));
    }
    let key = evidence::envelope::PublicKey::from_spki(b"a key".to_vec());
    for _ in 0..2 {
        shelf.publish(&key).await.unwrap();
    }
}

/// Runs every check.
pub async fn seal_signer(signer: &dyn SealSigner) {
    let key = signer.public_key().await.unwrap();
    assert_eq!(signer.public_key().await.unwrap(), key);
    let payload = Seal::next(None, LogHour::of(samples::NOON), vec![], samples::NOON).payload().unwrap();
    let signature = signer.sign(&Envelope::message(&payload)).await.unwrap();
    let envelope = Envelope::signed(&payload, key.key_id(), &signature).to_bytes().unwrap();
    let opened = Envelope::open(&envelope).unwrap();
    assert_eq!(opened.signed_by(std::slice::from_ref(&key)), Signed::ByTrusted(key.key_id()));
}
