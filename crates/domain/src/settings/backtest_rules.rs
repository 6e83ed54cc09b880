use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::Finding;

/// The record is kept for half a year.
const DAYS: RangeInclusive<u32> = 1..=200;
/// 1 TiB is about as much as the expected load writes in five days, and costs some dollars to read.
const MIB: RangeInclusive<u32> = 16..=1_048_576;

/// What a backtest may cost (B4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BacktestRules {
    /// The longest period.
    pub longest_days: u32,
    /// How much of the log one backtest reads, in MiB as they are stored. Of more it reads a sample.
    pub most_mib: u32,
}

impl Default for BacktestRules {
    /// A month has a platform's every habit; 8 GiB are 40 GB of records, a quarter of an hour of one worker's reading.
    fn default() -> Self {
        Self { longest_days: 31, most_mib: 8_192 }
    }
}

impl BacktestRules {
    #[must_use]
    pub fn validate(&self) -> Vec<Finding> {
        let days = Finding::within("longest_days", self.longest_days, &DAYS);
        days.into_iter().chain(Finding::within("most_mib", self.most_mib, &MIB)).collect()
    }

    pub(crate) const fn most_bytes(self) -> u64 {
        (self.most_mib as u64) << 20
    }
}
