//! R4: what an operator puts on the list of protected names nobody else carries, from that moment on.

use app::{control_files::ControlDesk, error::AppError, naming::NameRefusal, ports::ControlFile};
use domain::{display_name::NameSkeleton, event::EventBody};
use serde_json::json;
use testkit::{When, samples};

use crate::world::{Delivery, World, until_done};

fn desk(world: &World) -> ControlDesk {
    samples::control_desk(&world.twins)
}

/// A file that protects what `name` reaches, and another name that every list has.
fn list(world: &World, version: u32, name: &str) -> ControlFile {
    let text =
        format!("version | {version}\n{name} | nobody | 平台自用 | Kept\n*公安局 | government | 公安机关 | Police\n");
    world.twins.control_files.put(&format!("controls/protected-names/{version}-{}.txt", name.len()), text)
}

async fn take(world: &World, file: &ControlFile) -> bool {
    desk(world).take(file).await.unwrap().unwrap().accepted
}

fn is_protected(registered: Result<domain::account::Account, AppError>) -> bool {
    match registered {
        Ok(_) => false,
        Err(AppError::Name(NameRefusal::Protected(_))) => true,
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_list_protects_from_the_moment_it_is_accepted_and_the_next_one_takes_its_place() {
    let world = World::new(Delivery::InOrder);
    assert!(!is_protected(world.register(1).await));
    assert!(take(&world, &list(&world, 4, "城市天气*")).await);
    assert!(is_protected(world.register(2).await));
    assert!(take(&world, &list(&world, 5, "乡村天气*")).await);
    assert!(!is_protected(world.register(2).await));
    let bodies: Vec<_> = world.twins.protected_names.events().into_iter().map(|event| event.body).collect();
    let [
        EventBody::ProtectedNamesChanged { follows: 0, names: 2, .. },
        EventBody::ProtectedNamesChanged { follows: 4, .. },
    ] = bodies.as_slice()
    else {
        panic!("{bodies:?}")
    };
}

#[tokio::test]
async fn a_bad_list_is_refused_with_line_and_reason_and_the_last_good_one_stays() {
    let world = World::new(Delivery::InOrder);
    assert!(take(&world, &list(&world, 2, "城市天气*")).await);
    let put =
        |name: &str, bytes: Vec<u8>| world.twins.control_files.put(&format!("controls/protected-names/{name}"), bytes);
    for (name, bytes, places) in [
        ("kinds.txt", b"version | 3\n\nab | person | z | e\ncd | media | z |".to_vec(), vec![(3, 6), (4, 17)]),
        // 人民 in GBK, as a spreadsheet saves CSV.
        ("gbk.csv", b"version,3\nab,media,z,e\n\xC8\xCB\xC3\xF1,media,z,e".to_vec(), vec![(3, 1)]),
        ("no-version.csv", b"ab,media,z,e".to_vec(), vec![(1, 1)]),
        ("empty.txt", vec![], vec![(1, 1)]),
        ("stale.txt", b"# a list\nversion | 2\nab | media | z | e".to_vec(), vec![(2, 1)]),
    ] {
        let report = desk(&world).take(&put(name, bytes)).await.unwrap().unwrap();
        let found: Vec<_> = report.problems.iter().map(|it| (it.line.unwrap(), it.column.unwrap())).collect();
        assert_eq!((report.accepted, found), (false, places), "{name}: {report:?}");
        assert!(report.problems.iter().all(|it| !it.zh.is_empty() && it.en.is_ascii() | it.en.contains('\u{201c}')));
    }
    let report = desk(&world).take(&put("large.txt", vec![b'a'; 2 * 1024 * 1024 + 1])).await.unwrap().unwrap();
    assert!(report.problems[0].en.contains("2048 KiB"), "{report:?}");
    assert!(is_protected(world.register(1).await));
    assert_eq!(world.twins.protected_names.lists().len(), 1, "nothing of what was refused is left");
}

#[tokio::test]
async fn an_earlier_list_that_arrives_late_does_not_undo_a_later_one() {
    let world = World::new(Delivery::InOrder);
    let (second, third, fourth) =
        (list(&world, 2, "乡村天气*"), list(&world, 3, "城市天气*"), list(&world, 4, "山里天气*"));
    assert!(take(&world, &third).await);
    assert!(!take(&world, &second).await, "version 2 is not greater than 3");
    assert!(is_protected(world.register(1).await));
    assert!(take(&world, &fourth).await);
    assert!(take(&world, &third).await, "what was accepted stays accepted, however often it is delivered");
    assert!(!is_protected(world.register(1).await));
    assert!(take(&world, &list(&world, 5, "河边天气*")).await);
    assert!(!take(&world, &list(&world, 5, "海边的天气*")).await, "another file of that version");
    let lists = world.twins.protected_names.lists();
    assert_eq!(lists.len(), 2, "the list in force and the one before it: {lists:?}");
}

/// A look-up that began before a change is answered from a whole list.
#[tokio::test]
async fn the_list_before_is_kept_for_whoever_is_looking_a_name_up() {
    let world = World::new(Delivery::InOrder);
    assert!(take(&world, &list(&world, 2, "城市天气*")).await);
    let before = world.twins.protected_names.lists();
    assert!(take(&world, &list(&world, 3, "乡村天气*")).await);
    assert!(before.iter().all(|list| world.twins.protected_names.lists().contains(list)));
    assert!(take(&world, &list(&world, 4, "山里天气*")).await);
    assert!(before.iter().all(|list| !world.twins.protected_names.lists().contains(list)));
}

#[tokio::test]
async fn a_crash_between_any_two_calls_leaves_one_list_and_one_report() {
    let run = async |strike: Option<(usize, When)>| {
        let world = World::new(Delivery::InOrder);
        let files = [list(&world, 2, "乡村天气*"), list(&world, 3, "山里天气*"), list(&world, 4, "城市天气*")];
        if let Some((call, when)) = strike {
            world.twins.faults.strike(call, when);
        }
        for file in &files {
            until_done(async || desk(&world).take(file).await).await;
        }
        let calls = world.twins.faults.calls();
        let events: Vec<_> = world.twins.protected_names.events().into_iter().map(|event| event.body).collect();
        let protected = is_protected(world.register(1).await);
        let left = json!([events, world.twins.control_files.reports(), world.twins.protected_names.lists(), protected]);
        (left, calls)
    };
    let (left, calls) = run(None).await;
    assert_eq!(left[0].as_array().unwrap().len(), 3, "{left}");
    assert_eq!((left[2].as_array().unwrap().len(), &left[3]), (2, &json!(true)), "{left}");
    for when in [When::Before, When::After] {
        for call in 1..=calls {
            let (again, _) = run(Some((call, when))).await;
            assert_eq!(again, left, "call {call} failed {when:?} its effect");
        }
    }
}

/// Everybody on a list is found by what a reader takes for it.
#[test]
fn what_is_folded_when_a_list_is_read_is_what_is_looked_up() {
    let rules = app::naming::name_rules(&["官方".to_owned()]);
    let list = domain::protected_name::parse("version | 1\n人民日報* | nobody | 因 | why", &rules).unwrap();
    let asked: Vec<NameSkeleton> = rules.forms("官方 人民日报·财经").to_look_up();
    assert!(asked.contains(&list.names[0].skeleton), "{asked:?}");
}
