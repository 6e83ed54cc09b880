//! What is in force because of a decision (R13.1).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    assessment::InteractiveFunction,
    id::{DecisionId, EnforcementId},
    statement::StatementOfReasons,
};

/// The rungs of the ladder, mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnforcementKind {
    Warn,
    /// A function is taken from the account.
    RestrictFunction,
    SuspendUpdates,
    /// The account is closed.
    Close,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enforcement {
    pub enforcement_id: EnforcementId,
    pub decision_id: DecisionId,
    pub kind: EnforcementKind,
    /// The function that is taken away, of a restriction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<InteractiveFunction>,
    pub starts_at: Timestamp,
    /// The first moment at which it is no longer in force; without one it stays until it is lifted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
    /// What it counts for; without one, the settings say it by its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strike: Option<Strike>,
    /// The strikes at which the ladder asked for it. It follows from strikes and is none itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rung: Option<u32>,
    /// What its holder says was put right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rectification: Option<Rectification>,
    pub statement: StatementOfReasons,
    /// What ended it before its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<Ending>,
}

/// What a measure counts for, as it was when the measure was put in force, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strike {
    pub weight: u32,
    /// The first moment at which it no longer counts.
    pub expires_at: Timestamp,
}

/// That a decision ended a measure, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    pub cause: EndingCause,
    /// The decision that ended it.
    pub decision_id: DecisionId,
    pub ended_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndingCause {
    /// The decision that caused the measure was wrong: it counts no more, neither as a measure nor as a strike.
    Reversed,
    /// A person accepted what its holder had put right: it stays a strike.
    Rectified,
}

/// What a holder says was put right, for a person to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rectification {
    pub statement: String,
    pub reported_at: Timestamp,
}

impl Enforcement {
    #[must_use]
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        let ended_at = self.ending.map(|ending| ending.ended_at);
        let ends_at = [self.ends_at, ended_at].into_iter().flatten().min();
        self.starts_at <= now && ends_at.is_none_or(|end| now < end)
    }

    /// Whether the decision behind it was found to be wrong.
    #[must_use]
    pub fn is_reversed(&self) -> bool {
        self.ending.is_some_and(|ending| ending.cause == EndingCause::Reversed)
    }
}
