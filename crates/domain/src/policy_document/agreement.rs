use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::actor::Actor;

/// That an account accepted a version of a document: which text (the hash), when, and through whom (R5.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    pub document_id: String,
    pub version: u32,
    pub sha256: String,
    pub accepted_at: Timestamp,
    /// Who told us: the platform's app, for the account.
    pub accepted_by: Actor,
}

/// Why an acceptance is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AgreementRefusal {
    #[error("no document is called that, or it has no such version")]
    Unknown,
    #[error("version {current} has taken its place")]
    Superseded { current: u32 },
    /// What was shown to the user is not what is in force.
    #[error("the hash is not that of the text")]
    OtherText,
}
