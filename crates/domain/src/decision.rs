//! Judgements.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    actor::Actor,
    assessment::InteractiveFunction,
    case::Matter,
    comment_duty::day_of,
    enforcement::{Enforcement, EnforcementKind},
    id::{AccountId, CaseId, DecisionId, EnforcementId},
    profile::Profile,
    statement::{AUTOMATED, StatementOfReasons},
    subject::Subject,
};

/// What a decision does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Action {
    /// The complaint is not upheld.
    NoAction,
    /// The account is warned and told what to rectify.
    Warn,
    /// The account has not that function for `days`, or until it is lifted.
    RestrictFunction {
        function: InteractiveFunction,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        days: Option<u16>,
    },
    /// The account may not publish for `days`, or until it is lifted.
    SuspendUpdates {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        days: Option<u16>,
    },
    /// The account is closed for good; its principal may be barred from registering again (R13.1, R13.2).
    Close {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        blacklist: Option<Blacklisting>,
    },
    /// The publication or the comment is taken away (R11.2).
    RemoveContent,
    /// What waited for approval is approved.
    Approve,
    /// What waited for approval is refused.
    Refuse,
    /// The appeal is right: what the decision did is undone.
    Accept,
    /// The appeal is not: the decision stands.
    Reject,
}

/// That the principal of a closed account is put on the blacklist with it (R13.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Blacklisting {
    /// After how many days a person looks at the listing again.
    pub review_days: u16,
}

impl Action {
    /// Whether a second person has to agree before it is a decision (B8).
    #[must_use]
    pub const fn needs_second_person(self) -> bool {
        matches!(self, Self::Close { .. })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub decision_id: DecisionId,
    pub case_id: CaseId,
    pub subject: Subject,
    pub matter: Matter,
    pub action: Action,
    pub policies: Vec<String>,
    /// Why, for the account to read and for whoever complained.
    pub reason: String,
    /// What was found, for the account to read.
    pub facts: String,
    pub decided_by: Actor,
    /// The second person, of a severe step (B8).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<Actor>,
    pub decided_at: Timestamp,
    /// The decision that this one undoes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverses_decision_id: Option<DecisionId>,
}

impl Decision {
    /// What the decision puts in force; nothing where nobody is sanctioned.
    #[must_use]
    pub fn enforcement(&self, profile: &Profile) -> Option<Enforcement> {
        let (kind, days) = match self.action {
            Action::NoAction
            | Action::RemoveContent
            | Action::Approve
            | Action::Refuse
            | Action::Accept
            | Action::Reject => return None,
            Action::Warn => (EnforcementKind::Warn, None),
            Action::RestrictFunction { days, .. } => (EnforcementKind::RestrictFunction, days),
            Action::SuspendUpdates { days } => (EnforcementKind::SuspendUpdates, days),
            Action::Close { .. } => (EnforcementKind::Close, None),
        };
        let function = match self.action {
            Action::RestrictFunction { function, .. } => Some(function),
            _ => None,
        };
        let ends_at = days.map(|days| {
            self.decided_at.saturating_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX)
        });
        Some(Enforcement {
            enforcement_id: EnforcementId::caused_by(self.decision_id),
            decision_id: self.decision_id,
            kind,
            function,
            rectification: None,
            strike: None,
            rung: match self.matter {
                Matter::Escalation { strikes, .. } => Some(strikes),
                _ => None,
            },
            starts_at: self.decided_at,
            ends_at,
            statement: StatementOfReasons::of(self, profile, ends_at),
            ending: None,
        })
    }

    /// The decision of nobody behind a measure that was put in force without a person: it comes from no case, and
    /// `case_id` is the first one that looks at it. `None` of a measure that a person decided.
    #[must_use]
    pub fn behind(measure: &Enforcement, account_id: AccountId, case_id: CaseId) -> Option<Self> {
        let action = match (measure.kind, measure.function) {
            (EnforcementKind::RestrictFunction, Some(function)) => Action::RestrictFunction { function, days: None },
            (EnforcementKind::SuspendUpdates, None) => Action::SuspendUpdates { days: None },
            _ => return None,
        };
        let matter = match measure.rung {
            Some(strikes) => Matter::Escalation { decision_id: measure.decision_id, strikes, proposed: action },
            None => Matter::CommentDuty { day: day_of(measure.starts_at) },
        };
        let statement = &measure.statement;
        (statement.automated_decision == AUTOMATED).then(|| Self {
            decision_id: measure.decision_id,
            case_id,
            subject: Subject::Account(account_id),
            matter,
            action,
            policies: statement.policies.clone(),
            reason: statement.incompatible_content_explanation.clone(),
            facts: statement.decision_facts.clone(),
            decided_by: Actor::function("enforcer"),
            approved_by: None,
            decided_at: measure.starts_at,
            reverses_decision_id: None,
        })
    }

    /// What the account is told of a step that an appeal can undo; nothing where there is none. A registration, a
    /// qualification or a change of the profile that was refused is not appealed but made anew; a comment is a reader's, and
    /// no account's to appeal.
    #[must_use]
    pub fn statement(&self, profile: &Profile) -> Option<StatementOfReasons> {
        let takes_away = matches!(
            (&self.subject, &self.matter, self.action),
            (Subject::Publication(_), Matter::Content { .. }, Action::Refuse)
                | (Subject::Publication(_), _, Action::RemoveContent)
        );
        let of_content = || takes_away.then(|| StatementOfReasons::of(self, profile, None));
        self.enforcement(profile).map(|enforcement| enforcement.statement).or_else(of_content)
    }
}
