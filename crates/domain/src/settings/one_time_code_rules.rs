use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::Finding;

/// Ten tries of a million codes are still one in a hundred thousand.
const TRIES: RangeInclusive<u32> = 1..=10;

/// A text message may take a minute; after half an hour the phone is in somebody else's hand.
const MINUTES: RangeInclusive<u32> = 1..=30;

const PAUSE: RangeInclusive<u32> = 1..=3600;

const SENDS: RangeInclusive<u32> = 1..=100;

/// Codes that are sent to mobile numbers. The limits on sending count for each number and for each account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OneTimeCodeRules {
    /// Wrong codes that are judged before the challenge takes none.
    pub tries: u32,
    /// How long a code is right.
    pub minutes: u32,
    /// Between two codes.
    pub pause_seconds: u32,
    pub sends_per_hour: u32,
    pub sends_per_day: u32,
}

impl Default for OneTimeCodeRules {
    /// Five tries and ten minutes are what people are used to; with ten codes a day somebody who guesses has fifty tries of
    /// a million. The carriers of the mainland allow a code a minute, five an hour and ten a day to one number.
    fn default() -> Self {
        Self { tries: 5, minutes: 10, pause_seconds: 60, sends_per_hour: 5, sends_per_day: 10 }
    }
}

impl OneTimeCodeRules {
    #[must_use]
    pub fn validate(&self) -> Vec<Finding> {
        let findings = [
            Finding::within("tries", self.tries, &TRIES),
            Finding::within("minutes", self.minutes, &MINUTES),
            Finding::within("pause_seconds", self.pause_seconds, &PAUSE),
            Finding::within("sends_per_hour", self.sends_per_hour, &SENDS),
            Finding::within("sends_per_day", self.sends_per_day, &SENDS),
        ];
        findings.into_iter().flatten().collect()
    }
}
