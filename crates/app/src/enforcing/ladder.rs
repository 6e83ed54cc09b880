//! What strikes lead to (R13.1): the next step of the ladder comes before a person, or is put in force at once, within the
//! bound of the circuit breaker (fairness rule 3).

use std::collections::BTreeSet;

use domain::{
    account::Account,
    actor::Actor,
    case::Matter,
    comment_duty::day_of,
    decision::Decision,
    enforcement::Enforcement,
    id::{AccountId, CaseId, DecisionId},
    ladder::{StepDue, step_due},
    settings::{EnforcementRules, RungMode},
    subject::Subject,
};
use jiff::Timestamp;

use super::{Enforcer, TRIES};
use crate::{error::AppError, ports::SaveError};

/// As many as a decision may name.
const MOST_POLICIES: usize = 5;

impl Enforcer {
    /// Takes the step that is due after the measure of `trigger`, if one is. Strikes are noted with the step that they lead
    /// to, so that a copy of the message finds nothing due.
    pub(super) async fn climb(&self, account_id: AccountId, trigger: DecisionId) -> Result<(), AppError> {
        let mut expected = 0;
        for _ in 0..TRIES {
            let (account, settings) = futures::try_join!(self.accounts.load(account_id), self.settings.current())?;
            let account = account.ok_or(AppError::AccountNotFound)?;
            let now = self.clock.now();
            if account.status.is_final() || account.closed_by(now).is_some() {
                return Ok(());
            }
            let Some(due) = step_due(&account, &settings, now) else { return Ok(()) };
            expected = account.version;
            let decision_id = DecisionId::of_step(trigger, account.escalations.len());
            let measure = automatic(&account, &due, decision_id, now).enforcement(&self.profile);
            let actor = Actor::function("enforcer");
            let change = match measure.filter(|_| due.rung.mode == RungMode::Apply) {
                Some(measure) if self.may_apply(&measure, &settings.enforcement, now).await? => {
                    account.take_step(&due, measure, actor, now)
                }
                // What the ladder proposes, or the breaker holds back.
                _ => Some(account.propose_step(&due, decision_id, settings.enforcement.review_due_at(now), actor, now)),
            };
            let Some(change) = change else { return Ok(()) };
            match self.accounts.save(&change).await {
                Ok(()) => return Ok(()),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    /// Whether one more measure of that kind may be put in force today without a person.
    pub(super) async fn may_apply(
        &self,
        measure: &Enforcement,
        rules: &EnforcementRules,
        now: Timestamp,
    ) -> Result<bool, AppError> {
        let most = rules.automatic_per_day(measure.kind);
        Ok(self.breaker.admit(measure.kind, day_of(now), most, measure.decision_id).await?)
    }
}

/// The decision that follows from the strikes: made by nobody, and it says so.
fn automatic(account: &Account, due: &StepDue, decision_id: DecisionId, now: Timestamp) -> Decision {
    let counted = account.enforcements.iter().filter(|it| due.counted.contains(&it.enforcement_id));
    let policies: BTreeSet<&String> = counted.flat_map(|it| &it.statement.policies).collect();
    let (weight, measures, strikes) = (due.weight, due.counted.len(), due.rung.strikes);
    Decision {
        decision_id,
        // It comes from no case.
        case_id: CaseId::from_uuid(decision_id.uuid()),
        subject: Subject::Account(account.account_id),
        matter: Matter::Escalation { decision_id, strikes, proposed: due.rung.action },
        action: due.rung.action,
        policies: policies.into_iter().take(MOST_POLICIES).cloned().collect(),
        reason: "违规记分达到升级处置的标准。 The strikes of the account have come to the next step.".to_owned(),
        facts: format!(
            "生效中的 {measures} 项处置措施违规记分合计 {weight}，达到 {strikes} 分。 \
             {measures} measures count {weight} strikes together; the step is taken at {strikes}."
        ),
        decided_by: Actor::function("enforcer"),
        approved_by: None,
        decided_at: now,
        reverses_decision_id: None,
    }
}
