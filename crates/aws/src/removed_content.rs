use std::sync::Arc;

use app::ports::{Clock, PortError, RemovedContentShelf, RemovedContentSource, SaveError, SettledPrints};
use async_trait::async_trait;
use aws_sdk_s3::{error::ProvideErrorMetadata as _, primitives::ByteStream};
use domain::{
    change::Change,
    id::DecisionId,
    removed_content::{BankedRemoval, RemovedContent},
};
use jiff::SignedDuration;
use serde::de::DeserializeOwned;

use crate::{
    cached::Cached,
    failure::{failed, status},
    later::{DynamoDb, S3},
    layout::{Item, doc, key, put_event, put_first, put_next, row},
    transaction::{TransactionError, put, transact},
};

const WHAT: &str = "removed content";
const OBJECTS: &str = "settled prints";
const PK: &str = "REMOVED_CONTENT";

/// The register and what each removal banked, in the operations table; [`RemovedContentSource`] reads the register at
/// most twice a minute.
#[derive(Debug)]
pub struct RemovedContentTable {
    client: DynamoDb,
    table: String,
    cached: Cached<RemovedContent>,
}

/// Settled prints as objects `removed-content/<sha256>`, each written once.
#[derive(Debug, Clone)]
pub struct SettledPrintObjects {
    client: S3,
    bucket: String,
}

impl RemovedContentTable {
    pub(crate) fn new(client: DynamoDb, table: &str, (clock, fresh): (Arc<dyn Clock>, SignedDuration)) -> Self {
        Self { client, table: table.to_owned(), cached: Cached::new(clock, fresh) }
    }

    async fn read<T: DeserializeOwned>(&self, key: Item) -> Result<Option<T>, PortError> {
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        found.item.map(|item| doc(WHAT, item)).transpose()
    }
}

fn removal_key(cause: DecisionId) -> Item {
    key(PK, format!("REMOVAL#{cause}"))
}

#[async_trait]
impl RemovedContentSource for RemovedContentTable {
    async fn current(&self) -> Result<Arc<RemovedContent>, PortError> {
        self.cached.get(self.register()).await
    }
}

#[async_trait]
impl RemovedContentShelf for RemovedContentTable {
    async fn register(&self) -> Result<RemovedContent, PortError> {
        Ok(self.read(key(PK, "CURRENT")).await?.unwrap_or_default())
    }

    async fn banked(&self, cause: DecisionId) -> Result<Option<BankedRemoval>, PortError> {
        self.read(removal_key(cause)).await
    }

    async fn put(&self, change: &Change<RemovedContent>, removal: &BankedRemoval) -> Result<(), SaveError> {
        let version = change.state.version;
        let register = row(WHAT, key(PK, "CURRENT"), version, &change.state)?;
        let moved =
            if version == 1 { put_first(&self.table, register) } else { put_next(&self.table, register, version) };
        let banked = if removal.withdrawn {
            // Also one that has not been banked, and then never will be.
            let mut next = put_next(&self.table, row(WHAT, removal_key(removal.cause), 2, removal)?, 2);
            next.condition_expression = Some("attribute_not_exists(pk) OR #version = :before".to_owned());
            next
        } else {
            put_first(&self.table, row(WHAT, removal_key(removal.cause), 1, removal)?)
        };
        let event = put_event(WHAT, &self.table, PK, &change.event)?;
        let writes = vec![put(moved), put(banked), put(event)];
        transact(&self.client, WHAT, writes).await.map_err(|error| match error {
            TransactionError::Conditions(_) => SaveError::VersionConflict,
            TransactionError::Port(error) => error.into(),
        })
    }
}

impl SettledPrintObjects {
    pub(crate) fn new(client: S3, bucket: &str) -> Self {
        Self { client, bucket: bucket.to_owned() }
    }
}

fn object_key(sha256: &str) -> String {
    format!("removed-content/{sha256}")
}

#[async_trait]
impl SettledPrints for SettledPrintObjects {
    async fn keep(&self, sha256: &str, bytes: Vec<u8>) -> Result<(), PortError> {
        let put = self.client.put_object().bucket(&self.bucket).key(object_key(sha256)).body(ByteStream::from(bytes));
        match put.if_none_match("*").send().await {
            Ok(_) => Ok(()),
            // They are there, and their name is their hash.
            Err(error) if status(&error) == Some(412) => Ok(()),
            Err(error) => Err(failed(OBJECTS, &error)),
        }
    }

    async fn fetch(&self, sha256: &str) -> Result<Vec<u8>, PortError> {
        let found = match self.client.get_object().bucket(&self.bucket).key(object_key(sha256)).send().await {
            Ok(found) => found,
            Err(error) if error.as_service_error().and_then(|error| error.code()) == Some("NoSuchKey") => {
                return Err(PortError::corrupt(OBJECTS, "there are no such prints"));
            }
            Err(error) => return Err(failed(OBJECTS, &error)),
        };
        let bytes = found.body.collect().await.map_err(|error| PortError::unavailable(OBJECTS, error))?;
        Ok(bytes.into_bytes().to_vec())
    }
}
