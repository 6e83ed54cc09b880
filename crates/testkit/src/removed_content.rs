use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use app::{
    ports::{PortError, RemovedContentShelf, RemovedContentSource, SaveError, SettledPrints},
    removed_content::RemovedContentWatch,
};
use async_trait::async_trait;
use domain::{
    change::Change,
    event::Event,
    id::DecisionId,
    removed_content::{BankedRemoval, RemovedContent},
};

use crate::{Faults, locked};

const WHAT: &str = "removed content";

/// What of removed content is looked for, in memory: nothing until something is banked.
#[derive(Debug, Clone, Default)]
pub struct MemoryRemovedContent {
    faults: Faults,
    shelf: Arc<Mutex<Shelf>>,
}

#[derive(Debug, Default)]
struct Shelf {
    register: Arc<RemovedContent>,
    removals: BTreeMap<DecisionId, BankedRemoval>,
    objects: BTreeMap<String, Vec<u8>>,
    events: Vec<Event>,
    taken: usize,
}

impl MemoryRemovedContent {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// A watch over it, as a process has one.
    #[must_use]
    pub fn watch(&self) -> Arc<RemovedContentWatch> {
        let twin = Arc::new(self.clone());
        Arc::new(RemovedContentWatch::new(twin.clone(), twin, |_| {}))
    }

    /// Loses every object of settled prints: what nobody may do.
    pub fn spoil(&self) {
        locked(&self.shelf).objects.clear();
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
}

#[async_trait]
impl RemovedContentSource for MemoryRemovedContent {
    async fn current(&self) -> Result<Arc<RemovedContent>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.shelf).register.clone()))
    }
}

#[async_trait]
impl RemovedContentShelf for MemoryRemovedContent {
    async fn register(&self) -> Result<RemovedContent, PortError> {
        self.faults.around(WHAT, || Ok((*locked(&self.shelf).register).clone()))
    }

    async fn banked(&self, cause: DecisionId) -> Result<Option<BankedRemoval>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.shelf).removals.get(&cause).cloned()))
    }

    async fn put(&self, change: &Change<RemovedContent>, removal: &BankedRemoval) -> Result<(), SaveError> {
        self.faults.around(WHAT, || {
            let mut shelf = locked(&self.shelf);
            let known = shelf.removals.get(&removal.cause).map(|known| known.withdrawn);
            let fits = if removal.withdrawn { known != Some(true) } else { known.is_none() };
            if Some(shelf.register.version) != change.state.version.checked_sub(1) || !fits {
                return Err(SaveError::VersionConflict);
            }
            shelf.removals.insert(removal.cause, removal.clone());
            shelf.register = Arc::new(change.state.clone());
            shelf.events.push(change.event.clone());
            Ok(())
        })
    }
}

#[async_trait]
impl SettledPrints for MemoryRemovedContent {
    async fn keep(&self, sha256: &str, bytes: Vec<u8>) -> Result<(), PortError> {
        self.faults.around(WHAT, || {
            locked(&self.shelf).objects.entry(sha256.to_owned()).or_insert(bytes);
            Ok(())
        })
    }

    async fn fetch(&self, sha256: &str) -> Result<Vec<u8>, PortError> {
        self.faults.around(WHAT, || {
            let found = locked(&self.shelf).objects.get(sha256).cloned();
            found.ok_or_else(|| PortError::corrupt(WHAT, "there are no such prints"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[async_trait]
    impl contract::Outbox for MemoryRemovedContent {
        async fn events_of(&self, _: &str) -> Vec<Event> {
            self.events()
        }
    }

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        let twin = MemoryRemovedContent::default();
        contract::removed_content(&twin, &twin, &twin).await;
        contract::settled_prints(&twin).await;
    }
}
