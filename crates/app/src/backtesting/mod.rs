//! Backtests (B4): rules on trial, run over what the record holds of a period. [`BacktestDesk`] takes the order,
//! [`Backtester`] reads the hours, each as a message of its own, and draws up the result when the last one is read.

mod closing;
mod content;
mod desk;
mod engine;
mod planning;
mod reading;
mod result;
mod reviewed;
mod tally;

use std::sync::Arc;

use domain::{
    backtest::{BacktestFailure, BacktestOutcome},
    id::BacktestId,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::{
    desk::{BacktestDesk, BacktestView, OrderBacktest, PackToTry},
    engine::LastEngine,
    result::{BacktestResult, RuleResult, SCHEMA, SampleResult},
    reviewed::{Decided, Reviewed},
    tally::{Effects, Tally},
};
use crate::ports::{
    BacktestFiles, BacktestQueue, BacktestShelf, Clock, CommentShelf, HourDone, LogReader, PackArchive,
    PublicationShelf,
};

const WHAT: &str = "backtest";

/// Who ends backtests.
const WORKER: &str = "backtester";

/// An hour of the log to be read for a backtest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BacktestOrder {
    pub backtest_id: BacktestId,
    /// Its start.
    pub hour: Timestamp,
}

/// Runs backtests.
pub struct Backtester {
    pub shelf: Arc<dyn BacktestShelf>,
    pub files: Arc<dyn BacktestFiles>,
    pub queue: Arc<dyn BacktestQueue>,
    pub log: Arc<dyn LogReader>,
    /// Packs that were published.
    pub packs: Arc<dyn PackArchive>,
    /// What became of what was met.
    pub publications: Arc<dyn PublicationShelf>,
    pub comments: Arc<dyn CommentShelf>,
    pub clock: Arc<dyn Clock>,
    /// The engine of the backtest that this process read for last.
    pub last: LastEngine,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BacktestWork {
    /// The hours are on their way.
    Planned {
        hours: usize,
    },
    /// The hour was read, and others are still to be.
    Read(HourDone),
    /// It was the last one, or nothing was left to read.
    Finished(BacktestOutcome),
    Failed(BacktestFailure),
    /// The backtest has ended, or the event is not about one.
    Nothing,
}
