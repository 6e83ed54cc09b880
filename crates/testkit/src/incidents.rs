use std::sync::{Arc, Mutex};

use app::ports::{IncidentShelf, IncidentSource, PortError, SaveError};
use async_trait::async_trait;
use domain::{change::Change, event::Event, incident::IncidentMode};

use crate::{Faults, locked};

const WHAT: &str = "incident mode";

/// Incident mode in memory: nothing until something is declared.
#[derive(Debug, Clone, Default)]
pub struct MemoryIncidents {
    faults: Faults,
    shelf: Arc<Mutex<Shelf>>,
}

#[derive(Debug, Default)]
struct Shelf {
    mode: IncidentMode,
    events: Vec<Event>,
    taken: usize,
}

impl MemoryIncidents {
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
}

#[async_trait]
impl IncidentSource for MemoryIncidents {
    async fn current(&self) -> Result<Arc<IncidentMode>, PortError> {
        self.faults.around(WHAT, || Ok(Arc::new(locked(&self.shelf).mode.clone())))
    }
}

#[async_trait]
impl IncidentShelf for MemoryIncidents {
    async fn declared(&self) -> Result<IncidentMode, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.shelf).mode.clone()))
    }

    async fn put(&self, change: &Change<IncidentMode>) -> Result<(), SaveError> {
        self.faults.around(WHAT, || {
            let mut shelf = locked(&self.shelf);
            if Some(shelf.mode.version) != change.state.version.checked_sub(1) {
                return Err(SaveError::VersionConflict);
            }
            shelf.mode = change.state.clone();
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
    impl contract::Outbox for MemoryIncidents {
        async fn events_of(&self, _: &str) -> Vec<Event> {
            self.events()
        }
    }

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        let twin = MemoryIncidents::default();
        contract::incident_shelf(&twin, &twin, &twin).await;
    }
}
