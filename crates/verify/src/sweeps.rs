//! Reads what sweeps wrote of their deletions. Only a paper that is sealed and unaltered says anything.

use std::collections::{BTreeMap, BTreeSet};

use evidence::{
    rows::{self, EndingRow, RowIntent, RowReceipt},
    sweep::{INTENT, RECEIPT, SweepIntent, SweepReceipt},
};
use jiff::Timestamp;

use crate::finding::{Finding, Kind};

/// What was deleted, and what was going to be.
#[derive(Debug, Default)]
pub struct Deletions {
    /// When the deletion of each key was completed.
    pub receipted: BTreeMap<String, Timestamp>,
    pub intended: BTreeSet<String>,
    /// The rows that were ended, and when; by the receipt that says so.
    pub rows: Vec<EndedRow>,
}

/// A row of the tables whose period was over.
#[derive(Debug)]
pub struct EndedRow {
    pub receipt: String,
    pub row: EndingRow,
    pub ended_at: Timestamp,
}

impl Deletions {
    /// Takes the bytes of a paper that is as it was sealed.
    pub(crate) fn take(&mut self, place: &str, bytes: &[u8], findings: &mut Vec<Finding>) {
        let read = if place.ends_with(rows::RECEIPT) {
            serde_json::from_slice(bytes).map(|RowReceipt { deleted, completed_at, .. }| {
                let ended = deleted.into_iter();
                self.rows.extend(ended.map(|row| EndedRow { receipt: place.to_owned(), row, ended_at: completed_at }));
            })
        } else if place.ends_with(rows::INTENT) {
            serde_json::from_slice::<RowIntent>(bytes).map(drop)
        } else if place.ends_with(RECEIPT) {
            serde_json::from_slice(bytes).map(|receipt: SweepReceipt| {
                for object in receipt.deleted {
                    let at = self.receipted.entry(object.key).or_insert(receipt.completed_at);
                    *at = receipt.completed_at.min(*at);
                }
            })
        } else if place.ends_with(INTENT) {
            serde_json::from_slice(bytes).map(|intent: SweepIntent| {
                self.intended.extend(intent.objects.into_iter().map(|object| object.key));
            })
        } else {
            return findings.push(Finding::at(Kind::PaperAltered, place, "it is sealed and no paper of a sweep"));
        };
        if let Err(error) = read {
            findings.push(Finding::at(Kind::PaperAltered, place, format!("it is sealed and cannot be read: {error}")));
        }
    }
}
