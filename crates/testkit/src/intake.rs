use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use app::ports::{IntakeLedger, IntakeSecrets, PortError, RateCounter};
use async_trait::async_trait;
use domain::{intake_secret::IntakeSecret, proof_of_work::ProofId};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{Faults, locked};

const WHAT: &str = "intake ledger";

/// What the public did lately, in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryIntake {
    faults: Faults,
    counts: Arc<Mutex<HashMap<RateCounter, u64>>>,
    spent: Arc<Mutex<HashMap<ProofId, Uuid>>>,
}

impl MemoryIntake {
    /// What the sample proofs are signed with.
    pub const SECRET: IntakeSecret = IntakeSecret::new([7; 32]);

    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }
}

#[async_trait]
impl IntakeSecrets for MemoryIntake {
    async fn secret(&self) -> Result<IntakeSecret, PortError> {
        self.faults.around(WHAT, || Ok(Self::SECRET))
    }
}

#[async_trait]
impl IntakeLedger for MemoryIntake {
    async fn count(&self, counter: &RateCounter, _: Timestamp) -> Result<u64, PortError> {
        self.faults.around(WHAT, || {
            let mut counts = locked(&self.counts);
            let count = counts.entry(counter.clone()).or_default();
            *count += 1;
            Ok(*count)
        })
    }

    async fn spend(&self, proof: &ProofId, owner: Uuid, _: Timestamp) -> Result<Uuid, PortError> {
        self.faults.around(WHAT, || Ok(*locked(&self.spent).entry(proof.clone()).or_insert(owner)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        contract::intake_ledger(&MemoryIntake::default()).await;
    }
}
