//! What the platform counts of an account (R7.2): subscribers and reads, period by period.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The counts of one period. A later period has a later day; what was reported for a day is never replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metrics {
    /// The last day of the period.
    pub period: Date,
    /// At its end.
    pub subscribers: u64,
    /// During it.
    pub reads: u64,
}
