//! The rule pack that is written into the program: what a platform starts with.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use screening::{
    engine::Engine,
    pack::{PackError, RulePack},
};

use crate::ports::{EngineSource, PortError};

const STARTER: &str = include_str!("../../../rules/starter/rule-pack.yaml");

type Made = Result<Arc<Engine>, PackError>;

/// A pack whose engine is made when it is first asked for: a platform that has put a pack of its own never asks, and a
/// start does not wait for it.
pub struct WrittenPack {
    text: &'static str,
    engine: OnceLock<Made>,
}

impl WrittenPack {
    /// The starter pack.
    #[must_use]
    pub const fn starter() -> Self {
        Self::of(STARTER)
    }

    /// The pack that `text` writes in YAML.
    #[must_use]
    pub const fn of(text: &'static str) -> Self {
        Self { text, engine: OnceLock::new() }
    }
}

fn make(text: &str) -> Made {
    Ok(Arc::new(RulePack::from_yaml(text)?.compile()?))
}

#[async_trait]
impl EngineSource for WrittenPack {
    /// Blocks while the engine is being made: a function answers one request at a time, and can answer none without it.
    async fn current(&self) -> Result<Arc<Engine>, PortError> {
        match self.engine.get_or_init(|| make(self.text)) {
            Ok(engine) => Ok(Arc::clone(engine)),
            Err(error) => Err(PortError::unavailable("the rule pack", error.clone())),
        }
    }
}
