//! Draws up the result when every hour is read.

use domain::{
    actor::Actor,
    backtest::{Backtest, BacktestOutcome},
};
use evidence::object::LogHour;
use futures::{StreamExt, stream};

use super::{Backtester, WHAT, WORKER, planning::RulesOnTrial, result::BacktestResult, tally::Tally};
use crate::{
    error::AppError,
    ports::{BacktestFile, PortError, SaveError},
};

/// How many hours are read at a time.
const AT_A_TIME: usize = 8;

impl Backtester {
    /// Ends the backtest if every hour is read. `None` when one is not, or somebody else has ended it. Of two results the
    /// first one stands.
    ///
    /// # Errors
    /// When a port does not work.
    pub(super) async fn close(&self, backtest: Backtest) -> Result<Option<BacktestOutcome>, AppError> {
        let id = backtest.backtest_id;
        if (self.shelf.done(id).await?.len() as u64) < backtest.hours() {
            return Ok(None);
        }
        let mut all = Tally::default();
        {
            let hours = stream::iter(backtest.each_hour()).map(|hour| self.tally(&backtest, LogHour::of(hour)));
            let mut hours = hours.buffered(AT_A_TIME);
            while let Some(tally) = hours.next().await {
                all.add(tally?.ok_or_else(|| PortError::corrupt(WHAT, "an hour that was read is not there"))?);
            }
        }
        let rules = self.files.read(id, BacktestFile::Rules).await?;
        let rules = rules.ok_or_else(|| PortError::corrupt(WHAT, "the rules are not there"))?;
        let rules: RulesOnTrial = serde_json::from_slice(&rules).map_err(|error| PortError::corrupt(WHAT, error))?;
        let decided = self.reviewed(&all).await?;
        let result = BacktestResult::of(&backtest, rules, all, &decided);
        let bytes = serde_json::to_vec_pretty(&result).map_err(|error| PortError::refused(WHAT, error))?;
        let stands = self.files.keep(id, BacktestFile::Result, &bytes).await?;
        let stands: BacktestResult =
            serde_json::from_slice(&stands).map_err(|error| PortError::corrupt(WHAT, error))?;
        let outcome = stands.outcome();
        let Some(change) = backtest.end(Ok(outcome), Actor::function(WORKER), self.clock.now()) else {
            return Ok(None);
        };
        match self.shelf.save(&change).await {
            Ok(()) => Ok(Some(outcome)),
            // Another worker was faster, with the same result, or it was called off.
            Err(SaveError::VersionConflict) => Ok(None),
            Err(SaveError::Port(error)) => Err(error.into()),
        }
    }
}
