use async_trait::async_trait;
use domain::{account::Account, change::Change, id::AccountId};

use super::{PortError, SaveError};

/// The accounts and their events.
#[async_trait]
pub trait AccountLedger: Send + Sync {
    /// The account as it was last written (strongly consistent), or `None`.
    async fn load(&self, account_id: AccountId) -> Result<Option<Account>, PortError>;

    /// The accounts among `account_ids` (no duplicates, at most 100) that exist, in any order, strongly consistent.
    async fn load_many(&self, account_ids: &[AccountId]) -> Result<Vec<Account>, PortError>;

    /// Stores a new account and its event and counts it against its principal, all or nothing: two registrations at
    /// once never pass `cap` together (R7.3).
    async fn register(&self, change: &Change<Account>, cap: u32) -> Result<(), RegisterError>;

    /// Stores the account and its event on the condition that the stored version is the one before.
    async fn save(&self, change: &Change<Account>) -> Result<(), SaveError>;

    /// As [`save`](Self::save), and in the same transaction gives the place back that the account took of its
    /// principal's quota.
    async fn save_and_free_quota(&self, change: &Change<Account>) -> Result<(), SaveError>;
}

/// A registration was not stored.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The principal holds as many accounts as it may.
    #[error("the principal's quota is used up")]
    QuotaExceeded,
    /// An account with this identifier exists: an earlier try of the same registration.
    #[error("the account exists")]
    Exists,
    #[error(transparent)]
    Port(#[from] PortError),
}
