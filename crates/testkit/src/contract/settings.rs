use app::ports::{PolicyDocumentShelf, PolicyDocumentSource, SaveError, SettingsShelf, SettingsSource};
use domain::{
    change::Change,
    policy_document::{Acceptance, PolicyDocument, PolicyDocuments},
    profile::Bilingual,
    settings::Settings,
};
use futures::future::join_all;
use uuid::Uuid;

use super::Outbox;
use crate::samples::{self, NOON};

/// Runs every check, on a shelf where nothing was put.
pub async fn settings_shelf(shelf: &dyn SettingsShelf, source: &dyn SettingsSource, outbox: &dyn Outbox) {
    where_nothing_was_put_the_starter_document_is_in_force(shelf, source).await;
    what_was_put_is_in_force_and_stored_with_its_event(shelf, outbox).await;
    a_document_that_follows_another_is_a_conflict_and_stores_nothing(shelf, outbox).await;
    of_two_documents_at_once_one_is_in_force_whole(shelf, outbox).await;
}

fn next(before: &Settings, version: u32, cap: u32) -> Change<Settings> {
    let mut settings = Settings { version, ..before.clone() };
    settings.account_caps.individual = cap;
    settings.follow(before, samples::platform(), NOON).unwrap()
}

async fn where_nothing_was_put_the_starter_document_is_in_force(
    shelf: &dyn SettingsShelf,
    source: &dyn SettingsSource,
) {
    let starter = Settings::default();
    assert_eq!(*source.current().await.unwrap(), starter);
    assert_eq!(shelf.in_force().await.unwrap(), starter);
    assert_eq!(shelf.stored(starter.version).await.unwrap(), Some(starter));
    assert_eq!(shelf.stored(2).await.unwrap(), None);
}

async fn what_was_put_is_in_force_and_stored_with_its_event(shelf: &dyn SettingsShelf, outbox: &dyn Outbox) {
    let starter = Settings::default();
    let (second, third) = (next(&starter, 2, 3), next(&next(&starter, 2, 3).state, 5, 4));
    shelf.put(&second, 1).await.unwrap();
    shelf.put(&third, 2).await.unwrap();
    assert_eq!(shelf.in_force().await.unwrap(), third.state);
    assert_eq!(shelf.stored(2).await.unwrap(), Some(second.state));
    assert_eq!(shelf.stored(5).await.unwrap(), Some(third.state));
    assert_eq!(shelf.stored(1).await.unwrap(), Some(starter));
    assert_eq!(outbox.events_of("SETTINGS").await, [second.event, third.event]);
}

async fn a_document_that_follows_another_is_a_conflict_and_stores_nothing(
    shelf: &dyn SettingsShelf,
    outbox: &dyn Outbox,
) {
    let (in_force, events) = (shelf.in_force().await.unwrap(), outbox.events_of("SETTINGS").await);
    for follows in [1, 2, 6] {
        let refused = shelf.put(&next(&in_force, 9, 7), follows).await;
        assert!(matches!(refused, Err(SaveError::VersionConflict)), "{refused:?}");
    }
    assert_eq!(shelf.in_force().await.unwrap(), in_force);
    assert_eq!(shelf.stored(9).await.unwrap(), None);
    assert_eq!(outbox.events_of("SETTINGS").await, events);
}

async fn of_two_documents_at_once_one_is_in_force_whole(shelf: &dyn SettingsShelf, outbox: &dyn Outbox) {
    let in_force = shelf.in_force().await.unwrap();
    let changes = [next(&in_force, 10, 8), next(&in_force, 11, 9), next(&in_force, 10, 10)];
    let results = join_all(changes.iter().map(|change| shelf.put(change, in_force.version))).await;
    let stored: Vec<_> =
        changes.iter().zip(&results).filter(|(_, result)| result.is_ok()).map(|(change, _)| change).collect();
    assert_eq!(stored.len(), 1, "{results:?}");
    assert_eq!(shelf.in_force().await.unwrap(), stored[0].state);
    assert_eq!(outbox.events_of("SETTINGS").await.last(), Some(&stored[0].event));
}

/// Runs every check, on a shelf where nothing was put.
pub async fn policy_document_shelf(
    shelf: &dyn PolicyDocumentShelf,
    source: &dyn PolicyDocumentSource,
    outbox: &dyn Outbox,
) {
    assert_eq!(*source.current().await.unwrap(), PolicyDocuments::default());
    assert_eq!(source.latest().await.unwrap(), PolicyDocuments::default());
    assert_eq!(shelf.register().await.unwrap(), PolicyDocuments::default());
    a_version_is_stored_with_the_register_and_its_event(shelf, outbox).await;
    a_register_of_an_older_version_is_a_conflict_and_stores_nothing(shelf, outbox).await;
    of_two_versions_at_once_one_is_added(shelf).await;
    assert_eq!(source.latest().await.unwrap(), shelf.register().await.unwrap(), "read now, whatever was read before");
    a_text_is_kept_again_as_it_is(shelf).await;
}

fn document(document_id: &str, version: u32) -> PolicyDocument {
    PolicyDocument {
        document_id: document_id.to_owned(),
        version,
        sha256: format!("{version:064x}"),
        title: Bilingual { zh: "服务协议".to_owned(), en: "Service agreement".to_owned() },
        effective_at: NOON,
        grace_hours: 336,
        acceptance: Acceptance::Required,
    }
}

fn adding(register: &PolicyDocuments, added: &PolicyDocument) -> Change<PolicyDocuments> {
    register.clone().put(added.clone(), samples::platform(), NOON).unwrap()
}

async fn a_version_is_stored_with_the_register_and_its_event(shelf: &dyn PolicyDocumentShelf, outbox: &dyn Outbox) {
    let mut register = shelf.register().await.unwrap();
    let mut events = Vec::new();
    for added in [document("service-agreement", 1), document("convention", 4)] {
        assert_eq!(shelf.stored(&added.document_id, added.version).await.unwrap(), None);
        let change = adding(&register, &added);
        shelf.put(&change, &added).await.unwrap();
        assert_eq!(shelf.register().await.unwrap(), change.state);
        assert_eq!(shelf.stored(&added.document_id, added.version).await.unwrap(), Some(added));
        register = change.state;
        events.push(change.event);
    }
    assert_eq!(outbox.events_of("POLICY_DOCUMENTS").await, events);
}

async fn a_register_of_an_older_version_is_a_conflict_and_stores_nothing(
    shelf: &dyn PolicyDocumentShelf,
    outbox: &dyn Outbox,
) {
    let (register, events) = (shelf.register().await.unwrap(), outbox.events_of("POLICY_DOCUMENTS").await);
    let added = document("rules", 1);
    let stale = adding(&PolicyDocuments::default(), &added);
    let refused = shelf.put(&stale, &added).await;
    assert!(matches!(refused, Err(SaveError::VersionConflict)), "{refused:?}");
    assert_eq!(shelf.register().await.unwrap(), register);
    assert_eq!(shelf.stored("rules", 1).await.unwrap(), None);
    assert_eq!(outbox.events_of("POLICY_DOCUMENTS").await, events);
}

async fn of_two_versions_at_once_one_is_added(shelf: &dyn PolicyDocumentShelf) {
    let register = shelf.register().await.unwrap();
    let added = [document("service-agreement", 2), document("service-agreement", 3)];
    let changes = added.clone().map(|added| adding(&register, &added));
    let results = join_all(changes.iter().zip(&added).map(|(change, added)| shelf.put(change, added))).await;
    let stored: Vec<_> =
        changes.iter().zip(&results).filter(|(_, result)| result.is_ok()).map(|(change, _)| change).collect();
    assert_eq!(stored.len(), 1, "{results:?}");
    assert_eq!(shelf.register().await.unwrap(), stored[0].state);
}

async fn a_text_is_kept_again_as_it_is(shelf: &dyn PolicyDocumentShelf) {
    let sha256 = format!("{:032x}{:032x}", Uuid::now_v7().as_u128(), 0);
    for _ in 0..2 {
        shelf.keep_text(&sha256, "正文".as_bytes()).await.unwrap();
    }
}
