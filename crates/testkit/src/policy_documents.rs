use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use app::ports::{PolicyDocumentShelf, PolicyDocumentSource, PortError, SaveError};
use async_trait::async_trait;
use domain::{
    change::Change,
    event::Event,
    policy_document::{PolicyDocument, PolicyDocuments},
};

use crate::{Faults, locked, samples};

const WHAT: &str = "policy documents";

/// The policy documents in memory: none until one is put.
#[derive(Debug, Clone, Default)]
pub struct MemoryPolicyDocuments {
    faults: Faults,
    shelf: Arc<Mutex<Shelf>>,
}

#[derive(Debug, Default)]
struct Shelf {
    register: PolicyDocuments,
    versions: BTreeMap<(String, u32), PolicyDocument>,
    texts: BTreeMap<String, Vec<u8>>,
    events: Vec<Event>,
    taken: usize,
}

impl MemoryPolicyDocuments {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// The text that is kept under `sha256`.
    #[must_use]
    pub fn text(&self, sha256: &str) -> Option<Vec<u8>> {
        locked(&self.shelf).texts.get(sha256).cloned()
    }

    /// Adds a version, as an operator's file would.
    pub fn add(&self, document: PolicyDocument) {
        let mut shelf = locked(&self.shelf);
        let now = document.effective_at;
        shelf.register = shelf.register.clone().put(document, samples::reviewer("operator"), now).unwrap().state;
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
impl PolicyDocumentSource for MemoryPolicyDocuments {
    async fn current(&self) -> Result<Arc<PolicyDocuments>, PortError> {
        self.faults.around(WHAT, || Ok(Arc::new(locked(&self.shelf).register.clone())))
    }

    async fn latest(&self) -> Result<PolicyDocuments, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.shelf).register.clone()))
    }
}

#[async_trait]
impl PolicyDocumentShelf for MemoryPolicyDocuments {
    async fn register(&self) -> Result<PolicyDocuments, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.shelf).register.clone()))
    }

    async fn stored(&self, document_id: &str, version: u32) -> Result<Option<PolicyDocument>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.shelf).versions.get(&(document_id.to_owned(), version)).cloned()))
    }

    async fn keep_text(&self, sha256: &str, text: &[u8]) -> Result<(), PortError> {
        self.faults.around(WHAT, || {
            locked(&self.shelf).texts.entry(sha256.to_owned()).or_insert_with(|| text.to_vec());
            Ok(())
        })
    }

    async fn put(&self, change: &Change<PolicyDocuments>, added: &PolicyDocument) -> Result<(), SaveError> {
        self.faults.around(WHAT, || {
            let mut shelf = locked(&self.shelf);
            let name = (added.document_id.clone(), added.version);
            if Some(shelf.register.version) != change.state.version.checked_sub(1) || shelf.versions.contains_key(&name)
            {
                return Err(SaveError::VersionConflict);
            }
            shelf.versions.insert(name, added.clone());
            shelf.register = change.state.clone();
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
    impl contract::Outbox for MemoryPolicyDocuments {
        async fn events_of(&self, _: &str) -> Vec<Event> {
            self.events()
        }
    }

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        let twin = MemoryPolicyDocuments::default();
        contract::policy_document_shelf(&twin, &twin, &twin).await;
    }
}
