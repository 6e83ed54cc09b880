//! Mobile numbers proven by one-time codes (R6.1).

use app::{
    error::AppError,
    mobile_proving::{Answer, Challenge},
};
use domain::{
    account::{Account, AccountStatus},
    event::EventBody,
    id::AccountId,
    mobile::MobileError,
    personal::Personal,
    phone_challenge::{ChallengeRefusal, PhoneChallenge},
    settings::Settings,
};
use futures::future::join_all;
use jiff::SignedDuration;
use testkit::{When, samples};

use crate::world::{Delivery, World, operation_id, until_done};

const NUMBER: &str = "13800138000";

async fn challenged(
    world: &World,
    operation: u128,
    account_id: AccountId,
    number: &str,
) -> Result<PhoneChallenge, AppError> {
    let number = Personal::new(number.to_owned());
    world.proving.challenge(Challenge { operation_id: operation_id(operation), account_id, number }).await
}

async fn answered(world: &World, operation: u128, challenge: &PhoneChallenge, code: &str) -> Result<Account, AppError> {
    let answer = Answer {
        operation_id: operation_id(operation),
        account_id: challenge.account_id,
        challenge_id: challenge.challenge_id,
        code: Personal::new(code.to_owned()),
        actor: samples::platform(),
    };
    world.proving.answer(answer).await
}

async fn registered(world: &World) -> AccountId {
    world.register(1).await.unwrap().account_id
}

fn later(world: &World, seconds: i64) {
    use app::ports::Clock as _;
    world.twins.clock.set(world.twins.clock.now() + SignedDuration::from_secs(seconds));
}

fn proven(world: &World) -> usize {
    let events = world.twins.accounts.events();
    events.iter().filter(|event| matches!(event.body, EventBody::MobileProven { .. })).count()
}

/// A code that is not this one.
fn other_than(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

#[tokio::test]
async fn the_right_code_proves_the_number_and_stores_it_sealed() {
    let world = World::new(Delivery::InOrder);
    let account_id = registered(&world).await;
    let challenge = challenged(&world, 2, account_id, "+86 138-0013-8000").await.unwrap();
    let code = world.twins.delivery.last_code();
    let account = answered(&world, 3, &challenge, &code).await.unwrap();
    let mobile = account.mobile.unwrap();
    assert!(!serde_json::to_string(&mobile).unwrap().contains(NUMBER));
    assert!(!format!("{:?}", challenge.digest).contains(&code), "what is stored of a code is a keyed digest");
    assert_eq!(proven(&world), 1);
}

#[tokio::test]
async fn an_account_that_must_prove_a_number_is_active_when_both_are_proven_in_either_order() {
    for number_first in [true, false] {
        for delivery in [Delivery::InOrder, Delivery::Reversed, Delivery::Doubled] {
            let mut world = World::new(delivery);
            let mut settings = Settings::default();
            settings.verification.mobile_required = true;
            world.twins.settings.put_in_force(settings);
            let account_id = registered(&world).await;
            if !number_first {
                world.pump().await;
                let waiting = world.twins.accounts.get(account_id).unwrap();
                assert_eq!(waiting.status, AccountStatus::Verifying, "the identity alone is not enough");
            }
            let challenge = challenged(&world, 2, account_id, NUMBER).await.unwrap();
            answered(&world, 3, &challenge, &world.twins.delivery.last_code()).await.unwrap();
            world.pump().await;
            let status = world.twins.accounts.get(account_id).unwrap().status;
            assert_eq!(status, AccountStatus::Active, "{delivery:?}, the number first: {number_first}");
        }
    }
}

#[tokio::test]
async fn five_wrong_codes_void_the_challenge_and_a_typing_error_costs_nothing() {
    let world = World::new(Delivery::InOrder);
    let account_id = registered(&world).await;
    let challenge = challenged(&world, 2, account_id, NUMBER).await.unwrap();
    let code = world.twins.delivery.last_code();
    let refused = answered(&world, 3, &challenge, "12345").await.unwrap_err();
    assert!(matches!(refused, AppError::CodeWrong { tries_left: 5 }));
    for left in (0..5).rev() {
        let refused = answered(&world, 3, &challenge, other_than(&code)).await.unwrap_err();
        assert!(matches!(refused, AppError::CodeWrong { tries_left } if tries_left == left));
    }
    let refused = answered(&world, 3, &challenge, &code).await.unwrap_err();
    assert!(matches!(refused, AppError::Challenge(ChallengeRefusal::TriesUsedUp)));
    assert_eq!(proven(&world), 0);
}

#[tokio::test]
async fn codes_that_are_late_used_or_of_another_account_prove_nothing() {
    let world = World::new(Delivery::InOrder);
    let account_id = registered(&world).await;
    let late = challenged(&world, 2, account_id, NUMBER).await.unwrap();
    let late_code = world.twins.delivery.last_code();
    later(&world, 600);
    let refused = answered(&world, 3, &late, &late_code).await.unwrap_err();
    assert!(matches!(refused, AppError::Challenge(ChallengeRefusal::Expired)));

    let challenge = challenged(&world, 4, account_id, NUMBER).await.unwrap();
    let code = world.twins.delivery.last_code();
    let other = world.register(5).await.unwrap().account_id;
    let of_other = PhoneChallenge { account_id: other, ..challenge.clone() };
    let refused = answered(&world, 6, &of_other, &code).await.unwrap_err();
    assert!(matches!(refused, AppError::ChallengeNotFound));
    answered(&world, 7, &challenge, &code).await.unwrap();
    answered(&world, 7, &challenge, &code).await.unwrap();
    let refused = answered(&world, 8, &challenge, &code).await.unwrap_err();
    assert!(matches!(refused, AppError::Challenge(ChallengeRefusal::Answered)), "a replay");
    assert_eq!(proven(&world), 1);
}

#[tokio::test]
async fn of_devices_that_answer_at_once_one_counts_and_none_gets_a_try_too_many() {
    let world = World::new(Delivery::InOrder);
    let account_id = registered(&world).await;
    let challenge = challenged(&world, 2, account_id, NUMBER).await.unwrap();
    let code = world.twins.delivery.last_code();
    let wrong = other_than(&code);
    let guesses = join_all((10..30).map(|operation| answered(&world, operation, &challenge, wrong))).await;
    let judged = guesses.iter().filter(|guess| matches!(guess, Err(AppError::CodeWrong { .. }))).count();
    assert_eq!(judged, 5);

    later(&world, 60);
    let challenge = challenged(&world, 3, account_id, NUMBER).await.unwrap();
    let code = world.twins.delivery.last_code();
    let answers = join_all((30..32).map(|operation| answered(&world, operation, &challenge, &code))).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert_eq!(proven(&world), 1);
}

#[tokio::test]
async fn codes_are_sent_so_often_to_a_number_and_for_an_account_and_no_more() {
    let world = World::new(Delivery::InOrder);
    let (one, other) = (registered(&world).await, world.register(2).await.unwrap().account_id);
    challenged(&world, 3, one, NUMBER).await.unwrap();
    for (operation, account_id, number) in [(4, other, NUMBER), (5, one, "13900139000")] {
        let refused = challenged(&world, operation, account_id, number).await.unwrap_err();
        assert!(matches!(refused, AppError::CodeTooSoon { .. }), "the same number, or the same account");
    }
    challenged(&world, 6, other, "13900139000").await.unwrap();
    assert_eq!(world.twins.delivery.messages().len(), 2);
    // At once, for one account and as many numbers as there are: one.
    later(&world, 60);
    let numbers: Vec<String> = (0..20).map(|n| format!("138001390{n:02}")).collect();
    let asked = numbers.iter().zip(20..).map(|(number, operation)| challenged(&world, operation, one, number));
    let sent = join_all(asked).await.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!((sent, world.twins.delivery.messages().len()), (1, 3));
}

#[tokio::test]
async fn a_number_that_is_wrong_or_from_a_country_that_is_not_taken_gets_no_code() {
    let world = World::new(Delivery::InOrder);
    let account_id = registered(&world).await;
    for (number, expected) in [("12345678901", MobileError::Range), ("+447700900123", MobileError::CallingCode)] {
        let refused = challenged(&world, 2, account_id, number).await.unwrap_err();
        assert!(matches!(refused, AppError::Mobile(error) if error == expected), "{refused:?}");
    }
    assert!(world.twins.delivery.messages().is_empty());
}

#[tokio::test]
async fn a_crash_at_any_point_leaves_one_code_that_is_right_and_one_proof() {
    let calm = World::new(Delivery::InOrder);
    let account_id = registered(&calm).await;
    calm.twins.faults.reset();
    let challenge = challenged(&calm, 2, account_id, NUMBER).await.unwrap();
    answered(&calm, 3, &challenge, &calm.twins.delivery.last_code()).await.unwrap();
    let calls = calm.twins.faults.calls();
    assert!(calls > 10, "{calls} calls");
    for when in [When::Before, When::After] {
        for call in 1..=calls {
            let world = World::new(Delivery::InOrder);
            let account_id = registered(&world).await;
            world.twins.faults.strike(call, when);
            let challenge = until_done(async || challenged(&world, 2, account_id, NUMBER).await).await;
            let code = world.twins.delivery.last_code();
            until_done(async || answered(&world, 3, &challenge, &code).await).await;
            assert_eq!(proven(&world), 1, "call {call} failed {when:?} its effect");
            let refused = answered(&world, 4, &challenge, &code).await.unwrap_err();
            assert!(matches!(refused, AppError::Challenge(ChallengeRefusal::Answered)));
        }
    }
}
