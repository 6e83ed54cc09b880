use app::ports::{AccountLedger, Admission, RegisterError, RenameError, SaveError};
use domain::{
    account::{Account, RejectionReason},
    actor::Actor,
    change::Change,
    display_name::NameSkeleton,
    id::ProfileChangeId,
    public_profile::{Fate, PublicProfile},
};
use futures::future::join_all;

use super::Outbox;
use crate::samples::{self, NOON};

const CAP: u32 = 2;

/// Runs every check.
pub async fn account_ledger(ledger: &dyn AccountLedger, outbox: &dyn Outbox) {
    what_was_registered_is_loaded_with_its_event(ledger, outbox).await;
    an_unknown_account_is_none(ledger).await;
    only_the_accounts_that_exist_are_loaded_together(ledger).await;
    a_principal_registers_up_to_its_cap_and_no_further(ledger, outbox).await;
    registrations_at_once_never_pass_the_cap_together(ledger).await;
    a_second_try_of_a_registration_finds_it_even_at_the_cap(ledger, outbox).await;
    a_change_is_stored_with_its_event(ledger, outbox).await;
    a_change_of_an_older_version_is_a_conflict_and_stores_nothing(ledger, outbox).await;
    of_two_changes_at_once_one_is_stored(ledger, outbox).await;
    a_change_of_an_account_that_does_not_exist_is_a_conflict(ledger).await;
    a_name_is_carried_by_one_account(ledger, outbox).await;
    of_two_registrations_of_one_name_at_once_one_is_stored(ledger).await;
    a_rejection_gives_the_place_back(ledger).await;
    a_rejection_gives_the_name_back(ledger).await;
    a_conflict_gives_no_place_back(ledger).await;
    a_change_of_name_takes_the_new_one_and_gives_the_old_one_back(ledger, outbox).await;
    of_two_changes_to_one_name_at_once_one_is_stored(ledger).await;
}

/// Of a principal who presents the document that it is known by.
fn within(change: &Change<Account>, cap: u32) -> Admission {
    Admission { presented: change.state.principal_key.clone(), cap, group_above: u32::MAX }
}

fn verified(account: Account) -> Change<Account> {
    account.verify(Actor::function("registration-verifier"), NOON).unwrap()
}

fn rejected(account: Account) -> Change<Account> {
    account.reject(RejectionReason::IdentityMismatch, Actor::function("registration-verifier"), NOON).unwrap()
}

pub(super) async fn registered(ledger: &dyn AccountLedger) -> Account {
    let change = samples::account().registering();
    ledger.register(&change, &within(&change, CAP)).await.unwrap();
    change.state
}

async fn what_was_registered_is_loaded_with_its_event(ledger: &dyn AccountLedger, outbox: &dyn Outbox) {
    let change = samples::account().registering();
    ledger.register(&change, &within(&change, CAP)).await.unwrap();
    assert_eq!(ledger.load(change.state.account_id).await.unwrap(), Some(change.state.clone()));
    assert_eq!(outbox.events_of(&change.state.account_id.to_string()).await, [change.event]);
}

async fn an_unknown_account_is_none(ledger: &dyn AccountLedger) {
    assert_eq!(ledger.load(samples::account().pending().account_id).await.unwrap(), None);
}

async fn only_the_accounts_that_exist_are_loaded_together(ledger: &dyn AccountLedger) {
    let (a, b, unknown) = (registered(ledger).await, registered(ledger).await, samples::account().pending());
    let mut loaded = ledger.load_many(&[a.account_id, unknown.account_id, b.account_id]).await.unwrap();
    loaded.sort_by_key(|account| account.account_id);
    let mut expected = [a, b];
    expected.sort_by_key(|account| account.account_id);
    assert_eq!(loaded, expected);
    assert_eq!(ledger.load_many(&[]).await.unwrap(), []);
    let many: Vec<_> = (0..100).map(|_| samples::account().pending().account_id).collect();
    assert_eq!(ledger.load_many(&many).await.unwrap(), []);
}

async fn a_principal_registers_up_to_its_cap_and_no_further(ledger: &dyn AccountLedger, outbox: &dyn Outbox) {
    let principal = samples::principal();
    for _ in 0..CAP {
        let change = samples::account().of(&principal).registering();
        ledger.register(&change, &within(&change, CAP)).await.unwrap();
    }
    let change = samples::account().of(&principal).registering();
    assert!(matches!(ledger.register(&change, &within(&change, CAP)).await, Err(RegisterError::QuotaExceeded)));
    assert_eq!(ledger.load(change.state.account_id).await.unwrap(), None);
    assert_eq!(outbox.events_of(&change.state.account_id.to_string()).await, []);
}

async fn registrations_at_once_never_pass_the_cap_together(ledger: &dyn AccountLedger) {
    let principal = samples::principal();
    let changes: Vec<_> = (0..5).map(|_| samples::account().of(&principal).registering()).collect();
    let register = async |change: &Change<Account>| ledger.register(change, &within(change, CAP)).await;
    let results = join_all(changes.iter().map(register)).await;
    let stored = results.iter().filter(|result| result.is_ok()).count();
    assert!(stored <= CAP as usize, "{stored} registrations passed a cap of {CAP}");
    for (change, result) in changes.iter().zip(&results) {
        let loaded = ledger.load(change.state.account_id).await.unwrap();
        assert_eq!(loaded.is_some(), result.is_ok());
    }
}

async fn a_second_try_of_a_registration_finds_it_even_at_the_cap(ledger: &dyn AccountLedger, outbox: &dyn Outbox) {
    let change = samples::account().registering();
    ledger.register(&change, &within(&change, 1)).await.unwrap();
    assert!(matches!(ledger.register(&change, &within(&change, 1)).await, Err(RegisterError::Exists)));
    assert_eq!(outbox.events_of(&change.state.account_id.to_string()).await.len(), 1);
}

async fn a_change_is_stored_with_its_event(ledger: &dyn AccountLedger, outbox: &dyn Outbox) {
    let account = registered(ledger).await;
    let change = verified(account);
    ledger.save(&change).await.unwrap();
    assert_eq!(ledger.load(change.state.account_id).await.unwrap(), Some(change.state.clone()));
    let events = outbox.events_of(&change.state.account_id.to_string()).await;
    assert_eq!(events.len(), 2);
    assert_eq!(events[1], change.event);
}

async fn a_change_of_an_older_version_is_a_conflict_and_stores_nothing(
    ledger: &dyn AccountLedger,
    outbox: &dyn Outbox,
) {
    let account = registered(ledger).await;
    let first = verified(account.clone());
    ledger.save(&first).await.unwrap();
    assert!(matches!(ledger.save(&rejected(account.clone())).await, Err(SaveError::VersionConflict)));
    assert!(matches!(ledger.save_and_release(&rejected(account)).await, Err(SaveError::VersionConflict)));
    assert_eq!(ledger.load(first.state.account_id).await.unwrap(), Some(first.state.clone()));
    assert_eq!(outbox.events_of(&first.state.account_id.to_string()).await.len(), 2);
}

async fn of_two_changes_at_once_one_is_stored(ledger: &dyn AccountLedger, outbox: &dyn Outbox) {
    let account = registered(ledger).await;
    let (yes, no) = (verified(account.clone()), rejected(account.clone()));
    let results = join_all([ledger.save(&yes), ledger.save(&no)]).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    assert_eq!(outbox.events_of(&account.account_id.to_string()).await.len(), 2);
}

async fn a_change_of_an_account_that_does_not_exist_is_a_conflict(ledger: &dyn AccountLedger) {
    let change = verified(samples::account().pending());
    assert!(matches!(ledger.save(&change).await, Err(SaveError::VersionConflict)));
    assert_eq!(ledger.load(change.state.account_id).await.unwrap(), None);
}

async fn a_name_is_carried_by_one_account(ledger: &dyn AccountLedger, outbox: &dyn Outbox) {
    let first = samples::account().registering();
    ledger.register(&first, &within(&first, CAP)).await.unwrap();
    let principal = samples::principal();
    let dressed = format!("{}官方", first.state.display_name);
    let second = samples::account().named(&dressed).of(&principal).registering();
    assert!(matches!(ledger.register(&second, &within(&second, 1)).await, Err(RegisterError::NameTaken)));
    assert_eq!(ledger.load(second.state.account_id).await.unwrap(), None);
    assert_eq!(outbox.events_of(&second.state.account_id.to_string()).await, []);
    // What was refused has taken no place either.
    let third = samples::account().of(&principal).registering();
    ledger.register(&third, &within(&third, 1)).await.unwrap();
}

async fn of_two_registrations_of_one_name_at_once_one_is_stored(ledger: &dyn AccountLedger) {
    let name = samples::account().pending().display_name;
    let changes = [(); 2].map(|()| samples::account().named(&name).registering());
    let results =
        join_all(changes.each_ref().map(async |change| ledger.register(change, &within(change, CAP)).await)).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
}

async fn a_rejection_gives_the_name_back(ledger: &dyn AccountLedger) {
    let first = samples::account().registering();
    ledger.register(&first, &within(&first, CAP)).await.unwrap();
    let name = first.state.display_name.clone();
    ledger.save_and_release(&rejected(first.state)).await.unwrap();
    let second = samples::account().named(&name).registering();
    ledger.register(&second, &within(&second, CAP)).await.unwrap();
}

async fn a_rejection_gives_the_place_back(ledger: &dyn AccountLedger) {
    let principal = samples::principal();
    let first = samples::account().of(&principal).registering();
    ledger.register(&first, &within(&first, 1)).await.unwrap();
    ledger.save_and_release(&rejected(first.state)).await.unwrap();
    let second = samples::account().of(&principal).registering();
    ledger.register(&second, &within(&second, 1)).await.unwrap();
}

async fn a_conflict_gives_no_place_back(ledger: &dyn AccountLedger) {
    let principal = samples::principal();
    let first = samples::account().of(&principal).registering();
    ledger.register(&first, &within(&first, 1)).await.unwrap();
    ledger.save(&verified(first.state.clone())).await.unwrap();
    assert!(matches!(ledger.save_and_release(&rejected(first.state)).await, Err(SaveError::VersionConflict)));
    let second = samples::account().of(&principal).registering();
    assert!(matches!(ledger.register(&second, &within(&second, 1)).await, Err(RegisterError::QuotaExceeded)));
}

/// The change that gives the account that name, with the names that it held before.
fn renamed(account: &Account, name: &str) -> (Change<Account>, Vec<NameSkeleton>) {
    let proposed = PublicProfile { display_name: samples::display_name(name), ..account.public_profile() };
    let (id, actor) = (ProfileChangeId::at(NOON), samples::platform());
    let change = account.clone().change_profile(id, proposed, vec![], Fate::Apply, actor, NOON);
    (change.unwrap().unwrap(), account.names_held())
}

async fn a_change_of_name_takes_the_new_one_and_gives_the_old_one_back(
    ledger: &dyn AccountLedger,
    outbox: &dyn Outbox,
) {
    let (account, other) = (registered(ledger).await, registered(ledger).await);
    let (old, fresh) = (account.display_name.clone(), samples::account().pending().display_name);
    let (stolen, before) = renamed(&account, &other.display_name);
    let refused = ledger.save_with_names(&stolen, &before).await;
    assert!(matches!(refused, Err(RenameError::NameTaken)), "{refused:?}");
    assert_eq!(ledger.load(account.account_id).await.unwrap(), Some(account.clone()));

    let (change, before) = renamed(&account, &fresh);
    ledger.save_with_names(&change, &before).await.unwrap();
    assert_eq!(ledger.load(account.account_id).await.unwrap(), Some(change.state.clone()));
    let again = ledger.save_with_names(&change, &before).await;
    assert!(matches!(again, Err(RenameError::VersionConflict)), "{again:?}");
    let events = outbox.events_of(&account.account_id.to_string()).await;
    assert_eq!((events.len(), &events[1]), (2, &change.event));
    // The old name is free, the new one is not; the same name spelt otherwise is no other.
    let (theirs, before) = renamed(&other, &fresh);
    assert!(matches!(ledger.save_with_names(&theirs, &before).await, Err(RenameError::NameTaken)));
    let (theirs, before) = renamed(&other, &old);
    ledger.save_with_names(&theirs, &before).await.unwrap();
    let (spelt, before) = renamed(&change.state, &format!("{fresh} 官方"));
    ledger.save_with_names(&spelt, &before).await.unwrap();
}

async fn of_two_changes_to_one_name_at_once_one_is_stored(ledger: &dyn AccountLedger) {
    let (one, other) = (registered(ledger).await, registered(ledger).await);
    let fresh = samples::account().pending().display_name;
    let changes = [renamed(&one, &fresh), renamed(&other, &fresh)];
    let results = join_all(changes.iter().map(|(change, before)| ledger.save_with_names(change, before))).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    assert!(results.iter().any(|result| matches!(result, Err(RenameError::NameTaken))), "{results:?}");
}
