use std::ops::RangeInclusive;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Finding;
use crate::{public_link::LinkTemplate, subject::Subject};

/// As of documents of qualifications.
const FORM_MINUTES: RangeInclusive<u32> = 1..=60;

/// Who has not found the picture in a week adds it to another complaint.
const EVIDENCE_HOURS: RangeInclusive<u32> = 1..=168;

/// A small picture, and the most that a function of 512 MB takes into its memory with ease.
const EVIDENCE_KIB: RangeInclusive<u32> = 64..=20_480;

const MOST_LINKS: usize = 50;

/// What the public may send with a complaint (R15.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ComplaintRules {
    /// What the platform's public links look like.
    pub public_links: Vec<String>,
    /// How long a form for evidence is open.
    pub form_minutes: u32,
    /// How long after the filing evidence is taken.
    pub evidence_hours: u32,
    /// The largest file.
    pub evidence_kib: u32,
}

impl Default for ComplaintRules {
    fn default() -> Self {
        Self {
            // A host that nobody has (RFC 2606), so that every platform writes its own here.
            public_links: [
                "https://platform.example/accounts/{account_id}",
                "https://platform.example/accounts/{account_id}/posts/{reference}",
                "https://platform.example/posts/{publication_id}",
                "https://platform.example/comments/{comment_id}",
            ]
            .map(ToOwned::to_owned)
            .to_vec(),
            // As of documents of qualifications.
            form_minutes: 15,
            // Three days to find the screenshot; the case is seldom decided before.
            evidence_hours: 72,
            // A screenshot of a whole page, or a scan of some.
            evidence_kib: 10_240,
        }
    }
}

impl ComplaintRules {
    /// What the link shows, if it is one of the platform's.
    #[must_use]
    pub fn subject_of(&self, link: &str) -> Option<Subject> {
        self.public_links.iter().find_map(|template| LinkTemplate::parse(template).ok()?.subject(link))
    }

    #[must_use]
    pub fn largest_evidence(&self) -> usize {
        usize::try_from(self.evidence_kib).unwrap_or(usize::MAX).saturating_mul(1024)
    }

    #[must_use]
    pub fn form_closes_at(&self, now: Timestamp) -> Timestamp {
        now.saturating_add(SignedDuration::from_mins(i64::from(self.form_minutes))).unwrap_or(Timestamp::MAX)
    }

    /// Until when evidence is taken for a complaint of that time.
    #[must_use]
    pub fn evidence_until(&self, filed_at: Timestamp) -> Timestamp {
        filed_at.saturating_add(SignedDuration::from_hours(i64::from(self.evidence_hours))).unwrap_or(Timestamp::MAX)
    }

    #[must_use]
    pub fn validate(&self) -> Vec<Finding> {
        let numbers = [
            Finding::within("form_minutes", self.form_minutes, &FORM_MINUTES),
            Finding::within("evidence_hours", self.evidence_hours, &EVIDENCE_HOURS),
            Finding::within("evidence_kib", self.evidence_kib, &EVIDENCE_KIB),
        ];
        let mut findings: Vec<Finding> = numbers.into_iter().flatten().collect();
        if self.public_links.len() > MOST_LINKS {
            findings.push(Finding::new(
                "public_links",
                "公开链接超过 50 种。",
                "There are more than 50 kinds of link.",
            ));
        }
        for (at, text) in self.public_links.iter().enumerate() {
            if let Err(error) = LinkTemplate::parse(text) {
                findings.push(Finding::new(
                    &format!("public_links[{at}]"),
                    "应为 https:// 开头的公开链接，并含 {account_id}、{publication_id} 或 {comment_id} 之一（{reference} 与 {account_id} 同用）。",
                    &format!("It is no public link that leads to one thing: {error}."),
                ));
            }
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        let rules =
            ComplaintRules { public_links: vec!["https://platform.example/x".to_owned()], ..Default::default() };
        assert_eq!(rules.validate()[0].path, "public_links[0]");
        assert_eq!(ComplaintRules::default().validate(), []);
    }
}
