use std::sync::{Arc, Mutex};

use app::ports::Clock;
use jiff::{SignedDuration, Timestamp};

use crate::locked;

/// A clock that stands still until a test moves it. Clones show the same time.
#[derive(Debug, Clone)]
pub struct FixedClock(Arc<Mutex<Timestamp>>);

impl FixedClock {
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }

    pub fn set(&self, now: Timestamp) {
        *locked(&self.0) = now;
    }

    pub fn advance(&self, by: SignedDuration) {
        *locked(&self.0) += by;
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *locked(&self.0)
    }
}
