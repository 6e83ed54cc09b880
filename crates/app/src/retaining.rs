//! Deleting what has been kept long enough, with receipts (R16.2).
//!
//! The planner names hours, the sweeper empties them. An hour's deletion is written down before it begins (the intent)
//! and after it is done (the receipt), so that a crash between any two calls loses neither the deletion nor its record.

use std::sync::Arc;

use domain::{id::RunId, retention::RetentionPeriod};
use evidence::object::{LogHour, PREFIX, locked_until};
use jiff::{SignedDuration, Timestamp};

use evidence::sweep::Paper;
pub use evidence::sweep::{SweepIntent, SweepOrder, SweepReceipt};

use crate::{
    error::AppError,
    ports::{Clock, ExpiringObjects, PortError, SealIntake, StoredObject, SweepQueue, SweepReceipts, Watermark},
};

/// How long after its end an hour may still be written to. A message is gone 14 days after it was first sent, whichever
/// queue it is in by then; one that is redriven on its last day starts anew and has four days more, and a day is left over.
const LATE: SignedDuration = SignedDuration::from_hours(24 * 19);

/// How far back the first plan of a new system looks; nothing is older.
const FIRST_LOOK: SignedDuration = SignedDuration::from_hours(24);

/// How far the schedule's clock may be ahead of ours.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(60);

/// The most orders of one plan. What is left is planned by the next run, so that a long pause is caught up in steps.
const ORDERS: usize = 2_000;

/// What a plan came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    pub run_id: RunId,
    pub orders: usize,
}

/// What a sweep of an hour came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sweep {
    pub deleted: usize,
    pub bytes: u64,
}

/// Names the hours that may hold expired objects.
pub struct RetentionPlanner {
    pub watermark: Arc<dyn Watermark>,
    pub queue: Arc<dyn SweepQueue>,
    pub clock: Arc<dyn Clock>,
    pub period: RetentionPeriod,
}

impl RetentionPlanner {
    /// Plans as of `now`, the time of the schedule: every hour from the watermark on whose first moment has been kept
    /// long enough. The watermark moves past the hours that can hold nothing more, after their orders are in the queue.
    ///
    /// # Errors
    /// When `now` has not come yet: the watermark would pass over what nobody has swept. When the watermark or the
    /// queue does not work; the next run plans the same hours again.
    pub async fn plan(&self, now: Timestamp) -> Result<Plan, AppError> {
        let skewed = self.clock.now().saturating_add(CLOCK_SKEW).unwrap_or(Timestamp::MAX);
        if now > skewed {
            return Err(AppError::Message(format!("{now} has not come yet: nothing can be planned as of then")));
        }
        let run_id = RunId::planned_at(now);
        let mut hour = LogHour::of(match self.watermark.read().await? {
            Some(mark) => mark,
            None => self.first_hour(now),
        });
        let mut orders = Vec::new();
        let mut finished = hour;
        while orders.len() < ORDERS && self.period.keep_until(hour.start()) <= now {
            orders.push(SweepOrder { run_id, hour: hour.start(), as_of: now });
            hour = hour.next();
            if self.is_over(hour, now) {
                finished = hour;
            }
        }
        if !orders.is_empty() {
            self.queue.send(&orders).await?;
        }
        self.watermark.advance(finished.start()).await?;
        Ok(Plan { run_id, orders: orders.len() })
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

/// Empties an hour of what has expired.
pub struct RetentionSweeper {
    pub objects: Arc<dyn ExpiringObjects>,
    pub receipts: Arc<dyn SweepReceipts>,
    pub seals: Arc<dyn SealIntake>,
}

impl RetentionSweeper {
    /// Deletes what the order means, once, with its receipt. Safe to call again after any failure, and by two workers
    /// at once.
    ///
    /// # Errors
    /// When a port does not work or an object could not be deleted; the order is to be delivered again.
    pub async fn sweep(&self, order: &SweepOrder, now: Timestamp) -> Result<Sweep, AppError> {
        if let Some(receipt) = self.receipts.receipt(order).await? {
            // Whoever wrote it may have died before entering it.
            self.enter(&receipt, now).await?;
            return Ok(Sweep::of(&receipt.deleted));
        }
        let intent = match self.receipts.intent(order).await? {
            Some(intent) => intent,
            None => {
                let objects = self.expired(order, now).await?;
                if objects.is_empty() {
                    return Ok(Sweep::of(&[]));
                }
                self.receipts.put_intent(&SweepIntent { order: order.clone(), objects, written_at: now }).await?
            }
        };
        // Before anything is deleted: a seal will say that it was meant.
        self.enter(&intent, now).await?;
        let failed = self.objects.delete(&intent.objects).await?;
        if let Some((object, reason)) = failed.first() {
            let told =
                format!("{} of {} objects, the first {}: {reason}", failed.len(), intent.objects.len(), object.key);
            return Err(PortError::unavailable("deletion of log objects", told).into());
        }
        let sweep = Sweep::of(&intent.objects);
        let receipt = SweepReceipt {
            order: order.clone(),
            deleted: intent.objects,
            reason: "retention_period_ended".to_owned(),
            completed_at: now,
        };
        self.enter(&self.receipts.put_receipt(&receipt).await?, now).await?;
        Ok(sweep)
    }

    async fn enter(&self, paper: &(impl Paper + Sync), now: Timestamp) -> Result<(), AppError> {
        let bytes = paper.to_bytes().map_err(|error| PortError::refused("sweep receipts", error))?;
        Ok(self.seals.enter(&[paper.entry(&bytes)], now).await?)
    }

    /// The objects of the order's hour whose lock has ended. One that is not named as the log names its objects is left
    /// alone: it cannot be told when it ends. An order as of a moment that has not come counts as of now.
    async fn expired(&self, order: &SweepOrder, now: Timestamp) -> Result<Vec<StoredObject>, AppError> {
        let prefix = LogHour::of(order.hour).prefix();
        debug_assert!(prefix.starts_with(PREFIX));
        let mut objects = self.objects.list(&prefix).await?;
        objects.retain(|object| locked_until(&object.key).is_some_and(|end| end <= order.as_of.min(now)));
        Ok(objects)
    }
}

impl Sweep {
    fn of(objects: &[StoredObject]) -> Self {
        Self { deleted: objects.len(), bytes: objects.iter().map(|object| object.size).sum() }
    }
}
