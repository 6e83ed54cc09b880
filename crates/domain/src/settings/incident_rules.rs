use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::Finding;

/// Two weeks at most: what lasts longer is a rule, and belongs into the rule pack.
const HOURS: RangeInclusive<u32> = 1..=336;

/// What bounds incident mode (R5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IncidentRules {
    /// An incident lasts so long at most, and can be declared again.
    pub longest_hours: u32,
}

impl Default for IncidentRules {
    /// Three days, over a weekend; whoever needs longer says so again.
    fn default() -> Self {
        Self { longest_hours: 72 }
    }
}

impl IncidentRules {
    #[must_use]
    pub fn validate(&self) -> Vec<Finding> {
        Finding::within("longest_hours", self.longest_hours, &HOURS).into_iter().collect()
    }
}
