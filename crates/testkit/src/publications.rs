use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use app::ports::{PortError, PublicationRecord, PublicationShelf, PutOutcome};
use async_trait::async_trait;
use domain::id::PublicationId;

use crate::{Faults, locked};

const WHAT: &str = "publication shelf";

/// Publications in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryPublications {
    faults: Faults,
    records: Arc<Mutex<BTreeMap<PublicationId, PublicationRecord>>>,
}

impl MemoryPublications {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// Every record, by identifier.
    #[must_use]
    pub fn all(&self) -> Vec<PublicationRecord> {
        locked(&self.records).values().cloned().collect()
    }

    /// Puts a record there: the state in which a test begins.
    pub fn put(&self, record: PublicationRecord) {
        locked(&self.records).insert(record.publication.publication_id, record);
    }
}

#[async_trait]
impl PublicationShelf for MemoryPublications {
    async fn put_new(&self, record: &PublicationRecord) -> Result<PutOutcome, PortError> {
        self.faults.around(WHAT, || {
            let mut records = locked(&self.records);
            if let Some(known) = records.get(&record.publication.publication_id) {
                return Ok(PutOutcome::Exists(Box::new(known.clone())));
            }
            records.insert(record.publication.publication_id, record.clone());
            Ok(PutOutcome::Stored)
        })
    }

    async fn load(&self, publication_id: PublicationId) -> Result<Option<PublicationRecord>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.records).get(&publication_id).cloned()))
    }
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        crate::contract::publication_shelf(&super::MemoryPublications::default()).await;
    }
}
