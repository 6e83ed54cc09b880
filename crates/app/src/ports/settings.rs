use std::sync::Arc;

use async_trait::async_trait;
use domain::{change::Change, settings::Settings};

use super::{PortError, SaveError};

/// The settings in force.
#[async_trait]
pub trait SettingsSource: Send + Sync {
    /// The document in force, at most half a minute old: a change reaches every process within that time. Where none has
    /// been put it is the starter document, [`Settings::default`]; one that cannot be read is an error and never the
    /// default. Callers ask beside their other reads, not before them.
    async fn current(&self) -> Result<Arc<Settings>, PortError>;
}

/// The settings and their versions, for those who change them.
#[async_trait]
pub trait SettingsShelf: Send + Sync {
    /// As [`SettingsSource::current`], but read now (strongly consistent).
    async fn in_force(&self) -> Result<Settings, PortError>;

    /// The document that was put under `version`, or `None`. Of the starter document's version it is the starter
    /// document, unless another was put under it.
    async fn stored(&self, version: u32) -> Result<Option<Settings>, PortError>;

    /// Stores the document under its version for good, puts it in force and stores the event, all or nothing, on the
    /// condition that the version in force is `follows`.
    async fn put(&self, change: &Change<Settings>, follows: u32) -> Result<(), SaveError>;
}
