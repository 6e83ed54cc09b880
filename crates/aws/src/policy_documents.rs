use std::sync::Arc;

use app::ports::{Clock, PolicyDocumentShelf, PolicyDocumentSource, PortError, SaveError};
use async_trait::async_trait;
use aws_sdk_s3::primitives::ByteStream;
use domain::{
    change::Change,
    policy_document::{PolicyDocument, PolicyDocuments, text_key},
};
use jiff::SignedDuration;
use serde::de::DeserializeOwned;

use crate::{
    cached::Cached,
    failure::{failed, status},
    later::{DynamoDb, S3},
    layout::{Item, doc, key, put_event, put_first, put_next, row, version_key},
    transaction::{TransactionError, put, transact},
};

const WHAT: &str = "policy documents";
const TEXTS: &str = "texts of policy documents";
const PK: &str = "POLICY_DOCUMENTS";

/// The register in the operations table, read at most twice a minute.
#[derive(Debug)]
pub struct PolicyDocumentTable {
    rows: Rows,
    cached: Cached<PolicyDocuments>,
}

/// The register and all versions in the operations table; the texts as objects `policy-documents/<sha256>`, each written
/// once.
#[derive(Debug)]
pub struct PolicyDocumentArchive {
    rows: Rows,
    texts: S3,
    bucket: String,
}

#[derive(Debug)]
struct Rows {
    client: DynamoDb,
    table: String,
}

impl Rows {
    async fn read<T: DeserializeOwned>(&self, key: Item) -> Result<Option<T>, PortError> {
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        found.item.map(|item| doc(WHAT, item)).transpose()
    }

    async fn register(&self) -> Result<PolicyDocuments, PortError> {
        Ok(self.read(key(PK, "CURRENT")).await?.unwrap_or_default())
    }
}

impl PolicyDocumentTable {
    pub(crate) fn new(client: DynamoDb, table: &str, (clock, fresh): (Arc<dyn Clock>, SignedDuration)) -> Self {
        Self { rows: Rows { client, table: table.to_owned() }, cached: Cached::new(clock, fresh) }
    }
}

impl PolicyDocumentArchive {
    pub(crate) fn new(client: DynamoDb, table: &str, texts: S3, bucket: &str) -> Self {
        Self { rows: Rows { client, table: table.to_owned() }, texts, bucket: bucket.to_owned() }
    }
}

fn key_of(document_id: &str, version: u32) -> Item {
    version_key(&format!("POLICY_DOCUMENT#{document_id}"), version)
}

#[async_trait]
impl PolicyDocumentSource for PolicyDocumentTable {
    async fn current(&self) -> Result<Arc<PolicyDocuments>, PortError> {
        self.cached.get(self.rows.register()).await
    }

    async fn latest(&self) -> Result<PolicyDocuments, PortError> {
        self.rows.register().await
    }
}

#[async_trait]
impl PolicyDocumentShelf for PolicyDocumentArchive {
    async fn register(&self) -> Result<PolicyDocuments, PortError> {
        self.rows.register().await
    }

    async fn stored(&self, document_id: &str, version: u32) -> Result<Option<PolicyDocument>, PortError> {
        self.rows.read(key_of(document_id, version)).await
    }

    async fn keep_text(&self, sha256: &str, text: &[u8]) -> Result<(), PortError> {
        let request = self
            .texts
            .put_object()
            .bucket(&self.bucket)
            .key(text_key(sha256))
            .body(ByteStream::from(text.to_vec()))
            .if_none_match("*");
        match request.send().await {
            Ok(_) => Ok(()),
            // It is there, and its name is its hash.
            Err(error) if status(&error) == Some(412) => Ok(()),
            Err(error) => Err(failed(TEXTS, &error)),
        }
    }

    async fn put(&self, change: &Change<PolicyDocuments>, added: &PolicyDocument) -> Result<(), SaveError> {
        let Rows { client, table } = &self.rows;
        let version = change.state.version;
        let register = row(WHAT, key(PK, "CURRENT"), version, &change.state)?;
        let moved = if version == 1 { put_first(table, register) } else { put_next(table, register, version) };
        let kept = row(WHAT, key_of(&added.document_id, added.version), added.version.into(), added)?;
        let event = put_event(WHAT, table, PK, &change.event)?;
        let writes = vec![put(moved), put(put_first(table, kept)), put(event)];
        transact(client, WHAT, writes).await.map_err(|error| match error {
            TransactionError::Conditions(_) => SaveError::VersionConflict,
            TransactionError::Port(error) => error.into(),
        })
    }
}
