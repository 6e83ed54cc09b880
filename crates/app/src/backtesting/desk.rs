//! Takes orders for backtests, tells how far they have come, and calls them off.

use std::{collections::BTreeMap, sync::Arc};

use data_encoding::HEXLOWER;
use domain::{
    actor::Actor,
    backtest::{Backtest, BacktestFailure, BacktestRefusal, BacktestState, MOST_RULES, NewBacktest, TriedPack},
    id::BacktestId,
};
use jiff::Timestamp;
use screening::{
    source::{Hashes, Manifest},
    trial::{Trial, TrialError},
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    error::AppError,
    ports::{
        BacktestFile, BacktestFiles, BacktestPage, BacktestShelf, Clock, PortError, RulePackShelf, SaveError,
        SettingsSource,
    },
};

/// It ends while somebody calls it off: the second try sees that.
const TRIES: usize = 5;

/// Whose rules are to be tried.
#[derive(Debug, Clone)]
pub enum PackToTry {
    /// The text of a `rule-pack.yaml` without files.
    Draft(String),
    /// The version under which it was published.
    Published(u32),
}

/// A backtest as it is ordered.
#[derive(Debug, Clone)]
pub struct OrderBacktest {
    /// Names the backtest; a second try of the same order meets the first.
    pub operation_id: Uuid,
    pub pack: PackToTry,
    /// None named: all that have not expired.
    pub rules: Vec<String>,
    pub from: Timestamp,
    pub until: Timestamp,
    pub reason: String,
    pub actor: Actor,
}

/// How far a backtest has come.
#[derive(Debug, Clone, PartialEq)]
pub struct BacktestView {
    pub backtest: Backtest,
    pub hours_done: u64,
    /// What was read so far, and met.
    pub contents: u64,
    pub hits: u64,
    /// Where the result can be had for some minutes, when there is one.
    pub result_url: Option<String>,
}

/// Takes orders.
pub struct BacktestDesk {
    pub shelf: Arc<dyn BacktestShelf>,
    pub files: Arc<dyn BacktestFiles>,
    pub packs: Arc<dyn RulePackShelf>,
    pub settings: Arc<dyn SettingsSource>,
    pub clock: Arc<dyn Clock>,
}

impl BacktestDesk {
    /// Orders a backtest. A draft is judged as a whole, examples included, before anything is read.
    ///
    /// # Errors
    /// When the draft is no pack or the version is none, nothing of it can be tried, the period is not one that the
    /// settings allow, or a port does not work.
    pub async fn order(&self, command: OrderBacktest) -> Result<Backtest, AppError> {
        let OrderBacktest { operation_id, pack, rules, from, until, reason, actor } = command;
        let backtest_id = BacktestId::from_uuid(operation_id);
        if let Some(stands) = self.shelf.backtest(backtest_id).await? {
            return Ok(stands);
        }
        let settings = self.settings.current().await?;
        let (tried, draft) = match pack {
            PackToTry::Draft(text) => (judged(&text, &rules)?, Some(text)),
            PackToTry::Published(version) => {
                let published = self.packs.published(version).await?.ok_or(AppError::RulePackNotFound)?;
                (TriedPack::Published { pack: published.pack }, None)
            }
        };
        let new = NewBacktest { backtest_id, pack: tried, rules, from, until, reason };
        let change = Backtest::order(new, &settings.backtests, actor, self.clock.now())?;
        if let Some(text) = draft {
            // Before the order, so that whoever finds the one finds the other.
            self.files.keep(backtest_id, BacktestFile::Draft, text.as_bytes()).await?;
        }
        match self.shelf.save(&change).await {
            Ok(()) => Ok(change.state),
            // An earlier try of the same order.
            Err(SaveError::VersionConflict) => self.load(backtest_id).await,
            Err(SaveError::Port(error)) => Err(error.into()),
        }
    }

    /// # Errors
    /// When there is no such backtest, or a port does not work.
    pub async fn show(&self, backtest_id: BacktestId) -> Result<BacktestView, AppError> {
        let backtest = self.load(backtest_id).await?;
        let done = self.shelf.done(backtest_id).await?;
        let result_url = match backtest.state {
            BacktestState::Finished { .. } => Some(self.files.link(backtest_id, self.clock.now()).await?),
            _ => None,
        };
        Ok(match backtest.state {
            // What was noted of its hours may be forgotten by now.
            BacktestState::Finished { outcome, .. } => BacktestView {
                hours_done: backtest.hours(),
                contents: outcome.contents,
                hits: outcome.hits,
                result_url,
                backtest,
            },
            _ => BacktestView {
                hours_done: done.len() as u64,
                contents: done.iter().map(|hour| hour.contents).sum(),
                hits: done.iter().map(|hour| hour.hits).sum(),
                result_url,
                backtest,
            },
        })
    }

    /// A page of all backtests, the latest first.
    ///
    /// # Errors
    /// When the cursor is not one that a page gave, or a port does not work.
    pub async fn list(&self, limit: usize, cursor: Option<&str>) -> Result<BacktestPage, AppError> {
        self.shelf.list(limit, cursor).await.map_err(|error| match error {
            PortError::Refused { .. } if cursor.is_some() => AppError::CursorUnknown,
            other => other.into(),
        })
    }

    /// Calls the backtest off: no further hour is read.
    ///
    /// # Errors
    /// When there is no such backtest, it has ended, or a port does not work.
    pub async fn cancel(&self, backtest_id: BacktestId, actor: &Actor) -> Result<Backtest, AppError> {
        let mut expected = 0;
        for _ in 0..TRIES {
            let backtest = self.load(backtest_id).await?;
            if let BacktestState::Cancelled { cancelled_by, .. } = &backtest.state
                && cancelled_by == actor
            {
                return Ok(backtest);
            }
            expected = backtest.version;
            let change = backtest.cancel(actor.clone(), self.clock.now())?;
            match self.shelf.save(&change).await {
                Ok(()) => return Ok(change.state),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    async fn load(&self, backtest_id: BacktestId) -> Result<Backtest, AppError> {
        self.shelf.backtest(backtest_id).await?.ok_or(AppError::BacktestNotFound)
    }
}

/// The draft, if it is a pack with something to try.
fn judged(text: &str, rules: &[String]) -> Result<TriedPack, AppError> {
    let checked = Manifest::read(text.as_bytes())
        .and_then(|manifest| manifest.check(&BTreeMap::new(), Hashes::IfGiven))
        .map_err(AppError::DraftPack)?;
    let (pack_id, pack_version) = (checked.pack.id.clone(), checked.pack.version);
    Trial::of(checked.pack, rules, MOST_RULES).map_err(|error| BacktestRefusal::Rules(failure(error)))?;
    let sha256 = HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
    Ok(TriedPack::Draft { pack_id, pack_version, sha256 })
}

pub(super) const fn failure(error: TrialError) -> BacktestFailure {
    match error {
        TrialError::RuleUnknown => BacktestFailure::RuleUnknown,
        TrialError::TooManyRules => BacktestFailure::TooManyRules,
        TrialError::NothingToTry => BacktestFailure::NothingToTry,
    }
}
