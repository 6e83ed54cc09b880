//! The person or organisation behind accounts.

use serde::{Deserialize, Serialize};

use crate::{
    document::{Document, DocumentType},
    personal::Personal,
};

/// What a principal is (R4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalKind {
    Government,
    Media,
    Enterprise,
    Institution,
    SocialOrganisation,
    Individual,
}

impl PrincipalKind {
    /// Whether a principal of this kind is known by `document` (R6.1): persons by their identity number,
    /// organisations by their code.
    #[must_use]
    pub const fn is_known_by(self, document: DocumentType) -> bool {
        match document {
            DocumentType::ResidentIdentityNumber => matches!(self, Self::Individual),
            DocumentType::UnifiedSocialCreditCode => !matches!(self, Self::Individual),
        }
    }
}

/// The blind index of a principal: keyed HMAC-SHA-256 of type and normalised number, with the version of the key.
/// It tells that two accounts have the same principal and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PrincipalKey(String);

impl PrincipalKey {
    /// `mac` is the whole HMAC; the text form is `v<version>.<hex>`.
    #[must_use]
    pub fn new(version: u32, mac: &[u8]) -> Self {
        Self(format!("v{version}.{}", data_encoding::HEXLOWER.encode(mac)))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who stands behind an account, in clear. It exists between the request and the seal, and between the seal and the
/// identity provider, and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub kind: PrincipalKind,
    pub document: Document,
    /// The name on the document.
    pub name: Personal<String>,
}
