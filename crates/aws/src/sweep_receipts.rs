use app::{
    ports::{PortError, RowReceipts, SweepReceipts},
    retaining::{RowIntent, RowOrder, RowReceipt, SweepIntent, SweepOrder, SweepReceipt},
};
use async_trait::async_trait;
use aws_sdk_s3::{operation::get_object::GetObjectError, primitives::ByteStream};
use evidence::sweep::Paper;
use serde::de::DeserializeOwned;

use crate::failure::{failed, status};
use crate::later::S3;

const WHAT: &str = "sweep receipts";

/// Intents and receipts, each an object that is written once, named by its order.
#[derive(Debug, Clone)]
pub struct ReceiptObjects {
    client: S3,
    bucket: String,
}

impl ReceiptObjects {
    pub(crate) fn new(client: S3, bucket: &str) -> Self {
        Self { client, bucket: bucket.to_owned() }
    }

    async fn read<T: DeserializeOwned>(&self, key: String) -> Result<Option<T>, PortError> {
        let request = self.client.get_object().bucket(&self.bucket).key(key);
        let found = match request.send().await {
            Ok(found) => found,
            Err(error) if matches!(error.as_service_error(), Some(GetObjectError::NoSuchKey(_))) => return Ok(None),
            Err(error) => return Err(failed(WHAT, &error)),
        };
        let bytes = found.body.collect().await.map_err(|error| PortError::unavailable(WHAT, error))?;
        serde_json::from_slice(&bytes.into_bytes()).map(Some).map_err(|error| PortError::corrupt(WHAT, error))
    }

    /// Whether it was written; it was not when one is there.
    async fn write(&self, paper: &(impl Paper + Sync)) -> Result<bool, PortError> {
        let json = paper.to_bytes().map_err(|error| PortError::refused(WHAT, error))?;
        let request = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(paper.key())
            .body(ByteStream::from(json))
            .content_type("application/json")
            .if_none_match("*");
        match request.send().await {
            Ok(_) => Ok(true),
            Err(error) if status(&error) == Some(412) => Ok(false),
            Err(error) => Err(failed(WHAT, &error)),
        }
    }
}

#[async_trait]
impl SweepReceipts for ReceiptObjects {
    async fn intent(&self, order: &SweepOrder) -> Result<Option<SweepIntent>, PortError> {
        self.read(order.intent_key()).await
    }

    async fn put_intent(&self, intent: &SweepIntent) -> Result<SweepIntent, PortError> {
        if self.write(intent).await? {
            return Ok(intent.clone());
        }
        let stands = self.intent(&intent.order).await?;
        stands.ok_or_else(|| PortError::unavailable(WHAT, "an intent that exists cannot be read"))
    }

    async fn receipt(&self, order: &SweepOrder) -> Result<Option<SweepReceipt>, PortError> {
        self.read(order.receipt_key()).await
    }

    async fn put_receipt(&self, receipt: &SweepReceipt) -> Result<SweepReceipt, PortError> {
        if self.write(receipt).await? {
            return Ok(receipt.clone());
        }
        let stands = self.receipt(&receipt.order).await?;
        stands.ok_or_else(|| PortError::unavailable(WHAT, "a receipt that exists cannot be read"))
    }
}

#[async_trait]
impl RowReceipts for ReceiptObjects {
    async fn row_intent(&self, order: &RowOrder) -> Result<Option<RowIntent>, PortError> {
        self.read(order.intent_key()).await
    }

    async fn put_row_intent(&self, intent: &RowIntent) -> Result<RowIntent, PortError> {
        if self.write(intent).await? {
            return Ok(intent.clone());
        }
        let stands = self.row_intent(&intent.order).await?;
        stands.ok_or_else(|| PortError::unavailable(WHAT, "an intent that exists cannot be read"))
    }

    async fn row_receipt(&self, order: &RowOrder) -> Result<Option<RowReceipt>, PortError> {
        self.read(order.receipt_key()).await
    }

    async fn put_row_receipt(&self, receipt: &RowReceipt) -> Result<RowReceipt, PortError> {
        if self.write(receipt).await? {
            return Ok(receipt.clone());
        }
        let stands = self.row_receipt(&receipt.order).await?;
        stands.ok_or_else(|| PortError::unavailable(WHAT, "a receipt that exists cannot be read"))
    }
}
