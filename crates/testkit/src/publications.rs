use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use app::ports::{
    Accepted, AcceptedPublications, PortError, PublicationRecord, PublicationShelf, PutOutcome, SaveError,
};
use async_trait::async_trait;
use domain::{change::Change, event::Event, id::PublicationId};
use evidence::{object::LogHour, record::LogRecord};
use jiff::Timestamp;

use crate::{Faults, locked};

const WHAT: &str = "publication shelf";

/// Publications in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryPublications {
    pub(crate) faults: Faults,
    pub(crate) tables: Arc<Mutex<Tables>>,
}

#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(crate) records: BTreeMap<PublicationId, PublicationRecord>,
    /// What the records were before their edits.
    pub(crate) editions: BTreeMap<(PublicationId, u64), PublicationRecord>,
    /// Since when those rest that do.
    pub(crate) rests: BTreeMap<PublicationId, LogHour>,
    /// When those ended that did.
    pub(crate) gone: BTreeMap<PublicationId, Timestamp>,
    pub(crate) events: Vec<Event>,
    /// How many of the events the stream has given out.
    streamed: usize,
}

impl Tables {
    fn save(&mut self, change: &Change<PublicationRecord>) -> Result<(), SaveError> {
        let publication = &change.state.publication;
        let stored = self.records.get(&publication.publication_id).map(|known| known.publication.version);
        if stored.map(|version| version + 1) != Some(publication.version) {
            return Err(SaveError::VersionConflict);
        }
        self.store(&change.state, change.event.occurred_at);
        self.events.push(change.event.clone());
        Ok(())
    }

    fn store(&mut self, record: &PublicationRecord, at: Timestamp) {
        let publication_id = record.publication.publication_id;
        if record.publication.is_at_rest() {
            self.rests.insert(publication_id, LogHour::of(at));
        } else {
            self.rests.remove(&publication_id);
        }
        self.records.insert(publication_id, record.clone());
    }
}

impl MemoryPublications {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// Every record, by identifier.
    #[must_use]
    pub fn all(&self) -> Vec<PublicationRecord> {
        locked(&self.tables).records.values().cloned().collect()
    }

    /// The events that the stream has not given yet, in order.
    #[must_use]
    pub fn take_events(&self) -> Vec<Event> {
        let mut tables = locked(&self.tables);
        let from = tables.streamed;
        tables.streamed = tables.events.len();
        tables.events[from..].to_vec()
    }

    /// Every event ever stored, in order.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        locked(&self.tables).events.clone()
    }

    /// Puts a record there: the state in which a test begins.
    #[expect(clippy::needless_pass_by_value, reason = "as the twins of other rows take theirs")]
    pub fn put(&self, record: PublicationRecord) {
        let at = record.publication.received_at;
        locked(&self.tables).store(&record, at);
    }
}

#[async_trait]
impl AcceptedPublications for MemoryPublications {
    async fn accepted_in(&self, hour: LogHour) -> Result<Vec<Accepted>, PortError> {
        self.faults.around(WHAT, || {
            let tables = locked(&self.tables);
            let latest = tables.records.values().map(|record| (record, None));
            let earlier = tables.editions.iter().map(|((_, edition), record)| (record, Some(*edition)));
            let of_hour = |it: &(&PublicationRecord, _)| LogHour::of(it.0.publication.edition_received_at()) == hour;
            let accepted = latest.chain(earlier).filter(of_hour).map(|(record, earlier_edition)| Accepted {
                record_id: LogRecord::publication_id(&record.publication),
                publication_id: record.publication.publication_id,
                earlier_edition,
            });
            let mut accepted: Vec<Accepted> = accepted.collect();
            accepted.sort();
            Ok(accepted)
        })
    }
}

#[async_trait]
impl PublicationShelf for MemoryPublications {
    async fn put_new(&self, record: &PublicationRecord) -> Result<PutOutcome, PortError> {
        self.faults.around(WHAT, || {
            let mut tables = locked(&self.tables);
            if let Some(known) = tables.records.get(&record.publication.publication_id) {
                return Ok(PutOutcome::Exists(Box::new(known.clone())));
            }
            if tables.gone.contains_key(&record.publication.publication_id) {
                return Ok(PutOutcome::Expired);
            }
            tables.store(record, record.publication.received_at);
            Ok(PutOutcome::Stored)
        })
    }

    async fn save(&self, change: &Change<PublicationRecord>) -> Result<(), SaveError> {
        self.faults.around(WHAT, || locked(&self.tables).save(change))
    }

    async fn save_edition(
        &self,
        change: &Change<PublicationRecord>,
        earlier: &PublicationRecord,
    ) -> Result<(), SaveError> {
        self.faults.around(WHAT, || {
            let mut tables = locked(&self.tables);
            tables.save(change)?;
            let key = (earlier.publication.publication_id, earlier.publication.edition);
            tables.editions.insert(key, earlier.clone());
            Ok(())
        })
    }

    async fn edition(
        &self,
        publication_id: PublicationId,
        edition: u64,
    ) -> Result<Option<PublicationRecord>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.tables).editions.get(&(publication_id, edition)).cloned()))
    }

    async fn editions(&self, publication_id: PublicationId, limit: usize) -> Result<Vec<PublicationRecord>, PortError> {
        self.faults.around(WHAT, || {
            let tables = locked(&self.tables);
            let all = tables.editions.range((publication_id, 0)..=(publication_id, u64::MAX)).rev();
            Ok(all.take(limit).map(|(_, record)| record.clone()).collect())
        })
    }

    async fn load(&self, publication_id: PublicationId) -> Result<Option<PublicationRecord>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.tables).records.get(&publication_id).cloned()))
    }

    async fn expired_at(&self, publication_id: PublicationId) -> Result<Option<Timestamp>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.tables).gone.get(&publication_id).copied()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[async_trait]
    impl contract::Outbox for MemoryPublications {
        async fn events_of(&self, owner: &str) -> Vec<Event> {
            self.events().into_iter().filter(|event| contract::owner_of(event) == owner).collect()
        }
    }

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        let twin = MemoryPublications::default();
        contract::publication_shelf(&twin, &twin).await;
        let twin = MemoryPublications::default();
        contract::accepted_publications(&twin, &twin).await;
        let twin = MemoryPublications::default();
        contract::resting_publications(&twin, &twin).await;
    }
}
