use std::sync::{Arc, Mutex, PoisonError};

use domain::id::BacktestId;
use screening::engine::Engine;

/// The engine that a process used last: the hours of a backtest come one after the other, and to load a pack of a
/// million terms for each would cost as much as to read it.
#[derive(Default)]
pub struct LastEngine(Mutex<Option<(BacktestId, Arc<Engine>)>>);

impl LastEngine {
    pub(super) fn of(&self, backtest_id: BacktestId) -> Option<Arc<Engine>> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|(of, _)| *of == backtest_id).map(|(_, engine)| engine.clone())
    }

    pub(super) fn keep(&self, backtest_id: BacktestId, engine: &Arc<Engine>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((backtest_id, engine.clone()));
    }
}
