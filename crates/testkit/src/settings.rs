use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use app::ports::{PortError, SaveError, SettingsShelf, SettingsSource};
use async_trait::async_trait;
use domain::{change::Change, event::Event, settings::Settings};

use crate::{Faults, locked};

const WHAT: &str = "settings";

/// The settings in memory: the starter document until another is put.
#[derive(Debug, Clone, Default)]
pub struct MemorySettings {
    faults: Faults,
    shelf: Arc<Mutex<Shelf>>,
}

#[derive(Debug, Default)]
struct Shelf {
    in_force: Settings,
    versions: BTreeMap<u32, Settings>,
    events: Vec<Event>,
    taken: usize,
}

impl MemorySettings {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// Puts `settings` in force without a file and without an event.
    pub fn put_in_force(&self, settings: Settings) {
        locked(&self.shelf).in_force = settings;
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
impl SettingsSource for MemorySettings {
    async fn current(&self) -> Result<Arc<Settings>, PortError> {
        self.faults.around(WHAT, || Ok(Arc::new(locked(&self.shelf).in_force.clone())))
    }
}

#[async_trait]
impl SettingsShelf for MemorySettings {
    async fn in_force(&self) -> Result<Settings, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.shelf).in_force.clone()))
    }

    async fn stored(&self, version: u32) -> Result<Option<Settings>, PortError> {
        self.faults.around(WHAT, || {
            let stored = locked(&self.shelf).versions.get(&version).cloned();
            Ok(stored.or_else(|| Some(Settings::default()).filter(|starter| starter.version == version)))
        })
    }

    async fn put(&self, change: &Change<Settings>, follows: u32) -> Result<(), SaveError> {
        self.faults.around(WHAT, || {
            let mut shelf = locked(&self.shelf);
            let version = change.state.version;
            if shelf.in_force.version != follows || shelf.versions.contains_key(&version) {
                return Err(SaveError::VersionConflict);
            }
            shelf.versions.insert(version, change.state.clone());
            shelf.in_force = change.state.clone();
            shelf.events.push(change.event.clone());
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[async_trait]
    impl contract::Outbox for MemorySettings {
        async fn events_of(&self, _: &str) -> Vec<Event> {
            self.events()
        }
    }

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        let twin = MemorySettings::default();
        contract::settings_shelf(&twin, &twin, &twin).await;
    }
}
