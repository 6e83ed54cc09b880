//! Ends the rows that have rested long enough and that nothing holds.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use domain::{
    id::{ComplaintId, HoldId},
    resting::RowKind,
};
use evidence::{
    object::LogHour,
    rows::{EndingRow, KeptRow, RowIntent, RowOrder, RowReceipt},
    sweep::Paper,
};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};

use super::{
    held::{HoldCheck, Reaching, keeping_row},
    row_looks::{Look, RowLooks, again, hour_before},
    row_planner::still_planned,
};
use crate::{
    error::AppError,
    ports::{
        ComplaintFileRemoval, Deletion, DeletionGate, Gone, PortError, RestingRow, RestingRows, RestingState,
        RowReceipts, SaveError, SealIntake, SweepQueue, Watermark,
    },
};

/// How many one order takes. Each is read twice and ended by some ten calls, eight at a time: half a minute.
const TAKEN: usize = 500;

/// How many are ended between two looks at the holds.
const PART: usize = 100;

/// How many are looked at or ended at a time.
const AT_A_TIME: usize = 8;

/// Holds that are placed while a part is looked at: the next try reads them.
const TRIES: usize = 10;

/// How long it is remembered that something was there: whoever asks within a year hears that its time was over, and not that
/// it never was; and a platform's late retry does not publish it anew.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 366);

/// What a sweep of rows came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RowSweep {
    pub deleted: usize,
    /// What is looked at again later: held, waiting for somebody, or not old enough.
    pub put_off: usize,
}

/// Ends rows of one kind.
pub struct RowSweeper {
    pub kind: RowKind,
    pub rows: Arc<dyn RestingRows>,
    pub files: Arc<dyn ComplaintFileRemoval>,
    pub looks: Arc<RowLooks>,
    pub watermark: Arc<dyn Watermark>,
    pub receipts: Arc<dyn RowReceipts>,
    pub seals: Arc<dyn SealIntake>,
    pub holds: HoldCheck<dyn DeletionGate>,
    pub queue: Arc<dyn SweepQueue>,
}

/// A row that was looked at, with the holds that keep it.
struct Looked {
    row: RestingRow,
    look: Look,
    held: Vec<HoldId>,
}

impl Looked {
    fn may_end(&self) -> bool {
        self.look == Look::Ended && self.held.is_empty()
    }
}

impl RowSweeper {
    /// Ends what the order means, once, with its receipt; puts off what a hold keeps or something is expected of; and asks
    /// for the next order where the hour has more. Safe to call again after any failure, and by two workers at once.
    ///
    /// # Errors
    /// When a port does not work, or holds or cases cannot be read; the order is to be delivered again.
    pub async fn sweep(&self, order: &RowOrder, now: Timestamp) -> Result<RowSweep, AppError> {
        if let Some(receipt) = self.receipts.row_receipt(order).await? {
            // Whoever wrote it may have died before entering it.
            return self.finish(&receipt, now).await;
        }
        let intent = match self.receipts.row_intent(order).await? {
            Some(intent) => intent,
            None => match self.intend(order, now).await? {
                Ok(intent) => intent,
                Err(sweep) => return Ok(sweep),
            },
        };
        // Before anything is deleted: a seal will say that it was meant.
        self.enter(&intent, now).await?;
        let (mut deleted, mut kept) = (Vec::new(), Vec::new());
        for (part, rows) in intent.rows.chunks(PART).enumerate() {
            let (gone, stayed) = self.end_part(order, part, rows, now).await?;
            deleted.extend(gone);
            kept.extend(stayed);
        }
        let reason = "retention_period_ended".to_owned();
        let (order, more) = (order.clone(), intent.more);
        let receipt = RowReceipt { order, deleted, reason, completed_at: now, kept, more };
        let receipt = self.receipts.put_row_receipt(&receipt).await?;
        self.finish(&receipt, now).await
    }

    /// Looks at what rests since the hour and writes down what is going to end; when that is nothing, gives what was put
    /// off.
    async fn intend(&self, order: &RowOrder, now: Timestamp) -> Result<Result<RowIntent, RowSweep>, AppError> {
        let ids = self.rows.since(LogHour::of(order.hour), TAKEN).await?;
        if ids.is_empty() {
            return Ok(Err(RowSweep::default()));
        }
        let (_, reaching) = self.holds.in_force().await?;
        let as_of = order.as_of.min(now);
        let found = self.look_at(ids.iter().map(String::as_str), &reaching, as_of).await?;
        let (ended, others): (Vec<_>, Vec<_>) = found.into_iter().partition(Looked::may_end);
        let put_off = self.put_off(order, &others, now).await?;
        // Of what has ended by then or was put off the next order finds nothing, so that each step leaves less.
        let more = ids.len() == TAKEN && (!ended.is_empty() || put_off > 0);
        if ended.is_empty() {
            if more {
                self.queue.send_rows(&[order.next()]).await?;
            }
            return Ok(Err(RowSweep { deleted: 0, put_off }));
        }
        let rows = ended.into_iter().map(|it| EndingRow {
            id: it.row.id,
            version: it.row.version,
            rows: it.row.rows,
            last_event_at: it.row.last,
        });
        let intent = RowIntent { order: order.clone(), rows: rows.collect(), more, written_at: now };
        Ok(Ok(self.receipts.put_row_intent(&intent).await?))
    }

    /// Those that are there, each with what a look at it came to.
    async fn look_at(
        &self,
        ids: impl Iterator<Item = &str>,
        reaching: &[Reaching],
        as_of: Timestamp,
    ) -> Result<Vec<Looked>, AppError> {
        let period = self.looks.period(self.kind).await?;
        let period = &period;
        let looks = stream::iter(ids).map(async |id: &str| {
            let Some(row) = self.rows.read(id).await? else { return Ok::<_, AppError>(None) };
            let look = self.looks.look(&row, period, as_of).await?;
            let held = keeping_row(reaching, &row);
            Ok(Some(Looked { row, look, held }))
        });
        let looked: Vec<Option<Looked>> = looks.buffered(AT_A_TIME).try_collect().await?;
        Ok(looked.into_iter().flatten().collect())
    }

    /// Has them looked at again when their time may have come; gives how many were moved. What ends before its hour is over
    /// stays there: the next run plans the hour again, which the watermark has not passed.
    async fn put_off(&self, order: &RowOrder, others: &[Looked], now: Timestamp) -> Result<usize, AppError> {
        if others.is_empty() {
            return Ok(0);
        }
        let (period, mark) = (self.looks.period(self.kind).await?, self.watermark.read().await?);
        let next = LogHour::of(order.hour).next();
        let (not_before, over) = (next.max(still_planned(mark)), period.keep_until(next.start()));
        let comes_again = mark.is_none_or(|mark| mark <= order.hour);
        let mut moved = 0;
        for it in others {
            let at = match it.look {
                Look::Again(at) if comes_again && at <= over && it.held.is_empty() => continue,
                Look::Again(at) => at,
                Look::Ended => again(now),
            };
            self.rows.put_off(&it.row, hour_before(at, &period, now, not_before)).await?;
            moved += 1;
        }
        Ok(moved)
    }

    /// Ends a part of the intent. Gives what is gone, and what stays.
    async fn end_part(
        &self,
        order: &RowOrder,
        part: usize,
        rows: &[EndingRow],
        now: Timestamp,
    ) -> Result<(Vec<EndingRow>, Vec<KeptRow>), AppError> {
        for _ in 0..TRIES {
            let (in_force, reaching) = self.holds.in_force().await?;
            let ids = rows.iter().map(|row| row.id.as_str());
            let found = self.look_at(ids, &reaching, order.as_of.min(now)).await?;
            let found: BTreeMap<&str, &Looked> = found.iter().map(|it| (it.row.id.as_str(), it)).collect();
            // What is not there any more was ended by an earlier try, which has left its record or finds it here.
            let free = |row: &&EndingRow| found.get(row.id.as_str()).is_none_or(|it| it.may_end());
            let names = rows.iter().filter(free).map(|row| row.id.clone()).collect();
            let holds = found.values().flat_map(|it| it.held.iter().copied()).collect();
            let (run_id, hour, part) = (order.run_id, order.hour, counted(order, part));
            let ours = Deletion { run_id, hour, part, objects: names, holds, begun_at: now };
            let stands = match self.holds.holds.begin(in_force.mark, &ours).await {
                Ok(stands) => stands,
                Err(SaveError::VersionConflict) => continue,
                Err(SaveError::Port(error)) => return Err(error.into()),
            };
            // As of log objects: what the record of an earlier try names may be gone, and holds were told so.
            let begun: BTreeSet<&str> = stands.objects.iter().map(String::as_str).collect();
            let gone = Gone {
                at: now,
                run_id: order.run_id,
                remembered_until: now.saturating_add(REMEMBERED).unwrap_or(Timestamp::MAX),
            };
            let ends = rows.iter().map(async |row| {
                let known = found.get(row.id.as_str()).copied();
                let ended = begun.contains(row.id.as_str()) && self.end(row, known, gone).await?;
                Ok::<_, AppError>((row.clone(), ended))
            });
            let ends: Vec<(EndingRow, bool)> = stream::iter(ends).buffered(AT_A_TIME).try_collect().await?;
            let (ended, stayed): (Vec<_>, Vec<_>) = ends.into_iter().partition(|(_, ended)| *ended);
            let mut kept = Vec::new();
            for (row, _) in stayed {
                let known = found.get(row.id.as_str()).copied();
                let hold_ids = known.map(|it| it.held.clone()).unwrap_or_default();
                kept.push(KeptRow { id: row.id, hold_ids });
            }
            return Ok((ended.into_iter().map(|(row, _)| row).collect(), kept));
        }
        Err(PortError::unavailable("legal holds", "one hold after the other is placed").into())
    }

    /// Ends one row, or what is left of it; `false` when something has happened to it since the intent.
    async fn end(&self, row: &EndingRow, known: Option<&Looked>, gone: Gone) -> Result<bool, AppError> {
        let has_files = match known.map(|it| &it.row) {
            None => {
                self.rows.clear(&row.id).await?;
                true
            }
            Some(stored) if stored.version != row.version => return Ok(false),
            Some(stored) => {
                if !self.rows.end(stored, gone).await? {
                    return Ok(false);
                }
                !matches!(&stored.state, RestingState::Complaint(complaint) if complaint.files.is_empty())
            }
        };
        if self.kind == RowKind::Complaints && has_files {
            let id: ComplaintId = row.id.parse().map_err(|error| PortError::corrupt("the intent of a sweep", error))?;
            self.files.remove_files(id).await?;
        }
        Ok(true)
    }

    /// Enters the receipt, takes the deletion off the record of those under way, has what stayed looked at again, and asks
    /// for the next order.
    async fn finish(&self, receipt: &RowReceipt, now: Timestamp) -> Result<RowSweep, AppError> {
        self.enter(receipt, now).await?;
        let order = &receipt.order;
        if !receipt.kept.is_empty() {
            let (_, reaching) = self.holds.in_force().await?;
            let ids = receipt.kept.iter().map(|row| row.id.as_str());
            let found = self.look_at(ids, &reaching, order.as_of.min(now)).await?;
            self.put_off(order, &found, now).await?;
        }
        let last = counted(order, (receipt.deleted.len() + receipt.kept.len()).div_ceil(PART));
        self.holds.holds.end(order.run_id, order.hour, last).await?;
        if receipt.more {
            self.queue.send_rows(&[order.next()]).await?;
        }
        Ok(RowSweep { deleted: receipt.deleted.len(), put_off: receipt.kept.len() })
    }

    async fn enter(&self, paper: &(impl Paper + Sync), now: Timestamp) -> Result<(), AppError> {
        let bytes = paper.to_bytes().map_err(|error| PortError::refused("sweep receipts", error))?;
        Ok(self.seals.enter(&[paper.entry(&bytes)], now).await?)
    }
}

/// Parts of all steps of an hour are counted on, so that each deletion that begins has a record of its own.
const fn counted(order: &RowOrder, part: usize) -> usize {
    order.step as usize * TAKEN.div_ceil(PART) + part
}
