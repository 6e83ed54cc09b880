//! The statement of reasons: what an account is told about a step against it (fairness rule 1).
//!
//! Field names and values follow the EU DSA Transparency Database, so that one record serves both regimes.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    actor::Actor,
    case::Matter,
    decision::{Action, Decision},
    profile::{Bilingual, Profile},
};

/// Of a decision that no person made.
pub const AUTOMATED: &str = "AUTOMATED_DECISION_FULLY";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementOfReasons {
    /// What the step does to the account; absent for a warning, which takes nothing away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_account: Option<String>,
    /// What the step does to content; absent when it takes none away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_visibility: Option<String>,
    /// What the step does to a service that the account uses; absent when it takes none away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_provision: Option<String>,
    pub decision_ground: String,
    /// The policies that were broken, by id.
    pub policies: Vec<String>,
    /// The policies' titles, for people.
    pub incompatible_content_ground: Bilingual,
    /// Why the content or conduct breaks them, in the decider's words.
    pub incompatible_content_explanation: String,
    /// What was found, in the decider's words.
    pub decision_facts: String,
    pub source_type: String,
    pub automated_detection: String,
    pub automated_decision: String,
    pub application_date: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_date_account_restriction: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_date_service_restriction: Option<Timestamp>,
    /// How to appeal; absent where no appeal is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redress: Option<Bilingual>,
    /// Until when an appeal is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appeal_until: Option<Timestamp>,
    /// Which profile's texts and periods these are.
    pub profile: String,
}

impl StatementOfReasons {
    /// Of a qualification that a member of staff revokes at `at`, outside any case.
    #[must_use]
    pub fn of_revocation(reason: &str, facts: &str, profile: &Profile, at: Timestamp) -> Self {
        let window = SignedDuration::from_hours(24 * profile.appeal_window_days);
        Self {
            decision_account: None,
            decision_provision: None,
            decision_visibility: None,
            decision_ground: "DECISION_GROUND_INCOMPATIBLE_CONTENT".to_owned(),
            policies: Vec::new(),
            incompatible_content_ground: profile.titles(&[]),
            incompatible_content_explanation: reason.to_owned(),
            decision_facts: facts.to_owned(),
            source_type: "SOURCE_VOLUNTARY".to_owned(),
            automated_detection: "No".to_owned(),
            automated_decision: "AUTOMATED_DECISION_NOT_AUTOMATED".to_owned(),
            application_date: at,
            end_date_account_restriction: None,
            end_date_service_restriction: None,
            redress: Some(profile.redress.clone()),
            appeal_until: Some(at.saturating_add(window).unwrap_or(Timestamp::MAX)),
            profile: profile.id.clone(),
        }
    }

    #[must_use]
    pub fn of(decision: &Decision, profile: &Profile, ends_at: Option<Timestamp>) -> Self {
        let window = SignedDuration::from_hours(24 * profile.appeal_window_days);
        let appeal_until = decision.decided_at.saturating_add(window).unwrap_or(Timestamp::MAX);
        let found_by_engine =
            matches!(decision.matter, Matter::Content { .. } | Matter::CommentDuty { .. } | Matter::Escalation { .. });
        let of_a_function = matches!(decision.action, Action::RestrictFunction { .. });
        let automated = matches!(decision.decided_by, Actor::Function { .. });
        let of_content = found_by_engine || matches!(decision.matter, Matter::Profile { .. });
        Self {
            decision_account: match decision.action {
                Action::SuspendUpdates { .. } => Some("DECISION_ACCOUNT_SUSPENDED".to_owned()),
                Action::Close { .. } => Some("DECISION_ACCOUNT_TERMINATED".to_owned()),
                Action::NoAction
                | Action::Warn
                | Action::RestrictFunction { .. }
                | Action::RemoveContent
                | Action::Approve
                | Action::Refuse
                | Action::Accept
                | Action::Reject => None,
            },
            decision_provision: of_a_function.then(|| "DECISION_PROVISION_PARTIAL_SUSPENSION".to_owned()),
            decision_visibility: (decision.action == Action::RemoveContent
                || of_content && decision.action == Action::Refuse)
                .then(|| "DECISION_VISIBILITY_CONTENT_REMOVED".to_owned()),
            decision_ground: "DECISION_GROUND_INCOMPATIBLE_CONTENT".to_owned(),
            policies: decision.policies.clone(),
            incompatible_content_ground: profile.titles(&decision.policies),
            incompatible_content_explanation: decision.reason.clone(),
            decision_facts: decision.facts.clone(),
            // What waits for approval, and what was counted, nobody has notified.
            source_type: if decision.matter.is_of_conduct() && !found_by_engine {
                "SOURCE_TYPE_OTHER_NOTIFICATION"
            } else {
                "SOURCE_VOLUNTARY"
            }
            .to_owned(),
            automated_detection: if found_by_engine { "Yes" } else { "No" }.to_owned(),
            automated_decision: if automated { AUTOMATED } else { "AUTOMATED_DECISION_NOT_AUTOMATED" }.to_owned(),
            application_date: decision.decided_at,
            end_date_account_restriction: ends_at.filter(|_| !of_a_function),
            end_date_service_restriction: ends_at.filter(|_| of_a_function),
            redress: Some(profile.redress.clone()),
            appeal_until: Some(appeal_until),
            profile: profile.id.clone(),
        }
    }

    /// The same of what no appeal is taken against: nobody is promised one.
    #[must_use]
    pub fn without_appeal(self) -> Self {
        Self { redress: None, appeal_until: None, ..self }
    }

    /// Of content that the engine refuses by itself, before anybody has seen it. `explanation` names what its rules say,
    /// `facts` the rules and their versions.
    #[must_use]
    pub fn by_engine(
        policies: Vec<String>,
        explanation: String,
        facts: String,
        profile: &Profile,
        now: Timestamp,
    ) -> Self {
        let window = SignedDuration::from_hours(24 * profile.appeal_window_days);
        Self {
            decision_account: None,
            decision_provision: None,
            decision_visibility: Some("DECISION_VISIBILITY_CONTENT_REMOVED".to_owned()),
            decision_ground: "DECISION_GROUND_INCOMPATIBLE_CONTENT".to_owned(),
            incompatible_content_ground: profile.titles(&policies),
            policies,
            incompatible_content_explanation: explanation,
            decision_facts: facts,
            source_type: "SOURCE_VOLUNTARY".to_owned(),
            automated_detection: "Yes".to_owned(),
            automated_decision: "AUTOMATED_DECISION_FULLY".to_owned(),
            application_date: now,
            end_date_account_restriction: None,
            end_date_service_restriction: None,
            redress: Some(profile.redress.clone()),
            appeal_until: Some(now.saturating_add(window).unwrap_or(Timestamp::MAX)),
            profile: profile.id.clone(),
        }
    }
}
