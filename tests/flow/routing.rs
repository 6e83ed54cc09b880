//! Where cases wait, and before which others, follows the settings; both order work and decide nothing.

use app::complaints::About;
use domain::{
    case::{CaseOrder, CaseState, MatterKind},
    decision::Action,
    grade::Grade,
    settings::{RoutingRule, Settings},
    subject::{Subject, SubjectType},
};
use testkit::samples;

use crate::world::{Delivery, World, complaint};

fn rule(queue: &str) -> RoutingRule {
    RoutingRule {
        queue: queue.to_owned(),
        matters: vec![],
        policies: vec![],
        subject_types: vec![],
        grades: vec![],
        reporter_weight_from: None,
    }
}

/// One account of each number, with a grade.
async fn accounts(world: &mut World, grades: &[Grade]) -> Vec<Subject> {
    let mut subjects = Vec::new();
    for (number, grade) in (1..).zip(grades) {
        let account_id = world.register(number).await.unwrap().account_id;
        world.pump().await;
        let account = world.twins.accounts.get(account_id).unwrap();
        world.twins.accounts.put(domain::account::Account { grade: *grade, ..account });
        subjects.push(Subject::Account(account_id));
    }
    subjects
}

async fn complain(world: &mut World, operation: u128, subject: Subject, reason: &str) {
    let mut filed = complaint(operation, About::Subject(subject));
    filed.reason = reason.to_owned();
    world.complaints.file(filed).await.unwrap();
    world.pump().await;
}

async fn subjects(world: &World, queue: &str, order: CaseOrder) -> Vec<Subject> {
    let page = world.cases.list(queue, CaseState::Open, order, 10, None).await.unwrap();
    page.cases.into_iter().map(|case| case.subject).collect()
}

#[tokio::test]
async fn the_first_rule_that_a_case_meets_gives_its_queue_also_when_it_opens_again() {
    let mut world = World::new(Delivery::InOrder);
    let subjects_ = accounts(&mut world, &[Grade::Small, Grade::Major]).await;
    let mut settings = Settings { version: 2, ..Settings::default() };
    settings.routing.rules = vec![
        RoutingRule { policies: vec!["minors".to_owned()], ..rule("children") },
        RoutingRule { matters: vec![MatterKind::Appeal], ..rule("second_look") },
        RoutingRule { grades: vec![Grade::Major], subject_types: vec![SubjectType::Account], ..rule("great") },
    ];
    assert_eq!(settings.validate(), []);
    world.twins.settings.put_in_force(settings);
    complain(&mut world, 11, subjects_[0], "fraud").await;
    complain(&mut world, 12, subjects_[1], "minors").await;
    complain(&mut world, 13, subjects_[1], "fraud").await;
    for (queue, subject) in [("default", subjects_[0]), ("children", subjects_[1]), ("great", subjects_[1])] {
        assert_eq!(subjects(&world, queue, CaseOrder::Due).await, [subject], "{queue}");
    }
    let case_id = world.cases.list("great", CaseState::Open, CaseOrder::Due, 1, None).await.unwrap().cases[0].case_id;
    world.decide_case(case_id, 21, Action::Warn).await.unwrap();
    world.pump().await;
    let Subject::Account(account_id) = subjects_[1] else { unreachable!() };
    let appeal = world.appeal(22, account_id, 21).await.unwrap();
    assert_eq!((appeal.queue.as_str(), appeal.grade), ("second_look", Some(Grade::Major)));
    // The settings of the day on which it opens again.
    world.twins.settings.put_in_force(Settings { version: 3, ..Settings::default() });
    complain(&mut world, 14, subjects_[1], "fraud").await;
    assert_eq!(subjects(&world, "great", CaseOrder::Due).await, []);
    // Both are due at one moment.
    let waiting = subjects(&world, "default", CaseOrder::Due).await;
    assert!(waiting.len() == 2 && subjects_.iter().all(|subject| waiting.contains(subject)), "{waiting:?}");
}

#[tokio::test]
async fn graver_greater_and_older_come_first() {
    let mut world = World::new(Delivery::InOrder);
    let grades = [Grade::Small, Grade::Small, Grade::Major, Grade::Small];
    let all = accounts(&mut world, &grades[..2]).await;
    let (early, grave) = (all[0], all[1]);
    complain(&mut world, 11, early, "spam").await;
    let later = samples::NOON + jiff::SignedDuration::from_hours(12);
    world.twins.clock.set(later);
    complain(&mut world, 12, grave, "minors").await;
    assert_eq!(subjects(&world, "default", CaseOrder::Due).await[0], early);
    assert_eq!(subjects(&world, "default", CaseOrder::Priority).await, [grave, early]);
    let page = world.cases.list("default", CaseState::Open, CaseOrder::Priority, 1, None).await.unwrap();
    let second =
        world.cases.list("default", CaseState::Open, CaseOrder::Priority, 1, page.next.as_deref()).await.unwrap();
    assert_eq!((page.cases[0].subject, second.cases[0].subject, second.next), (grave, early, None));
    assert!(page.cases[0].priority_score(later) > second.cases[0].priority_score(later));
}
