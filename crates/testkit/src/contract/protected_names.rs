use app::ports::{ProtectedNames, ReplacedNames};
use domain::{display_name::NameSkeleton, principal::PrincipalKind, protected_name::ProtectedName};

use crate::samples;

/// Runs every check. The list is empty when it begins, and no other test has it.
pub async fn protected_names(names: &dyn ProtectedNames) {
    an_empty_list_protects_nothing(names).await;
    what_is_on_the_list_is_found_by_its_skeleton(names).await;
    a_new_list_takes_the_place_of_the_old_one(names).await;
    the_same_list_again_changes_nothing(names).await;
    a_list_of_thousands_is_stored_and_taken_away(names).await;
    as_many_are_looked_up_as_a_name_can_ask_for(names).await;
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

async fn an_empty_list_protects_nothing(names: &dyn ProtectedNames) {
    assert_eq!(found(names, &[samples::protected_name("晨报", &[])]).await, Vec::<String>::new());
    assert_eq!(names.among(&[]).await.unwrap(), []);
}

async fn what_is_on_the_list_is_found_by_its_skeleton(names: &dyn ProtectedNames) {
    let list = [samples::protected_name("晨报*", &[PrincipalKind::Media]), samples::protected_name("晚报", &[])];
    assert_eq!(names.replace(&list).await.unwrap(), ReplacedNames { written: 2, removed: 0 });
    assert_eq!(names.among(&skeletons(&list[..1])).await.unwrap(), list[..1]);
    let unknown = samples::protected_name("日报", &[]);
    assert_eq!(found(names, &[list[1].clone(), unknown, list[0].clone()]).await, ["晚报", "晨报*"]);
}

async fn a_new_list_takes_the_place_of_the_old_one(names: &dyn ProtectedNames) {
    let list = [samples::protected_name("晨报*", &[PrincipalKind::Government]), samples::protected_name("午报", &[])];
    assert_eq!(names.replace(&list).await.unwrap(), ReplacedNames { written: 2, removed: 1 });
    assert_eq!(names.among(&skeletons(&list[..1])).await.unwrap(), list[..1]);
    assert_eq!(found(names, &[samples::protected_name("晚报", &[])]).await, Vec::<String>::new());
}

async fn the_same_list_again_changes_nothing(names: &dyn ProtectedNames) {
    let list = [samples::protected_name("晨报", &[])];
    names.replace(&list).await.unwrap();
    assert_eq!(names.replace(&list).await.unwrap(), ReplacedNames::default());
}

async fn a_list_of_thousands_is_stored_and_taken_away(names: &dyn ProtectedNames) {
    let list: Vec<_> = (0..2_000).map(|n| samples::protected_name(&format!("机构{n}号"), &[])).collect();
    assert_eq!(names.replace(&list).await.unwrap(), ReplacedNames { written: 2_000, removed: 1 });
    assert_eq!(found(names, &list[1_998..]).await.len(), 2);
    assert_eq!(names.replace(&[]).await.unwrap(), ReplacedNames { written: 0, removed: 2_000 });
}

async fn as_many_are_looked_up_as_a_name_can_ask_for(names: &dyn ProtectedNames) {
    let list: Vec<_> = (0..94).map(|n| samples::protected_name(&format!("单位{n}号"), &[])).collect();
    names.replace(&list).await.unwrap();
    assert_eq!(found(names, &list).await.len(), 94);
}
