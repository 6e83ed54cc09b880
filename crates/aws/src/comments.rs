use std::collections::VecDeque;

use app::ports::{
    CommentDutyBook, CommentPage, CommentPut, CommentRecord, CommentShelf, ListError, OwnerRulesBook, PortError,
    SaveError,
};
use async_trait::async_trait;
use aws_sdk_dynamodb::{
    operation::put_item::PutItemError,
    types::{ReturnValuesOnConditionCheckFailure::AllOld, TransactWriteItem, Update},
};
use data_encoding::BASE64URL_NOPAD;
use domain::{
    change::Change,
    comment::Comment,
    comment_duty::{CommentDuty, DutyFact},
    id::{AccountId, CommentId, PublicationId},
    owner_rules::OwnerRules,
};
use futures::future::try_join_all;
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    failure::failed,
    later::DynamoDb,
    layout::{Item, STATE, attribute, doc, key, number, put_event, put_first, put_next, state, text},
    transaction::{TransactionError, put, transact, update},
};

const WHAT: &str = "comment shelf";
const RULES: &str = "owner rules";
const DUTIES: &str = "comment duties";
const INDEX: &str = "comments-index";

/// Into so many partitions of the index the comments below one publication are spread: a partition takes 1 000 writes a
/// second, and 16 000 comments a second below one publication are a quarter of all that a platform of twenty million
/// accounts has at its busiest.
const SHARDS: u128 = 16;

/// The comments table: a row for each comment, listed by an index; and what accounts have said about comments.
#[derive(Debug, Clone)]
pub struct Comments {
    client: DynamoDb,
    table: String,
}

/// The partition of the index: the identifier is a hash, so that its tail is spread evenly.
fn list_pk(publication_id: PublicationId, shard: u128) -> String {
    format!("{publication_id}#{shard:02}")
}

fn shard_of(comment_id: CommentId) -> u128 {
    comment_id.uuid().as_u128() % SHARDS
}

/// The place in it. Always nine decimals, so that text sorts as time does.
fn list_sk(received_at: Timestamp, comment_id: CommentId) -> String {
    format!("{received_at:.9}#{comment_id}")
}

fn duty_pk(account_id: AccountId) -> String {
    format!("DUTY#{account_id}")
}

fn day_sk(day: Date) -> String {
    format!("DAY#{day}")
}

/// When the row of a day goes away by itself: long after the last measure has looked at it.
fn end_of(day: Date) -> i64 {
    let start = TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).map_or(0, Timestamp::as_second);
    start + 60 * 24 * 3_600
}

fn rules_pk(account_id: AccountId) -> String {
    format!("OWNER#{account_id}")
}

fn item_of(record: &CommentRecord) -> Result<Item, PortError> {
    let comment = &record.comment;
    let mut item = state(WHAT, &comment.comment_id.to_string(), comment.version, record)?;
    item.insert("list_pk".to_owned(), text(list_pk(comment.publication_id, shard_of(comment.comment_id))));
    item.insert("list_sk".to_owned(), text(list_sk(comment.received_at, comment.comment_id)));
    Ok(item)
}

/// What of one partition of the index has been read and not been shown.
struct Lane {
    pk: String,
    read: VecDeque<(String, CommentRecord)>,
    start: Option<Item>,
    is_done: bool,
}

impl Comments {
    pub(crate) fn new(client: DynamoDb, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }

    /// Adds the fact to the account's day.
    fn count(&self, account_id: AccountId, fact: &DutyFact) -> TransactWriteItem {
        let counted = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key(duty_pk(account_id), day_sk(fact.day))))
            .update_expression("ADD violating :one, left_up :left, minutes :minutes SET expires_at = :end")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":left", number(u8::from(fact.left_up)))
            .expression_attribute_values(":minutes", number(fact.minutes))
            .expression_attribute_values(":end", number(end_of(fact.day)))
            .build();
        update(counted.expect("table, key and expression are set"))
    }

    async fn read(&self, what: &'static str, key: Item) -> Result<Option<Item>, PortError> {
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        request.send().await.map(|found| found.item).map_err(|error| failed(what, &error))
    }

    /// Reads on in the lane, if nothing of what it has is left.
    async fn refill(&self, lane: &mut Lane, before: Option<&str>, many: usize) -> Result<(), PortError> {
        while lane.read.is_empty() && !lane.is_done {
            let condition = if before.is_some() { "list_pk = :pk AND list_sk < :before" } else { "list_pk = :pk" };
            let request = self
                .client
                .query()
                .table_name(&self.table)
                .index_name(INDEX)
                .key_condition_expression(condition)
                .set_expression_attribute_values(Some(values(&lane.pk, before)))
                .scan_index_forward(false)
                .limit(i32::try_from(many).unwrap_or(i32::MAX))
                .set_exclusive_start_key(lane.start.take());
            let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
            for item in found.items.into_iter().flatten() {
                let place = attribute(WHAT, &item, "list_sk")?.to_owned();
                lane.read.push_back((place, doc(WHAT, item)?));
            }
            lane.start = found.last_evaluated_key;
            lane.is_done = lane.start.is_none();
        }
        Ok(())
    }
}

fn values(pk: &str, before: Option<&str>) -> Item {
    let mut values = Item::from([(":pk".to_owned(), text(pk))]);
    if let Some(before) = before {
        values.insert(":before".to_owned(), text(before));
    }
    values
}

fn saved(outcome: Result<(), TransactionError>) -> Result<(), SaveError> {
    outcome.map_err(|error| match error {
        TransactionError::Conditions(_) => SaveError::VersionConflict,
        TransactionError::Port(error) => error.into(),
    })
}

/// The place of the last comment that was shown, as text that callers carry and cannot make sense of.
fn cursor(publication_id: PublicationId, place: &str) -> String {
    BASE64URL_NOPAD.encode(format!("{publication_id}|{place}").as_bytes())
}

fn place_in(cursor: &str, publication_id: PublicationId) -> Option<String> {
    let text = String::from_utf8(BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?).ok()?;
    let (of, place) = text.split_once('|')?;
    let (at, id) = place.split_once('#')?;
    let is_place = at.parse::<Timestamp>().is_ok() && id.parse::<CommentId>().is_ok();
    (of == publication_id.to_string() && is_place).then(|| place.to_owned())
}

#[async_trait]
impl CommentShelf for Comments {
    /// One conditional write, as of a publication.
    async fn put_new(&self, record: &CommentRecord) -> Result<CommentPut, PortError> {
        let request = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item_of(record)?))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(AllOld);
        let Err(error) = request.send().await else { return Ok(CommentPut::Stored) };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(exists)) => {
                let item = exists.item().cloned();
                let item = item.ok_or_else(|| PortError::corrupt(WHAT, "no row beside a failed condition"))?;
                Ok(CommentPut::Exists(Box::new(doc(WHAT, item)?)))
            }
            _ => Err(failed(WHAT, &error)),
        }
    }

    async fn save(&self, change: &Change<CommentRecord>) -> Result<(), SaveError> {
        self.save_settled(change, None).await
    }

    async fn save_settled(&self, change: &Change<CommentRecord>, fact: Option<&DutyFact>) -> Result<(), SaveError> {
        let comment: &Comment = &change.state.comment;
        let event = put_event(WHAT, &self.table, &comment.comment_id.to_string(), &change.event)?;
        let mut writes = vec![put(put_next(&self.table, item_of(&change.state)?, comment.version)), put(event)];
        writes.extend(fact.map(|fact| self.count(comment.account_id, fact)));
        saved(transact(&self.client, WHAT, writes).await)
    }

    async fn load(&self, comment_id: CommentId) -> Result<Option<CommentRecord>, PortError> {
        let found = self.read(WHAT, key(comment_id.to_string(), STATE)).await?;
        found.map(|item| doc(WHAT, item)).transpose()
    }

    /// Reads all partitions side by side, little of each, and goes on in the one whose rows are used up.
    async fn list(
        &self,
        publication_id: PublicationId,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<CommentPage, ListError> {
        let before = match cursor {
            None => None,
            Some(cursor) => Some(place_in(cursor, publication_id).ok_or(ListError::CursorUnknown)?),
        };
        let before = before.as_deref();
        let shards = (0..SHARDS).map(|shard| list_pk(publication_id, shard));
        let mut lanes: Vec<Lane> =
            shards.map(|pk| Lane { pk, read: VecDeque::new(), start: None, is_done: false }).collect();
        // Twice its share of the page, so that few lanes are read a second time.
        let many = limit * 2 / lanes.len() + 2;
        let mut shown: Vec<(String, CommentRecord)> = Vec::new();
        // One more than asked tells whether there is a next page.
        while shown.len() <= limit {
            try_join_all(lanes.iter_mut().map(|lane| self.refill(lane, before, many))).await?;
            let first = |lane: &Lane| lane.read.front().map(|(place, _)| place.clone());
            let latest = lanes.iter_mut().max_by_key(|lane| first(lane));
            let Some(next) = latest.and_then(|lane| lane.read.pop_front()) else { break };
            shown.push(next);
        }
        let more = shown.len() > limit;
        shown.truncate(limit);
        let next = shown.last().filter(|_| more).map(|(place, _)| self::cursor(publication_id, place));
        Ok(CommentPage { comments: shown.into_iter().map(|(_, record)| record).collect(), next })
    }
}

#[async_trait]
impl CommentDutyBook for Comments {
    async fn measure(&self, account_id: AccountId, since: Date) -> Result<CommentDuty, PortError> {
        // A month of days is one page.
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :account AND sk >= :since")
            .expression_attribute_values(":account", text(duty_pk(account_id)))
            .expression_attribute_values(":since", text(day_sk(since)))
            .consistent_read(true);
        let found = request.send().await.map_err(|error| failed(DUTIES, &error))?;
        let count = |item: &Item, name: &str| {
            attribute(DUTIES, item, name)?.parse::<u64>().map_err(|error| PortError::corrupt(DUTIES, error))
        };
        let of_day = |item: Item| {
            let (violating, left_up) = (count(&item, "violating")?, count(&item, "left_up")?);
            Ok(CommentDuty { violating, left_up, minutes: count(&item, "minutes")? })
        };
        found.items.into_iter().flatten().map(of_day).sum()
    }
}

#[async_trait]
impl OwnerRulesBook for Comments {
    async fn rules(&self, account_id: AccountId) -> Result<OwnerRules, PortError> {
        let found = self.read(RULES, key(rules_pk(account_id), STATE)).await?;
        found.map_or_else(|| Ok(OwnerRules::of(account_id)), |item| doc(RULES, item))
    }

    async fn save(&self, change: &Change<OwnerRules>) -> Result<(), SaveError> {
        let rules = &change.state;
        let pk = rules_pk(rules.account_id);
        let item = state(RULES, &pk, rules.version, rules)?;
        let row = match rules.version {
            1 => put_first(&self.table, item),
            version => put_next(&self.table, item, version),
        };
        let writes: Vec<TransactWriteItem> = vec![put(row), put(put_event(RULES, &self.table, &pk, &change.event)?)];
        saved(transact(&self.client, RULES, writes).await)
    }
}

#[cfg(test)]
mod tests {
    use testkit::samples::NOON;

    use super::*;

    #[test]
    fn a_cursor_comes_back_for_its_own_publication_alone() {
        let account_id = AccountId::at(NOON);
        let one = PublicationId::named(account_id, "one");
        let other = PublicationId::named(account_id, "other");
        let place = list_sk(NOON, CommentId::named(one, "c-1"));
        let text = cursor(one, &place);
        assert_eq!(place_in(&text, one), Some(place));
        assert_eq!(place_in(&text, other), None);
        for text in ["", "e30", "!", "null"] {
            assert_eq!(place_in(text, one), None, "{text}");
        }
    }

    #[test]
    fn the_comments_of_one_publication_are_spread_over_all_partitions() {
        let publication_id = PublicationId::named(AccountId::at(NOON), "one");
        let mut counts = [0_usize; 16];
        for n in 0..16_000 {
            let shard = shard_of(CommentId::named(publication_id, &format!("c-{n}")));
            counts[usize::try_from(shard).unwrap()] += 1;
        }
        // A thousand each, and no more than a hash strays: five standard deviations of 31.
        assert!(counts.iter().all(|count| (845..1_155).contains(count)), "{counts:?}");
    }

    #[test]
    fn values_hold_what_the_condition_names() {
        assert_eq!(values("pk", None).len(), 1);
        let with = values("pk", Some("place"));
        assert_eq!(with[":before"], text("place"));
    }
}
