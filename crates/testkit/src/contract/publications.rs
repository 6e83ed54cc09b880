use app::ports::{PublicationShelf, PutOutcome, SaveError};
use domain::{decision::Action, id::AccountId};
use futures::future::join_all;

use super::Outbox;
use crate::samples::{self, NOON};

/// Runs every check.
pub async fn publication_shelf(shelf: &dyn PublicationShelf, outbox: &dyn Outbox) {
    what_was_put_is_loaded(shelf).await;
    an_unknown_publication_is_none(shelf).await;
    a_second_record_of_the_same_name_brings_the_first_one_back(shelf).await;
    of_two_puts_at_once_one_is_stored(shelf).await;
    a_change_is_stored_with_its_event(shelf, outbox).await;
    of_two_changes_of_one_version_one_is_stored(shelf, outbox).await;
    an_edition_stays_when_the_next_takes_its_place(shelf, outbox).await;
    of_two_editions_at_once_one_is_stored(shelf).await;
}

async fn what_was_put_is_loaded(shelf: &dyn PublicationShelf) {
    let record = samples::publication(AccountId::at(NOON), "a1", "今天在江边钓到一条大鲤鱼 🎣");
    assert_eq!(shelf.put_new(&record).await.unwrap(), PutOutcome::Stored);
    assert_eq!(shelf.load(record.publication.publication_id).await.unwrap(), Some(record));
}

async fn an_unknown_publication_is_none(shelf: &dyn PublicationShelf) {
    let record = samples::publication(AccountId::at(NOON), "a1", "未曾发布");
    assert_eq!(shelf.load(record.publication.publication_id).await.unwrap(), None);
}

async fn a_second_record_of_the_same_name_brings_the_first_one_back(shelf: &dyn PublicationShelf) {
    let account_id = AccountId::at(NOON);
    let first = samples::publication(account_id, "a1", "第一稿");
    let second = samples::publication(account_id, "a1", "第二稿");
    shelf.put_new(&first).await.unwrap();
    for again in [&first, &second] {
        assert_eq!(shelf.put_new(again).await.unwrap(), PutOutcome::Exists(Box::new(first.clone())));
    }
    assert_eq!(shelf.load(first.publication.publication_id).await.unwrap(), Some(first));
}

async fn a_change_is_stored_with_its_event(shelf: &dyn PublicationShelf, outbox: &dyn Outbox) {
    let record = samples::publication(AccountId::at(NOON), "a1", "等待审核");
    shelf.put_new(&record).await.unwrap();
    let change = samples::settled(record, Action::Refuse);
    shelf.save(&change).await.unwrap();
    let publication_id = change.state.publication.publication_id;
    assert_eq!(shelf.load(publication_id).await.unwrap(), Some(change.state));
    assert_eq!(outbox.events_of(&publication_id.to_string()).await, [change.event]);
}

async fn of_two_changes_of_one_version_one_is_stored(shelf: &dyn PublicationShelf, outbox: &dyn Outbox) {
    let record = samples::publication(AccountId::at(NOON), "a1", "两人同时处理");
    shelf.put_new(&record).await.unwrap();
    let (refusal, approval) =
        (samples::settled(record.clone(), Action::Refuse), samples::settled(record, Action::Approve));
    shelf.save(&refusal).await.unwrap();
    assert!(matches!(shelf.save(&approval).await, Err(SaveError::VersionConflict)));
    let publication_id = refusal.state.publication.publication_id;
    assert_eq!(outbox.events_of(&publication_id.to_string()).await, [refusal.event]);
    assert_eq!(shelf.load(publication_id).await.unwrap(), Some(refusal.state));
}

async fn an_edition_stays_when_the_next_takes_its_place(shelf: &dyn PublicationShelf, outbox: &dyn Outbox) {
    let first = samples::publication(AccountId::at(NOON), "a1", "第一稿");
    let publication_id = first.publication.publication_id;
    shelf.put_new(&first).await.unwrap();
    assert_eq!(shelf.editions(publication_id, 10).await.unwrap(), []);
    let second = samples::edited(first.clone(), "第二稿");
    shelf.save_edition(&second, &first).await.unwrap();
    let third = samples::edited(second.state.clone(), "第三稿");
    shelf.save_edition(&third, &second.state).await.unwrap();
    assert_eq!(shelf.load(publication_id).await.unwrap(), Some(third.state));
    assert_eq!(shelf.editions(publication_id, 10).await.unwrap(), [second.state.clone(), first.clone()]);
    assert_eq!(shelf.editions(publication_id, 1).await.unwrap().len(), 1, "the latest first");
    assert_eq!(shelf.edition(publication_id, 1).await.unwrap(), Some(first));
    assert_eq!(shelf.edition(publication_id, 3).await.unwrap(), None, "that is the record itself");
    assert_eq!(outbox.events_of(&publication_id.to_string()).await, [second.event, third.event]);
}

async fn of_two_editions_at_once_one_is_stored(shelf: &dyn PublicationShelf) {
    let first = samples::publication(AccountId::at(NOON), "a1", "第一稿");
    shelf.put_new(&first).await.unwrap();
    let (one, other) = (samples::edited(first.clone(), "一"), samples::edited(first.clone(), "二"));
    let outcomes = join_all([shelf.save_edition(&one, &first), shelf.save_edition(&other, &first)]).await;
    let conflicts = outcomes.iter().filter(|outcome| matches!(outcome, Err(SaveError::VersionConflict))).count();
    assert_eq!((conflicts, outcomes.iter().filter(|it| it.is_ok()).count()), (1, 1), "{outcomes:?}");
    assert_eq!(shelf.editions(first.publication.publication_id, 10).await.unwrap(), [first]);
}

async fn of_two_puts_at_once_one_is_stored(shelf: &dyn PublicationShelf) {
    let record = samples::publication(AccountId::at(NOON), "a1", "同时发布");
    let outcomes = join_all([shelf.put_new(&record), shelf.put_new(&record)]).await;
    let stored = outcomes.iter().filter(|outcome| matches!(outcome, Ok(PutOutcome::Stored))).count();
    assert_eq!(stored, 1, "{outcomes:?}");
}
