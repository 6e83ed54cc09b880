//! How an account manages the comments below what it publishes (R12.3), measured from recorded facts.
//!
//! A fact is made when a person takes a comment away that the public could see: until then the account could have hidden it.
//! Whether it had, and after how long, is what counts. Facts are counted by day, so that what is read is as many rows as the
//! window has days, however many comments there are.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    comment::{Comment, CommentStatus},
    decision::{Action, Decision},
    retention::SHANGHAI,
    settings::CommentDutyRules,
};

/// One violating comment and what the account did about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DutyFact {
    /// Of the decision, in Shanghai.
    pub day: Date,
    /// The public saw it until a person took it away.
    pub left_up: bool,
    /// Between its coming in and its being hidden, or taken away.
    pub minutes: u64,
}

/// The sum of facts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentDuty {
    pub violating: u64,
    pub left_up: u64,
    pub minutes: u64,
}

/// How the duty was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DutyBreach {
    pub measure: CommentDuty,
}

/// The day in Shanghai.
#[must_use]
pub fn day_of(now: Timestamp) -> Date {
    now.to_zoned_datetime(SHANGHAI.clone()).date()
}

impl DutyFact {
    /// What `decision` says of the comment as it was before it: nothing when the comment was not to be seen, or is not
    /// taken away.
    #[must_use]
    pub fn of(comment: &Comment, decision: &Decision, now: Timestamp) -> Option<Self> {
        let taken_away = matches!(decision.action, Action::Refuse | Action::RemoveContent);
        if !taken_away || comment.status != CommentStatus::Published {
            return None;
        }
        let until = comment.hidden.map_or(now, |hiding| hiding.at);
        let minutes = until.duration_since(comment.received_at).as_secs().max(0) / 60;
        Some(Self { day: day_of(now), left_up: comment.hidden.is_none(), minutes: u64::try_from(minutes).unwrap_or(0) })
    }
}

impl std::iter::Sum for CommentDuty {
    fn sum<I: Iterator<Item = Self>>(days: I) -> Self {
        days.fold(Self::default(), |sum, day| Self {
            violating: sum.violating.saturating_add(day.violating),
            left_up: sum.left_up.saturating_add(day.left_up),
            minutes: sum.minutes.saturating_add(day.minutes),
        })
    }
}

impl CommentDuty {
    #[must_use]
    pub fn with(self, fact: &DutyFact) -> Self {
        [self, Self { violating: 1, left_up: fact.left_up.into(), minutes: fact.minutes }].into_iter().sum()
    }

    /// Of a hundred violating comments, how many the account left up; 0 when there were none.
    #[must_use]
    pub fn left_up_percent(&self) -> u64 {
        self.left_up.saturating_mul(100).checked_div(self.violating).unwrap_or(0)
    }

    /// How long a violating comment was there, on average.
    #[must_use]
    pub fn mean_minutes(&self) -> u64 {
        self.minutes.checked_div(self.violating).unwrap_or(0)
    }

    /// Whether the account manages its comments poorly: a few mistakes say nothing, whatever their share.
    #[must_use]
    pub fn breach(&self, rules: &CommentDutyRules) -> Option<DutyBreach> {
        let enough = self.violating >= u64::from(rules.least_violations);
        let poor = self.left_up_percent() > u64::from(rules.most_left_up_percent)
            || self.mean_minutes() > u64::from(rules.most_hours_to_act) * 60;
        (enough && poor).then_some(DutyBreach { measure: *self })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sum(violating: u64, left_up: u64, minutes: u64) -> CommentDuty {
        CommentDuty { violating, left_up, minutes }
    }

    #[test]
    fn a_few_mistakes_are_no_breach_and_many_left_up_or_late_are() {
        let rules = CommentDutyRules { least_violations: 4, ..CommentDutyRules::default() };
        assert_eq!(sum(3, 3, 9_000).breach(&rules), None);
        assert!(sum(4, 3, 0).breach(&rules).is_some(), "three of four were left up");
        assert_eq!(sum(4, 2, 0).breach(&rules), None, "half of them");
        let late = 4 * u64::from(rules.most_hours_to_act) * 60;
        assert_eq!(sum(4, 0, late).breach(&rules), None);
        assert!(sum(4, 0, late + 4).breach(&rules).is_some(), "all hidden, too late");
        assert_eq!(CommentDuty::default().left_up_percent(), 0);
    }

    proptest! {
        /// Hiding a comment in time never makes the measure worse than leaving it up.
        #[test]
        fn acting_never_counts_against_an_account(violating in 0_u64..500, left in 0_u64..500, minutes in 0_u64..9_000, took in 0_u64..900) {
            let rules = CommentDutyRules { least_violations: 1, ..CommentDutyRules::default() };
            let before = sum(violating, left.min(violating), minutes * violating);
            let day = jiff::civil::date(2026, 11, 23);
            let acted = before.with(&DutyFact { day, left_up: false, minutes: took });
            let slept = before.with(&DutyFact { day, left_up: true, minutes: took });
            prop_assert!(acted.breach(&rules).is_none() || slept.breach(&rules).is_some());
        }
    }
}
