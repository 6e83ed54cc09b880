use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::Finding;

/// A year at most: what has not come back by then has been forgotten by those who spread it.
const DAYS: RangeInclusive<u32> = 1..=365;

/// How copies of removed content are stopped (R11.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RemovedContentRules {
    /// So long after its removal content is looked for.
    pub looked_for_days: u32,
}

impl Default for RemovedContentRules {
    /// As long as the record of the removal is kept (R16.2).
    fn default() -> Self {
        Self { looked_for_days: 180 }
    }
}

impl RemovedContentRules {
    #[must_use]
    pub fn validate(&self) -> Vec<Finding> {
        Finding::within("looked_for_days", self.looked_for_days, &DAYS).into_iter().collect()
    }
}
