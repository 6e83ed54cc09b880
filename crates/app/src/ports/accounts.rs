use async_trait::async_trait;
use domain::{account::Account, change::Change, display_name::NameSkeleton, id::AccountId, principal::PrincipalKey};

use super::{PortError, SaveError};

/// The accounts and their events.
#[async_trait]
pub trait AccountLedger: Send + Sync {
    /// The account as it was last written (strongly consistent), or `None`.
    async fn load(&self, account_id: AccountId) -> Result<Option<Account>, PortError>;

    /// The accounts among `account_ids` (no duplicates, at most 100) that exist, in any order, strongly consistent.
    async fn load_many(&self, account_ids: &[AccountId]) -> Result<Vec<Account>, PortError>;

    /// Stores a new account and its event, counts it against its principal, notes it under it and takes its names, all
    /// or nothing, on the conditions of `admission`: two registrations at once never pass the cap together (R7.3) and
    /// never carry one name (R4), and none gets past a listing on the blacklist (R13.2). The principal of the account
    /// is the canonical one.
    async fn register(&self, change: &Change<Account>, admission: &Admission) -> Result<(), RegisterError>;

    /// Stores the account and its event on the condition that the stored version is the one before. An account that is
    /// on its way out gets onto the [`super::DeregistrationCalendar`] in the same transaction, and a qualification that
    /// the change makes valid onto the [`super::QualificationCalendar`].
    async fn save(&self, change: &Change<Account>) -> Result<(), SaveError>;

    /// As [`save`](Self::save), and in the same transaction takes the names that the account holds now and did not hold
    /// `before`, and gives back those that it holds no longer: of two who want one name at once, one is stored (R4).
    async fn save_with_names(&self, change: &Change<Account>, before: &[NameSkeleton]) -> Result<(), RenameError>;

    /// As [`save`](Self::save), and in the same transaction gives back what the account took and others wait for: its
    /// place in the principal's quota and its names.
    async fn save_and_release(&self, change: &Change<Account>) -> Result<(), SaveError>;
}

/// What the registering transaction holds a registration against.
#[derive(Debug, Clone)]
pub struct Admission {
    /// The key of the document that was presented: the account's principal, or an alias of it.
    pub presented: PrincipalKey,
    /// How many accounts the principal may hold.
    pub cap: u32,
    /// How many it may hold without a group.
    pub group_above: u32,
}

/// A registration was not stored.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The principal holds as many accounts as it may.
    #[error("the principal's quota is used up")]
    QuotaExceeded,
    /// The principal holds as many accounts as it may without a group.
    #[error("the principal needs a group")]
    GroupRequired,
    /// The principal is on the blacklist.
    #[error("the principal is on the blacklist")]
    PrincipalListed,
    /// The document leads to another principal than when it was looked up: look it up again.
    #[error("the document leads to another principal now")]
    PrincipalMoved,
    /// Another account has a name that is compared as this one.
    #[error("the name is taken")]
    NameTaken,
    /// An account with this identifier exists: an earlier try of the same registration.
    #[error("the account exists")]
    Exists,
    #[error(transparent)]
    Port(#[from] PortError),
}

/// A change of names was not stored.
#[derive(Debug, thiserror::Error)]
pub enum RenameError {
    /// Another account has a name that is compared as one of these.
    #[error("the name is taken")]
    NameTaken,
    /// Somebody else wrote first: read again and decide again.
    #[error("the stored version has moved on")]
    VersionConflict,
    #[error(transparent)]
    Port(#[from] PortError),
}
