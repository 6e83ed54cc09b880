use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::rule_pack::{RulePackRef, RulePackRegister};
use screening::engine::Engine;

use super::source::compiled;
use crate::ports::{EngineSource, PackArchive, PackForm, PortError, RulePackSource};

/// How much of a pack's hash its verdicts tell: enough to tell any two packs of a platform apart.
const MARK: usize = 12;

/// The engine of the pack in force. The register is asked with every call, and answers from memory for half a minute; the
/// pack is fetched when it is another one than the last.
///
/// A pack that cannot be fetched or read leaves the last good one in force: the one that this process has, or the one that
/// was in force before. It is tried again with each new reading of the register, and told each time.
pub struct PackEngines {
    packs: Arc<dyn RulePackSource>,
    archive: Arc<dyn PackArchive>,
    built_in: Arc<dyn EngineSource>,
    tell: fn(&PortError),
    last: Mutex<Last>,
}

#[derive(Default)]
struct Last {
    /// Which pack was made last, and its engine.
    good: Option<(RulePackRef, Arc<Engine>)>,
    /// The reading of the register that led to nothing.
    failed: Option<Arc<RulePackRegister>>,
}

impl PackEngines {
    /// `built_in` gives the engine where no operator has put a pack; `tell` is told of every pack that cannot be loaded.
    #[must_use]
    pub fn new(
        packs: Arc<dyn RulePackSource>,
        archive: Arc<dyn PackArchive>,
        built_in: Arc<dyn EngineSource>,
        tell: fn(&PortError),
    ) -> Self {
        Self { packs, archive, built_in, tell, last: Mutex::default() }
    }

    fn with_last<T>(&self, work: impl FnOnce(&mut Last) -> T) -> T {
        work(&mut self.last.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn known(&self, pack: &RulePackRef) -> Option<Arc<Engine>> {
        self.with_last(|last| last.good.as_ref().filter(|(known, _)| known == pack).map(|(_, engine)| engine.clone()))
    }

    async fn load(&self, pack: &RulePackRef) -> Result<Arc<Engine>, PortError> {
        let bytes = self.archive.fetch(&pack.sha256, PackForm::Compiled).await?;
        let engine = match Engine::load(&bytes) {
            Ok(engine) => engine,
            // Compiled by another release, perhaps: this one compiles it from its source.
            Err(_) => {
                let source = self.archive.fetch(&pack.sha256, PackForm::Source).await?;
                compiled(&source).map_err(|error| PortError::corrupt("the rule pack", error))?
            }
        };
        let engine = Arc::new(engine.marked(pack.sha256.get(..MARK).unwrap_or(&pack.sha256)));
        self.with_last(|last| *last = Last { good: Some((pack.clone(), engine.clone())), failed: None });
        Ok(engine)
    }

    /// The engine of what was in force when `register` was written, as far as there is one.
    async fn last_good(&self, register: &RulePackRegister) -> Result<Arc<Engine>, PortError> {
        if let Some(engine) = self.with_last(|last| last.good.as_ref().map(|(_, engine)| engine.clone())) {
            return Ok(engine);
        }
        match &register.before {
            Some(before) => self.load(before).await,
            None => self.built_in.current().await,
        }
    }
}

#[async_trait]
impl EngineSource for PackEngines {
    async fn current(&self) -> Result<Arc<Engine>, PortError> {
        let register = self.packs.current().await?;
        let Some(pack) = &register.in_force else {
            // What was good before is not what the next pack is to go back to.
            self.with_last(|last| *last = Last::default());
            return self.built_in.current().await;
        };
        if let Some(engine) = self.known(pack) {
            return Ok(engine);
        }
        let has_failed = |last: &mut Last| last.failed.as_ref().is_some_and(|failed| Arc::ptr_eq(failed, &register));
        if !self.with_last(has_failed) {
            match self.load(pack).await {
                Ok(engine) => return Ok(engine),
                Err(error) => (self.tell)(&error),
            }
        }
        let engine = self.last_good(&register).await?;
        self.with_last(|last| last.failed = Some(register.clone()));
        Ok(engine)
    }
}
