use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use app::ports::{PortError, ProtectedNameShelf, ProtectedNames, SaveError};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::{DeleteRequest, KeysAndAttributes, PutRequest, WriteRequest};
use domain::{
    change::Change,
    display_name::NameSkeleton,
    protected_name::{ListInForce, ProtectedName},
};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value;

use crate::{
    chance::jitter,
    failure::failed,
    later::DynamoDb,
    layout::{DOC, Item, doc, key, put_after, put_event, put_first, row, text, version_key},
    transaction::{TransactionError, put, transact},
};

const WHAT: &str = "protected names";

/// What is in force, every version, and the events.
const PK: &str = "PROTECTED_NAMES";

const CURRENT: &str = "CURRENT";

/// What the table writes in one call.
const BATCH: usize = 25;

/// How many calls are on their way at once: a list of ten thousand names takes a few seconds.
const AT_ONCE: usize = 8;

/// How often is asked for what the table left undone. Pauses double from 50 ms: together they last as long as a burst.
const TRIES: u32 = 6;

const PAUSE: Duration = Duration::from_millis(50);

/// The lists in the operations table, each in a partition of its own: a look-up of fifty names costs some 50 read units, so
/// that one bears sixty registrations a second.
#[derive(Debug)]
pub struct ProtectedNameRows {
    client: DynamoDb,
    table: String,
    /// The list in force as it was last seen. Names are looked up in it and the mark of the list in force is read in one
    /// call; when another is in force, they are looked up again.
    seen: Mutex<Option<ListInForce>>,
}

/// Where the names of a list are.
fn partition(sha256: &str) -> String {
    format!("{PK}#{sha256}")
}

impl ProtectedNameRows {
    pub(crate) fn new(client: DynamoDb, table: &str) -> Self {
        Self { client, table: table.to_owned(), seen: Mutex::new(None) }
    }

    async fn read(&self, key: Item) -> Result<Option<ListInForce>, PortError> {
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        found.item.map(|item| doc(WHAT, item)).transpose()
    }

    /// The items of these keys that are there. Strongly consistent: a list is looked up as soon as it is in force.
    async fn items(&self, mut keys: Vec<Item>) -> Result<Vec<Item>, PortError> {
        let mut items = Vec::new();
        for tried in 1..=TRIES {
            if keys.is_empty() {
                return Ok(items);
            }
            if tried > 1 {
                tokio::time::sleep(jitter(PAUSE)).await;
            }
            let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
            let wanted = wanted.map_err(|error| PortError::refused(WHAT, error))?;
            let request = self.client.batch_get_item().request_items(&self.table, wanted);
            let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
            items.extend(found.responses.into_iter().flatten().flat_map(|(_, items)| items));
            keys = found.unprocessed_keys.into_iter().flatten().flat_map(|(_, left)| left.keys).collect();
        }
        Err(PortError::unavailable(WHAT, format!("{} keys were left unread", keys.len())))
    }

    async fn write(&self, mut requests: Vec<WriteRequest>) -> Result<(), PortError> {
        for tried in 1..=TRIES {
            let request = self.client.batch_write_item().request_items(&self.table, requests);
            let answer = request.send().await.map_err(|error| failed(WHAT, &error))?;
            requests = answer.unprocessed_items.into_iter().flatten().flat_map(|(_, left)| left).collect();
            if requests.is_empty() {
                return Ok(());
            }
            tokio::time::sleep(jitter(PAUSE * 2_u32.pow(tried - 1))).await;
        }
        Err(PortError::unavailable(WHAT, format!("{} rows were left unwritten", requests.len())))
    }

    async fn write_all(&self, requests: Vec<WriteRequest>) -> Result<(), PortError> {
        let batches = requests.chunks(BATCH).map(|batch| self.write(batch.to_vec()));
        stream::iter(batches.collect::<Vec<_>>()).buffer_unordered(AT_ONCE).try_collect().await
    }
}

fn stored(list: &str, name: &ProtectedName) -> Result<WriteRequest, PortError> {
    let mut item = key(list, name.skeleton.as_str());
    item.insert(DOC.to_owned(), to_attribute_value(name).map_err(|error| PortError::refused(WHAT, error))?);
    let put = PutRequest::builder().set_item(Some(item)).build().map_err(|error| PortError::refused(WHAT, error))?;
    Ok(WriteRequest::builder().put_request(put).build())
}

fn gone(key: Item) -> Result<WriteRequest, PortError> {
    let delete =
        DeleteRequest::builder().set_key(Some(key)).build().map_err(|error| PortError::refused(WHAT, error))?;
    Ok(WriteRequest::builder().delete_request(delete).build())
}

#[async_trait]
impl ProtectedNames for ProtectedNameRows {
    async fn among(&self, skeletons: &[NameSkeleton]) -> Result<Vec<ProtectedName>, PortError> {
        if skeletons.is_empty() {
            return Ok(vec![]);
        }
        for _ in 0..TRIES {
            let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let list = seen.as_ref().map(|seen| partition(&seen.sha256));
            let names = list.iter().flat_map(|list| skeletons.iter().map(move |it| key(list.as_str(), it.as_str())));
            let items = self.items(names.chain([key(PK, CURRENT)]).collect()).await?;
            let is_mark = |item: &Item| item.get("sk").and_then(|sk| sk.as_s().ok()).is_some_and(|sk| sk == CURRENT);
            let (marks, names): (Vec<Item>, Vec<Item>) = items.into_iter().partition(|item| {
                is_mark(item) && item.get("pk").and_then(|pk| pk.as_s().ok()).is_some_and(|pk| pk == PK)
            });
            let in_force: Option<ListInForce> = marks.into_iter().next().map(|item| doc(WHAT, item)).transpose()?;
            if in_force == seen {
                return names.into_iter().map(|item| doc(WHAT, item)).collect();
            }
            *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = in_force;
        }
        Err(PortError::unavailable(WHAT, "another list was always in force"))
    }
}

#[async_trait]
impl ProtectedNameShelf for ProtectedNameRows {
    async fn in_force(&self) -> Result<Option<ListInForce>, PortError> {
        self.read(key(PK, CURRENT)).await
    }

    async fn stored(&self, version: u32) -> Result<Option<ListInForce>, PortError> {
        self.read(version_key(PK, version)).await
    }

    async fn lay_out(&self, sha256: &str, names: &[ProtectedName]) -> Result<(), PortError> {
        let list = partition(sha256);
        self.write_all(names.iter().map(|name| stored(&list, name)).collect::<Result<_, _>>()?).await
    }

    async fn put(&self, change: &Change<ListInForce>, follows: Option<u32>) -> Result<(), SaveError> {
        let list = &change.state;
        let current = row(WHAT, key(PK, CURRENT), list.version.into(), list)?;
        let moved = match follows {
            None => put_first(&self.table, current),
            Some(follows) => put_after(&self.table, current, follows.into()),
        };
        let kept = row(WHAT, version_key(PK, list.version), list.version.into(), list)?;
        let event = put_event(WHAT, &self.table, PK, &change.event)?;
        let writes = vec![put(moved), put(put_first(&self.table, kept)), put(event)];
        transact(&self.client, WHAT, writes).await.map_err(|error| match error {
            TransactionError::Conditions(_) => SaveError::VersionConflict,
            TransactionError::Port(error) => error.into(),
        })
    }

    async fn clear(&self, sha256: &str) -> Result<(), PortError> {
        let mut from: Option<Item> = None;
        loop {
            let request = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :list")
                .expression_attribute_values(":list", text(partition(sha256)))
                .projection_expression("pk, sk")
                .consistent_read(true)
                .set_exclusive_start_key(from.take());
            let page = request.send().await.map_err(|error| failed(WHAT, &error))?;
            self.write_all(page.items.into_iter().flatten().map(gone).collect::<Result<_, _>>()?).await?;
            from = page.last_evaluated_key.filter(|key| !key.is_empty());
            if from.is_none() {
                return Ok(());
            }
        }
    }
}
