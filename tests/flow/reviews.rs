//! What a person settles where no provider did (R6.1, B7).

use app::{error::AppError, ports::IdentityOutcome};
use domain::{
    account::{AccountStatus, RejectionReason},
    case::{CaseRefusal, Matter},
    decision::Action,
    id::AccountId,
};

use crate::world::{Delivery, World};

/// An account that the provider, being down, has left pending, and the case that a request for a review has opened.
async fn under_review(delivery: Delivery) -> (World, AccountId) {
    let mut world = World::new(delivery);
    let account = world.register(1).await.unwrap();
    let _ = world.twins.accounts.take_events();
    world.request_review(account.account_id);
    world.request_review(account.account_id);
    world.pump().await;
    let cases = world.twins.cases.all_cases();
    assert_eq!(cases.len(), 1, "one case, though the request came twice");
    assert_eq!((&cases[0].matter, cases[0].queue.as_str()), (&Matter::Registration, "registration"));
    assert_eq!(cases[0].complaint_count, 0);
    (world, account.account_id)
}

#[tokio::test]
async fn an_approved_registration_is_active_and_the_platform_is_told() {
    for delivery in [Delivery::InOrder, Delivery::Reversed, Delivery::Doubled] {
        let (mut world, account_id) = under_review(delivery).await;
        world.decide(2, Action::Approve).await.unwrap();
        world.pump().await;
        assert_eq!(world.twins.accounts.get(account_id).unwrap().status, AccountStatus::Active);
        world.publish(account_id, &[("post-1", "早安")]).await.unwrap();
        assert!(world.twins.webhook.messages().iter().all(|message| message.body.contains("account.verified")));
    }
}

#[tokio::test]
async fn a_refused_registration_is_rejected_and_gives_its_place_back_once() {
    let (mut world, account_id) = under_review(Delivery::Doubled).await;
    world.decide(2, Action::Refuse).await.unwrap();
    world.pump().await;
    let account = world.twins.accounts.get(account_id).unwrap();
    assert_eq!(account.status, AccountStatus::Rejected);
    assert_eq!(account.rejection_reason, Some(RejectionReason::RefusedByReviewer));
    assert_eq!(world.twins.accounts.held_by(&account.principal_key), 0);
}

#[tokio::test]
async fn a_registration_is_not_answered_as_a_complaint_is() {
    let (world, account_id) = under_review(Delivery::InOrder).await;
    let refused = world.decide(2, Action::Warn).await.unwrap_err();
    assert!(matches!(refused, AppError::Case(CaseRefusal::ActionForMatter)), "{refused:?}");
    assert_eq!(world.twins.accounts.get(account_id).unwrap().status, AccountStatus::Pending);
}

#[tokio::test]
async fn a_decision_that_comes_after_the_provider_changes_nothing() {
    let mut world = World::new(Delivery::InOrder);
    let account = world.register(1).await.unwrap();
    world.twins.provider.answer(IdentityOutcome::Match);
    world.request_review(account.account_id);
    world.pump().await;
    world.decide(2, Action::Refuse).await.unwrap();
    world.pump().await;
    assert_eq!(world.twins.accounts.get(account.account_id).unwrap().status, AccountStatus::Active);
}
