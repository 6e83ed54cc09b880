use app::ports::{GroupRegister, PortError, SaveError};
use async_trait::async_trait;
use domain::{account::Account, change::Change, group::AccountGroup, id::GroupId, principal::PrincipalKey};

use crate::{MemoryAccounts, locked};

const WHAT: &str = "group register";

/// Groups lie beside the accounts, in one table.
#[async_trait]
impl GroupRegister for MemoryAccounts {
    async fn group(&self, group_id: GroupId) -> Result<Option<AccountGroup>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.tables).groups.get(&group_id).cloned()))
    }

    async fn groups_of(&self, holder: &PrincipalKey) -> Result<Vec<GroupId>, PortError> {
        self.faults.around(WHAT, || {
            let tables = locked(&self.tables);
            let of_holder = tables.groups.values().filter(|group| tables.canonical(&group.holder) == *holder);
            Ok(of_holder.map(|group| group.group_id).collect())
        })
    }

    async fn save(&self, change: &Change<AccountGroup>, accounts: &[Change<Account>]) -> Result<(), SaveError> {
        self.faults.around(WHAT, || {
            let mut tables = locked(&self.tables);
            let group = &change.state;
            let stored = tables.groups.get(&group.group_id).map_or(0, |group| group.version);
            let moved = group.version == 1 && tables.aliases.contains_key(&group.holder);
            let follows = |account: &Change<Account>| {
                let stored = tables.accounts.get(&account.state.account_id).map(|account| account.version);
                stored == account.state.version.checked_sub(1)
            };
            if stored + 1 != group.version || moved || !accounts.iter().all(follows) {
                return Err(SaveError::VersionConflict);
            }
            tables.groups.insert(group.group_id, group.clone());
            tables.events.push(change.event.clone());
            for account in accounts {
                tables.save(account)?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        let twin = MemoryAccounts::default();
        contract::group_register(&twin, &twin, &twin, &twin).await;
    }
}
