//! R13.2, R7.3: principals and groups that an operator brings along as files, delivered twice, wrong in part, and broken off.

use app::ports::ControlFile;
use domain::{
    account::Account,
    blacklist::BlacklistEntry,
    event::EventBody,
    id::AccountId,
    principal::{PrincipalKey, PrincipalKind},
};
use testkit::{When, samples};

use crate::world::{Delivery, World, until_done};

fn an_account(world: &World, kind: PrincipalKind) -> Account {
    let account = samples::account().kind(kind).active();
    world.twins.accounts.put(account.clone());
    account
}

fn another_principal() -> PrincipalKey {
    PrincipalKey::new(1, &[0x77; 32])
}

fn list(world: &World, account_id: AccountId, review_on: &str) -> ControlFile {
    let text = format!(
        "principal,reason,review_on\n{account_id},\"冒充客服, 骗取验证码\",{review_on}\n{},返利诈骗,2027-06-01\n",
        another_principal()
    );
    world.twins.control_files.put("controls/blacklist/list.csv", text)
}

async fn take(world: &World, file: &ControlFile) -> Vec<(Option<usize>, String)> {
    let report = samples::control_desk(&world.twins).take(file).await.unwrap().unwrap();
    assert_eq!(report.accepted, report.problems.is_empty());
    report.problems.into_iter().map(|it| (it.line, it.en)).collect()
}

async fn entry(world: &World, key: &PrincipalKey) -> BlacklistEntry {
    world.blacklist.entry(key).await.unwrap()
}

fn count(world: &World, name: &str) -> usize {
    world.twins.accounts.events().iter().filter(|event| event.body.name() == name).count()
}

#[tokio::test]
async fn each_line_waits_for_a_second_person_once_however_often_the_file_is_delivered_r13_2() {
    let world = World::new(Delivery::InOrder);
    let account = an_account(&world, PrincipalKind::Enterprise);
    let file = list(&world, account.account_id, "2027-05-31");
    for _ in 0..2 {
        assert_eq!(take(&world, &file).await, []);
    }
    // The same lines in another file ask for what waits already.
    let again = list(&world, account.account_id, "2027-05-30");
    assert_eq!(take(&world, &again).await, []);
    for key in [&account.principal_key, &another_principal()] {
        let entry = entry(&world, key).await;
        assert!(entry.listing.is_none() && entry.proposed.is_some(), "{entry:?}");
    }
    let waits = entry(&world, &account.principal_key).await.proposed.unwrap();
    assert_eq!(waits.reason, "冒充客服, 骗取验证码");
    assert_eq!(waits.account_id, Some(account.account_id));
    assert_eq!(count(&world, "listing_proposed"), 2);
}

#[tokio::test]
async fn a_file_that_is_wrong_in_one_line_proposes_nobody_r13_2() {
    let world = World::new(Delivery::InOrder);
    let account = an_account(&world, PrincipalKind::Individual);
    let stale = list(&world, account.account_id, "2026-01-01");
    assert_eq!(take(&world, &stale).await, [(Some(2), "The day of the review is over.".to_owned())]);
    let of_nobody = list(&world, samples::account().active().account_id, "2027-05-31");
    assert_eq!(take(&world, &of_nobody).await, [(Some(2), "There is no such account.".to_owned())]);
    let gbk =
        world.twins.control_files.put("controls/blacklist/gbk.csv", b"principal,reason,review_on\n\xC8\xCB".as_slice());
    assert_eq!(take(&world, &gbk).await[0].0, Some(2));
    assert_eq!(world.twins.accounts.events(), []);
}

fn groups(world: &World, holder: AccountId, members: &[AccountId]) -> ControlFile {
    let line = |member: &AccountId| format!("城市天气,各地天气预报,{holder},{member}");
    let lines = members.iter().map(line).collect::<Vec<_>>().join("\n");
    world.twins.control_files.put("controls/groups/groups.csv", format!("group,scope,holder,member\n{lines}"))
}

fn members(world: &World) -> usize {
    let grouped = |event: &domain::event::Event| match &event.body {
        EventBody::AccountGrouped { account_id, group_id: Some(_) } => Some(*account_id),
        _ => None,
    };
    world.twins.accounts.events().iter().filter_map(grouped).collect::<std::collections::BTreeSet<_>>().len()
}

#[tokio::test]
async fn a_group_is_registered_once_and_a_longer_file_adds_who_is_missing_r7_3() {
    let world = World::new(Delivery::InOrder);
    let holder = an_account(&world, PrincipalKind::Enterprise).account_id;
    let accounts: Vec<AccountId> = (0..45).map(|_| an_account(&world, PrincipalKind::Individual).account_id).collect();
    let file = groups(&world, holder, &accounts[..25]);
    for _ in 0..2 {
        assert_eq!(take(&world, &file).await, []);
        assert_eq!((members(&world), count(&world, "group_registered")), (25, 1));
    }
    assert_eq!(take(&world, &groups(&world, holder, &accounts)).await, []);
    assert_eq!((members(&world), count(&world, "group_registered")), (45, 1));
    // Who is in a group already joins no other.
    let other = an_account(&world, PrincipalKind::Enterprise).account_id;
    let taken = take(&world, &groups(&world, other, &accounts[44..])).await;
    assert_eq!(taken, [(Some(2), "The account is in another group.".to_owned())]);
    assert_eq!(count(&world, "group_registered"), 1);
}

#[tokio::test]
async fn a_crash_between_any_two_calls_of_an_import_leaves_the_same_state_r13_2_r7_3() {
    async fn story(world: &World) {
        let holder = an_account(world, PrincipalKind::Enterprise);
        let accounts: Vec<AccountId> =
            (0..22).map(|_| an_account(world, PrincipalKind::Individual).account_id).collect();
        let files = [list(world, holder.account_id, "2027-05-31"), groups(world, holder.account_id, &accounts)];
        let desk = samples::control_desk(&world.twins);
        for file in &files {
            until_done(async || desk.take(file).await).await;
        }
        assert_eq!((members(world), count(world, "group_registered"), count(world, "listing_proposed")), (22, 1, 2));
    }
    let calm = World::new(Delivery::InOrder);
    calm.twins.faults.reset();
    story(&calm).await;
    let calls = calm.twins.faults.calls();
    assert!(calls > 15, "{calls} calls");
    for when in [When::Before, When::After] {
        for call in 1..=calls {
            let world = World::new(Delivery::InOrder);
            world.twins.faults.strike(call, when);
            story(&world).await;
        }
    }
}
