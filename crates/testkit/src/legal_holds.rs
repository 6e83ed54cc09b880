use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use app::ports::{
    Deletion, DeletionGate, HeldHours, HoldMark, HoldPage, HoldRegister, HoldShelf, HoldsInForce, PortError, SaveError,
};
use async_trait::async_trait;
use domain::{
    change::Change,
    event::Event,
    id::{HoldId, RunId},
    legal_hold::LegalHold,
};
use evidence::object::LogHour;
use jiff::Timestamp;

use crate::{Faults, locked};

const WHAT: &str = "legal holds";

/// Holds, deletions under way and held hours in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryHolds {
    faults: Faults,
    register: Arc<Mutex<Register>>,
}

#[derive(Debug, Default)]
struct Register {
    mark: HoldMark,
    holds: BTreeMap<HoldId, LegalHold>,
    deletions: BTreeMap<(RunId, Timestamp, usize), Deletion>,
    held: BTreeMap<LogHour, BTreeSet<HoldId>>,
    events: Vec<Event>,
    taken: usize,
}

impl MemoryHolds {
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
impl HoldRegister for MemoryHolds {
    async fn in_force(&self) -> Result<HoldsInForce, PortError> {
        self.faults.around(WHAT, || {
            let register = locked(&self.register);
            let in_force = register.holds.values().filter(|hold| hold.is_in_force());
            let holds = in_force.cloned().map(|hold| LegalHold { late_for: Vec::new(), ..hold }).collect();
            Ok(HoldsInForce { mark: register.mark, holds })
        })
    }
}

#[async_trait]
impl DeletionGate for MemoryHolds {
    async fn begin(&self, mark: HoldMark, deletion: &Deletion) -> Result<Deletion, SaveError> {
        self.faults.around(WHAT, || {
            let mut register = locked(&self.register);
            let key = (deletion.run_id, deletion.hour, deletion.part);
            if let Some(stands) = register.deletions.get(&key) {
                return Ok(stands.clone());
            }
            if register.mark.holds != mark.holds {
                return Err(SaveError::VersionConflict);
            }
            register.mark.deletions += 1;
            register.deletions.insert(key, deletion.clone());
            Ok(deletion.clone())
        })
    }

    async fn end(&self, run_id: RunId, hour: Timestamp, parts: usize) -> Result<(), PortError> {
        self.faults.around(WHAT, || {
            let over = |(run, at, part): &(RunId, Timestamp, usize)| *run == run_id && *at == hour && *part < parts;
            locked(&self.register).deletions.retain(|key, _| !over(key));
            Ok(())
        })
    }
}

#[async_trait]
impl HeldHours for MemoryHolds {
    async fn note(&self, hour: LogHour, holds: &BTreeSet<HoldId>) -> Result<(), PortError> {
        self.faults.around(WHAT, || {
            let mut register = locked(&self.register);
            if holds.is_empty() {
                register.held.remove(&hour);
            } else {
                register.held.insert(hour, holds.clone());
            }
            Ok(())
        })
    }

    async fn all(&self) -> Result<Vec<(LogHour, BTreeSet<HoldId>)>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.register).held.clone().into_iter().collect()))
    }
}

#[async_trait]
impl HoldShelf for MemoryHolds {
    async fn under_way(&self) -> Result<(HoldMark, Vec<Deletion>), PortError> {
        self.faults.around(WHAT, || {
            let register = locked(&self.register);
            Ok((register.mark, register.deletions.values().cloned().collect()))
        })
    }

    async fn hold(&self, hold_id: HoldId) -> Result<Option<LegalHold>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.register).holds.get(&hold_id).cloned()))
    }

    async fn place(&self, mark: HoldMark, change: &Change<LegalHold>) -> Result<(), SaveError> {
        self.faults.around(WHAT, || {
            let mut register = locked(&self.register);
            let hold = &change.state;
            if register.mark != mark || register.holds.contains_key(&hold.hold_id) {
                return Err(SaveError::VersionConflict);
            }
            register.mark.holds += 1;
            register.holds.insert(hold.hold_id, hold.clone());
            register.events.push(change.event.clone());
            Ok(())
        })
    }

    async fn release(&self, change: &Change<LegalHold>) -> Result<(), SaveError> {
        self.faults.around(WHAT, || {
            let mut register = locked(&self.register);
            let hold = &change.state;
            let stored = register.holds.get(&hold.hold_id).map(|stored| stored.version);
            if stored.is_none() || stored != hold.version.checked_sub(1) {
                return Err(SaveError::VersionConflict);
            }
            register.mark.holds += 1;
            register.holds.insert(hold.hold_id, hold.clone());
            register.events.push(change.event.clone());
            Ok(())
        })
    }

    async fn list(&self, limit: usize, cursor: Option<&str>) -> Result<HoldPage, PortError> {
        self.faults.around(WHAT, || {
            let after = cursor.map(str::parse::<HoldId>).transpose();
            let after = after.map_err(|error| PortError::refused(WHAT, error))?;
            let register = locked(&self.register);
            let rest = register.holds.values().rev().filter(|hold| after.is_none_or(|after| hold.hold_id < after));
            let mut holds: Vec<LegalHold> = rest.take(limit + 1).cloned().collect();
            let more = holds.len() > limit;
            holds.truncate(limit);
            let next = holds.last().filter(|_| more).map(|hold| hold.hold_id.to_string());
            Ok(HoldPage { holds, next })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[async_trait]
    impl contract::Outbox for MemoryHolds {
        async fn events_of(&self, _: &str) -> Vec<Event> {
            self.events()
        }
    }

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        let twin = MemoryHolds::default();
        contract::legal_holds(&twin, &twin, &twin, &twin).await;
    }
}
