use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    account::{Account, AccountStatus},
    comment::{Comment, Commenter},
    enforcement::EnforcementKind,
    id::{AccountId, CommentId, PublicationId},
    media::MediaTrace,
    public_profile::Avatar,
    publication::{Part, Publication},
};

/// What was complained of, as it was when the complaint came (B2): whoever deletes or edits it afterwards takes nothing away
/// from the complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    pub taken_at: Timestamp,
    pub account: AccountFace,
    /// What of the account it is about; absent when that is the account itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<SnapshotContent>,
}

/// What the public saw of the account, and how it stood. Holds nothing that is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountFace {
    pub account_id: AccountId,
    pub version: u64,
    pub status: AccountStatus,
    pub display_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<Avatar>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bio: Option<String>,
    /// The measures in force.
    pub measures: Vec<EnforcementKind>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SnapshotContent {
    /// The edition that the public saw.
    Publication {
        publication_id: PublicationId,
        edition: u64,
        /// SHA-256, hex, of the canonical JSON of `parts`.
        content_hash: String,
        parts: Vec<Part>,
        /// What was seen of its media when they were looked at: hashes of the files, part by part.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        media: Vec<MediaTrace>,
    },
    Comment {
        comment_id: CommentId,
        publication_id: PublicationId,
        commenter: Commenter,
        /// SHA-256, hex, of the text.
        content_hash: String,
        text: String,
    },
}

impl AccountFace {
    #[must_use]
    pub fn of(account: &Account, now: Timestamp) -> Self {
        Self {
            account_id: account.account_id,
            version: account.version,
            status: account.status,
            display_name: account.display_name.clone(),
            avatar: account.avatar.clone(),
            bio: account.bio.clone(),
            measures: account.enforcements.iter().filter(|it| it.is_in_force(now)).map(|it| it.kind).collect(),
        }
    }
}

impl SnapshotContent {
    #[must_use]
    pub fn of_publication(publication: &Publication, media: Vec<MediaTrace>) -> Self {
        Self::Publication {
            publication_id: publication.publication_id,
            edition: publication.edition,
            content_hash: publication.content_hash.clone(),
            parts: publication.parts.clone(),
            media,
        }
    }

    #[must_use]
    pub fn of_comment(comment: &Comment) -> Self {
        Self::Comment {
            comment_id: comment.comment_id,
            publication_id: comment.publication_id,
            commenter: comment.commenter.clone(),
            content_hash: data_encoding::HEXLOWER.encode(&Sha256::digest(comment.text.as_bytes())),
            text: comment.text.clone(),
        }
    }

    /// SHA-256, hex: tells without the content whether two complaints saw the same.
    #[must_use]
    pub fn content_hash(&self) -> &str {
        match self {
            Self::Publication { content_hash, .. } | Self::Comment { content_hash, .. } => content_hash,
        }
    }
}
