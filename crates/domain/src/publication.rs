//! What an account publishes (R2).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::id::{AccountId, PublicationId};

/// One typed part of a publication. Pictures, sound and film are by reference: they do not travel through the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Part {
    Text {
        text: String,
    },
    Image {
        url: String,
    },
    Audio {
        url: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        transcript: Option<String>,
    },
    Video {
        url: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        transcript: Option<String>,
    },
    Link {
        url: String,
    },
}

impl Part {
    /// The words in the part that screening reads.
    #[must_use]
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Text { text } => Some(text),
            Self::Image { .. } => None,
            Self::Audio { transcript, .. } | Self::Video { transcript, .. } => transcript.as_deref(),
            Self::Link { url } => Some(url),
        }
    }
}

/// What became of a publication when it was screened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublicationStatus {
    /// Shown to the public.
    Published,
    /// Not shown until a person has looked.
    Held,
    /// Refused.
    Rejected,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    pub publication_id: PublicationId,
    pub account_id: AccountId,
    /// The platform's own name of it, unique in the account.
    pub reference: String,
    pub version: u64,
    pub parts: Vec<Part>,
    /// SHA-256, hex, of the canonical JSON of `parts`.
    pub content_hash: String,
    pub status: PublicationStatus,
    pub received_at: Timestamp,
}

/// SHA-256, hex, of parts in their canonical JSON form.
#[must_use]
pub fn content_hash(parts: &[Part]) -> String {
    let json = serde_json::to_vec(parts).unwrap_or_default();
    data_encoding::HEXLOWER.encode(&Sha256::digest(json))
}
