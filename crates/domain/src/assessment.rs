//! Security assessments (R12.1): an interactive function is off until the assessment of it is on record, and off again when
//! that has run out or was withdrawn.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    actor::Actor,
    change::Change,
    event::{Event, EventBody},
    id::AssessmentId,
};

/// An assessment that counts for longer than five years says nothing about the function as it is.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 366 * 5);

/// The register is one row that every process reads: the last of each function and some of its past; all of them are in the
/// log.
const KEPT: usize = 50;

/// A function through which readers write to one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InteractiveFunction {
    Comments,
}

impl InteractiveFunction {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Comments => "comments",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    pub assessment_id: AssessmentId,
    pub function: InteractiveFunction,
    /// Of the report's bytes, in lower-case hexadecimal; the report stays with the platform.
    pub document_sha256: String,
    /// The body that made it.
    pub assessor: String,
    pub assessed_at: Timestamp,
    /// The first moment at which it no longer counts.
    pub valid_until: Timestamp,
    pub registered_by: Actor,
    pub registered_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Timestamp>,
}

/// What is put on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAssessment {
    pub function: InteractiveFunction,
    pub document_sha256: String,
    pub assessor: String,
    pub assessed_at: Timestamp,
    pub valid_until: Timestamp,
}

/// Why an assessment is not put on record, or not taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AssessmentRefusal {
    #[error("the assessment was made in the future, or has run out, or counts for too long")]
    Dates,
    #[error("the document is on record with other facts")]
    OtherFacts,
    #[error("no such assessment")]
    Unknown,
    #[error("the register is full")]
    Full,
}

/// Every assessment that still says something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessments {
    /// Counts the changes; guards every write.
    pub version: u64,
    pub assessments: Vec<Assessment>,
}

impl Assessment {
    #[must_use]
    pub fn counts(&self, now: Timestamp) -> bool {
        self.withdrawn_at.is_none() && now < self.valid_until
    }
}

impl Assessments {
    /// Whether `function` may be used at `now`.
    #[must_use]
    pub fn is_on(&self, function: InteractiveFunction, now: Timestamp) -> bool {
        self.assessments.iter().any(|it| it.function == function && it.counts(now))
    }

    #[must_use]
    pub fn get(&self, assessment_id: AssessmentId) -> Option<&Assessment> {
        self.assessments.iter().find(|it| it.assessment_id == assessment_id)
    }

    /// Puts an assessment on record. One document of one function is one assessment: the same again is no change (`None`).
    ///
    /// # Errors
    /// When its dates cannot be, or the document is on record with other facts.
    pub fn register(
        mut self,
        new: NewAssessment,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Option<Change<Self>>, AssessmentRefusal> {
        let assessment_id = AssessmentId::named(new.function, &new.document_sha256);
        if let Some(known) = self.get(assessment_id) {
            let same = (&known.assessor, known.assessed_at, known.valid_until)
                == (&new.assessor, new.assessed_at, new.valid_until);
            return if same && known.withdrawn_at.is_none() { Ok(None) } else { Err(AssessmentRefusal::OtherFacts) };
        }
        let longest = new.assessed_at.saturating_add(LONGEST).unwrap_or(Timestamp::MAX);
        if new.assessed_at > now || new.valid_until <= now || new.valid_until > longest {
            return Err(AssessmentRefusal::Dates);
        }
        if self.assessments.len() >= KEPT {
            // The one that ran out first makes room; one that counts never does.
            let spent = (0..self.assessments.len()).filter(|at| !self.assessments[*at].counts(now));
            let oldest = spent.min_by_key(|at| self.assessments[*at].valid_until);
            self.assessments.remove(oldest.ok_or(AssessmentRefusal::Full)?);
        }
        let assessment = Assessment {
            assessment_id,
            function: new.function,
            document_sha256: new.document_sha256,
            assessor: new.assessor,
            assessed_at: new.assessed_at,
            valid_until: new.valid_until,
            registered_by: actor.clone(),
            registered_at: now,
            withdrawn_at: None,
        };
        self.assessments.push(assessment.clone());
        let body = EventBody::AssessmentRegistered { assessment: Box::new(assessment) };
        Ok(Some(self.changed(body, actor, now)))
    }

    /// The assessment counts no longer: `None` when it was withdrawn before.
    ///
    /// # Errors
    /// When it is not on record.
    pub fn withdraw(
        mut self,
        assessment_id: AssessmentId,
        reason: &str,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Option<Change<Self>>, AssessmentRefusal> {
        let known = self.assessments.iter_mut().find(|it| it.assessment_id == assessment_id);
        let known = known.ok_or(AssessmentRefusal::Unknown)?;
        if known.withdrawn_at.is_some() {
            return Ok(None);
        }
        known.withdrawn_at = Some(now);
        let function = known.function;
        let body = EventBody::AssessmentWithdrawn { assessment_id, function, reason: reason.to_owned() };
        Ok(Some(self.changed(body, actor, now)))
    }

    fn changed(mut self, body: EventBody, actor: Actor, now: Timestamp) -> Change<Self> {
        self.version += 1;
        let event = Event::new(self.version, actor, body, now);
        Change { state: self, event }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_795_406_400, 0);
    const COMMENTS: InteractiveFunction = InteractiveFunction::Comments;

    fn days(days: i64) -> Timestamp {
        NOW + SignedDuration::from_hours(24 * days)
    }

    fn new(hash: &str) -> NewAssessment {
        NewAssessment {
            function: COMMENTS,
            document_sha256: hash.repeat(64),
            assessor: "示例测评机构".to_owned(),
            assessed_at: days(-10),
            valid_until: days(355),
        }
    }

    fn lead() -> Actor {
        Actor::caller("lead")
    }

    #[test]
    fn a_function_is_off_until_it_is_assessed_and_off_again_when_that_has_run_out() {
        let register = Assessments::default();
        assert!(!register.is_on(COMMENTS, NOW));
        let register = register.register(new("a"), lead(), NOW).unwrap().unwrap().state;
        assert!(register.is_on(COMMENTS, NOW) && register.is_on(COMMENTS, days(354)));
        assert!(!register.is_on(COMMENTS, days(355)));
    }

    #[test]
    fn the_same_again_is_no_change_and_other_facts_are_refused() {
        let register = Assessments::default().register(new("a"), lead(), NOW).unwrap().unwrap().state;
        assert_eq!(register.clone().register(new("a"), lead(), days(1)), Ok(None));
        let other = NewAssessment { valid_until: days(700), ..new("a") };
        assert_eq!(register.register(other, lead(), NOW), Err(AssessmentRefusal::OtherFacts));
    }

    #[test]
    fn dates_that_cannot_be_are_refused() {
        for (assessed, until) in [(1, 100), (-10, 0), (-10, -5), (0, 366 * 5 + 1)] {
            let new = NewAssessment { assessed_at: days(assessed), valid_until: days(until), ..new("a") };
            let refused = Assessments::default().register(new, lead(), NOW);
            assert_eq!(refused, Err(AssessmentRefusal::Dates), "{assessed} {until}");
        }
    }

    #[test]
    fn a_withdrawn_assessment_counts_no_longer() {
        let register = Assessments::default().register(new("a"), lead(), NOW).unwrap().unwrap().state;
        let id = register.assessments[0].assessment_id;
        let register = register.withdraw(id, "功能已改", lead(), NOW).unwrap().unwrap().state;
        assert!(!register.is_on(COMMENTS, NOW));
        assert_eq!(register.clone().withdraw(id, "功能已改", lead(), NOW), Ok(None));
        assert_eq!(register.clone().register(new("a"), lead(), NOW), Err(AssessmentRefusal::OtherFacts));
        let other = AssessmentId::named(COMMENTS, "x");
        assert_eq!(register.withdraw(other, "", lead(), NOW), Err(AssessmentRefusal::Unknown));
    }

    #[test]
    fn a_full_register_gives_up_what_ran_out_first_and_nothing_that_counts() {
        let mut register = Assessments::default();
        for n in 0..KEPT {
            let new = NewAssessment {
                document_sha256: format!("{n:064x}"),
                valid_until: days(10 + i64::try_from(n).unwrap()),
                ..new("a")
            };
            register = register.register(new, lead(), NOW).unwrap().unwrap().state;
        }
        assert_eq!(register.clone().register(new("b"), lead(), NOW), Err(AssessmentRefusal::Full));
        let later = register.register(new("b"), lead(), days(12)).unwrap().unwrap().state;
        assert_eq!(later.assessments.len(), KEPT);
        assert_eq!(later.get(AssessmentId::named(COMMENTS, &format!("{:064x}", 0))), None);
    }
}
