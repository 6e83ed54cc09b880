//! What waits for people, and what went without any: the queues with their ages, and the circuit breakers (fairness rule 3).

use std::sync::Arc;

use domain::{comment_duty::day_of, enforcement::EnforcementKind};
use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp, civil::Date};

use crate::{
    casework::queues_of,
    error::AppError,
    ports::{CaseCalendar, CircuitBreaker, Clock, SettingsSource},
};

/// How many cases of a queue are counted: who has more waiting needs no exact number.
pub const COUNTED: usize = 500;

/// How many queues are looked at: each is one query.
const QUEUES: usize = 24;

/// How many days of automatic measures are shown, today among them.
const DAYS: i32 = 14;

/// What the enforcer may do by itself.
const AUTOMATIC: [EnforcementKind; 2] = [EnforcementKind::RestrictFunction, EnforcementKind::SuspendUpdates];

/// The open cases of a queue, by when they are due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueLoad {
    pub queue: String,
    /// Over their time.
    pub late: usize,
    /// Within a day from now.
    pub soon: usize,
    pub later: usize,
    /// There are more than were counted, and they are due later than these.
    pub is_more: bool,
    pub first_due: Option<Timestamp>,
}

impl QueueLoad {
    fn of(queue: String, times: &[Timestamp], now: Timestamp) -> Self {
        let day = now.saturating_add(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MAX);
        let is_more = times.len() > COUNTED;
        let counted = &times[..times.len().min(COUNTED)];
        let late = counted.iter().filter(|due| **due <= now).count();
        let soon = counted.iter().filter(|due| **due > now && **due <= day).count();
        let later = counted.len() - late - soon;
        Self { queue, late, soon, later, is_more, first_due: counted.first().copied() }
    }

    #[must_use]
    pub const fn open(&self) -> usize {
        self.late + self.soon + self.later
    }
}

/// How the breaker of a kind of measure stands today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Nothing of the kind is put in force without a person.
    Off,
    /// There is room for more today.
    Room,
    /// Whatever comes today goes before a person.
    Tripped,
}

/// The measures of a kind that were put in force without a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breaker {
    pub kind: EnforcementKind,
    /// In a day, by the settings of now.
    pub most: u32,
    /// By day, today last.
    pub days: Vec<(Date, u32)>,
}

impl Breaker {
    #[must_use]
    pub fn today(&self) -> u32 {
        self.days.last().map_or(0, |(_, count)| *count)
    }

    #[must_use]
    pub fn state(&self) -> BreakerState {
        match self.most {
            0 => BreakerState::Off,
            most if self.today() >= most => BreakerState::Tripped,
            _ => BreakerState::Room,
        }
    }
}

/// All of it at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    pub queues: Vec<QueueLoad>,
    pub breakers: Vec<Breaker>,
    pub as_of: Timestamp,
}

/// Looks at it.
pub struct WorkloadDesk {
    pub calendar: Arc<dyn CaseCalendar>,
    pub breaker: Arc<dyn CircuitBreaker>,
    pub settings: Arc<dyn SettingsSource>,
    pub clock: Arc<dyn Clock>,
}

impl WorkloadDesk {
    /// One query for each queue and one read of all counts, side by side.
    ///
    /// # Errors
    /// When a port does not work.
    pub async fn look(&self) -> Result<Workload, AppError> {
        let (settings, as_of) = (self.settings.current().await?, self.clock.now());
        let mut names = queues_of(&settings);
        names.truncate(QUEUES);
        let queues = names.into_iter().map(|queue| async move {
            let times = self.calendar.due_times(&queue, COUNTED + 1).await?;
            Ok::<_, AppError>(QueueLoad::of(queue, &times, as_of))
        });
        let days = days_until(day_of(as_of));
        let admitted = async { Ok::<_, AppError>(self.breaker.admitted(&AUTOMATIC, &days).await?) };
        let (queues, admitted) = futures::try_join!(try_join_all(queues), admitted)?;
        let breakers = AUTOMATIC.map(|kind| Breaker {
            kind,
            most: settings.enforcement.automatic_per_day(kind),
            days: days.iter().map(|day| (*day, admitted.get(&(kind, *day)).copied().unwrap_or(0))).collect(),
        });
        Ok(Workload { queues, breakers: breakers.into(), as_of })
    }
}

fn days_until(today: Date) -> Vec<Date> {
    (0..DAYS).rev().filter_map(|back| today.checked_sub(jiff::Span::new().days(back)).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_are_told_apart_by_when_they_are_due() {
        let now: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        let at = |hours: i64| now + SignedDuration::from_hours(hours);
        let load = QueueLoad::of("default".to_owned(), &[at(-30), at(0), at(24), at(25)], now);
        assert_eq!((load.late, load.soon, load.later, load.open()), (2, 1, 1, 4));
        assert_eq!((load.first_due, load.is_more), (Some(at(-30)), false));
        let many = QueueLoad::of("default".to_owned(), &vec![at(1); COUNTED + 1], now);
        assert!(many.is_more && many.open() == COUNTED);
    }

    #[test]
    fn the_days_are_two_weeks_and_today_is_the_last() {
        let today = jiff::civil::date(2026, 12, 3);
        let days = days_until(today);
        assert_eq!(
            (days.len(), days.first().copied(), days.last().copied()),
            (14, Some(jiff::civil::date(2026, 11, 20)), Some(today))
        );
    }

    #[test]
    fn a_breaker_is_off_has_room_or_has_tripped() {
        let state = |most, today| {
            let days = vec![(jiff::civil::date(2026, 11, 22), 9), (jiff::civil::date(2026, 11, 23), today)];
            Breaker { kind: EnforcementKind::SuspendUpdates, most, days }.state()
        };
        assert_eq!(
            (state(0, 0), state(2, 1), state(2, 2)),
            (BreakerState::Off, BreakerState::Room, BreakerState::Tripped)
        );
        assert_eq!(state(2, 9), BreakerState::Tripped, "a bound that was lowered since");
    }
}
