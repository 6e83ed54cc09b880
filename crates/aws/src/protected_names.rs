use std::{collections::BTreeMap, time::Duration};

use app::ports::{PortError, ProtectedNames, ReplacedNames};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::{DeleteRequest, KeysAndAttributes, PutRequest, WriteRequest};
use domain::{display_name::NameSkeleton, protected_name::ProtectedName};
use serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value;

use crate::{
    chance::jitter,
    failure::failed,
    later::DynamoDb,
    layout::{DOC, Item, doc, key, text},
};

const WHAT: &str = "protected names";

/// The list is one partition: a look-up of fifty names costs some 25 read units, so that it bears a hundred
/// registrations a second.
const LIST: &str = "PROTECTED_NAMES";

/// What the table writes in one call.
const BATCH: usize = 25;

/// How often is asked for what the table left undone. Pauses double from 50 ms: together they last as long as a burst.
const TRIES: u32 = 6;

const PAUSE: Duration = Duration::from_millis(50);

/// The list in the operations table.
#[derive(Debug, Clone)]
pub struct ProtectedNameRows {
    client: DynamoDb,
    table: String,
}

impl ProtectedNameRows {
    pub(crate) fn new(client: DynamoDb, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }

    /// The whole list, by skeleton.
    async fn list(&self) -> Result<BTreeMap<NameSkeleton, ProtectedName>, PortError> {
        let mut names = BTreeMap::new();
        let mut from: Option<Item> = None;
        loop {
            let request = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :list")
                .expression_attribute_values(":list", text(LIST))
                .consistent_read(true)
                .set_exclusive_start_key(from.take());
            let page = request.send().await.map_err(|error| failed(WHAT, &error))?;
            for item in page.items.into_iter().flatten() {
                let name: ProtectedName = doc(WHAT, item)?;
                names.insert(name.skeleton.clone(), name);
            }
            from = page.last_evaluated_key.filter(|key| !key.is_empty());
            if from.is_none() {
                return Ok(names);
            }
        }
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
}

fn put(name: &ProtectedName) -> Result<WriteRequest, PortError> {
    let mut item = key(LIST, name.skeleton.as_str());
    item.insert(DOC.to_owned(), to_attribute_value(name).map_err(|error| PortError::refused(WHAT, error))?);
    let put = PutRequest::builder().set_item(Some(item)).build().map_err(|error| PortError::refused(WHAT, error))?;
    Ok(WriteRequest::builder().put_request(put).build())
}

fn remove(skeleton: &NameSkeleton) -> Result<WriteRequest, PortError> {
    let key = key(LIST, skeleton.as_str());
    let delete =
        DeleteRequest::builder().set_key(Some(key)).build().map_err(|error| PortError::refused(WHAT, error))?;
    Ok(WriteRequest::builder().delete_request(delete).build())
}

#[async_trait]
impl ProtectedNames for ProtectedNameRows {
    async fn among(&self, skeletons: &[NameSkeleton]) -> Result<Vec<ProtectedName>, PortError> {
        let mut keys: Vec<Item> = skeletons.iter().map(|skeleton| key(LIST, skeleton.as_str())).collect();
        let mut names = Vec::new();
        for tried in 1..=TRIES {
            if keys.is_empty() {
                return Ok(names);
            }
            if tried > 1 {
                tokio::time::sleep(jitter(PAUSE)).await;
            }
            let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).build();
            let wanted = wanted.map_err(|error| PortError::refused(WHAT, error))?;
            let request = self.client.batch_get_item().request_items(&self.table, wanted);
            let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
            for item in found.responses.into_iter().flatten().flat_map(|(_, items)| items) {
                names.push(doc(WHAT, item)?);
            }
            keys = found.unprocessed_keys.into_iter().flatten().flat_map(|(_, left)| left.keys).collect();
        }
        Err(PortError::unavailable(WHAT, format!("{} keys were left unread", keys.len())))
    }

    async fn replace(&self, names: &[ProtectedName]) -> Result<ReplacedNames, PortError> {
        let mut known = self.list().await?;
        let mut requests = Vec::new();
        for name in names {
            if known.remove(&name.skeleton).as_ref() != Some(name) {
                requests.push(put(name)?);
            }
        }
        // What the new list does not have is taken away last: a name is never unprotected for a moment.
        let replaced = ReplacedNames { written: requests.len(), removed: known.len() };
        requests.extend(known.keys().map(remove).collect::<Result<Vec<_>, _>>()?);
        for batch in requests.chunks(BATCH) {
            self.write(batch.to_vec()).await?;
        }
        Ok(replaced)
    }
}
