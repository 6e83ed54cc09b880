//! Rules are tried on the record before anybody puts them in force (B4).

use app::{
    backtesting::{BacktestOrder, BacktestResult, BacktestWork, OrderBacktest, PackToTry},
    error::AppError,
    ports::{BacktestFile, BacktestShelf, ContentLog, PackArchive, PackForm, Queue, RulePackShelf},
};
use domain::{
    account::Account,
    backtest::{Backtest, BacktestFailure, BacktestRefusal, BacktestState},
    decision::Action,
    event::{Event, EventBody},
    id::{AccountId, BacktestId, PublicationId},
    retention::{RetentionPeriod, Stage},
    settings::{BacktestRules, Settings},
    subject::Subject,
};
use evidence::{object, record::LogRecord};
use jiff::SignedDuration;
use screening::trial::NotOnRecord;
use testkit::{Lane, When, samples};

use crate::world::{Delivery, World, operation_id};

/// Finds cards, which nobody looks for yet, and umbrellas.
const DRAFT: &str = "
id: shop
version: 9
banks:
  cards: [会员卡, 储值卡]
  rain: [带伞]
rules:
  - { id: cards, version: 1, state: draft, title: { zh: 卡, en: cards }, policy: fraud, effect: hold, bank: cards,
      examples: { matches: [低价转让储值卡], passes: [卡片] } }
  - { id: rain, version: 2, title: { zh: 雨, en: rain }, policy: spam, effect: review, bank: rain,
      examples: { matches: [记得带伞], passes: [] } }
  - { id: young, version: 1, title: { zh: 新, en: young }, policy: spam, effect: hold, bank: rain,
      when: 'account.age_days < 7', examples: { matches: [带伞], passes: [] } }
";

/// Publications of an account in the log: two that the draft means by cards, one of which the live pack refuses, one with an
/// umbrella, one that the live pack alone finds, and one that nobody minds.
async fn story(world: &mut World) -> Account {
    let account = world.register(1).await.unwrap();
    world.pump().await;
    let posts = [
        ("post-1", "明天有雨，记得带伞"),
        ("post-2", "来玩百家乐，送会员卡"),
        ("post-3", "来玩百家乐"),
        ("post-4", "低价转让储值卡，量大从优"),
        ("post-5", "今天天气很好"),
    ];
    world.publish(account.account_id, &posts).await.unwrap();
    world.pump().await;
    account
}

fn order(number: u128, pack: PackToTry) -> OrderBacktest {
    OrderBacktest {
        operation_id: operation_id(number),
        pack,
        rules: vec![],
        from: samples::NOON - SignedDuration::from_hours(2),
        until: samples::NOON + SignedDuration::from_hours(1),
        reason: "上线前试算".to_owned(),
        actor: samples::reviewer("li"),
    }
}

fn draft(number: u128) -> OrderBacktest {
    order(number, PackToTry::Draft(DRAFT.to_owned()))
}

fn later(world: &World) {
    world.twins.clock.set(samples::NOON + SignedDuration::from_hours(2));
}

async fn standing(world: &World, backtest_id: BacktestId) -> Backtest {
    BacktestShelf::backtest(&*world.twins.backtests, backtest_id).await.unwrap().unwrap()
}

fn result(world: &World, backtest_id: BacktestId) -> BacktestResult {
    serde_json::from_slice(&world.twins.backtests.file(backtest_id, BacktestFile::Result).unwrap()).unwrap()
}

#[tokio::test]
async fn a_draft_is_tried_on_what_was_published_and_says_what_live_rules_and_people_had_said_b4() {
    let mut world = World::new(Delivery::Doubled);
    story(&mut world).await;
    later(&world);
    let ordered = world.twins.backtest_desk().order(draft(9)).await.unwrap();
    assert_eq!(ordered.hours(), 3);
    world.pump().await;

    let view = world.twins.backtest_desk().show(ordered.backtest_id).await.unwrap();
    assert!(matches!(view.backtest.state, BacktestState::Finished { .. }), "{view:?}");
    assert_eq!((view.hours_done, view.contents, view.hits), (3, 5, 3));
    assert!(view.result_url.is_some());
    let result = result(&world, ordered.backtest_id);
    assert_eq!((result.read.publications, result.read.hours, result.hits_per_million), (5, 3, 600_000));
    assert_eq!((result.live.pass, result.live.reject, result.missed), (2, 1, 1), "{result:?}");
    let [cards, rain] = &result.rules[..] else { panic!("{:?}", result.rules) };
    assert_eq!((cards.rule.rule.as_str(), cards.hits, cards.alone), ("cards", 2, 1));
    assert_eq!(cards.overlap.len(), 1, "the live rule for gambling had met one of them");
    assert_eq!(cards.overlap[0].hits, 1);
    assert_eq!((rain.hits, rain.alone), (1, 1));
    let words: Vec<&str> = cards.sample.iter().map(|hit| hit.words.as_str()).collect();
    assert!(words.contains(&"低价转让储值卡，量大从优"), "{words:?}");
    for hit in &cards.sample {
        let span = hit.spans[0];
        let text = if hit.words.starts_with("低价") {
            "低价转让储值卡，量大从优"
        } else {
            "来玩百家乐，送会员卡"
        };
        assert!(["储值卡", "会员卡"].contains(&&text[span.start..span.end]));
    }
    let left_out: Vec<_> = result.not_tried.iter().map(|it| (it.rule.as_str(), it.asks_for.iter().collect())).collect();
    assert_eq!(left_out, [("young", vec![&NotOnRecord::Account])]);
    let told: Vec<_> = world.twins.backtests.events().iter().map(|event| event.body.name()).collect();
    assert_eq!(told, ["backtest_ordered", "backtest_finished"]);
    let logged = world.twins.content_log.records();
    assert!(logged.iter().any(|record| record.kind == "backtest_finished"), "it is on record that it was run");
}

#[tokio::test]
async fn what_people_decided_on_the_hits_is_looked_up_whenever_they_did_b4() {
    let mut world = World::new(Delivery::InOrder);
    let account = story(&mut world).await;
    let subject = |reference: &str| Subject::Publication(PublicationId::named(account.account_id, reference));
    world.complain(2, subject("post-4")).await.unwrap();
    world.pump().await;
    world.decide(3, Action::RemoveContent).await.unwrap();
    world.pump().await;
    later(&world);
    let ordered = world.twins.backtest_desk().order(draft(9)).await.unwrap();
    world.pump().await;
    let result = result(&world, ordered.backtest_id);
    let cards = &result.rules[0].reviewed;
    assert_eq!((cards.looked_up, cards.refused, cards.allowed, cards.undecided), (2, 1, 0, 1), "{result:?}");
}

#[tokio::test]
async fn the_drafts_of_a_published_pack_are_tried_and_its_other_rules_as_they_are_named_b4() {
    let mut world = World::new(Delivery::InOrder);
    story(&mut world).await;
    later(&world);
    let published = samples::published_pack(4, 0x44);
    let change = RulePackShelf::register(&*world.twins.rule_packs).await.unwrap().publish(&published).unwrap();
    RulePackShelf::put(&*world.twins.rule_packs, &change, Some(&published)).await.unwrap();
    let mut bundle = Vec::new();
    for part in ["rule-pack.yaml", DRAFT] {
        bundle.extend_from_slice(&(part.len() as u64).to_le_bytes());
        bundle.extend_from_slice(part.as_bytes());
    }
    world.twins.rule_packs.keep(&published.pack.sha256, PackForm::Source, bundle).await.unwrap();

    let desk = world.twins.backtest_desk();
    let unknown = desk.order(order(8, PackToTry::Published(5))).await.unwrap_err();
    assert!(matches!(unknown, AppError::RulePackNotFound));
    let named = OrderBacktest { rules: vec!["cards".to_owned()], ..order(9, PackToTry::Published(4)) };
    let named = desk.order(named).await.unwrap();
    let wrong = OrderBacktest { rules: vec!["card".to_owned()], ..order(10, PackToTry::Published(4)) };
    let wrong = desk.order(wrong).await.unwrap();
    world.pump().await;
    let tried = result(&world, named.backtest_id);
    assert_eq!((tried.rules.len(), tried.hits, tried.not_tried.len()), (1, 2, 0));
    let state = standing(&world, wrong.backtest_id).await.state;
    assert!(matches!(state, BacktestState::Failed { reason: BacktestFailure::RuleUnknown, .. }), "{state:?}");
}

#[tokio::test]
async fn a_draft_with_mistakes_or_nothing_to_try_is_refused_before_anything_is_read() {
    let world = World::new(Delivery::InOrder);
    later(&world);
    let desk = world.twins.backtest_desk();
    let refused = async |text: &str, rules: &[&str]| {
        let rules = rules.iter().map(|rule| (*rule).to_owned()).collect();
        desk.order(OrderBacktest { rules, ..order(9, PackToTry::Draft(text.to_owned())) }).await.unwrap_err()
    };
    let mistakes = refused(&DRAFT.replace("bank: cards", "bank: card"), &[]).await;
    assert!(matches!(&mistakes, AppError::DraftPack(all) if all[0].line.is_some()), "{mistakes:?}");
    let example = refused(&DRAFT.replace("passes: [卡片]", "passes: [储值卡]"), &[]).await;
    assert!(matches!(example, AppError::DraftPack(_)), "its examples are run");
    let none = refused(DRAFT, &["card"]).await;
    assert!(matches!(none, AppError::Backtest(BacktestRefusal::Rules(BacktestFailure::RuleUnknown))));
    let nothing = refused(DRAFT, &["young"]).await;
    assert!(matches!(nothing, AppError::Backtest(BacktestRefusal::Rules(BacktestFailure::NothingToTry))));
    let early = OrderBacktest { until: samples::NOON + SignedDuration::from_hours(3), ..draft(9) };
    let early = desk.order(early).await.unwrap_err();
    assert!(matches!(early, AppError::Backtest(BacktestRefusal::Period { .. })));
    assert!(world.twins.backtests.events().is_empty());
}

#[tokio::test]
async fn of_an_hour_that_is_too_much_a_sample_is_read_and_told_of() {
    let world = World::new(Delivery::InOrder);
    let period = RetentionPeriod::parse("P6M", Stage::Prod).unwrap();
    for number in 0..30_u64 {
        let noise: String = (0..50_000_u64).map(|at| noise(number * 50_000 + at)).collect();
        let record = samples::publication(AccountId::at(samples::NOON), "post", &format!("储值卡{noise}"));
        let (status, verdict) = (record.publication.status, &record.verdict);
        let logged = LogRecord::of_publication(&record.publication, status, verdict).unwrap();
        let object = object::pack(vec![logged], &period).unwrap().remove(0);
        ContentLog::write(&*world.twins.content_log, &object).await.unwrap();
    }
    later(&world);
    let backtests = BacktestRules { longest_days: 2, most_mib: 16 };
    world.twins.settings.put_in_force(Settings { version: 2, backtests, ..Settings::default() });
    let day = OrderBacktest { from: samples::NOON - SignedDuration::from_hours(24), ..draft(9) };
    let ordered = world.twins.backtest_desk().order(day).await.unwrap();
    assert_eq!(ordered.bytes_per_hour, 2 << 20);
    let event = world.twins.backtests.events().remove(0);
    run(&world, &event).await.unwrap();
    let result = result(&world, ordered.backtest_id);
    assert!(result.read.bytes >= 2 << 20 && result.read.objects < 30, "{:?}", result.read);
    assert_eq!((result.read.objects_there, result.hits), (30, result.read.publications));
}

/// A character of the common ones, as good as drawn by lot.
fn noise(number: u64) -> char {
    let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 40;
    char::from_u32(0x4E00 + u32::try_from(mixed % 20_000).unwrap()).unwrap()
}

#[tokio::test]
async fn a_backtest_that_is_called_off_reads_no_further_hour_and_has_no_result() {
    let mut world = World::new(Delivery::InOrder);
    story(&mut world).await;
    later(&world);
    let desk = world.twins.backtest_desk();
    let ordered = desk.order(draft(9)).await.unwrap();
    let event = world.twins.backtests.events().remove(0);
    let worker = world.twins.backtester();
    assert_eq!(worker.begin(&event).await.unwrap(), BacktestWork::Planned { hours: 3 });
    let hours = world.twins.queues.take(Lane::Relay(Queue::Backtest));
    let orders: Vec<BacktestOrder> = hours.iter().map(|body| serde_json::from_str(body).unwrap()).collect();
    assert!(matches!(worker.read(&orders[0]).await.unwrap(), BacktestWork::Read(_)));
    assert_eq!(desk.show(ordered.backtest_id).await.unwrap().hours_done, 1);

    let cancelled = desk.cancel(ordered.backtest_id, &samples::reviewer("wang")).await.unwrap();
    assert_eq!(desk.cancel(ordered.backtest_id, &samples::reviewer("wang")).await.unwrap(), cancelled, "once more");
    let other = desk.cancel(ordered.backtest_id, &samples::reviewer("zhao")).await.unwrap_err();
    assert!(matches!(other, AppError::Backtest(BacktestRefusal::Ended)));
    for order in &orders {
        assert_eq!(worker.read(order).await.unwrap(), BacktestWork::Nothing);
    }
    assert_eq!(worker.begin(&event).await.unwrap(), BacktestWork::Nothing);
    assert_eq!(world.twins.backtests.file(ordered.backtest_id, BacktestFile::Result), None);
    assert_eq!(desk.show(ordered.backtest_id).await.unwrap().hours_done, 1);
}

#[tokio::test]
async fn an_hour_that_is_none_of_the_backtest_is_no_message_of_ours() {
    let world = World::new(Delivery::InOrder);
    later(&world);
    let ordered = world.twins.backtest_desk().order(draft(9)).await.unwrap();
    for hour in [ordered.until, ordered.from + SignedDuration::from_secs(1)] {
        let order = BacktestOrder { backtest_id: ordered.backtest_id, hour };
        let refused = world.twins.backtester().read(&order).await.unwrap_err();
        assert!(matches!(refused, AppError::Message(_)));
    }
    let unknown = BacktestOrder { backtest_id: BacktestId::at(samples::NOON), hour: samples::NOON };
    assert!(matches!(world.twins.backtester().read(&unknown).await, Err(AppError::BacktestNotFound)));
}

/// The first message of a backtest, then its hours, to the end.
async fn run(world: &World, event: &Event) -> Result<(), AppError> {
    let worker = world.twins.backtester();
    worker.begin(event).await?;
    for body in world.twins.queues.peek(Lane::Relay(Queue::Backtest)) {
        worker.read(&serde_json::from_str(&body).unwrap()).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_crash_between_any_two_calls_of_the_backtester_leaves_one_result() {
    let mut nth = 0;
    let mut wanted: Option<BacktestResult> = None;
    loop {
        nth += 1;
        for when in [When::Before, When::After] {
            let mut world = World::new(Delivery::InOrder);
            story(&mut world).await;
            later(&world);
            let ordered = world.twins.backtest_desk().order(draft(9)).await.unwrap();
            let event = world.twins.backtests.events().remove(0);
            assert!(matches!(event.body, EventBody::BacktestOrdered { .. }));
            world.twins.faults.strike(nth, when);
            let first = run(&world, &event).await;
            world.twins.faults.reset();
            if first.is_err() {
                run(&world, &event).await.unwrap();
            }
            let state = standing(&world, ordered.backtest_id).await.state;
            assert!(matches!(state, BacktestState::Finished { .. }), "call {nth} {when:?}: {state:?}");
            let told: Vec<_> = world.twins.backtests.events().iter().map(|event| event.body.name()).collect();
            assert_eq!(told, ["backtest_ordered", "backtest_finished"], "call {nth} {when:?}");
            let result = result(&world, ordered.backtest_id);
            // Accounts are drawn anew in each world, and what is named by them.
            let counted = |result: &BacktestResult| {
                (
                    result.read,
                    result.hits,
                    result.live,
                    result.missed,
                    result.rules.iter().map(|it| it.hits).collect::<Vec<_>>(),
                )
            };
            let mut same = counted(&result);
            let wanted = counted(wanted.get_or_insert(result));
            same.0.bytes = wanted.0.bytes;
            assert_eq!(same, wanted, "call {nth} {when:?}");
            if first.is_ok() {
                assert!(nth > 20, "only {nth} calls");
                return;
            }
        }
    }
}
