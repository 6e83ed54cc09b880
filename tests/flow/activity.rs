//! What people do on the platform comes into the record, and no address of theirs in clear (R16.2, R9.1).

use std::sync::Arc;

use app::{activity_logging::ActivityDesk, error::AppError, ports::ActivityVault};
use domain::{
    activity::{Activity, ActivityAction, ActivityRefusal, Connection},
    id::AccountId,
    personal::{Personal, Purpose},
};
use jiff::SignedDuration;
use testkit::{Twins, samples};

use crate::world::{Delivery, World};

fn desk(twins: &Twins) -> ActivityDesk {
    ActivityDesk {
        log: twins.queues.clone(),
        vault: twins.vault.clone(),
        index: twins.index.clone(),
        clock: Arc::new(twins.clock.clone()),
    }
}

fn login(account_id: AccountId, reference: &str, address: [u8; 4]) -> Activity {
    Activity {
        account_id,
        reference: reference.to_owned(),
        action: ActivityAction::Login,
        occurred_at: samples::NOON - SignedDuration::from_secs(7),
        connection: Personal::new(Connection {
            address: address.into(),
            port: Some(51_123),
            device: Some("iPhone17,1".to_owned()),
        }),
    }
}

#[tokio::test]
async fn logins_are_in_the_record_once_and_their_addresses_are_sealed_r16_2_r9_1() {
    let mut world = World::new(Delivery::Doubled);
    let account_id = AccountId::at(samples::NOON);
    let items = || vec![login(account_id, "1", [203, 0, 113, 7]), login(account_id, "2", [203, 0, 113, 7])];
    let first = desk(&world.twins).record(items()).await.unwrap();
    let again = desk(&world.twins).record(items()).await.unwrap();
    let ids = |answers: &[Result<_, AppError>]| answers.iter().map(|it| *it.as_ref().unwrap()).collect::<Vec<_>>();
    assert_eq!(ids(&first), ids(&again), "told again it is the same");
    world.pump().await;

    let records = world.twins.content_log.records();
    let text = serde_json::to_string(&records).unwrap();
    assert!(!text.contains("203.0.113.7") && !text.contains("iPhone"), "{text}");
    let of = |id| records.iter().find(|record| record.record_id == id).unwrap();
    let (one, other) = (of(ids(&first)[0]), of(ids(&first)[1]));
    assert_eq!((one.kind.as_str(), one.account_id), ("activity", Some(account_id)));
    assert_eq!(one.data["address_key"], other.data["address_key"], "found again by its blind key");
    let sealed = serde_json::from_value(one.data["sealed"].clone()).unwrap();
    let clear =
        ActivityVault::unseal(&*world.twins.vault, &one.record_id.to_string(), &sealed, Purpose::Evidence).await;
    let clear: Connection = serde_json::from_str(clear.unwrap().reveal(Purpose::Evidence)).unwrap();
    assert_eq!((clear.address, clear.port), ([203, 0, 113, 7].into(), Some(51_123)));
}

#[tokio::test]
async fn what_cannot_have_happened_is_refused_alone() {
    let world = World::new(Delivery::InOrder);
    let account_id = AccountId::at(samples::NOON);
    let ahead = Activity {
        occurred_at: samples::NOON + SignedDuration::from_hours(1),
        ..login(account_id, "1", [203, 0, 113, 7])
    };
    let answers = desk(&world.twins).record(vec![ahead, login(account_id, "2", [203, 0, 113, 7])]).await.unwrap();
    assert!(matches!(answers[0], Err(AppError::Activity(ActivityRefusal::Time))));
    assert!(answers[1].is_ok());
}
