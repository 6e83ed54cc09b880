//! The rule pack that is written into the program: what a platform starts with.

use std::{
    sync::{Arc, OnceLock},
    thread,
};

use async_trait::async_trait;
use screening::{
    engine::Engine,
    pack::{PackError, RulePack},
};

use crate::ports::{EngineSource, PortError};

const STARTER: &str = include_str!("../../../rules/starter/rule-pack.yaml");

type Made = Result<Arc<Engine>, PackError>;

/// A pack whose engine is made on a thread of its own, beside the start of the function: compiling takes longer than
/// all the rest of a start, and the first request needs it only after it has come in.
pub struct WrittenPack {
    text: &'static str,
    engine: Arc<OnceLock<Made>>,
}

impl WrittenPack {
    /// Begins to make the engine of the starter pack.
    #[must_use]
    pub fn starter() -> Self {
        Self::of(STARTER)
    }

    /// Begins to make the engine of the pack that `text` writes in YAML.
    #[must_use]
    pub fn of(text: &'static str) -> Self {
        let engine = Arc::new(OnceLock::new());
        let made = Arc::clone(&engine);
        // Where no thread is to be had, and where this one panics, the first request makes the engine.
        let _ = thread::Builder::new().name("rule-pack".to_owned()).spawn(move || {
            made.get_or_init(|| make(text));
        });
        Self { text, engine }
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
