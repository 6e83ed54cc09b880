//! A crash between any two calls, on either side of each.

use domain::{decision::Action, subject::Subject};
use testkit::When;

use crate::world::{Delivery, World, until_done};

/// From registration to enforcement, every step tried again until it works.
async fn story(world: &mut World) {
    let account = until_done(async || world.register(1).await).await;
    world.pump().await;
    let posts = [("post-1", "明天有雨，记得带伞"), ("post-2", "来玩百家乐，首存送彩金"), ("post-3", "长期收购微信号")];
    until_done(async || world.publish(account.account_id, &posts).await).await;
    world.pump().await;
    until_done(async || world.complain(2, Subject::Account(account.account_id)).await).await;
    until_done(async || world.complain(3, Subject::Account(account.account_id)).await).await;
    world.pump().await;
    until_done(async || world.decide(4, Action::SuspendUpdates { days: Some(7) }).await).await;
    world.pump().await;
}

async fn sweep(world: &mut World) {
    until_done(async || world.half_a_year_later().await).await;
    world.pump().await;
}

#[tokio::test]
async fn a_crash_between_any_two_calls_leaves_the_same_state() {
    let mut calm = World::new(Delivery::InOrder);
    story(&mut calm).await;
    let calls = calm.twins.faults.calls();
    let expected = calm.lasting_state();
    assert!(calls > 40, "the story makes {calls} calls, so that too little would be tried");
    assert_eq!(expected["accounts"].len(), 1);
    assert_eq!(expected["publications"].len(), 3);
    // The verification, the suspension, and that there is a report of it.
    assert_eq!(expected["webhooks"].len(), 3, "{:?}", expected["webhooks"]);

    for when in [When::Before, When::After] {
        for call in 1..=calls {
            let mut world = World::new(Delivery::InOrder);
            world.twins.faults.strike(call, when);
            story(&mut world).await;
            assert_eq!(world.lasting_state(), expected, "call {call} failed {when:?} its effect");
        }
    }
}

#[tokio::test]
async fn a_crash_at_any_point_of_a_sweep_leaves_every_deletion_receipted() {
    let mut calm = World::new(Delivery::InOrder);
    story(&mut calm).await;
    let written = calm.twins.content_log.keys();
    calm.twins.faults.reset();
    sweep(&mut calm).await;
    let calls = calm.twins.faults.calls();
    assert!(calm.twins.content_log.keys().is_empty(), "what has expired is gone");
    assert_eq!(calm.receipted(), written.into_iter().collect());

    for when in [When::Before, When::After] {
        for call in 1..=calls {
            let mut world = World::new(Delivery::InOrder);
            story(&mut world).await;
            let written = world.twins.content_log.keys();
            world.twins.faults.strike(call, when);
            sweep(&mut world).await;
            assert!(world.twins.content_log.keys().is_empty(), "call {call} failed {when:?} its effect");
            assert_eq!(world.receipted(), written.into_iter().collect(), "call {call} failed {when:?} its effect");
        }
    }
}
