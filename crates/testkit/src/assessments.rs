use std::sync::{Arc, Mutex};

use app::ports::{AssessmentRegister, AssessmentSource, PortError, SaveError};
use async_trait::async_trait;
use domain::{assessment::Assessments, change::Change, event::Event};

use crate::{Faults, locked};

const WHAT: &str = "assessments";

/// The register of assessments in memory: empty until one is put on record.
#[derive(Debug, Clone, Default)]
pub struct MemoryAssessments {
    faults: Faults,
    register: Arc<Mutex<Register>>,
}

#[derive(Debug, Default)]
struct Register {
    assessments: Assessments,
    events: Vec<Event>,
    taken: usize,
}

impl MemoryAssessments {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// Every event, in the order of the changes.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        locked(&self.register).events.clone()
    }

    /// What the stream carries: each event once.
    #[must_use]
    pub fn take_events(&self) -> Vec<Event> {
        let mut register = locked(&self.register);
        let events = register.events[register.taken..].to_vec();
        register.taken = register.events.len();
        events
    }
}

#[async_trait]
impl AssessmentSource for MemoryAssessments {
    async fn current(&self) -> Result<Arc<Assessments>, PortError> {
        self.faults.around(WHAT, || Ok(Arc::new(locked(&self.register).assessments.clone())))
    }
}

#[async_trait]
impl AssessmentRegister for MemoryAssessments {
    async fn register(&self) -> Result<Assessments, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.register).assessments.clone()))
    }

    async fn save(&self, change: &Change<Assessments>) -> Result<(), SaveError> {
        self.faults.around(WHAT, || {
            let mut register = locked(&self.register);
            if register.assessments.version + 1 != change.state.version {
                return Err(SaveError::VersionConflict);
            }
            register.assessments = change.state.clone();
            register.events.push(change.event.clone());
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[async_trait]
    impl contract::Outbox for MemoryAssessments {
        async fn events_of(&self, _: &str) -> Vec<Event> {
            self.events()
        }
    }

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        let twin = MemoryAssessments::default();
        contract::assessment_register(&twin, &twin).await;
    }
}
