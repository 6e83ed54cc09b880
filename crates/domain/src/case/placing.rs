//! Where a case waits and before which others, as the settings say. Neither decides anything about it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Case, Matter};
use crate::{grade::Grade, settings::Settings};

/// In which order the cases of a queue are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseOrder {
    /// The one that is due first first.
    #[default]
    Due,
    /// The one with the greatest priority first.
    Priority,
}

impl Case {
    /// The case in the queue that the settings give it, with the rank and the clock of one that waits since `now`. `grade` is
    /// that of the account it is about.
    #[must_use]
    pub fn placed(mut self, grade: Option<Grade>, settings: &Settings, now: Timestamp) -> Self {
        self.grade = grade;
        self.queue = settings.routing.queue_for(&self);
        // What is to be decided by then anyway has one clock.
        self.take_up_by = Some(settings.clocks.take_up_by(now)).filter(|by| *by < self.due_at);
        self.ranked(settings)
    }

    /// The case with the rank that the settings give it as it is now.
    #[must_use]
    pub fn ranked(mut self, settings: &Settings) -> Self {
        let policy = match &self.matter {
            Matter::Complaint { policy } => Some(policy.as_str()),
            _ => None,
        };
        let reach = self.grade.map_or(0, |grade| settings.grading.treatment(grade).review_priority);
        self.head_start_hours = settings.priority.head_start_hours(policy, reach, self.reporter_weight);
        self
    }

    /// Since when it waits.
    #[must_use]
    pub fn waits_since(&self) -> Timestamp {
        self.reopened_at.unwrap_or(self.opened_at)
    }

    /// A case with a head start ranks as one that has waited for so much longer. Every case grows older alike, so that who
    /// comes before whom does not change with time: this is the place in a list, and needs no writing anew.
    #[must_use]
    pub fn ranks_as_of(&self) -> Timestamp {
        let head_start = SignedDuration::from_hours(self.head_start_hours.into());
        self.waits_since().saturating_sub(head_start).unwrap_or(Timestamp::MIN)
    }

    /// The whole hours that it has waited, and its head start.
    #[must_use]
    pub fn priority_score(&self, now: Timestamp) -> u64 {
        let waited = now.duration_since(self.waits_since()).as_hours();
        u64::from(self.head_start_hours) + u64::try_from(waited).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{actor::Actor, case::Opening, id::AccountId, subject::Subject};

    const NOON: Timestamp = Timestamp::constant(1_795_406_400, 0);

    fn case(hours: i64, head_start_hours: u32) -> Case {
        let now = NOON + SignedDuration::from_hours(hours);
        let (subject, matter) = (Subject::Account(AccountId::at(NOON)), Matter::Registration);
        let opening = Opening { subject, matter, due_at: NOON, complaint: None };
        Case { head_start_hours, ..Case::open(opening, Actor::Public, now).state }
    }

    #[test]
    fn a_graver_complaint_about_a_greater_account_by_a_better_reporter_comes_first() {
        let settings = Settings::default();
        let matter = |policy: &str| Matter::Complaint { policy: policy.to_owned() };
        let ranked = |policy, grade, weight| {
            let case = Case { matter: matter(policy), ..case(0, 0) }.weighed(weight);
            case.placed(grade, &settings, NOON).ranks_as_of()
        };
        let spam = ranked("spam", Some(Grade::Small), 0);
        assert!(ranked("minors", Some(Grade::Small), 0) < spam);
        assert!(ranked("spam", Some(Grade::Major), 0) < spam);
        assert!(ranked("spam", Some(Grade::Small), 1_000) < spam);
        assert_eq!(ranked("spam", None, 0), spam, "whose account is gone waits as the smallest");
    }

    proptest! {
        /// The order of a list is that of the scores, at whatever hour somebody looks.
        #[test]
        fn the_rank_is_the_order_of_the_scores(
            (a, b) in (0_i64..500, 0_i64..500),
            (x, y) in (0_u32..500, 0_u32..500),
            later in 500_i64..5_000,
        ) {
            let (one, other) = (case(a, x), case(b, y));
            let now = NOON + SignedDuration::from_hours(later);
            let by_score = other.priority_score(now).cmp(&one.priority_score(now));
            prop_assert_eq!(one.ranks_as_of().cmp(&other.ranks_as_of()), by_score);
        }
    }
}
