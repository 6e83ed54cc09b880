//! What is in force because of a decision (R13.1).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    id::{DecisionId, EnforcementId},
    statement::StatementOfReasons,
};

/// The rungs of the ladder, mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnforcementKind {
    Warn,
    SuspendUpdates,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enforcement {
    pub enforcement_id: EnforcementId,
    pub decision_id: DecisionId,
    pub kind: EnforcementKind,
    pub starts_at: Timestamp,
    /// The first moment at which it is no longer in force; without one it stays until it is lifted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
    pub statement: StatementOfReasons,
}

impl Enforcement {
    #[must_use]
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.starts_at <= now && self.ends_at.is_none_or(|end| now < end)
    }
}
