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

/// From what a telephone does at once to what it does in half a minute.
const PROOF_WORK: RangeInclusive<u32> = 1_000..=5_000_000;

const PER_HOUR: RangeInclusive<u32> = 1..=100_000;

/// Who waits for longer than two minutes goes away.
const TICKET_WAIT: RangeInclusive<u32> = 0..=120;

/// A source that asks more than any other works so many times as hard at most.
const MOST_DOUBLINGS: u64 = 4;

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
    /// The greatest number that a proof of work tries; half of it on average.
    pub proof_work: u32,
    /// The work doubles with each so many challenges that a source asks for in an hour.
    pub work_doubles_each: u32,
    /// Complaints of one source in an hour.
    pub per_source_per_hour: u32,
    /// Tickets for those without scripts, for one source in an hour.
    pub tickets_per_hour: u32,
    /// How long a ticket waits before it lets a complaint in.
    pub ticket_wait_seconds: u32,
    /// From so many complaints about one subject in an hour on they are a flood.
    pub flood_from: u32,
    /// So many complaints in bad faith within [`bad_faith_days`](Self::bad_faith_days) lead to a cool-down.
    pub bad_faith_to_cool_down: u16,
    pub bad_faith_days: u16,
    /// How long nothing is taken from a reporter who cools down.
    pub cool_down_days: u16,
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
            // A tenth of a second of a telephone, which tries some hundred thousand in a second.
            proof_work: 50_000,
            // A household or an office does not file thirty in an hour.
            work_doubles_each: 30,
            // Behind one address of a mobile carrier there may be a town.
            per_source_per_hour: 1_000,
            // Whoever has no script is one of few behind an address.
            tickets_per_hour: 20,
            // Less than it takes to write what is wrong.
            ticket_wait_seconds: 20,
            // What a person reads in an hour and more.
            flood_from: 50,
            // One may be a mistake.
            bad_faith_to_cool_down: 2,
            // Half a year, as strikes of accounts count.
            bad_faith_days: 180,
            // A week.
            cool_down_days: 7,
        }
    }
}

impl ComplaintRules {
    /// What the link shows, if it is one of the platform's.
    #[must_use]
    pub fn subject_of(&self, link: &str) -> Option<Subject> {
        self.public_links.iter().find_map(|template| LinkTemplate::parse(template).ok()?.subject(link))
    }

    /// The greatest number of the challenge for a source that has asked for `asked` in this hour, with this one.
    #[must_use]
    pub fn work_for(&self, asked: u64) -> u64 {
        let doublings = (asked.saturating_sub(1) / u64::from(self.work_doubles_each.max(1))).min(MOST_DOUBLINGS);
        u64::from(self.proof_work) << doublings
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
            Finding::within("proof_work", self.proof_work, &PROOF_WORK),
            Finding::within("work_doubles_each", self.work_doubles_each, &PER_HOUR),
            Finding::within("per_source_per_hour", self.per_source_per_hour, &PER_HOUR),
            Finding::within("tickets_per_hour", self.tickets_per_hour, &PER_HOUR),
            Finding::within("ticket_wait_seconds", self.ticket_wait_seconds, &TICKET_WAIT),
            Finding::within("flood_from", self.flood_from, &PER_HOUR),
            Finding::within("bad_faith_to_cool_down", u32::from(self.bad_faith_to_cool_down), &(1..=100)),
            Finding::within("bad_faith_days", u32::from(self.bad_faith_days), &(1..=365)),
            Finding::within("cool_down_days", u32::from(self.cool_down_days), &(1..=90)),
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
    fn the_work_grows_with_what_a_source_asks_and_not_without_end() {
        let rules = ComplaintRules { proof_work: 1_000, work_doubles_each: 10, ..Default::default() };
        assert_eq!(
            [1, 10, 11, 20, 21, 1_000_000].map(|asked| rules.work_for(asked)),
            [1_000, 1_000, 2_000, 2_000, 4_000, 16_000]
        );
    }

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        let rules =
            ComplaintRules { public_links: vec!["https://platform.example/x".to_owned()], ..Default::default() };
        assert_eq!(rules.validate()[0].path, "public_links[0]");
        assert_eq!(ComplaintRules::default().validate(), []);
    }
}
