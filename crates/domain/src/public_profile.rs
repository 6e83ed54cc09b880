//! What the public sees of an account, and how it changes (R2, R4): profile fields are screened as content is, and what is
//! held waits for a person while the old profile stays.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    account::AccountStatus,
    actor::Actor,
    display_name::DisplayName,
    id::{DecisionId, ProfileChangeId},
    profile::Bilingual,
    statement::StatementOfReasons,
};

/// A picture, by reference: it does not travel through the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Avatar {
    /// Where the platform keeps it.
    pub reference: String,
    /// Of its bytes, in lower-case hexadecimal: what was approved is that picture and no other.
    pub sha256: String,
}

/// Name, avatar and bio.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicProfile {
    pub display_name: DisplayName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<Avatar>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bio: Option<String>,
}

/// What a rule of the engine has against a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concern {
    pub rule: String,
    pub rule_version: u32,
    pub policy: String,
    pub title: Bilingual,
}

/// The latest change that was asked for, and what has become of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileChange {
    pub change_id: ProfileChangeId,
    pub requested_by: Actor,
    pub requested_at: Timestamp,
    pub proposed: PublicProfile,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub concerns: Vec<Concern>,
    #[serde(flatten)]
    pub outcome: ProfileOutcome,
}

/// What has become of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum ProfileOutcome {
    /// A person is to decide by `due_at`; the old profile stays until then.
    UnderReview { due_at: Timestamp },
    /// The public sees it: at once, or by that decision.
    Applied {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        decision_id: Option<DecisionId>,
    },
    /// By the engine, or by that decision.
    Refused {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        decision_id: Option<DecisionId>,
        statement: Box<StatementOfReasons>,
    },
}

/// What is to become of a change before anybody has looked at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Nothing stands against it.
    Apply,
    /// A person is to look.
    Review { due_at: Timestamp },
    /// A rule refuses it.
    Refuse { statement: Box<StatementOfReasons> },
}

/// Why a change is not taken up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileRefusal {
    #[error("the account is {0:?}")]
    Leaving(AccountStatus),
    /// One at a time, so that nobody fills the reviewers' queue by trying names.
    #[error("the change {0} waits for a person")]
    UnderReview(ProfileChangeId),
}
