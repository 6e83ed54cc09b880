//! What becomes of a measure when an appeal is decided (fairness rule 2).

use jiff::Timestamp;

use super::Account;
use crate::{
    actor::Actor,
    appeal::{AppealConclusion, AppealOutcome},
    change::Change,
    decision::Decision,
    enforcement::{Ending, EndingCause},
    event::EventBody,
    id::DecisionId,
};

impl Account {
    /// Notes how an appeal ended; when `decision` accepts it, the measure that the appealed decision caused ends, and no
    /// other. `None` when that is on record already, or `decision` decides no appeal.
    #[must_use]
    pub fn conclude_appeal(mut self, decision: &Decision, actor: Actor, now: Timestamp) -> Option<Change<Self>> {
        let conclusion = AppealConclusion::of(decision)?;
        if self.appeals.iter().any(|known| known.decision_id == conclusion.decision_id) {
            return None;
        }
        self.appeals.push(conclusion);
        let reversal = self.reversal_of(conclusion.appealed_decision_id);
        let appealed = |decision_id: DecisionId| decision_id == conclusion.appealed_decision_id;
        for enforcement in self.enforcements.iter_mut().filter(|it| appealed(it.decision_id)) {
            enforcement.ending = reversal;
        }
        let body = EventBody::AppealDecided {
            account_id: self.account_id,
            subject: decision.subject,
            conclusion,
            reason: decision.reason.clone(),
            facts: decision.facts.clone(),
        };
        Some(self.changed(body, actor, now))
    }

    /// How a measure that `decision_id` causes is ended, if an appeal against that decision was accepted.
    pub(super) fn reversal_of(&self, decision_id: DecisionId) -> Option<Ending> {
        let accepted =
            |it: &&AppealConclusion| it.appealed_decision_id == decision_id && it.outcome == AppealOutcome::Accepted;
        self.appeals.iter().find(accepted).map(|conclusion| Ending {
            cause: EndingCause::Reversed,
            decision_id: conclusion.decision_id,
            ended_at: conclusion.decided_at,
        })
    }
}
