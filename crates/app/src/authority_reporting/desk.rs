use std::sync::Arc;

use domain::{
    actor::Actor,
    authority_report::{AuthorityReport, ReportNumber, ReportRefusal, year_of},
};

use super::TRIES;
use crate::{
    error::AppError,
    ports::{Clock, ReportLedger, SaveError},
};

/// What staff do with reports: read them, and note that the office has one.
pub struct AuthorityReportDesk {
    pub ledger: Arc<dyn ReportLedger>,
    pub clock: Arc<dyn Clock>,
}

/// Reports, the latest first.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportPage {
    pub reports: Vec<AuthorityReport>,
    /// Where the next page begins, if there is one.
    pub next_before: Option<u32>,
}

impl AuthorityReportDesk {
    /// The reports of the year; of this one unless another is named.
    ///
    /// # Errors
    /// When the ledger does not work.
    pub async fn page(&self, year: Option<i16>, before: Option<u32>, limit: usize) -> Result<ReportPage, AppError> {
        let year = year.unwrap_or_else(|| year_of(self.clock.now()));
        let mut reports = self.ledger.page(year, before, limit + 1).await?;
        let more = reports.len() > limit;
        reports.truncate(limit);
        let next_before = reports.last().filter(|_| more).map(|last| last.number.serial);
        Ok(ReportPage { reports, next_before })
    }

    /// # Errors
    /// When there is no such report, or the ledger does not work.
    pub async fn read(&self, number: ReportNumber) -> Result<AuthorityReport, AppError> {
        Ok(self.ledger.report(number).await?.ok_or(ReportRefusal::Unknown)?)
    }

    /// Notes that the office has the report.
    ///
    /// # Errors
    /// When there is no such report, it is acknowledged under another reference, or the ledger does not work.
    pub async fn acknowledge(
        &self,
        number: ReportNumber,
        reference: &str,
        actor: &Actor,
    ) -> Result<AuthorityReport, AppError> {
        for _ in 0..TRIES {
            let report = self.read(number).await?;
            let Some(change) = report.clone().acknowledge(reference, actor.clone(), self.clock.now())? else {
                return Ok(report);
            };
            match self.ledger.save(&change).await {
                Ok(()) => return Ok(change.state),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected: 0 })
    }
}
