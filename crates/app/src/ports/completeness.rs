use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::{
    event::Event,
    id::{PublicationId, RecordId},
};
use evidence::object::{LogHour, LogObject};

use super::PortError;

/// An edition of a publication that was taken in, and the record that is to tell of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Accepted {
    pub record_id: RecordId,
    pub publication_id: PublicationId,
    /// `None`: the latest.
    pub earlier_edition: Option<u64>,
}

/// What was accepted, by the hour of receipt (B11).
#[async_trait]
pub trait AcceptedPublications: Send + Sync {
    /// Every edition received in the hour, by `record_id`. May lag behind writes by a moment.
    async fn accepted_in(&self, hour: LogHour) -> Result<Vec<Accepted>, PortError>;
}

/// Which records of publications are in the log, by the hour of receipt (B11).
#[async_trait]
pub trait LoggedPublications: Send + Sync {
    /// Notes the records of publications in an object that is durable. The same again changes nothing.
    async fn note(&self, object: &LogObject) -> Result<(), PortError>;

    /// Everything that was noted of the hour, while it is remembered: two months at least. Strongly consistent.
    async fn logged_in(&self, hour: LogHour) -> Result<BTreeSet<RecordId>, PortError>;
}

/// Where the outcome of a reconciliation is put on record.
#[async_trait]
pub trait ReconciliationBook: Send + Sync {
    /// Stores the event of a run, which is named by its version; the same version again changes nothing.
    async fn put(&self, event: &Event) -> Result<(), PortError>;
}
