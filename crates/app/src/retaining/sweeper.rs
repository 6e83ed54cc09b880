//! Empties an hour of the log of what has expired and nothing holds.

use std::{collections::BTreeSet, sync::Arc};

use evidence::{
    object::{LogHour, PREFIX, locked_until},
    sweep::{HeldObject, Paper, SweepIntent, SweepOrder, SweepReceipt},
};
use jiff::{SignedDuration, Timestamp};

use super::held::HoldCheck;
use crate::{
    error::AppError,
    ports::{
        Deletion, DeletionGate, ExpiringObjects, HeldHours, PortError, SaveError, SealIntake, StoredObject,
        SweepReceipts,
    },
};

/// How many objects are deleted between two looks at the holds: as many as S3 deletes in one call.
const PART: usize = 1_000;

/// How far the store's clock may be behind ours: it lets nobody delete an object a moment before the end of its lock, and an
/// order of which one object is refused comes again as a whole.
const STORE_CLOCK: SignedDuration = SignedDuration::from_secs(1);

/// Holds that are placed while a part is looked at: the next try reads them.
const TRIES: usize = 10;

/// What a sweep of an hour came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sweep {
    pub deleted: usize,
    pub bytes: u64,
    /// What would have been deleted but for a hold.
    pub held: usize,
}

/// Empties an hour of what has expired.
pub struct RetentionSweeper {
    pub objects: Arc<dyn ExpiringObjects>,
    pub receipts: Arc<dyn SweepReceipts>,
    pub seals: Arc<dyn SealIntake>,
    pub holds: HoldCheck<dyn DeletionGate>,
    pub held: Arc<dyn HeldHours>,
}

impl RetentionSweeper {
    /// Deletes what the order means, once, with its receipt, but for what a hold keeps: one that was placed before a
    /// part began to be deleted keeps what it reaches of the part, and one that comes later is told that it did. Safe to
    /// call again after any failure, and by two workers at once.
    ///
    /// # Errors
    /// When a port does not work, the holds cannot be read, or an object could not be deleted; the order is to be
    /// delivered again.
    pub async fn sweep(&self, order: &SweepOrder, now: Timestamp) -> Result<Sweep, AppError> {
        if let Some(receipt) = self.receipts.receipt(order).await? {
            // Whoever wrote it may have died before entering it.
            return self.finish(&receipt, now).await;
        }
        let intent = match self.receipts.intent(order).await? {
            Some(intent) => intent,
            None => match self.intend(order, now).await? {
                Ok(intent) => intent,
                Err(held) => return Ok(Sweep { deleted: 0, bytes: 0, held }),
            },
        };
        // Before anything is deleted: a seal will say that it was meant.
        self.enter(&intent, now).await?;
        let (mut deleted, mut held) = (Vec::new(), Vec::new());
        for (part, objects) in intent.objects.chunks(PART).enumerate() {
            let (gone, kept) = self.delete_part(order, part, objects, now).await?;
            deleted.extend(gone);
            held.extend(kept);
        }
        if !held.is_empty() {
            // Beside those that the intent left out, which the hour was noted for when it was written.
            self.note(order, &held, true).await?;
        }
        let reason = "retention_period_ended".to_owned();
        let receipt = SweepReceipt { order: order.clone(), deleted, reason, completed_at: now, held };
        let receipt = self.receipts.put_receipt(&receipt).await?;
        self.finish(&receipt, now).await
    }

    /// Writes down what is going to be deleted; when that is nothing, gives how many objects are held.
    async fn intend(&self, order: &SweepOrder, now: Timestamp) -> Result<Result<SweepIntent, usize>, AppError> {
        let expired = self.expired(order, now).await?;
        let (_, sorted) = if expired.is_empty() { Default::default() } else { self.holds.sort(&expired).await? };
        self.note(order, &sorted.held, false).await?;
        if sorted.free.is_empty() {
            return Ok(Err(sorted.held.len()));
        }
        let intent = SweepIntent { order: order.clone(), objects: sorted.free, written_at: now };
        Ok(Ok(self.receipts.put_intent(&intent).await?))
    }

    /// Deletes a part of the intent. Gives what is gone, and what a hold kept.
    async fn delete_part(
        &self,
        order: &SweepOrder,
        part: usize,
        objects: &[StoredObject],
        now: Timestamp,
    ) -> Result<(Vec<StoredObject>, Vec<HeldObject>), AppError> {
        let prefix = LogHour::of(order.hour).prefix();
        for _ in 0..TRIES {
            let (in_force, sorted) = self.holds.sort(objects).await?;
            let names = sorted.free.iter().map(|object| name(&prefix, &object.key).to_owned()).collect();
            let (run_id, hour) = (order.run_id, order.hour);
            let holds = sorted.held.iter().flat_map(|object| object.hold_ids.iter().copied()).collect();
            let ours = Deletion { run_id, hour, part, objects: names, holds, begun_at: now };
            let stands = match self.holds.holds.begin(in_force.mark, &ours).await {
                Ok(stands) => stands,
                Err(SaveError::VersionConflict) => continue,
                Err(SaveError::Port(error)) => return Err(error.into()),
            };
            // Another worker, or this one before it broke off, may have begun with more or less than we would: what its
            // record names may be gone, and holds were told that they came too late for it.
            let begun: BTreeSet<&str> = stands.objects.iter().map(String::as_str).collect();
            let (free, kept): (Vec<_>, Vec<_>) =
                objects.iter().cloned().partition(|object| begun.contains(name(&prefix, &object.key)));
            let failed = self.objects.delete(&free).await?;
            if let Some((object, reason)) = failed.first() {
                let told = format!("{} of {} objects, the first {}: {reason}", failed.len(), free.len(), object.key);
                return Err(PortError::unavailable("deletion of log objects", told).into());
            }
            let by = |key: &str| sorted.held.iter().find(|held| held.key == key).map(|held| held.hold_ids.clone());
            let held = kept.into_iter().map(|object| {
                let hold_ids = by(&object.key).unwrap_or_else(|| stands.holds.iter().copied().collect());
                HeldObject { key: object.key, hold_ids }
            });
            return Ok((free, held.collect()));
        }
        Err(PortError::unavailable("legal holds", "one hold after the other is placed").into())
    }

    /// Says which holds keep something in the hour, beside those it was noted for if `more`.
    async fn note(&self, order: &SweepOrder, held: &[HeldObject], more: bool) -> Result<(), AppError> {
        let hour = LogHour::of(order.hour);
        let mut holds: BTreeSet<_> = held.iter().flat_map(|object| object.hold_ids.iter().copied()).collect();
        if more {
            let noted = self.held.all().await?.into_iter().find(|(at, _)| *at == hour);
            holds.extend(noted.into_iter().flat_map(|(_, holds)| holds));
        }
        Ok(self.held.note(hour, &holds).await?)
    }

    /// Enters the receipt, and takes the deletion off the record of those under way.
    async fn finish(&self, receipt: &SweepReceipt, now: Timestamp) -> Result<Sweep, AppError> {
        self.enter(receipt, now).await?;
        let parts = (receipt.deleted.len() + receipt.held.len()).div_ceil(PART);
        self.holds.holds.end(receipt.order.run_id, receipt.order.hour, parts).await?;
        Ok(Sweep {
            deleted: receipt.deleted.len(),
            bytes: receipt.deleted.iter().map(|object| object.size).sum(),
            held: receipt.held.len(),
        })
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
        let ended = order.as_of.min(now).saturating_sub(STORE_CLOCK).unwrap_or(Timestamp::MIN);
        let mut objects = self.objects.list(&prefix).await?;
        objects.retain(|object| locked_until(&object.key).is_some_and(|end| end <= ended));
        Ok(objects)
    }
}

fn name<'a>(prefix: &str, key: &'a str) -> &'a str {
    key.strip_prefix(prefix).unwrap_or(key)
}
