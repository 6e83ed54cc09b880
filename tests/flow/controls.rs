//! Files as controls: what operators put comes into force, once and whole, or not at all.

use app::{control_files::ControlDesk, error::AppError, ports::ControlFile};
use data_encoding::HEXLOWER;
use domain::{actor::Actor, event::EventBody};
use sha2::{Digest as _, Sha256};
use testkit::{When, samples};

use crate::world::{Delivery, World, until_done};

fn desk(world: &World) -> ControlDesk {
    samples::control_desk(&world.twins)
}

fn settings(world: &World, version: u32, individual: u32) -> ControlFile {
    let text = format!("version: {version}\naccount_caps:\n  individual: {individual}\n");
    world.twins.control_files.put("controls/settings/settings.yaml", text)
}

async fn take(world: &World, file: &ControlFile) -> bool {
    desk(world).take(file).await.unwrap().unwrap().accepted
}

#[tokio::test]
async fn a_settings_file_changes_the_cap_r7_3() {
    let world = World::new(Delivery::InOrder);
    assert!(take(&world, &settings(&world, 2, 1)).await);
    world.register(1).await.unwrap();
    assert!(matches!(world.register(2).await, Err(AppError::QuotaExceeded { cap: 1 })));
    let events = world.twins.settings.events();
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].version, &events[0].body), (2, &EventBody::SettingsChanged { follows: 1 }));
    // By role and pseudonym: the session's name is a person's address.
    let Actor::Caller { arn } = &events[0].actor else { panic!("{events:?}") };
    assert!(arn.starts_with("AWS:AROAOPERATOR:caller_") && !arn.contains("li.si"), "{arn}");
}

#[tokio::test]
async fn a_file_with_a_mistake_is_told_where_and_the_last_good_one_stays() {
    let world = World::new(Delivery::InOrder);
    assert!(take(&world, &settings(&world, 2, 1)).await);
    let bad = world.twins.control_files.put(
        "controls/settings/settings.yaml",
        "version: 3\naccount_caps:\n  # none at all?\n  individual: 0\n  media: 500\n",
    );
    let report = desk(&world).take(&bad).await.unwrap().unwrap();
    assert!(!report.accepted);
    let places: Vec<_> = report.problems.iter().map(|problem| (problem.line, problem.path.as_str())).collect();
    assert_eq!(places, [(Some(4), "account_caps.individual"), (Some(5), "account_caps.media")]);
    assert!(report.problems.iter().all(|problem| !problem.zh.is_empty() && !problem.en.is_empty()));
    assert_eq!(world.twins.control_files.reports()[&report.key()], report);
    world.register(1).await.unwrap();
    assert!(matches!(world.register(2).await, Err(AppError::QuotaExceeded { cap: 1 })));
}

#[tokio::test]
async fn a_file_without_a_version_is_refused() {
    let world = World::new(Delivery::InOrder);
    let file = world.twins.control_files.put("controls/settings/a.yaml", "account_caps: {individual: 9}");
    let report = desk(&world).take(&file).await.unwrap().unwrap();
    assert_eq!((report.accepted, report.problems[0].path.as_str()), (false, "version"));
}

#[tokio::test]
async fn an_earlier_file_that_arrives_late_does_not_undo_a_later_one() {
    let world = World::new(Delivery::InOrder);
    let (second, third) = (settings(&world, 2, 1), settings(&world, 3, 4));
    assert!(take(&world, &third).await);
    assert!(!take(&world, &second).await, "version 2 is not greater than 3");
    // What was accepted stays accepted, however often it is delivered and whatever followed it.
    assert!(take(&world, &settings(&world, 4, 7)).await);
    assert!(take(&world, &third).await);
    let versions: Vec<u64> = world.twins.settings.events().iter().map(|event| event.version).collect();
    assert_eq!(versions, [3, 4]);
}

#[tokio::test]
async fn the_starter_document_put_again_is_no_change() {
    let world = World::new(Delivery::InOrder);
    let starter = std::fs::read(acceptance::workspace::root().join("settings/starter/settings.yaml")).unwrap();
    let file = world.twins.control_files.put("controls/settings/settings.yaml", starter);
    assert!(take(&world, &file).await);
    assert!(!take(&world, &settings(&world, 1, 9)).await, "another document under its version is refused");
    assert_eq!(world.twins.settings.events(), []);
}

#[tokio::test]
async fn a_crash_between_any_two_calls_leaves_one_change_and_one_report() {
    let run = async |strike: Option<(usize, When)>| {
        let world = World::new(Delivery::InOrder);
        let text = world.twins.control_files.put("controls/policy-documents/texts/a.txt", "正文");
        let files = [settings(&world, 2, 1), text, agreement_file(&world)];
        if let Some((call, when)) = strike {
            world.twins.faults.strike(call, when);
        }
        for file in &files {
            until_done(async || desk(&world).take(file).await).await;
        }
        let calls = world.twins.faults.calls();
        let events = world.twins.settings.events().into_iter().chain(world.twins.policy_documents.events());
        let events: Vec<_> = events.map(|event| (event.version, event.body)).collect();
        (events, world.twins.control_files.reports(), calls)
    };
    let (events, reports, calls) = run(None).await;
    assert_eq!((events.len(), reports.len()), (2, 2));
    assert!(reports.values().all(|report| report.accepted), "{reports:?}");
    for when in [When::Before, When::After] {
        for call in 1..=calls {
            let (again, reported, _) = run(Some((call, when))).await;
            assert_eq!((&again, &reported), (&events, &reports), "call {call} failed {when:?} its effect");
        }
    }
}

fn agreement_file(world: &World) -> ControlFile {
    let sha256 = HEXLOWER.encode(&Sha256::digest("正文"));
    let text = format!(
        "document_id: service-agreement\nversion: 1\ntitle: {{zh: 服务协议, en: Service agreement}}\ntext: a.txt\n\
         sha256: {sha256}\neffective_at: 2026-11-24T00:00:00+08:00\ngrace_hours: 24\n"
    );
    world.twins.control_files.put("controls/policy-documents/service-agreement.yaml", text)
}
