use std::sync::Arc;

use app::ports::{PackArchive, PackForm, PortError, RulePackShelf, RulePackSource, SaveError};
use domain::{
    event::{Event, EventBody},
    rule_pack::RulePackRegister,
};
use futures::future::join_all;
use uuid::Uuid;

use super::Outbox;
use crate::samples::{self, NOON, published_pack as pack};

/// Runs every check, on a shelf where nothing was published.
pub async fn rule_pack_shelf(shelf: &dyn RulePackShelf, source: &dyn RulePackSource, outbox: &dyn Outbox) {
    where_nothing_was_published_the_register_is_empty(shelf, source).await;
    what_was_published_is_in_force_and_in_the_history_with_its_event(shelf, outbox).await;
    a_rollback_adds_nothing_to_the_history(shelf, outbox).await;
    a_change_of_an_older_register_is_a_conflict_and_stores_nothing(shelf, outbox).await;
    of_two_packs_at_once_one_is_in_force(shelf).await;
    a_refusal_is_noted_once(shelf, outbox).await;
}

async fn where_nothing_was_published_the_register_is_empty(shelf: &dyn RulePackShelf, source: &dyn RulePackSource) {
    let (one, other) = (source.current().await.unwrap(), source.current().await.unwrap());
    assert_eq!(*one, RulePackRegister::default());
    assert!(Arc::ptr_eq(&one, &other), "one reading is one reading");
    assert_eq!(shelf.register().await.unwrap(), RulePackRegister::default());
    assert_eq!(shelf.published(1).await.unwrap(), None);
    assert_eq!(shelf.history(None, 10).await.unwrap(), []);
}

async fn what_was_published_is_in_force_and_in_the_history_with_its_event(
    shelf: &dyn RulePackShelf,
    outbox: &dyn Outbox,
) {
    let packs = [pack(1, 0xA1), pack(2, 0xA2), pack(40, 0xA3)];
    let mut events = Vec::new();
    for added in &packs {
        let change = shelf.register().await.unwrap().publish(added).unwrap();
        shelf.put(&change, Some(added)).await.unwrap();
        assert_eq!(shelf.register().await.unwrap(), change.state);
        assert_eq!(shelf.published(added.pack.pack_version).await.unwrap().as_ref(), Some(added));
        events.push(change.event);
    }
    let versions = async |before, limit| -> Vec<u32> {
        let history = shelf.history(before, limit).await.unwrap();
        history.iter().map(|pack| pack.pack.pack_version).collect()
    };
    assert_eq!(versions(None, 10).await, [40, 2, 1]);
    assert_eq!(versions(None, 2).await, [40, 2]);
    assert_eq!(versions(Some(40), 1).await, [2]);
    assert_eq!(versions(Some(1), 1).await, Vec::<u32>::new());
    assert_eq!(outbox.events_of("RULE_PACKS").await, events);
}

async fn a_rollback_adds_nothing_to_the_history(shelf: &dyn RulePackShelf, outbox: &dyn Outbox) {
    let register = shelf.register().await.unwrap();
    let first = shelf.published(1).await.unwrap().unwrap();
    let change = register.activate(Some(first.pack), "误伤".to_owned(), &samples::platform(), NOON).unwrap();
    shelf.put(&change, None).await.unwrap();
    assert_eq!(shelf.register().await.unwrap().version_in_force(), 1);
    assert_eq!(shelf.history(None, 10).await.unwrap().len(), 3);
    assert_eq!(outbox.events_of("RULE_PACKS").await.last(), Some(&change.event));
}

async fn a_change_of_an_older_register_is_a_conflict_and_stores_nothing(
    shelf: &dyn RulePackShelf,
    outbox: &dyn Outbox,
) {
    let (register, events) = (shelf.register().await.unwrap(), outbox.events_of("RULE_PACKS").await);
    let older = RulePackRegister { version: register.version - 1, ..register.clone() };
    let added = pack(50, 0xA5);
    let refused = shelf.put(&older.publish(&added).unwrap(), Some(&added)).await;
    assert!(matches!(refused, Err(SaveError::VersionConflict)), "{refused:?}");
    // A version is published once, whatever the register says.
    let again = pack(2, 0xA6);
    let forgetful = RulePackRegister { latest: 0, ..register.clone() };
    let refused = shelf.put(&forgetful.publish(&again).unwrap(), Some(&again)).await;
    assert!(matches!(refused, Err(SaveError::VersionConflict)), "{refused:?}");
    assert_eq!(shelf.register().await.unwrap(), register);
    assert_eq!(shelf.published(2).await.unwrap(), Some(pack(2, 0xA2)));
    assert_eq!(shelf.published(50).await.unwrap(), None);
    assert_eq!(outbox.events_of("RULE_PACKS").await, events);
}

async fn of_two_packs_at_once_one_is_in_force(shelf: &dyn RulePackShelf) {
    let register = shelf.register().await.unwrap();
    let packs = [pack(60, 0xB1), pack(60, 0xB2), pack(61, 0xB3)];
    let changes = packs.each_ref().map(|added| register.clone().publish(added).unwrap());
    let results = join_all(changes.iter().zip(&packs).map(|(change, added)| shelf.put(change, Some(added)))).await;
    let stored: Vec<_> =
        packs.iter().zip(&results).filter(|(_, result)| result.is_ok()).map(|(pack, _)| pack.pack.clone()).collect();
    assert_eq!(stored.len(), 1, "{results:?}");
    assert_eq!(shelf.register().await.unwrap().in_force.as_ref(), stored.first());
}

async fn a_refusal_is_noted_once(shelf: &dyn RulePackShelf, outbox: &dyn Outbox) {
    let (register, before) = (shelf.register().await.unwrap(), outbox.events_of("RULE_PACKS").await.len());
    let upload = Uuid::now_v7().simple().to_string();
    for _ in 0..2 {
        let body = EventBody::RulePackRefused { etag: "0123".to_owned(), problems: 2 };
        shelf.note_refusal(&upload, &Event::new(register.version, samples::platform(), body, NOON)).await.unwrap();
    }
    assert_eq!(outbox.events_of("RULE_PACKS").await.len(), before + 1);
    assert_eq!(shelf.register().await.unwrap(), register);
}

/// Runs every check.
pub async fn pack_archive(archive: &dyn PackArchive) {
    let sha256 = format!("{:064x}", Uuid::now_v7().as_u128());
    let missing = archive.fetch(&sha256, PackForm::Compiled).await;
    assert!(matches!(missing, Err(PortError::Corrupt { .. })), "{missing:?}");
    archive.keep(&sha256, PackForm::Compiled, b"compiled".to_vec()).await.unwrap();
    archive.keep(&sha256, PackForm::Source, b"source".to_vec()).await.unwrap();
    archive.keep(&sha256, PackForm::Compiled, b"another".to_vec()).await.unwrap();
    assert_eq!(archive.fetch(&sha256, PackForm::Compiled).await.unwrap(), b"compiled");
    assert_eq!(archive.fetch(&sha256, PackForm::Source).await.unwrap(), b"source");
}
