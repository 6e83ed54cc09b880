//! A reporter contests that nothing was done (B6): the case is opened again, and somebody else judges it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Case, CaseRefusal};
use crate::{
    actor::Actor,
    change::Change,
    complaint::ComplaintStatus,
    event::EventBody,
    id::{ComplaintId, DecisionId},
    profile::Profile,
};

/// What a reporter says against a decision that did nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contest {
    pub complaint_id: ComplaintId,
    /// The decision that it is against, and whose that was.
    pub decision_id: DecisionId,
    pub decided_by: Actor,
    pub grounds: String,
    pub filed_at: Timestamp,
    /// The decision that answered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<DecisionId>,
}

/// Why a decision cannot be contested by a reporter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ContestRefusal {
    #[error("the complaint is not decided")]
    NotDecided,
    #[error("the complaint was upheld")]
    Upheld,
    /// What was contested once and judged again is final.
    #[error("the decision was contested before")]
    ContestedBefore,
    #[error("the time to contest is over")]
    WindowOver { until: Timestamp },
}

impl Case {
    /// Opens the decided case again, for somebody else than its decider to judge by `due_at`.
    ///
    /// # Errors
    /// When there is no decision, it took a step, it was contested before, or its window is over.
    pub fn contest(
        mut self,
        complaint_id: ComplaintId,
        grounds: String,
        due_at: Timestamp,
        profile: &Profile,
        now: Timestamp,
    ) -> Result<Change<Self>, ContestRefusal> {
        if self.contest.is_some() {
            return Err(ContestRefusal::ContestedBefore);
        }
        let decision = self.decision.as_ref().ok_or(ContestRefusal::NotDecided)?;
        if self.complaint_status() != ComplaintStatus::NotUpheld {
            return Err(ContestRefusal::Upheld);
        }
        let days = SignedDuration::from_hours(24 * profile.appeal_window_days);
        let until = decision.decided_at.saturating_add(days).unwrap_or(Timestamp::MAX);
        if now >= until {
            return Err(ContestRefusal::WindowOver { until });
        }
        let (decision_id, decided_by) = (decision.decision_id, decision.decided_by.clone());
        self.contest = Some(Box::new(Contest {
            complaint_id,
            decision_id,
            decided_by,
            grounds,
            filed_at: now,
            answered_by: None,
        }));
        self.open_again(due_at, now);
        let body = EventBody::CaseContested { case_id: self.case_id, complaint_id, decision_id };
        Ok(self.changed(body, Actor::Public, now))
    }

    /// Whether a reporter contests a decision of `reviewer`'s own, and nobody has judged that yet.
    #[must_use]
    pub fn is_contested_against(&self, reviewer: &Actor) -> bool {
        let open = self.contest.as_ref().filter(|contest| contest.answered_by.is_none());
        open.is_some_and(|contest| contest.decided_by.is_same_person(reviewer))
    }

    pub(super) fn must_not_be_contested_against(&self, reviewer: &Actor) -> Result<(), CaseRefusal> {
        if self.is_contested_against(reviewer) { Err(CaseRefusal::ConflictOfInterest) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        case::{CaseState, Matter, Opening, Ruling},
        decision::Action,
        id::AccountId,
        subject::Subject,
    };

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn reviewer(name: &str) -> Actor {
        Actor::caller(&format!("arn:aws:iam::1:user/{name}"))
    }

    fn decided(case: Case, by: &str, action: Action) -> Case {
        let claimed = case.claim(reviewer(by), NOW).unwrap().state;
        let ruling = Ruling {
            decision_id: DecisionId::at(NOW),
            action,
            policies: vec!["fraud".to_owned()],
            reason: "无违规".to_owned(),
            facts: "已阅".to_owned(),
        };
        claimed.decide(ruling, reviewer(by), NOW).unwrap().state
    }

    fn open() -> Case {
        let matter = Matter::Complaint { policy: "fraud".to_owned() };
        let subject = Subject::Account(AccountId::at(NOW));
        let opening = Opening { subject, matter, due_at: NOW, complaint: Some(ComplaintId::at(NOW)) };
        Case::open(opening, Actor::Public, NOW).state
    }

    fn contest(case: Case, days: i64) -> Result<Case, ContestRefusal> {
        let now = NOW + SignedDuration::from_hours(24 * days);
        let change = case.contest(ComplaintId::at(NOW), "没有看附件".to_owned(), now, &Profile::cn_2017(), now)?;
        Ok(change.state)
    }

    #[test]
    fn a_contested_decision_is_judged_by_somebody_else_once() {
        let again = contest(decided(open(), "li", Action::NoAction), 1).unwrap();
        assert_eq!((again.state, again.complaint_status()), (CaseState::Open, ComplaintStatus::UnderReview));
        assert_eq!(again.clone().claim(reviewer("li"), NOW).unwrap_err(), CaseRefusal::ConflictOfInterest);
        assert_eq!(again.allowed_actions(&reviewer("li"), NOW), []);
        let reversed = decided(again.clone(), "wang", Action::Warn);
        assert_eq!(reversed.complaint_status(), ComplaintStatus::Upheld);
        let answered = reversed.contest.as_ref().and_then(|contest| contest.answered_by);
        assert_eq!(answered, reversed.decision.as_ref().map(|decision| decision.decision_id));
        let kept = decided(again, "wang", Action::NoAction);
        assert_eq!(contest(kept, 1).unwrap_err(), ContestRefusal::ContestedBefore);
    }

    #[test]
    fn what_is_open_upheld_or_long_ago_is_not_contested() {
        assert_eq!(contest(open(), 1).unwrap_err(), ContestRefusal::NotDecided);
        assert_eq!(contest(decided(open(), "li", Action::Warn), 1).unwrap_err(), ContestRefusal::Upheld);
        let late = contest(decided(open(), "li", Action::NoAction), 180).unwrap_err();
        assert!(matches!(late, ContestRefusal::WindowOver { .. }));
    }
}
