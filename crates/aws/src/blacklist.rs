use app::ports::{BlacklistPage, BlacklistPart, PortError, SaveError};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, Put, TransactWriteItem};
use data_encoding::BASE64URL_NOPAD;
use domain::{blacklist::BlacklistEntry, change::Change, principal::PrincipalKey};

use crate::{
    failure::failed,
    later::DynamoDb,
    layout::{Item, doc, key, number, put_event_at, put_first, put_next, text, with_doc},
    principal_rows::{LISTED, PROPOSED, blacklist_key, is_canonical, listed_key, pk, proposed_key},
    transaction::{TransactionError, delete, put, transact},
};

const WHAT: &str = "blacklist";

/// The blacklist in the accounts table: an entry beside the rows of its principal, where the registering transaction
/// checks it, and a copy in the list of those who are listed, or of those of whom a listing waits.
#[derive(Debug, Clone)]
pub struct Blacklist {
    client: DynamoDb,
    table: String,
}

/// Entry and event of a change, and the entry's place in the lists.
pub(crate) fn writes(table: &str, change: &Change<BlacklistEntry>) -> Result<Vec<TransactWriteItem>, PortError> {
    let entry = &change.state;
    let principal = &entry.principal_key;
    let mut item = with_doc(WHAT, blacklist_key(principal), entry)?;
    item.insert("version".to_owned(), number(entry.version));
    item.insert("listed".to_owned(), AttributeValue::Bool(entry.listing.is_some()));
    let event_key = key(pk(principal), format!("EVENT#BLACKLIST#{:020}", change.event.version));
    let place = match (&entry.listing, entry.past.last()) {
        (Some(listing), _) => {
            let item = with_doc(WHAT, listed_key(listing.review_at, principal), entry)?;
            let listed = Put::builder().table_name(table).set_item(Some(item)).build();
            Some(put(listed.expect("table and item are set")))
        }
        (None, Some(past)) => Some(unlisted(table, past.listing.review_at, principal)),
        (None, None) => None,
    };
    let waiting = match &entry.proposed {
        Some(_) => {
            let item = with_doc(WHAT, proposed_key(principal), entry)?;
            put(Put::builder().table_name(table).set_item(Some(item)).build().expect("table and item are set"))
        }
        None => settled(table, principal),
    };
    let state = if entry.version == 1 { put_first(table, item) } else { put_next(table, item, entry.version) };
    Ok([put(state), put(put_event_at(WHAT, table, event_key, &change.event)?)]
        .into_iter()
        .chain([waiting])
        .chain(place)
        .collect())
}

/// Takes the principal out of the list of those who are listed.
pub(crate) fn unlisted(table: &str, review_at: jiff::Timestamp, principal: &PrincipalKey) -> TransactWriteItem {
    let gone = Delete::builder().table_name(table).set_key(Some(listed_key(review_at, principal))).build();
    delete(gone.expect("table and key are set"))
}

/// Takes the principal out of the list of those of whom a listing waits.
pub(crate) fn settled(table: &str, principal: &PrincipalKey) -> TransactWriteItem {
    let gone = Delete::builder().table_name(table).set_key(Some(proposed_key(principal))).build();
    delete(gone.expect("table and key are set"))
}

impl Blacklist {
    pub(crate) fn new(client: DynamoDb, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }
}

/// The place after which a page begins, from the text that an earlier page gave.
fn place_of(part: BlacklistPart, cursor: &str) -> Result<Item, PortError> {
    let refused = || PortError::refused(WHAT, "the cursor is not one that a page gave");
    let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).map_err(|_| refused())?;
    let place = String::from_utf8(bytes).map_err(|_| refused())?;
    let is_one = match part {
        BlacklistPart::Listed => place.split_once('#').is_some_and(|(at, _)| at.parse::<jiff::Timestamp>().is_ok()),
        BlacklistPart::Proposed => place.parse::<PrincipalKey>().is_ok(),
    };
    if is_one { Ok(key(partition(part), place)) } else { Err(refused()) }
}

const fn partition(part: BlacklistPart) -> &'static str {
    match part {
        BlacklistPart::Listed => LISTED,
        BlacklistPart::Proposed => PROPOSED,
    }
}

#[async_trait]
impl app::ports::Blacklist for Blacklist {
    async fn entry(&self, canonical: &PrincipalKey) -> Result<Option<BlacklistEntry>, PortError> {
        let key = blacklist_key(canonical);
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        found.item.map(|item| doc(WHAT, item)).transpose()
    }

    async fn save(&self, change: &Change<BlacklistEntry>) -> Result<(), SaveError> {
        let mut writes = writes(&self.table, change)?;
        writes.push(is_canonical(&self.table, &change.state.principal_key));
        transact(&self.client, WHAT, writes).await.map_err(|error| match error {
            TransactionError::Conditions(_) => SaveError::VersionConflict,
            TransactionError::Port(error) => error.into(),
        })
    }

    async fn page(&self, part: BlacklistPart, limit: usize, cursor: Option<&str>) -> Result<BlacklistPage, PortError> {
        let mut start = cursor.map(|cursor| place_of(part, cursor)).transpose()?;
        let mut items: Vec<Item> = Vec::new();
        // One more than asked for tells whether there is a next page; an answer may end early at 1 MB.
        while items.len() <= limit {
            let left = i32::try_from(limit + 1 - items.len()).unwrap_or(i32::MAX);
            let request = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :list")
                .expression_attribute_values(":list", text(partition(part)))
                .set_exclusive_start_key(start)
                .limit(left);
            let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
            items.extend(found.items.into_iter().flatten());
            start = found.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        let more = items.len() > limit;
        items.truncate(limit);
        let place =
            |item: &Item| item.get("sk").and_then(|sk| sk.as_s().ok()).map(|sk| BASE64URL_NOPAD.encode(sk.as_bytes()));
        let next = items.last().filter(|_| more).and_then(place);
        let entries = items.into_iter().map(|item| doc(WHAT, item)).collect::<Result<_, _>>()?;
        Ok(BlacklistPage { entries, next })
    }
}
