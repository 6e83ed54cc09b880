//! A legal hold beats every sweep (B1).

use std::{collections::BTreeSet, sync::Arc};

use app::{
    content_logging::ContentLogger,
    error::AppError,
    holding::PlaceHold,
    ports::{Deletion, DeletionGate, HeldHours, HoldMark, HoldRegister, HoldsInForce, PortError, SaveError},
    retaining::{HoldCheck, RetentionSweeper, Sweep, SweepOrder},
};
use async_trait::async_trait;
use domain::{
    account::Account,
    deregistration::KeepingDuty,
    event::EventBody,
    id::{AccountId, HoldId, RunId},
    legal_hold::{HoldRefusal, HoldScope, LegalHold},
    retention::{RetentionPeriod, Stage},
    subject::Subject,
};
use evidence::{object::LogHour, record::LogRecord};
use jiff::{SignedDuration, Timestamp};
use testkit::{Twins, When, samples};

use crate::world::{Delivery, World, operation_id};

fn place(operation: u128, scope: HoldScope) -> PlaceHold {
    PlaceHold {
        operation_id: operation_id(operation),
        scope,
        legal_basis: "（2026）京01民初1号".to_owned(),
        reason: "诉讼保全".to_owned(),
        actor: samples::reviewer("li"),
    }
}

fn of_account(account_id: AccountId) -> HoldScope {
    HoldScope::Subject { subject: Subject::Account(account_id) }
}

fn account(twins: &Twins) -> AccountId {
    let account = samples::account().active();
    twins.accounts.put(account.clone());
    account.account_id
}

/// A record about the account, in an object of its own, kept for three hours.
async fn logged(twins: &Twins, account_id: AccountId, name: &str) -> String {
    let logger = ContentLogger {
        log: twins.content_log.clone(),
        seals: twins.seal_ledger.clone(),
        logged: twins.reconciliation.clone(),
        clock: Arc::new(twins.clock.clone()),
        period: RetentionPeriod::parse("PT3H", Stage::Local).unwrap(),
    };
    let before: BTreeSet<String> = twins.content_log.keys().into_iter().collect();
    let record = LogRecord { account_id: Some(account_id), ..samples::log_record(name, samples::NOON) };
    logger.write(vec![record]).await.unwrap();
    twins.content_log.keys().into_iter().find(|key| !before.contains(key)).unwrap()
}

fn order(run: i64) -> SweepOrder {
    let as_of = samples::NOON + SignedDuration::from_hours(4 + run);
    SweepOrder { run_id: RunId::planned_at(as_of), hour: LogHour::of(samples::NOON).start(), as_of }
}

async fn sweep(twins: &Twins, run: i64) -> Result<Sweep, AppError> {
    let order = order(run);
    twins.clock.set(order.as_of);
    twins.sweeper().sweep(&order, order.as_of).await
}

#[tokio::test]
async fn a_hold_keeps_what_names_its_subject_and_lets_go_of_the_rest_b1() {
    let twins = Twins::at(samples::NOON);
    let (held, other) = (account(&twins), account(&twins));
    let kept = logged(&twins, held, "before").await;
    twins.hold_desk().place(place(1, of_account(held))).await.unwrap();
    let later = logged(&twins, held, "later").await;
    logged(&twins, other, "other").await;
    let swept = sweep(&twins, 0).await.unwrap();
    assert_eq!(swept.deleted, 1);
    let left: BTreeSet<String> = twins.content_log.keys().into_iter().collect();
    assert_eq!(left, [kept, later].into(), "what is written later is held as well");
}

#[tokio::test]
async fn holds_by_period_case_and_principal_keep_what_they_mean_b1() {
    let mut world = World::new(Delivery::InOrder);
    let account = world.register(1).await.unwrap();
    world.complain(2, Subject::Account(account.account_id)).await.unwrap();
    world.pump().await;
    let case_id = world.twins.cases.all_cases()[0].case_id;
    let hour = LogHour::of(samples::NOON);
    for (number, scope) in [
        HoldScope::Case { case_id },
        HoldScope::Principal { principal_key: account.principal_key.clone() },
        HoldScope::Period { from: hour.start(), until: hour.next().start() },
    ]
    .into_iter()
    .enumerate()
    {
        let twins = &world.twins;
        let hold = world.holding.place(place(10 + number as u128, scope.clone())).await.unwrap();
        let objects = app::ports::ExpiringObjects::list(&*twins.content_log, "content-log/").await.unwrap();
        let check = HoldCheck {
            holds: twins.holds.clone(),
            principals: twins.accounts.clone(),
            objects: twins.content_log.clone(),
        };
        let (_, sorted) = check.sort(&objects).await.unwrap();
        assert!(!sorted.held.is_empty() && sorted.held.iter().all(|it| it.hold_ids == [hold.hold_id]), "{scope:?}");
        world.holding.release(hold.hold_id, "诉讼终结", &samples::reviewer("wang")).await.unwrap();
        let (_, sorted) = check.sort(&objects).await.unwrap();
        assert!(sorted.held.is_empty(), "{scope:?}");
    }
}

#[tokio::test]
async fn what_a_released_hold_kept_goes_with_the_next_plan_and_its_record_stays_b1() {
    let mut world = World::new(Delivery::InOrder);
    let account = world.register(1).await.unwrap();
    world.pump().await;
    let hold = world.holding.place(place(2, of_account(account.account_id))).await.unwrap();
    let written = world.twins.content_log.keys();
    world.half_a_year_later().await.unwrap();
    world.pump().await;
    let log = &world.twins.content_log;
    assert!(written.iter().all(|key| log.keys().contains(key)), "all of it names the account");

    // Long after the watermark has passed the hour: held hours are remembered.
    let much_later = samples::NOON + SignedDuration::from_hours(24 * 300);
    world.twins.clock.set(much_later);
    let plan = world.planner.plan(much_later).await.unwrap();
    world.pump().await;
    assert!(written.iter().all(|key| world.twins.content_log.keys().contains(key)));
    let day = much_later + SignedDuration::from_hours(24);
    world.twins.clock.set(day);
    assert_eq!(world.planner.plan(day).await.unwrap().held, 1, "{plan:?}");

    let same = world.holding.release(hold.hold_id, "诉讼终结", &samples::reviewer("li")).await.unwrap_err();
    assert!(matches!(same, AppError::Hold(HoldRefusal::SamePerson)));
    world.holding.release(hold.hold_id, "诉讼终结", &samples::reviewer("wang")).await.unwrap();
    let next = day + SignedDuration::from_hours(24);
    world.twins.clock.set(next);
    world.planner.plan(next).await.unwrap();
    world.pump().await;
    assert!(written.iter().all(|key| !world.twins.content_log.keys().contains(key)));
    let record = world.holding.show(hold.hold_id).await.unwrap();
    assert_eq!(record.release.unwrap().reason, "诉讼终结");
    assert_eq!(HeldHours::all(&*world.twins.holds).await.unwrap(), []);
}

/// A gate at which a hold is placed just before a deletion begins, or just after.
struct Interposed {
    twins: Arc<Twins>,
    scope: HoldScope,
    when: When,
}

impl Interposed {
    async fn place(&self, at: When) {
        if self.when == at {
            self.twins.hold_desk().place(place(7, self.scope.clone())).await.unwrap();
        }
    }
}

#[async_trait]
impl HoldRegister for Interposed {
    async fn in_force(&self) -> Result<HoldsInForce, PortError> {
        self.twins.holds.in_force().await
    }
}

#[async_trait]
impl DeletionGate for Interposed {
    async fn begin(&self, mark: HoldMark, deletion: &Deletion) -> Result<Deletion, SaveError> {
        self.place(When::Before).await;
        let begun = self.twins.holds.begin(mark, deletion).await;
        self.place(When::After).await;
        begun
    }

    async fn end(&self, run_id: RunId, hour: Timestamp, parts: usize) -> Result<(), PortError> {
        self.twins.holds.end(run_id, hour, parts).await
    }
}

async fn raced(when: When) -> (Arc<Twins>, String, LegalHold) {
    let twins = Arc::new(Twins::at(samples::NOON));
    let held = account(&twins);
    let key = logged(&twins, held, "a").await;
    let gate = Interposed { twins: twins.clone(), scope: of_account(held), when };
    let sweeper = RetentionSweeper {
        holds: HoldCheck {
            holds: Arc::new(gate) as Arc<dyn DeletionGate>,
            principals: twins.accounts.clone(),
            objects: twins.content_log.clone(),
        },
        ..twins.sweeper()
    };
    let order = order(0);
    twins.clock.set(order.as_of);
    sweeper.sweep(&order, order.as_of).await.unwrap();
    let hold = twins.hold_desk().show(HoldId::from_uuid(operation_id(7))).await.unwrap();
    (twins, key, hold)
}

#[tokio::test]
async fn a_hold_placed_during_a_sweep_wins_or_says_for_which_object_it_came_too_late_b1() {
    let (twins, key, hold) = raced(When::Before).await;
    assert_eq!((twins.content_log.keys(), hold.late_for), (vec![key.clone()], vec![]));
    let receipt = &twins.receipts.all()[0];
    assert_eq!(
        (receipt.deleted.len(), &receipt.held[0].key, &receipt.held[0].hold_ids),
        (0, &key, &vec![hold.hold_id])
    );

    let (twins, key, hold) = raced(When::After).await;
    assert!(twins.content_log.keys().is_empty());
    let late: Vec<String> = hold
        .late_for
        .iter()
        .flat_map(|late| late.objects.iter().map(|name| format!("{}{name}", LogHour::of(late.hour).prefix())))
        .collect();
    assert_eq!(late, [key]);
}

/// Holds that cannot be read.
struct Unreadable;

#[async_trait]
impl HoldRegister for Unreadable {
    async fn in_force(&self) -> Result<HoldsInForce, PortError> {
        Err(PortError::refused("legal holds", "no permission"))
    }
}

#[async_trait]
impl DeletionGate for Unreadable {
    async fn begin(&self, _: HoldMark, _: &Deletion) -> Result<Deletion, SaveError> {
        unreachable!("nobody begins to delete who could not read the holds")
    }

    async fn end(&self, _: RunId, _: Timestamp, _: usize) -> Result<(), PortError> {
        unreachable!("nothing has begun")
    }
}

#[tokio::test]
async fn a_sweep_that_cannot_read_the_holds_deletes_nothing_b1() {
    let twins = Twins::at(samples::NOON);
    let id = account(&twins);
    let key = logged(&twins, id, "a").await;
    let sweeper = RetentionSweeper {
        holds: HoldCheck {
            holds: Arc::new(Unreadable) as Arc<dyn DeletionGate>,
            principals: twins.accounts.clone(),
            objects: twins.content_log.clone(),
        },
        ..twins.sweeper()
    };
    let order = order(0);
    twins.clock.set(order.as_of);
    sweeper.sweep(&order, order.as_of).await.unwrap_err();
    assert_eq!((twins.content_log.keys(), twins.receipts.all()), (vec![key], vec![]));
}

#[tokio::test]
async fn a_crash_between_any_two_calls_of_a_sweep_keeps_what_is_held_and_receipts_the_rest_b1() {
    let mut nth = 0;
    loop {
        nth += 1;
        for when in [When::Before, When::After] {
            let twins = Twins::at(samples::NOON);
            let (held, other) = (account(&twins), account(&twins));
            let kept = logged(&twins, held, "a").await;
            let gone = logged(&twins, other, "b").await;
            twins.hold_desk().place(place(1, of_account(held))).await.unwrap();
            twins.faults.strike(nth, when);
            let first = sweep(&twins, 0).await;
            let done = first.is_ok();
            twins.faults.reset();
            let _ = first.is_err() && sweep(&twins, 0).await.is_ok();
            assert_eq!(twins.content_log.keys(), [kept], "call {nth} {when:?}");
            let receipts = twins.receipts.all();
            assert_eq!(receipts.len(), 1, "call {nth} {when:?}");
            assert_eq!(receipts[0].deleted[0].key, gone, "call {nth} {when:?}");
            let (_, under_way) = app::ports::HoldShelf::under_way(&*twins.holds).await.unwrap();
            assert_eq!(under_way, [], "call {nth} {when:?}");
            if done {
                assert!(nth > 12, "a sweep makes {nth} calls, so that too little would be tried");
                return;
            }
        }
    }
}

#[tokio::test]
async fn a_retry_meets_the_hold_that_it_placed() {
    let twins = Twins::at(samples::NOON);
    let id = account(&twins);
    let desk = twins.hold_desk();
    twins.faults.strike(5, When::After);
    let first = desk.place(place(1, of_account(id))).await;
    twins.faults.reset();
    let second = desk.place(place(1, of_account(id))).await.unwrap();
    assert_eq!(second.hold_id, HoldId::from_uuid(operation_id(1)), "{first:?}");
    assert_eq!(twins.holds.events().len(), 1);
    assert!(
        matches!(&twins.holds.events()[0].body, EventBody::LegalHoldPlaced { hold } if hold.hold_id == second.hold_id)
    );
}

#[tokio::test]
async fn what_a_hold_names_exists() {
    let twins = Twins::at(samples::NOON);
    let nobody = of_account(AccountId::at(samples::NOON));
    let refused = twins.hold_desk().place(place(1, nobody)).await.unwrap_err();
    assert!(matches!(refused, AppError::SubjectNotFound));
    let no_case = HoldScope::Case { case_id: domain::id::CaseId::at(samples::NOON) };
    let refused = twins.hold_desk().place(place(1, no_case)).await.unwrap_err();
    assert!(matches!(refused, AppError::CaseNotFound));
    let empty = HoldScope::Period { from: samples::NOON, until: samples::NOON };
    let refused = twins.hold_desk().place(place(1, empty)).await.unwrap_err();
    assert!(matches!(refused, AppError::Hold(HoldRefusal::Period)));
}

#[tokio::test]
async fn a_hold_keeps_the_identity_of_a_closed_account_until_it_is_released_b1() {
    let mut world = World::new(Delivery::InOrder);
    let account = world.register(1).await.unwrap();
    world.pump().await;
    let by_principal = HoldScope::Principal { principal_key: account.principal_key.clone() };
    let hold = world.holding.place(place(2, by_principal)).await.unwrap();
    world.deregistrations.request(account.account_id, &samples::platform()).await.unwrap();
    let kept = |account: Account| (account.identity.is_some(), account.deregistration.unwrap().kept_for);
    let run = async |world: &World, days: i64| {
        let now = samples::NOON + SignedDuration::from_hours(24 * days);
        world.twins.clock.set(now);
        world.deregistration_clock.run(RunId::planned_at(now), now).await.unwrap()
    };
    assert_eq!(run(&world, 15).await.kept, 1);
    let stored = world.twins.accounts.get(account.account_id).unwrap();
    assert_eq!(kept(stored), (true, Some(KeepingDuty::LegalHold)));
    world.holding.release(hold.hold_id, "诉讼终结", &samples::reviewer("wang")).await.unwrap();
    assert_eq!(run(&world, 17).await.destroyed, 1);
}

/// How many port calls the sweep of a day makes among so many stored days, each of two objects an hour.
async fn calls_of_a_day_among(days: i64) -> usize {
    let twins = Twins::at(samples::NOON);
    let id = account(&twins);
    let period = RetentionPeriod::parse("PT3H", Stage::Local).unwrap();
    let logger = ContentLogger {
        log: twins.content_log.clone(),
        seals: twins.seal_ledger.clone(),
        logged: twins.reconciliation.clone(),
        clock: Arc::new(twins.clock.clone()),
        period,
    };
    for hour in 0..days * 24 {
        let at = samples::NOON + SignedDuration::from_hours(hour);
        for name in ["a", "b"] {
            let record = LogRecord { account_id: Some(id), ..samples::log_record(&format!("{name}{hour}"), at) };
            logger.write(vec![record]).await.unwrap();
        }
    }
    let as_of = samples::NOON + SignedDuration::from_hours(24 + 4);
    twins.clock.set(as_of);
    twins.faults.reset();
    let sweeper = twins.sweeper();
    for hour in 0..24 {
        let hour = LogHour::of(samples::NOON + SignedDuration::from_hours(hour)).start();
        let swept = sweeper.sweep(&SweepOrder { run_id: RunId::planned_at(as_of), hour, as_of }, as_of).await.unwrap();
        assert_eq!(swept.deleted, 2);
    }
    twins.faults.calls()
}

#[tokio::test]
async fn the_sweep_of_a_day_makes_as_many_calls_among_a_hundred_days_as_alone_r16_2() {
    let alone = calls_of_a_day_among(1).await;
    println!("calls: {alone}");
    assert!(alone <= 24 * 15, "{alone} calls for 24 hours");
    for days in [10, 100] {
        assert_eq!(calls_of_a_day_among(days).await, alone, "{days} days");
    }
}
