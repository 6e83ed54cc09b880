use app::ports::{CaseCalendar, CaseDeadline, PortError};
use async_trait::async_trait;
use domain::case::{Case, CaseState};
use jiff::Timestamp;

use crate::{MemoryCases, locked};

const WHAT: &str = "case calendar";

/// Deadlines lie beside the cases, in one table.
#[async_trait]
impl CaseCalendar for MemoryCases {
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<CaseDeadline>, PortError> {
        self.faults.around(WHAT, || {
            let tables = locked(&self.tables);
            let due = tables.deadlines.iter().take_while(|deadline| deadline.due_at <= now);
            Ok(due.take(limit).copied().collect())
        })
    }

    async fn done(&self, deadline: &CaseDeadline) -> Result<(), PortError> {
        self.faults.around(WHAT, || {
            locked(&self.tables).deadlines.remove(deadline);
            Ok(())
        })
    }

    async fn overdue(&self, queue: &str, now: Timestamp, most: usize) -> Result<usize, PortError> {
        self.faults.around(WHAT, || {
            let tables = locked(&self.tables);
            let late = tables.cases.values().filter(|case| waits_in(queue, case) && case.due_at <= now);
            Ok(late.take(most).count())
        })
    }

    async fn due_times(&self, queue: &str, most: usize) -> Result<Vec<Timestamp>, PortError> {
        self.faults.around(WHAT, || {
            let tables = locked(&self.tables);
            let mut times: Vec<_> =
                tables.cases.values().filter(|case| waits_in(queue, case)).map(|case| case.due_at).collect();
            times.sort_unstable();
            times.truncate(most);
            Ok(times)
        })
    }

    async fn first_of(&self, queue: &str) -> Result<Option<Case>, PortError> {
        self.faults.around(WHAT, || {
            let tables = locked(&self.tables);
            let waiting = tables.cases.values().filter(|case| waits_in(queue, case));
            Ok(waiting.min_by_key(|case| (case.due_at, case.case_id.to_string())).cloned())
        })
    }
}

fn waits_in(queue: &str, case: &Case) -> bool {
    case.queue == queue && case.state == CaseState::Open
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        let twin = MemoryCases::default();
        contract::case_calendar(&twin, &twin).await;
    }
}
