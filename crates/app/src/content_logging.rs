//! From the log queue to locked objects (R16.2).

use std::sync::Arc;

use domain::retention::RetentionPeriod;
use evidence::{
    object::{LogObject, pack},
    record::LogRecord,
};

use crate::{
    error::AppError,
    ports::{Clock, ContentLog, LoggedPublications, PortError, SealIntake, WriteOutcome},
};

/// Writes log records, many to an object.
pub struct ContentLogger {
    pub log: Arc<dyn ContentLog>,
    pub seals: Arc<dyn SealIntake>,
    pub logged: Arc<dyn LoggedPublications>,
    pub clock: Arc<dyn Clock>,
    pub period: RetentionPeriod,
}

/// What a batch of records became.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Logged {
    pub records: usize,
    pub objects: usize,
    pub bytes: usize,
    /// Objects that an earlier delivery of the same records had written.
    pub existed: usize,
}

impl ContentLogger {
    /// Writes all of `records`; returns when the last object is durable, entered for its seal and noted for the reconciler. The same records again give the same objects
    /// and change nothing.
    ///
    /// # Errors
    /// When an object could not be written; others of the same call may have been.
    pub async fn write(&self, records: Vec<LogRecord>) -> Result<Logged, AppError> {
        let objects = pack(records, &self.period).map_err(|error| PortError::corrupt("the log batch", error))?;
        let outcomes = futures::future::try_join_all(objects.iter().map(|object| self.log.write(object))).await?;
        // Those as well that were there before: whoever wrote them may have died before entering them.
        let entries: Vec<_> = objects.iter().map(LogObject::entry).collect();
        let noted = futures::future::try_join_all(objects.iter().map(|object| self.logged.note(object)));
        futures::try_join!(self.seals.enter(&entries, self.clock.now()), noted)?;
        Ok(Logged {
            records: objects.iter().map(|object: &LogObject| object.records).sum(),
            objects: objects.len(),
            bytes: objects.iter().map(|object| object.bytes.len()).sum(),
            existed: outcomes.iter().filter(|outcome| **outcome == WriteOutcome::Existed).count(),
        })
    }
}
