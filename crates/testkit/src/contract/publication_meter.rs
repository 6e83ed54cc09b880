use app::ports::{AccountLedger, PublicationHour, PublicationMeter};
use futures::future::join_all;
use jiff::SignedDuration;

use super::accounts::registered;
use crate::samples::{self, NOON};

/// Runs every check.
pub async fn publication_meter(meter: &dyn PublicationMeter, ledger: &dyn AccountLedger) {
    an_account_has_published_nothing_at_first(meter, ledger).await;
    what_is_counted_in_an_hour_is_read_with_the_account(meter, ledger).await;
    a_new_hour_begins_at_nothing_and_an_old_one_does_not_come_back(meter, ledger).await;
    nothing_is_lost_between_counts_at_once(meter, ledger).await;
    a_hundred_accounts_are_read_together(meter, ledger).await;
}

fn hour(later: i64) -> PublicationHour {
    PublicationHour::of(NOON + SignedDuration::from_hours(later))
}

async fn an_account_has_published_nothing_at_first(meter: &dyn PublicationMeter, ledger: &dyn AccountLedger) {
    let (account, unknown) = (registered(ledger).await, samples::account().pending());
    let read = meter.accounts(&[account.account_id, unknown.account_id], hour(0)).await.unwrap();
    assert_eq!(read, [(account, 0)]);
    assert_eq!(meter.accounts(&[], hour(0)).await.unwrap(), []);
}

async fn what_is_counted_in_an_hour_is_read_with_the_account(meter: &dyn PublicationMeter, ledger: &dyn AccountLedger) {
    let account = registered(ledger).await;
    for (more, sum) in [(1, 1), (3, 4)] {
        meter.count(account.account_id, hour(0), more).await.unwrap();
        assert_eq!(meter.accounts(&[account.account_id], hour(0)).await.unwrap(), [(account.clone(), sum)]);
    }
}

async fn a_new_hour_begins_at_nothing_and_an_old_one_does_not_come_back(
    meter: &dyn PublicationMeter,
    ledger: &dyn AccountLedger,
) {
    let account = registered(ledger).await;
    let counted = async |at| meter.accounts(&[account.account_id], at).await.unwrap()[0].1;
    meter.count(account.account_id, hour(0), 5).await.unwrap();
    assert_eq!(counted(hour(1)).await, 0);
    meter.count(account.account_id, hour(1), 2).await.unwrap();
    meter.count(account.account_id, hour(0), 1).await.unwrap();
    assert_eq!(counted(hour(1)).await, 2);
}

async fn nothing_is_lost_between_counts_at_once(meter: &dyn PublicationMeter, ledger: &dyn AccountLedger) {
    let account = registered(ledger).await;
    let counts = join_all((0..10).map(|_| meter.count(account.account_id, hour(0), 1))).await;
    assert!(counts.iter().all(Result::is_ok), "{counts:?}");
    assert_eq!(meter.accounts(&[account.account_id], hour(0)).await.unwrap()[0].1, 10);
}

async fn a_hundred_accounts_are_read_together(meter: &dyn PublicationMeter, ledger: &dyn AccountLedger) {
    let accounts = join_all((0..100).map(|_| registered(ledger))).await;
    let last = accounts[99].account_id;
    meter.count(last, hour(0), 7).await.unwrap();
    let ids: Vec<_> = accounts.iter().map(|account| account.account_id).collect();
    let read = meter.accounts(&ids, hour(0)).await.unwrap();
    assert_eq!(read.len(), 100);
    assert!(read.iter().all(|(account, count)| *count == if account.account_id == last { 7 } else { 0 }));
}
