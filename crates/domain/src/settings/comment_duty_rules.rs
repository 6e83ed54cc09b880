use jiff::{Timestamp, ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use super::Finding;
use crate::comment_duty::day_of;

/// What an account owes the comments below what it publishes, and what follows when it does not (R12.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CommentDutyRules {
    /// How many days are looked at together.
    pub window_days: u16,
    /// With fewer violating comments in the window nothing is measured.
    pub least_violations: u32,
    /// Of a hundred violating comments, how many may be left up until a person takes them away.
    pub most_left_up_percent: u8,
    /// How long a violating comment may be there, on average.
    pub most_hours_to_act: u16,
    /// For how long comments are taken away, if nothing is rectified.
    pub restriction_days: u16,
}

impl Default for CommentDutyRules {
    /// Ten violations in a week are no accident; who hides half of them within a day does something about it.
    fn default() -> Self {
        Self {
            window_days: 7,
            least_violations: 10,
            most_left_up_percent: 50,
            most_hours_to_act: 24,
            restriction_days: 7,
        }
    }
}

impl CommentDutyRules {
    /// The first day that is looked at: of the window, or after the last restriction, whose facts have had their effect.
    #[must_use]
    pub fn since(&self, last_restriction: Option<Timestamp>, now: Timestamp) -> Date {
        let before = i64::from(self.window_days) - 1;
        let window = day_of(now).checked_sub(before.days()).unwrap_or(Date::MIN);
        let after = last_restriction.and_then(|last| day_of(last).tomorrow().ok());
        after.map_or(window, |after| after.max(window))
    }

    #[must_use]
    pub fn validate(&self) -> Vec<Finding> {
        [
            Finding::within("window_days", self.window_days, &(1..=30)),
            Finding::within("least_violations", self.least_violations, &(1..=100_000)),
            Finding::within("most_left_up_percent", self.most_left_up_percent, &(0..=100)),
            Finding::within("most_hours_to_act", self.most_hours_to_act, &(1..=720)),
            Finding::within("restriction_days", self.restriction_days, &(1..=365)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_is_found() {
        let rules = CommentDutyRules { window_days: 31, restriction_days: 0, ..CommentDutyRules::default() };
        let paths: Vec<String> = rules.validate().into_iter().map(|finding| finding.path).collect();
        assert_eq!(paths, ["window_days", "restriction_days"]);
    }
}
