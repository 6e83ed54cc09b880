use async_trait::async_trait;
use domain::{change::Change, evidence_package::EvidencePackage, id::PackageId};
use evidence::object::LogHour;
use jiff::Timestamp;

use super::{PortError, SaveError};

/// Orders for evidence packages. Everything but [`list`](Self::list) is strongly consistent.
#[async_trait]
pub trait PackageShelf: Send + Sync {
    async fn package(&self, package_id: PackageId) -> Result<Option<EvidencePackage>, PortError>;

    /// Stores the order and its event on the condition that the stored version is the one before; of the first version,
    /// that there is none.
    async fn save(&self, change: &Change<EvidencePackage>) -> Result<(), SaveError>;

    /// A page of all orders, the latest first. `cursor` is what an earlier page gave; one that none gave is
    /// [`PortError::Refused`].
    async fn list(&self, limit: usize, cursor: Option<&str>) -> Result<PackagePage, PortError>;
}

#[derive(Debug, Clone, PartialEq)]
pub struct PackagePage {
    pub packages: Vec<EvidencePackage>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<String>,
}

/// Where packages are kept.
#[async_trait]
pub trait PackageArchive: Send + Sync {
    /// The key of the package's object.
    fn key(&self, package_id: PackageId) -> String;

    /// Keeps the archive unless there is one of the package; gives the one that stands.
    async fn put(&self, package_id: PackageId, archive: &[u8]) -> Result<Vec<u8>, PortError>;

    /// An address at which the archive can be had from `now` on for some minutes by whoever has it. Whether there is one
    /// is not asked.
    async fn link(&self, package_id: PackageId, now: Timestamp) -> Result<String, PortError>;
}

/// The bucket of the content log, to read.
#[async_trait]
pub trait LogReader: Send + Sync {
    /// The keys of the log objects that were received in the hour, in order.
    async fn objects(&self, hour: LogHour) -> Result<Vec<String>, PortError>;

    /// The keys of the intents and receipts of sweeps as of that day (Asia/Shanghai), in order.
    async fn papers(&self, day: Timestamp) -> Result<Vec<String>, PortError>;

    /// What lies under a key; `None` when nothing does.
    async fn read(&self, key: &str) -> Result<Option<Vec<u8>>, PortError>;
}
