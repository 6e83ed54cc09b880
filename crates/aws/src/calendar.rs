//! Rows that say when something is to be looked at: `<calendar>` / `<due_at, 9 decimals>#<what>`.

use app::ports::PortError;
use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use jiff::Timestamp;

use crate::{
    failure::failed,
    later::DynamoDb,
    layout::{Item, attribute, key, text},
    transaction::{TransactionError, delete, put, transact},
};

/// A partition of the accounts table.
#[derive(Debug, Clone)]
pub(crate) struct Calendar {
    /// What it is called in a failure.
    pub(crate) name: &'static str,
    pub(crate) client: DynamoDb,
    pub(crate) table: String,
    pub(crate) pk: &'static str,
}

/// Always nine decimals, so that text sorts as time does.
fn row_key(pk: &str, due_at: Timestamp, what: &str) -> Item {
    key(pk, format!("{due_at:.9}#{what}"))
}

/// Puts `what` onto the calendar `pk`, at `due_at`.
pub(crate) fn put_row(table: &str, pk: &str, due_at: Timestamp, what: &str) -> TransactWriteItem {
    let row = Put::builder().table_name(table).set_item(Some(row_key(pk, due_at, what))).build();
    put(row.expect("table and item are set"))
}

impl Calendar {
    /// The first `limit` that are due at `now`.
    pub(crate) async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<(Timestamp, String)>, PortError> {
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND sk < :after")
            .expression_attribute_values(":pk", text(self.pk))
            // `~` sorts after every identifier, so that what is due this very moment is due.
            .expression_attribute_values(":after", text(format!("{now:.9}#~")))
            .consistent_read(true)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX));
        let found = request.send().await.map_err(|error| failed(self.name, &error))?;
        found.items.unwrap_or_default().iter().map(|item| self.read(item)).collect()
    }

    pub(crate) async fn done(&self, due_at: Timestamp, what: &str) -> Result<(), PortError> {
        let key = row_key(self.pk, due_at, what);
        let request = self.client.delete_item().table_name(&self.table).set_key(Some(key));
        request.send().await.map(drop).map_err(|error| failed(self.name, &error))
    }

    pub(crate) async fn postpone(&self, due_at: Timestamp, what: &str, later: Timestamp) -> Result<(), PortError> {
        let gone = Delete::builder().table_name(&self.table).set_key(Some(row_key(self.pk, due_at, what))).build();
        let gone = delete(gone.expect("table and key are set"));
        let writes = vec![gone, put_row(&self.table, self.pk, later, what)];
        transact(&self.client, self.name, writes).await.map_err(|error| match error {
            TransactionError::Conditions(_) => {
                PortError::refused(self.name, "a write without a condition failed its condition")
            }
            TransactionError::Port(error) => error,
        })
    }

    fn read(&self, item: &Item) -> Result<(Timestamp, String), PortError> {
        let place = attribute(self.name, item, "sk")?;
        let (due_at, what) = place.split_once('#').ok_or_else(|| PortError::corrupt(self.name, "no deadline"))?;
        let due_at: Timestamp = due_at.parse().map_err(|error| PortError::corrupt(self.name, error))?;
        Ok((due_at, what.to_owned()))
    }
}
