use std::sync::Arc;

use app::ports::{PortError, RemovedContentShelf, RemovedContentSource, SaveError, SettledPrints};
use domain::{
    change::Change,
    id::{AccountId, DecisionId, PublicationId},
    removed_content::{BankedRemoval, KnownBy, RemovedContent, RemovedPrint, looked_for_until},
    subject::Subject,
};
use futures::future::join_all;
use uuid::Uuid;

use super::Outbox;
use crate::samples::{NOON, platform};

/// Runs every check, on a shelf where nothing was banked.
pub async fn removed_content(shelf: &dyn RemovedContentShelf, source: &dyn RemovedContentSource, outbox: &dyn Outbox) {
    let (one, other) = (source.current().await.unwrap(), source.current().await.unwrap());
    assert_eq!(*one, RemovedContent::default());
    assert!(Arc::ptr_eq(&one, &other), "one reading is one reading");
    a_removal_is_banked_with_its_event(shelf, outbox).await;
    a_removal_is_banked_once_and_withdrawn_once(shelf, outbox).await;
    of_two_removals_at_once_one_is_banked(shelf).await;
}

fn removal() -> BankedRemoval {
    BankedRemoval {
        cause: DecisionId::from_uuid(Uuid::now_v7()),
        subject: Subject::Publication(PublicationId::named(AccountId::at(NOON), "post-1")),
        prints: 1,
        until: looked_for_until(NOON, 180),
        withdrawn: false,
    }
}

fn banking(register: RemovedContent, removal: &BankedRemoval) -> Change<RemovedContent> {
    let hash = || "ab".repeat(32);
    let known = [
        KnownBy::Text { sha256: hash(), sketch: None },
        KnownBy::Text { sha256: hash(), sketch: Some("cd".repeat(64)) },
        KnownBy::Picture { pdq: hash(), file: hash() },
        KnownBy::File { file: hash() },
    ];
    let print = |known_by| RemovedPrint { known_by, cause: removal.cause, until: removal.until };
    register.bank(known.map(print).into(), removal, platform(), NOON)
}

async fn a_removal_is_banked_with_its_event(shelf: &dyn RemovedContentShelf, outbox: &dyn Outbox) {
    let mut events = Vec::new();
    for removal in [removal(), removal()] {
        assert_eq!(shelf.banked(removal.cause).await.unwrap(), None);
        let change = banking(shelf.register().await.unwrap(), &removal);
        shelf.put(&change, &removal).await.unwrap();
        assert_eq!(shelf.register().await.unwrap(), change.state);
        assert_eq!(shelf.banked(removal.cause).await.unwrap(), Some(removal));
        events.push(change.event);
    }
    assert_eq!(outbox.events_of("REMOVED_CONTENT").await, events);
}

async fn a_removal_is_banked_once_and_withdrawn_once(shelf: &dyn RemovedContentShelf, outbox: &dyn Outbox) {
    let removal = removal();
    let settled = RemovedContent { settled: Some("ef".repeat(32)), ..shelf.register().await.unwrap() };
    shelf.put(&banking(settled, &removal), &removal).await.unwrap();
    let register = shelf.register().await.unwrap();
    let refused = |result: Result<(), SaveError>| assert!(matches!(result, Err(SaveError::VersionConflict)));
    refused(shelf.put(&banking(register.clone(), &removal), &removal).await);
    let withdrawn = BankedRemoval { withdrawn: true, ..removal };
    let change = register.withdraw(&withdrawn, platform(), NOON);
    shelf.put(&change, &withdrawn).await.unwrap();
    assert_eq!(shelf.register().await.unwrap(), change.state);
    assert!(change.state.withdrawn.contains(&withdrawn.cause));
    assert_eq!(shelf.banked(withdrawn.cause).await.unwrap().as_ref(), Some(&withdrawn));
    let again = change.state.clone().withdraw(&withdrawn, platform(), NOON);
    refused(shelf.put(&again, &withdrawn).await);
    // One that is withdrawn before it is banked never is.
    let early = BankedRemoval { withdrawn: true, prints: 0, ..self::removal() };
    let change = change.state.withdraw(&early, platform(), NOON);
    shelf.put(&change, &early).await.unwrap();
    let late = BankedRemoval { withdrawn: false, ..early };
    refused(shelf.put(&banking(change.state.clone(), &late), &late).await);
    assert_eq!(outbox.events_of("REMOVED_CONTENT").await.last(), Some(&change.event));
}

async fn of_two_removals_at_once_one_is_banked(shelf: &dyn RemovedContentShelf) {
    let register = shelf.register().await.unwrap();
    let removals = [removal(), removal(), removal()];
    let changes = removals.each_ref().map(|removal| banking(register.clone(), removal));
    let results = join_all(changes.iter().zip(&removals).map(|(change, removal)| shelf.put(change, removal))).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    for (removal, result) in removals.iter().zip(&results) {
        assert_eq!(shelf.banked(removal.cause).await.unwrap().is_some(), result.is_ok());
    }
}

/// Runs every check.
pub async fn settled_prints(prints: &dyn SettledPrints) {
    let sha256 = format!("{:064x}", Uuid::now_v7().as_u128());
    let missing = prints.fetch(&sha256).await;
    assert!(matches!(missing, Err(PortError::Corrupt { .. })), "{missing:?}");
    prints.keep(&sha256, b"prints".to_vec()).await.unwrap();
    prints.keep(&sha256, b"others".to_vec()).await.unwrap();
    assert_eq!(prints.fetch(&sha256).await.unwrap(), b"prints");
}
