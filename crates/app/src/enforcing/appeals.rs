//! What follows from the decision on an appeal (fairness rule 2, B9).

use domain::{
    account::Account,
    appeal::{AppealOutcome, Appealed},
    change::Change,
    decision::Decision,
    id::{AccountId, DecisionId},
    subject::Subject,
};

use super::{Enforced, Enforcer, TRIES};
use crate::{
    error::AppError,
    ports::{PublicationRecord, SaveError},
};

impl Enforcer {
    /// First the publication, then the account: the account's event is what the platform is told by, and then all is
    /// undone. Each of the two is changed once, whatever is delivered how often and in which order.
    pub(super) async fn settle_appeal(
        &self,
        account_id: AccountId,
        (appealed, against): (DecisionId, Appealed),
        decision: &Decision,
    ) -> Result<Enforced, AppError> {
        if decision.reverses_decision_id == Some(appealed) && against.is_of_content() {
            self.restore_publication(appealed, against, decision).await?;
        }
        self.conclude_appeal(account_id, decision).await
    }

    async fn restore_publication(
        &self,
        appealed: DecisionId,
        against: Appealed,
        decision: &Decision,
    ) -> Result<(), AppError> {
        let Subject::Publication(publication_id) = decision.subject else {
            return Err(AppError::Message("what is shown again is a publication".to_owned()));
        };
        // Before it is shown again, as where a refusal is taken back, and whatever has become of it: its copies are stopped
        // no longer.
        self.removed.withdraw(appealed, decision.subject).await?;
        let mut expected = 0;
        for _ in 0..TRIES {
            let PublicationRecord { publication, verdict } =
                self.shelf.load(publication_id).await?.ok_or(AppError::PublicationNotFound)?;
            expected = publication.version;
            let (reviewer, now) = (decision.decided_by.clone(), self.clock.now());
            let due = self.profile.content_review_due_at(now);
            let Some(change) = publication.restore(appealed, against, decision, due, reviewer, now) else {
                return Ok(());
            };
            let record = PublicationRecord { publication: change.state, verdict };
            match self.shelf.save(&Change { state: record, event: change.event }).await {
                Ok(()) => return Ok(()),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    async fn conclude_appeal(&self, account_id: AccountId, decision: &Decision) -> Result<Enforced, AppError> {
        let accepted = decision.reverses_decision_id.is_some();
        let outcome = if accepted { AppealOutcome::Accepted } else { AppealOutcome::Rejected };
        let reviewer = &decision.decided_by;
        let conclude = |account: Account, now| account.conclude_appeal(decision, reviewer.clone(), now);
        self.change(account_id, conclude).await?;
        Ok(Enforced::AppealConcluded(outcome))
    }
}
