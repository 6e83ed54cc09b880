use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use app::ports::{FilingBook, FilingFiles, PortError};
use async_trait::async_trait;
use domain::filing::{FilingRow, Month};

use crate::{Faults, MemoryAccounts, locked};

#[async_trait]
impl FilingBook for MemoryAccounts {
    async fn rows(&self, month: Month, most: usize) -> Result<Option<Vec<FilingRow>>, PortError> {
        self.faults.around("filing book", || {
            let rows: Vec<_> = locked(&self.tables).filing.iter().filter(|row| row.month() == month).cloned().collect();
            Ok(Some(rows).filter(|rows| rows.len() <= most))
        })
    }
}

/// Files for the office in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryFilings {
    faults: Faults,
    files: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
}

impl MemoryFilings {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// Every file, by key.
    #[must_use]
    pub fn all(&self) -> BTreeMap<String, Vec<u8>> {
        locked(&self.files).clone()
    }
}

#[async_trait]
impl FilingFiles for MemoryFilings {
    async fn put(&self, key: &str, _: &'static str, bytes: Vec<u8>) -> Result<(), PortError> {
        self.faults.around("filings", || {
            locked(&self.files).insert(key.to_owned(), bytes);
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        let twin = MemoryAccounts::default();
        contract::filing_book(&twin, &twin).await;
    }
}
