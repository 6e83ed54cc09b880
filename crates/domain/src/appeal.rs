//! Appeals: an account asks that somebody else look at a decision again, once, within the window that its statement of
//! reasons names (fairness rule 2, B9).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    case::Matter,
    decision::{Action, Decision},
    id::{AccountId, DecisionId},
    profile::Profile,
    statement::StatementOfReasons,
};

/// What an account says against a decision, with the decision as it was made: a case that is opened again forgets its own.
/// It stands in the case of the appeal alone; what the account wrote is in no event and not in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appeal {
    pub account_id: AccountId,
    pub decision: Decision,
    /// Why the decision is wrong, in the account's words.
    pub grounds: String,
    pub filed_at: Timestamp,
}

/// Why there is no appeal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppealRefusal {
    #[error("the decision took no step against an account")]
    NoAdverseStep,
    #[error("the decision is about another account")]
    AnotherAccount,
    #[error("appeals were taken until {until}")]
    WindowOver { until: Timestamp },
    #[error("the decision was appealed before")]
    AppealedBefore,
}

impl Appeal {
    /// The appeal of `account_id` against `decision`, which is about something of `owner`. `told` is the statement of
    /// reasons that the account has got; where the decision has not taken effect yet, it is the one that it is going to get.
    ///
    /// # Errors
    /// When the decision is another account's, took no step against it, or is too old.
    pub fn file(
        decision: Decision,
        (account_id, owner): (AccountId, AccountId),
        told: Option<&StatementOfReasons>,
        profile: &Profile,
        grounds: String,
        now: Timestamp,
    ) -> Result<Self, AppealRefusal> {
        if account_id != owner {
            return Err(AppealRefusal::AnotherAccount);
        }
        let to_be_told = decision.statement(profile).ok_or(AppealRefusal::NoAdverseStep)?;
        let until = told.unwrap_or(&to_be_told).appeal_until.ok_or(AppealRefusal::NoAdverseStep)?;
        if until <= now {
            return Err(AppealRefusal::WindowOver { until });
        }
        Ok(Self { account_id, decision, grounds, filed_at: now })
    }

    /// What its case is about.
    #[must_use]
    pub fn matter(&self) -> Matter {
        Matter::against(&self.decision)
    }
}

/// What an appealed decision did, and what its reversal has to undo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Appealed {
    /// It put a measure in force on the account.
    Measure,
    /// It took a publication away.
    Removal,
    /// It refused that edition of a publication.
    Refusal { edition: u64 },
}

impl Appealed {
    /// Whether its reversal shows a publication again, beside what it does to the account.
    #[must_use]
    pub const fn is_of_content(self) -> bool {
        match self {
            Self::Measure => false,
            Self::Removal | Self::Refusal { .. } => true,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppealOutcome {
    /// The decision is reversed.
    Accepted,
    /// The decision stands.
    Rejected,
}

/// How an appeal ended, as the account's row keeps it. It is also what makes a reversal hold when it arrives before the
/// decision that it reverses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppealConclusion {
    pub appealed_decision_id: DecisionId,
    pub decision_id: DecisionId,
    pub outcome: AppealOutcome,
    pub decided_at: Timestamp,
}

impl AppealConclusion {
    /// What `decision` says of the appeal that it decides; `None` of a decision on anything else.
    #[must_use]
    pub const fn of(decision: &Decision) -> Option<Self> {
        let Matter::Appeal { decision_id, .. } = decision.matter else { return None };
        Some(Self {
            appealed_decision_id: decision_id,
            decision_id: decision.decision_id,
            outcome: if matches!(decision.action, Action::Accept) {
                AppealOutcome::Accepted
            } else {
                AppealOutcome::Rejected
            },
            decided_at: decision.decided_at,
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::{
        actor::Actor,
        assessment::InteractiveFunction,
        id::{CaseId, PublicationId},
        subject::Subject,
    };

    const NOON: Timestamp = Timestamp::constant(1_795_406_400, 0);

    fn decision(account_id: AccountId, matter: Matter, action: Action) -> Decision {
        Decision {
            decision_id: DecisionId::at(NOON),
            case_id: CaseId::at(NOON),
            subject: Subject::Account(account_id),
            matter,
            action,
            policies: vec!["fraud".to_owned()],
            reason: "诱导转账".to_owned(),
            facts: "收款账号".to_owned(),
            decided_by: Actor::caller("arn:aws:iam::1:user/li"),
            approved_by: None,
            decided_at: NOON,
            reverses_decision_id: None,
        }
    }

    fn filed(matter: Matter, action: Action, days: i64) -> Result<Appeal, AppealRefusal> {
        let account_id = AccountId::at(NOON);
        let decision = decision(account_id, matter, action);
        let now = NOON + SignedDuration::from_hours(24 * days);
        Appeal::file(decision, (account_id, account_id), None, &Profile::cn_2017(), "没有诱导".to_owned(), now)
    }

    fn complaint() -> Matter {
        Matter::Complaint { policy: "fraud".to_owned() }
    }

    #[test]
    fn an_adverse_step_can_be_appealed_and_no_other() {
        for (matter, action, can) in [
            (complaint(), Action::Warn, true),
            (complaint(), Action::SuspendUpdates { days: None }, true),
            (complaint(), Action::NoAction, false),
            (complaint(), Action::RestrictFunction { function: InteractiveFunction::Comments, days: Some(7) }, true),
            (Matter::Registration, Action::Refuse, false),
            (Matter::Appeal { decision_id: DecisionId::at(NOON), against: Appealed::Measure }, Action::Reject, false),
        ] {
            let appeal = filed(matter.clone(), action, 0);
            assert_eq!(appeal.is_ok(), can, "{matter:?} {action:?}");
            assert!(can || appeal == Err(AppealRefusal::NoAdverseStep));
        }
    }

    #[test]
    fn what_was_refused_or_taken_away_can_be_appealed_and_what_was_approved_cannot() {
        let account_id = AccountId::at(NOON);
        let subject = Subject::Publication(PublicationId::named(account_id, "post-1"));
        for (matter, action, can) in [
            (Matter::Content { edition: 1 }, Action::Refuse, true),
            (Matter::Content { edition: 1 }, Action::Approve, false),
            (complaint(), Action::RemoveContent, true),
            (complaint(), Action::NoAction, false),
        ] {
            let decision = Decision { subject, ..decision(account_id, matter, action) };
            let parties = (account_id, account_id);
            let appeal = Appeal::file(decision, parties, None, &Profile::cn_2017(), "没有".to_owned(), NOON);
            assert_eq!(appeal.is_ok(), can, "{action:?}");
        }
    }

    #[test]
    fn the_window_is_that_of_the_statement_and_ends_with_its_last_moment() {
        assert!(filed(complaint(), Action::Warn, 179).is_ok());
        let until = NOON + SignedDuration::from_hours(24 * 180);
        assert_eq!(filed(complaint(), Action::Warn, 180), Err(AppealRefusal::WindowOver { until }));
    }

    #[test]
    fn what_the_account_was_told_counts_whatever_the_profile_says_now() {
        let account_id = AccountId::at(NOON);
        let decision = decision(account_id, complaint(), Action::Warn);
        let shorter = Profile { appeal_window_days: 1, ..Profile::cn_2017() };
        let told = decision.statement(&Profile::cn_2017()).unwrap();
        let later = NOON + SignedDuration::from_hours(48);
        let file =
            |told| Appeal::file(decision.clone(), (account_id, account_id), told, &shorter, String::new(), later);
        assert!(file(Some(&told)).is_ok());
        assert!(file(None).is_err());
    }

    #[test]
    fn a_decision_about_somebody_elses_is_not_appealed() {
        let (account_id, other) = (AccountId::at(NOON), AccountId::at(NOON));
        let decision = decision(other, complaint(), Action::Warn);
        let appeal = Appeal::file(decision, (account_id, other), None, &Profile::cn_2017(), String::new(), NOON);
        assert_eq!(appeal, Err(AppealRefusal::AnotherAccount));
    }
}
