use app::ports::{ContentLog, ExpiringObjects, StoredObject, WriteOutcome};
use futures::future::join_all;
use jiff::Timestamp;
use uuid::Uuid;

use crate::samples;

/// Runs every check of writing. `now` is what time it is where the log is: a lock lies after it.
pub async fn content_log(log: &dyn ContentLog, now: Timestamp) {
    the_same_object_is_written_once(log, now).await;
    of_two_writes_at_once_one_is_written(log, now).await;
}

/// Runs every check of listing and deleting what `log` wrote.
pub async fn expiring_objects(objects: &dyn ExpiringObjects, log: &dyn ContentLog, now: Timestamp) {
    what_was_written_is_listed_by_its_prefix(objects, log, now).await;
    a_locked_object_stays_and_is_told_of(objects, log, now).await;
    a_version_that_is_not_there_counts_as_deleted(objects, now).await;
    nothing_deletes_as_nothing(objects).await;
}

/// A name that no other run knows: objects of a run cannot be deleted by the next.
fn name() -> String {
    Uuid::now_v7().to_string()
}

async fn the_same_object_is_written_once(log: &dyn ContentLog, now: Timestamp) {
    let object = samples::log_object(&name(), now);
    assert_eq!(log.write(&object).await.unwrap(), WriteOutcome::Written);
    assert_eq!(log.write(&object).await.unwrap(), WriteOutcome::Existed);
}

async fn of_two_writes_at_once_one_is_written(log: &dyn ContentLog, now: Timestamp) {
    let object = samples::log_object(&name(), now);
    let outcomes = join_all([log.write(&object), log.write(&object)]).await;
    let written = outcomes.iter().filter(|outcome| matches!(outcome, Ok(WriteOutcome::Written))).count();
    assert_eq!(written, 1, "{outcomes:?}");
}

async fn what_was_written_is_listed_by_its_prefix(objects: &dyn ExpiringObjects, log: &dyn ContentLog, now: Timestamp) {
    let (a, b) = (samples::log_object(&name(), now), samples::log_object(&name(), now));
    for object in [&a, &b] {
        log.write(object).await.unwrap();
    }
    let hour = &a.key[..=a.key.rfind('/').unwrap()];
    let listed = objects.list(hour).await.unwrap();
    assert!(listed.is_sorted_by_key(|object| object.key.clone()));
    for object in [&a, &b] {
        let found: Vec<_> = listed.iter().filter(|listed| listed.key == object.key).collect();
        assert_eq!(found.len(), 1, "{} in {listed:?}", object.key);
        assert_eq!(found[0].size, object.bytes.len() as u64);
    }
    let narrow = objects.list(&a.key).await.unwrap();
    assert_eq!(narrow.len(), 1);
    assert_eq!(objects.read(&narrow[0]).await.unwrap(), Some(a.bytes));
    assert_eq!(objects.list("content-log/date=1970-01-01/").await.unwrap(), []);
}

async fn a_locked_object_stays_and_is_told_of(objects: &dyn ExpiringObjects, log: &dyn ContentLog, now: Timestamp) {
    let object = samples::log_object(&name(), now);
    log.write(&object).await.unwrap();
    let listed = objects.list(&object.key).await.unwrap();
    let failed = objects.delete(&listed).await.unwrap();
    assert_eq!(failed.iter().map(|(object, _)| object).collect::<Vec<_>>(), listed.iter().collect::<Vec<_>>());
    assert!(!failed[0].1.is_empty());
    assert_eq!(objects.list(&object.key).await.unwrap(), listed);
}

async fn a_version_that_is_not_there_counts_as_deleted(objects: &dyn ExpiringObjects, now: Timestamp) {
    let key = samples::log_object(&name(), now).key;
    let gone = StoredObject { key, version_id: Uuid::nil().to_string(), size: 1 };
    assert_eq!(objects.read(&gone).await.unwrap(), None);
    assert_eq!(objects.delete(&[gone]).await.unwrap(), []);
}

async fn nothing_deletes_as_nothing(objects: &dyn ExpiringObjects) {
    assert_eq!(objects.delete(&[]).await.unwrap(), []);
}
