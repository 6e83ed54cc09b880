//! A backtest (B4): rules on trial, run over what the record holds of a period, before anybody puts them in force.
//! Ordered by one person, worked off hour by hour, bounded in what it reads, and called off at any time.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    actor::Actor,
    change::Change,
    event::{Event, EventBody},
    id::BacktestId,
    rule_pack::RulePackRef,
    settings::BacktestRules,
};

/// The most rules that one backtest tries: a report of more is read by nobody.
pub const MOST_RULES: usize = 100;

/// The most that is read of one hour, in bytes as they are stored: five times as much unpacked is what a worker reads in
/// half a minute, and in a quarter of an hour if the pack is twenty times as slow as the starter pack.
const MOST_OF_AN_HOUR: u64 = 256 << 20;

/// The least that is read of one hour: what an object of the log has at most.
const LEAST_OF_AN_HOUR: u64 = 2 << 20;

const HOUR: i64 = 3_600;

/// Whose rules are tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum TriedPack {
    /// A pack that came with the order.
    Draft {
        pack_id: String,
        pack_version: u32,
        /// SHA-256, hex, of the text.
        sha256: String,
    },
    /// One that was published, with the rules of it that are drafts.
    Published {
        #[serde(flatten)]
        pack: RulePackRef,
    },
}

/// How far a backtest has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum BacktestState {
    Running,
    Finished { outcome: BacktestOutcome, finished_at: Timestamp },
    Failed { reason: BacktestFailure, failed_at: Timestamp },
    Cancelled { cancelled_by: Actor, cancelled_at: Timestamp },
}

/// What it came to, in short: the rest is in the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BacktestOutcome {
    /// Publications and comments that were read.
    pub contents: u64,
    /// Those that a rule on trial has met.
    pub hits: u64,
}

/// Why a backtest cannot be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum BacktestFailure {
    #[error("the pack has no rule of that name")]
    RuleUnknown,
    #[error("the pack has more rules than one backtest tries")]
    TooManyRules,
    #[error("no rule is left that can be tried")]
    NothingToTry,
    #[error("the pack cannot be compiled")]
    PackUnusable,
}

/// An order and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backtest {
    pub backtest_id: BacktestId,
    pub version: u64,
    pub pack: TriedPack,
    /// Those of its rules that are tried; none named: all that have not expired.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// Received from then on and before `until`, both at the start of an hour.
    pub from: Timestamp,
    pub until: Timestamp,
    /// How much is read of each hour, in bytes as they are stored.
    pub bytes_per_hour: u64,
    pub reason: String,
    pub ordered_by: Actor,
    pub ordered_at: Timestamp,
    #[serde(flatten)]
    pub state: BacktestState,
}

/// What is said when a backtest is ordered.
#[derive(Debug, Clone)]
pub struct NewBacktest {
    pub backtest_id: BacktestId,
    pub pack: TriedPack,
    pub rules: Vec<String>,
    pub from: Timestamp,
    pub until: Timestamp,
    pub reason: String,
}

/// Why an order is not taken, or not taken further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BacktestRefusal {
    #[error("the period is none, ends in the future, or is longer than {days} days")]
    Period { days: u32 },
    #[error("the backtest has ended")]
    Ended,
    #[error(transparent)]
    Rules(BacktestFailure),
}

impl Backtest {
    /// Orders a backtest of the hours that the period touches.
    ///
    /// # Errors
    /// When the period is none, is not over, or is longer than the settings allow.
    pub fn order(
        new: NewBacktest,
        bounds: &BacktestRules,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, BacktestRefusal> {
        let NewBacktest { backtest_id, pack, rules, from, until, reason } = new;
        let refused = BacktestRefusal::Period { days: bounds.longest_days };
        if from >= until || until > now {
            return Err(refused);
        }
        let (from, until) = (hour_down(from), hour_up(until));
        if until.duration_since(from) > SignedDuration::from_hours(24 * i64::from(bounds.longest_days)) {
            return Err(refused);
        }
        let hours = hours_between(from, until).max(1);
        let bytes_per_hour = (bounds.most_bytes() / hours).clamp(LEAST_OF_AN_HOUR, MOST_OF_AN_HOUR);
        let state = Self {
            backtest_id,
            version: 1,
            pack,
            rules,
            from,
            until,
            bytes_per_hour,
            reason,
            ordered_by: actor.clone(),
            ordered_at: now,
            state: BacktestState::Running,
        };
        let body = EventBody::BacktestOrdered { backtest: Box::new(state.clone()) };
        Ok(Change { event: Event::new(1, actor, body, now), state })
    }

    /// Calls it off.
    ///
    /// # Errors
    /// When it has ended.
    pub fn cancel(self, actor: Actor, now: Timestamp) -> Result<Change<Self>, BacktestRefusal> {
        if !self.is_running() {
            return Err(BacktestRefusal::Ended);
        }
        let state = BacktestState::Cancelled { cancelled_by: actor.clone(), cancelled_at: now };
        let body = EventBody::BacktestCancelled { backtest_id: self.backtest_id };
        Ok(self.moved(state, actor, body, now))
    }

    /// Ends it, with what it came to or with why it came to nothing. `None` when it has ended.
    #[must_use]
    pub fn end(
        self,
        outcome: Result<BacktestOutcome, BacktestFailure>,
        actor: Actor,
        now: Timestamp,
    ) -> Option<Change<Self>> {
        if !self.is_running() {
            return None;
        }
        let backtest_id = self.backtest_id;
        let (state, body) = match outcome {
            Ok(outcome) => (
                BacktestState::Finished { outcome, finished_at: now },
                EventBody::BacktestFinished { backtest_id, contents: outcome.contents, hits: outcome.hits },
            ),
            Err(reason) => {
                (BacktestState::Failed { reason, failed_at: now }, EventBody::BacktestFailed { backtest_id, reason })
            }
        };
        Some(self.moved(state, actor, body, now))
    }

    #[must_use]
    pub const fn is_running(&self) -> bool {
        matches!(self.state, BacktestState::Running)
    }

    /// How many hours it reads.
    #[must_use]
    pub fn hours(&self) -> u64 {
        hours_between(self.from, self.until)
    }

    /// The start of each hour that it reads.
    pub fn each_hour(&self) -> impl Iterator<Item = Timestamp> {
        let from = self.from.as_second();
        (from..self.until.as_second())
            .step_by(usize::try_from(HOUR).unwrap_or(1))
            .filter_map(|second| Timestamp::from_second(second).ok())
    }

    fn moved(mut self, state: BacktestState, actor: Actor, body: EventBody, now: Timestamp) -> Change<Self> {
        self.version += 1;
        self.state = state;
        let event = Event::new(self.version, actor, body, now);
        Change { state: self, event }
    }
}

/// Asia/Shanghai is a whole number of hours from UTC for all that can be logged.
fn hour_down(at: Timestamp) -> Timestamp {
    let second = at.as_second();
    Timestamp::from_second(second - second.rem_euclid(HOUR)).unwrap_or(at)
}

fn hour_up(at: Timestamp) -> Timestamp {
    let start = hour_down(at);
    if start == at { at } else { start.saturating_add(SignedDuration::from_secs(HOUR)).unwrap_or(Timestamp::MAX) }
}

fn hours_between(from: Timestamp, until: Timestamp) -> u64 {
    u64::try_from((until.as_second() - from.as_second()) / HOUR).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn person(name: &str) -> Actor {
        Actor::caller(&format!("arn:aws:sts::1:assumed-role/operator/caller_{name}"))
    }

    fn ordering(from: &str, until: &str, bounds: BacktestRules) -> Result<Backtest, BacktestRefusal> {
        let now = at("2026-11-23T10:00:00Z");
        let new = NewBacktest {
            backtest_id: BacktestId::at(now),
            pack: TriedPack::Draft { pack_id: "shop".to_owned(), pack_version: 1, sha256: "0".repeat(64) },
            rules: vec![],
            from: at(from),
            until: at(until),
            reason: "新规则试算".to_owned(),
        };
        Backtest::order(new, &bounds, person("li"), now).map(|change| change.state)
    }

    fn ordered() -> Backtest {
        ordering("2026-11-22T00:30:00Z", "2026-11-23T00:10:00Z", BacktestRules::default()).unwrap()
    }

    #[test]
    fn whole_hours_are_read_each_once() {
        let backtest = ordered();
        let hours: Vec<_> = backtest.each_hour().collect();
        assert_eq!((hours.len() as u64, backtest.hours()), (25, 25));
        assert_eq!((hours[0], hours[24]), (at("2026-11-22T00:00:00Z"), at("2026-11-23T00:00:00Z")));
    }

    #[test]
    fn what_is_read_is_bounded_by_the_settings_whatever_the_period() {
        let bounds = BacktestRules { longest_days: 31, most_mib: 1_024 };
        let day = ordering("2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z", bounds).unwrap();
        assert_eq!(day.bytes_per_hour, (1_024 << 20) / 24);
        let month = ordering("2026-10-23T00:00:00Z", "2026-11-23T00:00:00Z", bounds).unwrap();
        assert_eq!(month.bytes_per_hour, LEAST_OF_AN_HOUR, "an object of each hour is read");
        let hour = ordering("2026-11-22T00:00:00Z", "2026-11-22T01:00:00Z", bounds).unwrap();
        assert_eq!(hour.bytes_per_hour, MOST_OF_AN_HOUR, "and no more than a worker reads in its time");
    }

    #[test]
    fn a_period_that_is_none_or_not_over_or_too_long_is_refused() {
        let bounds = BacktestRules { longest_days: 1, ..BacktestRules::default() };
        for (from, until) in [
            ("2026-11-22T00:00:00Z", "2026-11-22T00:00:00Z"),
            ("2026-11-22T01:00:00Z", "2026-11-22T00:00:00Z"),
            ("2026-11-23T09:00:00Z", "2026-11-23T10:00:01Z"),
            ("2026-11-21T23:59:59Z", "2026-11-22T23:00:01Z"),
        ] {
            let refused = ordering(from, until, bounds).unwrap_err();
            assert_eq!(refused, BacktestRefusal::Period { days: 1 }, "{from} {until}");
        }
        assert!(ordering("2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z", bounds).is_ok());
    }

    #[test]
    fn a_backtest_ends_once_whoever_comes_second() {
        let now = at("2026-11-23T10:00:00Z");
        let outcome = Ok(BacktestOutcome { contents: 10, hits: 1 });
        let ends = [
            ordered().end(outcome, Actor::function("backtester"), now).unwrap(),
            ordered().end(Err(BacktestFailure::PackUnusable), Actor::function("backtester"), now).unwrap(),
            ordered().cancel(person("wang"), now).unwrap(),
        ];
        let told = ["backtest_finished", "backtest_failed", "backtest_cancelled"];
        assert_eq!(ends.each_ref().map(|end| end.event.body.name()), told);
        for end in ends {
            assert_eq!((end.state.version, end.event.version), (2, 2));
            assert_eq!(end.state.clone().cancel(person("zhao"), now).unwrap_err(), BacktestRefusal::Ended);
            assert!(end.state.end(outcome, Actor::function("backtester"), now).is_none());
        }
    }

    #[test]
    fn an_order_comes_back_from_its_text() {
        let backtest = ordered();
        let text = serde_json::to_string(&backtest).unwrap();
        assert_eq!(serde_json::from_str::<Backtest>(&text).unwrap(), backtest);
    }
}
