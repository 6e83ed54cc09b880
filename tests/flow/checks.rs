//! What becomes of a registration while the identity provider answers, does not, and never does (R6.1, R9.1, B7).

use app::{error::AppError, ports::IdentityOutcome, verifying::Verification};
use domain::{
    account::{Account, AccountStatus},
    case::Matter,
    decision::Action,
    event::{Event, EventBody},
    personal::Purpose,
    settings::Settings,
    verification::CheckOutcome,
};
use testkit::When;

use crate::world::{Delivery, World, until_done};

/// The only account there is.
fn account(world: &World) -> Account {
    world.twins.accounts.all().remove(0)
}

/// The stream's newest event of the account.
fn last_event(world: &World) -> Event {
    world.twins.accounts.events().pop().unwrap()
}

fn tries(world: &World, tries: u32) {
    let mut settings = Settings::default();
    settings.verification.tries = tries;
    world.twins.settings.put_in_force(settings);
}

#[tokio::test]
async fn each_outcome_settles_the_account_and_is_on_record() {
    for (outcome, status, noted) in [
        (IdentityOutcome::Match, AccountStatus::Active, CheckOutcome::Match),
        (IdentityOutcome::Mismatch, AccountStatus::Rejected, CheckOutcome::Mismatch),
        (IdentityOutcome::NotFound, AccountStatus::Rejected, CheckOutcome::NotFound),
    ] {
        let mut world = World::new(Delivery::Doubled);
        world.twins.provider.answer(outcome);
        world.register(1).await.unwrap();
        world.pump().await;
        let account = account(&world);
        assert_eq!((account.status, account.verification.last_outcome), (status, Some(noted)));
        assert_eq!((account.verification.attempts, world.twins.provider.checks()), (1, 1), "asked once");
    }
}

#[tokio::test]
async fn a_provider_that_is_down_leaves_the_account_unverified_and_is_asked_again() {
    let mut world = World::new(Delivery::InOrder);
    let registered = world.register(1).await.unwrap();
    world.twins.provider.go_down();
    let event = world.twins.accounts.take_events().remove(0);
    assert_eq!(world.verifier.verify(&event).await.unwrap(), Verification::Postponed { attempt: 1 });
    assert_eq!(account(&world).status, AccountStatus::Verifying);
    let refused = world.publish(registered.account_id, &[("post-1", "早安")]).await.unwrap_err();
    assert!(matches!(refused, AppError::AccountNotVerified { status: AccountStatus::Verifying }));
    // The order to ask again is an event, and waits.
    let again = last_event(&world);
    assert!((30..=60).contains(&again.body.pause_seconds()), "{}", again.body.pause_seconds());
    // A copy of the first message asks nobody: the next check has a message of its own.
    assert_eq!(world.verifier.verify(&event).await.unwrap(), Verification::Postponed { attempt: 1 });
    assert_eq!(world.twins.provider.checks(), 1);

    world.twins.provider.answer(IdentityOutcome::Match);
    world.pump().await;
    assert_eq!(account(&world).status, AccountStatus::Active);
    world.publish(registered.account_id, &[("post-1", "早安")]).await.unwrap();
}

#[tokio::test]
async fn a_provider_that_never_answers_brings_a_person_who_decides() {
    for (action, status) in [(Action::Approve, AccountStatus::Active), (Action::Refuse, AccountStatus::Rejected)] {
        for delivery in [Delivery::InOrder, Delivery::Reversed, Delivery::Doubled] {
            let mut world = World::new(delivery);
            tries(&world, 3);
            world.twins.provider.go_down();
            world.register(1).await.unwrap();
            world.pump().await;
            assert_eq!(account(&world).status, AccountStatus::ManualReview, "{delivery:?}");
            assert_eq!(world.twins.provider.checks(), 3, "{delivery:?}: a bounded number of checks");
            let cases = world.twins.cases.all_cases();
            assert_eq!(cases.len(), 1);
            assert_eq!(cases[0].matter, Matter::Registration);
            // The provider has come back; the person decides all the same, once.
            world.twins.provider.answer(IdentityOutcome::Mismatch);
            world.decide(2, action).await.unwrap();
            world.pump().await;
            assert_eq!(account(&world).status, status);
        }
    }
}

#[tokio::test]
async fn a_crash_at_any_point_of_checks_that_fail_still_brings_a_person_and_never_a_silent_pass() {
    let mut calm = World::new(Delivery::InOrder);
    tries(&calm, 3);
    calm.twins.provider.go_down();
    calm.register(1).await.unwrap();
    calm.twins.faults.reset();
    calm.pump().await;
    let calls = calm.twins.faults.calls();
    assert!(calls > 15, "{calls} calls");
    for when in [When::Before, When::After] {
        for call in 1..=calls {
            let mut world = World::new(Delivery::InOrder);
            tries(&world, 3);
            world.twins.provider.go_down();
            until_done(async || world.register(1).await).await;
            world.twins.faults.strike(call, when);
            world.pump().await;
            assert_eq!(account(&world).status, AccountStatus::ManualReview, "call {call} failed {when:?} its effect");
            assert_eq!(world.twins.cases.all_cases().len(), 1, "call {call} failed {when:?} its effect");
            assert!(world.twins.provider.checks() <= 3);
        }
    }
}

#[tokio::test]
async fn every_unsealing_is_on_record_before_the_provider_sees_the_identity() {
    let mut world = World::new(Delivery::InOrder);
    tries(&world, 2);
    world.twins.provider.go_down();
    world.register(1).await.unwrap();
    world.pump().await;
    let unsealed =
        |event: &Event| matches!(event.body, EventBody::IdentityUnsealed { purpose: Purpose::IdentityCheck, .. });
    let events = world.twins.accounts.events();
    assert_eq!(events.iter().filter(|event| unsealed(event)).count(), world.twins.provider.checks());
    // Where the record cannot be stored, nothing is unsealed and nobody is asked.
    let world = World::new(Delivery::InOrder);
    world.register(1).await.unwrap();
    let event = world.twins.accounts.take_events().remove(0);
    // Account and settings are read; the third call stores the record.
    world.twins.faults.strike(3, When::Before);
    assert!(world.verifier.verify(&event).await.unwrap_err().is_retryable());
    assert_eq!(world.twins.faults.calls(), 3);
    assert_eq!(world.twins.provider.checks(), 0);
}
