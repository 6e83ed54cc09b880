use serde::{Deserialize, Serialize};

use super::{CommentDutyRules, Finding};
use crate::{
    credit::{CreditLevel, Moderation},
    grade::Grade,
};

/// How comments are looked at (R12.2). They are a hundred times as many as publications, so they have numbers of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CommentSupervision {
    /// From this credit level of the account on, comments below its publications are held until a person has looked.
    pub held_from: CreditLevel,
    /// Of a thousand comments that pass, how many a person looks at all the same, by the account's grade.
    pub small_per_mille: u16,
    pub medium_per_mille: u16,
    pub large_per_mille: u16,
    pub major_per_mille: u16,
    /// What accounts owe them, and what follows when they do not (R12.3).
    pub duty: CommentDutyRules,
}

impl Default for CommentSupervision {
    /// As deep as for publications, a tenth as often: an account with ten times the readers has its comments looked at more.
    fn default() -> Self {
        Self {
            held_from: CreditLevel::D,
            small_per_mille: 0,
            medium_per_mille: 1,
            large_per_mille: 1,
            major_per_mille: 2,
            duty: CommentDutyRules::default(),
        }
    }
}

impl CommentSupervision {
    #[must_use]
    pub const fn sampling_per_mille(&self, grade: Grade) -> u16 {
        match grade {
            Grade::Small => self.small_per_mille,
            Grade::Medium => self.medium_per_mille,
            Grade::Large => self.large_per_mille,
            Grade::Major => self.major_per_mille,
        }
    }

    #[must_use]
    pub fn moderation(&self, level: CreditLevel) -> Moderation {
        if level >= self.held_from { Moderation::Pre } else { Moderation::Post }
    }

    #[must_use]
    pub fn validate(&self) -> Vec<Finding> {
        let rates = [
            ("small_per_mille", self.small_per_mille),
            ("medium_per_mille", self.medium_per_mille),
            ("large_per_mille", self.large_per_mille),
            ("major_per_mille", self.major_per_mille),
        ];
        let rates = rates.into_iter().filter_map(|(name, rate)| Finding::within(name, rate, &(0..=1_000)));
        rates.chain(Finding::under("duty", self.duty.validate())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_from_which_comments_are_held_is_itself_one_of_them() {
        let rules = CommentSupervision::default();
        let held = |level| rules.moderation(level) == Moderation::Pre;
        assert!(!held(CreditLevel::C) && held(CreditLevel::D) && held(CreditLevel::E));
    }

    #[test]
    fn a_rate_is_of_a_thousand() {
        let rules = CommentSupervision { major_per_mille: 1_001, ..CommentSupervision::default() };
        assert_eq!(rules.validate()[0].path, "major_per_mille");
    }
}
