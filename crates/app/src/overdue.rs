//! What the calendar says of cases (B5): a time that passed is noted, and a case that is not decided at its time comes before
//! those who catch up.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    actor::Actor,
    case::{Breach, CaseClock},
    id::CaseId,
};
use jiff::Timestamp;

use crate::{
    error::AppError,
    ports::{CaseBoard, CaseCalendar, CaseDeadline, SaveError, SettingsSource},
};

/// Somebody works on the case at this moment; the next try reads what they did.
const TRIES: usize = 5;

/// As of deregistrations: how many deadlines one look takes, and how many looks a run.
const PAGE: usize = 100;
const PAGES: usize = 10;

/// Counted that far: whoever has more has one problem, not several.
const MOST: usize = 1_000;

/// Notes what is late.
pub struct OverdueClock {
    pub board: Arc<dyn CaseBoard>,
    pub calendar: Arc<dyn CaseCalendar>,
    pub settings: Arc<dyn SettingsSource>,
}

/// What a run came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overdue {
    /// Cases that this run has noted as not decided in time.
    pub undecided: usize,
    /// Those that it has noted as not taken up in time.
    pub not_taken_up: usize,
    /// Open cases that are over their time, counted up to a thousand.
    pub waiting: usize,
    /// By queue: those of settings, and those in which something was late.
    pub queues: BTreeMap<String, QueueAge>,
}

/// How a queue stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueAge {
    /// What this run has noted as late there.
    pub breaches: usize,
    /// For how many whole hours the case waits that is due first; none in an empty queue.
    pub oldest_hours: Option<u64>,
}

impl OverdueClock {
    /// Runs as of `now`. A deadline leaves the calendar when nothing is left to do about it, so that a run that ends early is
    /// taken up by the next; a case that cannot be settled does not hold up the others.
    ///
    /// # Errors
    /// When a port does not work, after everything else that was due is done.
    pub async fn run(&self, now: Timestamp) -> Result<Overdue, AppError> {
        let (mut overdue, mut failure) = (Overdue::default(), None);
        let settings = self.settings.current().await?;
        let escalate_to = &settings.clocks.overdue_queue;
        for _ in 0..PAGES {
            let due = self.calendar.due(now, PAGE).await?;
            for deadline in &due {
                match self.settle(deadline, escalate_to, now).await {
                    Ok(breaches) => breaches.iter().for_each(|breach| overdue.count(breach)),
                    Err(error) => {
                        failure.get_or_insert(error);
                    }
                }
            }
            if due.len() < PAGE || failure.is_some() {
                break;
            }
        }
        overdue.waiting = self.calendar.overdue(escalate_to, now, MOST).await?;
        for queue in settings.routing.queues().into_iter().chain([escalate_to.as_str()]) {
            let first = self.calendar.first_of(queue).await?;
            let age = first.map(|case| now.duration_since(case.waits_since()).as_hours());
            let queue = overdue.queues.entry(queue.to_owned()).or_default();
            queue.oldest_hours = age.map(|hours| u64::try_from(hours).unwrap_or(0));
        }
        failure.map_or(Ok(overdue), Err)
    }

    /// Notes everything that is late about the case, one after the other, and takes the deadline off the calendar.
    async fn settle(
        &self,
        deadline: &CaseDeadline,
        escalate_to: &str,
        now: Timestamp,
    ) -> Result<Vec<Breach>, AppError> {
        let mut breaches = Vec::new();
        while let Some(breach) = self.note(deadline.case_id, escalate_to, now).await? {
            breaches.push(breach);
        }
        self.calendar.done(deadline).await?;
        Ok(breaches)
    }

    /// `None` when it is decided, everything is noted, or it is due at another time: that one is on the calendar as well.
    async fn note(&self, case_id: CaseId, escalate_to: &str, now: Timestamp) -> Result<Option<Breach>, AppError> {
        let mut expected = 0;
        for _ in 0..TRIES {
            let Some(case) = self.board.case(case_id).await? else { return Ok(None) };
            expected = case.version;
            let Some(change) = case.note_overdue(escalate_to, Actor::function("deadline-clock"), now) else {
                return Ok(None);
            };
            match self.board.save(&change).await {
                Ok(()) => return Ok(change.state.breaches.last().cloned()),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }
}

impl Overdue {
    fn count(&mut self, breach: &Breach) {
        match breach.clock {
            CaseClock::TakeUp => self.not_taken_up += 1,
            CaseClock::Decide => self.undecided += 1,
        }
        self.queues.entry(breach.queue.clone()).or_default().breaches += 1;
    }
}
