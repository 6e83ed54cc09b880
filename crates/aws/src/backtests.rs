use std::time::Duration;

use app::{
    backtesting::BacktestOrder,
    ports::{BacktestFile, BacktestFiles, BacktestPage, BacktestQueue, BacktestShelf, HourDone, PortError, SaveError},
};
use async_trait::async_trait;
use aws_sdk_s3::{operation::get_object::GetObjectError, presigning::PresigningConfig, primitives::ByteStream};
use data_encoding::BASE64URL_NOPAD;
use domain::{backtest::Backtest, change::Change, id::BacktestId};
use jiff::{SignedDuration, Timestamp};

use crate::{
    failure::{failed, status},
    later::{DynamoDb, S3, Sqs},
    layout::{Item, doc, key, number, put_event_at, put_first, put_next, row, text, with_doc},
    post_policy::system_time,
    sending::send_all,
    transaction::{TransactionError, put, transact},
};

const WHAT: &str = "backtests";
const FILES: &str = "files of backtests";
const RECORDS: &str = "BACKTESTS";
const BACKTEST: &str = "BACKTEST#";
const HOUR: &str = "HOUR#";

/// As long as the files of a backtest stay (infra/stacks/data.yaml).
const NOTED: SignedDuration = SignedDuration::from_hours(24 * 30);

/// As of evidence packages.
const LINK: Duration = Duration::from_secs(300);

/// Backtests and what came of their hours in the operations table.
#[derive(Debug, Clone)]
pub struct BacktestRows {
    client: DynamoDb,
    table: String,
}

fn record_key(backtest_id: BacktestId) -> Item {
    key(RECORDS, format!("{BACKTEST}{backtest_id}"))
}

fn hour_key(backtest_id: BacktestId, hour: Timestamp) -> Item {
    key(format!("{BACKTEST}{backtest_id}"), format!("{HOUR}{hour}"))
}

impl BacktestRows {
    pub(crate) fn new(client: DynamoDb, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }
}

#[async_trait]
impl BacktestShelf for BacktestRows {
    async fn backtest(&self, backtest_id: BacktestId) -> Result<Option<Backtest>, PortError> {
        let key = record_key(backtest_id);
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        found.item.map(|item| doc(WHAT, item)).transpose()
    }

    async fn save(&self, change: &Change<Backtest>) -> Result<(), SaveError> {
        let backtest = &change.state;
        let item = row(WHAT, record_key(backtest.backtest_id), backtest.version, backtest)?;
        let state = if backtest.version == 1 {
            put_first(&self.table, item)
        } else {
            put_next(&self.table, item, backtest.version)
        };
        let event = key(RECORDS, format!("EVENT#{}#{:020}", backtest.backtest_id, change.event.version));
        let writes = vec![put(state), put(put_event_at(WHAT, &self.table, event, &change.event)?)];
        transact(&self.client, WHAT, writes).await.map_err(|error| match error {
            TransactionError::Conditions(_) => SaveError::VersionConflict,
            TransactionError::Port(error) => error.into(),
        })
    }

    async fn list(&self, limit: usize, cursor: Option<&str>) -> Result<BacktestPage, PortError> {
        let refused = || PortError::refused(WHAT, "the cursor is not one that a page gave");
        let after = cursor.map(|cursor| {
            let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).map_err(|_| refused())?;
            let backtest_id = String::from_utf8(bytes).ok().and_then(|text| text.parse::<BacktestId>().ok());
            backtest_id.map(record_key).ok_or_else(refused)
        });
        let mut start = after.transpose()?;
        let mut backtests: Vec<Backtest> = Vec::new();
        // One more than asked for tells whether there is a next page; an answer may end early at 1 MB.
        while backtests.len() <= limit {
            let request = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :records AND begins_with(sk, :backtest)")
                .expression_attribute_values(":records", text(RECORDS))
                .expression_attribute_values(":backtest", text(BACKTEST))
                .scan_index_forward(false)
                .set_exclusive_start_key(start)
                .limit(i32::try_from(limit + 1 - backtests.len()).unwrap_or(i32::MAX));
            let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
            for item in found.items.into_iter().flatten() {
                backtests.push(doc(WHAT, item)?);
            }
            start = found.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        let more = backtests.len() > limit;
        backtests.truncate(limit);
        let last = backtests.last().filter(|_| more);
        let next = last.map(|backtest| BASE64URL_NOPAD.encode(backtest.backtest_id.to_string().as_bytes()));
        Ok(BacktestPage { backtests, next })
    }

    async fn note(&self, backtest_id: BacktestId, done: &HourDone, now: Timestamp) -> Result<(), PortError> {
        let mut item = with_doc(WHAT, hour_key(backtest_id, done.hour), done)?;
        let forgotten = now.saturating_add(NOTED).unwrap_or(Timestamp::MAX);
        item.insert("expires_at".to_owned(), number(forgotten.as_second()));
        match transact(&self.client, WHAT, vec![put(put_first(&self.table, item))]).await {
            Ok(()) | Err(TransactionError::Conditions(_)) => Ok(()),
            Err(TransactionError::Port(error)) => Err(error),
        }
    }

    async fn done(&self, backtest_id: BacktestId) -> Result<Vec<HourDone>, PortError> {
        let (mut done, mut start) = (Vec::new(), None);
        loop {
            let request = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :backtest AND begins_with(sk, :hour)")
                .expression_attribute_values(":backtest", text(format!("{BACKTEST}{backtest_id}")))
                .expression_attribute_values(":hour", text(HOUR))
                .consistent_read(true)
                .set_exclusive_start_key(start);
            let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
            for item in found.items.into_iter().flatten() {
                done.push(doc(WHAT, item)?);
            }
            start = found.last_evaluated_key;
            if start.is_none() {
                return Ok(done);
            }
        }
    }
}

/// The files of backtests in the artefacts bucket: `backtests/<backtest_id>/…`, each written once.
#[derive(Debug, Clone)]
pub struct BacktestObjects {
    client: S3,
    bucket: String,
}

impl BacktestObjects {
    pub(crate) fn new(client: S3, bucket: &str) -> Self {
        Self { client, bucket: bucket.to_owned() }
    }
}

fn object_key(backtest_id: BacktestId, file: BacktestFile) -> String {
    format!("backtests/{backtest_id}/{}", file.name())
}

#[async_trait]
impl BacktestFiles for BacktestObjects {
    async fn keep(&self, backtest_id: BacktestId, file: BacktestFile, bytes: &[u8]) -> Result<Vec<u8>, PortError> {
        let request = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(object_key(backtest_id, file))
            .body(ByteStream::from(bytes.to_vec()))
            .if_none_match("*");
        match request.send().await {
            Ok(_) => Ok(bytes.to_vec()),
            Err(error) if status(&error) == Some(412) => {
                let stands = self.read(backtest_id, file).await?;
                stands.ok_or_else(|| PortError::unavailable(FILES, "what stands there is gone"))
            }
            Err(error) => Err(failed(FILES, &error)),
        }
    }

    async fn read(&self, backtest_id: BacktestId, file: BacktestFile) -> Result<Option<Vec<u8>>, PortError> {
        let request = self.client.get_object().bucket(&self.bucket).key(object_key(backtest_id, file));
        let found = match request.send().await {
            Ok(found) => found,
            Err(error) if matches!(error.as_service_error(), Some(GetObjectError::NoSuchKey(_))) => return Ok(None),
            Err(error) => return Err(failed(FILES, &error)),
        };
        let bytes = found.body.collect().await.map_err(|error| PortError::unavailable(FILES, error))?;
        Ok(Some(bytes.into_bytes().to_vec()))
    }

    async fn link(&self, backtest_id: BacktestId, now: Timestamp) -> Result<String, PortError> {
        let config = PresigningConfig::builder().start_time(system_time(now)).expires_in(LINK).build();
        let config = config.map_err(|error| PortError::refused(FILES, error))?;
        let key = object_key(backtest_id, BacktestFile::Result);
        let request = self.client.get_object().bucket(&self.bucket).key(key).presigned(config).await;
        Ok(request.map_err(|error| failed(FILES, &error))?.uri().to_owned())
    }
}

/// The backtest queue, a message for each hour.
#[derive(Debug, Clone)]
pub struct BacktestOrderQueue {
    client: Sqs,
    url: String,
}

impl BacktestOrderQueue {
    pub(crate) fn new(client: Sqs, url: &str) -> Self {
        Self { client, url: url.to_owned() }
    }
}

#[async_trait]
impl BacktestQueue for BacktestOrderQueue {
    async fn send(&self, orders: &[BacktestOrder]) -> Result<(), PortError> {
        const WHAT: &str = "backtest queue";
        let bodies = orders.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>();
        let bodies = bodies.map_err(|error| PortError::refused(WHAT, error))?;
        send_all(&self.client, WHAT, &self.url, bodies).await
    }
}
