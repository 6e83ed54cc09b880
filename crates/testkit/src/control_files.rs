use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use app::{
    control_files::ControlReport,
    ports::{ControlContent, ControlFile, ControlFiles, NewestVersion, PortError, PutBy},
};
use async_trait::async_trait;

use crate::{Faults, locked};

const WHAT: &str = "control files";

/// The bucket of control files and reports in memory, with every version of every object.
#[derive(Debug, Clone, Default)]
pub struct MemoryControlFiles {
    faults: Faults,
    bucket: Arc<Mutex<Bucket>>,
}

#[derive(Debug, Default)]
struct Bucket {
    objects: BTreeMap<String, Vec<Vec<u8>>>,
    reports: BTreeMap<String, ControlReport>,
}

impl MemoryControlFiles {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// What an operator does; gives what S3 tells of it.
    #[must_use]
    pub fn put(&self, key: &str, content: impl Into<Vec<u8>>) -> ControlFile {
        let mut bucket = locked(&self.bucket);
        let versions = bucket.objects.entry(key.to_owned()).or_default();
        versions.push(content.into());
        ControlFile {
            key: key.to_owned(),
            version_id: Some(versions.len().to_string()),
            etag: format!("etag-{}", versions.len()),
            put_by: PutBy::of("AWS:AROAOPERATOR:li.si@example.com"),
        }
    }

    /// What an operator does who names no version.
    pub fn take_away(&self, key: &str) {
        locked(&self.bucket).objects.remove(key);
    }

    /// Every report, by key.
    #[must_use]
    pub fn reports(&self) -> BTreeMap<String, ControlReport> {
        locked(&self.bucket).reports.clone()
    }
}

#[async_trait]
impl ControlFiles for MemoryControlFiles {
    async fn read(&self, key: &str, version_id: Option<&str>, most: usize) -> Result<ControlContent, PortError> {
        self.faults.around(WHAT, || {
            let bucket = locked(&self.bucket);
            let versions = bucket.objects.get(key).map(Vec::as_slice).unwrap_or_default();
            let wanted = version_id.map_or(versions.len(), |version_id| version_id.parse().unwrap_or_default());
            Ok(match wanted.checked_sub(1).and_then(|at| versions.get(at)) {
                None => ControlContent::Gone,
                Some(content) if content.len() > most => ControlContent::TooLarge,
                Some(content) => ControlContent::Bytes(content.clone()),
            })
        })
    }

    async fn newest(&self, key: &str) -> Result<Option<NewestVersion>, PortError> {
        self.faults.around(WHAT, || {
            let versions = locked(&self.bucket).objects.get(key).map_or(0, Vec::len);
            let newest = || NewestVersion { version_id: Some(versions.to_string()), etag: format!("etag-{versions}") };
            Ok((versions > 0).then(newest))
        })
    }

    async fn answer(&self, report: &ControlReport) -> Result<(), PortError> {
        self.faults.around(WHAT, || {
            locked(&self.bucket).reports.insert(report.key(), report.clone());
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[async_trait]
    impl contract::Operator for MemoryControlFiles {
        async fn put(&self, key: &str, content: &[u8]) -> Option<String> {
            Self::put(self, key, content).version_id
        }

        async fn report(&self, key: &str) -> Option<ControlReport> {
            self.reports().remove(key)
        }
    }

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        let twin = MemoryControlFiles::default();
        contract::control_files(&twin, &twin).await;
    }
}
