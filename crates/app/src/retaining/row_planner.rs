//! Names the hours since which rows may have rested long enough.

use std::sync::Arc;

use domain::{
    id::RunId,
    resting::RowKind,
    retention::{RetentionPeriod, RowPeriod},
};
use evidence::{object::LogHour, rows::RowOrder};
use jiff::{SignedDuration, Timestamp};

use super::planner::{CLOCK_SKEW, FIRST_LOOK, ORDERS};
use crate::{
    error::AppError,
    ports::{Clock, SettingsSource, SweepQueue, Watermark},
};

/// How long after its end an hour may still get rows: they are written with the time of the change, and a change that is
/// tried again for long is a new one.
const LATE: SignedDuration = SignedDuration::from_hours(24);

/// Names hours for the rows of one kind.
pub struct RowPlanner {
    pub rows: RowKind,
    pub watermark: Arc<dyn Watermark>,
    pub queue: Arc<dyn SweepQueue>,
    pub settings: Arc<dyn SettingsSource>,
    pub clock: Arc<dyn Clock>,
    /// How long the record is kept: no row goes earlier.
    pub record: RetentionPeriod,
}

/// What a plan came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowPlan {
    pub run_id: RunId,
    pub orders: usize,
}

impl RowPlanner {
    /// Plans as of `now`, the time of the schedule: every hour from the watermark on since whose first moment a row may have
    /// rested long enough. The watermark moves past the hours that get nothing more, after their orders are in the queue.
    ///
    /// # Errors
    /// When `now` has not come yet, or a port does not work; the next run plans the same hours again.
    pub async fn plan(&self, now: Timestamp) -> Result<RowPlan, AppError> {
        let skewed = self.clock.now().saturating_add(CLOCK_SKEW).unwrap_or(Timestamp::MAX);
        if now > skewed {
            return Err(AppError::Message(format!("{now} has not come yet: nothing can be planned as of then")));
        }
        let (settings, mark) = futures::try_join!(self.settings.current(), self.watermark.read())?;
        let period = settings.retention.period(self.rows, self.record);
        let run_id = RunId::of_rows(self.rows, now);
        let mut hour = LogHour::of(mark.unwrap_or_else(|| first_hour(&period, now)));
        let (mut orders, mut finished) = (Vec::new(), hour);
        while orders.len() < ORDERS && period.keep_until(hour.start()) <= now {
            orders.push(RowOrder { run_id, rows: self.rows, hour: hour.start(), as_of: now, step: 0 });
            hour = hour.next();
            let last = hour.start().saturating_add(LATE).unwrap_or(Timestamp::MAX);
            if period.keep_until(last) <= now {
                finished = hour;
            }
        }
        if !orders.is_empty() {
            self.queue.send_rows(&orders).await?;
        }
        self.watermark.advance(finished.start()).await?;
        Ok(RowPlan { run_id, orders: orders.len() })
    }
}

/// As of the log: a new system holds nothing older than a day before what ends now.
fn first_hour(period: &RowPeriod, now: Timestamp) -> Timestamp {
    let length = period.keep_until(now).duration_since(now);
    now.saturating_sub(length).and_then(|mark| mark.saturating_sub(FIRST_LOOK)).unwrap_or(Timestamp::MIN)
}

/// The first hour that no plan has passed for good where the watermark stands at `mark`, and will not soon.
pub(super) fn still_planned(mark: Option<Timestamp>) -> LogHour {
    let ahead = mark.map(|mark| mark.saturating_add(LATE * 2).unwrap_or(Timestamp::MAX));
    LogHour::of(ahead.unwrap_or(Timestamp::MIN))
}
