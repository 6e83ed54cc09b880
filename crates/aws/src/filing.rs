use app::ports::{FilingBook, FilingFiles, PortError};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use aws_sdk_s3::primitives::ByteStream;
use domain::{
    account::Account,
    change::Change,
    filing::{FilingRow, Month},
};

use crate::{
    failure::failed,
    later::{DynamoDb, S3},
    layout::{doc, key, text, with_doc},
    transaction::put,
};

const WHAT: &str = "filing book";

/// Rows of a month lie in so many partitions, by the account: a registration is one write among others in each.
const SHARDS: u8 = 16;

fn pk(month: Month, shard: u8) -> String {
    format!("FILING#{}#{shard:x}", month.name())
}

/// The row that the change makes, for its transaction. It has the event's name and is written once.
pub(crate) fn put_row(table: &str, change: &Change<Account>) -> Result<Option<TransactWriteItem>, PortError> {
    let Some(row) = FilingRow::of(change) else { return Ok(None) };
    let shard = row.account_id.uuid().as_bytes()[15] % SHARDS;
    let item = with_doc(WHAT, key(pk(row.month(), shard), row.event_id.to_string()), &row)?;
    let built = Put::builder().table_name(table).set_item(Some(item)).build();
    Ok(Some(put(built.expect("table and item are set"))))
}

/// The rows in the accounts table.
#[derive(Debug, Clone)]
pub struct FilingRows {
    client: DynamoDb,
    table: String,
}

impl FilingRows {
    pub(crate) fn new(client: DynamoDb, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }

    async fn shard(&self, month: Month, shard: u8, most: usize) -> Result<Option<Vec<FilingRow>>, PortError> {
        let (mut rows, mut from) = (Vec::new(), None);
        loop {
            let request = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", text(pk(month, shard)))
                .consistent_read(true)
                .set_exclusive_start_key(from);
            let page = request.send().await.map_err(|error| failed(WHAT, &error))?;
            for item in page.items.unwrap_or_default() {
                rows.push(doc(WHAT, item)?);
            }
            if rows.len() > most {
                return Ok(None);
            }
            from = page.last_evaluated_key;
            if from.is_none() {
                return Ok(Some(rows));
            }
        }
    }
}

#[async_trait]
impl FilingBook for FilingRows {
    async fn rows(&self, month: Month, most: usize) -> Result<Option<Vec<FilingRow>>, PortError> {
        let shards = futures::future::try_join_all((0..SHARDS).map(|shard| self.shard(month, shard, most))).await?;
        let rows: Option<Vec<_>> = shards.into_iter().collect();
        Ok(rows.map(|rows| rows.concat()).filter(|rows| rows.len() <= most))
    }
}

/// The files in the artefacts bucket.
#[derive(Debug, Clone)]
pub struct FilingObjects {
    client: S3,
    bucket: String,
}

impl FilingObjects {
    pub(crate) fn new(client: S3, bucket: &str) -> Self {
        Self { client, bucket: bucket.to_owned() }
    }
}

#[async_trait]
impl FilingFiles for FilingObjects {
    async fn put(&self, key: &str, content_type: &'static str, bytes: Vec<u8>) -> Result<(), PortError> {
        let request = self.client.put_object().bucket(&self.bucket).key(key).content_type(content_type);
        let sent = request.body(ByteStream::from(bytes)).send().await;
        sent.map(drop).map_err(|error| failed("filings", &error))
    }
}
