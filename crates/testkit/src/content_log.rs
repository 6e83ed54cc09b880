use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use app::ports::{Clock, ContentLog, ExpiringObjects, PortError, StoredObject, WriteOutcome};
use async_trait::async_trait;
use evidence::{
    object::{self, LogObject},
    record::LogRecord,
};
use jiff::Timestamp;

use crate::Faults;
use crate::{FixedClock, locked};

const WHAT: &str = "content log";

/// Log objects in memory. A version is locked until its `keep_until` on the clock that was given.
#[derive(Debug, Clone)]
pub struct MemoryContentLog {
    faults: Faults,
    clock: FixedClock,
    bucket: Arc<Mutex<Bucket>>,
}

#[derive(Debug, Default)]
struct Bucket {
    /// By key and then by age.
    versions: BTreeMap<(String, u64), Version>,
    written: u64,
}

#[derive(Debug, Clone)]
struct Version {
    /// A delete marker has none.
    bytes: Option<Vec<u8>>,
    locked_until: Option<Timestamp>,
}

impl Bucket {
    fn add(&mut self, key: &str, version: Version) {
        self.written += 1;
        self.versions.insert((key.to_owned(), self.written), version);
    }

    fn has(&self, key: &str) -> bool {
        let of_key = (key.to_owned(), 0)..=(key.to_owned(), u64::MAX);
        self.versions.range(of_key).next_back().is_some_and(|(_, version)| version.bytes.is_some())
    }
}

impl MemoryContentLog {
    #[must_use]
    pub fn new(faults: Faults, clock: FixedClock) -> Self {
        Self { faults, clock, bucket: Arc::default() }
    }

    /// Puts bytes there without a lock: what else may lie in a bucket.
    pub fn put_unlocked(&self, key: &str, bytes: &[u8]) {
        locked(&self.bucket).add(key, Version { bytes: Some(bytes.to_vec()), locked_until: None });
    }

    /// Hides the object behind a delete marker, as a plain delete does.
    pub fn mark_deleted(&self, key: &str) {
        locked(&self.bucket).add(key, Version { bytes: None, locked_until: None });
    }

    /// The keys that hold bytes, in order.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let bucket = locked(&self.bucket);
        let mut keys: Vec<_> =
            bucket.versions.iter().filter(|(_, v)| v.bytes.is_some()).map(|((key, _), _)| key.clone()).collect();
        keys.dedup();
        keys
    }

    /// The newest bytes of each key.
    #[must_use]
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let bucket = locked(&self.bucket);
        let newest: BTreeMap<_, _> = bucket.versions.iter().map(|((key, _), version)| (key, &version.bytes)).collect();
        newest.into_iter().filter_map(|(key, bytes)| Some((key.clone(), bytes.clone()?))).collect()
    }

    /// Every record of every log object, in key order, copies included.
    #[must_use]
    pub fn records(&self) -> Vec<LogRecord> {
        let bucket = locked(&self.bucket);
        bucket
            .versions
            .iter()
            .filter(|((key, _), _)| object::locked_until(key).is_some())
            .filter_map(|(_, version)| version.bytes.as_deref())
            .flat_map(|bytes| object::unpack(bytes).unwrap())
            .collect()
    }
}

#[async_trait]
impl ContentLog for MemoryContentLog {
    async fn write(&self, object: &LogObject) -> Result<WriteOutcome, PortError> {
        self.faults.around(WHAT, || {
            let mut bucket = locked(&self.bucket);
            if bucket.has(&object.key) {
                return Ok(WriteOutcome::Existed);
            }
            let version = Version { bytes: Some(object.bytes.clone()), locked_until: Some(object.keep_until) };
            bucket.add(&object.key, version);
            Ok(WriteOutcome::Written)
        })
    }
}

#[async_trait]
impl ExpiringObjects for MemoryContentLog {
    async fn list(&self, prefix: &str) -> Result<Vec<StoredObject>, PortError> {
        self.faults.around(WHAT, || {
            let bucket = locked(&self.bucket);
            Ok(bucket
                .versions
                .iter()
                .filter(|((key, _), _)| key.starts_with(prefix))
                .map(|((key, number), version)| StoredObject {
                    key: key.clone(),
                    version_id: number.to_string(),
                    size: version.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64),
                })
                .collect())
        })
    }

    async fn read(&self, object: &StoredObject) -> Result<Option<Vec<u8>>, PortError> {
        self.faults.around(WHAT, || {
            let id = (object.key.clone(), object.version_id.parse().unwrap_or(0));
            Ok(locked(&self.bucket).versions.get(&id).and_then(|version| version.bytes.clone()))
        })
    }

    async fn delete(&self, objects: &[StoredObject]) -> Result<Vec<(StoredObject, String)>, PortError> {
        self.faults.around(WHAT, || {
            let mut bucket = locked(&self.bucket);
            let now = self.clock.now();
            let mut failed = Vec::new();
            for object in objects {
                let id = (object.key.clone(), object.version_id.parse().unwrap_or(0));
                let locked = bucket.versions.get(&id).and_then(|version| version.locked_until);
                if locked.is_some_and(|until| now < until) {
                    failed.push((object.clone(), "AccessDenied".to_owned()));
                } else {
                    bucket.versions.remove(&id);
                }
            }
            Ok(failed)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{contract, samples};

    fn log(clock: &FixedClock) -> MemoryContentLog {
        MemoryContentLog::new(Faults::none(), clock.clone())
    }

    #[tokio::test]
    async fn the_twin_keeps_the_contract_of_the_log() {
        contract::content_log(&log(&FixedClock::at(samples::NOON)), samples::NOON).await;
    }

    #[tokio::test]
    async fn the_twin_keeps_the_contract_of_expiry() {
        let log = log(&FixedClock::at(samples::NOON));
        contract::expiring_objects(&log, &log, samples::NOON).await;
    }

    #[tokio::test]
    async fn a_locked_object_goes_when_the_clock_has_passed_its_lock() {
        let clock = FixedClock::at(samples::NOON);
        let log = log(&clock);
        let object = samples::log_object("a", samples::NOON);
        log.write(&object).await.unwrap();
        let listed = log.list("content-log/").await.unwrap();
        assert_eq!(log.delete(&listed).await.unwrap().len(), 1);
        clock.set(object.keep_until);
        assert_eq!(log.delete(&listed).await.unwrap(), []);
        assert!(log.keys().is_empty());
    }
}
