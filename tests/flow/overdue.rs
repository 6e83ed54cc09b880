//! What nobody takes up or decides in time is noted once, and comes before those who catch up (B5).

use domain::{
    case::{CaseClock, CaseOrder, CaseState},
    decision::Action,
    subject::Subject,
};
use jiff::{SignedDuration, Timestamp};
use testkit::{When, samples};

use crate::world::{Delivery, World};

async fn complained(world: &mut World) {
    let account_id = world.register(1).await.unwrap().account_id;
    world.pump().await;
    world.complain(2, Subject::Account(account_id)).await.unwrap();
    world.pump().await;
}

fn in_days(days: i64) -> Timestamp {
    samples::NOON + SignedDuration::from_hours(24 * days)
}

async fn listed(world: &World, queue: &str) -> usize {
    world.cases.list(queue, CaseState::Open, CaseOrder::Due, 10, None).await.unwrap().cases.len()
}

#[tokio::test]
async fn a_case_that_is_not_decided_in_time_is_noted_once_and_moves_to_its_queue() {
    let mut world = World::new(Delivery::InOrder);
    complained(&mut world).await;
    let run = world.overdue_clock.run(in_days(2)).await.unwrap();
    assert_eq!((run.not_taken_up, run.undecided), (0, 0));
    // Monday noon: until the end of Wednesday to take it up, until the end of the next Monday to decide.
    let run = world.overdue_clock.run(in_days(3)).await.unwrap();
    assert_eq!((run.not_taken_up, run.undecided, run.waiting), (1, 0, 0));
    assert_eq!((run.queues["default"].breaches, run.queues["default"].oldest_hours), (1, Some(72)));
    assert_eq!(listed(&world, "default").await, 1, "it stays where it is looked for");
    let run = world.overdue_clock.run(in_days(8)).await.unwrap();
    assert_eq!((run.not_taken_up, run.undecided, run.waiting), (0, 1, 1));
    let run = world.overdue_clock.run(in_days(8)).await.unwrap();
    assert_eq!((run.not_taken_up, run.undecided, run.waiting), (0, 0, 1), "noted once, and waiting still");
    assert_eq!((listed(&world, "default").await, listed(&world, "overdue").await), (0, 1));
    let breaches = &world.twins.cases.all_cases()[0].breaches;
    assert_eq!(breaches.iter().map(|it| it.clock).collect::<Vec<_>>(), [CaseClock::TakeUp, CaseClock::Decide]);
    world.twins.clock.set(in_days(8));
    world.decide(3, Action::Warn).await.unwrap();
    world.pump().await;
    assert_eq!(world.overdue_clock.run(in_days(9)).await.unwrap().waiting, 0);
}

#[tokio::test]
async fn a_case_that_was_taken_up_and_decided_in_time_is_no_breach_and_has_a_new_clock_when_it_opens_again() {
    let mut world = World::new(Delivery::InOrder);
    complained(&mut world).await;
    world.decide(3, Action::NoAction).await.unwrap();
    world.pump().await;
    let run = world.overdue_clock.run(in_days(30)).await.unwrap();
    assert_eq!((run.not_taken_up, run.undecided, run.waiting), (0, 0, 0));
    world.twins.clock.set(in_days(30));
    let subject = world.twins.cases.all_cases()[0].subject;
    world.complain(4, subject).await.unwrap();
    world.pump().await;
    let case = world.twins.cases.all_cases()[0].clone();
    assert_eq!((case.state, case.reopened_at), (CaseState::Open, Some(in_days(30))));
    // The complaint was filed long before it came to triage, and its time is that of its filing.
    let run = world.overdue_clock.run(in_days(60)).await.unwrap();
    assert_eq!((run.not_taken_up, run.undecided), (0, 1));
}

#[tokio::test]
async fn a_run_that_breaks_off_anywhere_is_taken_up_by_the_next() {
    for strike in 1..30 {
        for when in [When::Before, When::After] {
            let mut world = World::new(Delivery::InOrder);
            complained(&mut world).await;
            world.twins.faults.strike(strike, when);
            let _ = world.overdue_clock.run(in_days(8)).await;
            world.twins.faults.reset();
            world.overdue_clock.run(in_days(8)).await.unwrap();
            let case = &world.twins.cases.all_cases()[0];
            assert_eq!((case.breaches.len(), case.queue.as_str()), (2, "overdue"), "{strike} {when:?}");
            assert!(world.twins.cases.take_events().len() >= 2);
        }
    }
}
