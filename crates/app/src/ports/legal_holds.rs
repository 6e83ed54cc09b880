use std::collections::BTreeSet;

use super::{PortError, SaveError};
use async_trait::async_trait;
use domain::{
    change::Change,
    id::{HoldId, RunId},
    legal_hold::LegalHold,
};
use evidence::object::LogHour;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The holds in force, and where the register stood when they were read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HoldsInForce {
    pub mark: HoldMark,
    pub holds: Vec<LegalHold>,
}

/// Where the register stands: `holds` counts what was placed and released, `deletions` what was begun.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HoldMark {
    pub holds: u64,
    pub deletions: u64,
}

/// A part of a sweep whose deletion has begun, and is not over for all that is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    pub run_id: RunId,
    /// The start of the hour swept.
    pub hour: Timestamp,
    /// Which part of the intent, from 0.
    pub part: usize,
    /// The names of the objects that are deleted, without the prefix of their hour; of rows their identifiers.
    pub objects: Vec<String>,
    /// The holds that keep something else of the part.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub holds: BTreeSet<HoldId>,
    pub begun_at: Timestamp,
}

/// The holds, for whoever deletes anything. Everything is strongly consistent.
#[async_trait]
pub trait HoldRegister: Send + Sync {
    /// Every hold in force. One that cannot be read is an error: nobody deletes then.
    async fn in_force(&self) -> Result<HoldsInForce, PortError>;
}

/// Where a sweep says that it begins to delete, so that a hold comes before a deletion or after it and never between.
#[async_trait]
pub trait DeletionGate: HoldRegister {
    /// Puts on record that this part of a sweep begins to be deleted, on the condition that no hold was placed or
    /// released since `mark.holds`. Gives the record that stands: an earlier one of the same part, whatever was placed
    /// since, because what it names may be gone.
    ///
    /// # Errors
    /// [`SaveError::VersionConflict`] when a hold was placed or released since: read them and decide again.
    async fn begin(&self, mark: HoldMark, deletion: &Deletion) -> Result<Deletion, SaveError>;

    /// The deletion of the first `parts` parts of the sweep is over and on record elsewhere. Again is no error.
    async fn end(&self, run_id: RunId, hour: Timestamp, parts: usize) -> Result<(), PortError>;
}

/// The hours in which something stays that would have been deleted but for a hold.
#[async_trait]
pub trait HeldHours: Send + Sync {
    /// Says which holds keep something in the hour; none: nothing is kept there.
    async fn note(&self, hour: LogHour, holds: &BTreeSet<HoldId>) -> Result<(), PortError>;

    /// Every hour in which something is kept, the earliest first, with the holds that keep it. Strongly consistent.
    async fn all(&self) -> Result<Vec<(LogHour, BTreeSet<HoldId>)>, PortError>;
}

/// The holds, for those who place and release them. Everything but [`list`](Self::list) is strongly consistent.
#[async_trait]
pub trait HoldShelf: HoldRegister {
    /// The deletions that have begun and are not over for all that is known, and where the register stood before.
    async fn under_way(&self) -> Result<(HoldMark, Vec<Deletion>), PortError>;

    async fn hold(&self, hold_id: HoldId) -> Result<Option<LegalHold>, PortError>;

    /// Stores a new hold and its event, on the condition that the register stands at `mark`.
    async fn place(&self, mark: HoldMark, change: &Change<LegalHold>) -> Result<(), SaveError>;

    /// Stores the released hold and its event, on the condition that the stored version is the one before. The hold
    /// stays on record.
    async fn release(&self, change: &Change<LegalHold>) -> Result<(), SaveError>;

    /// A page of all holds that were ever placed, the latest first. `cursor` is what an earlier page gave; one that none
    /// gave is [`PortError::Refused`].
    async fn list(&self, limit: usize, cursor: Option<&str>) -> Result<HoldPage, PortError>;
}

#[derive(Debug, Clone, PartialEq)]
pub struct HoldPage {
    pub holds: Vec<LegalHold>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<String>,
}
