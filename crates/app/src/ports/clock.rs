use jiff::Timestamp;

/// What time it is. Scheduled work takes its time from the event instead.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}

/// The machine's clock: the one place that reads it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the clock port is where the clock is read")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
