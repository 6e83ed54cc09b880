use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::Finding;

/// Without a day nobody can change their mind; after more than two months nobody waits any more.
const SENSIBLE: RangeInclusive<u32> = 1..=60;

/// How an account is closed at its holder's wish (R9.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeregistrationRules {
    /// How long the holder may change their mind.
    pub cooling_off_days: u32,
}

impl Default for DeregistrationRules {
    /// Fifteen days: what platforms promise for the handling of such a request.
    fn default() -> Self {
        Self { cooling_off_days: 15 }
    }
}

impl DeregistrationRules {
    #[must_use]
    pub fn validate(&self) -> Vec<Finding> {
        Finding::within("cooling_off_days", self.cooling_off_days, &SENSIBLE).into_iter().collect()
    }
}
