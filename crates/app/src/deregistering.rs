//! From the wish to leave to a closed account without an identity (R9.2).

use std::sync::Arc;

use domain::{
    account::{Account, AccountStatus},
    actor::Actor,
    change::Change,
    deregistration::{DeregistrationRefusal, KeepingDuty},
    id::{AccountId, RunId},
    subject::Subject,
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    error::AppError,
    holding,
    ports::{
        AccountLedger, CaseBoard, Clock, Deadline, DeregistrationCalendar, EvidenceRemoval, HoldRegister,
        PrincipalRegister, SaveError, SettingsSource,
    },
};

/// Another change of the account came first; the second try reads it.
const TRIES: usize = 5;

/// How many deadlines one look takes.
const PAGE: usize = 100;

/// How many looks a run takes at most: what a function of a minute can do; the rest is for the next run.
const PAGES: usize = 10;

/// When a duty is looked at again: cases are decided by day, and nothing is lost by a day.
const AGAIN: SignedDuration = SignedDuration::from_hours(24);

/// Takes the wish to leave, and the change of mind.
pub struct DeregistrationDesk {
    pub accounts: Arc<dyn AccountLedger>,
    pub settings: Arc<dyn SettingsSource>,
    pub clock: Arc<dyn Clock>,
}

impl DeregistrationDesk {
    /// # Errors
    /// When there is no such account, it is closed or rejected, or a port does not work.
    pub async fn request(&self, account_id: AccountId, actor: &Actor) -> Result<Account, AppError> {
        let days = self.settings.current().await?.deregistration.cooling_off_days;
        self.change(account_id, |account, now| account.request_deregistration(days, actor.clone(), now)).await
    }

    /// # Errors
    /// When no deregistration is under way, it is too late, or a port does not work.
    pub async fn undo(&self, account_id: AccountId, actor: &Actor) -> Result<Account, AppError> {
        self.change(account_id, |account, now| account.undo_deregistration(actor.clone(), now).map(Some)).await
    }

    async fn change(
        &self,
        account_id: AccountId,
        transition: impl Fn(Account, Timestamp) -> Result<Option<Change<Account>>, DeregistrationRefusal>,
    ) -> Result<Account, AppError> {
        let mut expected = 0;
        for _ in 0..TRIES {
            let account = self.accounts.load(account_id).await?.ok_or(AppError::AccountNotFound)?;
            expected = account.version;
            let Some(change) = transition(account.clone(), self.clock.now())? else { return Ok(account) };
            match self.accounts.save(&change).await {
                Ok(()) => return Ok(change.state),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }
}

/// Closes what is due and destroys what nothing keeps.
pub struct DeregistrationClock {
    pub accounts: Arc<dyn AccountLedger>,
    pub calendar: Arc<dyn DeregistrationCalendar>,
    pub board: Arc<dyn CaseBoard>,
    pub evidence: Arc<dyn EvidenceRemoval>,
    pub holds: Arc<dyn HoldRegister>,
    pub principals: Arc<dyn PrincipalRegister>,
}

/// What a run has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Closings {
    pub closed: usize,
    pub destroyed: usize,
    pub kept: usize,
}

impl DeregistrationClock {
    /// Runs as of `now`. A deadline is taken off the calendar when nothing is left to do about it, so that a run that
    /// ends early is taken up by the next; an account that cannot be settled does not hold up the others.
    ///
    /// # Errors
    /// When a port does not work, after everything else that was due is done.
    pub async fn run(&self, run_id: RunId, now: Timestamp) -> Result<Closings, AppError> {
        let (mut closings, mut failure) = (Closings::default(), None);
        for _ in 0..PAGES {
            let due = self.calendar.due(now, PAGE).await?;
            for deadline in &due {
                if let Err(error) = self.settle(deadline, run_id, now, &mut closings).await {
                    failure.get_or_insert(error);
                }
            }
            if due.len() < PAGE {
                break;
            }
        }
        failure.map_or(Ok(closings), Err)
    }

    /// Takes step after step, each on the account as the one before left it.
    async fn settle(
        &self,
        deadline: &Deadline,
        run_id: RunId,
        now: Timestamp,
        closings: &mut Closings,
    ) -> Result<(), AppError> {
        let mut expected = 0;
        for _ in 0..TRIES {
            let Some(account) = self.accounts.load(deadline.account_id).await? else { break };
            expected = account.version;
            let step = match account.status {
                AccountStatus::Deregistering => self.close(account, now).await?,
                AccountStatus::Closed if account.identity.is_some() => self.destroy(account, run_id, now).await?,
                _ => Step::Nothing,
            };
            match step {
                Step::Nothing => return Ok(self.calendar.done(deadline).await?),
                Step::Closed => closings.closed += 1,
                Step::Destroyed => closings.destroyed += 1,
                Step::Kept => {
                    closings.kept += 1;
                    let again = now.saturating_add(AGAIN).unwrap_or(Timestamp::MAX);
                    return Ok(self.calendar.postpone(deadline, again).await?);
                }
                Step::Overtaken => {}
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    async fn close(&self, account: Account, now: Timestamp) -> Result<Step, AppError> {
        // Undone, and asked for again: the later deadline has a place of its own.
        let Ok(change) = account.close_deregistered(actor(), now) else { return Ok(Step::Nothing) };
        taken(Step::Closed, self.accounts.save_and_release(&change).await)
    }

    async fn destroy(&self, account: Account, run_id: RunId, now: Timestamp) -> Result<Step, AppError> {
        if let Some(duty) = self.duty(&account, now).await? {
            let Some(change) = account.keep_identity(duty, actor(), now) else { return Ok(Step::Kept) };
            return taken(Step::Kept, self.accounts.save(&change).await);
        }
        let (account_id, shown) = (account.account_id, !account.qualifications.is_empty());
        let Some(change) = account.destroy_identity(run_id, actor(), now) else { return Ok(Step::Nothing) };
        if shown {
            // Before the row forgets them: after a crash in between the next run finds them again.
            self.evidence.remove_all(account_id).await?;
        }
        taken(Step::Destroyed, self.accounts.save(&change).await)
    }

    /// What keeps the identity, if anything does.
    async fn duty(&self, account: &Account, now: Timestamp) -> Result<Option<KeepingDuty>, AppError> {
        if holding::keeps_identity(&*self.holds, &*self.principals, account).await?.is_some() {
            return Ok(Some(KeepingDuty::LegalHold));
        }
        if let Some(duty) = account.keeping_duty(now) {
            return Ok(Some(duty));
        }
        let open = self.board.open_about(&Subject::Account(account.account_id)).await?;
        Ok((!open.is_empty()).then_some(KeepingDuty::OpenCase))
    }
}

/// What was done about an account.
enum Step {
    /// There was nothing to do.
    Nothing,
    Closed,
    Destroyed,
    Kept,
    /// Another change came first.
    Overtaken,
}

fn actor() -> Actor {
    Actor::function("deadline-clock")
}

fn taken(step: Step, saved: Result<(), SaveError>) -> Result<Step, AppError> {
    match saved {
        Ok(()) => Ok(step),
        Err(SaveError::VersionConflict) => Ok(Step::Overtaken),
        Err(SaveError::Port(error)) => Err(error.into()),
    }
}
