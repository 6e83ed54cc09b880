//! How many codes are sent to one number, and for one account: text messages cost money, wake people, and each is five
//! more guesses.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::settings::OneTimeCodeRules;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What was sent within a day, to one number or for one account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SendBudget {
    /// Counts the changes; guards every write. 0: never written.
    pub version: u64,
    /// Oldest first.
    sent_at: Vec<Timestamp>,
}

/// Too much has been sent; the first moment at which there is room again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    pub until: Timestamp,
}

impl SendBudget {
    /// The budget after one more code at `now`.
    ///
    /// # Errors
    /// When there is no room for it.
    pub fn spend(&self, rules: &OneTimeCodeRules, now: Timestamp) -> Result<Self, Spent> {
        let since = |span: SignedDuration| now.saturating_sub(span).unwrap_or(Timestamp::MIN);
        let recent: Vec<Timestamp> = self.sent_at.iter().copied().filter(|at| *at > since(DAY)).collect();
        let pause = SignedDuration::from_secs(i64::from(rules.pause_seconds));
        let spans = [(pause, 1), (HOUR, rules.sends_per_hour), (DAY, rules.sends_per_day)];
        let full = spans.into_iter().filter_map(|(span, most)| {
            let within: Vec<Timestamp> = recent.iter().copied().filter(|at| *at > since(span)).collect();
            // Room comes when so many have left the span that one more fits.
            let leaves = within.len().checked_sub(most as usize).and_then(|at| within.get(at))?;
            Some(leaves.saturating_add(span).unwrap_or(Timestamp::MAX))
        });
        // Every span must have room.
        if let Some(until) = full.max() {
            return Err(Spent { until });
        }
        let mut sent_at = recent;
        sent_at.push(now);
        Ok(Self { version: self.version + 1, sent_at })
    }

    /// With what was sent under another key of the same number, while the index is being renewed.
    #[must_use]
    pub fn with(mut self, other: &Self) -> Self {
        self.sent_at.extend(&other.sent_at);
        self.sent_at.sort_unstable();
        // What was taken over before is in both.
        self.sent_at.dedup();
        self
    }

    /// When nothing of it matters any more.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        let last = self.sent_at.last().copied().unwrap_or(Timestamp::UNIX_EPOCH);
        last.saturating_add(DAY).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
    }

    #[test]
    fn what_was_sent_under_another_key_counts() {
        let rules = OneTimeCodeRules::default();
        let earlier = SendBudget::default().spend(&rules, at(0)).unwrap();
        let fresh = SendBudget::default().with(&earlier);
        assert!(fresh.spend(&rules, at(30)).is_err(), "the pause of a minute");
        assert_eq!(fresh.spend(&rules, at(60)).unwrap().version, 1, "the version is that of the key it is kept under");
    }

    #[test]
    fn a_second_code_waits_a_minute_a_sixth_an_hour_an_eleventh_a_day() {
        let rules = OneTimeCodeRules::default();
        let mut budget = SendBudget::default().spend(&rules, at(0)).unwrap();
        assert_eq!(budget.spend(&rules, at(59)), Err(Spent { until: at(60) }));
        for minute in 1..5 {
            budget = budget.spend(&rules, at(60 * minute)).unwrap();
        }
        assert_eq!(budget.spend(&rules, at(300)), Err(Spent { until: at(3600) }));
        for minute in 60..65 {
            budget = budget.spend(&rules, at(60 * minute)).unwrap();
        }
        assert_eq!(budget.spend(&rules, at(3 * 3600)), Err(Spent { until: at(24 * 3600) }));
        assert!(budget.spend(&rules, at(24 * 3600)).is_ok());
    }

    proptest! {
        /// However the sends fall, no window holds more than it may, and the time that is told is right.
        #[test]
        fn no_window_is_ever_too_full(steps in vec(1_i64..4_000, 1..60)) {
            let rules = OneTimeCodeRules::default();
            let (mut budget, mut sent, mut now) = (SendBudget::default(), Vec::new(), 0);
            for step in steps {
                now += step;
                match budget.spend(&rules, at(now)) {
                    Ok(next) => {
                        budget = next;
                        sent.push(now);
                    }
                    Err(Spent { until }) => {
                        prop_assert!(until > at(now));
                        prop_assert!(budget.spend(&rules, until).is_ok());
                    }
                }
                let within = |span: i64| sent.iter().filter(|at| **at > now - span).count();
                prop_assert!(within(60) <= 1 && within(3_600) <= 5 && within(86_400) <= 10);
            }
        }
    }
}
