use app::ports::{CaseHistory, Gone, PortError, RestingRow, RestingRows, RestingState};
use async_trait::async_trait;
use domain::{
    case::Case,
    event::Event,
    id::{ComplaintId, PublicationId},
    subject::Subject,
};
use evidence::object::LogHour;
use jiff::Timestamp;
use serde_json::json;

use crate::{MemoryCases, MemoryPublications, locked};

const WHAT: &str = "resting rows";

fn id<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(text: &str) -> Result<T, PortError> {
    text.parse().map_err(|error| PortError::refused(WHAT, error))
}

/// Of the events those that are told in the history of `owner`.
fn history<'a>(events: &'a [Event], owner: &str) -> Vec<&'a Event> {
    events.iter().filter(|event| crate::contract::owner_of(event) == owner).collect()
}

fn last(first: Timestamp, events: &[&Event]) -> Timestamp {
    events.iter().map(|event| event.occurred_at).fold(first, Timestamp::max)
}

#[async_trait]
impl RestingRows for MemoryPublications {
    async fn since(&self, hour: LogHour, limit: usize) -> Result<Vec<String>, PortError> {
        self.faults.around(WHAT, || {
            let tables = locked(&self.tables);
            let rests = tables.rests.iter().filter(|(_, since)| **since == hour);
            Ok(rests.map(|(id, _)| id.to_string()).take(limit).collect())
        })
    }

    async fn read(&self, name: &str) -> Result<Option<RestingRow>, PortError> {
        self.faults.around(WHAT, || {
            let (tables, publication_id) = (locked(&self.tables), id::<PublicationId>(name)?);
            let Some(record) = tables.records.get(&publication_id) else { return Ok(None) };
            let editions: Vec<_> = tables.editions.range((publication_id, 0)..=(publication_id, u64::MAX)).collect();
            let events = history(&tables.events, name);
            let first = record.publication.received_at;
            Ok(Some(RestingRow {
                id: name.to_owned(),
                version: record.publication.version,
                state: RestingState::Publication(Box::new(record.publication.clone())),
                rows: 1 + editions.len() + events.len(),
                text: json!([record, editions.iter().map(|(_, record)| record).collect::<Vec<_>>(), events])
                    .to_string(),
                first,
                last: last(first, &events),
            }))
        })
    }

    async fn put_off(&self, row: &RestingRow, hour: LogHour) -> Result<(), PortError> {
        self.faults.around(WHAT, || {
            let (mut tables, publication_id) = (locked(&self.tables), id::<PublicationId>(&row.id)?);
            let version = tables.records.get(&publication_id).map(|record| record.publication.version);
            if version == Some(row.version)
                && let Some(since) = tables.rests.get_mut(&publication_id)
            {
                *since = hour;
            }
            Ok(())
        })
    }

    async fn end(&self, row: &RestingRow, gone: Gone) -> Result<bool, PortError> {
        self.faults.around(WHAT, || {
            let (mut tables, publication_id) = (locked(&self.tables), id::<PublicationId>(&row.id)?);
            let version = tables.records.get(&publication_id).map(|record| record.publication.version);
            if version != Some(row.version) {
                return Ok(false);
            }
            tables.records.remove(&publication_id);
            tables.rests.remove(&publication_id);
            tables.editions.retain(|(id, _), _| *id != publication_id);
            tables.gone.insert(publication_id, gone.at);
            Ok(true)
        })
    }

    async fn clear(&self, _: &str) -> Result<(), PortError> {
        self.faults.around(WHAT, || Ok(()))
    }
}

#[async_trait]
impl RestingRows for MemoryCases {
    async fn since(&self, hour: LogHour, limit: usize) -> Result<Vec<String>, PortError> {
        self.faults.around(WHAT, || {
            let tables = locked(&self.tables);
            let rests = tables.rests.iter().filter(|(_, since)| **since == hour);
            Ok(rests.map(|(id, _)| id.to_string()).take(limit).collect())
        })
    }

    async fn read(&self, name: &str) -> Result<Option<RestingRow>, PortError> {
        self.faults.around(WHAT, || {
            let (tables, complaint_id) = (locked(&self.tables), id::<ComplaintId>(name)?);
            let Some(complaint) = tables.complaints.get(&complaint_id) else { return Ok(None) };
            let events = history(&tables.events, name);
            Ok(Some(RestingRow {
                id: name.to_owned(),
                version: complaint.version,
                state: RestingState::Complaint(Box::new(complaint.clone())),
                rows: 2 + events.len(),
                text: json!([complaint, tables.snapshots.get(&complaint_id), events]).to_string(),
                first: complaint.filed_at,
                last: last(complaint.filed_at, &events),
            }))
        })
    }

    async fn put_off(&self, row: &RestingRow, hour: LogHour) -> Result<(), PortError> {
        self.faults.around(WHAT, || {
            let (mut tables, complaint_id) = (locked(&self.tables), id::<ComplaintId>(&row.id)?);
            let version = tables.complaints.get(&complaint_id).map(|complaint| complaint.version);
            if version == Some(row.version) {
                tables.rests.insert(complaint_id, hour);
            }
            Ok(())
        })
    }

    async fn end(&self, row: &RestingRow, gone: Gone) -> Result<bool, PortError> {
        self.faults.around(WHAT, || {
            let (mut tables, complaint_id) = (locked(&self.tables), id::<ComplaintId>(&row.id)?);
            let version = tables.complaints.get(&complaint_id).map(|complaint| complaint.version);
            if version != Some(row.version) {
                return Ok(false);
            }
            if let Some(complaint) = tables.complaints.remove(&complaint_id) {
                tables.receipts.remove(&complaint.receipt);
                tables.gone.insert(complaint.receipt, gone.at);
            }
            tables.snapshots.remove(&complaint_id);
            tables.rests.remove(&complaint_id);
            tables.taken.retain(|(_, taken)| *taken != complaint_id);
            Ok(true)
        })
    }

    async fn clear(&self, _: &str) -> Result<(), PortError> {
        self.faults.around(WHAT, || Ok(()))
    }
}

#[async_trait]
impl CaseHistory for MemoryCases {
    async fn about(&self, subject: &Subject) -> Result<Vec<Case>, PortError> {
        self.faults.around(WHAT, || {
            let tables = locked(&self.tables);
            let mut about: Vec<Case> = tables.cases.values().filter(|case| case.subject == *subject).cloned().collect();
            about.sort_by_key(|case| case.case_id);
            Ok(about)
        })
    }
}
