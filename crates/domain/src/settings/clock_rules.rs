use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Finding, queue_name};
use crate::working_calendar::WorkingCalendar;

/// By when what is to be done, and what follows when it is not (B5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClockRules {
    /// Working days until a reviewer takes a case up.
    pub take_up_working_days: u16,
    /// Working days until a complaint is decided.
    pub complaint_working_days: u16,
    /// Working days until an appeal, or a reporter's contest, is decided.
    pub appeal_working_days: u16,
    /// Where cases go that are not decided at their time.
    pub overdue_queue: String,
    pub working_calendar: WorkingCalendar,
}

impl Default for ClockRules {
    fn default() -> Self {
        Self {
            // Who complains today is read tomorrow, or the day after.
            take_up_working_days: 2,
            // A week.
            complaint_working_days: 5,
            // Two weeks for somebody who was not there the first time.
            appeal_working_days: 10,
            overdue_queue: "overdue".to_owned(),
            working_calendar: WorkingCalendar::default(),
        }
    }
}

impl ClockRules {
    /// By when somebody is to take up what waits since `now`.
    #[must_use]
    pub fn take_up_by(&self, now: Timestamp) -> Timestamp {
        self.working_calendar.end_of(self.take_up_working_days, now)
    }

    /// By when a complaint that is filed `now` is to be decided.
    #[must_use]
    pub fn complaint_due_at(&self, now: Timestamp) -> Timestamp {
        self.working_calendar.end_of(self.complaint_working_days, now)
    }

    /// By when an appeal that is filed `now` is to be decided.
    #[must_use]
    pub fn appeal_due_at(&self, now: Timestamp) -> Timestamp {
        self.working_calendar.end_of(self.appeal_working_days, now)
    }

    #[must_use]
    pub fn validate(&self) -> Vec<Finding> {
        let days = [
            Finding::within("take_up_working_days", self.take_up_working_days, &(1..=60)),
            Finding::within("complaint_working_days", self.complaint_working_days, &(1..=60)),
            Finding::within("appeal_working_days", self.appeal_working_days, &(1..=60)),
        ];
        let queue = queue_name("overdue_queue", &self.overdue_queue);
        let calendar = Finding::under("working_calendar", self.working_calendar.validate());
        days.into_iter().flatten().chain(queue).chain(calendar).collect()
    }
}
