//! The steps that the strikes of an account lead to (R13.1).

use jiff::Timestamp;

use super::Account;
use crate::{
    actor::Actor,
    case::Matter,
    change::Change,
    enforcement::Enforcement,
    id::DecisionId,
    ladder::{Escalation, StepDue},
    settings::RungMode,
};

impl Account {
    /// A person is to decide on the step by `due_at`.
    #[must_use]
    pub fn propose_step(
        mut self,
        due: &StepDue,
        decision_id: DecisionId,
        due_at: Timestamp,
        actor: Actor,
        now: Timestamp,
    ) -> Change<Self> {
        self.note_step(due, decision_id, RungMode::Propose, now);
        let matter = Matter::Escalation { decision_id, strikes: due.rung.strikes, proposed: due.rung.action };
        self.request_review_of(matter, due_at, actor, now)
    }

    /// The step is put in force. `None` when it is in force already.
    #[must_use]
    pub fn take_step(
        mut self,
        due: &StepDue,
        measure: Enforcement,
        actor: Actor,
        now: Timestamp,
    ) -> Option<Change<Self>> {
        self.note_step(due, measure.decision_id, RungMode::Apply, now);
        self.enforce(measure, actor, now)
    }

    fn note_step(&mut self, due: &StepDue, decision_id: DecisionId, mode: RungMode, at: Timestamp) {
        let (strikes, counted) = (due.rung.strikes, due.counted.clone());
        self.escalations.push(Escalation { decision_id, strikes, mode, counted, at });
    }
}
