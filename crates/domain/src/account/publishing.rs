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
    /// Its updates are suspended (R13.1).
    Enforced(Box<Enforcement>),
}

impl Account {
    /// Whether the account may publish at `now`.
    ///
    /// # Errors
    /// The reason why not.
    pub fn may_publish(&self, now: Timestamp) -> Result<(), PublishingRefusal> {
        self.must_stand()?;
        let suspension = self
            .enforcements
            .iter()
            .filter(|enforcement| enforcement.kind == EnforcementKind::SuspendUpdates && enforcement.is_in_force(now))
            // The one that lasts longest is the one to tell of; without an end it lasts longest of all.
            .max_by_key(|enforcement| enforcement.ends_at.unwrap_or(Timestamp::MAX));
        suspension.map_or(Ok(()), |found| Err(PublishingRefusal::Enforced(Box::new(found.clone()))))
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
