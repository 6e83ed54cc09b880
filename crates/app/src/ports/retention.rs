use async_trait::async_trait;
use jiff::Timestamp;

pub use evidence::sweep::StoredObject;

use super::PortError;
use crate::retaining::{RowIntent, RowOrder, RowReceipt, SweepIntent, SweepOrder, SweepReceipt};

/// The log objects of one hour, and their deletion.
#[async_trait]
pub trait ExpiringObjects: Send + Sync {
    /// Every version of every object whose key begins with `prefix`, delete markers included, in key order.
    async fn list(&self, prefix: &str) -> Result<Vec<StoredObject>, PortError>;

    /// The bytes of the version; `None` of a delete marker, and of a version that is not there.
    async fn read(&self, object: &StoredObject) -> Result<Option<Vec<u8>>, PortError>;

    /// Deletes these versions (any number). Gives those that could not be deleted, with the reason for each; a version
    /// that is not there counts as deleted.
    async fn delete(&self, objects: &[StoredObject]) -> Result<Vec<(StoredObject, String)>, PortError>;
}

/// The record of what was to be deleted and what was.
#[async_trait]
pub trait SweepReceipts: Send + Sync {
    async fn intent(&self, order: &SweepOrder) -> Result<Option<SweepIntent>, PortError>;

    /// Writes the intent unless one exists; gives the one that stands.
    async fn put_intent(&self, intent: &SweepIntent) -> Result<SweepIntent, PortError>;

    async fn receipt(&self, order: &SweepOrder) -> Result<Option<SweepReceipt>, PortError>;

    /// Writes the receipt unless one exists, and gives the one that stands; a receipt is never changed.
    async fn put_receipt(&self, receipt: &SweepReceipt) -> Result<SweepReceipt, PortError>;
}

/// As [`SweepReceipts`], of rows.
#[async_trait]
pub trait RowReceipts: Send + Sync {
    async fn row_intent(&self, order: &RowOrder) -> Result<Option<RowIntent>, PortError>;

    async fn put_row_intent(&self, intent: &RowIntent) -> Result<RowIntent, PortError>;

    async fn row_receipt(&self, order: &RowOrder) -> Result<Option<RowReceipt>, PortError>;

    async fn put_row_receipt(&self, receipt: &RowReceipt) -> Result<RowReceipt, PortError>;
}

/// Up to which hour everything that could expire has been planned.
#[async_trait]
pub trait Watermark: Send + Sync {
    async fn read(&self) -> Result<Option<Timestamp>, PortError>;

    /// Moves the mark to `to`, unless it stands there or later already: it never goes back.
    async fn advance(&self, to: Timestamp) -> Result<(), PortError>;
}
