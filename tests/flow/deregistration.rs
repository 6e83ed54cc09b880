//! The way out (R9.2): a time to change one's mind, the closing, and an identity that is destroyed once nothing keeps it.

use app::{deregistering::Closings, error::AppError, ports::IdentityOutcome};
use domain::{
    account::{Account, AccountStatus},
    change::Change,
    decision::Action,
    deregistration::{DeregistrationRefusal, KeepingDuty, sealed_sha256},
    filing::{FilingRow, FilingStep},
    id::RunId,
    subject::Subject,
};
use jiff::{SignedDuration, Timestamp};
use testkit::{When, samples};

use crate::world::{Delivery, World, until_done};

fn in_days(days: i64) -> Timestamp {
    samples::NOON + SignedDuration::from_hours(24 * days)
}

async fn active(world: &mut World) -> Account {
    let account = until_done(async || world.register(1).await).await;
    world.pump().await;
    world.twins.accounts.get(account.account_id).unwrap()
}

async fn clock(world: &World, days: i64) -> Result<Closings, AppError> {
    let now = in_days(days);
    world.twins.clock.set(now);
    world.deregistration_clock.run(RunId::planned_at(now), now).await
}

#[tokio::test]
async fn an_account_is_closed_when_the_time_is_over_and_its_identity_is_destroyed_with_a_receipt() {
    let mut world = World::new(Delivery::Doubled);
    let account = active(&mut world).await;
    let sealed = account.identity.clone().unwrap();
    let leaving = world.deregistrations.request(account.account_id, &samples::platform()).await.unwrap();
    assert_eq!(leaving.status, AccountStatus::Deregistering);
    let again = world.deregistrations.request(account.account_id, &samples::platform()).await.unwrap();
    assert_eq!(again, leaving, "asked for once");
    let refused = world.publish(account.account_id, &[("post-1", "早安")]).await.unwrap_err();
    assert!(matches!(refused, AppError::AccountClosed { .. }), "{refused:?}");

    assert_eq!(clock(&world, 14).await.unwrap(), Closings::default(), "not before its time");
    assert_eq!(clock(&world, 15).await.unwrap(), Closings { closed: 1, destroyed: 1, kept: 0 });
    assert_eq!(clock(&world, 15).await.unwrap(), Closings::default(), "nothing is left to do");
    let closed = world.twins.accounts.get(account.account_id).unwrap();
    assert_eq!((closed.status, closed.identity), (AccountStatus::Closed, None));
    let receipt = closed.deregistration.unwrap().receipt.unwrap();
    assert_eq!((receipt.sealed_sha256, receipt.destroyed_at), (sealed_sha256(&sealed), in_days(15)));
    assert_eq!(receipt.run_id, RunId::planned_at(in_days(15)));
    assert_eq!(world.twins.accounts.held_by(&account.principal_key), 0, "the place is free");
    world.pump().await;
    let told: Vec<String> = world.twins.webhook.messages().into_iter().map(|message| message.body).collect();
    for event in ["account.deregistration_requested", "account.closed", "account.identity_destroyed"] {
        assert!(told.iter().any(|body| body.contains(event)), "{event}");
    }
    let events = serde_json::to_string(&world.twins.accounts.events()).unwrap();
    assert!(!events.contains(&sealed.ciphertext) && !events.contains(&sealed.wrapped_key), "no event holds a seal");
}

#[tokio::test]
async fn whoever_changes_their_mind_in_time_stays_and_afterwards_it_is_too_late() {
    let mut world = World::new(Delivery::InOrder);
    let account = active(&mut world).await;
    let platform = samples::platform();
    world.deregistrations.request(account.account_id, &platform).await.unwrap();
    world.twins.clock.set(in_days(14));
    let back = world.deregistrations.undo(account.account_id, &platform).await.unwrap();
    assert_eq!((back.status, back.deregistration), (AccountStatus::Active, None));
    let none = world.deregistrations.undo(account.account_id, &platform).await.unwrap_err();
    assert!(matches!(none, AppError::Deregistration(DeregistrationRefusal::NotUnderWay)));
    assert_eq!(clock(&world, 15).await.unwrap(), Closings::default());
    world.publish(account.account_id, &[("post-1", "早安")]).await.unwrap();

    world.deregistrations.request(account.account_id, &platform).await.unwrap();
    world.twins.clock.set(in_days(30));
    let late = world.deregistrations.undo(account.account_id, &platform).await.unwrap_err();
    assert!(matches!(late, AppError::Deregistration(DeregistrationRefusal::TooLate)), "{late:?}");
    assert_eq!(clock(&world, 30).await.unwrap().closed, 1);
    let closed = world.deregistrations.request(account.account_id, &platform).await.unwrap_err();
    assert!(matches!(closed, AppError::Deregistration(DeregistrationRefusal::NotFromHere(AccountStatus::Closed))));
}

/// What was never verified was never filed, so that nothing is filed of its change or its going (R7.1).
#[tokio::test]
async fn whoever_leaves_before_they_are_active_is_on_no_file() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = world.register(1).await.unwrap().account_id;
    world.deregistrations.request(account_id, &samples::platform()).await.unwrap();
    world.pump().await;
    let events = world.twins.accounts.events();
    assert_eq!(clock(&world, 15).await.unwrap().closed, 1);
    let account = world.twins.accounts.get(account_id).unwrap();
    let event = world.twins.accounts.events().into_iter().find(|event| event.body.name() == "account_closed");
    let closed = Change { state: account, event: event.expect("it was closed") };
    assert_eq!(FilingRow::of(&closed), None);
    assert!(events.iter().all(|event| event.body.name() != "account_verified"));

    let mut world = World::new(Delivery::InOrder);
    let account = active(&mut world).await;
    world.deregistrations.request(account.account_id, &samples::platform()).await.unwrap();
    assert_eq!(clock(&world, 15).await.unwrap().closed, 1);
    let event = world.twins.accounts.events().into_iter().find(|event| event.body.name() == "account_closed");
    let closed = Change { state: world.twins.accounts.get(account.account_id).unwrap(), event: event.unwrap() };
    assert_eq!(FilingRow::of(&closed).map(|row| row.step), Some(FilingStep::Withdrawn));
}

/// Whoever leaves before they are verified and comes back is verified still, whatever came meanwhile.
#[tokio::test]
async fn whoever_leaves_before_they_are_active_and_stays_is_checked_as_if_they_had_not() {
    let platform = samples::platform();
    // The order to ask once more comes while the account is leaving.
    let mut world = World::new(Delivery::InOrder);
    world.twins.provider.go_down();
    let account_id = world.register(1).await.unwrap().account_id;
    world.deregistrations.request(account_id, &platform).await.unwrap();
    world.pump().await;
    assert_eq!(world.twins.accounts.get(account_id).unwrap().status, AccountStatus::Deregistering);
    world.twins.provider.answer(IdentityOutcome::Match);
    world.deregistrations.undo(account_id, &platform).await.unwrap();
    world.pump().await;
    assert_eq!(world.twins.accounts.get(account_id).unwrap().status, AccountStatus::Active);

    // The reviewer's word comes while it is leaving, and counts when it comes back.
    for (action, comes_to) in [(Action::Approve, AccountStatus::Active), (Action::Refuse, AccountStatus::Rejected)] {
        let mut world = World::new(Delivery::Doubled);
        world.twins.provider.go_down();
        let account = world.register(1).await.unwrap();
        world.pump().await;
        assert_eq!(world.twins.accounts.get(account.account_id).unwrap().status, AccountStatus::ManualReview);
        world.deregistrations.request(account.account_id, &platform).await.unwrap();
        world.decide(3, action).await.unwrap();
        world.pump().await;
        let undone = world.deregistrations.undo(account.account_id, &platform).await;
        assert_eq!(undone.is_ok(), action == Action::Approve, "of what was refused nothing is left to come back to");
        world.pump().await;
        assert_eq!(world.twins.accounts.get(account.account_id).unwrap().status, comes_to);
        let held = world.twins.accounts.held_by(&account.principal_key);
        assert_eq!(held, u32::from(action == Action::Approve), "{action:?}");
    }
}

#[tokio::test]
async fn while_a_duty_keeps_the_identity_its_destruction_waits_and_says_why() {
    let mut world = World::new(Delivery::InOrder);
    let account = active(&mut world).await;
    world.complain(2, Subject::Account(account.account_id)).await.unwrap();
    world.pump().await;
    world.deregistrations.request(account.account_id, &samples::platform()).await.unwrap();
    assert_eq!(clock(&world, 15).await.unwrap(), Closings { closed: 1, destroyed: 0, kept: 1 });
    let kept = |world: &World| {
        let account = world.twins.accounts.get(account.account_id).unwrap();
        (account.identity.is_some(), account.deregistration.unwrap().kept_for)
    };
    assert_eq!(kept(&world), (true, Some(KeepingDuty::OpenCase)));
    assert_eq!(world.twins.accounts.held_by(&account.principal_key), 0, "the account is closed all the same");

    world.decide(3, Action::Warn).await.unwrap();
    world.pump().await;
    assert_eq!(clock(&world, 16).await.unwrap().kept, 1, "looked at again after a day");
    assert_eq!(kept(&world), (true, Some(KeepingDuty::AppealWindow)), "the warning may be appealed");
    assert_eq!(clock(&world, 17).await.unwrap().kept, 1);
    let noted = world.twins.accounts.events();
    assert_eq!(noted.iter().filter(|event| event.body.name() == "identity_kept").count(), 2, "once for each duty");
    assert_eq!(clock(&world, 400).await.unwrap().destroyed, 1, "nobody can appeal any more");
    assert_eq!(kept(&world), (false, None));
}

#[tokio::test]
async fn a_crash_between_any_two_calls_of_a_closing_leaves_the_same_state() {
    async fn story(world: &mut World) {
        let account = active(world).await;
        until_done(async || world.deregistrations.request(account.account_id, &samples::platform()).await).await;
        world.pump().await;
        until_done(async || clock(world, 15).await).await;
        world.pump().await;
    }
    let mut calm = World::new(Delivery::InOrder);
    story(&mut calm).await;
    let (calls, expected) = (calm.twins.faults.calls(), calm.lasting_state());
    assert!(calls > 15, "the story makes {calls} calls");
    for when in [When::Before, When::After] {
        for call in 1..=calls {
            let mut world = World::new(Delivery::InOrder);
            world.twins.faults.strike(call, when);
            story(&mut world).await;
            assert_eq!(world.lasting_state()["log"], expected["log"], "call {call} failed {when:?} its effect");
            let account = world.twins.accounts.all().remove(0);
            let settled =
                (account.status, account.identity.is_some(), world.twins.accounts.held_by(&account.principal_key));
            assert_eq!(settled, (AccountStatus::Closed, false, 0), "call {call} failed {when:?} its effect");
        }
    }
}
