//! How an account manages its comments, for the account to see, and what it says it has put right (R12.3).

use std::sync::Arc;

use domain::{
    account::Account, actor::Actor, assessment::InteractiveFunction, comment_duty::CommentDuty,
    enforcement::Enforcement, id::AccountId, profile::Profile, settings::CommentDutyRules,
};
use jiff::{Timestamp, civil::Date};

use crate::{
    error::AppError,
    ports::{AccountLedger, Clock, CommentDutyBook, SaveError, SettingsSource},
};

/// Another change of the account came first; the next try reads it.
const TRIES: usize = 5;

/// The measure, by what it is judged, and what is in force.
#[derive(Debug, Clone, PartialEq)]
pub struct DutyView {
    /// The first day that counts.
    pub since: Date,
    pub measure: CommentDuty,
    pub rules: CommentDutyRules,
    pub restriction: Option<Enforcement>,
}

/// Shows the measure and takes what holders say.
pub struct CommentManagement {
    pub accounts: Arc<dyn AccountLedger>,
    pub settings: Arc<dyn SettingsSource>,
    pub duties: Arc<dyn CommentDutyBook>,
    pub clock: Arc<dyn Clock>,
    pub profile: Profile,
}

impl CommentManagement {
    /// # Errors
    /// When there is no such account, or a port does not work.
    pub async fn duty(&self, account_id: AccountId) -> Result<DutyView, AppError> {
        let now = self.clock.now();
        let (account, settings) = futures::try_join!(self.accounts.load(account_id), self.settings.current())?;
        let account = account.ok_or(AppError::AccountNotFound)?;
        let rules = settings.comments.duty;
        let since = rules.since(account.last_restriction_of(InteractiveFunction::Comments), now);
        let measure = self.duties.measure(account_id, since).await?;
        Ok(DutyView { since, measure, rules, restriction: restriction(&account, now) })
    }

    /// Brings what the holder has put right before a person. Said again, it changes nothing.
    ///
    /// # Errors
    /// When there is no such account, no restriction of comments is in force on it, or a port does not work.
    pub async fn rectify(
        &self,
        account_id: AccountId,
        statement: &str,
        actor: &Actor,
    ) -> Result<Enforcement, AppError> {
        let mut expected = 0;
        for _ in 0..TRIES {
            let now = self.clock.now();
            let account = self.accounts.load(account_id).await?.ok_or(AppError::AccountNotFound)?;
            expected = account.version;
            let in_force = restriction(&account, now).ok_or(AppError::NothingToRectify)?;
            if in_force.rectification.as_ref().is_some_and(|it| it.statement == statement) {
                return Ok(in_force);
            }
            let due_at = self.profile.content_review_due_at(now);
            let (id, actor) = (in_force.enforcement_id, actor.clone());
            let reported = account.report_rectification(id, statement, due_at, actor, now);
            let change = reported.ok_or(AppError::NothingToRectify)?;
            match self.accounts.save(&change).await {
                Ok(()) => return restriction(&change.state, now).ok_or(AppError::NothingToRectify),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }
}

fn restriction(account: &Account, now: Timestamp) -> Option<Enforcement> {
    account.restriction_of(InteractiveFunction::Comments, now).cloned()
}
