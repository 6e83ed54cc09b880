//! Compares a copy with its seals, object by object.

use std::{collections::BTreeSet, io};

use domain::retention::RetentionPeriod;
use evidence::{
    digest::Digest,
    entry::Entry,
    object::{self, LogHour, locked_until},
    rows, sweep,
};

use crate::{
    chain::{self, Sealed},
    copy::Copy,
    finding::{Finding, Kind},
    keyring::Trust,
    report::{Counts, Report},
    sweeps::Deletions,
};

/// What the auditor asks of a copy beyond that it agrees with its seals.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope {
    /// The hour with which the copy begins; the chain's own beginning when there is none.
    pub from: Option<LogHour>,
    /// The last hour that must be sealed. Without it nobody can tell that seals were cut off at the end.
    pub until: Option<LogHour>,
    /// How long every record must be kept at least.
    pub period: Option<RetentionPeriod>,
}

/// The copy cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    #[error("the copy cannot be read")]
    Read(#[from] io::Error),
    #[error("there is no seal in the copy")]
    NoSeals,
    #[error("no key is trusted: name one, or bring one")]
    NoTrust,
    #[error("the package cannot be read: {0}")]
    Package(String),
}

/// Looks at everything in `copy`.
///
/// # Errors
/// When the copy cannot be looked at; what is wrong with it is in the report.
pub fn verify(copy: &dyn Copy, trust: &Trust, scope: &Scope) -> Result<Report, InputError> {
    if trust.named.is_empty() && trust.brought.is_empty() {
        return Err(InputError::NoTrust);
    }
    if copy.keys(evidence::seal::PREFIX)?.is_empty() {
        return Err(InputError::NoSeals);
    }
    let mut findings = Vec::new();
    let keys = trust.keys(copy, &mut findings)?;
    let sealed = chain::read(copy, &keys, scope, &mut findings)?;
    let mut look = Look { copy, sealed: &sealed, findings, counts: Counts::default() };
    let deletions = look.papers()?;
    look.objects(&deletions, scope)?;
    look.rows(&deletions, scope);
    let Look { mut findings, counts, .. } = look;
    findings.sort();
    Ok(Report::of(&sealed, counts, findings))
}

struct Look<'a> {
    copy: &'a dyn Copy,
    sealed: &'a Sealed,
    findings: Vec<Finding>,
    counts: Counts,
}

/// How an object that is there compares with its entry.
enum Compared {
    Same,
    Shorter,
    Other,
}

fn compared(entry: &Entry, bytes: &[u8]) -> Compared {
    let size = bytes.len() as u64;
    if size < entry.size {
        Compared::Shorter
    } else if size > entry.size || Digest::of(bytes) != entry.sha256 {
        Compared::Other
    } else {
        Compared::Same
    }
}

impl Look<'_> {
    fn tell(&mut self, kind: Kind, place: &str, detail: impl Into<String>) {
        self.findings.push(Finding::at(kind, place, detail));
    }

    fn sealed_below(&self, prefix: &'static str) -> impl Iterator<Item = &Entry> {
        self.sealed
            .entries
            .range(prefix.to_owned()..)
            .map(|(_, entry)| entry)
            .take_while(move |e| e.key.starts_with(prefix))
    }

    /// Looks at the intents and receipts.
    fn papers(&mut self) -> Result<Deletions, InputError> {
        let mut deletions = Deletions::default();
        let there: BTreeSet<String> = self.copy.keys(sweep::PREFIX)?.into_iter().collect();
        for place in &there {
            let bytes = self.copy.read(place)?;
            match self.sealed.entries.get(place).map(|entry| compared(entry, &bytes)) {
                Some(Compared::Same) => deletions.take(place, &bytes, &mut self.findings),
                Some(Compared::Shorter | Compared::Other) => {
                    self.tell(Kind::PaperAltered, place, "it is not as it was sealed");
                }
                None if self.may_come(written_at(place, &bytes)) => self.counts.not_sealed_yet += 1,
                None => self.tell(Kind::PaperExtra, place, "no seal speaks of it"),
            }
        }
        self.counts.papers = there.len() as u64;
        let missing: Vec<String> = self
            .sealed_below(sweep::PREFIX)
            .filter(|entry| !there.contains(&entry.key))
            .map(|e| e.key.clone())
            .collect();
        for place in missing {
            self.tell(Kind::PaperMissing, &place, "it was sealed and is not there");
        }
        Ok(deletions)
    }

    fn objects(&mut self, deletions: &Deletions, scope: &Scope) -> Result<(), InputError> {
        let there: BTreeSet<String> = self.copy.keys(object::PREFIX)?.into_iter().collect();
        for place in &there {
            let bytes = self.copy.read(place)?;
            let Some(entry) = self.sealed.entries.get(place) else {
                if self.may_come(object::hour(place)) {
                    self.counts.not_sealed_yet += 1;
                } else {
                    self.tell(Kind::ObjectExtra, place, "no seal speaks of it");
                }
                continue;
            };
            self.counts.objects += 1;
            self.counts.records += entry.records;
            self.counts.bytes += bytes.len() as u64;
            match compared(entry, &bytes) {
                Compared::Same => {}
                Compared::Shorter => {
                    let detail = format!("{} bytes of {} are there", bytes.len(), entry.size);
                    self.tell(Kind::ObjectTruncated, place, detail);
                }
                Compared::Other => self.tell(Kind::ObjectAltered, place, format!("it was sealed as {}", entry.sha256)),
            }
        }
        let sealed: Vec<Entry> = self.sealed_below(object::PREFIX).cloned().collect();
        for entry in sealed {
            self.kept_long_enough(&entry, scope);
            if !there.contains(&entry.key) {
                self.gone(&entry, deletions);
            }
        }
        Ok(())
    }

    /// Rows are in no copy; what receipts say of them can be wrong in one way.
    fn rows(&mut self, deletions: &Deletions, scope: &Scope) {
        self.counts.rows_ended = deletions.rows.len() as u64;
        let Some(period) = scope.period else { return };
        for ended in &deletions.rows {
            let due = period.keep_until(ended.row.last_event_at);
            if ended.ended_at < due {
                let detail = format!("{} was to be kept until {due}, and ended at {}", ended.row.id, ended.ended_at);
                self.tell(Kind::DeletedEarly, &ended.receipt, detail);
            }
        }
    }

    fn kept_long_enough(&mut self, entry: &Entry, scope: &Scope) {
        let Some(period) = scope.period else { return };
        let due = period.keep_until(entry.last);
        if locked_until(&entry.key).is_none_or(|end| end < due) {
            self.tell(Kind::LockTooShort, &entry.key, format!("its last record is to be kept until {due}"));
        }
    }

    /// A sealed object that is not there.
    fn gone(&mut self, entry: &Entry, deletions: &Deletions) {
        let Some(deleted_at) = deletions.receipted.get(&entry.key) else {
            let (kind, detail) = if deletions.intended.contains(&entry.key) {
                (Kind::DeletionUnfinished, "an intent names it, and no receipt does")
            } else {
                (Kind::ObjectMissing, "it was sealed and is not there, and no receipt names it")
            };
            return self.tell(kind, &entry.key, detail);
        };
        match locked_until(&entry.key) {
            Some(end) if end <= *deleted_at => {
                self.counts.deleted_with_receipt += 1;
                self.counts.deleted_records += entry.records;
            }
            _ => self.tell(Kind::DeletedEarly, &entry.key, format!("the receipt is of {deleted_at}")),
        }
    }

    /// Whether something of that hour may be in a seal that is not made yet.
    fn may_come(&self, hour: Option<LogHour>) -> bool {
        hour.is_some_and(|hour| self.sealed.last.is_none_or(|last| last < hour))
    }
}

/// The hour in which a paper says it was written.
fn written_at(place: &str, bytes: &[u8]) -> Option<LogHour> {
    let at = if place.ends_with(rows::RECEIPT) {
        serde_json::from_slice(bytes).ok().map(|receipt: rows::RowReceipt| receipt.completed_at)
    } else if place.ends_with(rows::INTENT) {
        serde_json::from_slice(bytes).ok().map(|intent: rows::RowIntent| intent.written_at)
    } else if place.ends_with(sweep::RECEIPT) {
        serde_json::from_slice(bytes).ok().map(|receipt: sweep::SweepReceipt| receipt.completed_at)
    } else {
        serde_json::from_slice(bytes).ok().map(|intent: sweep::SweepIntent| intent.written_at)
    };
    at.map(LogHour::of)
}
