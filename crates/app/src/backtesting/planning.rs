//! Makes the engine of a backtest that was ordered, and sends its hours on their way.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    actor::Actor,
    backtest::{Backtest, BacktestFailure, MOST_RULES, TriedPack},
    event::{Event, EventBody},
    id::BacktestId,
};
use screening::{
    source::{Hashes, Manifest},
    trial::{NotTried, Trial, TriedRule},
};
use serde::{Deserialize, Serialize};

use super::{BacktestOrder, BacktestWork, Backtester, WHAT, WORKER, desk::failure};
use crate::{
    error::AppError,
    ports::{BacktestFile, PackForm, PortError, SaveError},
    rule_packs::source,
};

/// What is kept of the pack beside the engine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct RulesOnTrial {
    pub rules: Vec<TriedRule>,
    pub not_tried: Vec<NotTried>,
}

impl Backtester {
    /// Plans the backtest that the event has ordered. Safe to call again after any failure: hours that were read are not
    /// read again.
    ///
    /// # Errors
    /// When a port does not work; the event is to be delivered again.
    pub async fn begin(&self, event: &Event) -> Result<BacktestWork, AppError> {
        let EventBody::BacktestOrdered { backtest } = &event.body else { return Ok(BacktestWork::Nothing) };
        let Some(backtest) = self.running(backtest.backtest_id).await? else { return Ok(BacktestWork::Nothing) };
        if let Err(reason) = self.prepare(&backtest).await? {
            return self.fail(backtest, reason).await;
        }
        let done: BTreeSet<_> =
            self.shelf.done(backtest.backtest_id).await?.into_iter().map(|done| done.hour).collect();
        let left = backtest.each_hour().filter(|hour| !done.contains(hour));
        let orders: Vec<BacktestOrder> =
            left.map(|hour| BacktestOrder { backtest_id: backtest.backtest_id, hour }).collect();
        if orders.is_empty() {
            return self
                .close(backtest)
                .await
                .map(|outcome| outcome.map_or(BacktestWork::Nothing, BacktestWork::Finished));
        }
        self.queue.send(&orders).await?;
        Ok(BacktestWork::Planned { hours: orders.len() })
    }

    /// The backtest, while it runs.
    pub(super) async fn running(&self, backtest_id: BacktestId) -> Result<Option<Backtest>, AppError> {
        let backtest = self.shelf.backtest(backtest_id).await?.ok_or(AppError::BacktestNotFound)?;
        Ok(Some(backtest).filter(Backtest::is_running))
    }

    /// Compiles what is tried, once.
    async fn prepare(&self, backtest: &Backtest) -> Result<Result<(), BacktestFailure>, AppError> {
        let id = backtest.backtest_id;
        if self.files.read(id, BacktestFile::Compiled).await?.is_some() {
            return Ok(Ok(()));
        }
        let pack = match &backtest.pack {
            TriedPack::Draft { .. } => {
                let text = self.files.read(id, BacktestFile::Draft).await?;
                let text = text.ok_or_else(|| PortError::corrupt(WHAT, "the draft is not there"))?;
                let checked = Manifest::read(&text).and_then(|draft| draft.check(&BTreeMap::new(), Hashes::IfGiven));
                checked.map_err(|_| BacktestFailure::PackUnusable)
            }
            TriedPack::Published { pack } => {
                let bundle = self.packs.fetch(&pack.sha256, PackForm::Source).await?;
                source::checked(&bundle).map_err(|_| BacktestFailure::PackUnusable)
            }
        };
        let trial = match pack {
            Ok(checked) => Trial::of(checked.pack, &backtest.rules, MOST_RULES).map_err(failure),
            Err(unusable) => Err(unusable),
        };
        let trial = match trial {
            Ok(trial) => trial,
            Err(reason) => return Ok(Err(reason)),
        };
        let engine = trial.pack.compile().map_err(|_| BacktestFailure::PackUnusable);
        let artefact = engine.and_then(|it| trial.pack.artefact(&it).map_err(|_| BacktestFailure::PackUnusable));
        let artefact = match artefact {
            Ok(artefact) => artefact,
            Err(reason) => return Ok(Err(reason)),
        };
        let rules = RulesOnTrial { rules: trial.rules, not_tried: trial.not_tried };
        let rules = serde_json::to_vec(&rules).map_err(|error| PortError::refused(WHAT, error))?;
        self.files.keep(id, BacktestFile::Rules, &rules).await?;
        // Last: whoever finds it finds the others.
        self.files.keep(id, BacktestFile::Compiled, &artefact).await?;
        Ok(Ok(()))
    }

    async fn fail(&self, backtest: Backtest, reason: BacktestFailure) -> Result<BacktestWork, AppError> {
        let Some(change) = backtest.end(Err(reason), Actor::function(WORKER), self.clock.now()) else {
            return Ok(BacktestWork::Nothing);
        };
        match self.shelf.save(&change).await {
            Ok(()) => Ok(BacktestWork::Failed(reason)),
            // Called off meanwhile, or failed by another worker.
            Err(SaveError::VersionConflict) => Ok(BacktestWork::Nothing),
            Err(SaveError::Port(error)) => Err(error.into()),
        }
    }
}
