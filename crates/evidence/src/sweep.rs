//! The papers of a sweep: what was going to be deleted, and what was (R16.2). Each is an object that is written once:
//! `receipts/date=<day of the run, Asia/Shanghai>/<run_id>-<hour swept>.intent.json` and `.receipt.json`.

use domain::{
    id::{HoldId, RunId},
    retention::SHANGHAI,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{entry::Entry, object::LogHour};

/// Every paper of a sweep lies below.
pub const PREFIX: &str = "receipts/";

/// How the key of a receipt ends.
pub const RECEIPT: &str = ".receipt.json";

/// How the key of an intent ends.
pub const INTENT: &str = ".intent.json";

/// A stored version of a log object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredObject {
    pub key: String,
    pub version_id: String,
    pub size: u64,
}

/// An hour to sweep: what a message on the sweep queue says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SweepOrder {
    pub run_id: RunId,
    /// The start of the hour.
    pub hour: Timestamp,
    /// The moment whose expired objects are meant.
    pub as_of: Timestamp,
}

/// What is going to be deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepIntent {
    pub order: SweepOrder,
    pub objects: Vec<StoredObject>,
    pub written_at: Timestamp,
}

/// What was deleted, when, why and by which run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepReceipt {
    pub order: SweepOrder,
    pub deleted: Vec<StoredObject>,
    /// Always the end of the retention period: nothing else deletes.
    pub reason: String,
    pub completed_at: Timestamp,
    /// What the intent names and a hold kept, in the order of the intent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<HeldObject>,
}

/// An object whose time has come and which stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldObject {
    pub key: String,
    /// Those in force that keep it, in the order of their names.
    pub hold_ids: Vec<HoldId>,
}

/// A paper as it is stored.
pub trait Paper: Serialize + Sized {
    fn key(&self) -> String;

    /// How many objects it names.
    fn names(&self) -> usize;

    fn written_at(&self) -> Timestamp;

    /// The bytes that are stored. The same paper gives the same bytes in every version of Gatehouse: fields of papers
    /// are neither moved nor taken away, and one that is added is left out where it was not there.
    ///
    /// # Errors
    /// When it cannot be put into JSON.
    fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// What a seal says of the paper. `bytes` are those that are stored.
    fn entry(&self, bytes: &[u8]) -> Entry {
        let at = self.written_at();
        Entry::of(self.key(), bytes, self.names() as u64, at, at)
    }
}

impl SweepOrder {
    #[must_use]
    pub fn intent_key(&self) -> String {
        self.key(INTENT)
    }

    #[must_use]
    pub fn receipt_key(&self) -> String {
        self.key(RECEIPT)
    }

    fn key(&self, end: &str) -> String {
        let date = self.as_of.to_zoned_datetime(SHANGHAI.clone()).date();
        format!("{PREFIX}date={date}/{}-{}{end}", self.run_id, LogHour::of(self.hour).name())
    }
}

impl Paper for SweepIntent {
    fn key(&self) -> String {
        self.order.intent_key()
    }

    fn names(&self) -> usize {
        self.objects.len()
    }

    fn written_at(&self) -> Timestamp {
        self.written_at
    }
}

impl Paper for SweepReceipt {
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
    fn papers_are_named_by_the_day_of_the_run_and_the_hour_swept() {
        let as_of = "2027-05-24T03:00:00+08:00".parse().unwrap();
        let hour = "2026-11-23T10:00:00+08:00".parse().unwrap();
        let order = SweepOrder { run_id: RunId::planned_at(as_of), hour, as_of };
        let expected = format!("receipts/date=2027-05-24/{}-2026-11-23T10.intent.json", order.run_id);
        assert_eq!(order.intent_key(), expected);
        assert_eq!(order.receipt_key(), expected.replace("intent", "receipt"));
    }
}
