use async_trait::async_trait;
use evidence::{entry::Entry, envelope::PublicKey, object::LogHour, seal::Head};
use jiff::Timestamp;

use super::{PortError, SaveError};

/// Where whoever writes an object of the record enters it, before it acknowledges what made it write.
#[async_trait]
pub trait SealIntake: Send + Sync {
    /// Enters the objects into the hour of `now`, or into the first open one when that is closed. What returned is in a
    /// seal to come. To enter again is harmless: an object can be in two seals.
    async fn enter(&self, entries: &[Entry], now: Timestamp) -> Result<(), PortError>;
}

/// What was entered, hour by hour, and where the chain of seals stands.
#[async_trait]
pub trait SealLedger: Send + Sync {
    /// Begins the ledger with `hour`, unless it has begun. Gives the hour with which it began.
    async fn begin(&self, hour: LogHour) -> Result<LogHour, PortError>;

    /// Closes the hour, which has begun with the ledger or later, and all before it: nothing is entered there any more.
    async fn close(&self, hour: LogHour) -> Result<(), PortError>;

    /// Everything that was entered in the hour. Once the hour is closed, always the same.
    async fn entries(&self, hour: LogHour) -> Result<Vec<Entry>, PortError>;

    /// The last seal; `None` when there is none.
    async fn head(&self) -> Result<Option<Head>, PortError>;

    /// Moves the head on from the seal before `to`.
    ///
    /// # Errors
    /// [`SaveError::VersionConflict`] when the head is another by now.
    async fn advance(&self, to: &Head) -> Result<(), SaveError>;
}

/// The signed seals and the public keys beside them.
#[async_trait]
pub trait SealShelf: Send + Sync {
    /// Writes the envelope of the hour under its lock, unless one is there. Gives the one that stands.
    async fn put(&self, hour: LogHour, envelope: &[u8]) -> Result<Vec<u8>, PortError>;

    /// Publishes the key, unless it is published.
    async fn publish(&self, key: &PublicKey) -> Result<(), PortError>;
}

/// Signs with a key that nobody can take away.
#[async_trait]
pub trait SealSigner: Send + Sync {
    async fn public_key(&self) -> Result<PublicKey, PortError>;

    /// ECDSA over P-256 with SHA-256, in DER.
    async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, PortError>;
}
