//! What is known of reporters, and their right to be heard again (R15.2, B6).

use app::{
    complaints::{About, FileComplaint},
    error::AppError,
    reporting::ReporterDesk,
};
use domain::{
    account::Account,
    case::{CaseRefusal, CaseState, ContestRefusal},
    complaint::{Complaint, ComplaintStatus},
    decision::Action,
    profile::Profile,
    reporter::ReporterRefusal,
    subject::Subject,
};
use jiff::SignedDuration;
use std::sync::Arc;
use testkit::samples::{self, NOON};

use crate::world::{Delivery, World, complaint};

async fn account(world: &mut World) -> Account {
    let account = world.register(1).await.unwrap();
    world.pump().await;
    account
}

fn desk(world: &World) -> ReporterDesk {
    ReporterDesk {
        board: world.twins.cases.clone(),
        book: world.twins.cases.clone(),
        settings: world.twins.settings.clone(),
        clock: Arc::new(world.twins.clock.clone()),
        profile: Profile::cn_2017(),
    }
}

/// Files for `reason`, which is a case of its own, and lets a reviewer decide it.
async fn judged(world: &mut World, operation: u128, subject: Subject, reason: &str, action: Action) -> Complaint {
    let filed = FileComplaint { reason: reason.to_owned(), ..complaint(operation, About::Subject(subject)) };
    world.complaints.file(filed).await.unwrap();
    world.pump().await;
    let id = domain::id::ComplaintId::of_operation(crate::world::operation_id(operation));
    let find = |world: &World| world.twins.cases.all_complaints().into_iter().find(|it| it.complaint_id == id).unwrap();
    let stored = find(world);
    world.decide_case(stored.case_id.unwrap(), 1_000 + operation, action).await.unwrap();
    world.pump().await;
    find(world)
}

#[tokio::test]
async fn a_reporter_who_was_right_weighs_more_and_nobody_in_particular_weighs_half() {
    let mut world = World::new(Delivery::InOrder);
    let subject = Subject::Account(account(&mut world).await.account_id);
    judged(&mut world, 2, subject, "fraud", Action::Warn).await;
    judged(&mut world, 3, subject, "spam", Action::Warn).await;
    let weights = |world: &World| {
        let mut all: Vec<u16> = world.twins.cases.all_cases().iter().map(|it| it.reporter_weight).collect();
        all.sort_unstable();
        all
    };
    assert_eq!(weights(&world), [500, 600]);
    judged(&mut world, 4, subject, "gambling", Action::NoAction).await;
    let anonymous =
        FileComplaint { reason: "other".to_owned(), contact: None, ..complaint(5, About::Subject(subject)) };
    world.complaints.file(anonymous).await.unwrap();
    judged(&mut world, 6, subject, "privacy", Action::NoAction).await;
    // Two of two were right, then two of three.
    assert_eq!(weights(&world), [500, 500, 571, 600, 666]);
}

#[tokio::test]
async fn bad_faith_leads_to_a_cool_down_that_somebody_else_can_take_back() {
    let mut world = World::new(Delivery::Doubled);
    let subject = Subject::Account(account(&mut world).await.account_id);
    let first = judged(&mut world, 2, subject, "fraud", Action::NoAction).await;
    let second = judged(&mut world, 3, subject, "spam", Action::NoAction).await;
    let (reviewer, other) = (samples::reviewer("li"), samples::reviewer("wang"));
    let desk = desk(&world);
    for complaint in [&first, &second, &second] {
        let case_id = complaint.case_id.unwrap();
        desk.find(case_id, complaint.complaint_id, "捏造聊天记录", &reviewer).await.unwrap();
    }
    let refused = world.complain(4, subject).await.unwrap_err();
    let AppError::ReporterCoolingDown { until, reason, .. } = refused else { panic!("{refused}") };
    assert_eq!((until, reason.as_str()), (NOON + SignedDuration::from_hours(24 * 7), "捏造聊天记录"));
    // Others are heard, and so is whoever leaves no contact.
    let anonymous = FileComplaint { contact: None, ..complaint(5, About::Subject(subject)) };
    world.complaints.file(anonymous).await.unwrap();

    let own = desk.withdraw(second.case_id.unwrap(), second.complaint_id, &reviewer).await.unwrap_err();
    assert!(matches!(own, AppError::Reporter(ReporterRefusal::OwnFinding)));
    desk.withdraw(second.case_id.unwrap(), second.complaint_id, &other).await.unwrap();
    world.complain(6, subject).await.unwrap();
}

#[tokio::test]
async fn a_cool_down_ends_by_itself_and_when_the_complaint_turns_out_to_be_right() {
    let mut world = World::new(Delivery::InOrder);
    let subject = Subject::Account(account(&mut world).await.account_id);
    let first = judged(&mut world, 2, subject, "fraud", Action::NoAction).await;
    let second = judged(&mut world, 3, subject, "spam", Action::NoAction).await;
    for complaint in [&first, &second] {
        let case_id = complaint.case_id.unwrap();
        desk(&world).find(case_id, complaint.complaint_id, "捏造", &samples::reviewer("li")).await.unwrap();
    }
    assert!(matches!(world.complain(4, subject).await.unwrap_err(), AppError::ReporterCoolingDown { .. }));
    // The reporter contests, and somebody else finds that they were right.
    let receipt = domain::receipt::Receipt::of_operation(crate::world::operation_id(3));
    let status = world.complaints.status(&receipt).await.unwrap();
    assert_eq!(status.bad_faith.as_ref().map(|(finding, _)| finding.reason.as_str()), Some("捏造"));
    world.complaints.contest(&receipt, "聊天记录是真的").await.unwrap();
    world.decide_as("wang", second.case_id.unwrap(), 4_000, Action::Warn).await.unwrap();
    world.complain(5, subject).await.unwrap();
    // And without that, a week later.
    world.twins.clock.set(NOON + SignedDuration::from_hours(24 * 7));
    assert!(desk(&world).book.reporter(first.reporter.as_ref().unwrap()).await.unwrap().is_some());
    world.complain(6, subject).await.unwrap();
}

#[tokio::test]
async fn who_was_right_or_has_no_name_was_not_in_bad_faith() {
    let mut world = World::new(Delivery::InOrder);
    let subject = Subject::Account(account(&mut world).await.account_id);
    let upheld = judged(&mut world, 2, subject, "fraud", Action::Warn).await;
    let refused =
        desk(&world).find(upheld.case_id.unwrap(), upheld.complaint_id, "捏造", &samples::reviewer("li")).await;
    assert!(matches!(refused.unwrap_err(), AppError::Reporter(ReporterRefusal::NotDismissed)));
    let anonymous = FileComplaint { reason: "spam".to_owned(), contact: None, ..complaint(3, About::Subject(subject)) };
    world.complaints.file(anonymous).await.unwrap();
    world.pump().await;
    let complaint = world.twins.cases.all_complaints().into_iter().find(|it| it.reason == "spam").unwrap();
    let refused =
        desk(&world).find(complaint.case_id.unwrap(), complaint.complaint_id, "捏造", &samples::reviewer("li")).await;
    assert!(matches!(refused.unwrap_err(), AppError::Reporter(ReporterRefusal::Unknown)));
}

#[tokio::test]
async fn a_contested_no_action_is_judged_by_somebody_else_and_the_status_tells() {
    for delivery in [Delivery::InOrder, Delivery::Doubled] {
        let mut world = World::new(delivery);
        let subject = Subject::Account(account(&mut world).await.account_id);
        let filed = world.complain(2, subject).await.unwrap();
        world.pump().await;
        let early = world.complaints.contest(&filed.receipt, "没有看附件").await.unwrap_err();
        assert!(matches!(early, AppError::Contest(ContestRefusal::NotDecided)));
        world.decide(9, Action::NoAction).await.unwrap();
        let status = world.complaints.contest(&filed.receipt, "没有看附件").await.unwrap();
        assert_eq!(status.status, ComplaintStatus::UnderReview);
        assert!(status.contest.is_some_and(|contest| !contest.is_answered));
        // Sent again, it is the same contest.
        world.complaints.contest(&filed.receipt, "没有看附件").await.unwrap();
        let case = world.twins.cases.all_cases().remove(0);
        assert_eq!(case.state, CaseState::Open);
        let first = world.decide_as("li", case.case_id, 10, Action::NoAction).await.unwrap_err();
        assert!(matches!(first, AppError::Case(CaseRefusal::ConflictOfInterest)));
        world.decide_as("wang", case.case_id, 11, Action::Warn).await.unwrap();
        world.pump().await;
        let status = world.complaints.status(&filed.receipt).await.unwrap();
        assert_eq!(status.status, ComplaintStatus::Upheld);
        assert!(status.contest.is_some_and(|contest| contest.is_answered));
        assert_eq!(world.twins.accounts.all()[0].enforcements.len(), 1, "the reversal takes effect");
        let twice = world.complaints.contest(&filed.receipt, "再来").await.unwrap_err();
        assert!(matches!(twice, AppError::Contest(ContestRefusal::ContestedBefore)));
    }
}

#[tokio::test]
async fn a_contest_comes_within_the_appeal_window() {
    let mut world = World::new(Delivery::InOrder);
    let subject = Subject::Account(account(&mut world).await.account_id);
    let filed = world.complain(2, subject).await.unwrap();
    world.pump().await;
    world.decide(9, Action::NoAction).await.unwrap();
    world.twins.clock.set(NOON + SignedDuration::from_hours(24 * 180));
    let late = world.complaints.contest(&filed.receipt, "晚了").await.unwrap_err();
    assert!(matches!(late, AppError::Contest(ContestRefusal::WindowOver { .. })));
}
