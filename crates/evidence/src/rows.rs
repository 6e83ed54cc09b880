//! The papers of a sweep of rows: which rows of the tables were going to be deleted, and which were (R16.2). They lie beside
//! those of log objects ([`crate::sweep`]), are sealed as they are, and name rows by their identifiers alone:
//! `receipts/date=<day of the run, Asia/Shanghai>/<run_id>-<hour>-<kind>-<step>.rows.intent.json` and `.rows.receipt.json`.

use domain::{
    id::{HoldId, RunId},
    resting::RowKind,
    retention::SHANGHAI,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    object::LogHour,
    sweep::{PREFIX, Paper},
};

/// How the key of a receipt ends.
pub const RECEIPT: &str = ".rows.receipt.json";

/// How the key of an intent ends.
pub const INTENT: &str = ".rows.intent.json";

/// Rows to sweep: what a message on the sweep queue says beside those of log hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowOrder {
    pub run_id: RunId,
    pub rows: RowKind,
    /// The start of the hour since which the rows rest.
    pub hour: Timestamp,
    /// The moment whose expired rows are meant.
    pub as_of: Timestamp,
    /// Counts the orders of one hour, from 0: each takes some rows, and asks for the next where there are more.
    pub step: u32,
}

/// One thing that ends, with all its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndingRow {
    /// `pub_…` or `cmpl_…`.
    pub id: String,
    pub version: u64,
    /// How many rows of the table are about it.
    pub rows: usize,
    /// When something happened to it last, by these rows.
    pub last_event_at: Timestamp,
}

/// What is going to be deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowIntent {
    pub order: RowOrder,
    pub rows: Vec<EndingRow>,
    /// Whether the hour has more than this order takes.
    pub more: bool,
    pub written_at: Timestamp,
}

/// What was deleted, when, why and by which run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowReceipt {
    pub order: RowOrder,
    pub deleted: Vec<EndingRow>,
    pub reason: String,
    pub completed_at: Timestamp,
    /// What the intent names and is there still, in the order of the intent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<KeptRow>,
    pub more: bool,
}

/// What stayed although an intent names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptRow {
    pub id: String,
    /// The holds that keep it; none where something happened to it meanwhile.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hold_ids: Vec<HoldId>,
}

impl RowOrder {
    #[must_use]
    pub fn intent_key(&self) -> String {
        self.key(INTENT)
    }

    #[must_use]
    pub fn receipt_key(&self) -> String {
        self.key(RECEIPT)
    }

    /// The order that takes what this one leaves.
    #[must_use]
    pub fn next(&self) -> Self {
        Self { step: self.step + 1, ..self.clone() }
    }

    fn key(&self, end: &str) -> String {
        let date = self.as_of.to_zoned_datetime(SHANGHAI.clone()).date();
        let (hour, kind) = (LogHour::of(self.hour).name(), self.rows.name());
        format!("{PREFIX}date={date}/{}-{hour}-{kind}-{:05}{end}", self.run_id, self.step)
    }
}

impl Paper for RowIntent {
    fn key(&self) -> String {
        self.order.intent_key()
    }

    fn names(&self) -> usize {
        self.rows.len()
    }

    fn written_at(&self) -> Timestamp {
        self.written_at
    }
}

impl Paper for RowReceipt {
    fn key(&self) -> String {
        self.order.receipt_key()
    }

    fn names(&self) -> usize {
        self.deleted.len()
    }

    fn written_at(&self) -> Timestamp {
        self.completed_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn papers_are_named_by_the_day_of_the_run_the_hour_the_kind_and_the_step() {
        let as_of = "2027-05-27T03:00:00+08:00".parse().unwrap();
        let hour = "2026-11-26T10:00:00+08:00".parse().unwrap();
        let run_id = RunId::of_rows(RowKind::Complaints, as_of);
        let order = RowOrder { run_id, rows: RowKind::Complaints, hour, as_of, step: 2 };
        let expected = format!("receipts/date=2027-05-27/{run_id}-2026-11-26T10-complaints-00002.rows.intent.json");
        assert_eq!(order.intent_key(), expected);
        assert_eq!(order.receipt_key(), expected.replace("intent", "receipt"));
        assert_ne!(run_id, RunId::planned_at(as_of), "the sweep of the log is another run");
    }
}
