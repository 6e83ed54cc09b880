use app::{
    ports::{PortError, SweepReceipts},
    retaining::{SweepIntent, SweepOrder, SweepReceipt},
};
use async_trait::async_trait;
use aws_sdk_s3::{Client, operation::get_object::GetObjectError, primitives::ByteStream};
use domain::retention::SHANGHAI;
use evidence::object::LogHour;
use serde::{Serialize, de::DeserializeOwned};

use crate::failure::{failed, status};

const WHAT: &str = "sweep receipts";

/// Intents and receipts, each an object that is written once:
/// `receipts/date=<day of the run, Asia/Shanghai>/<run_id>-<hour>.intent.json` and `.receipt.json`.
#[derive(Debug, Clone)]
pub struct ReceiptObjects {
    client: Client,
    bucket: String,
}

fn key(order: &SweepOrder, paper: &str) -> String {
    let date = order.as_of.to_zoned_datetime(SHANGHAI.clone()).date();
    format!("receipts/date={date}/{}-{}.{paper}.json", order.run_id, LogHour::of(order.hour).name())
}

impl ReceiptObjects {
    pub(crate) fn new(client: Client, bucket: &str) -> Self {
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
    async fn write<T: Serialize + Sync>(&self, key: String, paper: &T) -> Result<bool, PortError> {
        let json = serde_json::to_vec(paper).map_err(|error| PortError::refused(WHAT, error))?;
        let request = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
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
        self.read(key(order, "intent")).await
    }

    async fn put_intent(&self, intent: &SweepIntent) -> Result<SweepIntent, PortError> {
        if self.write(key(&intent.order, "intent"), intent).await? {
            return Ok(intent.clone());
        }
        let stands = self.intent(&intent.order).await?;
        stands.ok_or_else(|| PortError::unavailable(WHAT, "an intent that exists cannot be read"))
    }

    async fn receipt(&self, order: &SweepOrder) -> Result<Option<SweepReceipt>, PortError> {
        self.read(key(order, "receipt")).await
    }

    async fn put_receipt(&self, receipt: &SweepReceipt) -> Result<(), PortError> {
        self.write(key(&receipt.order, "receipt"), receipt).await.map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use domain::id::RunId;

    use super::*;

    #[test]
    fn papers_are_named_by_the_day_of_the_run_and_the_hour_swept() {
        let as_of = "2027-05-24T03:00:00+08:00".parse().unwrap();
        let hour = "2026-11-23T10:00:00+08:00".parse().unwrap();
        let order = SweepOrder { run_id: RunId::planned_at(as_of), hour, as_of };
        let expected = format!("receipts/date=2027-05-24/{}-2026-11-23T10.intent.json", order.run_id);
        assert_eq!(key(&order, "intent"), expected);
    }
}
