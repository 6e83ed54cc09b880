use std::sync::{Arc, Mutex};

use app::ports::{PortError, SettingsSource};
use async_trait::async_trait;
use domain::settings::Settings;

use crate::{Faults, locked};

const WHAT: &str = "settings";

/// The settings in memory: the starter document until a test says otherwise.
#[derive(Debug, Clone, Default)]
pub struct MemorySettings {
    faults: Faults,
    current: Arc<Mutex<Arc<Settings>>>,
}

impl MemorySettings {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// Puts `settings` in force.
    pub fn put(&self, settings: Settings) {
        *locked(&self.current) = Arc::new(settings);
    }
}

#[async_trait]
impl SettingsSource for MemorySettings {
    async fn current(&self) -> Result<Arc<Settings>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.current).clone()))
    }
}
