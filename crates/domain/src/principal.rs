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
    /// Whether a principal of this kind is known by `document` (R6.1): persons by the document of a person, citizens
    /// and foreigners alike, organisations by their code, of today or of before 2015.
    #[must_use]
    pub const fn is_known_by(self, document: DocumentType) -> bool {
        let of_a_person = match document {
            DocumentType::ResidentIdentityNumber
            | DocumentType::ResidencePermitNumber
            | DocumentType::PermanentResidenceNumber
            | DocumentType::Passport => true,
            DocumentType::UnifiedSocialCreditCode | DocumentType::OrganisationCode => false,
        };
        of_a_person == matches!(self, Self::Individual)
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

impl std::fmt::Display for PrincipalKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is no blind index of a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the key of a principal")]
pub struct PrincipalKeyError;

impl std::str::FromStr for PrincipalKey {
    type Err = PrincipalKeyError;

    fn from_str(text: &str) -> Result<Self, PrincipalKeyError> {
        let (version, mac) = text.strip_prefix('v').and_then(|rest| rest.split_once('.')).ok_or(PrincipalKeyError)?;
        let is_number = !version.is_empty() && version.len() <= 9 && version.bytes().all(|c| c.is_ascii_digit());
        let is_mac = mac.len() == 64 && data_encoding::HEXLOWER.decode(mac.as_bytes()).is_ok();
        if is_number && is_mac { Ok(Self(text.to_owned())) } else { Err(PrincipalKeyError) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_known_by_four_documents_and_organisations_by_two() {
        let known_by = |kind: PrincipalKind| DocumentType::ALL.into_iter().filter(|d| kind.is_known_by(*d)).count();
        assert_eq!(known_by(PrincipalKind::Individual), 4);
        for kind in [PrincipalKind::Government, PrincipalKind::Media, PrincipalKind::Enterprise] {
            assert_eq!(known_by(kind), 2);
        }
    }

    #[test]
    fn a_key_comes_back_from_its_text_and_nothing_else_does() {
        let key = PrincipalKey::new(1, &[0xA5; 32]);
        assert_eq!(key.to_string().parse(), Ok(key.clone()));
        for text in ["", "v1", "v1.", "v.a5", &key.as_str()[1..], &key.as_str().to_uppercase(), &format!("{key}00")] {
            assert_eq!(text.parse::<PrincipalKey>(), Err(PrincipalKeyError), "{text}");
        }
    }
}
