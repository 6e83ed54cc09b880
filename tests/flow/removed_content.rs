//! R11.2: copies of what a decision removed are stopped, edited or not, until it is undone or time has passed.

use app::{casework::Decide, publishing::Publish};
use domain::{
    decision::Action,
    event::EventBody,
    id::{AccountId, DecisionId, PublicationId},
    publication::{Part, RemovedBy},
    subject::Subject,
};
use jiff::SignedDuration;
use screening::verdict::Effect;
use testkit::samples;
use uuid::Uuid;

use crate::world::{Delivery, World, operation_id, ruling};

/// The starter pack holds it for its contact, and a reviewer refuses it.
const REMOVED: &str = "长期收购微信号，本店长期承接各类活动策划与布置，地点不限，时间灵活，价格公道，欢迎来电咨询，\
                       老客户另有优惠，节假日照常营业，请提前三天预约，以便我们安排人手与材料。";

/// Nothing that a pack finds anything in.
const PLAIN: &str = "本店长期承接各类活动策划与布置，地点不限，时间灵活，价格公道，欢迎来电咨询，\
                     老客户另有优惠，节假日照常营业，请提前三天预约，以便我们安排人手与材料。";

fn with_account(delivery: Delivery) -> (World, AccountId) {
    let world = World::new(delivery);
    let account = samples::account().active();
    let account_id = account.account_id;
    world.twins.accounts.put(account);
    (world, account_id)
}

/// Publishes a text; gives the effect and the rule that had it, as `removed-content` or another.
async fn published(world: &World, account_id: AccountId, reference: &str, text: &str) -> (Effect, bool, String) {
    let parts = vec![Part::Text { text: text.to_owned() }];
    let items = vec![Publish { account_id, reference: reference.to_owned(), parts, declared: Vec::new() }];
    let record = world.publishing.publish(items).await.unwrap().pop().unwrap().unwrap();
    let finding = record.verdict.findings.iter().find(|finding| finding.rule == "removed-content");
    let cause = finding.and_then(|finding| finding.matched.first()).map(|matched| matched.entry.clone());
    (record.verdict.effect, finding.is_some(), cause.unwrap_or_default())
}

/// A reviewer refuses the one publication that waits.
async fn refuse(world: &mut World, operation: u128) -> DecisionId {
    world.pump().await;
    let case = world.twins.cases.all_cases().into_iter().find(|case| case.decision.is_none()).unwrap();
    let reviewer = samples::reviewer("li");
    let version = world.cases.claim(case.case_id, &reviewer).await.unwrap().version;
    let ruling = Decide { policies: vec!["account_trading".to_owned()], ..ruling(operation, version, Action::Refuse) };
    world.cases.decide(case.case_id, &reviewer, ruling).await.unwrap();
    world.pump().await;
    DecisionId::from_uuid(operation_id(operation))
}

#[tokio::test]
async fn a_removal_stops_copies_edited_or_not_r11_2() {
    for delivery in [Delivery::InOrder, Delivery::Reversed, Delivery::Doubled] {
        let (mut world, account_id) = with_account(delivery);
        assert_eq!(published(&world, account_id, "first", REMOVED).await.0, Effect::Hold);
        let decision = refuse(&mut world, 7).await;
        let same = REMOVED.replace('，', " * ");
        let edited = REMOVED.replace("三天", "五天").replace("来电", "到店");
        let steered = format!("各位朋友大家好，{PLAIN}");
        for (reference, text, effect) in
            [("same", same, Effect::Reject), ("edited", edited, Effect::Hold), ("near", steered, Effect::Hold)]
        {
            let stopped = published(&world, account_id, reference, &text).await;
            assert_eq!(stopped, (effect, true, decision.to_string()), "{text}");
        }
        let other =
            "今天在胡同口吃到了很好吃的炸酱面，老板人很热情，分量也足，下次还想带朋友一起来，推荐大家周末去试试。";
        assert_eq!(published(&world, account_id, "other", other).await.0, Effect::Pass);
        let banked: Vec<_> = world.twins.removed.events().into_iter().map(|event| event.body).collect();
        assert!(
            matches!(banked[..], [EventBody::RemovalBanked { decision_id, .. }] if decision_id == decision),
            "{banked:?}"
        );
    }
}

#[tokio::test]
async fn a_removal_that_is_undone_lets_copies_pass_r11_2() {
    let (mut world, account_id) = with_account(Delivery::InOrder);
    published(&world, account_id, "first", REMOVED).await;
    let decision = refuse(&mut world, 7).await;
    assert!(published(&world, account_id, "before", PLAIN).await.1);
    let desk = world.twins.removed_content_desk();
    let publication_id = PublicationId::named(account_id, "first");
    assert!(desk.withdraw(decision, Subject::Publication(publication_id)).await.unwrap());
    assert!(!desk.withdraw(decision, Subject::Publication(publication_id)).await.unwrap(), "once");
    assert_eq!(published(&world, account_id, "after", PLAIN).await, (Effect::Pass, false, String::new()));
    // A copy of the order that comes late does not bank it again.
    let record = world.twins.publications.all().into_iter().find(|it| it.publication.reference == "first").unwrap();
    desk.bank(decision, &record.publication).await.unwrap();
    assert_eq!(published(&world, account_id, "late", PLAIN).await.0, Effect::Pass);
}

#[tokio::test]
async fn an_accepted_appeal_lets_copies_pass_r11_2() {
    for delivery in [Delivery::InOrder, Delivery::Reversed, Delivery::Doubled] {
        let (mut world, account_id) = with_account(delivery);
        published(&world, account_id, "first", REMOVED).await;
        refuse(&mut world, 7).await;
        assert!(published(&world, account_id, "before", PLAIN).await.1);
        let appeal = world.appeal(8, account_id, 7).await.unwrap();
        world.decide_as("wang", appeal.case_id, 9, Action::Accept).await.unwrap();
        world.pump().await;
        assert_eq!(published(&world, account_id, "after", PLAIN).await, (Effect::Pass, false, String::new()));
    }
}

#[tokio::test]
async fn an_accepted_appeal_lets_copies_pass_though_the_publication_is_gone_r11_2() {
    let (mut world, account_id) = with_account(Delivery::InOrder);
    published(&world, account_id, "first", REMOVED).await;
    refuse(&mut world, 7).await;
    let publication_id = PublicationId::named(account_id, "first");
    world.publishing.remove(publication_id, RemovedBy::Holder, &samples::platform()).await.unwrap();
    let appeal = world.appeal(8, account_id, 7).await.unwrap();
    world.decide_as("wang", appeal.case_id, 9, Action::Accept).await.unwrap();
    world.pump().await;
    assert_eq!(published(&world, account_id, "after", PLAIN).await, (Effect::Pass, false, String::new()));
}

#[tokio::test]
async fn what_was_removed_is_looked_for_until_its_time() {
    let (mut world, account_id) = with_account(Delivery::InOrder);
    published(&world, account_id, "first", REMOVED).await;
    refuse(&mut world, 7).await;
    world.twins.clock.set(samples::NOON + SignedDuration::from_hours(24 * 180) - SignedDuration::from_secs(1));
    assert!(published(&world, account_id, "day-180", PLAIN).await.1);
    world.twins.clock.set(samples::NOON + SignedDuration::from_hours(24 * 180));
    assert!(!published(&world, account_id, "day-181", PLAIN).await.1);
}

/// A text of sixty characters that has nothing to do with that of any other number.
fn advert(number: u128) -> String {
    let character = |at: u128| {
        let mixed = (number * 1_000_003 + at).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_0C6C_BB67_AE85);
        char::from_u32(0x4E00 + u32::try_from((mixed >> 64) % 5_000).unwrap()).unwrap()
    };
    (0..60).map(character).collect()
}

#[tokio::test]
async fn many_removals_are_settled_and_still_found_and_withdrawn() {
    let (world, account_id) = with_account(Delivery::InOrder);
    let desk = world.twins.removed_content_desk();
    let cause = |number: u128| DecisionId::from_uuid(Uuid::from_u128(number));
    for number in 1..=150 {
        let publication = samples::publication(account_id, &format!("post-{number}"), &advert(number)).publication;
        assert_eq!(desk.bank(cause(number), &publication).await.unwrap(), 1);
        assert_eq!(desk.bank(cause(number), &publication).await.unwrap(), 1, "again is no change");
    }
    assert_eq!(world.twins.removed.events().len(), 150);
    let found = async |number: u128, reference: &str| {
        published(&world, account_id, &format!("{reference}-{number}"), &advert(number)).await.2
    };
    for number in [1, 64, 65, 128, 129, 150] {
        assert_eq!(found(number, "copy").await, cause(number).to_string(), "{number}");
    }
    assert_eq!(found(151, "copy").await, "");
    // One of the settled ones, and one of the recent ones.
    for number in [64, 150] {
        let subject = Subject::Publication(PublicationId::named(account_id, &format!("post-{number}")));
        assert!(desk.withdraw(cause(number), subject).await.unwrap());
        assert_eq!(found(number, "withdrawn").await, "", "{number}");
    }
    assert_eq!(found(65, "still").await, cause(65).to_string());
    // Settling again leaves out what was withdrawn.
    for number in 200..=280 {
        let publication = samples::publication(account_id, &format!("post-{number}"), &advert(number)).publication;
        desk.bank(cause(number), &publication).await.unwrap();
    }
    assert_eq!((found(64, "settled").await, found(65, "settled").await), (String::new(), cause(65).to_string()));
    // A process that has prints goes on with them when newer ones are lost; one that has none does not publish.
    world.twins.removed.spoil();
    assert_eq!(found(65, "spoilt").await, cause(65).to_string());
    assert!(world.twins.removed.watch().current().await.is_err());
}
