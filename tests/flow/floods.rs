//! Proof of work, and what becomes of a flood (R15.2).

use app::{
    complaints::{About, Admission, FileComplaint},
    error::AppError,
    ports::{Clock, ComplaintShelf},
};
use domain::{
    case::CaseState, complaint::ComplaintStatus, decision::Action, event::EventBody, personal::Personal,
    proof_of_work::ProofRefusal, settings::Settings, subject::Subject,
};
use jiff::SignedDuration;
use std::{collections::BTreeSet, sync::Arc};

use crate::world::{Delivery, World, complaint, operation_id};

fn admission(world: &World) -> Admission {
    Admission {
        secrets: world.twins.intake.clone(),
        ledger: world.twins.intake.clone(),
        settings: world.twins.settings.clone(),
        chance: world.twins.chance.clone(),
        clock: Arc::new(world.twins.clock.clone()),
    }
}

fn address(number: usize) -> Personal<String> {
    Personal::new(format!("198.51.{}.{}", number / 250, number % 250 + 1))
}

/// Little work, so that a test does not last.
fn little_work(world: &World) {
    let mut settings = Settings::default();
    settings.complaints.proof_work = 20;
    settings.complaints.work_doubles_each = 100_000;
    world.twins.settings.put_in_force(settings);
}

fn refused(error: &AppError) -> ProofRefusal {
    let AppError::Proof(refusal) = error else { panic!("{error}") };
    *refusal
}

#[tokio::test]
async fn a_proof_lets_one_complaint_in_and_no_other() {
    let world = World::new(Delivery::InOrder);
    little_work(&world);
    let gate = admission(&world);
    let from = address(1);
    let proof = gate.challenge(&from).await.unwrap().solved().unwrap();
    gate.admit(&from, Some(&proof), operation_id(1)).await.unwrap();
    gate.admit(&from, Some(&proof), operation_id(1)).await.unwrap();
    assert_eq!(refused(&gate.admit(&from, Some(&proof), operation_id(2)).await.unwrap_err()), ProofRefusal::Replayed);
    for missing in [None, Some("")] {
        assert_eq!(refused(&gate.admit(&from, missing, operation_id(3)).await.unwrap_err()), ProofRefusal::Missing);
    }
    assert_eq!(refused(&gate.admit(&from, Some("bm8="), operation_id(3)).await.unwrap_err()), ProofRefusal::Wrong);
    let late = gate.challenge(&from).await.unwrap().solved().unwrap();
    world.twins.clock.set(world.twins.clock.now() + SignedDuration::from_mins(30));
    assert_eq!(refused(&gate.admit(&from, Some(&late), operation_id(4)).await.unwrap_err()), ProofRefusal::Expired);
}

#[tokio::test]
async fn a_ticket_waits_and_lets_one_complaint_in() {
    let world = World::new(Delivery::InOrder);
    let (gate, from) = (admission(&world), address(1));
    let ticket = gate.ticket(&from).await.unwrap().unwrap();
    assert_eq!(refused(&gate.admit(&from, Some(&ticket), operation_id(1)).await.unwrap_err()), ProofRefusal::TooSoon);
    world.twins.clock.set(world.twins.clock.now() + SignedDuration::from_secs(20));
    gate.admit(&from, Some(&ticket), operation_id(1)).await.unwrap();
    assert_eq!(refused(&gate.admit(&from, Some(&ticket), operation_id(2)).await.unwrap_err()), ProofRefusal::Replayed);
    for _ in 1..20 {
        assert!(gate.ticket(&from).await.unwrap().is_some());
    }
    assert_eq!(gate.ticket(&from).await.unwrap(), None, "a source has twenty in an hour");
    assert!(gate.ticket(&address(2)).await.unwrap().is_some());
}

#[tokio::test]
async fn whoever_asks_more_works_more_and_files_so_much_in_an_hour() {
    let world = World::new(Delivery::InOrder);
    let mut settings = Settings::default();
    (settings.complaints.proof_work, settings.complaints.work_doubles_each) = (1_000, 2);
    settings.complaints.per_source_per_hour = 2;
    world.twins.settings.put_in_force(settings);
    let (gate, from) = (admission(&world), address(1));
    let mut work = Vec::new();
    for operation in 0..5 {
        let challenge = gate.challenge(&from).await.unwrap();
        work.push(challenge.most);
        let admitted = gate.admit(&from, challenge.solved().as_deref(), operation_id(operation)).await;
        match operation {
            0 | 1 => admitted.unwrap(),
            _ => assert!(matches!(admitted.unwrap_err(), AppError::TooManyComplaints { .. })),
        }
    }
    assert_eq!(work, [1_000, 1_000, 2_000, 2_000, 4_000]);
    assert_eq!(gate.challenge(&address(2)).await.unwrap().most, 1_000, "others do not");
}

/// 10 000 complaints from 200 sources about one account: one case, as many receipts, all of them readable; and the case can
/// be decided while they come.
#[tokio::test]
async fn a_flood_of_ten_thousand_is_one_case_with_ten_thousand_receipts() {
    const COMPLAINTS: u128 = 10_000;
    const SOURCES: usize = 200;
    let mut world = World::new(Delivery::InOrder);
    little_work(&world);
    let account = world.register(1).await.unwrap();
    world.pump().await;
    let gate = admission(&world);
    let mut receipts = Vec::new();
    for number in 0..COMPLAINTS {
        let from = address(usize::try_from(number).unwrap() % SOURCES);
        let operation = 1_000 + number;
        let proof = gate.challenge(&from).await.unwrap().solved().unwrap();
        gate.admit(&from, Some(&proof), operation_id(operation)).await.unwrap();
        let flood = FileComplaint {
            description: format!("这是骗子，第 {} 种说法", number % 40),
            contact: None,
            ..complaint(operation, About::Subject(Subject::Account(account.account_id)))
        };
        receipts.push(world.complaints.file(flood).await.unwrap().receipt);
    }
    world.pump().await;

    let cases = world.twins.cases.all_cases();
    assert_eq!(cases.len(), 1);
    let case = &cases[0];
    assert_eq!(world.twins.cases.how_many(case.case_id).await.unwrap(), 10_000);
    assert!(case.version < 60, "a flood changes the case {} times and no more", case.version);
    assert!(case.flood_since.is_some());
    let distinct: BTreeSet<&str> = receipts.iter().map(domain::receipt::Receipt::as_str).collect();
    assert_eq!(distinct.len(), 10_000);
    for receipt in &receipts {
        assert_eq!(world.complaints.status(receipt).await.unwrap().status, ComplaintStatus::UnderReview);
    }

    // Decided, copies that come late open nothing again, and are answered with the decision.
    world.decide(9, Action::NoAction).await.unwrap();
    let late = FileComplaint {
        description: "这是骗子！第3种说法".to_owned(),
        ..complaint(99_999, About::Subject(Subject::Account(account.account_id)))
    };
    let late = world.complaints.file(late).await.unwrap();
    world.pump().await;
    assert_eq!(world.twins.cases.all_cases()[0].state, CaseState::Decided);
    assert_eq!(world.complaints.status(&late.receipt).await.unwrap().status, ComplaintStatus::NotUpheld);
    assert_eq!(world.complaints.status(&receipts[9_999]).await.unwrap().status, ComplaintStatus::NotUpheld);
    let joined = |event: &&domain::event::Event| matches!(event.body, EventBody::ComplaintJoined { .. });
    println!(
        "flood: {} complaints, {SOURCES} sources, 1 case of version {}, {} joined, {} counted",
        receipts.len(),
        case.version,
        world.twins.cases.events().iter().filter(joined).count(),
        world.twins.cases.events().iter().filter(|it| matches!(it.body, EventBody::ComplaintCounted { .. })).count(),
    );
}

#[tokio::test]
async fn a_reviewer_decides_while_a_flood_comes() {
    let mut world = World::new(Delivery::InOrder);
    let mut settings = Settings::default();
    settings.complaints.flood_from = 2;
    world.twins.settings.put_in_force(settings);
    let account = world.register(1).await.unwrap();
    let subject = Subject::Account(account.account_id);
    for operation in 2..8 {
        world.complain(operation, subject).await.unwrap();
    }
    world.pump().await;
    let case = world.twins.cases.all_cases().remove(0);
    let reviewer = testkit::samples::reviewer("li");
    let read = world.cases.claim(case.case_id, &reviewer).await.unwrap().version;
    world.complain(8, subject).await.unwrap();
    world.pump().await;
    world.cases.decide(case.case_id, &reviewer, crate::world::ruling(9, read, Action::NoAction)).await.unwrap();
    assert_eq!(world.twins.cases.how_many(case.case_id).await.unwrap(), 7);
}
