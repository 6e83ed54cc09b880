use app::ports::{Accepted, AcceptedPublications, LoggedPublications, PublicationShelf, ReconciliationBook};
use domain::{
    actor::Actor,
    event::{Event, EventBody},
    id::{AccountId, RecordId},
};
use evidence::{object::LogHour, record::LogRecord};
use jiff::SignedDuration;

use super::Outbox;
use crate::samples::{self, NOON};

/// Runs every check, where nothing was noted.
pub async fn reconciliation(logged: &dyn LoggedPublications, book: &dyn ReconciliationBook, outbox: &dyn Outbox) {
    let hour = LogHour::of(NOON);
    assert!(logged.logged_in(hour).await.unwrap().is_empty());
    let (a, b) = (samples::log_object("a", NOON), samples::log_object("b", NOON));
    let next = samples::log_object("c", NOON + SignedDuration::from_hours(1));
    for object in [&a, &b, &b, &next] {
        logged.note(object).await.unwrap();
    }
    let expected = ["a", "b"].map(|name| RecordId::named(name, 1)).into();
    assert_eq!(logged.logged_in(hour).await.unwrap(), expected);
    assert_eq!(logged.logged_in(hour.next()).await.unwrap().len(), 1);

    let body = EventBody::RecordReconciled {
        from: NOON,
        until: NOON,
        accepted: 2,
        logged: 1,
        missing_count: 1,
        missing: vec![RecordId::named("b", 1)],
        extra_count: 0,
        extra: vec![],
        repaired: 1,
    };
    let event = |version| Event::new(version, Actor::function("reconciler"), body.clone(), NOON);
    let (first, second) = (event(1), event(2));
    for event in [&first, &second, &event(2)] {
        book.put(event).await.unwrap();
    }
    assert_eq!(outbox.events_of("RECONCILIATION").await, [first, second], "a run is told of once");
}

/// Every edition that was taken in is in its hour, under the name of its record.
pub async fn accepted_publications(accepted: &dyn AcceptedPublications, shelf: &dyn PublicationShelf) {
    let hour = LogHour::of(NOON);
    let known = accepted.accepted_in(hour).await.unwrap().len();
    let records = ["a", "b"].map(|name| samples::publication(AccountId::at(NOON), name, name));
    for record in &records {
        shelf.put_new(record).await.unwrap();
    }
    let edited = samples::edited(records[0].clone(), "第二稿");
    shelf.save_edition(&edited, &records[0]).await.unwrap();
    let found = accepted.accepted_in(hour).await.unwrap();
    assert_eq!(found.len(), known + 3);
    let expected = [(&records[0], Some(1)), (&edited.state, None), (&records[1], None)];
    for (record, earlier_edition) in expected {
        let publication_id = record.publication.publication_id;
        let record_id = LogRecord::publication_id(&record.publication);
        assert!(found.contains(&Accepted { record_id, publication_id, earlier_edition }), "{found:?}");
    }
    assert_eq!(accepted.accepted_in(hour.next()).await.unwrap(), []);
}
