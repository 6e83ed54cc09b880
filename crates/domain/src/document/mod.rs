//! Identity documents: their form and their check characters (R6.1).
//!
//! A document is normalised before it is judged (full-width forms, spaces, lower-case letters), and a failure names
//! the rule that failed and never the number.

mod resident_identity;
mod social_credit;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::personal::{Personal, Purpose};

/// What kinds of document a principal can be known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentType {
    /// Unified social credit code, 18 characters (GB 32100).
    UnifiedSocialCreditCode,
    /// Resident identity number, 18 characters (GB 11643).
    ResidentIdentityNumber,
}

impl DocumentType {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnifiedSocialCreditCode => "unified_social_credit_code",
            Self::ResidentIdentityNumber => "resident_identity_number",
        }
    }
}

/// A document whose form and check character are right. Whether it belongs to whoever presented it is for the
/// identity provider to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    document_type: DocumentType,
    number: Personal<String>,
}

impl Document {
    /// Normalises and judges `number`. `today` bounds the date of birth inside a resident identity number.
    ///
    /// # Errors
    /// The first rule that the number breaks.
    pub fn parse(document_type: DocumentType, number: &str, today: Date) -> Result<Self, DocumentError> {
        let number = normalise(number);
        match document_type {
            DocumentType::UnifiedSocialCreditCode => social_credit::check(&number)?,
            DocumentType::ResidentIdentityNumber => resident_identity::check(&number, today)?,
        }
        Ok(Self { document_type, number: Personal::new(number) })
    }

    #[must_use]
    pub const fn document_type(&self) -> DocumentType {
        self.document_type
    }

    /// The normalised number in clear, for `purpose`.
    #[must_use]
    pub fn number(&self, purpose: Purpose) -> &str {
        self.number.reveal(purpose)
    }
}

/// The rule that a document number breaks. Never the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum DocumentError {
    #[error("the number has the wrong length")]
    Length,
    #[error("the number has a character that its standard does not use")]
    Character,
    #[error("the number's region is not one that is assigned")]
    Region,
    #[error("the date of birth in the number is not a date, or lies in the future")]
    BirthDate,
    #[error("the check character is wrong")]
    CheckCharacter,
}

/// ASCII forms of full-width characters, upper case, no white space and no hyphens.
fn normalise(number: &str) -> String {
    number
        .chars()
        .map(|c| match c {
            // Full-width forms stand 0xFEE0 above their ASCII twins.
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
            other => other,
        })
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 11, 23);

    #[test]
    fn input_is_normalised_before_it_is_judged() {
        let document =
            Document::parse(DocumentType::ResidentIdentityNumber, " １１０１０５ 19491231-002x ", TODAY).unwrap();
        assert_eq!(document.number(Purpose::Sealing), "11010519491231002X");
    }

    #[test]
    fn a_document_never_prints_its_number() {
        let document = Document::parse(DocumentType::ResidentIdentityNumber, "11010519491231002X", TODAY).unwrap();
        assert!(!format!("{document:?}").contains("1101"));
    }
}
