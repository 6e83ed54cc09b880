use app::ports::{PortError, QualificationDeadline};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::TransactWriteItem;
use jiff::Timestamp;

use crate::calendar::{Calendar, put_row};
use crate::later::DynamoDb;

const WHAT: &str = "qualification calendar";

/// One partition: people approve them one by one.
const PK: &str = "DEADLINE#QUALIFICATION";

/// The rows of the accounts table that say when a qualification is to be looked at.
#[derive(Debug, Clone)]
pub struct QualificationCalendar(Calendar);

fn what(deadline: &QualificationDeadline) -> String {
    format!("{}#{}", deadline.account_id, deadline.qualification_id)
}

/// Puts the deadline onto the calendar.
pub(crate) fn put_deadline(table: &str, deadline: &QualificationDeadline) -> TransactWriteItem {
    put_row(table, PK, deadline.due_at, &what(deadline))
}

impl QualificationCalendar {
    pub(crate) fn new(client: DynamoDb, table: &str) -> Self {
        Self(Calendar { name: WHAT, client, table: table.to_owned(), pk: PK })
    }
}

fn read((due_at, what): (Timestamp, String)) -> Result<QualificationDeadline, PortError> {
    let (account, qualification) = what.split_once('#').ok_or_else(|| PortError::corrupt(WHAT, "no qualification"))?;
    Ok(QualificationDeadline {
        due_at,
        account_id: account.parse().map_err(|error| PortError::corrupt(WHAT, error))?,
        qualification_id: qualification.parse().map_err(|error| PortError::corrupt(WHAT, error))?,
    })
}

#[async_trait]
impl app::ports::QualificationCalendar for QualificationCalendar {
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<QualificationDeadline>, PortError> {
        self.0.due(now, limit).await?.into_iter().map(read).collect()
    }

    async fn done(&self, deadline: &QualificationDeadline) -> Result<(), PortError> {
        self.0.done(deadline.due_at, &what(deadline)).await
    }

    async fn postpone(&self, deadline: &QualificationDeadline, due_at: Timestamp) -> Result<(), PortError> {
        self.0.postpone(deadline.due_at, &what(deadline), due_at).await
    }
}
