use std::collections::BTreeSet;

use app::ports::{
    Deletion, DeletionGate, HeldHours, HoldMark, HoldPage, HoldRegister, HoldShelf, HoldsInForce, PortError, SaveError,
};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem, Update};
use data_encoding::BASE64URL_NOPAD;
use domain::{
    change::Change,
    id::{HoldId, RunId},
    legal_hold::LegalHold,
};
use evidence::object::LogHour;
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    failure::failed,
    later::DynamoDb,
    layout::{Item, attribute, doc, key, number, put_event_at, put_first, put_next, row, text, with_doc},
    transaction::{TransactionError, delete, put, transact, update},
};

const WHAT: &str = "legal holds";

const RECORDS: &str = "LEGAL_HOLDS";
const IN_FORCE: &str = "LEGAL_HOLDS_IN_FORCE";
const DELETIONS: &str = "DELETIONS";
const HELD: &str = "HELD_HOURS";
const HOLD: &str = "HOLD#";

/// Holds in the operations table. One row counts what was placed, released and begun to be deleted, so that of a hold and
/// a deletion one always comes first; it lies apart from the holds, which the sweeper may read and not write.
#[derive(Debug, Clone)]
pub struct LegalHoldRows {
    client: DynamoDb,
    table: String,
}

/// A held hour, as it is stored.
#[derive(Debug, Serialize, Deserialize)]
struct HeldHour {
    hour: Timestamp,
    holds: BTreeSet<HoldId>,
}

fn mark_key() -> Item {
    key("HOLD_MARK", "CURRENT")
}

fn record_key(hold_id: HoldId) -> Item {
    key(RECORDS, format!("{HOLD}{hold_id}"))
}

fn deletion_key(run_id: RunId, hour: Timestamp, part: usize) -> Item {
    key(DELETIONS, format!("{run_id}#{}#{part:05}", LogHour::of(hour).name()))
}

/// One counter of the mark goes up, on the condition that the counters stand so (where one is asked for).
fn counted(table: &str, counter: &str, holds: Option<u64>, deletions: Option<u64>) -> TransactWriteItem {
    let mut built = Update::builder()
        .table_name(table)
        .set_key(Some(mark_key()))
        .update_expression("ADD #counter :one")
        .expression_attribute_names("#counter", counter)
        .expression_attribute_values(":one", number(1));
    let mut conditions = Vec::new();
    for (name, asked) in [("holds", holds), ("deletions", deletions)] {
        match asked {
            None => {}
            Some(0) => conditions.push(format!("attribute_not_exists({name})")),
            Some(count) => {
                conditions.push(format!("{name} = :{name}"));
                built = built.expression_attribute_values(format!(":{name}"), number(count));
            }
        }
    }
    if !conditions.is_empty() {
        built = built.condition_expression(conditions.join(" AND "));
    }
    update(built.build().expect("table, key and expression are set"))
}

fn saved(outcome: Result<(), TransactionError>) -> Result<(), SaveError> {
    outcome.map_err(|error| match error {
        TransactionError::Conditions(_) => SaveError::VersionConflict,
        TransactionError::Port(error) => error.into(),
    })
}

impl LegalHoldRows {
    pub(crate) fn new(client: DynamoDb, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }

    async fn get(&self, key: Item) -> Result<Option<Item>, PortError> {
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        Ok(request.send().await.map_err(|error| failed(WHAT, &error))?.item)
    }

    async fn mark(&self) -> Result<HoldMark, PortError> {
        let Some(item) = self.get(mark_key()).await? else { return Ok(HoldMark::default()) };
        let count = |name: &str| {
            if !item.contains_key(name) {
                return Ok(0);
            }
            attribute(WHAT, &item, name)?.parse().map_err(|_| PortError::corrupt(WHAT, "no number"))
        };
        Ok(HoldMark { holds: count("holds")?, deletions: count("deletions")? })
    }

    /// Every document of the partition, in the order of its keys.
    async fn all_of<T: DeserializeOwned>(&self, pk: &str) -> Result<Vec<T>, PortError> {
        let (mut docs, mut start) = (Vec::new(), None);
        loop {
            let request = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", text(pk))
                .consistent_read(true)
                .set_exclusive_start_key(start);
            let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
            for item in found.items.into_iter().flatten() {
                docs.push(doc(WHAT, item)?);
            }
            start = found.last_evaluated_key;
            if start.is_none() {
                return Ok(docs);
            }
        }
    }

    async fn remove(&self, key: Item) -> Result<(), PortError> {
        let request = self.client.delete_item().table_name(&self.table).set_key(Some(key));
        request.send().await.map(drop).map_err(|error| failed(WHAT, &error))
    }

    fn event(&self, change: &Change<LegalHold>) -> Result<TransactWriteItem, PortError> {
        let key = key(RECORDS, format!("EVENT#{}#{:020}", change.state.hold_id, change.event.version));
        Ok(put(put_event_at(WHAT, &self.table, key, &change.event)?))
    }
}

#[async_trait]
impl HoldRegister for LegalHoldRows {
    async fn in_force(&self) -> Result<HoldsInForce, PortError> {
        // The mark first: what is placed between the two reads moves it on, and nobody begins with this one any more.
        let mark = self.mark().await?;
        Ok(HoldsInForce { mark, holds: self.all_of(IN_FORCE).await? })
    }
}

#[async_trait]
impl DeletionGate for LegalHoldRows {
    async fn begin(&self, mark: HoldMark, deletion: &Deletion) -> Result<Deletion, SaveError> {
        let key = deletion_key(deletion.run_id, deletion.hour, deletion.part);
        let begun = put_first(&self.table, with_doc(WHAT, key.clone(), deletion)?);
        let writes = vec![put(begun), counted(&self.table, "deletions", Some(mark.holds), None)];
        match transact(&self.client, WHAT, writes).await {
            Ok(()) => Ok(deletion.clone()),
            Err(TransactionError::Conditions(positions)) if positions.contains(&0) => {
                let stands = self.get(key).await?;
                let stands = stands.ok_or_else(|| PortError::unavailable(WHAT, "what exists cannot be read"))?;
                Ok(doc(WHAT, stands)?)
            }
            Err(TransactionError::Conditions(_)) => Err(SaveError::VersionConflict),
            Err(TransactionError::Port(error)) => Err(error.into()),
        }
    }

    async fn end(&self, run_id: RunId, hour: Timestamp, parts: usize) -> Result<(), PortError> {
        for part in 0..parts {
            self.remove(deletion_key(run_id, hour, part)).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl HeldHours for LegalHoldRows {
    async fn note(&self, hour: LogHour, holds: &BTreeSet<HoldId>) -> Result<(), PortError> {
        let key = key(HELD, hour.name());
        if holds.is_empty() {
            return self.remove(key).await;
        }
        let item = with_doc(WHAT, key, &HeldHour { hour: hour.start(), holds: holds.clone() })?;
        let request = self.client.put_item().table_name(&self.table).set_item(Some(item));
        request.send().await.map(drop).map_err(|error| failed(WHAT, &error))
    }

    async fn all(&self) -> Result<Vec<(LogHour, BTreeSet<HoldId>)>, PortError> {
        let held: Vec<HeldHour> = self.all_of(HELD).await?;
        Ok(held.into_iter().map(|held| (LogHour::of(held.hour), held.holds)).collect())
    }
}

#[async_trait]
impl HoldShelf for LegalHoldRows {
    async fn under_way(&self) -> Result<(HoldMark, Vec<Deletion>), PortError> {
        // The mark first, as of the holds.
        let mark = self.mark().await?;
        Ok((mark, self.all_of(DELETIONS).await?))
    }

    async fn hold(&self, hold_id: HoldId) -> Result<Option<LegalHold>, PortError> {
        self.get(record_key(hold_id)).await?.map(|item| doc(WHAT, item)).transpose()
    }

    async fn place(&self, mark: HoldMark, change: &Change<LegalHold>) -> Result<(), SaveError> {
        let hold = &change.state;
        let record = put_first(&self.table, row(WHAT, record_key(hold.hold_id), hold.version, hold)?);
        // Sweeps read these before each part: without what they need not know.
        let short = LegalHold { late_for: Vec::new(), ..hold.clone() };
        let in_force = with_doc(WHAT, key(IN_FORCE, hold.hold_id.to_string()), &short)?;
        let in_force = Put::builder().table_name(&self.table).set_item(Some(in_force)).build();
        let writes = vec![
            counted(&self.table, "holds", Some(mark.holds), Some(mark.deletions)),
            put(record),
            put(in_force.map_err(|error| PortError::refused(WHAT, error))?),
            self.event(change)?,
        ];
        saved(transact(&self.client, WHAT, writes).await)
    }

    async fn release(&self, change: &Change<LegalHold>) -> Result<(), SaveError> {
        let hold = &change.state;
        let record = put_next(&self.table, row(WHAT, record_key(hold.hold_id), hold.version, hold)?, hold.version);
        let key = key(IN_FORCE, hold.hold_id.to_string());
        let gone = Delete::builder().table_name(&self.table).set_key(Some(key)).build();
        let writes = vec![
            counted(&self.table, "holds", None, None),
            put(record),
            delete(gone.map_err(|error| PortError::refused(WHAT, error))?),
            self.event(change)?,
        ];
        saved(transact(&self.client, WHAT, writes).await)
    }

    async fn list(&self, limit: usize, cursor: Option<&str>) -> Result<HoldPage, PortError> {
        let refused = || PortError::refused(WHAT, "the cursor is not one that a page gave");
        let after = cursor.map(|cursor| {
            let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).map_err(|_| refused())?;
            let hold_id = String::from_utf8(bytes).ok().and_then(|text| text.parse::<HoldId>().ok());
            hold_id.map(record_key).ok_or_else(refused)
        });
        let mut start = after.transpose()?;
        let mut holds: Vec<LegalHold> = Vec::new();
        // One more than asked for tells whether there is a next page; an answer may end early at 1 MB.
        while holds.len() <= limit {
            let request = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :records AND begins_with(sk, :hold)")
                .expression_attribute_values(":records", text(RECORDS))
                .expression_attribute_values(":hold", text(HOLD))
                .scan_index_forward(false)
                .set_exclusive_start_key(start)
                .limit(i32::try_from(limit + 1 - holds.len()).unwrap_or(i32::MAX));
            let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
            for item in found.items.into_iter().flatten() {
                holds.push(doc(WHAT, item)?);
            }
            start = found.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        let more = holds.len() > limit;
        holds.truncate(limit);
        let next =
            holds.last().filter(|_| more).map(|hold| BASE64URL_NOPAD.encode(hold.hold_id.to_string().as_bytes()));
        Ok(HoldPage { holds, next })
    }
}
