//! The rows of publications and complaints end when their own period is over, with receipts, and not before (R16.2).

use std::{collections::BTreeSet, sync::Arc};

use app::{
    complaints::Filed,
    error::AppError,
    holding::PlaceHold,
    ports::{
        Deletion, DeletionGate, HoldMark, HoldRegister, HoldsInForce, PortError, PublicationShelf, SaveError, Watermark,
    },
    publishing::Publish,
    retaining::{HoldCheck, RowOrder, RowReceipt, RowSweeper},
};
use async_trait::async_trait;
use domain::{
    account::Account,
    case::Matter,
    decision::Action,
    id::{HoldId, PublicationId, RunId},
    legal_hold::{HoldScope, LegalHold},
    publication::{Part, PublicationStatus, RemovedBy},
    resting::RowKind,
    settings::{RetentionRules, Settings},
    subject::Subject,
};
use jiff::{SignedDuration, Timestamp};
use testkit::{Lane, Twins, When, samples};

use crate::world::{Delivery, World, operation_id, until_done};

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// An account with a publication that nobody has looked at.
async fn published(world: &mut World, reference: &str) -> (Account, PublicationId) {
    let account = match world.twins.accounts.all().into_iter().next() {
        Some(account) => account,
        None => world.register(1).await.unwrap(),
    };
    world.pump().await;
    world.publish(account.account_id, &[(reference, "明天有雨，记得带伞")]).await.unwrap();
    world.pump().await;
    let publication_id = PublicationId::named(account.account_id, reference);
    (account, publication_id)
}

async fn removed(world: &World, publication_id: PublicationId) {
    world.publishing.remove(publication_id, RemovedBy::Holder, &samples::platform()).await.unwrap();
}

/// Runs from the one day to the other, counted from noon: one in six days, for a run takes up what earlier ones left, and the
/// last two.
async fn days_pass(world: &mut World, from: i64, to: i64) {
    for day in (from..=to).filter(|day| to - day < 2 || (to - day) % 6 == 0) {
        let morning = samples::NOON + DAY * i32::try_from(day).unwrap();
        world.twins.clock.set(morning);
        for rows in RowKind::ALL {
            world.twins.row_planner(rows).plan(morning).await.unwrap();
        }
        world.pump().await;
    }
}

fn is_there(world: &World, publication_id: PublicationId) -> bool {
    world.twins.publications.all().iter().any(|record| record.publication.publication_id == publication_id)
}

fn ended(receipts: &[RowReceipt]) -> BTreeSet<String> {
    receipts.iter().flat_map(|receipt| receipt.deleted.iter().map(|row| row.id.clone())).collect()
}

fn hold(operation: u128, scope: HoldScope) -> PlaceHold {
    PlaceHold {
        operation_id: operation_id(operation),
        scope,
        legal_basis: "（2026）京01民初1号".to_owned(),
        reason: "诉讼保全".to_owned(),
        actor: samples::reviewer("li"),
    }
}

#[tokio::test]
async fn a_publication_ends_six_months_after_it_was_taken_down_and_one_that_is_shown_stays_r16_2() {
    for delivery in [Delivery::InOrder, Delivery::Reversed, Delivery::Doubled] {
        let mut world = World::new(delivery);
        let (account, shown) = published(&mut world, "shown").await;
        let (_, down) = published(&mut world, "down").await;
        world.twins.clock.set(samples::NOON + DAY * 30);
        removed(&world, down).await;
        world.pump().await;
        // Six calendar months from 23 December, day 30, are over with noon of day 212.
        days_pass(&mut world, 180, 211).await;
        assert!(is_there(&world, down) && is_there(&world, shown));
        assert_eq!(world.publishing.publication(down).await.unwrap().publication.status, PublicationStatus::Deleted);
        days_pass(&mut world, 212, 214).await;
        assert!(!is_there(&world, down) && is_there(&world, shown));
        assert_eq!(ended(&world.twins.receipts.of_rows()), [down.to_string()].into());

        // Whoever asks hears that its time was over, and a late retry publishes nothing anew.
        let asked = world.publishing.publication(down).await.unwrap_err();
        assert!(matches!(asked, AppError::PublicationExpired), "{asked}");
        let again = world.publish(account.account_id, &[("down", "明天有雨，记得带伞")]).await.unwrap_err();
        assert!(matches!(again, AppError::PublicationExpired), "{again}");
        let unknown = PublicationId::named(account.account_id, "never");
        assert!(matches!(world.publishing.publication(unknown).await, Err(AppError::PublicationNotFound)));
        // What is left says nothing of what it said.
        let receipt = serde_json::to_string(&world.twins.receipts.of_rows()).unwrap();
        assert!(!receipt.contains("带伞") && !receipt.contains(&account.account_id.to_string()), "{receipt}");
    }
}

#[tokio::test]
async fn a_publication_that_was_refused_at_once_ends_as_well_r16_2() {
    let mut world = World::new(Delivery::InOrder);
    let (account, _) = published(&mut world, "shown").await;
    let parts = vec![Part::Text { text: "来玩百家乐，首存送彩金".to_owned() }];
    let item = Publish { account_id: account.account_id, reference: "casino".to_owned(), parts, declared: vec![] };
    let refused = world.publishing.publish(vec![item]).await.unwrap().remove(0).unwrap().publication;
    assert_eq!(refused.status, PublicationStatus::Rejected, "so that the test is about that");
    world.pump().await;
    days_pass(&mut world, 179, 180).await;
    assert!(is_there(&world, refused.publication_id));
    days_pass(&mut world, 181, 183).await;
    assert!(!is_there(&world, refused.publication_id));
}

/// A complaint about a publication that its holder takes down, decided without a step.
async fn complained_of(world: &mut World) -> (PublicationId, Filed) {
    let (_, publication_id) = published(world, "post").await;
    let filed = world.complain(2, Subject::Publication(publication_id)).await.unwrap();
    world.pump().await;
    removed(world, publication_id).await;
    world.pump().await;
    (publication_id, filed)
}

#[tokio::test]
async fn an_open_case_keeps_complaint_and_publication_and_their_period_begins_with_its_decision_b2() {
    let mut world = World::new(Delivery::InOrder);
    let (publication_id, filed) = complained_of(&mut world).await;
    days_pass(&mut world, 181, 200).await;
    assert!(is_there(&world, publication_id));
    assert_eq!(world.twins.cases.snapshots().len(), 1, "what was complained of is there for who decides");
    world.decide(3, Action::NoAction).await.unwrap();
    world.pump().await;
    // Six calendar months from 11 June, day 200, are over with noon of day 383.
    days_pass(&mut world, 201, 382).await;
    assert!(is_there(&world, publication_id));
    assert!(world.complaints.status(&filed.receipt).await.is_ok());
    days_pass(&mut world, 383, 390).await;
    assert!(!is_there(&world, publication_id));
    assert_eq!((world.twins.cases.all_complaints(), world.twins.cases.snapshots()), (vec![], vec![]));
    let asked = world.complaints.status(&filed.receipt).await.unwrap_err();
    assert!(matches!(asked, AppError::ComplaintExpired), "{asked}");
    assert_eq!(world.twins.cases.all_cases().len(), 1, "cases have no end yet");
    let receipts = world.twins.receipts.of_rows();
    assert_eq!(ended(&receipts).len(), 2);
    let text = serde_json::to_string(&receipts).unwrap();
    assert!(!text.contains("客服") && !text.contains("reporter"), "{text}");
    let again = world.complain(4, Subject::Publication(publication_id)).await.unwrap_err();
    assert!(matches!(again, AppError::Complaint(domain::complaint::ComplaintRefusal::SubjectRemoved)), "{again}");
}

#[tokio::test]
async fn what_may_be_appealed_stays_and_what_an_appeal_gives_back_is_not_swept_b2() {
    let mut world = World::new(Delivery::InOrder);
    let (account, publication_id) = published(&mut world, "post").await;
    world.complain(2, Subject::Publication(publication_id)).await.unwrap();
    world.pump().await;
    world.decide(3, Action::RemoveContent).await.unwrap();
    world.pump().await;
    // On the last day but one of the window.
    days_pass(&mut world, 178, 178).await;
    let appeal = world.appeal(5, account.account_id, 3).await.unwrap();
    world.pump().await;
    days_pass(&mut world, 179, 200).await;
    assert!(is_there(&world, publication_id), "the appeal is open");
    assert_eq!(world.twins.cases.all_complaints().len(), 1);
    assert!(matches!(appeal.matter, Matter::Appeal { .. }));
    world.decide_as("wang", appeal.case_id, 6, Action::Accept).await.unwrap();
    world.pump().await;
    let given_back = world.publishing.publication(publication_id).await.unwrap().publication;
    assert_eq!(given_back.status, PublicationStatus::Published);
    days_pass(&mut world, 201, 420).await;
    assert!(is_there(&world, publication_id), "it is shown again");
    assert_eq!(world.twins.cases.all_complaints().len(), 0, "the complaint was decided long ago");
}

#[tokio::test]
async fn a_file_that_says_a_year_is_a_year_for_what_is_to_come_r16_2() {
    let mut world = World::new(Delivery::InOrder);
    let (_, publication_id) = published(&mut world, "post").await;
    removed(&world, publication_id).await;
    let year = RetentionRules { publications: "P1Y".to_owned(), ..RetentionRules::default() };
    world.twins.settings.put_in_force(Settings { version: 2, retention: year, ..Settings::default() });
    days_pass(&mut world, 181, 364).await;
    assert!(is_there(&world, publication_id));
    days_pass(&mut world, 365, 368).await;
    assert!(!is_there(&world, publication_id));
}

#[tokio::test]
async fn a_longer_period_that_comes_while_orders_wait_loses_no_row_r16_2() {
    let mut world = World::new(Delivery::InOrder);
    let (_, publication_id) = published(&mut world, "post").await;
    removed(&world, publication_id).await;
    days_pass(&mut world, 175, 180).await;
    let morning = samples::NOON + DAY * 182;
    world.twins.clock.set(morning);
    world.twins.row_planner(RowKind::Publications).plan(morning).await.unwrap();
    let year = RetentionRules { publications: "P1Y".to_owned(), ..RetentionRules::default() };
    world.twins.settings.put_in_force(Settings { version: 2, retention: year, ..Settings::default() });
    world.pump().await;
    assert!(is_there(&world, publication_id));
    days_pass(&mut world, 183, 364).await;
    assert!(is_there(&world, publication_id));
    days_pass(&mut world, 365, 372).await;
    assert!(!is_there(&world, publication_id));
}

#[tokio::test]
async fn a_hold_keeps_rows_until_it_is_released_b1() {
    let mut world = World::new(Delivery::InOrder);
    let (publication_id, filed) = complained_of(&mut world).await;
    world.decide(3, Action::NoAction).await.unwrap();
    world.pump().await;
    let account_id = world.twins.accounts.all()[0].account_id;
    let scope = HoldScope::Subject { subject: Subject::Account(account_id) };
    let hold = world.holding.place(hold(9, scope)).await.unwrap();
    days_pass(&mut world, 181, 230).await;
    assert!(is_there(&world, publication_id), "it names the account");
    assert!(world.complaints.status(&filed.receipt).await.is_ok(), "what was complained of is the account's");
    world.holding.release(hold.hold_id, "诉讼终结", &samples::reviewer("wang")).await.unwrap();
    days_pass(&mut world, 231, 240).await;
    assert!(!is_there(&world, publication_id), "within a week or so");
    assert_eq!(world.twins.cases.all_complaints(), []);
}

/// What a sweep of the hour of noon is ordered to do.
fn order(kind: RowKind) -> RowOrder {
    let as_of = samples::NOON + DAY * 186;
    let hour = evidence::object::LogHour::of(samples::NOON).start();
    RowOrder { run_id: RunId::of_rows(kind, as_of), rows: kind, hour, as_of, step: 0 }
}

/// A gate at which a hold is placed just before a deletion begins, or just after; or which nobody can read.
struct Gate {
    twins: Arc<Twins>,
    when: Option<When>,
}

impl Gate {
    async fn place(&self, at: When) {
        if self.when == Some(at) {
            let scope = HoldScope::Period { from: samples::NOON - DAY, until: samples::NOON + DAY };
            self.twins.hold_desk().place(hold(7, scope)).await.unwrap();
        }
    }
}

#[async_trait]
impl HoldRegister for Gate {
    async fn in_force(&self) -> Result<HoldsInForce, PortError> {
        if self.when.is_none() {
            return Err(PortError::refused("legal holds", "no permission"));
        }
        self.twins.holds.in_force().await
    }
}

#[async_trait]
impl DeletionGate for Gate {
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

/// A publication that was refused at noon, and half a year later.
async fn one_row() -> (Arc<Twins>, String) {
    let twins = Arc::new(Twins::at(samples::NOON));
    let mut record = samples::publication(samples::account().active().account_id, "a1", "拒绝");
    record.publication.status = PublicationStatus::Rejected;
    twins.publications.put_new(&record).await.unwrap();
    twins.clock.set(order(RowKind::Publications).as_of);
    (twins, record.publication.publication_id.to_string())
}

async fn swept_with(twins: &Arc<Twins>, when: Option<When>) -> Result<(), AppError> {
    let gate: Arc<dyn DeletionGate> = Arc::new(Gate { twins: twins.clone(), when });
    let sweeper = RowSweeper {
        holds: HoldCheck { holds: gate, principals: twins.accounts.clone(), objects: twins.content_log.clone() },
        ..twins.row_sweeper(RowKind::Publications)
    };
    let order = order(RowKind::Publications);
    sweeper.sweep(&order, order.as_of).await.map(drop)
}

async fn the_hold(twins: &Twins) -> LegalHold {
    twins.hold_desk().show(HoldId::from_uuid(operation_id(7))).await.unwrap()
}

#[tokio::test]
async fn a_hold_placed_during_a_sweep_of_rows_wins_or_says_for_which_row_it_came_too_late_b1() {
    let (twins, id) = one_row().await;
    swept_with(&twins, Some(When::Before)).await.unwrap();
    assert_eq!(twins.publications.all().len(), 1);
    let (receipt, hold) = (twins.receipts.of_rows().remove(0), the_hold(&twins).await);
    assert_eq!((receipt.deleted, hold.late_for), (vec![], vec![]));
    assert_eq!((&receipt.kept[0].id, &receipt.kept[0].hold_ids), (&id, &vec![hold.hold_id]));

    let (twins, id) = one_row().await;
    swept_with(&twins, Some(When::After)).await.unwrap();
    assert_eq!(twins.publications.all(), []);
    assert_eq!(the_hold(&twins).await.late_for[0].objects, [id]);
}

#[tokio::test]
async fn a_sweep_of_rows_that_cannot_read_the_holds_deletes_nothing_b1() {
    let (twins, _) = one_row().await;
    swept_with(&twins, None).await.unwrap_err();
    assert_eq!((twins.publications.all().len(), twins.receipts.of_rows().len()), (1, 0));
}

#[tokio::test]
async fn a_row_that_changes_after_the_intent_stays_r16_2() {
    let (twins, id) = one_row().await;
    let sweeper = twins.row_sweeper(RowKind::Publications);
    let order = order(RowKind::Publications);
    // The intent is written, and the worker dies before it does anything.
    let calls = {
        let (calm, _) = one_row().await;
        calm.faults.reset();
        let order = order.clone();
        calm.row_sweeper(RowKind::Publications).sweep(&order, order.as_of).await.unwrap();
        calm.faults.calls()
    };
    let mut died = false;
    for call in 1..=calls {
        twins.faults.strike(call, When::After);
        let failed = sweeper.sweep(&order, order.as_of).await.is_err();
        if failed && app::ports::RowReceipts::row_intent(&*twins.receipts, &order).await.unwrap().is_some() {
            died = true;
            break;
        }
    }
    assert!(died);
    twins.faults.reset();
    let record = twins.publications.all().remove(0);
    let publication = record.publication.remove(RemovedBy::Platform, samples::platform(), order.as_of).unwrap();
    let state = app::ports::PublicationRecord { publication: publication.state, verdict: record.verdict };
    twins.publications.save(&domain::change::Change { state, event: publication.event }).await.unwrap();
    sweeper.sweep(&order, order.as_of).await.unwrap();
    assert_eq!(twins.publications.all().len(), 1, "it was taken down a moment ago");
    let receipt = twins.receipts.of_rows().remove(0);
    assert_eq!((receipt.deleted, &receipt.kept[0].id), (vec![], &id));
}

#[tokio::test]
async fn an_hour_with_many_rows_is_swept_in_steps_and_neither_more_nor_fewer_r16_2() {
    let mut world = World::new(Delivery::Doubled);
    let account_id = samples::account().active().account_id;
    let mut expected = BTreeSet::new();
    for number in 0..1_201 {
        let mut record = samples::publication(account_id, &format!("post-{number}"), "拒绝");
        record.publication.status = PublicationStatus::Rejected;
        expected.insert(record.publication.publication_id.to_string());
        world.twins.publications.put_new(&record).await.unwrap();
    }
    days_pass(&mut world, 181, 182).await;
    let receipts = world.twins.receipts.of_rows();
    assert_eq!(world.twins.publications.all(), []);
    assert_eq!(ended(&receipts), expected);
    let sizes: Vec<usize> = receipts.iter().map(|receipt| receipt.deleted.len()).collect();
    assert_eq!(sizes, [500, 500, 201]);
}

async fn story(world: &mut World) {
    let account = until_done(async || world.register(1).await).await;
    world.pump().await;
    until_done(async || world.publish(account.account_id, &[("post", "明天有雨"), ("down", "后天有雨")]).await).await;
    world.pump().await;
    let post = PublicationId::named(account.account_id, "post");
    until_done(async || world.complain(2, Subject::Publication(post)).await).await;
    world.pump().await;
    until_done(async || world.decide(3, Action::NoAction).await).await;
    world.pump().await;
    let down = PublicationId::named(account.account_id, "down");
    until_done(async || world.publishing.remove(down, RemovedBy::Holder, &samples::platform()).await).await;
    world.pump().await;
}

async fn sweep(world: &mut World) {
    let morning = samples::NOON + DAY * 186;
    world.twins.clock.set(morning);
    for mark in [&world.twins.publications_mark, &world.twins.complaints_mark] {
        until_done(async || Ok(mark.advance(samples::NOON).await?)).await;
    }
    for rows in RowKind::ALL {
        until_done(async || world.twins.row_planner(rows).plan(morning).await).await;
    }
    world.pump().await;
}

#[tokio::test]
async fn a_crash_at_any_point_of_a_sweep_of_rows_leaves_every_deletion_receipted_r16_2() {
    let left = |world: &World| {
        let complaints = world.twins.cases.all_complaints().len() + world.twins.cases.snapshots().len();
        (world.twins.publications.all().len(), complaints, ended(&world.twins.receipts.of_rows()).len())
    };
    let mut calm = World::new(Delivery::InOrder);
    story(&mut calm).await;
    assert_eq!(left(&calm), (2, 2, 0));
    calm.twins.faults.reset();
    sweep(&mut calm).await;
    let calls = calm.twins.faults.calls();
    assert_eq!(left(&calm), (1, 0, 2), "what is shown stays");
    assert!(calls > 40, "the sweep makes {calls} calls, so that too little would be tried");
    for when in [When::Before, When::After] {
        for call in 1..=calls {
            let mut world = World::new(Delivery::InOrder);
            story(&mut world).await;
            world.twins.faults.strike(call, when);
            sweep(&mut world).await;
            assert_eq!(left(&world), (1, 0, 2), "call {call} failed {when:?} its effect");
            assert_eq!(world.twins.queues.take(Lane::Sweep), Vec::<String>::new());
            let (_, under_way) = app::ports::HoldShelf::under_way(&*world.twins.holds).await.unwrap();
            assert_eq!(under_way, [], "call {call} failed {when:?} its effect");
        }
    }
}
