use app::ports::{Deadline, PortError};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::TransactWriteItem;
use jiff::Timestamp;

use crate::calendar::{Calendar, put_row};
use crate::later::DynamoDb;

const WHAT: &str = "deregistration calendar";

/// One partition: people leave one by one, far from the thousand a second that it takes.
const PK: &str = "DEADLINE#DEREGISTRATION";

/// The rows of the accounts table that say when an account is to be looked at.
#[derive(Debug, Clone)]
pub struct DeregistrationCalendar(Calendar);

/// Puts the deadline onto the calendar.
pub(crate) fn put_deadline(table: &str, deadline: &Deadline) -> TransactWriteItem {
    put_row(table, PK, deadline.due_at, &deadline.account_id.to_string())
}

impl DeregistrationCalendar {
    pub(crate) fn new(client: DynamoDb, table: &str) -> Self {
        Self(Calendar { name: WHAT, client, table: table.to_owned(), pk: PK })
    }
}

fn read((due_at, what): (Timestamp, String)) -> Result<Deadline, PortError> {
    Ok(Deadline { due_at, account_id: what.parse().map_err(|error| PortError::corrupt(WHAT, error))? })
}

#[async_trait]
impl app::ports::DeregistrationCalendar for DeregistrationCalendar {
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Deadline>, PortError> {
        self.0.due(now, limit).await?.into_iter().map(read).collect()
    }

    async fn done(&self, deadline: &Deadline) -> Result<(), PortError> {
        self.0.done(deadline.due_at, &deadline.account_id.to_string()).await
    }

    async fn postpone(&self, deadline: &Deadline, due_at: Timestamp) -> Result<(), PortError> {
        self.0.postpone(deadline.due_at, &deadline.account_id.to_string(), due_at).await
    }
}
