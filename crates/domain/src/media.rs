//! Pictures, sound and film: they lie in a bucket, and parts of publications refer to them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::publication::PublicationStatus;

/// A file that the platform has put into the media bucket, so that it can be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MediaObject {
    /// In the bucket, below [`UPLOADS`].
    pub key: String,
    /// What the file is meant to be, in hexadecimal: another one under this key is not it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// Where the platform may put files.
pub const UPLOADS: &str = "uploads/";

/// What became of a file when it was looked at, as the log keeps it. The key is the platform's own name of it and is left
/// out: the part says which it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaTrace {
    pub part: usize,
    pub outcome: MediaOutcome,
    /// Of the file that was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// What the picture looks like (PDQ).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pdq: Option<String>,
}

/// Whether a file could be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaOutcome {
    Seen,
    /// Nothing lies under the key.
    Missing,
    /// The file is not the one that the publication names.
    Altered,
    TooLarge,
    /// A picture that is none, or cannot be read.
    Unreadable,
}

/// A rule that was met, as an event names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleMet {
    pub rule: String,
    pub rule_version: u32,
    pub policy: String,
}

/// What came of it when all media of a publication had been looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaConclusion {
    pub status: PublicationStatus,
    /// When a person should have looked, if one is to look.
    pub review_due_at: Option<Timestamp>,
    pub rules: Vec<RuleMet>,
    /// Of the rules that are evaluated and not acted on.
    pub background: Vec<RuleMet>,
    pub media: Vec<MediaTrace>,
}
