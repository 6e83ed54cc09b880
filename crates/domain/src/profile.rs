//! What a regime asks, as data with a version: policies, periods and texts. `cn-2017` is the first; another regime is
//! another file and no other code.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A text for people, in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bilingual {
    pub zh: String,
    pub en: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Policy {
    pub id: String,
    pub title: Bilingual,
}

/// Why people complain, as they choose from a list; each reason stands for one policy (R10).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComplaintReason {
    pub id: String,
    pub title: Bilingual,
    pub policy: String,
    /// Whether the complaint names whose right is infringed.
    #[serde(default)]
    pub asks_rights_holder: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    pub id: String,
    pub version: u32,
    pub policies: Vec<Policy>,
    /// What people choose from when they complain, in the order in which it is shown.
    pub complaint_reasons: Vec<ComplaintReason>,
    /// Hours from a listing to what becomes of the accounts of the principal.
    pub listing_due_hours: i64,
    /// Hours from holding a publication to its review: until then nobody sees it, which is the engine's word alone.
    pub content_review_due_hours: i64,
    /// Days from decision to the last appeal.
    pub appeal_window_days: i64,
    /// How to appeal.
    pub redress: Bilingual,
}

impl Profile {
    /// The profile of the Provisions of 2017.
    ///
    /// # Panics
    /// Never: a test reads the file that is compiled in.
    #[must_use]
    pub fn cn_2017() -> Self {
        serde_json::from_str(include_str!("../profiles/cn-2017.json"))
            .expect("the profile that is compiled in is well formed")
    }

    #[must_use]
    pub fn policy(&self, id: &str) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.id == id)
    }

    #[must_use]
    pub fn complaint_reason(&self, id: &str) -> Option<&ComplaintReason> {
        self.complaint_reasons.iter().find(|reason| reason.id == id)
    }

    /// The titles of `policies` as one text; an id without a policy stands for itself.
    #[must_use]
    pub fn titles(&self, policies: &[String]) -> Bilingual {
        let titles = |pick: fn(&Bilingual) -> &String| {
            policies
                .iter()
                .map(|id| self.policy(id).map_or(id.as_str(), |policy| pick(&policy.title)))
                .collect::<Vec<_>>()
        };
        Bilingual { zh: titles(|title| &title.zh).join("、"), en: titles(|title| &title.en).join(", ") }
    }

    /// By when a publication that the engine holds `now` is to be looked at.
    #[must_use]
    pub fn content_review_due_at(&self, now: Timestamp) -> Timestamp {
        now.saturating_add(SignedDuration::from_hours(self.content_review_due_hours)).unwrap_or(Timestamp::MAX)
    }

    /// By when it is to be decided what becomes of the accounts of a principal that was listed `now`.
    #[must_use]
    pub fn listing_due_at(&self, now: Timestamp) -> Timestamp {
        now.saturating_add(SignedDuration::from_hours(self.listing_due_hours)).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_that_is_compiled_in_is_well_formed() {
        let profile = Profile::cn_2017();
        assert_eq!(profile.id, "cn-2017");
        assert!(profile.policy("fraud").is_some());
    }

    #[test]
    fn every_reason_to_complain_stands_for_a_policy_and_is_there_once() {
        let profile = Profile::cn_2017();
        for (at, reason) in profile.complaint_reasons.iter().enumerate() {
            assert!(profile.policy(&reason.policy).is_some(), "{}", reason.id);
            assert!(!profile.complaint_reasons[..at].iter().any(|other| other.id == reason.id), "{}", reason.id);
        }
        assert!(profile.complaint_reason("infringement").is_some_and(|reason| reason.asks_rights_holder));
    }

    #[test]
    fn titles_are_joined_as_each_language_does() {
        let titles = Profile::cn_2017().titles(&["fraud".to_owned(), "spam".to_owned()]);
        assert_eq!(titles.zh, "诈骗、垃圾广告或引流");
        assert_eq!(titles.en, "Fraud, Spam or contact steering");
    }
}
