use async_trait::async_trait;
use domain::{
    authority_report::{AuthorityReport, ReportCause, ReportNumber},
    change::Change,
};

use super::{PortError, SaveError};

/// The reports to the office (R11.2, R13.1, R13.2). Everything but [`page`](Self::page) is strongly consistent.
#[async_trait]
pub trait ReportLedger: Send + Sync {
    /// The serial of the last report of the year; 0 when there is none.
    async fn last(&self, year: i16) -> Result<u32, PortError>;

    async fn report(&self, number: ReportNumber) -> Result<Option<AuthorityReport>, PortError>;

    /// The report that was made of it.
    async fn about(&self, cause: ReportCause) -> Result<Option<AuthorityReport>, PortError>;

    /// Stores a new report with its event. A conflict when its number does not follow the last one of its year, or its
    /// cause is reported: no number is left out, and nothing is reported twice.
    async fn enter(&self, change: &Change<AuthorityReport>) -> Result<(), SaveError>;

    /// Stores a change of its standing with the event, on the condition that the stored version is the one before.
    async fn save(&self, change: &Change<AuthorityReport>) -> Result<(), SaveError>;

    /// The reports of the year, the latest first, from below `before`.
    async fn page(&self, year: i16, before: Option<u32>, limit: usize) -> Result<Vec<AuthorityReport>, PortError>;
}

/// The files of the reports, for whoever takes them to the office.
#[async_trait]
pub trait ReportFiles: Send + Sync {
    /// Puts the file of the report. The same report again is no other file.
    async fn put(&self, report: &AuthorityReport) -> Result<(), PortError>;
}
