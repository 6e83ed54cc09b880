use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use app::ports::{PackArchive, PackForm, PortError, RulePackShelf, RulePackSource, SaveError};
use async_trait::async_trait;
use domain::{
    change::Change,
    event::Event,
    rule_pack::{PublishedRulePack, RulePackRegister},
};

use crate::{Faults, locked};

const WHAT: &str = "rule packs";

/// The rule packs in memory: none until one is published.
#[derive(Debug, Clone, Default)]
pub struct MemoryRulePacks {
    faults: Faults,
    shelf: Arc<Mutex<Shelf>>,
}

#[derive(Debug, Default)]
struct Shelf {
    register: Arc<RulePackRegister>,
    history: BTreeMap<u32, PublishedRulePack>,
    refused: BTreeSet<String>,
    objects: BTreeMap<(String, PackForm), Vec<u8>>,
    events: Vec<Event>,
    taken: usize,
}

impl MemoryRulePacks {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// Loses a pack, or changes it when there are bytes: what nobody may do.
    pub fn spoil(&self, sha256: &str, form: PackForm, bytes: Option<Vec<u8>>) {
        let objects = &mut locked(&self.shelf).objects;
        match bytes {
            Some(bytes) => objects.insert((sha256.to_owned(), form), bytes),
            None => objects.remove(&(sha256.to_owned(), form)),
        };
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
impl RulePackSource for MemoryRulePacks {
    async fn current(&self) -> Result<Arc<RulePackRegister>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.shelf).register.clone()))
    }
}

#[async_trait]
impl RulePackShelf for MemoryRulePacks {
    async fn register(&self) -> Result<RulePackRegister, PortError> {
        self.faults.around(WHAT, || Ok((*locked(&self.shelf).register).clone()))
    }

    async fn published(&self, version: u32) -> Result<Option<PublishedRulePack>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.shelf).history.get(&version).cloned()))
    }

    async fn history(&self, before: Option<u32>, limit: usize) -> Result<Vec<PublishedRulePack>, PortError> {
        self.faults.around(WHAT, || {
            let shelf = locked(&self.shelf);
            let newest = shelf.history.range(..before.unwrap_or(u32::MAX)).rev();
            Ok(newest.take(limit).map(|(_, pack)| pack.clone()).collect())
        })
    }

    async fn put(&self, change: &Change<RulePackRegister>, added: Option<&PublishedRulePack>) -> Result<(), SaveError> {
        self.faults.around(WHAT, || {
            let mut shelf = locked(&self.shelf);
            let is_known = added.is_some_and(|added| shelf.history.contains_key(&added.pack.pack_version));
            if Some(shelf.register.version) != change.state.version.checked_sub(1) || is_known {
                return Err(SaveError::VersionConflict);
            }
            if let Some(added) = added {
                shelf.history.insert(added.pack.pack_version, added.clone());
            }
            shelf.register = Arc::new(change.state.clone());
            shelf.events.push(change.event.clone());
            Ok(())
        })
    }

    async fn note_refusal(&self, upload: &str, event: &Event) -> Result<(), PortError> {
        self.faults.around(WHAT, || {
            let mut shelf = locked(&self.shelf);
            if shelf.refused.insert(upload.to_owned()) {
                shelf.events.push(event.clone());
            }
            Ok(())
        })
    }
}

#[async_trait]
impl PackArchive for MemoryRulePacks {
    async fn keep(&self, sha256: &str, form: PackForm, bytes: Vec<u8>) -> Result<(), PortError> {
        self.faults.around(WHAT, || {
            locked(&self.shelf).objects.entry((sha256.to_owned(), form)).or_insert(bytes);
            Ok(())
        })
    }

    async fn fetch(&self, sha256: &str, form: PackForm) -> Result<Vec<u8>, PortError> {
        self.faults.around(WHAT, || {
            let found = locked(&self.shelf).objects.get(&(sha256.to_owned(), form)).cloned();
            found.ok_or_else(|| PortError::corrupt(WHAT, "there is no such pack"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[async_trait]
    impl contract::Outbox for MemoryRulePacks {
        async fn events_of(&self, _: &str) -> Vec<Event> {
            self.events()
        }
    }

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        let twin = MemoryRulePacks::default();
        contract::rule_pack_shelf(&twin, &twin, &twin).await;
        contract::pack_archive(&twin).await;
    }
}
