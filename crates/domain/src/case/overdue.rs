//! The clocks of a case (B5): somebody is to take it up by a time, and to decide it by another. A time that passes is noted once,
//! and a case that is not decided comes before those who catch up.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Case, CaseState};
use crate::{actor::Actor, change::Change, complaint::Complaint, event::EventBody};

/// What was to be done by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseClock {
    /// A reviewer claims it for the first time.
    TakeUp,
    Decide,
}

/// A time that passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    pub clock: CaseClock,
    /// In which queue the case was.
    pub queue: String,
    pub due_at: Timestamp,
    pub noted_at: Timestamp,
}

impl Case {
    /// Notes the earliest time that has passed and is not noted. One that is not decided at its time moves to the queue
    /// `escalate_to`. `None` when nothing is to be noted.
    #[must_use]
    pub fn note_overdue(mut self, escalate_to: &str, actor: Actor, now: Timestamp) -> Option<Change<Self>> {
        let clocks = [(CaseClock::TakeUp, self.take_up_is_late(now)), (CaseClock::Decide, self.is_overdue(now))];
        let late = clocks.into_iter().filter_map(|(clock, due_at)| Some((clock, due_at?)));
        let is_noted = |clock, due_at| self.breaches.iter().any(|it| it.clock == clock && it.due_at == due_at);
        let (clock, due_at) = late.into_iter().find(|(clock, due_at)| !is_noted(*clock, *due_at))?;
        let queue = self.queue.clone();
        if clock == CaseClock::Decide {
            escalate_to.clone_into(&mut self.queue);
        }
        self.breaches.push(Breach { clock, queue: queue.clone(), due_at, noted_at: now });
        let body = EventBody::CaseOverdue { case_id: self.case_id, clock, queue, due_at };
        Some(self.changed(body, actor, now))
    }

    /// Since when it should have been decided.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> Option<Timestamp> {
        (self.state != CaseState::Decided && self.due_at <= now).then_some(self.due_at)
    }

    /// Since when somebody should have taken it up.
    fn take_up_is_late(&self, now: Timestamp) -> Option<Timestamp> {
        let waits = self.state == CaseState::Open && self.taken_up_at.is_none();
        self.take_up_by.filter(|by| waits && *by <= now)
    }

    /// The times at which the case is to be looked at because of its last change, which `body` tells of; `joined` is the
    /// complaint that it took, if it did.
    #[must_use]
    pub fn deadlines_of(&self, body: &EventBody, joined: Option<&Complaint>) -> Vec<Timestamp> {
        match body {
            EventBody::CaseOpened { .. } | EventBody::CaseReopened { .. } | EventBody::CaseContested { .. } => {
                self.take_up_by.into_iter().chain([self.due_at]).collect()
            }
            // It was due later until then.
            EventBody::ComplaintJoined { .. } if joined.is_some_and(|it| it.due_at == self.due_at) => vec![self.due_at],
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::{
        case::{Matter, Opening},
        id::AccountId,
        settings::Settings,
        subject::Subject,
    };

    const NOON: Timestamp = Timestamp::constant(1_795_406_400, 0);

    fn clock() -> Actor {
        Actor::function("deadline-clock")
    }

    fn case(due_in_hours: i64) -> Case {
        let opening = Opening {
            subject: Subject::Account(AccountId::at(NOON)),
            matter: Matter::Registration,
            due_at: NOON + SignedDuration::from_hours(due_in_hours),
            complaint: None,
        };
        Case::open(opening, clock(), NOON).state
    }

    fn noted(case: &Case, hours: i64) -> Option<Case> {
        let now = NOON + SignedDuration::from_hours(hours);
        case.clone().note_overdue("overdue", clock(), now).map(|change| change.state)
    }

    #[test]
    fn a_breach_is_noted_once_at_its_time_and_the_case_moves_with_all_it_has() {
        let case = case(0);
        assert_eq!(case.clone().note_overdue("overdue", clock(), NOON - SignedDuration::from_nanos(1)), None);
        let claimed = case.claim(Actor::caller("li"), NOON).unwrap().state;
        let overdue = noted(&claimed, 0).unwrap();
        assert_eq!((overdue.queue.as_str(), overdue.breaches[0].queue.as_str()), ("overdue", "registration"));
        assert!(overdue.assignment.is_some(), "whoever has it goes on");
        assert_eq!(noted(&overdue, 9), None);
    }

    #[test]
    fn what_nobody_takes_up_is_noted_where_it_is_and_what_is_taken_up_is_not() {
        let placed = case(1_000).placed(None, &Settings::default(), NOON);
        let by = placed.take_up_by.unwrap();
        assert!(by < placed.due_at);
        let late = noted(&placed, 200).unwrap();
        assert_eq!((late.queue.as_str(), late.breaches[0].clock), ("registration", CaseClock::TakeUp));
        assert_eq!(noted(&late, 300), None, "once");
        let overdue = noted(&late, 1_000).unwrap();
        assert_eq!((overdue.queue.as_str(), overdue.breaches.len()), ("overdue", 2));
        let taken = placed.claim(Actor::caller("li"), NOON).unwrap().state;
        assert_eq!(noted(&taken, 200), None);
    }
}
