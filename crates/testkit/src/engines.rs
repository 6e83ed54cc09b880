use std::sync::{Arc, LazyLock, Mutex};

use app::ports::{EngineSource, PortError};
use async_trait::async_trait;
use screening::{engine::Engine, pack::RulePack};

use crate::locked;

/// Compiled once for all tests of a process.
static STARTER: LazyLock<Arc<Engine>> =
    LazyLock::new(|| engine_of(include_str!("../../../rules/starter/rule-pack.yaml")));

fn engine_of(pack: &str) -> Arc<Engine> {
    Arc::new(RulePack::from_yaml(pack).unwrap().compile().unwrap())
}

/// The starter pack's engine, until a test puts another pack in force, or none. Not among the calls that `Faults`
/// counts: an engine is at hand in memory, and asking for it is no round trip.
#[derive(Clone)]
pub struct MemoryEngines {
    current: Arc<Mutex<Option<Arc<Engine>>>>,
}

impl MemoryEngines {
    /// The pack that `text` writes in YAML is in force from now.
    pub fn put_in_force(&self, text: &str) {
        *locked(&self.current) = Some(engine_of(text));
    }

    /// There is no usable pack from now.
    pub fn take_away(&self) {
        *locked(&self.current) = None;
    }
}

impl Default for MemoryEngines {
    fn default() -> Self {
        Self { current: Arc::new(Mutex::new(Some(STARTER.clone()))) }
    }
}

#[async_trait]
impl EngineSource for MemoryEngines {
    async fn current(&self) -> Result<Arc<Engine>, PortError> {
        let current = locked(&self.current).clone();
        current.ok_or_else(|| PortError::unavailable("the rule pack", "the test took it away"))
    }
}

#[cfg(test)]
mod tests {
    use app::written_pack::WrittenPack;

    use super::*;

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        crate::contract::engine_source(&MemoryEngines::default()).await;
    }

    #[tokio::test]
    async fn the_written_pack_keeps_the_contract() {
        crate::contract::engine_source(&WrittenPack::starter()).await;
    }

    #[tokio::test]
    async fn without_a_usable_pack_there_is_no_engine_and_the_reason_is_told() {
        let wrong = WrittenPack::of("id: wrong\nversion: 1\nbanks: {}\nrules: []\n");
        for _ in 0..2 {
            let error = wrong.current().await.err().unwrap();
            assert!(matches!(error, PortError::Unavailable { .. }), "{error:?}");
            let reason = std::error::Error::source(&error).unwrap().to_string();
            assert_eq!(reason, "the pack has no terms");
        }
        let engines = MemoryEngines::default();
        engines.take_away();
        assert!(matches!(engines.current().await, Err(PortError::Unavailable { .. })));
    }
}
