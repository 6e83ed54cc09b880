use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use app::ports::{PortError, ProtectedNameShelf, ProtectedNames, SaveError};
use async_trait::async_trait;
use domain::{
    actor::Actor,
    change::Change,
    display_name::NameSkeleton,
    event::Event,
    protected_name::{ListInForce, ProtectedName},
};

use crate::{Faults, locked, samples::NOON};

const WHAT: &str = "protected names";

/// The lists of protected names in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryProtectedNames {
    faults: Faults,
    shelf: Arc<Mutex<Shelf>>,
}

#[derive(Debug, Default)]
struct Shelf {
    in_force: Option<ListInForce>,
    versions: BTreeMap<u32, ListInForce>,
    lists: BTreeMap<String, BTreeMap<NameSkeleton, ProtectedName>>,
    events: Vec<Event>,
    taken: usize,
}

impl MemoryProtectedNames {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// Puts a name on the list in force: the state in which a test begins.
    pub fn protect(&self, name: ProtectedName) {
        let shelf = &mut *locked(&self.shelf);
        let in_force = shelf.in_force.get_or_insert_with(|| {
            let first = ListInForce::follow(1, ("0".repeat(64).as_str(), 1), None, Actor::function("test"), NOON);
            first.expect("nothing is in force").state
        });
        shelf.lists.entry(in_force.sha256.clone()).or_default().insert(name.skeleton.clone(), name);
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

    /// The lists that something is stored of.
    #[must_use]
    pub fn lists(&self) -> Vec<String> {
        locked(&self.shelf).lists.keys().cloned().collect()
    }
}

#[async_trait]
impl ProtectedNames for MemoryProtectedNames {
    async fn among(&self, skeletons: &[NameSkeleton]) -> Result<Vec<ProtectedName>, PortError> {
        self.faults.around(WHAT, || {
            let shelf = locked(&self.shelf);
            let Some(names) = shelf.in_force.as_ref().and_then(|list| shelf.lists.get(&list.sha256)) else {
                return Ok(vec![]);
            };
            Ok(skeletons.iter().filter_map(|skeleton| names.get(skeleton).cloned()).collect())
        })
    }
}

#[async_trait]
impl ProtectedNameShelf for MemoryProtectedNames {
    async fn in_force(&self) -> Result<Option<ListInForce>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.shelf).in_force.clone()))
    }

    async fn stored(&self, version: u32) -> Result<Option<ListInForce>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.shelf).versions.get(&version).cloned()))
    }

    async fn lay_out(&self, sha256: &str, names: &[ProtectedName]) -> Result<(), PortError> {
        self.faults.around(WHAT, || {
            let names = names.iter().map(|name| (name.skeleton.clone(), name.clone()));
            locked(&self.shelf).lists.entry(sha256.to_owned()).or_default().extend(names);
            Ok(())
        })
    }

    async fn put(&self, change: &Change<ListInForce>, follows: Option<u32>) -> Result<(), SaveError> {
        self.faults.around(WHAT, || {
            let mut shelf = locked(&self.shelf);
            let version = change.state.version;
            if shelf.in_force.as_ref().map(|list| list.version) != follows || shelf.versions.contains_key(&version) {
                return Err(SaveError::VersionConflict);
            }
            shelf.versions.insert(version, change.state.clone());
            shelf.in_force = Some(change.state.clone());
            shelf.events.push(change.event.clone());
            Ok(())
        })
    }

    async fn clear(&self, sha256: &str) -> Result<(), PortError> {
        self.faults.around(WHAT, || {
            locked(&self.shelf).lists.remove(sha256);
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[async_trait]
    impl contract::Outbox for MemoryProtectedNames {
        async fn events_of(&self, _: &str) -> Vec<Event> {
            self.events()
        }
    }

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        let twin = MemoryProtectedNames::default();
        contract::protected_names(&twin, &twin, &twin).await;
    }
}
