use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use app::ports::{LoggedPublications, PortError, ReconciliationBook};
use async_trait::async_trait;
use domain::{event::Event, id::RecordId};
use evidence::object::{LogHour, LogObject};

use crate::{Faults, locked};

const WHAT: &str = "reconciliation";

/// What was logged, and what became of comparing it, in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryReconciliation {
    faults: Faults,
    rows: Arc<Mutex<Rows>>,
}

#[derive(Debug, Default)]
struct Rows {
    logged: BTreeMap<LogHour, BTreeSet<RecordId>>,
    events: BTreeMap<u64, Event>,
    taken: usize,
}

impl MemoryReconciliation {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// Forgets a record, as if it had never come into the log.
    pub fn forget(&self, record_id: RecordId) {
        for ids in locked(&self.rows).logged.values_mut() {
            ids.remove(&record_id);
        }
    }

    /// Every event, by version.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        locked(&self.rows).events.values().cloned().collect()
    }

    /// What the stream carries: each event once.
    #[must_use]
    pub fn take_events(&self) -> Vec<Event> {
        let mut rows = locked(&self.rows);
        let events: Vec<Event> = rows.events.values().skip(rows.taken).cloned().collect();
        rows.taken = rows.events.len();
        events
    }
}

#[async_trait]
impl LoggedPublications for MemoryReconciliation {
    async fn note(&self, object: &LogObject) -> Result<(), PortError> {
        if object.publications.is_empty() {
            return Ok(());
        }
        self.faults.around(WHAT, || {
            let mut rows = locked(&self.rows);
            rows.logged.entry(object.hour).or_default().extend(object.publications.iter().copied());
            Ok(())
        })
    }

    async fn logged_in(&self, hour: LogHour) -> Result<BTreeSet<RecordId>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.rows).logged.get(&hour).cloned().unwrap_or_default()))
    }
}

#[async_trait]
impl ReconciliationBook for MemoryReconciliation {
    async fn put(&self, event: &Event) -> Result<(), PortError> {
        self.faults.around(WHAT, || {
            locked(&self.rows).events.entry(event.version).or_insert_with(|| event.clone());
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[async_trait]
    impl contract::Outbox for MemoryReconciliation {
        async fn events_of(&self, _: &str) -> Vec<Event> {
            self.events()
        }
    }

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        let twin = MemoryReconciliation::default();
        contract::reconciliation(&twin, &twin, &twin).await;
    }
}
