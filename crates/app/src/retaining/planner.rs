//! Names the hours of the log that may hold what has expired.

use std::{collections::BTreeSet, sync::Arc};

use domain::{
    id::{HoldId, RunId},
    retention::RetentionPeriod,
};
use evidence::{object::LogHour, sweep::SweepOrder};
use jiff::{SignedDuration, Timestamp};

use crate::{
    error::AppError,
    ports::{Clock, HeldHours, HoldRegister, SweepQueue, Watermark},
};

/// How long after its end an hour may still be written to. A message is gone 14 days after it was first sent, whichever
/// queue it is in by then; one that is redriven on its last day starts anew and has four days more, and a day is left over.
const LATE: SignedDuration = SignedDuration::from_hours(24 * 19);

/// How far back the first plan of a new system looks; nothing is older.
pub(super) const FIRST_LOOK: SignedDuration = SignedDuration::from_hours(24);

/// How far the schedule's clock may be ahead of ours.
pub(super) const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(60);

/// The most orders of one plan. What is left is planned by the next run, so that a long pause is caught up in steps.
pub(super) const ORDERS: usize = 2_000;

/// What a plan came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    pub run_id: RunId,
    pub orders: usize,
    /// Hours in which a hold keeps something, and which are not swept again before one of their holds is released.
    pub held: usize,
}

/// Names the hours that may hold expired objects.
pub struct RetentionPlanner {
    pub watermark: Arc<dyn Watermark>,
    pub queue: Arc<dyn SweepQueue>,
    pub holds: Arc<dyn HoldRegister>,
    pub held: Arc<dyn HeldHours>,
    pub clock: Arc<dyn Clock>,
    pub period: RetentionPeriod,
}

impl RetentionPlanner {
    /// Plans as of `now`, the time of the schedule: every hour from the watermark on whose first moment has been kept
    /// long enough, and those before it in which something was held by a hold that is released since. The watermark
    /// moves past the hours that can hold nothing more, after their orders are in the queue.
    ///
    /// # Errors
    /// When `now` has not come yet: the watermark would pass over what nobody has swept. When a port does not work; the
    /// next run plans the same hours again.
    pub async fn plan(&self, now: Timestamp) -> Result<Plan, AppError> {
        let skewed = self.clock.now().saturating_add(CLOCK_SKEW).unwrap_or(Timestamp::MAX);
        if now > skewed {
            return Err(AppError::Message(format!("{now} has not come yet: nothing can be planned as of then")));
        }
        let run_id = RunId::planned_at(now);
        let start = LogHour::of(match self.watermark.read().await? {
            Some(mark) => mark,
            None => self.first_hour(now),
        });
        let mut hour = start;
        let mut orders = Vec::new();
        let mut finished = hour;
        while orders.len() < ORDERS && self.period.keep_until(hour.start()) <= now {
            orders.push(SweepOrder { run_id, hour: hour.start(), as_of: now });
            hour = hour.next();
            if self.is_over(hour, now) {
                finished = hour;
            }
        }
        let (released, held) = self.let_go_before(start).await?;
        orders.extend(released.into_iter().map(|hour| SweepOrder { run_id, hour: hour.start(), as_of: now }));
        if !orders.is_empty() {
            self.queue.send(&orders).await?;
        }
        self.watermark.advance(finished.start()).await?;
        Ok(Plan { run_id, orders: orders.len(), held })
    }

    /// The hours before `start` in which something is held by a hold that is in force no more, and how many others there
    /// are.
    async fn let_go_before(&self, start: LogHour) -> Result<(Vec<LogHour>, usize), AppError> {
        let held = self.held.all().await?;
        if held.is_empty() {
            return Ok((Vec::new(), 0));
        }
        let in_force: BTreeSet<HoldId> = self.holds.in_force().await?.holds.iter().map(|hold| hold.hold_id).collect();
        let (kept, released): (Vec<_>, Vec<_>) =
            held.into_iter().filter(|(hour, _)| *hour < start).partition(|(_, holds)| holds.is_subset(&in_force));
        let released = released.into_iter().map(|(hour, _)| hour).take(ORDERS).collect();
        Ok((released, kept.len()))
    }

    /// Whether everything received before `hour` has been kept long enough, late writing included.
    fn is_over(&self, hour: LogHour, now: Timestamp) -> bool {
        let last = hour.start().saturating_add(LATE).unwrap_or(Timestamp::MAX);
        self.period.keep_until(last) <= now
    }

    /// Where a system without a watermark begins: a day before what ends now. A new system holds nothing older, and the
    /// planner has run within the day.
    fn first_hour(&self, now: Timestamp) -> Timestamp {
        let length = self.period.keep_until(now).duration_since(now);
        now.saturating_sub(length).and_then(|mark| mark.saturating_sub(FIRST_LOOK)).unwrap_or(Timestamp::MIN)
    }
}
