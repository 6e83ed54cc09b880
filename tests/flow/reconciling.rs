//! Every accepted publication is in the record, and what is not is found and written again (B11).

use app::{ports::LogQueue, reconciling::Reconciliation};
use domain::event::EventBody;
use evidence::record::LogRecord;
use jiff::SignedDuration;
use testkit::samples;

use crate::world::{Delivery, World};

async fn reconcile(world: &World, hours: i64) -> Reconciliation {
    let now = samples::NOON + SignedDuration::from_hours(hours);
    world.twins.clock.set(now);
    world.twins.reconciler().reconcile(now).await.unwrap()
}

async fn published(world: &mut World) -> LogRecord {
    let account = world.register(1).await.unwrap();
    world.pump().await;
    world.publish(account.account_id, &[("post-1", "明天有雨"), ("post-2", "后天也有雨")]).await.unwrap();
    world.pump().await;
    world.twins.content_log.records().into_iter().find(|record| record.kind == "publication").unwrap()
}

#[tokio::test]
async fn what_was_accepted_is_found_in_the_record_whatever_the_queues_do_b11() {
    for delivery in [Delivery::InOrder, Delivery::Reversed, Delivery::Doubled] {
        let mut world = World::new(delivery);
        published(&mut world).await;
        let found = reconcile(&world, 4).await;
        assert_eq!((found.accepted, found.logged), (2, 2));
        assert!(found.missing.is_empty() && found.extra.is_empty(), "{found:?}");
        let again = reconcile(&world, 4).await;
        assert_eq!(again.hours, 0, "what is whole is not looked at again");
    }
}

#[tokio::test]
async fn a_record_that_is_missing_is_told_of_written_again_and_found_whole_b11() {
    let mut world = World::new(Delivery::InOrder);
    let lost = published(&mut world).await;
    world.twins.reconciliation.forget(lost.record_id);
    let found = reconcile(&world, 4).await;
    assert_eq!((found.missing.iter().copied().collect::<Vec<_>>(), found.repaired), (vec![lost.record_id], 1));
    let told = world.twins.reconciliation.events();
    let EventBody::RecordReconciled { missing, repaired, .. } = &told[0].body else { panic!("{told:?}") };
    assert_eq!((missing.as_slice(), *repaired), ([lost.record_id].as_slice(), 1));

    world.pump().await;
    let copies: Vec<_> =
        world.twins.content_log.records().into_iter().filter(|it| it.record_id == lost.record_id).collect();
    let standing = LogRecord::standing(&copies).unwrap();
    assert!(standing.data.get("confirmed_at").is_some() && standing.received_at == lost.received_at);
    let next = reconcile(&world, 28).await;
    assert!(next.missing.is_empty() && next.hours >= 24, "{next:?}");
}

#[tokio::test]
async fn a_record_that_nobody_accepted_is_told_of_b11() {
    let mut world = World::new(Delivery::InOrder);
    published(&mut world).await;
    let stray = samples::log_record("stray", samples::NOON);
    world.twins.queues.send(std::slice::from_ref(&stray)).await.unwrap();
    world.pump().await;
    let found = reconcile(&world, 4).await;
    assert_eq!((found.missing.len(), found.extra), (0, [stray.record_id].into()));
}

#[tokio::test]
async fn a_run_as_of_a_moment_that_has_not_come_is_refused() {
    let world = World::new(Delivery::InOrder);
    let ahead = samples::NOON + SignedDuration::from_hours(1);
    world.twins.reconciler().reconcile(ahead).await.unwrap_err();
}
