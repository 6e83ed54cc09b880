use std::sync::Arc;

use app::ports::{Clock, PackArchive, PackForm, PortError, RulePackShelf, RulePackSource, SaveError};
use async_trait::async_trait;
use aws_sdk_s3::{error::ProvideErrorMetadata as _, primitives::ByteStream};
use domain::{
    change::Change,
    event::Event,
    rule_pack::{PublishedRulePack, RulePackRegister},
};
use jiff::SignedDuration;
use serde::de::DeserializeOwned;

use crate::{
    cached::Cached,
    failure::{failed, status},
    later::{DynamoDb, S3},
    layout::{Item, doc, key, put_event, put_event_at, put_first, put_next, row, text, version_key},
    transaction::{TransactionError, put, transact},
};

const WHAT: &str = "rule packs";
const OBJECTS: &str = "compiled rule packs";
const PK: &str = "RULE_PACKS";

/// The register and the history in the operations table; [`RulePackSource`] reads the register at most twice a minute.
#[derive(Debug)]
pub struct RulePackTable {
    client: DynamoDb,
    table: String,
    cached: Cached<RulePackRegister>,
}

/// The packs as objects `rule-packs/<sha256>/…`, each written once.
#[derive(Debug, Clone)]
pub struct PackObjects {
    client: S3,
    bucket: String,
}

impl RulePackTable {
    pub(crate) fn new(client: DynamoDb, table: &str, (clock, fresh): (Arc<dyn Clock>, SignedDuration)) -> Self {
        Self { client, table: table.to_owned(), cached: Cached::new(clock, fresh) }
    }

    async fn read<T: DeserializeOwned>(&self, key: Item) -> Result<Option<T>, PortError> {
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        found.item.map(|item| doc(WHAT, item)).transpose()
    }
}

#[async_trait]
impl RulePackSource for RulePackTable {
    async fn current(&self) -> Result<Arc<RulePackRegister>, PortError> {
        self.cached.get(self.register()).await
    }
}

#[async_trait]
impl RulePackShelf for RulePackTable {
    async fn register(&self) -> Result<RulePackRegister, PortError> {
        Ok(self.read(key(PK, "CURRENT")).await?.unwrap_or_default())
    }

    async fn published(&self, version: u32) -> Result<Option<PublishedRulePack>, PortError> {
        self.read(version_key(PK, version)).await
    }

    async fn history(&self, before: Option<u32>, limit: usize) -> Result<Vec<PublishedRulePack>, PortError> {
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :packs AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":packs", text(PK))
            .expression_attribute_values(":first", text(version_row(0)))
            // Versions begin with 1, so that what is before the first one is empty.
            .expression_attribute_values(":last", text(version_row(before.map_or(u32::MAX, |v| v.saturating_sub(1)))))
            .scan_index_forward(false)
            .consistent_read(true)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX));
        // A hundred rows of this kind are far from the megabyte at which an answer ends early.
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        found.items.into_iter().flatten().map(|item| doc(WHAT, item)).collect()
    }

    async fn put(&self, change: &Change<RulePackRegister>, added: Option<&PublishedRulePack>) -> Result<(), SaveError> {
        let version = change.state.version;
        let register = row(WHAT, key(PK, "CURRENT"), version, &change.state)?;
        let moved =
            if version == 1 { put_first(&self.table, register) } else { put_next(&self.table, register, version) };
        let mut writes = vec![put(moved), put(put_event(WHAT, &self.table, PK, &change.event)?)];
        if let Some(added) = added {
            let version = added.pack.pack_version;
            let kept = row(WHAT, version_key(PK, version), version.into(), added)?;
            writes.push(put(put_first(&self.table, kept)));
        }
        transact(&self.client, WHAT, writes).await.map_err(|error| match error {
            TransactionError::Conditions(_) => SaveError::VersionConflict,
            TransactionError::Port(error) => error.into(),
        })
    }

    async fn note_refusal(&self, upload: &str, event: &Event) -> Result<(), PortError> {
        let noted = put_event_at(WHAT, &self.table, key(PK, format!("EVENT#REFUSED#{upload}")), event)?;
        match transact(&self.client, WHAT, vec![put(noted)]).await {
            Ok(()) | Err(TransactionError::Conditions(_)) => Ok(()),
            Err(TransactionError::Port(error)) => Err(error),
        }
    }
}

fn version_row(version: u32) -> String {
    format!("VERSION#{version:010}")
}

impl PackObjects {
    pub(crate) fn new(client: S3, bucket: &str) -> Self {
        Self { client, bucket: bucket.to_owned() }
    }
}

fn object_key(sha256: &str, form: PackForm) -> String {
    match form {
        PackForm::Compiled => format!("rule-packs/{sha256}/compiled"),
        PackForm::Source => format!("rule-packs/{sha256}/source"),
    }
}

#[async_trait]
impl PackArchive for PackObjects {
    async fn keep(&self, sha256: &str, form: PackForm, bytes: Vec<u8>) -> Result<(), PortError> {
        let request = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(object_key(sha256, form))
            .body(ByteStream::from(bytes))
            .if_none_match("*");
        match request.send().await {
            Ok(_) => Ok(()),
            // It is there, and its name is its hash.
            Err(error) if status(&error) == Some(412) => Ok(()),
            Err(error) => Err(failed(OBJECTS, &error)),
        }
    }

    async fn fetch(&self, sha256: &str, form: PackForm) -> Result<Vec<u8>, PortError> {
        let request = self.client.get_object().bucket(&self.bucket).key(object_key(sha256, form));
        let found = match request.send().await {
            Ok(found) => found,
            Err(error) if error.as_service_error().and_then(|error| error.code()) == Some("NoSuchKey") => {
                return Err(PortError::corrupt(OBJECTS, "there is no such pack"));
            }
            Err(error) => return Err(failed(OBJECTS, &error)),
        };
        let bytes = found.body.collect().await.map_err(|error| PortError::unavailable(OBJECTS, error))?;
        Ok(bytes.into_bytes().to_vec())
    }
}
