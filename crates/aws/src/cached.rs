//! What every request reads and nobody changes often.

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

use app::ports::{Clock, PortError};
use jiff::{SignedDuration, Timestamp};

/// A change of settings is in force everywhere within this time; a process reads twice a minute instead of at every
/// request.
pub(crate) const HALF_A_MINUTE: SignedDuration = SignedDuration::from_secs(30);

/// On a local stack, where nobody waits half a minute to see what a change does.
pub(crate) const A_MOMENT: SignedDuration = SignedDuration::from_secs(3);

/// The last answer of a read, used for as long as it counts as fresh by the clock port. A read that fails is not remembered, and what is no
/// longer fresh is not used in its place: a duty may depend on it.
pub(crate) struct Cached<T> {
    clock: Arc<dyn Clock>,
    fresh: SignedDuration,
    last: Mutex<Option<(Timestamp, Arc<T>)>>,
}

impl<T> Cached<T> {
    pub(crate) fn new(clock: Arc<dyn Clock>, fresh: SignedDuration) -> Self {
        Self { clock, fresh, last: Mutex::new(None) }
    }

    /// What was read while it is fresh, or what `read` gives now.
    pub(crate) async fn get(&self, read: impl Future<Output = Result<T, PortError>>) -> Result<Arc<T>, PortError> {
        let now = self.clock.now();
        if let Some((at, value)) = &*self.last.lock().unwrap_or_else(PoisonError::into_inner)
            // A clock that was set back makes it old, not fresh for ever.
            && *at <= now
            && now.duration_since(*at) < self.fresh
        {
            return Ok(value.clone());
        }
        let value = Arc::new(read.await?);
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, value.clone()));
        Ok(value)
    }
}

impl<T> std::fmt::Debug for Cached<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cached")
    }
}

#[cfg(test)]
mod tests {
    use testkit::{FixedClock, samples::NOON};

    use super::*;

    fn cached() -> (Cached<u32>, FixedClock) {
        let clock = FixedClock::at(NOON);
        (Cached::new(Arc::new(clock.clone()), HALF_A_MINUTE), clock)
    }

    #[tokio::test]
    async fn an_answer_is_used_until_it_is_half_a_minute_old() {
        let (cached, clock) = cached();
        for (seconds, number, expected) in [(0, 1, 1), (29, 2, 1), (30, 3, 3), (59, 4, 3), (-1, 5, 5)] {
            clock.set(NOON + SignedDuration::from_secs(seconds));
            assert_eq!(*cached.get(async { Ok(number) }).await.unwrap(), expected, "after {seconds} s");
        }
    }

    #[tokio::test]
    async fn a_failure_is_told_and_not_remembered() {
        let (cached, clock) = cached();
        cached.get(async { Ok(1) }).await.unwrap();
        clock.set(NOON + HALF_A_MINUTE);
        let failed = cached.get(async { Err(PortError::unavailable("settings", "a test")) }).await;
        assert!(failed.is_err_and(|error| error.is_retryable()));
        assert_eq!(*cached.get(async { Ok(2) }).await.unwrap(), 2);
    }
}
