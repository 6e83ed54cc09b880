use serde::{Deserialize, Serialize};

use super::Matter;

/// What kind of matter a case is about, for rules that tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatterKind {
    Complaint,
    Registration,
    PrincipalListing,
    CommentDuty,
    Rectification,
    Escalation,
    Content,
    Qualification,
    Profile,
    Appeal,
}

impl MatterKind {
    pub const ALL: [Self; 10] = [
        Self::Complaint,
        Self::Registration,
        Self::PrincipalListing,
        Self::CommentDuty,
        Self::Rectification,
        Self::Escalation,
        Self::Content,
        Self::Qualification,
        Self::Profile,
        Self::Appeal,
    ];

    /// Where cases of the kind wait when no routing rule says otherwise; none where that is the default queue.
    #[must_use]
    pub const fn own_queue(self) -> Option<&'static str> {
        match self {
            Self::Complaint | Self::PrincipalListing | Self::CommentDuty | Self::Escalation => None,
            Self::Rectification => Some("rectification"),
            Self::Registration => Some("registration"),
            Self::Content => Some("content"),
            Self::Qualification => Some("qualification"),
            Self::Profile => Some("profile"),
            Self::Appeal => Some("appeals"),
        }
    }
}

impl Matter {
    #[must_use]
    pub const fn kind(&self) -> MatterKind {
        match self {
            Self::Complaint { .. } => MatterKind::Complaint,
            Self::Registration => MatterKind::Registration,
            Self::PrincipalListing { .. } => MatterKind::PrincipalListing,
            Self::CommentDuty { .. } => MatterKind::CommentDuty,
            Self::Rectification { .. } => MatterKind::Rectification,
            Self::Escalation { .. } => MatterKind::Escalation,
            Self::Content { .. } => MatterKind::Content,
            Self::Qualification { .. } => MatterKind::Qualification,
            Self::Profile { .. } => MatterKind::Profile,
            Self::Appeal { .. } => MatterKind::Appeal,
        }
    }
}
