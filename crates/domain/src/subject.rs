//! The thing judged.

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, CommentId, IdError, PublicationId};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectType {
    Account,
    Publication,
    Comment,
}

/// What a complaint, a case or a decision is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "subject_type", content = "subject_id", rename_all = "snake_case")]
pub enum Subject {
    Account(AccountId),
    Publication(PublicationId),
    Comment(CommentId),
}

impl Subject {
    /// # Errors
    /// When `subject_id` is no identifier of that type.
    pub fn parse(subject_type: SubjectType, subject_id: &str) -> Result<Self, IdError> {
        Ok(match subject_type {
            SubjectType::Account => Self::Account(subject_id.parse()?),
            SubjectType::Publication => Self::Publication(subject_id.parse()?),
            SubjectType::Comment => Self::Comment(subject_id.parse()?),
        })
    }

    #[must_use]
    pub const fn subject_type(&self) -> SubjectType {
        match self {
            Self::Account(_) => SubjectType::Account,
            Self::Publication(_) => SubjectType::Publication,
            Self::Comment(_) => SubjectType::Comment,
        }
    }

    #[must_use]
    pub fn subject_id(&self) -> String {
        match self {
            Self::Account(id) => id.to_string(),
            Self::Publication(id) => id.to_string(),
            Self::Comment(id) => id.to_string(),
        }
    }
}
