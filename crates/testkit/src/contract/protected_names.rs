use app::ports::{ProtectedNameShelf, ProtectedNames, SaveError};
use domain::{
    change::Change,
    display_name::NameSkeleton,
    principal::PrincipalKind,
    protected_name::{ListInForce, ProtectedName},
};

use super::Outbox;
use crate::samples::{self, NOON};

/// Runs every check. No list is in force when it begins, and no other test has the table.
pub async fn protected_names(names: &dyn ProtectedNames, shelf: &dyn ProtectedNameShelf, outbox: &dyn Outbox) {
    before_the_first_list_nothing_is_protected(names, shelf).await;
    what_is_laid_out_is_found_when_it_is_in_force(names, shelf, outbox).await;
    a_new_list_takes_the_place_of_the_old_one_whole(names, shelf).await;
    a_list_that_follows_another_is_a_conflict_and_changes_nothing(names, shelf, outbox).await;
    a_list_of_thousands_is_stored_and_taken_away(names, shelf).await;
    as_many_are_looked_up_as_a_name_can_ask_for(names, shelf).await;
}

fn skeletons(names: &[ProtectedName]) -> Vec<NameSkeleton> {
    names.iter().map(|name| name.skeleton.clone()).collect()
}

async fn found(names: &dyn ProtectedNames, wanted: &[ProtectedName]) -> Vec<String> {
    let mut found: Vec<String> =
        names.among(&skeletons(wanted)).await.unwrap().into_iter().map(|found| found.name).collect();
    found.sort();
    found
}

fn hash(version: u32) -> String {
    format!("{version:064x}")
}

async fn change(shelf: &dyn ProtectedNameShelf, version: u32, names: usize) -> Change<ListInForce> {
    let before = shelf.in_force().await.unwrap();
    ListInForce::follow(version, (&hash(version), names), before.as_ref(), samples::platform(), NOON).unwrap()
}

/// Lays the list out and puts it in force.
async fn put(shelf: &dyn ProtectedNameShelf, version: u32, list: &[ProtectedName]) -> Change<ListInForce> {
    let follows = shelf.in_force().await.unwrap().map(|before| before.version);
    shelf.lay_out(&hash(version), list).await.unwrap();
    let change = change(shelf, version, list.len()).await;
    shelf.put(&change, follows).await.unwrap();
    change
}

async fn before_the_first_list_nothing_is_protected(names: &dyn ProtectedNames, shelf: &dyn ProtectedNameShelf) {
    assert_eq!(found(names, &[samples::protected_name("晨报", &[])]).await, Vec::<String>::new());
    assert_eq!(names.among(&[]).await.unwrap(), []);
    assert_eq!((shelf.in_force().await.unwrap(), shelf.stored(1).await.unwrap()), (None, None));
}

async fn what_is_laid_out_is_found_when_it_is_in_force(
    names: &dyn ProtectedNames,
    shelf: &dyn ProtectedNameShelf,
    outbox: &dyn Outbox,
) {
    let list = [samples::protected_name("晨报*", &[PrincipalKind::Media]), samples::protected_name("晚报", &[])];
    shelf.lay_out(&hash(1), &list).await.unwrap();
    assert_eq!(found(names, &list).await, Vec::<String>::new(), "nobody has put it in force");
    let first = put(shelf, 1, &list).await;
    assert_eq!(names.among(&skeletons(&list[..1])).await.unwrap(), list[..1]);
    let unknown = samples::protected_name("日报", &[]);
    assert_eq!(found(names, &[list[1].clone(), unknown, list[0].clone()]).await, ["晚报", "晨报*"]);
    assert_eq!(shelf.in_force().await.unwrap(), Some(first.state.clone()));
    assert_eq!(shelf.stored(1).await.unwrap(), Some(first.state));
    assert_eq!(outbox.events_of("PROTECTED_NAMES").await, [first.event]);
}

async fn a_new_list_takes_the_place_of_the_old_one_whole(names: &dyn ProtectedNames, shelf: &dyn ProtectedNameShelf) {
    let list = [samples::protected_name("晨报*", &[PrincipalKind::Government]), samples::protected_name("午报", &[])];
    put(shelf, 3, &list).await;
    assert_eq!(names.among(&skeletons(&list[..1])).await.unwrap(), list[..1]);
    assert_eq!(found(names, &[samples::protected_name("晚报", &[])]).await, Vec::<String>::new());
    assert_eq!(found(names, &list).await, ["午报", "晨报*"]);
    assert_eq!(shelf.stored(1).await.unwrap().unwrap().version, 1, "what was in force stays on record");
    shelf.clear(&hash(1)).await.unwrap();
    shelf.clear(&hash(1)).await.unwrap();
    assert_eq!(found(names, &list).await, ["午报", "晨报*"], "it is not of that list");
}

async fn a_list_that_follows_another_is_a_conflict_and_changes_nothing(
    names: &dyn ProtectedNames,
    shelf: &dyn ProtectedNameShelf,
    outbox: &dyn Outbox,
) {
    let (before, events) = (shelf.in_force().await.unwrap(), outbox.events_of("PROTECTED_NAMES").await);
    let late = samples::protected_name("夜报", &[]);
    shelf.lay_out(&hash(4), std::slice::from_ref(&late)).await.unwrap();
    let next = change(shelf, 4, 1).await;
    for follows in [None, Some(1), Some(4)] {
        let refused = shelf.put(&next, follows).await;
        assert!(matches!(refused, Err(SaveError::VersionConflict)), "{refused:?}");
    }
    assert_eq!((shelf.in_force().await.unwrap(), outbox.events_of("PROTECTED_NAMES").await), (before, events));
    assert_eq!((found(names, &[late]).await, shelf.stored(4).await.unwrap()), (vec![], None));
}

async fn a_list_of_thousands_is_stored_and_taken_away(names: &dyn ProtectedNames, shelf: &dyn ProtectedNameShelf) {
    let list: Vec<_> = (0..2_000).map(|n| samples::protected_name(&format!("机构{n}号"), &[])).collect();
    put(shelf, 5, &list).await;
    assert_eq!(found(names, &list[1_998..]).await.len(), 2);
    put(shelf, 6, &[]).await;
    assert_eq!(found(names, &list[1_998..]).await, Vec::<String>::new());
    put(shelf, 7, &[]).await;
    shelf.clear(&hash(5)).await.unwrap();
}

async fn as_many_are_looked_up_as_a_name_can_ask_for(names: &dyn ProtectedNames, shelf: &dyn ProtectedNameShelf) {
    let list: Vec<_> = (0..94).map(|n| samples::protected_name(&format!("单位{n}号"), &[])).collect();
    put(shelf, 8, &list).await;
    assert_eq!(found(names, &list).await.len(), 94);
}
