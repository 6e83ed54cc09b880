//! What an account's conduct and reach mean for what it publishes (R6.2, R7.2).

use app::{error::AppError, ports::PublicationRecord, publishing::Publish};
use domain::{
    account::{Account, MetricsRefusal},
    decision::Action,
    grade::Grade,
    id::{AccountId, PublicationId},
    metrics::Metrics,
    publication::{Part, PublicationStatus},
    settings::Settings,
    subject::Subject,
};
use jiff::{SignedDuration, civil::date};
use screening::verdict::Effect;
use testkit::samples;

use crate::world::{Delivery, World};

async fn active(world: &mut World) -> Account {
    let account = world.register(1).await.unwrap();
    world.pump().await;
    world.twins.accounts.get(account.account_id).unwrap()
}

async fn publish(world: &World, account_id: AccountId, reference: &str) -> Result<PublicationRecord, AppError> {
    let parts = vec![Part::Text { text: "明天有雨，记得带伞".to_owned() }];
    let item = Publish { account_id, reference: reference.to_owned(), parts, declared: vec![] };
    world.publishing.publish(vec![item]).await?.remove(0)
}

async fn warned(world: &mut World, account_id: AccountId, operation: u128) {
    world.complain(operation, Subject::Account(account_id)).await.unwrap();
    world.pump().await;
    world.decide(operation + 1, Action::Warn).await.unwrap();
    world.pump().await;
}

#[tokio::test]
async fn a_strike_moves_the_level_and_with_it_the_verdict() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = active(&mut world).await.account_id;
    assert_eq!(publish(&world, account_id, "before").await.unwrap().verdict.effect, Effect::Pass);

    warned(&mut world, account_id, 10).await;
    let looked_at = publish(&world, account_id, "after-one").await.unwrap();
    assert_eq!(looked_at.verdict.effect, Effect::Review);
    assert_eq!(looked_at.verdict.findings[0].rule, "account-standing", "the verdict says why");
    assert_eq!(looked_at.publication.status, PublicationStatus::Published);

    warned(&mut world, account_id, 20).await;
    let held = publish(&world, account_id, "after-two").await.unwrap();
    assert_eq!((held.verdict.effect, held.publication.status), (Effect::Hold, PublicationStatus::Held));
    let again = publish(&world, account_id, "before").await.unwrap();
    assert_eq!(again.verdict.effect, Effect::Pass, "what was accepted before is answered as it was");
}

#[tokio::test]
async fn what_the_account_of_a_listed_principal_publishes_is_held() {
    let mut world = World::new(Delivery::InOrder);
    let mut account = active(&mut world).await;
    account.principal_listing = Some(domain::id::ListingId::at(samples::NOON));
    world.twins.accounts.put(account.clone());
    assert_eq!(publish(&world, account.account_id, "post-1").await.unwrap().verdict.effect, Effect::Hold);
}

#[tokio::test]
async fn a_limit_holds_for_an_hour_and_a_retry_is_no_publication() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = active(&mut world).await.account_id;
    let mut settings = Settings { version: 2, ..Settings::default() };
    settings.credit.b.publications_per_hour = Some(3);
    world.twins.settings.put_in_force(settings);
    for n in 1..=3 {
        publish(&world, account_id, &format!("post-{n}")).await.unwrap();
    }
    let refused = publish(&world, account_id, "post-4").await.unwrap_err();
    assert!(matches!(refused, AppError::RateExceeded { limit: 3, .. }), "{refused:?}");
    publish(&world, account_id, "post-1").await.expect("it was accepted before");
    world.twins.clock.set(samples::NOON + SignedDuration::from_hours(1));
    publish(&world, account_id, "post-4").await.expect("another hour");
}

#[tokio::test]
async fn a_limit_holds_within_a_batch() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = active(&mut world).await.account_id;
    let mut settings = Settings { version: 2, ..Settings::default() };
    settings.credit.b.publications_per_hour = Some(3);
    world.twins.settings.put_in_force(settings);
    let item = |n: usize| Publish {
        account_id,
        reference: format!("post-{n}"),
        parts: vec![Part::Text { text: "早安".to_owned() }],
        declared: vec![],
    };
    let answers = world.publishing.publish((0..5).map(item).collect()).await.unwrap();
    let accepted: Vec<bool> = answers.iter().map(Result::is_ok).collect();
    assert_eq!(accepted, [true, true, true, false, false]);
}

#[tokio::test]
async fn growth_moves_an_account_a_grade_up_and_deepens_its_screening() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = active(&mut world).await.account_id;
    let sampled = |n: &u32| PublicationId::named(account_id, &format!("post-{n}")).uuid().as_u128() % 1_000 < 20;
    let reference = format!("post-{}", (0..10_000).find(sampled).unwrap());
    let platform = samples::platform();
    let report = |day: i8, subscribers| (account_id, Metrics { period: date(2026, 11, day), subscribers, reads: 0 });
    let answers = world.metering.record(&[report(1, 9_000), report(2, 1_200_000)], &platform).await.unwrap();
    let grades: Vec<Grade> = answers.into_iter().map(|answer| answer.unwrap().grade).collect();
    assert_eq!(grades, [Grade::Small, Grade::Major]);
    assert_eq!(publish(&world, account_id, &reference).await.unwrap().verdict.effect, Effect::Review);
    world.pump().await;
    let told = world.twins.webhook.messages();
    assert!(told.iter().any(|message| message.body.contains("account.grade_changed")), "the platform is told");
}

#[tokio::test]
async fn counts_are_taken_once_and_never_go_back() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = active(&mut world).await.account_id;
    let unknown = samples::account().pending().account_id;
    let platform = samples::platform();
    let report = |id, day: i8, subscribers| (id, Metrics { period: date(2026, 11, day), subscribers, reads: 0 });
    let items = [
        report(account_id, 5, 20_000),
        report(account_id, 5, 20_000),
        report(account_id, 5, 1),
        report(unknown, 5, 1),
        report(account_id, 4, 1),
    ];
    for _ in 0..2 {
        let answers = world.metering.record(&items, &platform).await.unwrap();
        assert!(answers[0].is_ok() && answers[1].is_ok(), "a copy is answered as the first time");
        assert!(
            matches!(answers[2], Err(AppError::Metrics(MetricsRefusal::Passed))),
            "other counts of a period that is on record"
        );
        assert!(matches!(answers[3], Err(AppError::AccountNotFound)));
        assert!(matches!(answers[4], Err(AppError::Metrics(MetricsRefusal::Passed))), "an earlier period");
    }
    // A slip of the year would keep everything after it out.
    let ahead = (account_id, Metrics { period: date(2062, 11, 5), subscribers: 1, reads: 0 });
    let answers = world.metering.record(&[ahead], &platform).await.unwrap();
    assert!(matches!(answers[0], Err(AppError::Metrics(MetricsRefusal::Ahead))), "{answers:?}");
    let account = world.twins.accounts.get(account_id).unwrap();
    assert_eq!((account.grade, account.metrics.unwrap().subscribers), (Grade::Medium, 20_000));
    let events = world.twins.accounts.events();
    assert_eq!(events.iter().filter(|event| event.body.name() == "grade_changed").count(), 1);
}

/// What a platform brings along on its first day: ten thousand counts, in batches of a hundred of which each comes twice.
#[tokio::test]
async fn ten_thousand_counts_are_on_record_once_each_r7_2() {
    const ACCOUNTS: usize = 400;
    const PERIODS: i8 = 25;
    let world = World::new(Delivery::InOrder);
    let accounts: Vec<AccountId> = (0..ACCOUNTS)
        .map(|_| {
            let account = samples::account().active();
            world.twins.accounts.put(account.clone());
            account.account_id
        })
        .collect();
    let platform = samples::platform();
    let mut answered = 0;
    for day in 1..=PERIODS {
        let counted = u64::from(day.unsigned_abs()) * 1_000;
        let counts = Metrics { period: date(2026, 10, day), subscribers: counted, reads: 7 };
        for some in accounts.chunks(100) {
            let items: Vec<_> = some.iter().map(|account_id| (*account_id, counts)).collect();
            let (one, copy) =
                futures::join!(world.metering.record(&items, &platform), world.metering.record(&items, &platform));
            answered += one.unwrap().into_iter().chain(copy.unwrap()).flatten().count();
        }
    }
    let wanted = ACCOUNTS * usize::from(PERIODS.unsigned_abs());
    let events = world.twins.accounts.events();
    let recorded =
        events.iter().filter(|event| ["metrics_recorded", "grade_changed"].contains(&event.body.name())).count();
    assert_eq!((wanted, recorded, answered), (10_000, 10_000, 20_000), "a copy is answered and not recorded");
    for account_id in accounts {
        let metrics = world.twins.accounts.get(account_id).unwrap().metrics.unwrap();
        assert_eq!((metrics.period, metrics.subscribers), (date(2026, 10, PERIODS), 25_000));
    }
}
