use async_trait::async_trait;
use domain::{backtest::Backtest, change::Change, id::BacktestId};
use evidence::object::LogHour;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{PortError, SaveError};
use crate::backtesting::BacktestOrder;

/// Backtests and how far each has come. Everything but [`list`](Self::list) is strongly consistent.
#[async_trait]
pub trait BacktestShelf: Send + Sync {
    async fn backtest(&self, backtest_id: BacktestId) -> Result<Option<Backtest>, PortError>;

    /// Stores the backtest and its event on the condition that the stored version is the one before; of the first
    /// version, that there is none.
    async fn save(&self, change: &Change<Backtest>) -> Result<(), SaveError>;

    /// A page of all backtests, the latest first. `cursor` is what an earlier page gave; one that none gave is
    /// [`PortError::Refused`].
    async fn list(&self, limit: usize, cursor: Option<&str>) -> Result<BacktestPage, PortError>;

    /// Notes what came of an hour, unless that is noted already. Forgotten some time after `now`, when nobody asks any
    /// more.
    async fn note(&self, backtest_id: BacktestId, done: &HourDone, now: Timestamp) -> Result<(), PortError>;

    /// The hours that are done, in order.
    async fn done(&self, backtest_id: BacktestId) -> Result<Vec<HourDone>, PortError>;
}

#[derive(Debug, Clone, PartialEq)]
pub struct BacktestPage {
    pub backtests: Vec<Backtest>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<String>,
}

/// An hour that was read, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HourDone {
    /// Its start.
    pub hour: Timestamp,
    pub contents: u64,
    pub hits: u64,
}

/// What a backtest keeps as files. They are gone after a month: they hold content that the record is to lose some day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BacktestFile {
    /// The pack that came with the order, as it was written.
    Draft,
    /// The rules that are tried, and those that are not, as JSON.
    Rules,
    /// The engine of the trial.
    Compiled,
    /// What came of an hour, as JSON.
    Hour(LogHour),
    /// The result, as JSON.
    Result,
}

impl BacktestFile {
    /// Below the folder of the backtest.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Draft => "draft.yaml".to_owned(),
            Self::Rules => "rules.json".to_owned(),
            Self::Compiled => "compiled".to_owned(),
            Self::Hour(hour) => format!("hours/{}.json", hour.name()),
            Self::Result => "result.json".to_owned(),
        }
    }
}

/// Where those files are.
#[async_trait]
pub trait BacktestFiles: Send + Sync {
    /// Keeps the file unless there is one; gives the one that stands.
    async fn keep(&self, backtest_id: BacktestId, file: BacktestFile, bytes: &[u8]) -> Result<Vec<u8>, PortError>;

    /// `None` where there is none.
    async fn read(&self, backtest_id: BacktestId, file: BacktestFile) -> Result<Option<Vec<u8>>, PortError>;

    /// An address at which the result can be had from `now` on for some minutes by whoever has it. Whether there is one
    /// is not asked.
    async fn link(&self, backtest_id: BacktestId, now: Timestamp) -> Result<String, PortError>;
}

/// Where hours wait to be read. The body of a message is the order's JSON.
#[async_trait]
pub trait BacktestQueue: Send + Sync {
    /// At least once, in any order.
    async fn send(&self, orders: &[BacktestOrder]) -> Result<(), PortError>;
}
