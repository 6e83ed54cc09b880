//! The case of an appeal: somebody else than the first decider judges it (fairness rule 2).

use jiff::Timestamp;

use super::{Case, CaseRefusal, CaseState, Opening, Ruling};
use crate::{
    actor::Actor,
    appeal::Appeal,
    change::Change,
    decision::{Action, Decision},
    id::{CaseId, DecisionId},
};

impl Case {
    /// Opens the case `case_id` for `appeal`, to be decided by `due_at`.
    #[must_use]
    pub fn open_for(appeal: Appeal, case_id: CaseId, due_at: Timestamp, actor: Actor) -> Change<Self> {
        let opening = Opening { subject: appeal.decision.subject, matter: appeal.matter(), due_at, complaint: None };
        let now = appeal.filed_at;
        Self::open_as(case_id, opening, Some(Box::new(appeal)), actor, now)
    }

    /// The decision that accepts the appeal in the case, as `reviewer` would make it now, for a look at what would follow.
    /// `None` where there is no appeal, or it is decided.
    #[must_use]
    pub fn acceptance(&self, reviewer: Actor, now: Timestamp) -> Option<Decision> {
        self.appeal.as_ref().filter(|_| self.state != CaseState::Decided)?;
        let (decision_id, reason, facts) = (DecisionId::at(now), String::new(), String::new());
        let ruling = Ruling { decision_id, action: Action::Accept, policies: Vec::new(), reason, facts };
        Some(self.ruled(ruling, reviewer, now))
    }

    /// Whether the appeal in the case is against a decision of `reviewer`'s own, or one that they agreed to.
    #[must_use]
    pub fn is_against(&self, reviewer: &Actor) -> bool {
        let Some(appeal) = &self.appeal else { return false };
        let decision = &appeal.decision;
        let deciders = [Some(&decision.decided_by), decision.approved_by.as_ref()];
        deciders.into_iter().flatten().any(|decider| decider.is_same_person(reviewer))
    }

    pub(super) fn must_not_be_against(&self, reviewer: &Actor) -> Result<(), CaseRefusal> {
        if self.is_against(reviewer) { Err(CaseRefusal::ConflictOfInterest) } else { Ok(()) }
    }
}
