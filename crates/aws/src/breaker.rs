use std::collections::BTreeMap;

use app::ports::PortError;
use async_trait::async_trait;
use aws_sdk_dynamodb::types::{KeysAndAttributes, Update};
use domain::{enforcement::EnforcementKind, id::DecisionId};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    failure::failed,
    later::DynamoDb,
    layout::{Item, attribute, key, number, put_first},
    transaction::{TransactionError, put, transact, update},
};

const WHAT: &str = "circuit breaker";

/// The rows of the accounts table that count, by kind and day, what was put in force without a person, and name each.
#[derive(Debug, Clone)]
pub struct CircuitBreaker {
    client: DynamoDb,
    table: String,
}

impl CircuitBreaker {
    pub(crate) fn new(client: DynamoDb, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }
}

fn pk(kind: EnforcementKind) -> &'static str {
    match kind {
        EnforcementKind::Warn => "AUTOMATIC#warn",
        EnforcementKind::RestrictFunction => "AUTOMATIC#restrict_function",
        EnforcementKind::SuspendUpdates => "AUTOMATIC#suspend_updates",
        EnforcementKind::Close => "AUTOMATIC#close",
    }
}

/// A batch read can leave keys unread when its table is busy; then they are asked for again.
const ROUNDS: usize = 3;

/// The rows go away by themselves, long after the day that they count for.
fn end_of(day: Date) -> i64 {
    let start = TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).map_or(0, Timestamp::as_second);
    start + 60 * 24 * 3_600
}

#[async_trait]
impl app::ports::CircuitBreaker for CircuitBreaker {
    async fn admit(
        &self,
        kind: EnforcementKind,
        day: Date,
        most: u32,
        decision_id: DecisionId,
    ) -> Result<bool, PortError> {
        let mut place = key(pk(kind), format!("DAY#{day}#{decision_id}"));
        place.insert("expires_at".to_owned(), number(end_of(day)));
        let counted = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key(pk(kind), format!("DAY#{day}"))))
            .update_expression("ADD taken :one SET expires_at = :end")
            .condition_expression("(attribute_not_exists(taken) AND :most > :none) OR taken < :most")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":none", number(0))
            .expression_attribute_values(":most", number(most))
            .expression_attribute_values(":end", number(end_of(day)))
            .build()
            .expect("table, key and expression are set");
        let writes = vec![put(put_first(&self.table, place)), update(counted)];
        match transact(&self.client, WHAT, writes).await {
            Ok(()) => Ok(true),
            // It has its place from an earlier try.
            Err(TransactionError::Conditions(positions)) => Ok(positions.contains(&0)),
            Err(TransactionError::Port(error)) => Err(error),
        }
    }

    async fn admitted(
        &self,
        kinds: &[EnforcementKind],
        days: &[Date],
    ) -> Result<BTreeMap<(EnforcementKind, Date), u32>, PortError> {
        let pairs = || kinds.iter().flat_map(|kind| days.iter().map(|day| (*kind, *day)));
        let mut keys: Vec<Item> = pairs().map(|(kind, day)| key(pk(kind), format!("DAY#{day}"))).collect();
        let mut rows = Vec::with_capacity(keys.len());
        for _ in 0..ROUNDS {
            if keys.is_empty() {
                break;
            }
            let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).build();
            let wanted = wanted.map_err(|error| PortError::refused(WHAT, error))?;
            let request = self.client.batch_get_item().request_items(&self.table, wanted);
            let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
            rows.extend(found.responses.into_iter().flatten().flat_map(|(_, items)| items));
            keys = found.unprocessed_keys.into_iter().flatten().flat_map(|(_, left)| left.keys).collect();
        }
        if !keys.is_empty() {
            return Err(PortError::unavailable(WHAT, format!("{} keys were left unread", keys.len())));
        }
        let mut counted = BTreeMap::new();
        for row in rows {
            let (of, at) = (attribute(WHAT, &row, "pk")?, attribute(WHAT, &row, "sk")?);
            let taken = attribute(WHAT, &row, "taken")?.parse().map_err(|error| PortError::corrupt(WHAT, error))?;
            if let Some(pair) = pairs().find(|(kind, day)| of == pk(*kind) && at == format!("DAY#{day}")) {
                counted.insert(pair, taken);
            }
        }
        Ok(counted)
    }
}
