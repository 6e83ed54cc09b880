use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::Finding;

/// As the caps on accounts.
const SENSIBLE: RangeInclusive<u32> = 1..=100;

/// When accounts of one principal must be registered as a group (R7.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GroupRules {
    /// A principal that holds so many accounts registers no further one without a group.
    pub required_above: u32,
}

impl Default for GroupRules {
    /// Three accounts are what an organisation has for itself; whoever runs a fourth runs a matrix.
    fn default() -> Self {
        Self { required_above: 3 }
    }
}

impl GroupRules {
    #[must_use]
    pub fn validate(&self) -> Vec<Finding> {
        Finding::within("required_above", self.required_above, &SENSIBLE).into_iter().collect()
    }
}
