use app::ports::{CommentDutyBook, CommentPut, CommentRecord, CommentShelf, ListError, OwnerRulesBook, SaveError};
use domain::{
    change::Change,
    comment::Commenter,
    comment_duty::{CommentDuty, DutyFact},
    id::{AccountId, PublicationId},
    owner_rules::OwnerRules,
};
use futures::future::join_all;
use jiff::SignedDuration;

use super::Outbox;
use crate::samples::{self, NOON};

/// Runs every check of the shelf.
pub async fn comment_shelf(shelf: &dyn CommentShelf, outbox: &dyn Outbox) {
    what_was_put_is_loaded_and_a_second_of_its_name_brings_it_back(shelf).await;
    of_two_puts_at_once_one_is_stored(shelf).await;
    a_change_is_stored_with_its_event_once(shelf, outbox).await;
    pages_hold_every_comment_once_the_latest_first(shelf).await;
    a_list_takes_its_own_cursors_alone(shelf).await;
}

fn publication() -> PublicationId {
    PublicationId::named(AccountId::at(NOON), "post-1")
}

async fn what_was_put_is_loaded_and_a_second_of_its_name_brings_it_back(shelf: &dyn CommentShelf) {
    let publication_id = publication();
    let first = samples::comment(publication_id, "c-1", "写得真好");
    let second = samples::comment(publication_id, "c-1", "换了说法");
    assert_eq!(shelf.load(first.comment.comment_id).await.unwrap(), None);
    assert_eq!(shelf.put_new(&first).await.unwrap(), CommentPut::Stored);
    for again in [&first, &second] {
        assert_eq!(shelf.put_new(again).await.unwrap(), CommentPut::Exists(Box::new(first.clone())));
    }
    assert_eq!(shelf.load(first.comment.comment_id).await.unwrap(), Some(first));
}

async fn of_two_puts_at_once_one_is_stored(shelf: &dyn CommentShelf) {
    let record = samples::comment(publication(), "c-1", "同时发出");
    let outcomes = join_all([shelf.put_new(&record), shelf.put_new(&record)]).await;
    let stored = outcomes.iter().filter(|outcome| matches!(outcome, Ok(CommentPut::Stored))).count();
    assert_eq!(stored, 1, "{outcomes:?}");
}

fn hidden(record: &CommentRecord) -> Change<CommentRecord> {
    let change = record.comment.clone().hide(samples::platform(), NOON).unwrap();
    Change { state: CommentRecord { comment: change.state, verdict: record.verdict.clone() }, event: change.event }
}

async fn a_change_is_stored_with_its_event_once(shelf: &dyn CommentShelf, outbox: &dyn Outbox) {
    let publication_id = publication();
    let record = samples::comment(publication_id, "c-1", "等待处理");
    shelf.put_new(&record).await.unwrap();
    let change = hidden(&record);
    shelf.save(&change).await.unwrap();
    assert!(matches!(shelf.save(&hidden(&record)).await, Err(SaveError::VersionConflict)));
    let comment_id = record.comment.comment_id;
    assert_eq!(outbox.events_of(&comment_id.to_string()).await, [change.event]);
    let page = shelf.list(publication_id, 10, None).await.unwrap();
    assert_eq!((page.comments, page.next), (vec![change.state], None), "it is listed as it is now");
}

async fn pages_hold_every_comment_once_the_latest_first(shelf: &dyn CommentShelf) {
    let publication_id = publication();
    let mut written = Vec::new();
    for n in 0..40_i64 {
        let mut record = samples::comment(publication_id, &format!("c-{n}"), "路过");
        // Two at each moment.
        record.comment.received_at = NOON + SignedDuration::from_secs(n / 2);
        shelf.put_new(&record).await.unwrap();
        written.push(record);
    }
    written.sort_by_key(|record| std::cmp::Reverse((record.comment.received_at, record.comment.comment_id)));
    let (mut read, mut cursor) = (Vec::new(), None);
    for size in [7, 7, 7, 7, 7, 7] {
        let page = shelf.list(publication_id, size, cursor.as_deref()).await.unwrap();
        assert_eq!(page.next.is_none(), read.len() + page.comments.len() == 40);
        read.extend(page.comments);
        cursor = page.next;
    }
    assert_eq!(read, written);
    let all = shelf.list(publication_id, 40, None).await.unwrap();
    assert_eq!((all.comments.len(), all.next), (40, None), "a page that is just full is the last");
    let none = shelf.list(PublicationId::named(AccountId::at(NOON), "post-2"), 10, None).await.unwrap();
    assert_eq!((none.comments, none.next), (vec![], None));
}

async fn a_list_takes_its_own_cursors_alone(shelf: &dyn CommentShelf) {
    let (one, other) = (publication(), PublicationId::named(AccountId::at(NOON), "post-2"));
    for n in 0..2 {
        shelf.put_new(&samples::comment(one, &format!("c-{n}"), "路过")).await.unwrap();
    }
    let next = shelf.list(one, 1, None).await.unwrap().next.unwrap();
    for (publication_id, cursor) in [(other, next.as_str()), (one, "never given"), (one, "")] {
        let refused = shelf.list(publication_id, 1, Some(cursor)).await;
        assert!(matches!(refused, Err(ListError::CursorUnknown)), "{cursor:?} {refused:?}");
    }
}

/// Runs every check of the duties.
pub async fn comment_duty_book(book: &dyn CommentDutyBook, shelf: &dyn CommentShelf) {
    let (account_id, publication_id) = (AccountId::at(NOON), publication());
    let (day, next) = (jiff::civil::date(2026, 11, 23), jiff::civil::date(2026, 11, 24));
    for (n, day, left_up, minutes) in [(1, day, true, 90), (2, day, false, 5), (3, next, true, 10)] {
        let mut record = samples::comment(publication_id, &format!("c-{n}"), "路过");
        record.comment.account_id = account_id;
        shelf.put_new(&record).await.unwrap();
        let fact = DutyFact { day, left_up, minutes };
        let change = hidden(&record);
        shelf.save_settled(&change, Some(&fact)).await.unwrap();
        let again = shelf.save_settled(&change, Some(&fact)).await;
        assert!(matches!(again, Err(SaveError::VersionConflict)), "a fact counts once");
    }
    let measure = async |since| book.measure(account_id, since).await.unwrap();
    assert_eq!(measure(day).await, CommentDuty { violating: 3, left_up: 2, minutes: 105 });
    assert_eq!(measure(next).await, CommentDuty { violating: 1, left_up: 1, minutes: 10 });
    assert_eq!(book.measure(AccountId::at(NOON), day).await.unwrap(), CommentDuty::default());
}

/// Runs every check of the owners' rules.
pub async fn owner_rules_book(book: &dyn OwnerRulesBook, outbox: &dyn Outbox) {
    let account_id = AccountId::at(NOON);
    let rules = book.rules(account_id).await.unwrap();
    assert_eq!(rules, OwnerRules::of(account_id));
    let closed = rules.clone().set(true, ["加群".to_owned()].into(), samples::platform(), NOON).unwrap();
    book.save(&closed).await.unwrap();
    let other = rules.set(false, ["代购".to_owned()].into(), samples::platform(), NOON).unwrap();
    assert!(matches!(book.save(&other).await, Err(SaveError::VersionConflict)));
    let reader = Commenter("reader-7".to_owned());
    let blocked = closed.state.clone().block(reader, samples::platform(), NOON).unwrap().unwrap();
    book.save(&blocked).await.unwrap();
    assert_eq!(book.rules(account_id).await.unwrap(), blocked.state);
    assert_eq!(outbox.events_of(&account_id.to_string()).await, [closed.event, blocked.event]);
}
