use app::ports::{PortError, PublicationHour, PublicationMeter};
use async_trait::async_trait;
use domain::{account::Account, id::AccountId};

use crate::{MemoryAccounts, locked};

const WHAT: &str = "publication meter";

/// What is published is counted beside the accounts, in one table.
#[async_trait]
impl PublicationMeter for MemoryAccounts {
    async fn accounts(
        &self,
        account_ids: &[AccountId],
        hour: PublicationHour,
    ) -> Result<Vec<(Account, u32)>, PortError> {
        self.faults.around(WHAT, || {
            if account_ids.len() > 100 {
                return Err(PortError::refused(WHAT, "more than 100 accounts at once"));
            }
            let tables = locked(&self.tables);
            let count = |id: &AccountId| match tables.published.get(id) {
                Some((counted, count)) if *counted == hour => *count,
                _ => 0,
            };
            Ok(account_ids.iter().filter_map(|id| Some((tables.accounts.get(id)?.clone(), count(id)))).collect())
        })
    }

    async fn count(&self, account_id: AccountId, hour: PublicationHour, more: u32) -> Result<(), PortError> {
        self.faults.around(WHAT, || {
            let mut tables = locked(&self.tables);
            let (counted, count) = tables.published.entry(account_id).or_insert((hour, 0));
            if *counted < hour {
                (*counted, *count) = (hour, 0);
            }
            if *counted == hour {
                *count += more;
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
        contract::publication_meter(&twin, &twin).await;
    }
}
