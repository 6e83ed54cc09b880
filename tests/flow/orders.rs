//! Copies and bad orders.

use std::collections::BTreeSet;

use app::{error::AppError, ports::IdentityOutcome};
use domain::{account::AccountStatus, case::CaseState, decision::Action, subject::Subject};

use crate::world::{Delivery, World};

async fn story(delivery: Delivery) -> World {
    let mut world = World::new(delivery);
    let account = world.register(1).await.unwrap();
    world.pump().await;
    world.publish(account.account_id, &[("post-1", "明天有雨"), ("post-2", "同城约炮")]).await.unwrap();
    for operation in 2..6 {
        world.complain(operation, Subject::Account(account.account_id)).await.unwrap();
    }
    world.pump().await;
    world.decide(6, Action::Warn).await.unwrap();
    world.pump().await;
    world
}

#[tokio::test]
async fn copies_and_bad_orders_leave_the_same_state() {
    let expected = story(Delivery::InOrder).await.state();
    for delivery in [Delivery::Reversed, Delivery::Doubled] {
        assert_eq!(story(delivery).await.state(), expected, "{delivery:?}");
    }
}

#[tokio::test]
async fn copies_of_a_webhook_carry_the_same_id() {
    let world = story(Delivery::Doubled).await;
    let messages = world.twins.webhook.messages();
    let ids: BTreeSet<_> = messages.iter().map(|message| message.id).collect();
    assert!(messages.len() > ids.len(), "something was delivered twice");
    assert_eq!(ids.len(), 2, "one of the verification, one of the warning");
}

#[tokio::test]
async fn a_rejected_registration_frees_its_place_in_the_quota() {
    let mut world = World::new(Delivery::Doubled);
    world.twins.provider.answer(IdentityOutcome::Mismatch);
    let account = world.register(1).await.unwrap();
    assert_eq!(world.twins.accounts.held_by(&account.principal_key), 1);
    world.pump().await;
    assert_eq!(world.twins.accounts.get(account.account_id).unwrap().status, AccountStatus::Rejected);
    assert_eq!(world.twins.accounts.held_by(&account.principal_key), 0, "freed once, though the message came twice");
}

#[tokio::test]
async fn a_complaint_about_a_decided_case_opens_it_again() {
    let mut world = story(Delivery::InOrder).await;
    let account = world.twins.accounts.all().remove(0);
    world.complain(7, Subject::Account(account.account_id)).await.unwrap();
    world.pump().await;
    let cases = world.twins.cases.all_cases();
    assert_eq!(cases.len(), 1, "no fork");
    assert_eq!((cases[0].state, cases[0].complaint_count), (CaseState::Open, 5));
}

#[tokio::test]
async fn what_was_accepted_before_a_suspension_is_answered_again_after_it() {
    let mut world = story(Delivery::InOrder).await;
    let account = world.twins.accounts.all().remove(0);
    world.complain(7, Subject::Account(account.account_id)).await.unwrap();
    world.pump().await;
    world.decide(8, Action::SuspendUpdates { days: None }).await.unwrap();
    world.pump().await;
    world.publish(account.account_id, &[("post-1", "明天有雨")]).await.unwrap();
    for (reference, text) in [("post-3", "又一篇"), ("post-1", "改了内容")] {
        let refused = world.publish(account.account_id, &[(reference, text)]).await.unwrap_err();
        assert!(matches!(refused, AppError::AccountSuspended { .. }), "{reference}");
    }
}

#[tokio::test]
async fn a_receipt_follows_its_complaint_to_the_outcome() {
    let mut world = World::new(Delivery::InOrder);
    let account = world.register(1).await.unwrap();
    let filed = world.complain(2, Subject::Account(account.account_id)).await.unwrap();
    let status = async |world: &World| world.complaints.status(&filed.receipt).await.unwrap();
    assert_eq!(status(&world).await.status, domain::complaint::ComplaintStatus::Received);
    world.pump().await;
    assert_eq!(status(&world).await.status, domain::complaint::ComplaintStatus::UnderReview);
    world.decide(3, Action::Warn).await.unwrap();
    let outcome = status(&world).await;
    assert_eq!(outcome.status, domain::complaint::ComplaintStatus::Upheld);
    assert_eq!(outcome.outcome_reason.as_deref(), Some("冒充客服"));
}
