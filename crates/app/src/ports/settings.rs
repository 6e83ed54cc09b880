use std::sync::Arc;

use async_trait::async_trait;
use domain::settings::Settings;

use super::PortError;

/// The settings in force.
#[async_trait]
pub trait SettingsSource: Send + Sync {
    /// The document in force, at most half a minute old: a change reaches every process within that time. Where none has
    /// been put it is the starter document, [`Settings::default`]; one that cannot be read is an error and never the
    /// default. Callers ask beside their other reads, not before them.
    async fn current(&self) -> Result<Arc<Settings>, PortError>;
}
