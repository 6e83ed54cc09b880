//! Account groups beside registrations and each other (R7.3).

use std::collections::BTreeSet;

use app::{error::AppError, grouping::RegisterGroup};
use domain::{group::GroupRefusal, id::AccountId, settings::Settings};
use futures::future::join_all;
use testkit::{When, samples};

use crate::world::{Delivery, World, operation_id, until_done};

fn group(operation: u128, holder: AccountId, members: BTreeSet<AccountId>) -> RegisterGroup {
    RegisterGroup {
        operation_id: operation_id(operation),
        holder,
        name: "天气矩阵".to_owned(),
        scope: "各地天气预报".to_owned(),
        members,
        actor: samples::platform(),
    }
}

/// A world in which a person may hold ten accounts, two of them without a group.
fn world() -> World {
    let world = World::new(Delivery::InOrder);
    let mut settings = Settings { version: 2, ..Settings::default() };
    (settings.account_caps.individual, settings.groups.required_above) = (10, 2);
    world.twins.settings.put_in_force(settings);
    world
}

#[tokio::test]
async fn above_the_threshold_fifty_registrations_wait_for_a_group_and_then_keep_to_the_cap() {
    let world = world();
    let answers = join_all((1..=50).map(|operation| world.register(operation))).await;
    let accepted: Vec<AccountId> = answers.iter().flatten().map(|account| account.account_id).collect();
    let refused = answers.iter().filter(|answer| matches!(answer, Err(AppError::GroupRequired { above: 2 }))).count();
    assert_eq!((accepted.len(), refused), (2, 48));
    world.grouping.register(group(60, accepted[0], accepted.iter().copied().collect())).await.unwrap();
    let answers = join_all((61..=110).map(|operation| world.register(operation))).await;
    let refused = answers.iter().filter(|answer| matches!(answer, Err(AppError::QuotaExceeded { cap: 10 }))).count();
    assert_eq!((answers.iter().flatten().count(), refused), (8, 42));
}

#[tokio::test]
async fn accounts_that_join_at_once_are_all_in_and_each_is_in_one_group() {
    let world = world();
    let holder = world.register(1).await.unwrap().account_id;
    let first = world.grouping.register(group(2, holder, BTreeSet::from([holder]))).await.unwrap().group_id;
    let second = world.grouping.register(group(3, holder, BTreeSet::new())).await.unwrap().group_id;
    let mut accounts = BTreeSet::new();
    for operation in 4..12 {
        accounts.insert(world.register(operation).await.unwrap().account_id);
    }
    let platform = samples::platform();
    let joining = accounts
        .iter()
        .map(async |account_id| world.grouping.add(first, &BTreeSet::from([*account_id]), &platform).await.map(drop));
    assert!(join_all(joining).await.iter().all(Result::is_ok));
    let refused = world.grouping.add(second, &accounts, &platform).await.unwrap_err();
    assert!(matches!(refused, AppError::Group(GroupRefusal::InAnotherGroup)), "{refused:?}");

    let gone = world.grouping.remove(first, &accounts, &platform).await.unwrap();
    assert_eq!(gone.members, BTreeSet::from([holder]));
    assert!(
        world.twins.accounts.all().iter().all(|account| account.group_id.is_none() || account.account_id == holder)
    );
    world.grouping.add(second, &accounts, &platform).await.expect("they are free");
    let found: BTreeSet<_> =
        world.grouping.of_holder(holder).await.unwrap().into_iter().map(|group| group.group_id).collect();
    assert_eq!(found, BTreeSet::from([first, second]), "found by any account of the holder");
}

#[tokio::test]
async fn a_crash_between_any_two_calls_of_a_group_leaves_the_same_state() {
    async fn story(world: &mut World) {
        let holder = until_done(async || world.register(1).await).await.account_id;
        let other = until_done(async || world.register(2).await).await.account_id;
        let command = group(3, holder, BTreeSet::from([holder]));
        let made = until_done(async || world.grouping.register(command.clone()).await).await.group_id;
        let (others, platform) = (BTreeSet::from([other]), samples::platform());
        until_done(async || world.grouping.add(made, &others, &platform).await).await;
        until_done(async || world.grouping.remove(made, &others, &platform).await).await;
        world.pump().await;
    }
    let mut calm = world();
    story(&mut calm).await;
    let (calls, expected) = (calm.twins.faults.calls(), calm.lasting_state());
    assert!(calls > 15, "the story makes {calls} calls");
    for when in [When::Before, When::After] {
        for call in 1..=calls {
            let mut world = world();
            world.twins.faults.strike(call, when);
            story(&mut world).await;
            assert_eq!(world.lasting_state(), expected, "call {call} failed {when:?} its effect");
        }
    }
}
