use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use app::ports::{PortError, ReportFiles, ReportLedger, SaveError};
use async_trait::async_trait;
use domain::{
    authority_report::{AuthorityReport, ReportCause, ReportNumber},
    change::Change,
    event::Event,
};

use crate::{Faults, locked};

const WHAT: &str = "authority reports";

/// Reports and their files in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryReports {
    faults: Faults,
    shelf: Arc<Mutex<Shelf>>,
}

#[derive(Debug, Default)]
struct Shelf {
    reports: BTreeMap<ReportNumber, AuthorityReport>,
    files: BTreeMap<ReportNumber, AuthorityReport>,
    events: Vec<Event>,
    taken: usize,
}

impl Shelf {
    fn last(&self, year: i16) -> u32 {
        self.reports.keys().filter(|number| number.year == year).map(|number| number.serial).max().unwrap_or(0)
    }

    fn about(&self, cause: ReportCause) -> Option<&AuthorityReport> {
        self.reports.values().find(|report| report.cause == cause)
    }
}

impl MemoryReports {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// Every file, by number.
    #[must_use]
    pub fn files(&self) -> Vec<AuthorityReport> {
        locked(&self.shelf).files.values().cloned().collect()
    }

    /// What the stream carries: each event once.
    #[must_use]
    pub fn take_events(&self) -> Vec<Event> {
        let mut shelf = locked(&self.shelf);
        let events = shelf.events[shelf.taken..].to_vec();
        shelf.taken = shelf.events.len();
        events
    }
}

#[async_trait]
impl ReportLedger for MemoryReports {
    async fn last(&self, year: i16) -> Result<u32, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.shelf).last(year)))
    }

    async fn report(&self, number: ReportNumber) -> Result<Option<AuthorityReport>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.shelf).reports.get(&number).cloned()))
    }

    async fn about(&self, cause: ReportCause) -> Result<Option<AuthorityReport>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.shelf).about(cause).cloned()))
    }

    async fn enter(&self, change: &Change<AuthorityReport>) -> Result<(), SaveError> {
        self.faults.around(WHAT, || {
            let (mut shelf, report) = (locked(&self.shelf), &change.state);
            let follows = shelf.last(report.number.year) + 1 == report.number.serial;
            if !follows || shelf.about(report.cause).is_some() {
                return Err(SaveError::VersionConflict);
            }
            shelf.reports.insert(report.number, report.clone());
            shelf.events.push(change.event.clone());
            Ok(())
        })
    }

    async fn save(&self, change: &Change<AuthorityReport>) -> Result<(), SaveError> {
        self.faults.around(WHAT, || {
            let (mut shelf, report) = (locked(&self.shelf), &change.state);
            match shelf.reports.get_mut(&report.number) {
                Some(known) if known.version + 1 == report.version => *known = report.clone(),
                _ => return Err(SaveError::VersionConflict),
            }
            shelf.events.push(change.event.clone());
            Ok(())
        })
    }

    async fn page(&self, year: i16, before: Option<u32>, limit: usize) -> Result<Vec<AuthorityReport>, PortError> {
        self.faults.around(WHAT, || {
            let shelf = locked(&self.shelf);
            let of_year = shelf.reports.values().rev().filter(|report| report.number.year == year);
            let below = of_year.filter(|report| before.is_none_or(|before| report.number.serial < before));
            Ok(below.take(limit).cloned().collect())
        })
    }
}

#[async_trait]
impl ReportFiles for MemoryReports {
    async fn put(&self, report: &AuthorityReport) -> Result<(), PortError> {
        self.faults.around(WHAT, || {
            locked(&self.shelf).files.insert(report.number, report.clone());
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        let twin = MemoryReports::default();
        contract::report_ledger(&twin, &twin).await;
    }
}
