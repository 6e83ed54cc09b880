//! An account's tools for the comments below what it publishes (R12.2): hide and restore one, block who wrote it, words that
//! hide, no comments at all. Each is an event of the comment, the publication or the account's rules.

use std::{collections::BTreeSet, sync::Arc};

use domain::{
    actor::Actor,
    change::Change,
    id::{AccountId, CommentId, PublicationId},
    owner_rules::{BlockListFull, OwnerRules},
};
use jiff::Timestamp;

use crate::{
    ended,
    error::AppError,
    ports::{
        AccountLedger, Clock, CommentRecord, CommentShelf, OwnerRulesBook, PublicationRecord, PublicationShelf,
        SaveError,
    },
};

/// Another change came first; the next try reads it.
const TRIES: usize = 5;

/// What an account does about a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerAction {
    Hide,
    Restore,
    /// Who wrote it may write nothing more below what the account publishes.
    BlockCommenter,
    UnblockCommenter,
}

/// Does what accounts want about comments. Doing it again changes nothing.
pub struct CommentTools {
    pub accounts: Arc<dyn AccountLedger>,
    pub publications: Arc<dyn PublicationShelf>,
    pub comments: Arc<dyn CommentShelf>,
    pub rules: Arc<dyn OwnerRulesBook>,
    pub clock: Arc<dyn Clock>,
}

impl CommentTools {
    /// Gives the comment as it is then.
    ///
    /// # Errors
    /// When there is no such comment, the block list is full, or a port does not work.
    pub async fn act(
        &self,
        comment_id: CommentId,
        action: OwnerAction,
        actor: &Actor,
    ) -> Result<CommentRecord, AppError> {
        let mut expected = 0;
        for _ in 0..TRIES {
            let CommentRecord { comment, verdict } =
                self.comments.load(comment_id).await?.ok_or(AppError::CommentNotFound)?;
            expected = comment.version;
            let now = self.clock.now();
            let change = match action {
                OwnerAction::Hide => comment.clone().hide(actor.clone(), now),
                OwnerAction::Restore => comment.clone().restore(actor.clone(), now),
                OwnerAction::BlockCommenter | OwnerAction::UnblockCommenter => {
                    let commenter = comment.commenter.clone();
                    let turn = |rules: OwnerRules, now: Timestamp| match action {
                        OwnerAction::BlockCommenter => rules.block(commenter.clone(), actor.clone(), now),
                        _ => Ok(rules.unblock(commenter.clone(), actor.clone(), now)),
                    };
                    self.change_rules(comment.account_id, turn).await?;
                    None
                }
            };
            let Some(change) = change else { return Ok(CommentRecord { comment, verdict }) };
            let change = Change { state: CommentRecord { comment: change.state, verdict }, event: change.event };
            match self.comments.save(&change).await {
                Ok(()) => return Ok(change.state),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    /// # Errors
    /// When there is no such account, or a port does not work.
    pub async fn rules(&self, account_id: AccountId) -> Result<OwnerRules, AppError> {
        let (account, rules) = futures::try_join!(self.accounts.load(account_id), self.rules.rules(account_id))?;
        account.ok_or(AppError::AccountNotFound)?;
        Ok(rules)
    }

    /// Opens or closes the comments below everything that the account publishes, and replaces its keywords.
    ///
    /// # Errors
    /// When there is no such account, or a port does not work.
    pub async fn set_rules(
        &self,
        account_id: AccountId,
        closed: bool,
        keywords: &BTreeSet<String>,
        actor: &Actor,
    ) -> Result<OwnerRules, AppError> {
        self.accounts.load(account_id).await?.ok_or(AppError::AccountNotFound)?;
        self.change_rules(account_id, |rules, now| Ok(rules.set(closed, keywords.clone(), actor.clone(), now))).await
    }

    /// Opens or closes the comments below one publication.
    ///
    /// # Errors
    /// When there is no such publication, it is deleted, or a port does not work.
    pub async fn set_publication(
        &self,
        publication_id: PublicationId,
        closed: bool,
        actor: &Actor,
    ) -> Result<PublicationRecord, AppError> {
        let mut expected = 0;
        for _ in 0..TRIES {
            let Some(known) = self.publications.load(publication_id).await? else {
                return Err(ended::publication(&*self.publications, publication_id).await);
            };
            expected = known.publication.version;
            let turned = known.publication.clone().close_comments(closed, actor.clone(), self.clock.now())?;
            let Some(change) = turned else { return Ok(known) };
            let state = PublicationRecord { publication: change.state, verdict: known.verdict };
            let change = Change { state, event: change.event };
            match self.publications.save(&change).await {
                Ok(()) => return Ok(change.state),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    async fn change_rules(
        &self,
        account_id: AccountId,
        turn: impl Fn(OwnerRules, Timestamp) -> Result<Option<Change<OwnerRules>>, BlockListFull>,
    ) -> Result<OwnerRules, AppError> {
        let mut expected = 0;
        for _ in 0..TRIES {
            let rules = self.rules.rules(account_id).await?;
            expected = rules.version;
            let turned = turn(rules.clone(), self.clock.now()).map_err(|_: BlockListFull| AppError::BlockListFull)?;
            let Some(change) = turned else { return Ok(rules) };
            match self.rules.save(&change).await {
                Ok(()) => return Ok(change.state),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }
}
