use async_trait::async_trait;
use domain::{account::Account, id::AccountId};
use jiff::Timestamp;

use super::PortError;

/// An hour of the clock: what is published is counted by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublicationHour(i64);

const SECONDS: i64 = 3_600;

impl PublicationHour {
    #[must_use]
    pub fn of(now: Timestamp) -> Self {
        Self(now.as_second().div_euclid(SECONDS))
    }

    /// Hours since 1970.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }

    /// When the next one begins.
    #[must_use]
    pub fn end(self) -> Timestamp {
        Timestamp::from_second((self.0 + 1).saturating_mul(SECONDS)).unwrap_or(Timestamp::MAX)
    }
}

/// How much accounts have published in an hour (R6.2). The count lies beside the account and is read with it, so that a
/// limit costs no round trip of its own.
#[async_trait]
pub trait PublicationMeter: Send + Sync {
    /// The accounts among `account_ids` (no duplicates, at most 100) that exist, in any order, each with what was
    /// counted for it in `hour`. Strongly consistent, in one round trip.
    async fn accounts(
        &self,
        account_ids: &[AccountId],
        hour: PublicationHour,
    ) -> Result<Vec<(Account, u32)>, PortError>;

    /// Counts `more` publications. An hour that is over is not counted any more.
    async fn count(&self, account_id: AccountId, hour: PublicationHour, more: u32) -> Result<(), PortError>;
}
