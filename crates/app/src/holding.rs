//! Placing, listing and releasing legal holds (B1). What they keep is asked by those who delete: the sweep
//! ([`crate::retaining`]) and the clock that destroys identities ([`crate::deregistering`]).

use std::sync::Arc;

use domain::{
    account::Account,
    actor::Actor,
    id::{AccountId, HoldId},
    legal_hold::{HoldRefusal, HoldScope, LateFor, LegalHold, NewHold},
    subject::Subject,
};
use evidence::{object::LogHour, reach::Reach};
use uuid::Uuid;

use crate::{
    error::AppError,
    ports::{
        AccountLedger, CaseBoard, Clock, CommentShelf, Deletion, HoldPage, HoldRegister, HoldShelf, PortError,
        PrincipalRegister, PublicationShelf, SaveError,
    },
};

/// Sweeps begin and other holds are placed meanwhile: the next try reads what they left.
const TRIES: usize = 10;

/// The most holds in force at a time: each is asked for every object whose time has come.
const MOST: usize = 1_000;

/// A hold as it is asked for.
#[derive(Debug, Clone)]
pub struct PlaceHold {
    /// Names the hold; a second try of the same one meets the first.
    pub operation_id: Uuid,
    pub scope: HoldScope,
    pub legal_basis: String,
    pub reason: String,
    pub actor: Actor,
}

/// Places, shows and releases holds.
pub struct HoldDesk {
    pub holds: Arc<dyn HoldShelf>,
    pub scopes: Arc<ScopeReader>,
    pub clock: Arc<dyn Clock>,
}

/// Says what a scope comes to, of a hold or of an evidence package.
pub struct ScopeReader {
    pub accounts: Arc<dyn AccountLedger>,
    pub publications: Arc<dyn PublicationShelf>,
    pub comments: Arc<dyn CommentShelf>,
    pub board: Arc<dyn CaseBoard>,
}

impl HoldDesk {
    /// Places the hold. It is in force when this returns, and says for which objects it came too late.
    ///
    /// # Errors
    /// When what it names does not exist, the period is none, too many are in force, or a port does not work.
    pub async fn place(&self, command: PlaceHold) -> Result<LegalHold, AppError> {
        let PlaceHold { operation_id, scope, legal_basis, reason, actor } = command;
        scope.check()?;
        let hold_id = HoldId::from_uuid(operation_id);
        let (about, account_id) = self.scopes.about(&scope).await?;
        for _ in 0..TRIES {
            if let Some(stands) = self.holds.hold(hold_id).await? {
                return Ok(stands);
            }
            if self.holds.in_force().await?.holds.len() >= MOST {
                return Err(HoldRefusal::TooMany.into());
            }
            let (mark, under_way) = self.holds.under_way().await?;
            let new = NewHold {
                hold_id,
                scope: scope.clone(),
                about,
                account_id,
                legal_basis: legal_basis.clone(),
                reason: reason.clone(),
                late_for: late_for(&scope, under_way),
            };
            let change = LegalHold::place(new, actor.clone(), self.clock.now())?;
            match self.holds.place(mark, &change).await {
                Ok(()) => return Ok(change.state),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected: 0 })
    }

    /// # Errors
    /// When there is no such hold, or a port does not work.
    pub async fn show(&self, hold_id: HoldId) -> Result<LegalHold, AppError> {
        self.holds.hold(hold_id).await?.ok_or(AppError::HoldNotFound)
    }

    /// A page of all holds, released ones too, the latest first.
    ///
    /// # Errors
    /// When the cursor is not one that a page gave, or a port does not work.
    pub async fn list(&self, limit: usize, cursor: Option<&str>) -> Result<HoldPage, AppError> {
        self.holds.list(limit, cursor).await.map_err(|error| match error {
            PortError::Refused { .. } if cursor.is_some() => AppError::CursorUnknown,
            other => other.into(),
        })
    }

    /// Releases the hold; what it kept goes with the next sweep unless another keeps it.
    ///
    /// # Errors
    /// When there is no such hold, it is released by others already, the actor is who placed it, or a port does not work.
    pub async fn release(&self, hold_id: HoldId, reason: &str, actor: &Actor) -> Result<LegalHold, AppError> {
        for _ in 0..TRIES {
            let hold = self.show(hold_id).await?;
            // A second try, whose first one's answer was lost.
            if hold.release.as_ref().is_some_and(|release| release.reason == reason && release.released_by == *actor) {
                return Ok(hold);
            }
            let change = hold.release(reason.to_owned(), actor.clone(), self.clock.now())?;
            match self.holds.release(&change).await {
                Ok(()) => return Ok(change.state),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected: 1 })
    }
}

impl ScopeReader {
    /// What the scope comes to: a subject that exists, and whose account that is.
    ///
    /// # Errors
    /// When what it names does not exist, or a port does not work.
    pub async fn about(&self, scope: &HoldScope) -> Result<(Option<Subject>, Option<AccountId>), AppError> {
        let subject = match scope {
            HoldScope::Subject { subject } => *subject,
            HoldScope::Case { case_id } => self.board.case(*case_id).await?.ok_or(AppError::CaseNotFound)?.subject,
            HoldScope::Principal { .. } | HoldScope::Period { .. } => return Ok((None, None)),
        };
        let account_id = match subject {
            Subject::Account(id) => self.accounts.load(id).await?.map(|account| account.account_id),
            Subject::Publication(id) => self.publications.load(id).await?.map(|it| it.publication.account_id),
            Subject::Comment(id) => self.comments.load(id).await?.map(|it| it.comment.account_id),
        };
        Ok((Some(subject), Some(account_id.ok_or(AppError::SubjectNotFound)?)))
    }
}

/// What of the deletions that have begun the hold would have kept. What is in an object nobody can tell who does not read
/// it, and it may be gone: of a hold by name each object counts.
fn late_for(scope: &HoldScope, under_way: Vec<Deletion>) -> Vec<LateFor> {
    let meets = |hour: LogHour| match scope {
        HoldScope::Period { from, until } => Reach::of_period(*from, *until).meets_hour(hour),
        _ => true,
    };
    let late =
        under_way.into_iter().filter(|deletion| !deletion.objects.is_empty() && meets(LogHour::of(deletion.hour)));
    late.map(|Deletion { run_id, hour, objects, .. }| LateFor { run_id, hour, objects }).collect()
}

/// The hold in force that keeps the sealed identity of the account, if any does (R9.2).
///
/// # Errors
/// When holds or principals cannot be read: then the identity stays.
pub(crate) async fn keeps_identity(
    holds: &dyn HoldRegister,
    principals: &dyn PrincipalRegister,
    account: &Account,
) -> Result<Option<HoldId>, PortError> {
    let mut canonical = None;
    for hold in holds.in_force().await?.holds {
        if hold.account_id == Some(account.account_id) {
            return Ok(Some(hold.hold_id));
        }
        let Some(principal) = hold.principal() else { continue };
        if canonical.is_none() {
            canonical = Some(principals.canonical(&account.principal_key).await?);
        }
        if canonical == Some(principals.canonical(principal).await?) {
            return Ok(Some(hold.hold_id));
        }
    }
    Ok(None)
}
