//! One judgement on several cases (B5): looked at before it is made, made case by case, answered case by case.

use std::mem::discriminant;

use domain::{
    actor::Actor,
    case::CaseState,
    consequence::Choice,
    decision::Action,
    id::{CaseId, DecisionId},
};
use futures::{StreamExt, stream};
use uuid::Uuid;

use super::{Case, CaseDesk, Decide, Judged, Judgement};
use crate::error::AppError;

/// So many at once: enough for fifty cases to be decided within the time of a call, few enough for two such calls beside other work.
const AT_ONCE: usize = 8;

/// One judgement, and the cases as they were read.
#[derive(Debug, Clone)]
pub struct DecideMany {
    /// Names the decisions; a second try of the same one meets them.
    pub operation_id: Uuid,
    pub cases: Vec<CaseRead>,
    pub action: Action,
    pub policies: Vec<String>,
    pub reason: String,
    pub facts: String,
}

/// A case, and the version of it that the reviewer has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseRead {
    pub case_id: CaseId,
    pub version: u64,
}

/// What would follow from the judgement on one case.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlook {
    pub case_id: CaseId,
    /// The case as it would be: decided, or with a proposal that waits for a second person.
    pub state: CaseState,
    pub choice: Option<Choice>,
}

impl CaseDesk {
    /// Decides each case as [`decide`](Self::decide) does, with a transaction of its own, and answers in their order. What is
    /// refused for one is nothing to the others.
    ///
    /// # Errors
    /// When a policy is unknown: then nothing is decided.
    pub async fn decide_many(
        &self,
        reviewer: &Actor,
        command: &DecideMany,
    ) -> Result<Vec<Result<Case, AppError>>, AppError> {
        self.must_know(&command.policies)?;
        let each = stream::iter(command.each());
        Ok(each.map(|(case_id, one)| self.decide(case_id, reviewer, one)).buffered(AT_ONCE).collect().await)
    }

    /// What [`decide_many`](Self::decide_many) would do now, worked out by the same steps and written nowhere.
    ///
    /// # Errors
    /// As there.
    pub async fn foresee_many(
        &self,
        reviewer: &Actor,
        command: &DecideMany,
    ) -> Result<Vec<Result<Outlook, AppError>>, AppError> {
        self.must_know(&command.policies)?;
        let each = stream::iter(command.each());
        Ok(each.map(|(case_id, one)| self.foresee(case_id, reviewer, one)).buffered(AT_ONCE).collect().await)
    }

    async fn foresee(&self, case_id: CaseId, reviewer: &Actor, command: Decide) -> Result<Outlook, AppError> {
        let action = command.action;
        let Judgement { before, change } = match self.judge(case_id, reviewer, command).await? {
            Judged::Known(case) => return Ok(Outlook { case_id, state: case.state, choice: None }),
            Judged::New(judgement) => *judgement,
        };
        let now = self.clock.now();
        let subject = self.subject(&before.subject).await?;
        let choices = self.choices(&before, subject.as_ref(), now).await?;
        // The days of a step are the reviewer's own: a choice leaves them out.
        let choice = choices.into_iter().find(|choice| discriminant(&choice.action) == discriminant(&action));
        Ok(Outlook { case_id, state: change.state.state, choice })
    }
}

impl DecideMany {
    fn each(&self) -> Vec<(CaseId, Decide)> {
        let of = |read: &CaseRead| Decide {
            operation_id: DecisionId::in_bulk(self.operation_id, read.case_id).uuid(),
            version: read.version,
            action: self.action,
            policies: self.policies.clone(),
            reason: self.reason.clone(),
            facts: self.facts.clone(),
        };
        self.cases.iter().map(|read| (read.case_id, of(read))).collect()
    }
}
