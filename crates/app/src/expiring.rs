//! What the calendar says of qualifications (R8, B5): the platform is reminded some days before one ends, and told when it
//! has. That it has ended needs neither: whoever asks is told by the calendar itself.

use std::sync::Arc;

use domain::{account::Account, actor::Actor, change::Change};
use jiff::Timestamp;

use crate::{
    error::AppError,
    ports::{AccountLedger, QualificationCalendar, QualificationDeadline, SaveError},
};

/// Another change of the account came first; the second try reads it.
const TRIES: usize = 5;

/// As of deregistrations: how many deadlines one look takes, and how many looks a run.
const PAGE: usize = 100;
const PAGES: usize = 10;

/// Reminds and notes.
pub struct QualificationClock {
    pub accounts: Arc<dyn AccountLedger>,
    pub calendar: Arc<dyn QualificationCalendar>,
}

/// What a run has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expiries {
    pub reminded: usize,
    pub expired: usize,
}

impl QualificationClock {
    /// Runs as of `now`. A deadline moves on the calendar when what it is for is stored, so that a run that ends early is
    /// taken up by the next; one that cannot be settled does not hold up the others.
    ///
    /// # Errors
    /// When a port does not work, after everything else that was due is done.
    pub async fn run(&self, now: Timestamp) -> Result<Expiries, AppError> {
        let (mut expiries, mut failure) = (Expiries::default(), None);
        for _ in 0..PAGES {
            let due = self.calendar.due(now, PAGE).await?;
            for deadline in &due {
                if let Err(error) = self.settle(deadline, now, &mut expiries).await {
                    failure.get_or_insert(error);
                }
            }
            if due.len() < PAGE {
                break;
            }
        }
        failure.map_or(Ok(expiries), Err)
    }

    async fn settle(
        &self,
        deadline: &QualificationDeadline,
        now: Timestamp,
        expiries: &mut Expiries,
    ) -> Result<(), AppError> {
        let qualification_id = deadline.qualification_id;
        let mut expected = 0;
        for _ in 0..TRIES {
            let account = self.accounts.load(deadline.account_id).await?;
            let Some(account) = account else { return Ok(self.calendar.done(deadline).await?) };
            expected = account.version;
            if let Some(change) = account.clone().expire_qualification(qualification_id, actor(), now) {
                if self.is_saved(&change).await? {
                    expiries.expired += 1;
                    return Ok(self.calendar.done(deadline).await?);
                }
                continue;
            }
            if let Some(change) = account.clone().remind_of_expiry(qualification_id, actor(), now) {
                if !self.is_saved(&change).await? {
                    continue;
                }
                expiries.reminded += 1;
            }
            let end = account.qualification(qualification_id).filter(|known| known.is_valid_at(now));
            return match end {
                Some(known) => Ok(self.calendar.postpone(deadline, known.term.expires_at()).await?),
                // Revoked, noted as expired, or gone with its account.
                None => Ok(self.calendar.done(deadline).await?),
            };
        }
        Err(AppError::VersionConflict { expected })
    }

    /// Whether the change was stored; not when another came first.
    async fn is_saved(&self, change: &Change<Account>) -> Result<bool, AppError> {
        match self.accounts.save(change).await {
            Ok(()) => Ok(true),
            Err(SaveError::VersionConflict) => Ok(false),
            Err(SaveError::Port(error)) => Err(error.into()),
        }
    }
}

fn actor() -> Actor {
    Actor::function("deadline-clock")
}
