//! Of what is decided the office learns, once, in numbers without a gap; and of what turns out to be wrong (R11.2, R13.1).

use std::slice;

use app::{
    blacklisting::{PrincipalReference, ProposeListing},
    casework::Agree,
    error::AppError,
    ports::ReportLedger,
};
use domain::{
    authority_report::{AuthorityReport, ReportNumber, ReportRefusal, ReportedAction},
    case::Matter,
    decision::Action,
    event::EventBody,
    id::AccountId,
    subject::Subject,
};
use jiff::SignedDuration;
use testkit::{When, samples};

use crate::world::{Delivery, World, operation_id, until_done};

const SUSPEND: Action = Action::SuspendUpdates { days: Some(7) };

async fn suspended(world: &mut World, operation: u128) -> AccountId {
    let account_id = until_done(async || world.register(operation).await).await.account_id;
    world.pump().await;
    until_done(async || world.complain(operation + 1, Subject::Account(account_id)).await).await;
    world.pump().await;
    let cases = world.twins.cases.all_cases();
    let case = cases.iter().find(|case| case.subject == Subject::Account(account_id)).unwrap().case_id;
    until_done(async || world.decide_case(case, operation + 2, SUSPEND).await).await;
    account_id
}

fn told(reports: &[AuthorityReport]) -> Vec<(String, Option<ReportedAction>, Option<String>)> {
    let of = |it: &AuthorityReport| (it.number.to_string(), it.action, it.supplements.map(|it| it.to_string()));
    reports.iter().map(of).collect()
}

#[tokio::test]
async fn what_is_decided_is_reported_once_and_a_reversal_is_a_supplement() {
    for delivery in [Delivery::InOrder, Delivery::Doubled] {
        let mut world = World::new(delivery);
        let account_id = suspended(&mut world, 10).await;
        world.pump().await;
        let first = ("2026-000001".to_owned(), Some(ReportedAction::SuspendUpdates), None);
        assert_eq!(told(&world.twins.reports.files()), slice::from_ref(&first), "{delivery:?}");
        let report = &world.twins.reports.files()[0];
        assert_eq!(
            (report.account.as_ref().map(|it| it.account_id), report.policies.as_slice()),
            (Some(account_id), ["fraud".to_owned()].as_slice())
        );

        let appeal = world.appeal(13, account_id, 12).await.unwrap();
        world.decide_as("wang", appeal.case_id, 14, Action::Accept).await.unwrap();
        world.pump().await;
        let second = ("2026-000002".to_owned(), None, Some("2026-000001".to_owned()));
        assert_eq!(told(&world.twins.reports.files()), [first, second], "{delivery:?}");
    }
}

#[tokio::test]
async fn what_was_undone_before_it_came_is_not_reported() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = suspended(&mut world, 10).await;
    let appeal = world.appeal(13, account_id, 12).await.unwrap();
    world.decide_as("wang", appeal.case_id, 14, Action::Accept).await.unwrap();
    let events = world.twins.cases.take_events().into_iter();
    let decisions: Vec<_> = events.filter(|event| matches!(event.body, EventBody::DecisionMade { .. })).collect();
    for event in decisions.iter().rev() {
        world.enforce(event).await.unwrap();
    }
    assert_eq!((decisions.len(), told(&world.twins.reports.files())), (2, vec![]));
}

#[tokio::test]
async fn what_the_settings_do_not_ask_for_is_not_reported_and_a_proposal_is_none_yet() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = world.register(1).await.unwrap().account_id;
    world.pump().await;
    world.complain(2, Subject::Account(account_id)).await.unwrap();
    world.pump().await;
    world.decide(3, Action::Warn).await.unwrap();
    world.pump().await;
    assert_eq!(told(&world.twins.reports.files()), [], "a warning is between platform and account");
    world.complain(4, Subject::Account(account_id)).await.unwrap();
    world.pump().await;
    world.decide(5, Action::Close { blacklist: None }).await.unwrap();
    world.pump().await;
    assert_eq!(told(&world.twins.reports.files()), []);
    let cases = world.twins.cases.all_cases();
    let case = cases.iter().find(|case| matches!(case.matter, Matter::Complaint { .. })).unwrap();
    let decision_id = case.proposal.as_ref().unwrap().decision_id;
    let second = samples::reviewer("zhao");
    world.cases.agree(Agree { decision_id, version: case.version, second }).await.unwrap();
    world.pump().await;
    assert_eq!(told(&world.twins.reports.files()), [("2026-000001".to_owned(), Some(ReportedAction::Close), None)]);
}

/// Whatever breaks off where, each decision has one number, and each number its file.
#[tokio::test]
async fn a_crash_anywhere_leaves_each_report_with_its_number_and_its_file() {
    for strike in 1..30 {
        for when in [When::Before, When::After] {
            let mut world = World::new(Delivery::InOrder);
            suspended(&mut world, 10).await;
            suspended(&mut world, 20).await;
            world.twins.faults.strike(strike, when);
            world.pump().await;
            let numbers: Vec<String> =
                world.twins.reports.files().iter().map(|report| report.number.to_string()).collect();
            assert_eq!(numbers, ["2026-000001", "2026-000002"], "{strike} {when:?}");
            assert_eq!(world.twins.reports.last(2026).await.unwrap(), 2);
        }
    }
}

#[tokio::test]
async fn the_office_acknowledges_a_report_once() {
    let mut world = World::new(Delivery::InOrder);
    suspended(&mut world, 10).await;
    world.pump().await;
    let number: ReportNumber = "2026-000001".parse().unwrap();
    let lead = samples::reviewer("zhao");
    let note = async |reference| world.authority_reports.acknowledge(number, reference, &lead).await;
    let noted = note("网信收17号").await.unwrap();
    assert_eq!(noted, note("网信收17号").await.unwrap());
    assert!(matches!(note("网信收18号").await, Err(AppError::AuthorityReport(_))));
    assert_eq!(world.authority_reports.page(None, None, 10).await.unwrap().reports, [noted]);
    let unknown = world.authority_reports.read("2026-000002".parse().unwrap()).await;
    assert!(matches!(unknown, Err(AppError::AuthorityReport(ReportRefusal::Unknown))));
}

fn proposal(operation: u128, account_id: AccountId) -> ProposeListing {
    ProposeListing {
        operation_id: operation_id(operation),
        principal: PrincipalReference::Account(account_id),
        reason: "多次以返利为名诈骗".to_owned(),
        review_at: samples::NOON + SignedDuration::from_hours(24 * 180),
        proposer: samples::reviewer("li"),
    }
}

#[tokio::test]
async fn a_listing_is_reported_once_and_its_removal_is_a_supplement() {
    for delivery in [Delivery::InOrder, Delivery::Doubled] {
        let mut world = World::new(delivery);
        let account_id = world.register(1).await.unwrap().account_id;
        let key = world.list(proposal(2, account_id)).await.unwrap().principal_key;
        world.pump().await;
        let first = ("2026-000001".to_owned(), Some(ReportedAction::Blacklist), None);
        assert_eq!(told(&world.twins.reports.files()), slice::from_ref(&first), "{delivery:?}");
        // Of the principal itself nothing is told: neither who it is, nor the key by which it is known here.
        let report = serde_json::to_string(&world.twins.reports.files()).unwrap();
        assert!(!report.contains(&key.to_string()));

        world.blacklist.remove(&key, "误列", &samples::reviewer("zhao")).await.unwrap();
        world.pump().await;
        let second = ("2026-000002".to_owned(), None, Some("2026-000001".to_owned()));
        assert_eq!(told(&world.twins.reports.files()), [first, second], "{delivery:?}");
    }
    let mut world = World::new(Delivery::Reversed);
    let account_id = world.register(1).await.unwrap().account_id;
    let key = world.list(proposal(2, account_id)).await.unwrap().principal_key;
    world.blacklist.remove(&key, "误列", &samples::reviewer("zhao")).await.unwrap();
    world.pump().await;
    assert_eq!(told(&world.twins.reports.files()), [], "what was undone before it came is not reported");
}

#[tokio::test]
async fn a_crash_anywhere_in_a_listing_and_its_removal_leaves_one_report_and_one_supplement() {
    for strike in 1..40 {
        for when in [When::Before, When::After] {
            let mut world = World::new(Delivery::InOrder);
            let account_id = world.register(1).await.unwrap().account_id;
            world.pump().await;
            let key = world.list(proposal(2, account_id)).await.unwrap().principal_key;
            world.twins.faults.strike(strike, when);
            world.pump().await;
            until_done(async || world.blacklist.remove(&key, "误列", &samples::reviewer("zhao")).await).await;
            world.pump().await;
            let told = told(&world.twins.reports.files());
            let numbers: Vec<_> =
                told.iter().map(|(number, _, supplements)| (number.as_str(), supplements.as_deref())).collect();
            assert_eq!(numbers, [("2026-000001", None), ("2026-000002", Some("2026-000001"))], "{strike} {when:?}");
        }
    }
}
