use std::sync::Arc;

use async_trait::async_trait;
use domain::{
    change::Change,
    event::Event,
    rule_pack::{PublishedRulePack, RulePackRegister},
};

use super::{PortError, SaveError};

/// The rule pack that is in force.
#[async_trait]
pub trait RulePackSource: Send + Sync {
    /// The register, at most half a minute old; as it begins where nothing has been published. One that cannot be read is
    /// an error and never the built-in pack. Callers ask beside their other reads, not before them. While it is the
    /// same reading, it is the same `Arc`.
    async fn current(&self) -> Result<Arc<RulePackRegister>, PortError>;
}

/// The register and every pack that was ever published, for those who change them.
#[async_trait]
pub trait RulePackShelf: Send + Sync {
    /// The register, read now (strongly consistent).
    async fn register(&self) -> Result<RulePackRegister, PortError>;

    /// The pack that was published under `version`, or `None`; read now as well.
    async fn published(&self, version: u32) -> Result<Option<PublishedRulePack>, PortError>;

    /// The packs of versions before `before`, the newest first, at most `limit`.
    async fn history(&self, before: Option<u32>, limit: usize) -> Result<Vec<PublishedRulePack>, PortError>;

    /// Stores the register, the pack that was added to the history, if one was, and the event, all or nothing, on the
    /// condition that the register's version is the one before and the pack's version is new.
    async fn put(&self, change: &Change<RulePackRegister>, added: Option<&PublishedRulePack>) -> Result<(), SaveError>;

    /// Stores the event of a refusal under `upload`; a second one of the same upload changes nothing.
    async fn note_refusal(&self, upload: &str, event: &Event) -> Result<(), PortError>;
}

/// The two forms of a pack that was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PackForm {
    /// What processes load in milliseconds; its hash is the pack's name.
    Compiled,
    /// The files as they were put, for a release that cannot read that compiled form.
    Source,
}

/// The packs themselves, by hash.
#[async_trait]
pub trait PackArchive: Send + Sync {
    /// Keeps the bytes of the pack `sha256`, for good. Kept again, they stay as they are.
    async fn keep(&self, sha256: &str, form: PackForm, bytes: Vec<u8>) -> Result<(), PortError>;

    /// The bytes. [`PortError::Corrupt`] where there are none.
    async fn fetch(&self, sha256: &str, form: PackForm) -> Result<Vec<u8>, PortError>;
}
