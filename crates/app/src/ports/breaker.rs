use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::{enforcement::EnforcementKind, id::DecisionId};
use jiff::civil::Date;

use super::PortError;

/// How many measures were put in force in a day without a person (fairness rule 3).
#[async_trait]
pub trait CircuitBreaker: Send + Sync {
    /// Whether the measure of `decision_id` is one of the first `most` of its kind on that day. Asked again about the same
    /// decision, with whatever `most`, it is yes when it was; a decision that was told no takes no place.
    async fn admit(
        &self,
        kind: EnforcementKind,
        day: Date,
        most: u32,
        decision_id: DecisionId,
    ) -> Result<bool, PortError>;

    /// How many were admitted of each kind on each day, where any were; at most a hundred pairs of kind and day are asked for. May
    /// lag behind by a moment.
    async fn admitted(
        &self,
        kinds: &[EnforcementKind],
        days: &[Date],
    ) -> Result<BTreeMap<(EnforcementKind, Date), u32>, PortError>;
}
