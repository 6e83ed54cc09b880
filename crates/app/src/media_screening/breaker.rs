//! Not asking a classifier that is down.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::ports::{Clock, FileToClassify, MediaClassifier, PortError};

/// Failures in a row after which nobody is asked for a while: fewer happen to a classifier that is well.
const FAILURES: u32 = 5;

/// How long nobody is asked; then one question finds out whether it is back.
const REST: SignedDuration = SignedDuration::from_secs(30);

/// A circuit breaker before a classifier: while it is open each question fails at once, so that publications come before a
/// person instead of waiting, each for itself, for an answer that does not come. Each process learns for itself.
pub struct Breaker {
    classifier: Arc<dyn MediaClassifier>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    failures: u32,
    open_until: Option<Timestamp>,
}

impl Breaker {
    #[must_use]
    pub fn before(classifier: Arc<dyn MediaClassifier>, clock: Arc<dyn Clock>) -> Self {
        Self { classifier, clock, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl MediaClassifier for Breaker {
    async fn classify(&self, file: &FileToClassify<'_>) -> Result<BTreeMap<String, f64>, PortError> {
        let now = self.clock.now();
        if self.state().open_until.is_some_and(|until| now < until) {
            return Err(PortError::unavailable("media classifier", "it failed too often to be asked now"));
        }
        let answer = self.classifier.classify(file).await;
        let mut state = self.state();
        match &answer {
            Ok(_) => *state = State::default(),
            Err(_) => {
                state.failures += 1;
                // After the rest one failure is enough.
                if state.failures >= FAILURES {
                    state.open_until = Some(now + REST);
                }
            }
        }
        answer
    }
}
