use std::collections::BTreeSet;

use app::ports::{AccountLedger, Admission, GroupRegister, PrincipalRegister, RegisterError, SaveError};
use domain::{
    account::Account, change::Change, group::AccountGroup, id::GroupId, principal::PrincipalKey,
    principal_alias::PrincipalAlias,
};
use futures::future::join_all;
use uuid::Uuid;

use super::{Outbox, accounts::registered};
use crate::samples::{self, NOON};

/// Runs every check.
pub async fn group_register(
    groups: &dyn GroupRegister,
    ledger: &dyn AccountLedger,
    register: &dyn PrincipalRegister,
    outbox: &dyn Outbox,
) {
    a_group_is_stored_with_its_members_and_all_events(groups, ledger, outbox).await;
    groups_are_found_by_their_holder(groups, ledger, register).await;
    of_two_changes_of_a_group_at_once_one_is_stored(groups, ledger).await;
    a_change_of_an_account_that_has_moved_on_is_a_conflict_and_stores_nothing(groups, ledger, outbox).await;
    above_the_threshold_a_registration_needs_a_group(groups, ledger).await;
    a_group_counts_for_whoever_its_holder_turns_out_to_be(groups, ledger, register).await;
}

fn registering(holder: &PrincipalKey, members: &[&Account]) -> (Change<AccountGroup>, Vec<Change<Account>>) {
    let (group_id, actor) = (GroupId::from_uuid(Uuid::now_v7()), samples::platform());
    let joining = members.iter().map(|account| {
        (*account).clone().join_group(group_id, actor.clone(), NOON).unwrap().expect("it is in no group")
    });
    let joining: Vec<Change<Account>> = joining.collect();
    let ids: BTreeSet<_> = members.iter().map(|account| account.account_id).collect();
    let (name, scope) = ("天气矩阵".to_owned(), "各地天气".to_owned());
    (AccountGroup::register(group_id, holder.clone(), name, scope, ids, actor, NOON), joining)
}

async fn a_group_is_stored_with_its_members_and_all_events(
    groups: &dyn GroupRegister,
    ledger: &dyn AccountLedger,
    outbox: &dyn Outbox,
) {
    let (a, b) = (registered(ledger).await, registered(ledger).await);
    let (change, joining) = registering(&a.principal_key, &[&a, &b]);
    let group_id = change.state.group_id;
    assert_eq!(groups.group(group_id).await.unwrap(), None);
    groups.save(&change, &joining).await.unwrap();
    assert_eq!(groups.group(group_id).await.unwrap(), Some(change.state.clone()));
    assert_eq!(outbox.events_of(&group_id.to_string()).await, [change.event]);
    for joined in joining {
        let account_id = joined.state.account_id;
        assert_eq!(ledger.load(account_id).await.unwrap(), Some(joined.state));
        assert_eq!(outbox.events_of(&account_id.to_string()).await.last(), Some(&joined.event));
    }
}

async fn groups_are_found_by_their_holder(
    groups: &dyn GroupRegister,
    ledger: &dyn AccountLedger,
    register: &dyn PrincipalRegister,
) {
    let holder = registered(ledger).await.principal_key;
    assert_eq!(groups.groups_of(&holder).await.unwrap(), []);
    let mut expected = Vec::new();
    for _ in 0..2 {
        let (change, _) = registering(&holder, &[]);
        groups.save(&change, &[]).await.unwrap();
        expected.push(change.state.group_id);
    }
    assert_eq!(groups.groups_of(&holder).await.unwrap(), expected);
    let canonical = samples::principal();
    let alias = PrincipalAlias {
        alias: holder,
        canonical: canonical.clone(),
        reason: "同一主体".to_owned(),
        linked_by: samples::reviewer("lead"),
        linked_at: NOON,
    };
    register.link(&alias).await.unwrap();
    assert_eq!(groups.groups_of(&canonical).await.unwrap(), expected);
}

async fn of_two_changes_of_a_group_at_once_one_is_stored(groups: &dyn GroupRegister, ledger: &dyn AccountLedger) {
    let (a, b) = (registered(ledger).await, registered(ledger).await);
    let (change, _) = registering(&a.principal_key, &[]);
    groups.save(&change, &[]).await.unwrap();
    let adding = [a, b].map(|account| {
        let id = BTreeSet::from([account.account_id]);
        change.state.clone().add(&id, samples::platform(), NOON).unwrap().unwrap()
    });
    let results = join_all(adding.iter().map(|change| groups.save(change, &[]))).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
}

async fn a_change_of_an_account_that_has_moved_on_is_a_conflict_and_stores_nothing(
    groups: &dyn GroupRegister,
    ledger: &dyn AccountLedger,
    outbox: &dyn Outbox,
) {
    let account = registered(ledger).await;
    let (first, joining) = registering(&account.principal_key, &[&account]);
    groups.save(&first, &joining).await.unwrap();
    let (second, joining) = registering(&account.principal_key, &[&account]);
    let refused = groups.save(&second, &joining).await;
    assert!(matches!(refused, Err(SaveError::VersionConflict)), "{refused:?}");
    assert_eq!(groups.group(second.state.group_id).await.unwrap(), None);
    assert_eq!(outbox.events_of(&second.state.group_id.to_string()).await, []);
}

async fn registers(ledger: &dyn AccountLedger, principal: &PrincipalKey, cap: u32) -> Result<(), RegisterError> {
    let change = samples::account().of(principal).registering();
    let admission = Admission { presented: principal.clone(), cap, group_above: 2 };
    ledger.register(&change, &admission).await
}

async fn above_the_threshold_a_registration_needs_a_group(groups: &dyn GroupRegister, ledger: &dyn AccountLedger) {
    let holder = samples::principal();
    for _ in 0..2 {
        registers(ledger, &holder, 5).await.unwrap();
    }
    let refused = registers(ledger, &holder, 5).await;
    assert!(matches!(refused, Err(RegisterError::GroupRequired)), "{refused:?}");
    let refused = registers(ledger, &holder, 2).await;
    assert!(matches!(refused, Err(RegisterError::QuotaExceeded)), "a group would not help: {refused:?}");
    let (change, _) = registering(&holder, &[]);
    groups.save(&change, &[]).await.unwrap();
    for _ in 0..3 {
        registers(ledger, &holder, 5).await.unwrap();
    }
    let refused = registers(ledger, &holder, 5).await;
    assert!(matches!(refused, Err(RegisterError::QuotaExceeded)), "{refused:?}");
}

async fn a_group_counts_for_whoever_its_holder_turns_out_to_be(
    groups: &dyn GroupRegister,
    ledger: &dyn AccountLedger,
    register: &dyn PrincipalRegister,
) {
    let (holder, canonical) = (samples::principal(), samples::principal());
    let (change, _) = registering(&holder, &[]);
    groups.save(&change, &[]).await.unwrap();
    for _ in 0..2 {
        registers(ledger, &canonical, 5).await.unwrap();
    }
    let alias = PrincipalAlias {
        alias: holder,
        canonical: canonical.clone(),
        reason: "同一主体".to_owned(),
        linked_by: samples::reviewer("lead"),
        linked_at: NOON,
    };
    register.link(&alias).await.unwrap();
    registers(ledger, &canonical, 5).await.unwrap();
}
