//! Filing with the office (R7.1, R7.3): what became of an account, as a row that is written once and never changes. A
//! correction is another row.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    account::{Account, AccountStatus},
    change::Change,
    comment_duty::day_of,
    event::EventBody,
    grade::{AccountClass, Grade},
    id::{AccountId, EventId, GroupId},
    principal::PrincipalKind,
};

/// A month on the calendar of Asia/Shanghai: `2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    first: Date,
}

impl Month {
    /// The month of `moment`.
    #[must_use]
    pub fn of(moment: Timestamp) -> Self {
        Self { first: day_of(moment).first_of_month() }
    }

    /// `2026-11`, and no other way to write it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let first: Date = format!("{text}-01").parse().ok()?;
        let month = Self { first };
        (month.name() == text).then_some(month)
    }

    #[must_use]
    pub fn name(self) -> String {
        format!("{:04}-{:02}", self.first.year(), self.first.month())
    }

    /// Whether no moment of it is to come.
    #[must_use]
    pub fn is_over(self, now: Timestamp) -> bool {
        self < Self::of(now)
    }
}

/// What a row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilingStep {
    /// The account is verified: it is filed for the first time.
    Filed,
    /// Something of what was filed is another now.
    Corrected,
    /// The account is closed.
    Withdrawn,
}

/// What is filed of an account at a step: nothing that only its identity tells, but for the province.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilingRow {
    /// Names the row: the event that made it.
    pub event_id: EventId,
    pub at: Timestamp,
    pub step: FilingStep,
    pub account_id: AccountId,
    /// The first two digits of the region in the principal's document (GB/T 2260); none where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
    pub display_name: String,
    pub principal_kind: PrincipalKind,
    pub class: AccountClass,
    pub grade: Grade,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<GroupId>,
}

impl FilingRow {
    /// The row that a change of an account makes, if it makes one: between its verification and its closing.
    #[must_use]
    pub fn of(change: &Change<Account>) -> Option<Self> {
        let account = &change.state;
        let is_filed = match account.status {
            AccountStatus::Active => true,
            AccountStatus::Deregistering | AccountStatus::Closed => {
                account.deregistration.as_ref().is_some_and(|leaving| leaving.from == AccountStatus::Active)
            }
            _ => false,
        };
        let step = match &change.event.body {
            _ if !is_filed => return None,
            EventBody::AccountVerified { .. } => FilingStep::Filed,
            EventBody::AccountClosed { .. } => FilingStep::Withdrawn,
            // It is on file no more.
            _ if account.status == AccountStatus::Closed => return None,
            EventBody::ProfileChanged { .. } | EventBody::GradeChanged { .. } | EventBody::AccountGrouped { .. } => {
                FilingStep::Corrected
            }
            _ => return None,
        };
        Some(Self {
            event_id: change.event.event_id,
            at: change.event.occurred_at,
            step,
            account_id: account.account_id,
            province: account.province.clone(),
            display_name: account.display_name.clone(),
            principal_kind: account.principal_kind,
            class: AccountClass::of(account.principal_kind),
            grade: account.grade,
            group_id: account.group_id,
        })
    }

    #[must_use]
    pub fn month(&self) -> Month {
        Month::of(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_one_of_the_calendar_in_shanghai() {
        let eve: Timestamp = "2026-11-30T15:59:59Z".parse().unwrap();
        let first: Timestamp = "2026-11-30T16:00:00Z".parse().unwrap();
        assert_eq!((Month::of(eve).name(), Month::of(first).name()), ("2026-11".to_owned(), "2026-12".to_owned()));
        let november = Month::parse("2026-11").unwrap();
        assert!(!november.is_over(eve) && november.is_over(first));
        for odd in ["2026-13", "2026-1", "26-11", "2026-11-01", "", "2026-00"] {
            assert_eq!(Month::parse(odd), None, "{odd}");
        }
    }
}
