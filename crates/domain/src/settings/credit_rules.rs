use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::Finding;
use crate::credit::{CreditLevel, Moderation};

/// A fact that weighs more than this decides alone, whatever else is known.
const POINTS: RangeInclusive<i32> = -100..=100;

/// What each recorded fact weighs, from which points on a level is reached, and what a level means (R6.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CreditRules {
    /// What every account begins with.
    pub base: i32,
    /// For a verified identity.
    pub verified: i32,
    /// For each whole month (30 days) since the registration, up to `months_counted`.
    pub month: i32,
    pub months_counted: u32,
    /// For each point of strike weight in force.
    pub strike: i32,
    pub warn_weight: u32,
    pub suspension_weight: u32,
    /// How long a strike counts after its measure began.
    pub strike_days: u32,
    /// For each measure after a complaint in the last `complaint_days`.
    pub upheld_complaint: i32,
    pub complaint_days: u32,
    /// For each complaint that the holder filed in bad faith.
    pub malicious_complaint: i32,
    /// The fewest points of level A; below those of D is E.
    pub a_from: i32,
    pub b_from: i32,
    pub c_from: i32,
    pub d_from: i32,
    pub a: LevelRules,
    pub b: LevelRules,
    pub c: LevelRules,
    pub d: LevelRules,
    pub e: LevelRules,
}

/// What services an account of a level gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelRules {
    pub moderation: Moderation,
    /// Of a thousand publications that pass, how many a person looks at all the same.
    pub sampling_per_mille: u16,
    /// Without it, as many as the holder likes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publications_per_hour: Option<u32>,
    /// Whether readers may comment.
    pub comments: bool,
}

impl Default for CreditRules {
    /// A new account with a verified identity stands at B, a year without a measure makes it A, one warning C, two
    /// warnings or one suspension D, and what comes on top of that E.
    fn default() -> Self {
        let rules = |moderation, sampling_per_mille, publications_per_hour, comments| LevelRules {
            moderation,
            sampling_per_mille,
            publications_per_hour,
            comments,
        };
        Self {
            base: 50,
            verified: 20,
            month: 1,
            months_counted: 12,
            strike: -15,
            warn_weight: 1,
            suspension_weight: 2,
            // Half a year, as long as the record of what it was for is kept (R16.2).
            strike_days: 180,
            upheld_complaint: -5,
            complaint_days: 365,
            malicious_complaint: -10,
            a_from: 80,
            b_from: 65,
            c_from: 50,
            d_from: 30,
            a: rules(Moderation::Post, 0, None, true),
            b: rules(Moderation::Post, 0, None, true),
            // Everything is looked at, after it is shown; an hour's worth is what a person writes by hand.
            c: rules(Moderation::Post, 1_000, Some(20), true),
            d: rules(Moderation::Pre, 1_000, Some(10), true),
            e: rules(Moderation::Pre, 1_000, Some(3), false),
        }
    }
}

impl CreditRules {
    #[must_use]
    pub const fn level(&self, points: i32) -> CreditLevel {
        if points >= self.a_from {
            CreditLevel::A
        } else if points >= self.b_from {
            CreditLevel::B
        } else if points >= self.c_from {
            CreditLevel::C
        } else if points >= self.d_from {
            CreditLevel::D
        } else {
            CreditLevel::E
        }
    }

    #[must_use]
    pub const fn rules(&self, level: CreditLevel) -> LevelRules {
        match level {
            CreditLevel::A => self.a,
            CreditLevel::B => self.b,
            CreditLevel::C => self.c,
            CreditLevel::D => self.d,
            CreditLevel::E => self.e,
        }
    }

    #[must_use]
    pub fn validate(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let merits = [("base", self.base), ("verified", self.verified), ("month", self.month)];
        findings.extend(merits.iter().filter_map(|(name, points)| Finding::within(name, *points, &(0..=100))));
        let faults = [
            ("strike", self.strike),
            ("upheld_complaint", self.upheld_complaint),
            ("malicious_complaint", self.malicious_complaint),
        ];
        findings.extend(faults.iter().filter_map(|(name, points)| Finding::within(name, *points, &(-100..=0))));
        // Ten years: beyond it an account would never get rid of what it did.
        let days = [("strike_days", self.strike_days), ("complaint_days", self.complaint_days)];
        findings.extend(days.iter().filter_map(|(name, days)| Finding::within(name, *days, &(1..=3_650))));
        let counts = [
            ("months_counted", self.months_counted),
            ("warn_weight", self.warn_weight),
            ("suspension_weight", self.suspension_weight),
        ];
        findings.extend(counts.iter().filter_map(|(name, count)| Finding::within(name, *count, &(0..=120))));
        let from = [("a_from", self.a_from), ("b_from", self.b_from), ("c_from", self.c_from), ("d_from", self.d_from)];
        findings.extend(from.iter().filter_map(|(name, points)| Finding::within(name, *points, &POINTS)));
        for pair in from.windows(2) {
            if let [(_, higher), (name, lower)] = pair
                && lower >= higher
            {
                findings.push(Finding::new(name, "须低于上一等级的分数。", "Must be below that of the level above."));
            }
        }
        for (name, level) in [("a", self.a), ("b", self.b), ("c", self.c), ("d", self.d), ("e", self.e)] {
            let path = format!("{name}.sampling_per_mille");
            findings.extend(Finding::within(&path, level.sampling_per_mille, &(0..=1_000)));
            if level.publications_per_hour == Some(0) {
                findings.push(Finding::new(
                    &format!("{name}.publications_per_hour"),
                    "须至少为 1；禁止发布请使用处置措施。",
                    "Must be 1 at least; to stop an account is a measure with reasons.",
                ));
            }
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_contradicts_itself_is_found() {
        let mut rules = CreditRules { strike: 5, b_from: 90, strike_days: 0, ..CreditRules::default() };
        rules.e.publications_per_hour = Some(0);
        let paths: Vec<String> = rules.validate().into_iter().map(|finding| finding.path).collect();
        assert_eq!(paths, ["strike", "strike_days", "b_from", "e.publications_per_hour"]);
    }

    #[test]
    fn the_points_of_a_level_are_its_own() {
        let rules = CreditRules::default();
        let levels: Vec<CreditLevel> = [100, 80, 79, 65, 64, 50, 49, 30, 29, -100].map(|it| rules.level(it)).into();
        let expected = {
            use CreditLevel::{A, B, C, D, E};
            [A, A, B, B, C, C, D, D, E, E]
        };
        assert_eq!(levels, expected);
    }
}
