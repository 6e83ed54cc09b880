use app::ports::{CaseDeadline, PortError};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::{Select, TransactWriteItem};
use domain::{
    case::{Case, CaseState},
    id::CaseId,
};
use futures::future::try_join_all;
use jiff::Timestamp;

use crate::{
    calendar::{Calendar, put_row},
    cursor::queue_pk,
    failure::failed,
    later::DynamoDb,
    layout::{Item, attribute, doc, text},
};

const WHAT: &str = "case calendar";

/// Held content opens cases as fast as accounts publish: eight partitions take eight times a thousand a second.
const PARTS: [&str; 8] = [
    "DEADLINE#CASE#0",
    "DEADLINE#CASE#1",
    "DEADLINE#CASE#2",
    "DEADLINE#CASE#3",
    "DEADLINE#CASE#4",
    "DEADLINE#CASE#5",
    "DEADLINE#CASE#6",
    "DEADLINE#CASE#7",
];

/// The rows of the cases table that say when a case is to be looked at.
#[derive(Debug, Clone)]
pub struct CaseCalendar {
    client: DynamoDb,
    table: String,
}

fn part_of(case_id: CaseId) -> &'static str {
    let last = case_id.uuid().as_bytes()[15];
    PARTS[usize::from(last) % PARTS.len()]
}

/// Puts a time of the case onto the calendar.
pub(crate) fn put_deadline(table: &str, case_id: CaseId, due_at: Timestamp) -> TransactWriteItem {
    put_row(table, part_of(case_id), due_at, &case_id.to_string())
}

impl CaseCalendar {
    pub(crate) fn new(client: DynamoDb, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }

    fn part(&self, pk: &'static str) -> Calendar {
        Calendar { name: WHAT, client: self.client.clone(), table: self.table.clone(), pk }
    }
}

#[async_trait]
impl app::ports::CaseCalendar for CaseCalendar {
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<CaseDeadline>, PortError> {
        let parts = PARTS.map(|pk| self.part(pk));
        let due = try_join_all(parts.iter().map(|part| part.due(now, limit.div_ceil(PARTS.len())))).await?;
        let read = |(due_at, what): (Timestamp, String)| {
            let case_id = what.parse().map_err(|error| PortError::corrupt(WHAT, error))?;
            Ok(CaseDeadline { due_at, case_id })
        };
        due.into_iter().flatten().map(read).collect()
    }

    async fn done(&self, deadline: &CaseDeadline) -> Result<(), PortError> {
        self.part(part_of(deadline.case_id)).done(deadline.due_at, &deadline.case_id.to_string()).await
    }

    async fn overdue(&self, queue: &str, now: Timestamp, most: usize) -> Result<usize, PortError> {
        let (mut count, mut start) = (0, None::<Item>);
        while count < most {
            let request = self
                .client
                .query()
                .table_name(&self.table)
                .index_name("queue-index")
                .key_condition_expression("queue_pk = :queue AND queue_sk < :now")
                .expression_attribute_values(":queue", text(queue_pk(queue, CaseState::Open)))
                .expression_attribute_values(":now", text(format!("{now:.9}#~")))
                .select(Select::Count)
                .limit(i32::try_from(most - count).unwrap_or(i32::MAX))
                .set_exclusive_start_key(start);
            let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
            count += usize::try_from(found.count).unwrap_or(0);
            start = found.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        Ok(count)
    }

    async fn due_times(&self, queue: &str, most: usize) -> Result<Vec<Timestamp>, PortError> {
        let (mut times, mut start) = (Vec::new(), None::<Item>);
        while times.len() < most {
            let request = self
                .client
                .query()
                .table_name(&self.table)
                .index_name("queue-index")
                .key_condition_expression("queue_pk = :queue")
                .expression_attribute_values(":queue", text(queue_pk(queue, CaseState::Open)))
                .projection_expression("queue_sk")
                .limit(i32::try_from(most - times.len()).unwrap_or(i32::MAX))
                .set_exclusive_start_key(start);
            let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
            for item in found.items.unwrap_or_default() {
                let due = attribute(WHAT, &item, "queue_sk")?.split('#').next().unwrap_or_default();
                times.push(due.parse().map_err(|error| PortError::corrupt(WHAT, error))?);
            }
            start = found.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        Ok(times)
    }

    async fn first_of(&self, queue: &str) -> Result<Option<Case>, PortError> {
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .index_name("queue-index")
            .key_condition_expression("queue_pk = :queue")
            .expression_attribute_values(":queue", text(queue_pk(queue, CaseState::Open)))
            .limit(1);
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        found.items.unwrap_or_default().into_iter().next().map(|item| doc(WHAT, item)).transpose()
    }
}
