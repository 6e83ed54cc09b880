//! Who complains, as far as that is known: by a blind key, with what became of their complaints (R15.2). What is known orders
//! work and never decides it. Bad faith is found by a person, for one complaint, with a reason; after some of that the reporter
//! is not heard for a while, and may contest it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    actor::Actor,
    change::Change,
    complaint::ComplaintStatus,
    event::{Event, EventBody},
    id::{AccountId, CaseId, ComplaintId},
    intake_secret::IntakeSecret,
    personal::{Personal, Purpose},
    settings::ComplaintRules,
};

/// A reporter without their name: a keyed hash of the contact that they left, or the account whose holder they are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReporterKey(String);

impl ReporterKey {
    #[must_use]
    pub fn of_account(account_id: AccountId) -> Self {
        Self(account_id.to_string())
    }

    /// The same for a contact however it is spelt: case, spaces and punctuation do not count.
    #[must_use]
    pub fn of_contact(contact: &Personal<String>, secret: &IntakeSecret) -> Self {
        let clear = contact.reveal(Purpose::Indexing);
        let plain: String = clear.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        Self(format!("v1.{}", secret.mac("reporter", &plain)))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A complaint that a person found to be in bad faith.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadFaith {
    pub complaint_id: ComplaintId,
    pub case_id: CaseId,
    /// Why, for the reporter to read.
    pub reason: String,
    pub found_by: Actor,
    pub found_at: Timestamp,
    /// When somebody else took it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Timestamp>,
}

/// What is on record of a reporter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reporter {
    pub reporter_key: ReporterKey,
    /// Counts the changes; guards every write.
    pub version: u64,
    pub findings: Vec<BadFaith>,
    /// Until when nothing is taken from them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cooling_until: Option<Timestamp>,
}

/// Why that cannot be said of a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReporterRefusal {
    #[error("nobody is known to have filed the complaint")]
    Unknown,
    /// Who was right has not complained in bad faith, and who waits may be.
    #[error("the complaint is not decided, or was upheld")]
    NotDismissed,
    #[error("the complaint was not found to be in bad faith")]
    NotFound,
    /// Nobody judges a finding of their own (fairness rule 2).
    #[error("the finding is the reviewer's own")]
    OwnFinding,
}

impl Reporter {
    /// Of whom nothing is on record.
    #[must_use]
    pub const fn new(reporter_key: ReporterKey) -> Self {
        Self { reporter_key, version: 0, findings: Vec::new(), cooling_until: None }
    }

    /// Until when nothing is taken from the reporter, and why, if that is so at `now`.
    #[must_use]
    pub fn cooling_at(&self, now: Timestamp) -> Option<(Timestamp, &str)> {
        let until = self.cooling_until.filter(|until| now < *until)?;
        let last = self.standing().last()?;
        Some((until, &last.reason))
    }

    /// What was found of that complaint, and stands.
    #[must_use]
    pub fn finding(&self, complaint_id: ComplaintId) -> Option<&BadFaith> {
        self.standing().find(|it| it.complaint_id == complaint_id)
    }

    /// Notes the finding; with enough of them lately the reporter cools down. `None` when it was found before.
    ///
    /// # Errors
    /// When the complaint was not dismissed.
    pub fn find_bad_faith(
        mut self,
        finding: BadFaith,
        status: ComplaintStatus,
        rules: &ComplaintRules,
    ) -> Result<Option<Change<Self>>, ReporterRefusal> {
        if status != ComplaintStatus::NotUpheld {
            return Err(ReporterRefusal::NotDismissed);
        }
        if self.finding(finding.complaint_id).is_some() {
            return Ok(None);
        }
        let (actor, now) = (finding.found_by.clone(), finding.found_at);
        let (complaint_id, case_id, reason) = (finding.complaint_id, finding.case_id, finding.reason.clone());
        self.findings.push(finding);
        self.cool_down(rules, now);
        let body = EventBody::BadFaithFound {
            reporter_key: self.reporter_key.clone(),
            complaint_id,
            case_id,
            reason,
            cooling_until: self.cooling_until,
        };
        Ok(Some(self.changed(body, actor, now)))
    }

    /// Takes the finding back: the cool-down that rests on it is over.
    ///
    /// # Errors
    /// When there is none, or it is `actor`'s own.
    pub fn withdraw(
        mut self,
        complaint_id: ComplaintId,
        rules: &ComplaintRules,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, ReporterRefusal> {
        let stands = |it: &&mut BadFaith| it.complaint_id == complaint_id && it.withdrawn_at.is_none();
        let finding = self.findings.iter_mut().find(stands).ok_or(ReporterRefusal::NotFound)?;
        if finding.found_by.is_same_person(&actor) {
            return Err(ReporterRefusal::OwnFinding);
        }
        finding.withdrawn_at = Some(now);
        let was = self.cooling_until.take();
        if self.lately(rules, now) >= usize::from(rules.bad_faith_to_cool_down) {
            self.cooling_until = was;
        }
        let body = EventBody::BadFaithWithdrawn { reporter_key: self.reporter_key.clone(), complaint_id };
        Ok(self.changed(body, actor, now))
    }

    fn cool_down(&mut self, rules: &ComplaintRules, now: Timestamp) {
        if self.lately(rules, now) >= usize::from(rules.bad_faith_to_cool_down) {
            let days = SignedDuration::from_hours(24 * i64::from(rules.cool_down_days));
            self.cooling_until = Some(now.saturating_add(days).unwrap_or(Timestamp::MAX));
        }
    }

    fn lately(&self, rules: &ComplaintRules, now: Timestamp) -> usize {
        let window = SignedDuration::from_hours(24 * i64::from(rules.bad_faith_days));
        self.standing().filter(|it| now.duration_since(it.found_at) < window).count()
    }

    fn standing(&self) -> impl Iterator<Item = &BadFaith> {
        self.findings.iter().filter(|it| it.withdrawn_at.is_none())
    }

    fn changed(mut self, body: EventBody, actor: Actor, now: Timestamp) -> Change<Self> {
        self.version += 1;
        let event = Event::new(self.version, actor, body, now);
        Change { state: self, event }
    }
}

/// What became of a reporter's complaints: those that are decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReporterHistory {
    pub upheld: u32,
    pub dismissed: u32,
    /// Of those dismissed.
    pub bad_faith: u32,
}

impl ReporterHistory {
    /// How much a complaint of the reporter weighs when work is ordered, of 1 000: the share of those that were upheld, as if
    /// four more had been decided, two of them so. Whoever is new, or has no name, has 500. One in bad faith counts as three.
    #[must_use]
    pub fn weight(&self) -> u16 {
        let decided = u64::from(self.upheld) + u64::from(self.dismissed) + 2 * u64::from(self.bad_faith);
        u16::try_from((u64::from(self.upheld) + 2) * 1_000 / (decided + 4)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn finding(by: &str, days: i64) -> BadFaith {
        let found_at = NOW + SignedDuration::from_hours(24 * days);
        BadFaith {
            complaint_id: ComplaintId::at(found_at),
            case_id: CaseId::at(NOW),
            reason: "捏造聊天记录".to_owned(),
            found_by: Actor::caller(&format!("arn:aws:iam::1:user/{by}")),
            found_at,
            withdrawn_at: None,
        }
    }

    fn found(reporter: Reporter, finding: BadFaith) -> Reporter {
        let rules = ComplaintRules::default();
        reporter.find_bad_faith(finding, ComplaintStatus::NotUpheld, &rules).unwrap().unwrap().state
    }

    fn reporter() -> Reporter {
        Reporter::new(ReporterKey::of_account(AccountId::at(NOW)))
    }

    #[test]
    fn two_complaints_in_bad_faith_lead_to_a_cool_down_that_ends_by_itself() {
        let once = found(reporter(), finding("li", 0));
        assert_eq!(once.cooling_at(NOW), None);
        let twice = found(once, finding("li", 1));
        let (until, reason) = twice.cooling_at(NOW + SignedDuration::from_hours(24)).unwrap();
        assert_eq!((until, reason), (NOW + SignedDuration::from_hours(24 * 8), "捏造聊天记录"));
        assert_eq!(twice.cooling_at(until), None);
    }

    #[test]
    fn findings_that_are_old_do_not_count() {
        let later = found(found(reporter(), finding("li", 0)), finding("li", 181));
        assert_eq!(later.cooling_until, None);
    }

    #[test]
    fn somebody_else_takes_a_finding_back_and_the_cool_down_is_over() {
        let twice = found(found(reporter(), finding("li", 0)), finding("li", 1));
        let (complaint_id, rules) = (twice.findings[1].complaint_id, ComplaintRules::default());
        let now = NOW + SignedDuration::from_hours(48);
        let by = |name: &str| Actor::caller(&format!("arn:aws:iam::1:user/{name}"));
        let own = twice.clone().withdraw(complaint_id, &rules, by("li"), now);
        assert_eq!(own.unwrap_err(), ReporterRefusal::OwnFinding);
        let after = twice.withdraw(complaint_id, &rules, by("wang"), now).unwrap().state;
        assert_eq!((after.cooling_at(now), after.finding(complaint_id)), (None, None));
        let again = after.withdraw(complaint_id, &rules, by("wang"), now);
        assert_eq!(again.unwrap_err(), ReporterRefusal::NotFound);
    }

    #[test]
    fn whoever_was_right_was_not_in_bad_faith() {
        let rules = ComplaintRules::default();
        for status in [ComplaintStatus::Upheld, ComplaintStatus::UnderReview, ComplaintStatus::Received] {
            let refused = reporter().find_bad_faith(finding("li", 0), status, &rules);
            assert_eq!(refused.unwrap_err(), ReporterRefusal::NotDismissed);
        }
    }

    #[test]
    fn a_contact_is_one_reporter_however_it_is_spelt() {
        let secret = IntakeSecret::new([7; 32]);
        let key = |text: &str| ReporterKey::of_contact(&Personal::new(text.to_owned()), &secret);
        assert_eq!(key("Li.Si@Example.org"), key(" li.si@example.org "));
        assert_eq!(key("138 0013 8000"), key("138-0013-8000"));
        assert_ne!(key("138 0013 8000"), key("138 0013 8001"));
        assert!(!key("13800138000").as_str().contains("138001"));
    }

    proptest! {
        #[test]
        fn a_weight_is_between_nothing_and_all_and_grows_with_what_was_right(up in 0_u32..500, down in 0_u32..500, bad in 0_u32..500) {
            let of = |upheld, dismissed, bad_faith| ReporterHistory { upheld, dismissed, bad_faith }.weight();
            prop_assert!(of(up, down, bad) <= 1_000);
            prop_assert!(of(up + 1, down, bad) >= of(up, down, bad));
            prop_assert!(of(up, down + 1, bad) <= of(up, down, bad));
            prop_assert!(of(up, down, bad + 1) <= of(up, down, bad));
            prop_assert_eq!(of(0, 0, 0), 500);
        }
    }
}
