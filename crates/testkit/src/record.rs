use std::sync::Arc;

use app::ports::{LogReader, PortError};
use async_trait::async_trait;
use domain::retention::SHANGHAI;
use evidence::{object::LogHour, sweep};
use jiff::Timestamp;

use crate::{MemoryContentLog, MemoryReceipts, MemorySeals};

/// Everything that lies in the bucket of the content log, as one.
#[derive(Debug, Clone)]
pub struct MemoryRecord {
    pub(crate) log: Arc<MemoryContentLog>,
    pub(crate) receipts: Arc<MemoryReceipts>,
    pub(crate) seals: Arc<MemorySeals>,
}

impl MemoryRecord {
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = self.log.files();
        files.extend(self.receipts.files());
        files.extend(self.seals.files());
        files.sort();
        files
    }

    fn keys(&self, prefix: &str) -> Vec<String> {
        self.files().into_iter().map(|(key, _)| key).filter(|key| key.starts_with(prefix)).collect()
    }
}

#[async_trait]
impl LogReader for MemoryRecord {
    async fn objects(&self, hour: LogHour) -> Result<Vec<String>, PortError> {
        Ok(self.keys(&hour.prefix()))
    }

    async fn papers(&self, day: Timestamp) -> Result<Vec<String>, PortError> {
        let date = day.to_zoned_datetime(SHANGHAI.clone()).date();
        Ok(self.keys(&format!("{}date={date}/", sweep::PREFIX)))
    }

    async fn read(&self, key: &str) -> Result<Option<Vec<u8>>, PortError> {
        Ok(self.files().into_iter().find(|(name, _)| name == key).map(|(_, bytes)| bytes))
    }
}

#[cfg(test)]
mod tests {
    use crate::{Twins, contract, samples};

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        let twins = Twins::at(samples::NOON);
        contract::log_reader(&twins.record(), &*twins.content_log, samples::NOON).await;
    }
}
