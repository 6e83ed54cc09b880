use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use app::ports::{BacktestFile, BacktestFiles, BacktestPage, BacktestShelf, HourDone, PortError, SaveError};
use async_trait::async_trait;
use domain::{backtest::Backtest, change::Change, event::Event, id::BacktestId};
use jiff::Timestamp;

use crate::{Faults, locked};

const WHAT: &str = "backtests";

/// Backtests and their files in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryBacktests {
    faults: Faults,
    shelf: Arc<Mutex<Shelf>>,
}

#[derive(Debug, Default)]
struct Shelf {
    backtests: BTreeMap<BacktestId, Backtest>,
    done: BTreeMap<(BacktestId, Timestamp), HourDone>,
    files: BTreeMap<(BacktestId, BacktestFile), Vec<u8>>,
    events: Vec<Event>,
    taken: usize,
}

impl MemoryBacktests {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// Every event, in the order of the changes.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        locked(&self.shelf).events.clone()
    }

    /// What the stream carries: each event once.
    #[must_use]
    pub fn take_events(&self) -> Vec<Event> {
        let mut shelf = locked(&self.shelf);
        let events = shelf.events[shelf.taken..].to_vec();
        shelf.taken = shelf.events.len();
        events
    }

    /// A file of a backtest, without a call.
    #[must_use]
    pub fn file(&self, backtest_id: BacktestId, file: BacktestFile) -> Option<Vec<u8>> {
        locked(&self.shelf).files.get(&(backtest_id, file)).cloned()
    }
}

#[async_trait]
impl BacktestShelf for MemoryBacktests {
    async fn backtest(&self, backtest_id: BacktestId) -> Result<Option<Backtest>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.shelf).backtests.get(&backtest_id).cloned()))
    }

    async fn save(&self, change: &Change<Backtest>) -> Result<(), SaveError> {
        self.faults.around(WHAT, || {
            let mut shelf = locked(&self.shelf);
            let backtest = &change.state;
            let stored = shelf.backtests.get(&backtest.backtest_id).map_or(0, |stored| stored.version);
            if stored + 1 != backtest.version {
                return Err(SaveError::VersionConflict);
            }
            shelf.backtests.insert(backtest.backtest_id, backtest.clone());
            shelf.events.push(change.event.clone());
            Ok(())
        })
    }

    async fn list(&self, limit: usize, cursor: Option<&str>) -> Result<BacktestPage, PortError> {
        self.faults.around(WHAT, || {
            let after = cursor.map(str::parse::<BacktestId>).transpose();
            let after = after.map_err(|error| PortError::refused(WHAT, error))?;
            let shelf = locked(&self.shelf);
            let rest = shelf.backtests.values().rev().filter(|it| after.is_none_or(|after| it.backtest_id < after));
            let mut backtests: Vec<Backtest> = rest.take(limit + 1).cloned().collect();
            let more = backtests.len() > limit;
            backtests.truncate(limit);
            let next = backtests.last().filter(|_| more).map(|it| it.backtest_id.to_string());
            Ok(BacktestPage { backtests, next })
        })
    }

    async fn note(&self, backtest_id: BacktestId, done: &HourDone, _: Timestamp) -> Result<(), PortError> {
        self.faults.around(WHAT, || {
            locked(&self.shelf).done.entry((backtest_id, done.hour)).or_insert_with(|| done.clone());
            Ok(())
        })
    }

    async fn done(&self, backtest_id: BacktestId) -> Result<Vec<HourDone>, PortError> {
        self.faults.around(WHAT, || {
            let shelf = locked(&self.shelf);
            Ok(shelf.done.iter().filter(|((of, _), _)| *of == backtest_id).map(|(_, done)| done.clone()).collect())
        })
    }
}

#[async_trait]
impl BacktestFiles for MemoryBacktests {
    async fn keep(&self, backtest_id: BacktestId, file: BacktestFile, bytes: &[u8]) -> Result<Vec<u8>, PortError> {
        self.faults.around(WHAT, || {
            let mut shelf = locked(&self.shelf);
            Ok(shelf.files.entry((backtest_id, file)).or_insert_with(|| bytes.to_vec()).clone())
        })
    }

    async fn read(&self, backtest_id: BacktestId, file: BacktestFile) -> Result<Option<Vec<u8>>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.shelf).files.get(&(backtest_id, file)).cloned()))
    }

    async fn link(&self, backtest_id: BacktestId, _: Timestamp) -> Result<String, PortError> {
        self.faults.around(WHAT, || Ok(format!("memory:backtests/{backtest_id}/{}", BacktestFile::Result.name())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[async_trait]
    impl contract::Outbox for MemoryBacktests {
        async fn events_of(&self, _: &str) -> Vec<Event> {
            self.events()
        }
    }

    #[tokio::test]
    async fn the_twin_keeps_the_contracts() {
        let twin = MemoryBacktests::default();
        contract::backtest_shelf(&twin, &twin).await;
        contract::backtest_files(&twin).await;
    }
}
