use async_trait::async_trait;
use domain::{
    blacklist::BlacklistEntry, change::Change, id::AccountId, principal::PrincipalKey, principal_alias::PrincipalAlias,
};

use super::{PortError, SaveError};

/// What is known of principals across their accounts and documents. Everything is strongly consistent.
#[async_trait]
pub trait PrincipalRegister: Send + Sync {
    /// The key under which the principal is counted and listed: itself, or the one that it is an alias of.
    async fn canonical(&self, key: &PrincipalKey) -> Result<PrincipalKey, PortError>;

    /// Every account that was ever registered under `canonical` or one of its aliases, in the order of their making.
    async fn accounts_of(&self, canonical: &PrincipalKey) -> Result<Vec<AccountId>, PortError>;

    /// Makes `alias` and its own aliases lead to `canonical`, moves the count of its accounts and its listing there,
    /// and stores the event, all or nothing. Both must be canonical until then: otherwise, and when an account or a
    /// listing got in between, it is a conflict. Nothing to do when they are linked so already.
    async fn link(&self, link: &PrincipalAlias) -> Result<(), SaveError>;
}

/// The blacklist (R13.2), by canonical key. Everything but [`page`](Self::page) is strongly consistent.
#[async_trait]
pub trait Blacklist: Send + Sync {
    async fn entry(&self, canonical: &PrincipalKey) -> Result<Option<BlacklistEntry>, PortError>;

    /// Stores the entry and its event on the condition that the stored version is the one before, and that the
    /// principal is canonical still.
    async fn save(&self, change: &Change<BlacklistEntry>) -> Result<(), SaveError>;

    /// A page of those that are listed, the one whose review is due first first, or of those of whom a listing waits for
    /// a second person, in the order of their keys. `cursor` is what an earlier page of that part gave; one that none gave
    /// is [`PortError::Refused`].
    async fn page(&self, part: BlacklistPart, limit: usize, cursor: Option<&str>) -> Result<BlacklistPage, PortError>;
}

/// Which entries of the blacklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlacklistPart {
    /// Whose listing is in force.
    Listed,
    /// Of whom a listing waits for a second person (B8).
    Proposed,
}

#[derive(Debug, Clone, PartialEq)]
pub struct BlacklistPage {
    pub entries: Vec<BlacklistEntry>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<String>,
}
