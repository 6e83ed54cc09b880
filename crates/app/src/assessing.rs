//! Security assessments on record (R12.1): what turns interactive functions on and off.

use std::sync::Arc;

use domain::{
    actor::Actor,
    assessment::{Assessment, AssessmentRefusal, Assessments, NewAssessment},
    change::Change,
    id::AssessmentId,
};
use jiff::Timestamp;

use crate::{
    error::AppError,
    ports::{AssessmentRegister, Clock, SaveError},
};

/// Another change came first; the next try reads it.
const TRIES: usize = 5;

/// The content safety lead's register of assessments.
pub struct AssessmentDesk {
    pub register: Arc<dyn AssessmentRegister>,
    pub clock: Arc<dyn Clock>,
}

impl AssessmentDesk {
    /// Puts an assessment on record; the same again changes nothing.
    ///
    /// # Errors
    /// When its dates cannot be, the document is on record with other facts, or the register does not work.
    pub async fn register(&self, new: NewAssessment, actor: &Actor) -> Result<Assessment, AppError> {
        let assessment_id = AssessmentId::named(new.function, &new.document_sha256);
        let register = self.change(|register, now| register.register(new.clone(), actor.clone(), now)).await?;
        register.get(assessment_id).cloned().ok_or(AppError::Assessment(AssessmentRefusal::Unknown))
    }

    /// Takes its effect from an assessment; the record of it stays.
    ///
    /// # Errors
    /// When it is not on record, or the register does not work.
    pub async fn withdraw(
        &self,
        assessment_id: AssessmentId,
        reason: &str,
        actor: &Actor,
    ) -> Result<Assessment, AppError> {
        let register =
            self.change(|register, now| register.withdraw(assessment_id, reason, actor.clone(), now)).await?;
        register.get(assessment_id).cloned().ok_or(AppError::Assessment(AssessmentRefusal::Unknown))
    }

    /// # Errors
    /// When the register cannot be read.
    pub async fn all(&self) -> Result<Assessments, AppError> {
        self.register.register().await.map_err(Into::into)
    }

    async fn change(
        &self,
        turn: impl Fn(Assessments, Timestamp) -> Result<Option<Change<Assessments>>, AssessmentRefusal>,
    ) -> Result<Assessments, AppError> {
        let mut expected = 0;
        for _ in 0..TRIES {
            let register = self.register.register().await?;
            expected = register.version;
            let Some(change) = turn(register.clone(), self.clock.now())? else { return Ok(register) };
            match self.register.save(&change).await {
                Ok(()) => return Ok(change.state),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }
}
