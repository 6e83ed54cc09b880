use serde::{Deserialize, Serialize};

use crate::personal::Sealed;

/// Which right is infringed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    Copyright,
    Trademark,
    Patent,
    Portrait,
    Reputation,
    Other,
}

/// As whom the reporter speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Owner,
    /// For the owner, with their authority.
    Agent,
}

/// What a notice of infringement says beside the complaint: whose right, which, in what (Civil Code, article 1195). The
/// holder's name is personal data and sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RightsNotice {
    pub holder: Sealed,
    pub right: Right,
    pub standing: Standing,
    /// The work, mark or picture, and where it can be seen.
    pub work: String,
}
