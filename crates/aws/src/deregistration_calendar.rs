use app::ports::{Deadline, PortError};
use async_trait::async_trait;
use aws_sdk_dynamodb::{
    Client,
    types::{Delete, Put, TransactWriteItem},
};
use domain::id::AccountId;
use jiff::Timestamp;

use crate::{
    failure::failed,
    layout::{Item, attribute, key, text},
    transaction::{TransactionError, delete, put, transact},
};

const WHAT: &str = "deregistration calendar";

/// One partition: people leave one by one, far from the thousand a second that it takes.
const PK: &str = "DEADLINE#DEREGISTRATION";

/// The rows of the accounts table that say when an account is to be looked at.
#[derive(Debug, Clone)]
pub struct DeregistrationCalendar {
    client: Client,
    table: String,
}

/// Always nine decimals, so that text sorts as time does.
fn deadline_key(deadline: &Deadline) -> Item {
    key(PK, format!("{:.9}#{}", deadline.due_at, deadline.account_id))
}

/// Puts the deadline onto the calendar.
pub(crate) fn put_deadline(table: &str, deadline: &Deadline) -> TransactWriteItem {
    let row = Put::builder().table_name(table).set_item(Some(deadline_key(deadline))).build();
    put(row.expect("table and item are set"))
}

impl DeregistrationCalendar {
    pub(crate) fn new(client: Client, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }
}

fn read(item: &Item) -> Result<Deadline, PortError> {
    let place = attribute(WHAT, item, "sk")?;
    let (due_at, account_id) = place.split_once('#').ok_or_else(|| PortError::corrupt(WHAT, "no deadline"))?;
    Ok(Deadline {
        due_at: due_at.parse::<Timestamp>().map_err(|error| PortError::corrupt(WHAT, error))?,
        account_id: account_id.parse::<AccountId>().map_err(|error| PortError::corrupt(WHAT, error))?,
    })
}

#[async_trait]
impl app::ports::DeregistrationCalendar for DeregistrationCalendar {
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Deadline>, PortError> {
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND sk < :after")
            .expression_attribute_values(":pk", text(PK))
            // `~` sorts after every identifier, so that what is due this very moment is due.
            .expression_attribute_values(":after", text(format!("{now:.9}#~")))
            .consistent_read(true)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX));
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        found.items.unwrap_or_default().iter().map(read).collect()
    }

    async fn done(&self, deadline: &Deadline) -> Result<(), PortError> {
        let request = self.client.delete_item().table_name(&self.table).set_key(Some(deadline_key(deadline)));
        request.send().await.map(drop).map_err(|error| failed(WHAT, &error))
    }

    async fn postpone(&self, deadline: &Deadline, due_at: Timestamp) -> Result<(), PortError> {
        let gone = Delete::builder().table_name(&self.table).set_key(Some(deadline_key(deadline))).build();
        let later = Deadline { due_at, ..*deadline };
        let writes = vec![delete(gone.expect("table and key are set")), put_deadline(&self.table, &later)];
        transact(&self.client, WHAT, writes).await.map_err(|error| match error {
            TransactionError::Conditions(_) => {
                PortError::refused(WHAT, "a write without a condition failed its condition")
            }
            TransactionError::Port(error) => error,
        })
    }
}
