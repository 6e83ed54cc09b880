use std::net::IpAddr;

use async_trait::async_trait;
use domain::{
    activity::AddressKey,
    personal::{Personal, Purpose, Sealed},
};
use jiff::Timestamp;

use super::PortError;

/// Seals many small values under few keys: where a key for each would cost more than what it protects (R9.1, R16.2).
#[async_trait]
pub trait ActivityVault: Send + Sync {
    /// Seals each value for its owner, in their order. One data key serves what is sealed within an hour, and no longer.
    async fn seal_all(&self, now: Timestamp, values: &[(String, Personal<String>)]) -> Result<Vec<Sealed>, PortError>;

    /// The clear text, for `purpose`. A seal that belongs to another owner or was altered is [`PortError::Corrupt`] or
    /// [`PortError::Refused`].
    async fn unseal(&self, owner: &str, sealed: &Sealed, purpose: Purpose) -> Result<Personal<String>, PortError>;
}

/// Gives the blind keys of addresses: the same address, the same key; nothing can be read back.
#[async_trait]
pub trait AddressIndex: Send + Sync {
    /// One for each address, in their order, under the version of the index that is in force.
    async fn address_keys(&self, addresses: &[Personal<IpAddr>]) -> Result<Vec<AddressKey>, PortError>;
}
