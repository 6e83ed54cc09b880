//! What a case is about, beside its subject.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    appeal::Appealed,
    decision::{Action, Decision},
    id::{DecisionId, EnforcementId, ListingId, ProfileChangeId, QualificationId},
};

/// One open case for each subject and matter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Matter {
    /// What people complained of, under one policy (R15.2).
    Complaint { policy: String },
    /// A registration that no identity provider has settled (R6.1, B7).
    Registration,
    /// What becomes of an account whose principal was put on the blacklist (R13.2).
    PrincipalListing { listing_id: ListingId },
    /// How an account manages comments: the measure of that day is a breach, and as many as may have lost them without a
    /// person (R12.3).
    CommentDuty { day: Date },
    /// What the holder says was put right after a measure (R12.3).
    Rectification { enforcement_id: EnforcementId },
    /// What the strikes of an account lead to: the step `proposed` at so many `strikes` (R13.1). The decision is that by
    /// which they came to that.
    Escalation { decision_id: DecisionId, strikes: u32, proposed: Action },
    /// An edition of a publication that the engine held, or wants looked at (R11.1).
    Content { edition: u64 },
    /// What an account has shown to be licensed for (R7.1, R8).
    Qualification { qualification_id: QualificationId },
    /// A change of name, avatar or bio that the engine held, or that settings want looked at (R2, R4).
    Profile { change_id: ProfileChangeId },
    /// An appeal against a decision (fairness rule 2).
    Appeal { decision_id: DecisionId, against: Appealed },
}

impl Matter {
    /// An appeal against `decision`.
    #[must_use]
    pub const fn against(decision: &Decision) -> Self {
        let against = match (&decision.matter, decision.action) {
            (Self::Content { edition }, _) => Appealed::Refusal { edition: *edition },
            (_, Action::RemoveContent) => Appealed::Removal,
            _ => Appealed::Measure,
        };
        Self::Appeal { decision_id: decision.decision_id, against }
    }

    /// Tells the matters of one subject apart: `complaint#<policy>`, `registration`, `principal_listing#<listing_id>`,
    /// `content#<edition>`, `qualification#<qualification_id>`, `profile#<change_id>`, `comment_duty#<day>`,
    /// `rectification#<enforcement_id>`, `escalation#<decision_id>`, `appeal#<decision_id>`.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Complaint { policy } => format!("complaint#{policy}"),
            Self::Registration => "registration".to_owned(),
            Self::PrincipalListing { listing_id } => format!("principal_listing#{listing_id}"),
            Self::Content { edition } => format!("content#{edition}"),
            Self::Qualification { qualification_id } => format!("qualification#{qualification_id}"),
            Self::Profile { change_id } => format!("profile#{change_id}"),
            Self::CommentDuty { day } => format!("comment_duty#{day}"),
            Self::Rectification { enforcement_id } => format!("rectification#{enforcement_id}"),
            Self::Escalation { decision_id, .. } => format!("escalation#{decision_id}"),
            Self::Appeal { decision_id, .. } => format!("appeal#{decision_id}"),
        }
    }

    /// Whether a decision names the policies that were broken: who is judged under a policy is told under which. A
    /// registration or a qualification may be refused for what no policy says.
    #[must_use]
    pub const fn needs_policies(&self, action: Action) -> bool {
        match self {
            Self::Complaint { .. }
            | Self::PrincipalListing { .. }
            | Self::CommentDuty { .. }
            | Self::Escalation { .. } => true,
            Self::Content { .. } | Self::Profile { .. } => matches!(action, Action::Refuse),
            Self::Registration | Self::Qualification { .. } | Self::Rectification { .. } | Self::Appeal { .. } => false,
        }
    }

    /// Whether a decision on this matter can do that: conduct is answered with a step or none, what waits for approval
    /// is approved or refused, an appeal is accepted or rejected.
    #[must_use]
    pub const fn takes(&self, action: Action) -> bool {
        match action {
            Action::NoAction
            | Action::Warn
            | Action::RestrictFunction { .. }
            | Action::SuspendUpdates { .. }
            | Action::Close { .. }
            | Action::RemoveContent => self.is_of_conduct(),
            Action::Approve | Action::Refuse => !self.is_of_conduct() && !self.is_an_appeal(),
            Action::Accept | Action::Reject => self.is_an_appeal(),
        }
    }

    const fn is_an_appeal(&self) -> bool {
        matches!(self, Self::Appeal { .. })
    }

    /// Whether it is about what somebody did, and not about something that waits for approval or a decision appealed.
    #[must_use]
    pub const fn is_of_conduct(&self) -> bool {
        matches!(
            self,
            Self::Complaint { .. } | Self::PrincipalListing { .. } | Self::CommentDuty { .. } | Self::Escalation { .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_is_answered_and_a_registration_approved_or_refused() {
        let complaint = Matter::Complaint { policy: "fraud".to_owned() };
        for action in [Action::NoAction, Action::Warn, Action::SuspendUpdates { days: None }] {
            assert!(complaint.takes(action) && !Matter::Registration.takes(action), "{action:?}");
        }
        for action in [Action::Approve, Action::Refuse] {
            assert!(!complaint.takes(action) && Matter::Registration.takes(action), "{action:?}");
        }
        let decision_id = DecisionId::at(jiff::Timestamp::UNIX_EPOCH);
        let appeal = Matter::Appeal { decision_id, against: Appealed::Measure };
        for action in [Action::Accept, Action::Reject] {
            assert!(appeal.takes(action) && !complaint.takes(action) && !Matter::Registration.takes(action));
        }
        assert!(!appeal.takes(Action::Warn) && !appeal.takes(Action::Approve));
    }
}
