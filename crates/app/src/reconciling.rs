//! Whether every accepted publication is in the record (B11): hour by hour, by count and by name, without a scan. What is
//! missing is written again from what the publication's row holds.

use std::{collections::BTreeSet, sync::Arc};

use domain::{
    actor::Actor,
    event::{Event, EventBody},
    id::RecordId,
};
use evidence::{object::LogHour, record::LogRecord};
use jiff::{SignedDuration, Timestamp};

use crate::{
    error::AppError,
    ports::{
        Accepted, AcceptedPublications, Clock, LogQueue, LoggedPublications, PortError, PublicationRecord,
        PublicationShelf, ReconciliationBook, Watermark,
    },
};

/// How long after its end an hour is compared: what was received at its end has left the queue by then, or is late.
const MARGIN: SignedDuration = SignedDuration::from_hours(2);

/// How far back the first run looks, and how long an hour with a gap is looked at again.
const BACK: SignedDuration = SignedDuration::from_hours(24 * 7);

/// How far the schedule's clock may be ahead of ours.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(60);

/// How many names an event tells; the counts are whole.
const NAMED: usize = 100;

/// Compares what was accepted with what is in the record.
pub struct Reconciler {
    pub accepted: Arc<dyn AcceptedPublications>,
    pub logged: Arc<dyn LoggedPublications>,
    pub shelf: Arc<dyn PublicationShelf>,
    pub log: Arc<dyn LogQueue>,
    pub book: Arc<dyn ReconciliationBook>,
    /// Up to where everything is compared and whole.
    pub mark: Arc<dyn Watermark>,
    pub clock: Arc<dyn Clock>,
    /// Two hours, or less on the local stage.
    pub margin: SignedDuration,
}

/// What a run has found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reconciliation {
    pub hours: usize,
    pub accepted: usize,
    pub logged: usize,
    /// Accepted and not in the record; written again where its row is there.
    pub missing: BTreeSet<RecordId>,
    /// In the record and never accepted: an attempt that failed and was not repeated.
    pub extra: BTreeSet<RecordId>,
    pub repaired: usize,
}

impl Reconciler {
    /// The margin of staging and prod.
    pub const MARGIN: SignedDuration = MARGIN;

    /// Compares every hour that is over, as of `now`, from the first that is not known to be whole; what is missing is
    /// sent into the record again, and looked at again by the next run.
    ///
    /// # Errors
    /// When `now` has not come yet, or a port does not work: the next run compares the same hours.
    pub async fn reconcile(&self, now: Timestamp) -> Result<Reconciliation, AppError> {
        if now > self.clock.now().saturating_add(CLOCK_SKEW).unwrap_or(Timestamp::MAX) {
            return Err(AppError::Message(format!("{now} has not come yet: nothing can be compared as of then")));
        }
        let back = |span: SignedDuration| now.saturating_sub(span).unwrap_or(Timestamp::MIN);
        let (end, oldest) = (LogHour::of(back(self.margin)), LogHour::of(back(BACK)));
        let start = self.mark.read().await?.map_or(oldest, |mark| LogHour::of(mark).max(oldest));
        let mut found = Reconciliation::default();
        let (mut hour, mut whole) = (start, start);
        while hour < end {
            let gaps = self.compare(hour, &mut found).await?;
            hour = hour.next();
            found.hours += 1;
            if !gaps && found.missing.is_empty() {
                whole = hour;
            }
        }
        if found.hours > 0 {
            self.book.put(&told(&found, start, end, now)).await?;
        }
        self.mark.advance(whole.start()).await?;
        Ok(found)
    }

    /// Whether something of the hour is missing.
    async fn compare(&self, hour: LogHour, found: &mut Reconciliation) -> Result<bool, AppError> {
        let (accepted, logged) = futures::try_join!(self.accepted.accepted_in(hour), self.logged.logged_in(hour))?;
        let names: BTreeSet<RecordId> = accepted.iter().map(|it| it.record_id).collect();
        found.accepted += names.len();
        found.logged += logged.len();
        let missing: Vec<Accepted> = accepted.into_iter().filter(|it| !logged.contains(&it.record_id)).collect();
        for it in &missing {
            found.missing.insert(it.record_id);
            found.repaired += usize::from(self.write_again(it).await?);
        }
        let mut extra: BTreeSet<RecordId> = logged.difference(&names).copied().collect();
        if !extra.is_empty() {
            // A try that failed at the end of the hour, and the one that was accepted at the beginning of the next.
            let next = self.accepted.accepted_in(hour.next()).await?;
            extra.retain(|record_id| next.iter().all(|it| it.record_id != *record_id));
        }
        found.extra.extend(extra);
        Ok(!missing.is_empty())
    }

    /// Sends the record that is missing, from what the publication's row says. Whether there was one.
    async fn write_again(&self, it: &Accepted) -> Result<bool, AppError> {
        let stored = match it.earlier_edition {
            Some(edition) => self.shelf.edition(it.publication_id, edition).await?,
            None => self.shelf.load(it.publication_id).await?,
        };
        let Some(PublicationRecord { publication, verdict }) = stored else { return Ok(false) };
        let record = LogRecord::of_publication(&publication, publication.status, &verdict);
        let record = record.map_err(|error| PortError::refused("the log record", error))?;
        // Edited since the index was read: that edition has a record of its own.
        if record.record_id != it.record_id {
            return Ok(false);
        }
        self.log.send(&[record.confirmed(self.clock.now())]).await?;
        Ok(true)
    }
}

/// The outcome as an event, which is in the record itself.
fn told(found: &Reconciliation, start: LogHour, end: LogHour, now: Timestamp) -> Event {
    let named = |ids: &BTreeSet<RecordId>| ids.iter().copied().take(NAMED).collect();
    let body = EventBody::RecordReconciled {
        from: start.start(),
        until: end.start(),
        accepted: found.accepted,
        logged: found.logged,
        missing_count: found.missing.len(),
        missing: named(&found.missing),
        extra_count: found.extra.len(),
        extra: named(&found.extra),
        repaired: found.repaired,
    };
    // By the time of the schedule: a run by hand within the same hour, after a mend, is one more event.
    let version = u64::try_from(now.as_second()).unwrap_or_default();
    Event::new(version, Actor::function("reconciler"), body, now)
}
