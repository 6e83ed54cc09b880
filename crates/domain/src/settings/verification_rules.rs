use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::Finding;

/// One try at least; with the longest pauses, thirty tries are a working day, after which nobody waits for a machine.
const TRIES: RangeInclusive<u32> = 1..=30;

/// What SQS can hold a message back, in seconds.
const PAUSE: RangeInclusive<u32> = 1..=900;

/// A person's answer is due the same day at the earliest and within a month at the latest.
const REVIEW_DAYS: RangeInclusive<u32> = 1..=30;

/// How registrations are checked (R6.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VerificationRules {
    /// After so many checks without an answer a person decides.
    pub tries: u32,
    /// The pause before the second check; each one after it is twice as long.
    pub first_pause_seconds: u32,
    /// No pause is longer.
    pub longest_pause_seconds: u32,
    /// Within how many days a person is to decide.
    pub review_days: u32,
    /// Whether a person's account becomes active only when a mobile number has been proven by a one-time code.
    pub mobile_required: bool,
    /// Calling codes of the mobile numbers that codes are sent to, without `+`.
    pub mobile_calling_codes: Vec<String>,
}

impl Default for VerificationRules {
    /// Eight checks with pauses of 1, 2, 4, 8 and then 15 minutes are an hour: most outages of a provider are shorter,
    /// and whoever registers can be told a time. Three working days are what platforms promise for a review by hand.
    ///
    /// A mobile number is not asked for again: the platform has proven that of whoever signs in, long before they
    /// register a public account, and one that has not says so here. Only numbers of the mainland are sold under their
    /// owner's real name, which is what makes them part of an identity; and codes sent abroad are what fraudsters make
    /// others pay for.
    fn default() -> Self {
        Self {
            tries: 8,
            first_pause_seconds: 60,
            longest_pause_seconds: 900,
            review_days: 3,
            mobile_required: false,
            mobile_calling_codes: vec!["86".to_owned()],
        }
    }
}

impl VerificationRules {
    /// How long to wait after the check `attempt` (from 1), in seconds: between half and the whole of a pause that
    /// doubles, as `chance` falls, so that those who failed together do not come back together.
    #[must_use]
    pub fn pause_after(&self, attempt: u32, chance: u8) -> u32 {
        let doubled = 1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
        let whole = self.first_pause_seconds.saturating_mul(doubled).min(self.longest_pause_seconds);
        let half = whole / 2;
        whole - half * u32::from(chance) / u32::from(u8::MAX)
    }

    #[must_use]
    pub fn validate(&self) -> Vec<Finding> {
        let numbers = [
            Finding::within("tries", self.tries, &TRIES),
            Finding::within("first_pause_seconds", self.first_pause_seconds, &PAUSE),
            Finding::within("longest_pause_seconds", self.longest_pause_seconds, &PAUSE),
            Finding::within("review_days", self.review_days, &REVIEW_DAYS),
        ];
        let codes = self.mobile_calling_codes.iter().enumerate().filter(|(_, code)| {
            // E.164: one to three digits, the first not 0.
            !(1..=3).contains(&code.len()) || code.starts_with('0') || !code.bytes().all(|c| c.is_ascii_digit())
        });
        let codes = codes.map(|(at, _)| {
            let path = format!("mobile_calling_codes[{at}]");
            Finding::new(
                &path,
                "国际区号应为 1 至 3 位数字，不含加号。",
                "A calling code has one to three digits and no plus.",
            )
        });
        numbers.into_iter().flatten().chain(codes).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_pauses_of_the_starter_document_make_an_hour() {
        let rules = VerificationRules::default();
        let pauses: Vec<u32> = (1..rules.tries).map(|attempt| rules.pause_after(attempt, 0)).collect();
        assert_eq!(pauses, [60, 120, 240, 480, 900, 900, 900]);
        assert_eq!(pauses.iter().sum::<u32>(), 3600);
    }

    #[test]
    fn what_is_out_of_bounds_is_named() {
        let rules = VerificationRules {
            tries: 0,
            longest_pause_seconds: 901,
            mobile_calling_codes: vec!["86".to_owned(), "+1".to_owned(), "0".to_owned()],
            ..VerificationRules::default()
        };
        let paths: Vec<String> = rules.validate().into_iter().map(|finding| finding.path).collect();
        assert_eq!(paths, ["tries", "longest_pause_seconds", "mobile_calling_codes[1]", "mobile_calling_codes[2]"]);
    }

    proptest! {
        #[test]
        fn a_pause_is_never_longer_than_allowed_and_never_shorter_than_half_of_the_first(
            attempt in any::<u32>(), chance in any::<u8>(), first in 1_u32..=900, longest in 1_u32..=900,
        ) {
            let (first_pause_seconds, longest_pause_seconds) = (first, longest);
            let rules = VerificationRules { first_pause_seconds, longest_pause_seconds, ..VerificationRules::default() };
            let pause = rules.pause_after(attempt, chance);
            prop_assert!(pause <= longest && pause >= first.min(longest) / 2);
        }
    }
}
