use std::sync::Arc;

use async_trait::async_trait;
use domain::{assessment::Assessments, change::Change};

use super::{PortError, SaveError};

/// The security assessments that say which interactive functions are on (R12.1).
#[async_trait]
pub trait AssessmentSource: Send + Sync {
    /// The register, at most half a minute old; empty where nothing is on record, which leaves every function off. One that
    /// cannot be read is an error. Callers ask beside their other reads, not before them.
    async fn current(&self) -> Result<Arc<Assessments>, PortError>;
}

/// The register, for those who change it.
#[async_trait]
pub trait AssessmentRegister: Send + Sync {
    /// As [`AssessmentSource::current`], but read now (strongly consistent).
    async fn register(&self) -> Result<Assessments, PortError>;

    /// Stores the register and the event on the condition that the stored version is the one before.
    async fn save(&self, change: &Change<Assessments>) -> Result<(), SaveError>;
}
