use app::ports::{Deadline, DeregistrationCalendar, PortError};
use async_trait::async_trait;
use jiff::Timestamp;

use crate::{MemoryAccounts, locked};

const WHAT: &str = "deregistration calendar";

/// Deadlines lie beside the accounts, in one table.
#[async_trait]
impl DeregistrationCalendar for MemoryAccounts {
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Deadline>, PortError> {
        self.faults.around(WHAT, || {
            let tables = locked(&self.tables);
            Ok(tables.deadlines.iter().take_while(|deadline| deadline.due_at <= now).take(limit).copied().collect())
        })
    }

    async fn done(&self, deadline: &Deadline) -> Result<(), PortError> {
        self.faults.around(WHAT, || {
            locked(&self.tables).deadlines.remove(deadline);
            Ok(())
        })
    }

    async fn postpone(&self, deadline: &Deadline, due_at: Timestamp) -> Result<(), PortError> {
        self.faults.around(WHAT, || {
            let mut tables = locked(&self.tables);
            tables.deadlines.remove(deadline);
            tables.deadlines.insert(Deadline { due_at, ..*deadline });
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
        contract::deregistration_calendar(&twin, &twin).await;
    }
}
