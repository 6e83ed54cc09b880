//! Reads an hour of the log.

use std::{collections::HashSet, sync::Arc};

use domain::{backtest::Backtest, id::RecordId};
use evidence::object::{self, LogHour};
use futures::future::try_join_all;
use screening::engine::Engine;

use super::{BacktestOrder, BacktestWork, Backtester, WHAT, content::Content, tally::Tally};
use crate::{
    error::AppError,
    ports::{BacktestFile, HourDone, PortError},
};

/// How many objects are fetched at a time: some megabytes, whose fetching then costs what that of one does.
const AT_A_TIME: usize = 4;

/// After how many rounds it is asked whether the backtest was called off: some seconds.
const ROUNDS: usize = 32;

impl Backtester {
    /// Reads the hour, unless it was read, and draws up the result when it was the last. Safe to call again after any
    /// failure, and by two workers at once: of two readings of an hour the first one counts.
    ///
    /// # Errors
    /// When the hour is none of the backtest's, or a port does not work; the order is to be delivered again.
    pub async fn read(&self, order: &BacktestOrder) -> Result<BacktestWork, AppError> {
        let Some(backtest) = self.running(order.backtest_id).await? else { return Ok(BacktestWork::Nothing) };
        if !backtest.each_hour().any(|hour| hour == order.hour) {
            return Err(AppError::Message("the hour is none that the backtest reads".to_owned()));
        }
        let (id, hour) = (backtest.backtest_id, LogHour::of(order.hour));
        let tally = match self.tally(&backtest, hour).await? {
            Some(tally) => tally,
            None => {
                let Some(counted) = self.count(&backtest, hour).await? else { return Ok(BacktestWork::Nothing) };
                let bytes = serde_json::to_vec(&counted).map_err(|error| PortError::refused(WHAT, error))?;
                parsed(&self.files.keep(id, BacktestFile::Hour(hour), &bytes).await?)?
            }
        };
        let done = HourDone { hour: order.hour, contents: tally.contents(), hits: tally.hits };
        self.shelf.note(id, &done, self.clock.now()).await?;
        Ok(self.close(backtest).await?.map_or(BacktestWork::Read(done), BacktestWork::Finished))
    }

    /// What was counted of the hour, if it was read.
    pub(super) async fn tally(&self, backtest: &Backtest, hour: LogHour) -> Result<Option<Tally>, AppError> {
        let bytes = self.files.read(backtest.backtest_id, BacktestFile::Hour(hour)).await?;
        bytes.map(|bytes| parsed(&bytes)).transpose()
    }

    /// `None` when the backtest was called off meanwhile.
    async fn count(&self, backtest: &Backtest, hour: LogHour) -> Result<Option<Tally>, AppError> {
        let engine = self.engine(backtest).await?;
        let mut keys = self.log.objects(hour).await?;
        // Of an hour that is too much to be read, what is read is as good as drawn by lot: the names end with hashes.
        keys.sort_by(|one, other| drawn(one).cmp(drawn(other)));
        let mut tally = Tally { objects_there: keys.len() as u64, ..Tally::default() };
        let mut seen = HashSet::new();
        for (round, keys) in keys.chunks(AT_A_TIME).enumerate() {
            if tally.bytes >= backtest.bytes_per_hour {
                break;
            }
            if round > 0 && round % ROUNDS == 0 && self.running(backtest.backtest_id).await?.is_none() {
                return Ok(None);
            }
            let objects = try_join_all(keys.iter().map(|key| self.log.read(key))).await?;
            // One that was swept since it was listed is not there any more.
            for bytes in objects.into_iter().flatten() {
                tally.objects += 1;
                tally.bytes += bytes.len() as u64;
                tally.count_object(&bytes, &engine, &mut seen)?;
            }
        }
        Ok(Some(tally))
    }

    async fn engine(&self, backtest: &Backtest) -> Result<Arc<Engine>, AppError> {
        let id = backtest.backtest_id;
        if let Some(engine) = self.last.of(id) {
            return Ok(engine);
        }
        let compiled = self.files.read(id, BacktestFile::Compiled).await?;
        let compiled = compiled.ok_or_else(|| PortError::corrupt(WHAT, "the compiled pack is not there"))?;
        let engine = Arc::new(Engine::load(&compiled).map_err(|error| PortError::corrupt(WHAT, error))?);
        self.last.keep(id, &engine);
        Ok(engine)
    }
}

impl Tally {
    /// Counts what an object of the log holds, as it is stored; `seen` are the records that were counted before.
    ///
    /// # Errors
    /// When it is no log object.
    pub fn count_object(
        &mut self,
        bytes: &[u8],
        engine: &Engine,
        seen: &mut HashSet<RecordId>,
    ) -> Result<(), PortError> {
        let lines = object::lines(bytes).map_err(|error| PortError::corrupt("a log object", error))?;
        for line in lines.lines() {
            match Content::of(line) {
                Ok(None) => {}
                Ok(Some(content)) if seen.insert(content.record_id) => {
                    self.count(&content, &content.tried_by(engine));
                }
                Ok(Some(_)) => self.copies += 1,
                // What one line is must not cost the others their reading; whether the log is whole is the verifier's to say.
                Err(_) => self.unreadable += 1,
            }
        }
        Ok(())
    }
}

fn drawn(key: &str) -> &str {
    key.rsplit('-').next().unwrap_or(key)
}

fn parsed(bytes: &[u8]) -> Result<Tally, AppError> {
    serde_json::from_slice(bytes).map_err(|error| PortError::corrupt(WHAT, error).into())
}
