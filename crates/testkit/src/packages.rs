use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use app::ports::{PackageArchive, PackagePage, PackageShelf, PortError, SaveError};
use async_trait::async_trait;
use domain::{change::Change, event::Event, evidence_package::EvidencePackage, id::PackageId};
use jiff::Timestamp;

use crate::{Faults, locked};

const WHAT: &str = "evidence packages";

/// Orders and archives in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryPackages {
    faults: Faults,
    shelf: Arc<Mutex<Shelf>>,
}

#[derive(Debug, Default)]
struct Shelf {
    packages: BTreeMap<PackageId, EvidencePackage>,
    archives: BTreeMap<PackageId, Vec<u8>>,
    events: Vec<Event>,
    taken: usize,
}

impl MemoryPackages {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// Every event, in the order of the changes.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        locked(&self.shelf).events.clone()
    }

    /// What the stream carries: each event once.
    #[must_use]
    pub fn take_events(&self) -> Vec<Event> {
        let mut shelf = locked(&self.shelf);
        let events = shelf.events[shelf.taken..].to_vec();
        shelf.taken = shelf.events.len();
        events
    }

    /// The archive of a package.
    #[must_use]
    pub fn archive(&self, package_id: PackageId) -> Option<Vec<u8>> {
        locked(&self.shelf).archives.get(&package_id).cloned()
    }
}

#[async_trait]
impl PackageShelf for MemoryPackages {
    async fn package(&self, package_id: PackageId) -> Result<Option<EvidencePackage>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.shelf).packages.get(&package_id).cloned()))
    }

    async fn save(&self, change: &Change<EvidencePackage>) -> Result<(), SaveError> {
        self.faults.around(WHAT, || {
            let mut shelf = locked(&self.shelf);
            let package = &change.state;
            let stored = shelf.packages.get(&package.package_id).map_or(0, |stored| stored.version);
            if stored + 1 != package.version {
                return Err(SaveError::VersionConflict);
            }
            shelf.packages.insert(package.package_id, package.clone());
            shelf.events.push(change.event.clone());
            Ok(())
        })
    }

    async fn list(&self, limit: usize, cursor: Option<&str>) -> Result<PackagePage, PortError> {
        self.faults.around(WHAT, || {
            let after = cursor.map(str::parse::<PackageId>).transpose();
            let after = after.map_err(|error| PortError::refused(WHAT, error))?;
            let shelf = locked(&self.shelf);
            let rest = shelf.packages.values().rev().filter(|it| after.is_none_or(|after| it.package_id < after));
            let mut packages: Vec<EvidencePackage> = rest.take(limit + 1).cloned().collect();
            let more = packages.len() > limit;
            packages.truncate(limit);
            let next = packages.last().filter(|_| more).map(|it| it.package_id.to_string());
            Ok(PackagePage { packages, next })
        })
    }
}

#[async_trait]
impl PackageArchive for MemoryPackages {
    fn key(&self, package_id: PackageId) -> String {
        format!("evidence-packages/{package_id}.zip")
    }

    async fn put(&self, package_id: PackageId, archive: &[u8]) -> Result<Vec<u8>, PortError> {
        self.faults.around(WHAT, || {
            let mut shelf = locked(&self.shelf);
            Ok(shelf.archives.entry(package_id).or_insert_with(|| archive.to_vec()).clone())
        })
    }

    async fn link(&self, package_id: PackageId, _: Timestamp) -> Result<String, PortError> {
        self.faults.around(WHAT, || Ok(format!("memory:{}", self.key(package_id))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[async_trait]
    impl contract::Outbox for MemoryPackages {
        async fn events_of(&self, _: &str) -> Vec<Event> {
            self.events()
        }
    }

    #[tokio::test]
    async fn the_twin_keeps_the_contracts() {
        let twin = MemoryPackages::default();
        contract::package_shelf(&twin, &twin).await;
        contract::package_archive(&twin).await;
    }
}
