//! Who stands behind an account, read by a person: on record first, beside other changes, and over once it is destroyed (R9.1).

use app::{
    disclosing::{Disclose, Disclosed, DisclosurePurpose},
    error::AppError,
    mobile_proving::{Answer, Challenge},
};
use domain::{
    event::{Event, EventBody},
    id::AccountId,
    personal::{Personal, Purpose},
};
use futures::future::join_all;
use testkit::{When, samples};

use crate::world::{Delivery, World, operation_id};

const ORDER: &str = "京公网调〔2026〕88号";

async fn disclosed(world: &World, account_id: AccountId) -> Result<Disclosed, AppError> {
    let actor = samples::reviewer("lead");
    let purpose = DisclosurePurpose::LawfulRequest;
    world.disclosures.disclose(Disclose { account_id, purpose, reference: ORDER.to_owned(), actor }).await
}

fn readings(world: &World) -> Vec<Event> {
    let is_one = |event: &Event| matches!(event.body, EventBody::IdentityUnsealed { purpose: Purpose::Evidence, .. });
    world.twins.accounts.events().into_iter().filter(is_one).collect()
}

#[tokio::test]
async fn an_identity_is_read_in_clear_and_who_for_what_and_why_is_on_record_r9_1() {
    let mut world = World::new(Delivery::InOrder);
    let account = world.register(1).await.unwrap();
    world.pump().await;
    let read = disclosed(&world, account.account_id).await.unwrap();
    let own = samples::identity_of_a_person();
    assert_eq!(read.identity.document.number(Purpose::Evidence), own.document.number(Purpose::Evidence));
    assert_eq!(read.identity.name.reveal(Purpose::Evidence), own.name.reveal(Purpose::Evidence));
    let [event] = &readings(&world)[..] else { panic!("{:?}", readings(&world)) };
    assert_eq!(event.actor, samples::reviewer("lead"));
    let EventBody::IdentityUnsealed { reference, .. } = &event.body else { unreachable!() };
    assert_eq!(reference.as_deref(), Some(ORDER));
    world.pump().await;
    let records = world.twins.content_log.records();
    let record = records.iter().find(|it| it.kind == "identity_unsealed" && it.data["reference"] == ORDER);
    assert!(record.is_some(), "the reading is in the log");
}

#[tokio::test]
async fn a_proven_mobile_number_is_read_with_the_identity_r9_1() {
    let world = World::new(Delivery::InOrder);
    let account_id = world.register(1).await.unwrap().account_id;
    let number = Personal::new("13800138000".to_owned());
    let challenge = Challenge { operation_id: operation_id(2), account_id, number };
    let challenge_id = world.proving.challenge(challenge).await.unwrap().challenge_id;
    let (code, actor) = (Personal::new(world.twins.delivery.last_code()), samples::platform());
    let answer = Answer { operation_id: operation_id(3), account_id, challenge_id, code, actor };
    world.proving.answer(answer).await.unwrap();
    let read = disclosed(&world, account_id).await.unwrap();
    let number = read.mobile_number.expect("it was proven");
    assert_eq!(number.reveal(Purpose::Evidence), "+8613800138000");
}

#[tokio::test]
async fn nothing_is_read_where_the_reading_cannot_be_put_on_record_r9_1() {
    let mut world = World::new(Delivery::InOrder);
    let account = world.register(1).await.unwrap();
    world.pump().await;
    world.twins.faults.reset();
    disclosed(&world, account.account_id).await.unwrap();
    let calls = world.twins.faults.calls();
    assert_eq!(calls, 3, "the account, its event, the vault");
    for call in 1..=calls {
        for when in [When::Before, When::After] {
            world.twins.faults.strike(call, when);
            let before = readings(&world).len();
            assert!(disclosed(&world, account.account_id).await.is_err(), "call {call}");
            let told = readings(&world).len() - before;
            assert!(world.twins.faults.calls() < 3 || told == 1, "call {call}: the vault was asked and nothing told");
            world.twins.faults.reset();
        }
    }
}

#[tokio::test]
async fn ten_who_read_at_once_are_each_on_record_or_told_to_try_again_r9_1() {
    let mut world = World::new(Delivery::InOrder);
    let account = world.register(1).await.unwrap();
    world.pump().await;
    let readers = join_all((0..10).map(|_| disclosed(&world, account.account_id))).await;
    let read = readers.iter().filter(|it| it.is_ok()).count();
    assert!(read > 0);
    assert_eq!(readings(&world).len(), read);
    for refused in readers.iter().filter_map(|it| it.as_ref().err()) {
        assert!(matches!(refused, AppError::VersionConflict { .. }), "{refused:?}");
    }
}
