use serde::{Deserialize, Serialize};

use super::Finding;

/// What becomes of news from an account without a valid licence (R8).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithoutLicence {
    /// It is not taken; the problem says why.
    #[default]
    Refuse,
    /// It is taken and not shown until a person has looked.
    Hold,
}

/// News (R8).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NewsRules {
    pub without_licence: WithoutLicence,
}

impl NewsRules {
    /// Each value that can be written is a sensible one.
    #[must_use]
    pub const fn validate(&self) -> Vec<Finding> {
        Vec::new()
    }
}
