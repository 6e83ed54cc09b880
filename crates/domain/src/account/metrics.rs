//! What the platform counts of an account, and the grade that follows (R7.2).

use jiff::{Timestamp, ToSpan as _};

use super::Account;
use crate::{
    actor::Actor,
    change::Change,
    comment_duty::day_of,
    event::EventBody,
    grade::{AccountClass, Grade},
    metrics::Metrics,
    settings::Grading,
};

/// A period that is under way may be counted before its last day. Further ahead is a slip of the pen, and would keep every count
/// out that follows.
const MOST_AHEAD: i32 = 31;

/// Counts that were not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MetricsRefusal {
    /// These very counts are on record: a copy.
    #[error("the counts of this period are on record")]
    Known,
    /// Later counts are on record, or others of the same period: the record never goes back.
    #[error("a later period is on record, or other counts of this one")]
    Passed,
    /// Nothing after it could be counted until then.
    #[error("the period ends more than a month from now")]
    Ahead,
}

impl Account {
    /// Takes the counts of a period; the account may move to another grade.
    ///
    /// # Errors
    /// When the record is as far as that already.
    pub fn record_metrics(
        mut self,
        metrics: Metrics,
        grading: &Grading,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, MetricsRefusal> {
        let today = day_of(now);
        if metrics.period > today.checked_add(MOST_AHEAD.days()).unwrap_or(today) {
            return Err(MetricsRefusal::Ahead);
        }
        match self.metrics {
            Some(known) if known == metrics => return Err(MetricsRefusal::Known),
            Some(known) if known.period >= metrics.period => return Err(MetricsRefusal::Passed),
            _ => {}
        }
        let from = self.grade;
        let to: Grade = grading.grade(AccountClass::of(self.principal_kind), from, &metrics);
        self.metrics = Some(metrics);
        self.grade = to;
        let account_id = self.account_id;
        let body = if from == to {
            EventBody::MetricsRecorded { account_id, metrics }
        } else {
            EventBody::GradeChanged { account_id, metrics, from, to }
        };
        Ok(self.changed(body, actor, now))
    }
}
