//! Whether an account may publish.

use jiff::Timestamp;

use super::{Account, AccountStatus};
use crate::enforcement::{Enforcement, EnforcementKind};

/// Why an account may not publish now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublishingRefusal {
    /// Its identity is not verified (R6.1).
    NotVerified(AccountStatus),
    /// It is closed, or its holder has asked for that (R9.2).
    Leaving(AccountStatus),
    /// Its updates are suspended, or it is closed by a decision (R13.1).
    Enforced(Box<Enforcement>),
}

impl Account {
    /// Whether the account may publish at `now`.
    ///
    /// # Errors
    /// The reason why not.
    pub fn may_publish(&self, now: Timestamp) -> Result<(), PublishingRefusal> {
        self.must_stand()?;
        let stops = |it: &&Enforcement| {
            matches!(it.kind, EnforcementKind::SuspendUpdates | EnforcementKind::Close) && it.is_in_force(now)
        };
        // The severest that lasts longest is the one to tell of; without an end it lasts longest of all.
        let severest = |it: &&Enforcement| (it.kind, it.ends_at.unwrap_or(Timestamp::MAX));
        let stop = self.enforcements.iter().filter(stops).max_by_key(severest);
        stop.map_or(Ok(()), |found| Err(PublishingRefusal::Enforced(Box::new(found.clone()))))
    }

    /// The decision that has closed the account, while it stands.
    #[must_use]
    pub fn closed_by(&self, now: Timestamp) -> Option<&Enforcement> {
        self.enforcements.iter().find(|it| it.kind == EnforcementKind::Close && it.is_in_force(now))
    }

    /// Whether its identity is verified and its holder is not leaving.
    ///
    /// # Errors
    /// The reason why not.
    pub const fn must_stand(&self) -> Result<(), PublishingRefusal> {
        match self.status {
            AccountStatus::Active => Ok(()),
            AccountStatus::Pending
            | AccountStatus::Verifying
            | AccountStatus::ManualReview
            | AccountStatus::Rejected => Err(PublishingRefusal::NotVerified(self.status)),
            AccountStatus::Deregistering | AccountStatus::Closed => Err(PublishingRefusal::Leaving(self.status)),
        }
    }
}
