use async_trait::async_trait;
use domain::filing::{FilingRow, Month};

use super::PortError;

/// What is filed (R7.1): rows that the [`super::AccountLedger`] writes in the transaction of the change that makes them.
#[async_trait]
pub trait FilingBook: Send + Sync {
    /// The rows of the month, in no order, or `None` when there are more than `most`. Of a month that is over always the
    /// same.
    async fn rows(&self, month: Month, most: usize) -> Result<Option<Vec<FilingRow>>, PortError>;
}

/// Where files for the office are put.
#[async_trait]
pub trait FilingFiles: Send + Sync {
    /// Puts the file under `key` (below `filings/`); another one under that key stays as an earlier version.
    async fn put(&self, key: &str, content_type: &'static str, bytes: Vec<u8>) -> Result<(), PortError>;
}
