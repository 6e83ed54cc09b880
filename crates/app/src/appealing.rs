//! Appeals: from an account's "that is wrong" to a case that somebody else decides (fairness rule 2).

use std::sync::Arc;

use domain::{
    account::Account,
    actor::Actor,
    appeal::{Appeal, AppealRefusal},
    case::{Case, Matter},
    decision::Decision,
    id::{AccountId, CaseId, DecisionId, made_at},
    profile::Profile,
    statement::StatementOfReasons,
    subject::Subject,
};
use uuid::Uuid;

use crate::{
    error::AppError,
    ports::{
        AccountLedger, CaseBoard, Clock, CommentShelf, PublicationRecord, PublicationShelf, SaveError, SettingsSource,
    },
};

/// An appeal as the platform brings it for an account.
#[derive(Debug, Clone)]
pub struct FileAppeal {
    /// Names the case; a second try of the same filing meets the first.
    pub operation_id: Uuid,
    pub account_id: AccountId,
    pub decision_id: DecisionId,
    /// Why the decision is wrong, in the account's words.
    pub grounds: String,
    pub actor: Actor,
}

/// Takes appeals.
pub struct AppealDesk {
    pub board: Arc<dyn CaseBoard>,
    pub accounts: Arc<dyn AccountLedger>,
    pub shelf: Arc<dyn PublicationShelf>,
    pub comments: Arc<dyn CommentShelf>,
    pub settings: Arc<dyn SettingsSource>,
    pub clock: Arc<dyn Clock>,
    pub profile: Profile,
}

impl AppealDesk {
    /// Opens the case of the appeal: one for each decision, in one transaction with its event. What was decided stays in
    /// force until somebody has looked.
    ///
    /// # Errors
    /// When account or decision do not exist, the decision is another account's, took no step against it, is too old or was
    /// appealed before, or a port does not work.
    pub async fn file(&self, command: FileAppeal) -> Result<Case, AppError> {
        // The time of the write and not of the try: a second try is told the same.
        let now = made_at(command.operation_id).unwrap_or_else(|| self.clock.now());
        let (account, decision, settings) = futures::try_join!(
            self.accounts.load(command.account_id),
            self.board.decision(command.decision_id),
            self.settings.current()
        )?;
        let account = account.ok_or(AppError::AccountNotFound)?;
        let case_id = CaseId::from_uuid(command.operation_id);
        // A measure that nobody decided is on the account's row alone.
        let automatic = || {
            let measure = account.enforcements.iter().find(|it| it.decision_id == command.decision_id)?;
            Decision::behind(measure, account.account_id, case_id)
        };
        let decision = decision.or_else(automatic).ok_or(AppError::DecisionNotFound)?;
        let (owner, told) = self.told_of(&decision, &account).await?;
        // Whose decision it is comes first: nobody learns of another's appeal.
        if owner == account.account_id
            && let Some(known) = self.appealed(&decision, case_id).await?
        {
            return known;
        }
        let parties = (account.account_id, owner);
        let appeal = Appeal::file(decision.clone(), parties, told.as_ref(), &self.profile, command.grounds, now)?;
        let mut change = Case::open_for(appeal, case_id, settings.clocks.appeal_due_at(now), command.actor);
        change.state = change.state.placed(Some(account.grade), &settings, now);
        match self.board.open(&change, None).await {
            Ok(()) => Ok(change.state),
            // Another appeal took the place at this moment, or this one did at an earlier try.
            Err(SaveError::VersionConflict) => {
                self.appealed(&decision, case_id).await?.unwrap_or(Err(AppError::VersionConflict { expected: 0 }))
            }
            Err(SaveError::Port(error)) => Err(error.into()),
        }
    }

    /// The case of this appeal if there is one, or that the decision was appealed before.
    async fn appealed(&self, decision: &Decision, case_id: CaseId) -> Result<Option<Result<Case, AppError>>, AppError> {
        let known = self.board.case_about(&decision.subject, &Matter::against(decision)).await?;
        Ok(known.map(|case| if case.case_id == case_id { Ok(case) } else { Err(AppealRefusal::AppealedBefore.into()) }))
    }

    /// Whose account the decision is about, and the statement of reasons that it got, as far as it has arrived.
    async fn told_of(
        &self,
        decision: &Decision,
        account: &Account,
    ) -> Result<(AccountId, Option<StatementOfReasons>), AppError> {
        let mine = account.enforcements.iter().find(|it| it.decision_id == decision.decision_id);
        let of_account = mine.map(|enforcement| enforcement.statement.clone());
        match decision.subject {
            Subject::Account(account_id) => Ok((account_id, of_account)),
            Subject::Publication(publication_id) => {
                let PublicationRecord { publication, .. } =
                    self.shelf.load(publication_id).await?.ok_or(AppError::PublicationNotFound)?;
                let settlement = publication.settlement.filter(|it| it.decision_id == decision.decision_id);
                Ok((publication.account_id, of_account.or(settlement.and_then(|it| it.statement))))
            }
            Subject::Comment(comment_id) => {
                let record = self.comments.load(comment_id).await?.ok_or(AppError::CommentNotFound)?;
                Ok((record.comment.account_id, of_account))
            }
        }
    }
}
