use std::time::Duration;

use app::ports::{PortError, SaveError, SealIntake, SealLedger};
use async_trait::async_trait;
use aws_sdk_dynamodb::{
    operation::put_item::PutItemError,
    types::{ConditionCheck, Put, Update},
};
use evidence::{entry::Entry, object::LogHour, seal::Head};
use jiff::Timestamp;

use crate::{
    failure::failed,
    later::DynamoDb,
    layout::{Item, attribute, doc, key, number, text, with_doc},
    transaction::{TransactionError, check, put, transact, update},
};

const WHAT: &str = "seal ledger";

/// How many entries a transaction takes (100 items at most, one of them the check of the hour).
const CHUNK: usize = 50;

/// How often an hour can be closed before a writer that wants to enter it; each time it goes on to the one that is open.
const TRIES: usize = 5;

/// How long entries stay after they were entered: far longer than a sealer can be out of order unnoticed.
const KEPT: Duration = Duration::from_secs(400 * 24 * 3600);

/// The ledger in the operations table. One row says which hours are closed, and every entry is written on condition that
/// its hour is not: what returned is in the hour for good, and a closed hour never grows.
#[derive(Debug, Clone)]
pub struct SealLedgerRows {
    client: DynamoDb,
    table: String,
}

/// The row that says with which hour the ledger began and which is the first open one, each as the second it starts.
struct Hours {
    began: LogHour,
    open: LogHour,
}

fn hours_key() -> Item {
    key("SEALS", "HOURS")
}

fn page(hour: LogHour) -> String {
    format!("SEALED#{}", hour.name())
}

impl SealLedgerRows {
    pub(crate) fn new(client: DynamoDb, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }

    async fn get(&self, key: Item) -> Result<Option<Item>, PortError> {
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        Ok(request.send().await.map_err(|error| failed(WHAT, &error))?.item)
    }

    async fn hours(&self) -> Result<Option<Hours>, PortError> {
        let Some(item) = self.get(hours_key()).await? else { return Ok(None) };
        let hour = |name: &str| {
            let second = attribute(WHAT, &item, name)?.parse().map_err(|_| PortError::corrupt(WHAT, "no number"))?;
            Timestamp::from_second(second).map(LogHour::of).map_err(|error| PortError::corrupt(WHAT, error))
        };
        Ok(Some(Hours { began: hour("began")?, open: hour("open_from")? }))
    }

    /// The hours, begun with `hour` if they were not.
    async fn begun(&self, hour: LogHour) -> Result<Hours, PortError> {
        if let Some(hours) = self.hours().await? {
            return Ok(hours);
        }
        let mut item = hours_key();
        for name in ["began", "open_from"] {
            item.insert(name.to_owned(), number(hour.start().as_second()));
        }
        let request = self.client.put_item().table_name(&self.table).set_item(Some(item));
        match request.condition_expression("attribute_not_exists(pk)").send().await {
            Ok(_) => Ok(Hours { began: hour, open: hour }),
            Err(error)
                if matches!(error.as_service_error(), Some(PutItemError::ConditionalCheckFailedException(_))) =>
            {
                self.hours().await?.ok_or_else(|| PortError::unavailable(WHAT, "what exists cannot be read"))
            }
            Err(error) => Err(failed(WHAT, &error)),
        }
    }

    /// Enters a chunk into the hour. `false` when the hour is closed, or the ledger has not begun.
    async fn enter_chunk(&self, chunk: &[Entry], hour: LogHour) -> Result<bool, PortError> {
        let is_open = ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(hours_key()))
            .condition_expression("open_from <= :hour")
            .expression_attribute_values(":hour", number(hour.start().as_second()))
            .build()
            .map_err(|error| PortError::refused(WHAT, error))?;
        let mut writes = vec![check(is_open)];
        for entry in chunk {
            let mut item = with_doc(WHAT, key(page(hour), &entry.key), entry)?;
            let expires_at = hour.start().saturating_add(KEPT).unwrap_or(Timestamp::MAX);
            item.insert("expires_at".to_owned(), number(expires_at.as_second()));
            let entered = Put::builder().table_name(&self.table).set_item(Some(item)).build();
            writes.push(put(entered.map_err(|error| PortError::refused(WHAT, error))?));
        }
        match transact(&self.client, WHAT, writes).await {
            Ok(()) => Ok(true),
            Err(TransactionError::Conditions(_)) => Ok(false),
            Err(TransactionError::Port(error)) => Err(error),
        }
    }
}

#[async_trait]
impl SealIntake for SealLedgerRows {
    async fn enter(&self, entries: &[Entry], now: Timestamp) -> Result<(), PortError> {
        let mut hour = LogHour::of(now);
        for chunk in entries.chunks(CHUNK) {
            let mut tries = 0;
            while !self.enter_chunk(chunk, hour).await? {
                tries += 1;
                if tries == TRIES {
                    return Err(PortError::unavailable(WHAT, "one hour after the other is closed"));
                }
                hour = self.begun(hour).await?.open.max(hour);
            }
        }
        Ok(())
    }
}

#[async_trait]
impl SealLedger for SealLedgerRows {
    async fn begin(&self, hour: LogHour) -> Result<LogHour, PortError> {
        Ok(self.begun(hour).await?.began)
    }

    async fn close(&self, hour: LogHour) -> Result<(), PortError> {
        let close = Update::builder()
            .table_name(&self.table)
            .set_key(Some(hours_key()))
            .update_expression("SET open_from = :next")
            .condition_expression("open_from < :next")
            .expression_attribute_values(":next", number(hour.next().start().as_second()))
            .build()
            .map_err(|error| PortError::refused(WHAT, error))?;
        // As a transaction of one: it meets those of writers all the time, and is tried again when it does.
        match transact(&self.client, WHAT, vec![update(close)]).await {
            // It is closed already.
            Ok(()) | Err(TransactionError::Conditions(_)) => Ok(()),
            Err(TransactionError::Port(error)) => Err(error),
        }
    }

    async fn entries(&self, hour: LogHour) -> Result<Vec<Entry>, PortError> {
        let (mut entries, mut start) = (Vec::new(), None);
        loop {
            let request = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :page")
                .expression_attribute_values(":page", text(page(hour)))
                .consistent_read(true)
                .set_exclusive_start_key(start);
            let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
            for item in found.items.into_iter().flatten() {
                entries.push(doc(WHAT, item)?);
            }
            start = found.last_evaluated_key.filter(|key| !key.is_empty());
            if start.is_none() {
                return Ok(entries);
            }
        }
    }

    async fn head(&self) -> Result<Option<Head>, PortError> {
        self.get(key("SEALS", "HEAD")).await?.map(|item| doc(WHAT, item)).transpose()
    }

    async fn advance(&self, to: &Head) -> Result<(), SaveError> {
        let mut item = with_doc(WHAT, key("SEALS", "HEAD"), to)?;
        item.insert("version".to_owned(), number(to.number));
        let request = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression(if to.number == 1 { "attribute_not_exists(pk)" } else { "#version = :before" });
        let request = if to.number == 1 {
            request
        } else {
            request
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":before", number(to.number - 1))
        };
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error)
                if matches!(error.as_service_error(), Some(PutItemError::ConditionalCheckFailedException(_))) =>
            {
                Err(SaveError::VersionConflict)
            }
            Err(error) => Err(failed(WHAT, &error).into()),
        }
    }
}
