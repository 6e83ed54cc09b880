//! Four eyes (B8): a severe step is proposed by whoever has the case, and becomes a decision when somebody else agrees.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Case, CaseRefusal, CaseState};
use crate::{
    actor::Actor,
    change::Change,
    decision::{Action, Decision},
    event::EventBody,
    id::DecisionId,
};

/// A step that was proposed and that the second person did not agree to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedProposal {
    pub decision_id: DecisionId,
    pub action: Action,
    pub proposed_by: Actor,
    pub refused_by: Actor,
    /// Why, for reviewers alone.
    pub reason: String,
    pub refused_at: Timestamp,
}

impl Case {
    pub(super) fn propose(mut self, proposal: Decision, reviewer: Actor, now: Timestamp) -> Change<Self> {
        self.state = CaseState::AwaitingApproval;
        self.assignment = None;
        self.proposal = Some(Box::new(proposal.clone()));
        let body = EventBody::DecisionProposed { case_id: self.case_id, proposal: Box::new(proposal) };
        self.changed(body, reviewer, now)
    }

    /// Agrees to the step `decision_id`: from now on it is a decision.
    ///
    /// # Errors
    /// When that step is not proposed, or `second` proposed it or made the decision that the case is against.
    pub fn approve(
        mut self,
        decision_id: DecisionId,
        second: Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, CaseRefusal> {
        let proposal = self.proposal_for(decision_id, &second)?;
        let decision = Decision { approved_by: Some(second.clone()), decided_at: now, ..proposal };
        Ok(self.decided(decision, second, now))
    }

    /// Does not agree to it: the case is open again, and the refusal stays in it.
    ///
    /// # Errors
    /// As [`approve`](Self::approve).
    pub fn refuse_proposal(
        mut self,
        decision_id: DecisionId,
        reason: String,
        second: Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, CaseRefusal> {
        let proposal = self.proposal_for(decision_id, &second)?;
        self.refused_proposals.push(RefusedProposal {
            decision_id,
            action: proposal.action,
            proposed_by: proposal.decided_by,
            refused_by: second.clone(),
            reason: reason.clone(),
            refused_at: now,
        });
        self.state = CaseState::Open;
        let body = EventBody::ProposalRefused { case_id: self.case_id, decision_id, reason };
        Ok(self.changed(body, second, now))
    }

    /// Whether the step that waits is `reviewer`'s own, in whatever role.
    #[must_use]
    pub fn is_proposed_by(&self, reviewer: &Actor) -> bool {
        self.proposal.as_ref().is_some_and(|proposal| proposal.decided_by.is_same_person(reviewer))
    }

    fn proposal_for(&mut self, decision_id: DecisionId, second: &Actor) -> Result<Decision, CaseRefusal> {
        self.must_not_be_against(second)?;
        self.must_not_be_contested_against(second)?;
        if self.is_proposed_by(second) {
            return Err(CaseRefusal::OwnProposal);
        }
        let proposed = self.proposal.take_if(|proposal| proposal.decision_id == decision_id);
        proposed.map(|proposal| *proposal).ok_or(CaseRefusal::NothingProposed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        case::{AllowedAction, Matter, Opening, Ruling},
        id::AccountId,
        subject::Subject,
    };

    const NOON: Timestamp = Timestamp::constant(1_795_406_400, 0);
    const CLOSE: Action = Action::Close { blacklist: None };

    fn person(role: &str, name: &str) -> Actor {
        Actor::caller(&format!("arn:aws:sts::1:assumed-role/{role}/caller_{name}"))
    }

    fn proposed(action: Action) -> Case {
        let opening = Opening {
            subject: Subject::Account(AccountId::at(NOON)),
            matter: Matter::Complaint { policy: "fraud".to_owned() },
            due_at: NOON,
            complaint: None,
        };
        let case = Case::open(opening, Actor::function("complaint-triager"), NOON).state;
        let li = person("reviewer", "li");
        let case = case.claim(li.clone(), NOON).unwrap().state;
        let ruling = Ruling {
            decision_id: DecisionId::at(NOON),
            action,
            policies: vec!["fraud".to_owned()],
            reason: "多次诈骗".to_owned(),
            facts: "三次处置后再犯".to_owned(),
        };
        case.decide(ruling, li, NOON).unwrap().state
    }

    #[test]
    fn a_severe_step_waits_for_a_second_person_and_no_other_does() {
        let case = proposed(CLOSE);
        assert_eq!((case.state, case.decision.is_none()), (CaseState::AwaitingApproval, true));
        assert_eq!(proposed(Action::Warn).state, CaseState::Decided);
        assert_eq!(case.clone().claim(person("reviewer", "wang"), NOON), Err(CaseRefusal::AwaitsApproval));
    }

    #[test]
    fn the_proposer_is_no_second_person_in_whatever_role() {
        let case = proposed(CLOSE);
        let decision_id = case.proposal.as_ref().unwrap().decision_id;
        let also_li = person("lead", "li");
        assert_eq!(case.allowed_actions(&also_li, NOON), []);
        assert_eq!(case.clone().approve(decision_id, also_li.clone(), NOON), Err(CaseRefusal::OwnProposal));
        let refusal = case.refuse_proposal(decision_id, "不".to_owned(), also_li, NOON);
        assert_eq!(refusal, Err(CaseRefusal::OwnProposal));
    }

    #[test]
    fn what_is_agreed_to_is_a_decision_of_both_from_then_on() {
        let case = proposed(CLOSE);
        let decision_id = case.proposal.as_ref().unwrap().decision_id;
        let later = NOON + jiff::SignedDuration::from_hours(1);
        let zhao = person("lead", "zhao");
        assert_eq!(case.allowed_actions(&zhao, NOON), [AllowedAction::Approve, AllowedAction::RefuseProposal]);
        let decision = case.approve(decision_id, zhao.clone(), later).unwrap().state.decision.unwrap();
        assert_eq!((decision.decided_by, decision.approved_by), (person("reviewer", "li"), Some(zhao)));
        assert_eq!(decision.decided_at, later, "whoever appeals has the whole time for it");
    }

    #[test]
    fn what_is_not_agreed_to_leaves_the_case_open_and_is_on_record() {
        let case = proposed(CLOSE);
        let decision_id = case.proposal.as_ref().unwrap().decision_id;
        let zhao = person("lead", "zhao");
        assert_eq!(case.clone().approve(DecisionId::at(NOON), zhao.clone(), NOON), Err(CaseRefusal::NothingProposed));
        let open = case.refuse_proposal(decision_id, "应先暂停更新".to_owned(), zhao.clone(), NOON).unwrap().state;
        assert_eq!((open.state, open.refused_proposals.len()), (CaseState::Open, 1));
        assert_eq!(open.clone().approve(decision_id, zhao, NOON), Err(CaseRefusal::NothingProposed));
        assert!(open.claim(person("reviewer", "wang"), NOON).is_ok());
    }
}
