//! What is known of the checks of an account's identity (R6.1).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The checks of an account's identity so far.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Verification {
    /// How often the identity provider was going to be asked. Counted before it is asked, so that a crash counts too.
    pub attempts: u32,
    /// What the last check came to; `None` while one is at work, or when it broke off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_outcome: Option<CheckOutcome>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_at: Option<Timestamp>,
}

/// What a check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    /// Number and name belong together.
    Match,
    /// They do not.
    Mismatch,
    /// The number is not on record.
    NotFound,
    /// The provider has not answered, or not with an outcome.
    Unavailable,
}
