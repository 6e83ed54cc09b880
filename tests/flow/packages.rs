//! Evidence is handed over as one file that an outsider verifies (R16.1, B3).

use std::sync::Arc;

use app::{error::AppError, packaging::OrderPackage, sealing::LogSealer};
use domain::{
    account::Account,
    decision::Action,
    evidence_package::{EvidencePackage, LogObjects, PackageRefusal, PackageScope, PackageState, PersonalData},
    id::PackageId,
    legal_hold::HoldScope,
    media::MediaObject,
    publication::Part,
    subject::Subject,
};
use evidence::package::{IDENTITIES, MEDIA, MediaState, PAGE, Package, RECORDS};
use gatehouse_verify::{
    keyring::Trust,
    package::{PackageReport, verify_package},
};
use jiff::SignedDuration;
use testkit::{Twins, When, samples};

use crate::world::{Delivery, World, operation_id};

/// An account with publications, a complaint and a decision, all of it logged and sealed.
async fn story(world: &mut World) -> Account {
    let account = world.register(1).await.unwrap();
    world.pump().await;
    world.publish(account.account_id, &[("post-1", "明天有雨，记得带伞"), ("post-2", "来玩百家乐")]).await.unwrap();
    world.complain(2, Subject::Account(account.account_id)).await.unwrap();
    world.pump().await;
    world.decide(3, Action::Warn).await.unwrap();
    world.pump().await;
    seal(&world.twins).await;
    account
}

async fn seal(twins: &Twins) {
    let sealer = LogSealer {
        ledger: twins.seal_ledger.clone(),
        shelf: twins.seals.clone(),
        signer: twins.seal_signer.clone(),
        clock: Arc::new(twins.clock.clone()),
        ahead: SignedDuration::ZERO,
    };
    let now = samples::NOON + SignedDuration::from_hours(3);
    twins.clock.set(now);
    sealer.seal(now).await.unwrap();
}

fn order(account: &Account, personal_data: PersonalData, log_objects: LogObjects) -> OrderPackage {
    OrderPackage {
        operation_id: operation_id(9),
        scope: PackageScope {
            of: HoldScope::Subject { subject: Subject::Account(account.account_id) },
            from: samples::NOON - SignedDuration::from_hours(1),
            until: samples::NOON + SignedDuration::from_hours(1),
        },
        legal_basis: "（2026）京公调证字第 1 号".to_owned(),
        reason: "协助调查".to_owned(),
        personal_data,
        log_objects,
        actor: samples::reviewer("li"),
    }
}

async fn built(world: &mut World, order: OrderPackage) -> (EvidencePackage, Vec<u8>) {
    let desk = world.twins.package_desk();
    let ordered = desk.order(order).await.unwrap();
    let same = desk.approve(ordered.package_id, &samples::reviewer("li")).await.unwrap_err();
    assert!(matches!(same, AppError::Package(PackageRefusal::SamePerson)));
    desk.approve(ordered.package_id, &samples::reviewer("wang")).await.unwrap();
    world.pump().await;
    let package = desk.show(ordered.package_id).await.unwrap();
    (package, world.twins.packages.archive(ordered.package_id).unwrap())
}

async fn verified(world: &World, archive: &[u8]) -> PackageReport {
    let key = app::ports::SealSigner::public_key(&*world.twins.seal_signer).await.unwrap();
    verify_package(archive, &Trust { named: vec![key.key_id()], brought: vec![] }).unwrap()
}

#[tokio::test]
async fn a_package_holds_what_the_record_has_and_verifies_and_an_altered_byte_is_found_r16_1() {
    let mut world = World::new(Delivery::Doubled);
    let account = story(&mut world).await;
    let (package, archive) = built(&mut world, order(&account, PersonalData::Sealed, LogObjects::Enclosed)).await;
    let PackageState::Ready { built, .. } = &package.state else { panic!("{package:?}") };
    let report = verified(&world, &archive).await;
    assert_eq!(report.findings, []);
    assert_eq!((report.records, report.not_sealed_yet), (built.records, 0));
    assert_eq!(report.enclosed, report.sources);
    let files = Package::read(&archive).unwrap().files;
    let text = String::from_utf8(files[RECORDS].clone()).unwrap();
    for wanted in ["明天有雨", "来玩百家乐", "decision_made", "enforcement_applied"] {
        assert!(text.contains(wanted), "{wanted}");
    }
    assert!(String::from_utf8(files[PAGE].clone()).unwrap().contains("京公调证字"));
    assert!(!files.contains_key(IDENTITIES), "the basis does not ask for it");

    for at in (0..archive.len()).step_by(97) {
        let mut altered = archive.clone();
        altered[at] ^= 1;
        let key = app::ports::SealSigner::public_key(&*world.twins.seal_signer).await.unwrap();
        let trust = Trust { named: vec![key.key_id()], brought: vec![] };
        let found = verify_package(&altered, &trust);
        assert!(found.as_ref().map_or(true, |report| !report.sound), "byte {at} was altered unnoticed");
    }
}

#[tokio::test]
async fn the_pictures_that_the_record_names_are_in_a_package_and_others_are_told_of_r16_1() {
    let mut world = World::new(Delivery::InOrder);
    let account = world.register(1).await.unwrap();
    world.pump().await;
    let hash = |content: &[u8]| evidence::digest::Digest::of(content).to_string();
    let named = |key: &str| {
        let object = MediaObject { sha256: Some(hash(key.as_bytes())), ..samples::object(key) };
        Part::Image { url: format!("https://cdn.example.org/{key}"), object: Some(object) }
    };
    let (kept, changed, gone) = ("uploads/kept.jpg", "uploads/changed.jpg", "uploads/gone.jpg");
    let unproven = "uploads/unproven.jpg";
    for key in [kept, changed, gone, unproven] {
        world.twins.media.put(key, key.as_bytes());
    }
    let parts = vec![named(kept), named(changed), named(gone), samples::image(unproven)];
    world.publish_parts(account.account_id, parts).await.unwrap();
    world.pump().await;
    world.twins.media.put(changed, "another picture");
    world.twins.media.take_away(gone);
    seal(&world.twins).await;

    let (_, archive) = built(&mut world, order(&account, PersonalData::Sealed, LogObjects::Named)).await;
    let report = verified(&world, &archive).await;
    assert_eq!((report.findings, report.media, report.media_left_out), (vec![], 2, 2));
    let package = Package::read(&archive).unwrap();
    let states: Vec<_> = package.manifest().unwrap().media.into_iter().map(|file| (file.key, file.state)).collect();
    let told = [
        (changed, MediaState::Altered),
        (gone, MediaState::Missing),
        (kept, MediaState::Enclosed),
        (unproven, MediaState::Unproven),
    ];
    assert_eq!(states, told.map(|(key, state)| (key.to_owned(), state)));
    assert_eq!(package.files[&format!("{MEDIA}{}.jpg", hash(kept.as_bytes()))], kept.as_bytes());
    let page = String::from_utf8(package.files[PAGE].clone()).unwrap();
    assert!(page.contains(changed) && page.contains("not there any more"), "{page}");
}

#[tokio::test]
async fn personal_data_is_in_a_package_where_the_basis_says_so_and_every_opening_is_on_record_r9_1() {
    let mut world = World::new(Delivery::InOrder);
    let account = story(&mut world).await;
    let (_, archive) = built(&mut world, order(&account, PersonalData::Included, LogObjects::Named)).await;
    let report = verified(&world, &archive).await;
    assert_eq!((report.findings, report.enclosed), (vec![], 0));
    let files = Package::read(&archive).unwrap().files;
    let identities = String::from_utf8(files[IDENTITIES].clone()).unwrap();
    assert!(identities.contains(samples::RESIDENT_IDENTITY_NUMBER) && identities.contains("张三"));
    let unsealed = world.twins.accounts.events().iter().filter(|it| it.body.name() == "identity_unsealed").count();
    assert!(unsealed >= 2, "for the check and for the package");
    let told: Vec<_> = world.twins.packages.events().iter().map(|event| event.body.name()).collect();
    assert_eq!(told, ["evidence_package_ordered", "evidence_package_approved", "evidence_package_built"]);
}

#[tokio::test]
async fn nothing_is_built_or_handed_over_before_another_person_has_approved_it() {
    let mut world = World::new(Delivery::InOrder);
    let account = story(&mut world).await;
    let desk = world.twins.package_desk();
    let ordered = desk.order(order(&account, PersonalData::Sealed, LogObjects::Named)).await.unwrap();
    world.pump().await;
    assert_eq!(world.twins.packages.archive(ordered.package_id), None);
    let early = desk.hand_over(ordered.package_id, &samples::reviewer("li")).await.unwrap_err();
    assert!(matches!(early, AppError::Package(PackageRefusal::NotReady)));
    desk.refuse(ordered.package_id, "依据不足", &samples::reviewer("wang")).await.unwrap();
    let late = desk.approve(ordered.package_id, &samples::reviewer("zhao")).await.unwrap_err();
    assert!(matches!(late, AppError::Package(PackageRefusal::Settled)));
    let unknown = desk.show(PackageId::at(samples::NOON)).await.unwrap_err();
    assert!(matches!(unknown, AppError::PackageNotFound));
}

#[tokio::test]
async fn a_crash_between_any_two_calls_of_the_builder_leaves_one_package() {
    let mut nth = 0;
    loop {
        nth += 1;
        for when in [When::Before, When::After] {
            let mut world = World::new(Delivery::InOrder);
            let account = story(&mut world).await;
            let desk = world.twins.package_desk();
            let ordered = desk.order(order(&account, PersonalData::Included, LogObjects::Named)).await.unwrap();
            desk.approve(ordered.package_id, &samples::reviewer("wang")).await.unwrap();
            let event = world.twins.packages.events().pop().unwrap();
            world.twins.faults.strike(nth, when);
            let first = world.twins.package_builder().build(&event).await;
            let done = first.is_ok();
            world.twins.faults.reset();
            if !done {
                world.twins.package_builder().build(&event).await.unwrap();
            }
            let package = desk.show(ordered.package_id).await.unwrap();
            let PackageState::Ready { built, .. } = &package.state else { panic!("call {nth} {when:?}: {package:?}") };
            let archive = world.twins.packages.archive(ordered.package_id).unwrap();
            assert_eq!(built.sha256, evidence::digest::Digest::of(&archive).to_string(), "call {nth} {when:?}");
            if done {
                assert!(nth > 5, "it makes {nth} calls, so that too little would be tried");
                return;
            }
        }
    }
}
