//! The documents that an account agrees to: service agreement, publish rules, convention (R5.2).
//!
//! A document has versions. Each takes effect at a moment and leaves accounts a grace period to accept it; when that is
//! over, an account that has accepted neither it nor a later version may not publish.

mod agreement;
mod register;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use agreement::{Agreement, AgreementRefusal};
pub use register::PolicyDocuments;

use crate::{profile::Bilingual, settings::Finding};

/// Half a year: longer than any notice that a law of consumer contracts asks for, and a slip of the keys beyond.
const LONGEST_GRACE_HOURS: u32 = 24 * 183;

/// As long as a name in the public's sight (`display_name` has 30) and a half again and more.
const LONGEST_TITLE: usize = 80;

/// Whether accounts have to accept a version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Acceptance {
    /// Publishing is refused without it, once the grace period is over.
    #[default]
    Required,
    /// The document is made known and asks nothing; also the way to end the demand of an earlier version.
    NotRequired,
}

/// One version of one document. Its text lies where its hash says, and never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyDocument {
    /// The document, in all its versions: lower-case letters, digits and hyphens, such as `service-agreement`.
    pub document_id: String,
    /// Grows from version to version.
    pub version: u32,
    /// Of the text's bytes, in lower-case hexadecimal.
    pub sha256: String,
    pub title: Bilingual,
    /// The first moment at which it is in effect.
    pub effective_at: Timestamp,
    /// Hours from then on in which accounts may still publish without having accepted it.
    pub grace_hours: u32,
    #[serde(default)]
    pub acceptance: Acceptance,
}

impl PolicyDocument {
    /// The first moment at which an account that has not accepted it may not publish.
    #[must_use]
    pub fn accept_by(&self) -> Timestamp {
        let grace = SignedDuration::from_hours(self.grace_hours.into());
        self.effective_at.saturating_add(grace).unwrap_or(Timestamp::MAX)
    }

    /// Where its text is kept, among the artefacts.
    #[must_use]
    pub fn text_key(&self) -> String {
        text_key(&self.sha256)
    }

    /// Everything that is wrong with the version by itself.
    #[must_use]
    pub fn validate(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if !is_slug(&self.document_id) {
            findings.push(Finding::new(
                "document_id",
                "应为 1 至 40 个小写字母、数字或连字符，且以字母开头。",
                "It must be 1 to 40 lower-case letters, digits or hyphens, the first a letter.",
            ));
        }
        findings.extend(Finding::at_least("version", self.version, 1));
        if self.sha256.len() != 64 || !self.sha256.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f')) {
            findings.push(Finding::new(
                "sha256",
                "应为正文的 SHA-256，64 个小写十六进制字符。",
                "It must be the SHA-256 of the text, 64 lower-case hexadecimal characters.",
            ));
        }
        for (path, title) in [("title.zh", &self.title.zh), ("title.en", &self.title.en)] {
            if !is_title(title) {
                findings.push(Finding::new(
                    path,
                    "应为 1 至 80 个可见字符。",
                    "It must be 1 to 80 characters that can be seen.",
                ));
            }
        }
        findings.extend(Finding::within("grace_hours", self.grace_hours, &(0..=LONGEST_GRACE_HOURS)));
        findings
    }
}

/// Where the text with that hash is kept, among the artefacts.
#[must_use]
pub fn text_key(sha256: &str) -> String {
    format!("policy-documents/{sha256}")
}

fn is_slug(text: &str) -> bool {
    let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    (1..=40).contains(&text.len()) && text.starts_with(|c: char| c.is_ascii_lowercase()) && text.bytes().all(allowed)
}

/// No control characters and no marks that are not seen or turn the direction of writing.
fn is_title(text: &str) -> bool {
    let hostile = |c: char| {
        c.is_control()
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
    };
    !text.trim().is_empty() && text.chars().count() <= LONGEST_TITLE && !text.chars().any(hostile)
}
