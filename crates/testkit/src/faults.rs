use std::sync::{Arc, Mutex};

use app::ports::PortError;

use crate::locked;

/// On which side of its effect a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Nothing has happened.
    Before,
    /// It has happened, and the caller is not told.
    After,
}

/// Counts the calls of all twins that share it and makes one of them, or all, fail with [`PortError::Unavailable`].
///
/// A crash between any two calls is tried out so: run once and read [`calls`](Self::calls); then for each `n` up to
/// that number and each [`When`], [`strike`](Self::strike), run, run again without a fault, and compare.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<Plan>>);

#[derive(Debug, Default)]
struct Plan {
    calls: usize,
    strike: Option<(usize, When)>,
}

impl Faults {
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Starts to count anew; the `nth` call from now (from 1) fails, once.
    pub fn strike(&self, nth: usize, when: When) {
        *locked(&self.0) = Plan { calls: 0, strike: Some((nth, when)) };
    }

    /// Starts to count anew; nothing fails.
    pub fn reset(&self) {
        *locked(&self.0) = Plan::default();
    }

    /// How many calls there were since the count began.
    #[must_use]
    pub fn calls(&self) -> usize {
        locked(&self.0).calls
    }

    /// One call of a port.
    pub(crate) fn around<T, E: From<PortError>>(
        &self,
        what: &'static str,
        effect: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let struck = {
            let mut plan = locked(&self.0);
            plan.calls += 1;
            let calls = plan.calls;
            plan.strike.take_if(|(nth, _)| *nth == calls).map(|(_, when)| when)
        };
        let fault = || PortError::unavailable(what, "a fault that the test asked for");
        match struck {
            None => effect(),
            Some(When::Before) => Err(fault().into()),
            Some(When::After) => {
                effect()?;
                Err(fault().into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(faults: &Faults, effects: &mut u32) -> Result<(), PortError> {
        faults.around("counter", || {
            *effects += 1;
            Ok(())
        })
    }

    #[test]
    fn the_named_call_fails_once_on_the_named_side() {
        for (when, expected) in [(When::Before, 2), (When::After, 3)] {
            let (faults, mut effects) = (Faults::none(), 0);
            faults.strike(2, when);
            let results: Vec<bool> = (0..3).map(|_| count(&faults, &mut effects).is_ok()).collect();
            assert_eq!(results, [true, false, true]);
            assert_eq!(effects, expected);
            assert_eq!(faults.calls(), 3);
        }
    }
}
