use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use app::ports::{CircuitBreaker, PortError};
use async_trait::async_trait;
use domain::{enforcement::EnforcementKind, id::DecisionId};
use jiff::civil::Date;

use crate::{Faults, locked};

const WHAT: &str = "circuit breaker";

type Admitted = BTreeMap<(EnforcementKind, Date), BTreeSet<DecisionId>>;

/// The circuit breaker in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryBreaker {
    faults: Faults,
    admitted: Arc<Mutex<Admitted>>,
}

impl MemoryBreaker {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }
}

#[async_trait]
impl CircuitBreaker for MemoryBreaker {
    async fn admit(
        &self,
        kind: EnforcementKind,
        day: Date,
        most: u32,
        decision_id: DecisionId,
    ) -> Result<bool, PortError> {
        self.faults.around(WHAT, || {
            let mut admitted = locked(&self.admitted);
            let of_day = admitted.entry((kind, day)).or_default();
            let has_place = of_day.contains(&decision_id);
            let is_free = of_day.len() < usize::try_from(most).unwrap_or(usize::MAX);
            Ok(has_place || (is_free && of_day.insert(decision_id)))
        })
    }

    async fn admitted(
        &self,
        kinds: &[EnforcementKind],
        days: &[Date],
    ) -> Result<BTreeMap<(EnforcementKind, Date), u32>, PortError> {
        self.faults.around(WHAT, || {
            let admitted = locked(&self.admitted);
            let asked = admitted.iter().filter(|((kind, day), _)| kinds.contains(kind) && days.contains(day));
            let counted = asked.filter(|(_, decisions)| !decisions.is_empty());
            Ok(counted.map(|(at, decisions)| (*at, u32::try_from(decisions.len()).unwrap_or(u32::MAX))).collect())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        contract::circuit_breaker(&MemoryBreaker::default()).await;
    }
}
