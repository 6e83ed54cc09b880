use app::ports::{PortError, QualificationCalendar, QualificationDeadline};
use async_trait::async_trait;
use jiff::Timestamp;

use crate::{MemoryAccounts, locked};

const WHAT: &str = "qualification calendar";

/// Deadlines lie beside the accounts, in one table.
#[async_trait]
impl QualificationCalendar for MemoryAccounts {
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<QualificationDeadline>, PortError> {
        self.faults.around(WHAT, || {
            let tables = locked(&self.tables);
            let due = tables.qualification_deadlines.iter().take_while(|deadline| deadline.due_at <= now);
            Ok(due.take(limit).copied().collect())
        })
    }

    async fn done(&self, deadline: &QualificationDeadline) -> Result<(), PortError> {
        self.faults.around(WHAT, || {
            locked(&self.tables).qualification_deadlines.remove(deadline);
            Ok(())
        })
    }

    async fn postpone(&self, deadline: &QualificationDeadline, due_at: Timestamp) -> Result<(), PortError> {
        self.faults.around(WHAT, || {
            let mut tables = locked(&self.tables);
            tables.qualification_deadlines.remove(deadline);
            tables.qualification_deadlines.insert(QualificationDeadline { due_at, ..*deadline });
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
        contract::qualification_calendar(&twin, &twin).await;
    }
}
