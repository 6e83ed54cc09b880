use app::ports::{AccountLedger, QualificationCalendar, QualificationDeadline};
use jiff::{SignedDuration, Timestamp};

use super::accounts::registered;
use crate::samples::{self, NOON};

/// Runs every check. Nothing else may be on the calendar.
pub async fn qualification_calendar(calendar: &dyn QualificationCalendar, ledger: &dyn AccountLedger) {
    assert_eq!(calendar.due(in_days(10_000), 10).await.unwrap(), [], "nothing is due at first");
    what_is_approved_is_due_at_its_reminder_and_not_before(calendar, ledger).await;
    the_earliest_comes_first_and_no_more_than_asked_for(calendar, ledger).await;
    what_is_postponed_is_due_later(calendar, ledger).await;
}

fn in_days(days: i64) -> Timestamp {
    NOON + SignedDuration::from_hours(24 * days)
}

/// Stores an account with a licence whose last day is in so many days.
async fn approved(ledger: &dyn AccountLedger, days: i64) -> QualificationDeadline {
    let mut account = registered(ledger).await;
    let account_id = account.account_id;
    let changes = samples::licensing(&mut account, days);
    let qualification_id = account.qualifications[0].qualification_id;
    for change in &changes {
        ledger.save(change).await.unwrap();
    }
    QualificationDeadline { due_at: account.qualifications[0].remind_at, account_id, qualification_id }
}

async fn what_is_approved_is_due_at_its_reminder_and_not_before(
    calendar: &dyn QualificationCalendar,
    ledger: &dyn AccountLedger,
) {
    let deadline = approved(ledger, 100).await;
    let just_before = deadline.due_at - SignedDuration::from_nanos(1);
    assert_eq!(calendar.due(just_before, 10).await.unwrap(), []);
    assert_eq!(calendar.due(deadline.due_at, 10).await.unwrap(), [deadline]);
    for _ in 0..2 {
        calendar.done(&deadline).await.unwrap();
    }
    assert_eq!(calendar.due(deadline.due_at, 10).await.unwrap(), []);
}

async fn the_earliest_comes_first_and_no_more_than_asked_for(
    calendar: &dyn QualificationCalendar,
    ledger: &dyn AccountLedger,
) {
    let mut expected = Vec::new();
    for days in [300, 100, 200] {
        expected.push(approved(ledger, days).await);
    }
    expected.sort();
    assert_eq!(calendar.due(in_days(400), 10).await.unwrap(), expected);
    assert_eq!(calendar.due(in_days(400), 2).await.unwrap(), expected[..2]);
    for deadline in &expected {
        calendar.done(deadline).await.unwrap();
    }
}

async fn what_is_postponed_is_due_later(calendar: &dyn QualificationCalendar, ledger: &dyn AccountLedger) {
    let deadline = approved(ledger, 100).await;
    calendar.postpone(&deadline, in_days(200)).await.unwrap();
    assert_eq!(calendar.due(in_days(199), 10).await.unwrap(), []);
    let later = QualificationDeadline { due_at: in_days(200), ..deadline };
    assert_eq!(calendar.due(in_days(200), 10).await.unwrap(), [later]);
    calendar.done(&later).await.unwrap();
}
