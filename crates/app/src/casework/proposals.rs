//! Four eyes (B8): the content safety lead agrees to a severe step that a reviewer proposes, or does not.

use domain::{
    actor::Actor,
    case::{Case, CaseRefusal},
    change::Change,
    id::DecisionId,
};
use jiff::Timestamp;

use super::CaseDesk;
use crate::{error::AppError, ports::SaveError};

/// That somebody agrees to a step.
#[derive(Debug, Clone)]
pub struct Agree {
    pub decision_id: DecisionId,
    /// The version of the case that was read.
    pub version: u64,
    pub second: Actor,
}

/// That somebody does not.
#[derive(Debug, Clone)]
pub struct Disagree {
    pub decision_id: DecisionId,
    /// The version of the case that was read.
    pub version: u64,
    /// Why, for reviewers alone.
    pub reason: String,
    pub second: Actor,
}

impl CaseDesk {
    /// The step is a decision from now on; its event sends it to enforcement.
    ///
    /// # Errors
    /// When that step is not proposed, the case has changed since the version that was read, whoever agrees proposed it or
    /// made the decision that the case is against, or a port does not work.
    pub async fn agree(&self, command: Agree) -> Result<Case, AppError> {
        let Agree { decision_id, version, second } = command;
        let case = self.case_of(decision_id).await?;
        let agreed = case.decision.as_ref().filter(|decision| decision.decision_id == decision_id);
        if agreed.and_then(|decision| decision.approved_by.as_ref()) == Some(&second) {
            return Ok(case);
        }
        self.settle(case, version, |case, now| case.approve(decision_id, second, now)).await
    }

    /// The case is open again.
    ///
    /// # Errors
    /// As [`agree`](Self::agree).
    pub async fn disagree(&self, command: Disagree) -> Result<Case, AppError> {
        let Disagree { decision_id, version, reason, second } = command;
        let case = self.case_of(decision_id).await?;
        let mut refused = case.refused_proposals.iter().filter(|it| it.decision_id == decision_id);
        if refused.any(|it| it.refused_by == second && it.reason == reason) {
            return Ok(case);
        }
        self.settle(case, version, |case, now| case.refuse_proposal(decision_id, reason, second, now)).await
    }

    async fn case_of(&self, decision_id: DecisionId) -> Result<Case, AppError> {
        let case_id = self.board.proposed_in(decision_id).await?.ok_or(AppError::DecisionNotFound)?;
        self.case(case_id).await
    }

    async fn settle(
        &self,
        case: Case,
        expected: u64,
        transition: impl FnOnce(Case, Timestamp) -> Result<Change<Case>, CaseRefusal>,
    ) -> Result<Case, AppError> {
        let has_changed = case.version != expected;
        // Whoever may not, or comes too late, is told so whatever the version.
        let change = transition(case, self.clock.now())?;
        if has_changed {
            return Err(AppError::VersionConflict { expected });
        }
        match self.board.save(&change).await {
            Ok(()) => Ok(change.state),
            Err(SaveError::VersionConflict) => Err(AppError::VersionConflict { expected }),
            Err(SaveError::Port(error)) => Err(error.into()),
        }
    }
}
