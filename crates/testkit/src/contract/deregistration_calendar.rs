use app::ports::{AccountLedger, Deadline, DeregistrationCalendar};
use domain::account::Account;
use jiff::{SignedDuration, Timestamp};

use super::accounts::registered;
use crate::samples::{self, NOON};

/// Runs every check. Nothing else may be on the calendar.
pub async fn deregistration_calendar(calendar: &dyn DeregistrationCalendar, ledger: &dyn AccountLedger) {
    nobody_is_due_at_first(calendar).await;
    whoever_asks_to_leave_is_due_when_the_time_is_over_and_not_before(calendar, ledger).await;
    the_earliest_comes_first_and_no_more_than_asked_for(calendar, ledger).await;
    what_is_postponed_is_due_later(calendar, ledger).await;
}

fn in_days(days: i64) -> Timestamp {
    NOON + SignedDuration::from_hours(24 * days)
}

async fn leaving(ledger: &dyn AccountLedger, days: u32) -> (Account, Deadline) {
    let account = registered(ledger).await;
    let change = account.request_deregistration(days, samples::platform(), NOON).unwrap().unwrap();
    ledger.save(&change).await.unwrap();
    let deadline = Deadline { due_at: in_days(i64::from(days)), account_id: change.state.account_id };
    (change.state, deadline)
}

async fn nobody_is_due_at_first(calendar: &dyn DeregistrationCalendar) {
    assert_eq!(calendar.due(in_days(1_000), 10).await.unwrap(), []);
}

async fn whoever_asks_to_leave_is_due_when_the_time_is_over_and_not_before(
    calendar: &dyn DeregistrationCalendar,
    ledger: &dyn AccountLedger,
) {
    let (_, deadline) = leaving(ledger, 15).await;
    let just_before = deadline.due_at - SignedDuration::from_nanos(1);
    assert_eq!(calendar.due(just_before, 10).await.unwrap(), []);
    assert_eq!(calendar.due(deadline.due_at, 10).await.unwrap(), [deadline]);
    for _ in 0..2 {
        calendar.done(&deadline).await.unwrap();
    }
    assert_eq!(calendar.due(deadline.due_at, 10).await.unwrap(), []);
}

async fn the_earliest_comes_first_and_no_more_than_asked_for(
    calendar: &dyn DeregistrationCalendar,
    ledger: &dyn AccountLedger,
) {
    let mut expected = Vec::new();
    for days in [30, 10, 20] {
        expected.push(leaving(ledger, days).await.1);
    }
    expected.sort();
    assert_eq!(calendar.due(in_days(40), 10).await.unwrap(), expected);
    assert_eq!(calendar.due(in_days(40), 2).await.unwrap(), expected[..2]);
    for deadline in &expected {
        calendar.done(deadline).await.unwrap();
    }
}

async fn what_is_postponed_is_due_later(calendar: &dyn DeregistrationCalendar, ledger: &dyn AccountLedger) {
    let (_, deadline) = leaving(ledger, 15).await;
    calendar.postpone(&deadline, in_days(16)).await.unwrap();
    assert_eq!(calendar.due(in_days(15), 10).await.unwrap(), []);
    let later = Deadline { due_at: in_days(16), ..deadline };
    assert_eq!(calendar.due(in_days(16), 10).await.unwrap(), [later]);
    calendar.done(&later).await.unwrap();
}
