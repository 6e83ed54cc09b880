//! Two at once.

use app::error::AppError;
use domain::{case::CaseRefusal, decision::Action, settings::Settings, subject::Subject};
use evidence::record::LogRecord;
use futures::future::join_all;
use jiff::SignedDuration;
use testkit::samples;

use crate::world::{Delivery, World, ruling};

#[tokio::test]
async fn fifty_registrations_of_one_principal_never_pass_the_cap() {
    let world = World::new(Delivery::InOrder);
    let answers = join_all((1..=50).map(|operation| world.register(operation))).await;
    let accepted = answers.iter().filter(|answer| answer.is_ok()).count();
    let refused = answers.iter().filter(|answer| matches!(answer, Err(AppError::QuotaExceeded { cap: 2 }))).count();
    assert_eq!((accepted, refused), (2, 48));
}

#[tokio::test]
async fn two_tries_of_one_registration_make_one_account() {
    let world = World::new(Delivery::InOrder);
    let (first, second) = futures::join!(world.register(1), world.register(1));
    assert_eq!(first.unwrap().account_id, second.unwrap().account_id);
    assert_eq!(world.twins.accounts.all().len(), 1);
}

#[tokio::test]
async fn two_reviewers_cannot_have_one_case() {
    let mut world = World::new(Delivery::InOrder);
    let account = world.register(1).await.unwrap();
    world.complain(2, Subject::Account(account.account_id)).await.unwrap();
    world.pump().await;
    let case_id = world.twins.cases.all_cases()[0].case_id;
    world.cases.claim(case_id, &samples::reviewer("li")).await.unwrap();
    let refused = world.cases.claim(case_id, &samples::reviewer("wang")).await.unwrap_err();
    assert!(matches!(refused, AppError::Case(CaseRefusal::ClaimedByAnother)));
}

#[tokio::test]
async fn a_decision_on_a_case_that_has_moved_on_is_refused() {
    let mut world = World::new(Delivery::InOrder);
    let account = world.register(1).await.unwrap();
    world.complain(2, Subject::Account(account.account_id)).await.unwrap();
    world.pump().await;
    let reviewer = samples::reviewer("li");
    let case_id = world.twins.cases.all_cases()[0].case_id;
    let read = world.cases.claim(case_id, &reviewer).await.unwrap().version;
    world.complain(3, Subject::Account(account.account_id)).await.unwrap();
    world.pump().await;
    let refused = world.cases.decide(case_id, &reviewer, ruling(9, read, Action::NoAction)).await.unwrap_err();
    assert!(matches!(refused, AppError::VersionConflict { expected } if expected == read));
}

#[tokio::test]
async fn a_reference_used_for_other_content_is_refused() {
    let mut world = World::new(Delivery::InOrder);
    let account = world.register(1).await.unwrap();
    world.pump().await;
    world.publish(account.account_id, &[("post-1", "明天有雨")]).await.unwrap();
    world.publish(account.account_id, &[("post-1", "明天有雨")]).await.unwrap();
    let refused = world.publish(account.account_id, &[("post-1", "后天有雨")]).await.unwrap_err();
    assert!(matches!(refused, AppError::ReferenceReused));
    assert_eq!(world.twins.publications.all().len(), 1);
}

#[tokio::test]
async fn a_publication_costs_one_read_and_then_one_row_and_one_message() {
    let mut world = World::new(Delivery::InOrder);
    let account = world.register(1).await.unwrap();
    world.pump().await;
    world.twins.faults.reset();
    world.publish(account.account_id, &[("post-1", "明天有雨")]).await.unwrap();
    assert_eq!(
        world.twins.faults.calls(),
        7,
        "account, settings, policy documents, what was removed and incidents side by side, then row and message"
    );
    world.twins.faults.reset();
    let posts: Vec<(String, &str)> = (2..27).map(|n| (format!("post-{n}"), "明天有雨")).collect();
    let posts: Vec<(&str, &str)> = posts.iter().map(|(reference, text)| (reference.as_str(), *text)).collect();
    world.publish(account.account_id, &posts).await.unwrap();
    assert_eq!(world.twins.faults.calls(), 5 + 25 + 1, "five reads, one row each, one call to the log queue");
}

#[tokio::test]
async fn the_cap_is_the_one_that_the_settings_say_r7_3() {
    let world = World::new(Delivery::InOrder);
    let mut settings = Settings { version: 2, ..Settings::default() };
    settings.account_caps.individual = 1;
    world.twins.settings.put_in_force(settings);
    world.register(1).await.unwrap();
    let refused = world.register(2).await;
    assert!(matches!(refused, Err(AppError::QuotaExceeded { cap: 1 })), "{refused:?}");
}

#[tokio::test]
async fn the_log_says_of_a_retried_publication_what_the_row_and_the_answer_say() {
    let mut world = World::new(Delivery::InOrder);
    let account = world.register(1).await.unwrap();
    world.pump().await;
    world.publish(account.account_id, &[("post-1", "明天有雨")]).await.unwrap();
    world.twins.clock.set(samples::NOON + SignedDuration::from_mins(5));
    world.publish(account.account_id, &[("post-1", "明天有雨")]).await.unwrap();
    world.pump().await;
    let row = world.twins.publications.all().remove(0);
    let copies: Vec<_> =
        world.twins.content_log.records().into_iter().filter(|record| record.kind == "publication").collect();
    assert!(copies.iter().any(|copy| copy.received_at != row.publication.received_at), "the retry is in the log");
    let standing = LogRecord::standing(&copies).unwrap();
    assert_eq!(standing.received_at, row.publication.received_at);
}
