use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::qualification::EvidenceType;

/// More than this shows nothing more to a reviewer, and each file is a form to sign.
pub const MOST_FILES: usize = 5;

/// A file that the reporter announced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComplaintFile {
    pub content_type: EvidenceType,
    /// Of the bytes, 64 lower-case hexadecimal digits: what was announced, or else what came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// When it had come and was put apart; until then there is only a form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_at: Option<Timestamp>,
}
