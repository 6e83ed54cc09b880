use async_trait::async_trait;
use domain::{account::Account, change::Change, group::AccountGroup, id::GroupId, principal::PrincipalKey};

use super::{PortError, SaveError};

/// The account groups (R7.3). Everything is strongly consistent.
#[async_trait]
pub trait GroupRegister: Send + Sync {
    async fn group(&self, group_id: GroupId) -> Result<Option<AccountGroup>, PortError>;

    /// The groups that were registered for `holder` or one of its aliases, in the order of their making.
    async fn groups_of(&self, holder: &PrincipalKey) -> Result<Vec<GroupId>, PortError>;

    /// Stores the group, the accounts that come or go with it (at most 20) and all their events, all or nothing, on the
    /// condition that each stored version is the one before. A new group counts for its holder, who is canonical still,
    /// from then on.
    async fn save(&self, change: &Change<AccountGroup>, accounts: &[Change<Account>]) -> Result<(), SaveError>;
}
