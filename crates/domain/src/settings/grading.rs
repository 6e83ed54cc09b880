use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::Finding;
use crate::{
    grade::{AccountClass, Grade},
    metrics::Metrics,
};

/// Below half of a threshold an account would keep a grade that it has nothing of any more; at the whole threshold it
/// would move up and down from day to day.
const FALLS_BELOW: RangeInclusive<u8> = 50..=100;

/// When an account moves a grade up or down, and what each grade means (R7.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Grading {
    pub official: Ladder,
    pub media: Ladder,
    pub organisation: Ladder,
    pub individual: Ladder,
    /// An account falls out of its grade when both counts are below this share of the grade's threshold.
    pub falls_below_percent: u8,
    pub small: Treatment,
    pub medium: Treatment,
    pub large: Treatment,
    pub major: Treatment,
}

/// From where on an account is of a grade; `small` needs nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ladder {
    pub medium: Threshold,
    pub large: Threshold,
    pub major: Threshold,
}

/// Either count is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    pub subscribers: u64,
    /// In one period.
    pub reads: u64,
}

/// What a grade means for screening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Treatment {
    /// Of a thousand publications that pass, how many a person looks at all the same.
    pub sampling_per_mille: u16,
    /// Cases with a higher one come first.
    pub review_priority: u8,
}

impl Ladder {
    const fn of(medium: Threshold, large: Threshold, major: Threshold) -> Self {
        Self { medium, large, major }
    }

    const fn threshold(&self, grade: Grade) -> Option<Threshold> {
        match grade {
            Grade::Small => None,
            Grade::Medium => Some(self.medium),
            Grade::Large => Some(self.large),
            Grade::Major => Some(self.major),
        }
    }
}

impl Threshold {
    const fn of(subscribers: u64, reads: u64) -> Self {
        Self { subscribers, reads }
    }

    /// Whether `metrics` reach `percent` of it.
    fn is_reached(&self, metrics: &Metrics, percent: u8) -> bool {
        let reaches =
            |count: u64, threshold: u64| u128::from(count) * 100 >= u128::from(threshold) * u128::from(percent);
        reaches(metrics.subscribers, self.subscribers) || reaches(metrics.reads, self.reads)
    }
}

impl Default for Grading {
    /// A ten thousandth, a thousandth and a hundredth of a hundred million readers are what platforms call a middling, a
    /// large and a leading account; a read count of ten times the subscribers in a month weighs the same. Official and
    /// media accounts are taken for their word, so that they are looked at from a tenth of that reach on.
    fn default() -> Self {
        let ladder = |first: u64| {
            let step = |subscribers: u64| Threshold::of(subscribers, subscribers * 10);
            Ladder::of(step(first), step(first * 10), step(first * 100))
        };
        Self {
            official: ladder(1_000),
            media: ladder(1_000),
            organisation: ladder(10_000),
            individual: ladder(10_000),
            // A fifth of slack: more than the swing of a month, less than half a grade.
            falls_below_percent: 80,
            // Rules and complaints find what small accounts do; of the others a person looks at one in two hundred, in a
            // hundred, in fifty, for a mistake there reaches ten times as many each.
            small: Treatment { sampling_per_mille: 0, review_priority: 0 },
            medium: Treatment { sampling_per_mille: 5, review_priority: 1 },
            large: Treatment { sampling_per_mille: 10, review_priority: 2 },
            major: Treatment { sampling_per_mille: 20, review_priority: 3 },
        }
    }
}

impl Grading {
    /// The grade after `metrics`, of an account that was of `present` before.
    #[must_use]
    pub fn grade(&self, class: AccountClass, present: Grade, metrics: &Metrics) -> Grade {
        let ladder = self.ladder(class);
        let reached = |percent: u8| {
            let is_reached = |grade: &Grade| ladder.threshold(*grade).is_none_or(|it| it.is_reached(metrics, percent));
            Grade::ALL.into_iter().filter(is_reached).max().unwrap_or_default()
        };
        let up = reached(100);
        if up >= present { up } else { present.min(reached(self.falls_below_percent)) }
    }

    #[must_use]
    pub const fn treatment(&self, grade: Grade) -> Treatment {
        match grade {
            Grade::Small => self.small,
            Grade::Medium => self.medium,
            Grade::Large => self.large,
            Grade::Major => self.major,
        }
    }

    const fn ladder(&self, class: AccountClass) -> &Ladder {
        match class {
            AccountClass::Official => &self.official,
            AccountClass::Media => &self.media,
            AccountClass::Organisation => &self.organisation,
            AccountClass::Individual => &self.individual,
        }
    }

    #[must_use]
    pub fn validate(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> =
            Finding::within("falls_below_percent", self.falls_below_percent, &FALLS_BELOW).into_iter().collect();
        let ladders = [
            ("official", self.official),
            ("media", self.media),
            ("organisation", self.organisation),
            ("individual", self.individual),
        ];
        for (name, Ladder { medium, large, major }) in ladders {
            let rises =
                |of: fn(&Threshold) -> u64| 0 < of(&medium) && of(&medium) < of(&large) && of(&large) < of(&major);
            for (field, is_right) in [("subscribers", rises(|it| it.subscribers)), ("reads", rises(|it| it.reads))] {
                if !is_right {
                    findings.push(Finding::new(
                        &format!("{name}.medium.{field}"),
                        "门槛须大于零，并逐级升高（medium、large、major）。",
                        "Thresholds must be greater than zero and rise from medium to large to major.",
                    ));
                }
            }
        }
        let treatments = [("small", self.small), ("medium", self.medium), ("large", self.large), ("major", self.major)];
        for (name, treatment) in treatments {
            let path = format!("{name}.sampling_per_mille");
            findings.extend(Finding::within(&path, treatment.sampling_per_mille, &(0..=1_000)));
        }
        for pair in treatments.windows(2) {
            if let [(_, lower), (name, higher)] = pair
                && (higher.sampling_per_mille < lower.sampling_per_mille
                    || higher.review_priority < lower.review_priority)
            {
                findings.push(Finding::new(
                    name,
                    "级别越高，抽检与优先级不得越低。",
                    "A higher grade must not be looked at less than a lower one.",
                ));
            }
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn metrics(subscribers: u64, reads: u64) -> Metrics {
        Metrics { period: jiff::civil::date(2026, 11, 30), subscribers, reads }
    }

    #[test]
    fn an_account_rises_at_the_threshold_and_falls_well_below_it() {
        let grading = Grading::default();
        let grade = |present, subscribers| grading.grade(AccountClass::Individual, present, &metrics(subscribers, 0));
        assert_eq!(grade(Grade::Small, 9_999), Grade::Small);
        assert_eq!(grade(Grade::Small, 10_000), Grade::Medium);
        assert_eq!(grade(Grade::Small, 1_000_000), Grade::Major, "more than one grade at once");
        assert_eq!(grade(Grade::Medium, 9_000), Grade::Medium, "a swing does not move it");
        assert_eq!(grade(Grade::Medium, 7_999), Grade::Small);
        assert_eq!(grade(Grade::Major, 85_000), Grade::Large);
    }

    #[test]
    fn reads_alone_are_enough_and_classes_have_their_own_ladders() {
        let grading = Grading::default();
        assert_eq!(grading.grade(AccountClass::Individual, Grade::Small, &metrics(0, 100_000)), Grade::Medium);
        assert_eq!(grading.grade(AccountClass::Media, Grade::Small, &metrics(1_000, 0)), Grade::Medium);
    }

    #[test]
    fn what_contradicts_itself_is_found() {
        let mut grading = Grading { falls_below_percent: 101, ..Grading::default() };
        grading.media.large.reads = 1;
        grading.major.sampling_per_mille = 1;
        grading.small.sampling_per_mille = 1_001;
        let paths: Vec<String> = grading.validate().into_iter().map(|finding| finding.path).collect();
        let expected = ["falls_below_percent", "media.medium.reads", "small.sampling_per_mille", "medium", "major"];
        assert_eq!(paths, expected);
    }

    proptest! {
        /// The same counts again never move an account once more.
        #[test]
        fn a_grade_is_stable(present in 0_usize..4, subscribers in 0_u64..2_000_000, reads in 0_u64..20_000_000) {
            let (grading, metrics) = (Grading::default(), metrics(subscribers, reads));
            let once = grading.grade(AccountClass::Individual, Grade::ALL[present], &metrics);
            prop_assert_eq!(grading.grade(AccountClass::Individual, once, &metrics), once);
        }

        #[test]
        fn more_readers_never_mean_a_lower_grade(present in 0_usize..4, a in 0_u64..2_000_000, b in 0_u64..2_000_000) {
            let grading = Grading::default();
            let grade = |n| grading.grade(AccountClass::Organisation, Grade::ALL[present], &metrics(n, 0));
            prop_assert!(grade(a.min(b)) <= grade(a.max(b)));
        }
    }
}
