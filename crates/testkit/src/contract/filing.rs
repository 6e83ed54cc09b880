use app::ports::{AccountLedger, FilingBook, SaveError};
use domain::{
    actor::Actor,
    filing::{FilingStep, Month},
};

use super::accounts::registered;
use crate::samples::NOON;

/// The contract of [`FilingBook`] with the ledger that writes it.
///
/// # Panics
/// When they break it.
pub async fn filing_book(ledger: &dyn AccountLedger, book: &dyn FilingBook) {
    let account = registered(ledger).await;
    let account_id = account.account_id;
    let month = Month::of(NOON);
    let rows = async || {
        let rows = book.rows(month, 1_000).await.unwrap().unwrap();
        rows.into_iter().filter(|row| row.account_id == account_id).collect::<Vec<_>>()
    };
    assert!(rows().await.is_empty(), "who is not verified is not filed");
    let verified = account.verify(Actor::function("registration-verifier"), NOON).unwrap();
    ledger.save(&verified).await.unwrap();
    let filed = rows().await;
    assert_eq!((filed.len(), filed[0].step), (1, FilingStep::Filed));
    assert_eq!((filed[0].event_id, filed[0].at), (verified.event.event_id, verified.event.occurred_at));
    // What was not stored is not filed, and what was stored is filed once.
    assert!(matches!(ledger.save(&verified).await, Err(SaveError::VersionConflict)));
    assert_eq!(rows().await, filed);
    let another = Month::parse("2001-01").unwrap();
    assert!(book.rows(another, 10).await.unwrap().unwrap().is_empty());
    assert_eq!(book.rows(month, 0).await.unwrap(), None, "more than asked for is said and not cut");
}
