//! An account appeals, somebody else judges, and what was wrong is undone: that, and nothing more (fairness rule 2, B9).

use app::{casework::Decide, error::AppError};
use domain::{
    account::Account,
    actor::Actor,
    appeal::AppealRefusal,
    assessment::InteractiveFunction,
    case::{Case, CaseRefusal, Matter},
    credit::strike_weight,
    decision::{Action, Decision},
    event::{Event, EventBody},
    id::{AccountId, CaseId, DecisionId},
    profile::Profile,
    publication::PublicationStatus,
    settings::Settings,
    subject::Subject,
};
use jiff::SignedDuration;
use testkit::{When, samples};

use crate::world::{Delivery, World, operation_id, ruling, until_done};

const HELD: &str = "长期收购微信号";
const SUSPEND: Action = Action::SuspendUpdates { days: None };

/// The operations that decide what is appealed.
const SUSPENSION: u128 = 4;
const REFUSAL: u128 = 5;

/// An account with a publication that the engine held, and a complaint about it.
async fn complained_of(delivery: Delivery) -> (World, AccountId) {
    let mut world = World::new(delivery);
    let account = until_done(async || world.register(1).await).await;
    world.pump().await;
    until_done(async || world.publish(account.account_id, &[("post-1", HELD)]).await).await;
    until_done(async || world.complain(2, Subject::Account(account.account_id)).await).await;
    world.pump().await;
    (world, account.account_id)
}

/// The same, and its updates are suspended.
async fn suspended(delivery: Delivery) -> (World, AccountId) {
    let (mut world, account_id) = complained_of(delivery).await;
    until_done(async || world.decide(SUSPENSION, SUSPEND).await).await;
    world.pump().await;
    (world, account_id)
}

/// Refuses the publication that the engine held.
async fn refuse(world: &World) {
    let case = case_of(world, |matter| matches!(matter, Matter::Content { .. }));
    let reviewer = samples::reviewer("li");
    let version = world.cases.claim(case.case_id, &reviewer).await.unwrap().version;
    let refusal = Decide { policies: vec!["spam".to_owned()], ..ruling(REFUSAL, version, Action::Refuse) };
    world.cases.decide(case.case_id, &reviewer, refusal).await.unwrap();
}

fn case_of(world: &World, matter: impl Fn(&Matter) -> bool) -> Case {
    world.twins.cases.all_cases().into_iter().find(|case| matter(&case.matter)).unwrap()
}

fn account(world: &World, account_id: AccountId) -> Account {
    world.twins.accounts.get(account_id).unwrap()
}

fn told(world: &World) -> Vec<serde_json::Value> {
    world.twins.webhook.messages().iter().map(|message| serde_json::from_str(&message.body).unwrap()).collect()
}

#[tokio::test]
async fn an_accepted_appeal_lifts_the_suspension_and_the_strike_and_the_platform_is_told_why() {
    for delivery in [Delivery::InOrder, Delivery::Reversed, Delivery::Doubled] {
        let (mut world, account_id) = suspended(delivery).await;
        world.publish(account_id, &[("post-2", "早安")]).await.unwrap_err();
        let case = world.appeal(6, account_id, SUSPENSION).await.unwrap();
        assert_eq!((case.queue.as_str(), case.subject), ("appeals", Subject::Account(account_id)));
        world.pump().await;
        world.publish(account_id, &[("post-2", "早安")]).await.unwrap_err();

        world.decide_as("wang", case.case_id, 7, Action::Accept).await.unwrap();
        let decision = world
            .twins
            .cases
            .all_cases()
            .into_iter()
            .find_map(|it| it.decision.filter(|it| it.action == Action::Accept));
        assert_eq!(decision.unwrap().reverses_decision_id, Some(DecisionId::from_uuid(operation_id(SUSPENSION))));
        world.pump().await;
        world.publish(account_id, &[("post-2", "早安")]).await.unwrap();

        let account = account(&world, account_id);
        let ending = account.enforcements[0].ending.unwrap();
        assert!(account.enforcements[0].is_reversed());
        assert_eq!(ending.decision_id, DecisionId::from_uuid(operation_id(7)));
        assert_eq!(strike_weight(&account, &Settings::default().credit, samples::NOON), 0, "{delivery:?}");
        let message = told(&world).into_iter().find(|message| message["type"] == "appeal.decided").unwrap();
        assert_eq!((&message["data"]["outcome"], &message["data"]["reason"]), (&"accepted".into(), &"冒充客服".into()));
    }
}

#[tokio::test]
async fn a_rejected_appeal_leaves_the_suspension_and_comes_with_reasons() {
    let (mut world, account_id) = suspended(Delivery::Doubled).await;
    let case = world.appeal(6, account_id, SUSPENSION).await.unwrap();
    world.decide_as("wang", case.case_id, 7, Action::Reject).await.unwrap();
    world.pump().await;
    world.publish(account_id, &[("post-2", "早安")]).await.unwrap_err();
    assert_eq!(account(&world, account_id).enforcements[0].ending, None);
    let message = told(&world).into_iter().find(|message| message["type"] == "appeal.decided").unwrap();
    assert_eq!(
        (&message["data"]["outcome"], &message["data"]["facts"]),
        (&"rejected".into(), &"要求读者提供验证码".into())
    );
}

#[tokio::test]
async fn the_first_decider_can_do_nothing_with_the_appeal_in_whatever_role() {
    let (world, account_id) = suspended(Delivery::InOrder).await;
    let case_id = world.appeal(6, account_id, SUSPENSION).await.unwrap().case_id;
    let first = samples::reviewer("li");
    let in_another_role = Actor::caller("arn:aws:sts::000000000000:assumed-role/lead/li");
    for same in [first, in_another_role] {
        assert_eq!(world.cases.read(case_id, &same).await.unwrap().allowed_actions, []);
        let claim = world.cases.claim(case_id, &same).await.unwrap_err();
        assert!(matches!(claim, AppError::Case(CaseRefusal::ConflictOfInterest)), "{claim:?}");
        let decide = world.cases.decide(case_id, &same, ruling(7, 1, Action::Accept)).await.unwrap_err();
        assert!(matches!(decide, AppError::Case(CaseRefusal::ConflictOfInterest)), "{decide:?}");
    }
    world.decide_as("wang", case_id, 8, Action::Accept).await.unwrap();
}

#[tokio::test]
async fn an_appeal_is_accepted_or_rejected_and_nothing_else_is() {
    let (world, account_id) = suspended(Delivery::InOrder).await;
    let case_id = world.appeal(6, account_id, SUSPENSION).await.unwrap().case_id;
    let warned = world.decide_as("wang", case_id, 7, Action::Warn).await.unwrap_err();
    assert!(matches!(warned, AppError::Case(CaseRefusal::ActionForMatter)), "{warned:?}");
    let content = case_of(&world, |matter| matches!(matter, Matter::Content { .. })).case_id;
    let accepted = world.decide_as("wang", content, 8, Action::Accept).await.unwrap_err();
    assert!(matches!(accepted, AppError::Case(CaseRefusal::ActionForMatter)), "{accepted:?}");
}

#[tokio::test]
async fn what_another_decision_caused_stays() {
    let (mut world, account_id) = suspended(Delivery::InOrder).await;
    // Somebody complains again, and the account is suspended once more.
    world.complain(3, Subject::Account(account_id)).await.unwrap();
    world.pump().await;
    world.decide(9, SUSPEND).await.unwrap();
    world.pump().await;
    // The first decision can be appealed though its case has gone on to another one.
    let case = world.appeal(6, account_id, SUSPENSION).await.unwrap();
    world.decide_as("wang", case.case_id, 7, Action::Accept).await.unwrap();
    world.pump().await;
    let reversed: Vec<bool> =
        account(&world, account_id).enforcements.iter().map(domain::enforcement::Enforcement::is_reversed).collect();
    assert_eq!(reversed, [true, false]);
    world.publish(account_id, &[("post-2", "早安")]).await.unwrap_err();
}

#[tokio::test]
async fn a_refused_publication_is_shown_when_the_appeal_is_accepted() {
    for delivery in [Delivery::InOrder, Delivery::Reversed, Delivery::Doubled] {
        let (mut world, account_id) = complained_of(delivery).await;
        refuse(&world).await;
        world.pump().await;
        let case = world.appeal(6, account_id, REFUSAL).await.unwrap();
        world.decide_as("wang", case.case_id, 7, Action::Accept).await.unwrap();
        world.pump().await;
        let publication = world.twins.publications.all().remove(0).publication;
        assert_eq!((publication.status, publication.version), (PublicationStatus::Published, 3), "{delivery:?}");
        let types: Vec<_> = told(&world).into_iter().map(|message| message["type"].clone()).collect();
        for expected in ["publication.refused", "publication.restored", "appeal.decided"] {
            assert!(types.contains(&expected.into()), "{types:?}");
        }
    }
}

#[tokio::test]
async fn a_publication_that_was_taken_away_is_back_when_the_appeal_is_accepted() {
    for delivery in [Delivery::InOrder, Delivery::Reversed, Delivery::Doubled] {
        let mut world = World::new(delivery);
        let account_id = world.register(1).await.unwrap().account_id;
        world.pump().await;
        world.publish(account_id, &[("post-1", "早安")]).await.unwrap();
        let publication_id = world.twins.publications.all()[0].publication.publication_id;
        world.complain(2, Subject::Publication(publication_id)).await.unwrap();
        world.pump().await;
        world.decide(SUSPENSION, Action::RemoveContent).await.unwrap();
        world.pump().await;
        assert_eq!(world.twins.publications.all()[0].publication.status, PublicationStatus::Rejected);
        let case = world.appeal(6, account_id, SUSPENSION).await.unwrap();
        world.decide_as("wang", case.case_id, 7, Action::Accept).await.unwrap();
        world.pump().await;
        let publication = world.twins.publications.all().remove(0).publication;
        assert_eq!((publication.status, publication.settlement), (PublicationStatus::Published, None), "{delivery:?}");
    }
}

/// As when an account that neglects its comments loses them (R12.3).
#[tokio::test]
async fn a_measure_that_nobody_decided_can_be_appealed_and_anybody_may_judge_it() {
    let mut world = World::new(Delivery::InOrder);
    let account = world.register(1).await.unwrap();
    let subject = Subject::Account(account.account_id);
    let restrict = Action::RestrictFunction { function: InteractiveFunction::Comments, days: Some(7) };
    let automatic = Decision {
        decision_id: DecisionId::from_uuid(operation_id(SUSPENSION)),
        decided_by: Actor::function("enforcer"),
        approved_by: None,
        ..samples::decision(subject, restrict, samples::NOON)
    };
    let measure = automatic.enforcement(&Profile::cn_2017()).unwrap();
    let account_id = account.account_id;
    let restricted = account.enforce(measure, Actor::function("enforcer"), samples::NOON).unwrap();
    world.twins.accounts.put(restricted.state);
    let case = world.appeal(6, account_id, SUSPENSION).await.unwrap();
    assert_eq!(case.appeal.as_ref().unwrap().decision.decided_by, Actor::function("enforcer"));
    world.decide_as("li", case.case_id, 7, Action::Accept).await.unwrap();
    world.pump().await;
    let account = self::account(&world, account_id);
    assert!(account.restriction_of(InteractiveFunction::Comments, samples::NOON).is_none());
}

#[tokio::test]
async fn an_appeal_that_cannot_be_is_told_why() {
    let (mut world, account_id) = suspended(Delivery::InOrder).await;
    let appeal = async |operation, account_id, decision| world.appeal(operation, account_id, decision).await;
    let nobody = AccountId::at(samples::NOON);
    assert!(matches!(appeal(20, nobody, SUSPENSION).await, Err(AppError::AccountNotFound)));
    assert!(matches!(appeal(21, account_id, 99).await, Err(AppError::DecisionNotFound)));
    let other = samples::account().active();
    world.twins.accounts.put(other.clone());
    let refused = appeal(22, other.account_id, SUSPENSION).await;
    assert!(matches!(refused, Err(AppError::Appeal(AppealRefusal::AnotherAccount))), "{refused:?}");

    let case = appeal(23, account_id, SUSPENSION).await.unwrap();
    assert_eq!(appeal(23, account_id, SUSPENSION).await.unwrap(), case, "a second try is no second appeal");
    let twice = appeal(24, account_id, SUSPENSION).await;
    assert!(matches!(twice, Err(AppError::Appeal(AppealRefusal::AppealedBefore))), "{twice:?}");
    let of_another = appeal(25, other.account_id, SUSPENSION).await;
    assert!(matches!(of_another, Err(AppError::Appeal(AppealRefusal::AnotherAccount))), "{of_another:?}");

    // Decided, it cannot be brought again; nor is the decision on it appealed.
    world.decide_as("wang", case.case_id, 7, Action::Reject).await.unwrap();
    world.pump().await;
    let again = world.appeal(26, account_id, SUSPENSION).await;
    assert!(matches!(again, Err(AppError::Appeal(AppealRefusal::AppealedBefore))), "{again:?}");
    let further = world.appeal(27, account_id, 7).await;
    assert!(matches!(further, Err(AppError::Appeal(AppealRefusal::NoAdverseStep))), "{further:?}");
}

#[tokio::test]
async fn an_appeal_after_the_window_is_refused_and_one_in_time_is_not() {
    for (days, in_time) in [(179, true), (180, false)] {
        let (world, account_id) = suspended(Delivery::InOrder).await;
        let at = samples::NOON + SignedDuration::from_hours(24 * days);
        let command = app::appealing::FileAppeal {
            operation_id: domain::id::uuid_at(at),
            account_id,
            decision_id: DecisionId::from_uuid(operation_id(SUSPENSION)),
            grounds: "收款账号不是我的。".to_owned(),
            actor: samples::platform(),
        };
        let filed = world.appeals.file(command).await;
        assert_eq!(filed.is_ok(), in_time, "{filed:?}");
        assert!(in_time || matches!(filed, Err(AppError::Appeal(AppealRefusal::WindowOver { .. }))));
    }
}

/// What is left of decisions and their reversals, without the count and the time of the steps.
fn outcome(world: &World, account_id: AccountId) -> String {
    let account = account(world, account_id);
    let mut enforcements = account.enforcements.clone();
    enforcements.sort_by_key(|it| it.enforcement_id);
    let mut appeals = account.appeals;
    appeals.sort_by_key(|it| it.decision_id);
    let publication = world.twins.publications.all().remove(0).publication;
    let settlement = publication.settlement.map(|it| (it.decision_id, it.reverses_decision_id, it.statement));
    let reversed = publication.revisions.reversed;
    format!("{enforcements:?} {appeals:?} {:?} {settlement:?} {reversed:?}", publication.status)
}

fn orders<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
    let [first, rest @ ..] = items else { return vec![vec![]] };
    let places = |order: Vec<T>| {
        (0..=order.len()).map(move |at| [&order[..at], std::slice::from_ref(first), &order[at..]].concat())
    };
    orders(rest).into_iter().flat_map(places).collect()
}

/// Two decisions and their reversals, in each of the 24 orders, each delivered once or twice.
#[tokio::test]
async fn decisions_and_reversals_in_any_order_come_to_the_same_end() {
    let (mut world, account_id) = complained_of(Delivery::InOrder).await;
    world.decide(SUSPENSION, SUSPEND).await.unwrap();
    refuse(&world).await;
    let appeals: Vec<CaseId> = vec![
        world.appeal(6, account_id, SUSPENSION).await.unwrap().case_id,
        world.appeal(7, account_id, REFUSAL).await.unwrap().case_id,
    ];
    for (case_id, operation) in appeals.into_iter().zip([8, 9]) {
        world.decide_as("wang", case_id, operation, Action::Accept).await.unwrap();
    }
    let decisions: Vec<Event> = world.twins.cases.events();
    let decisions: Vec<Event> =
        decisions.into_iter().filter(|event| matches!(event.body, EventBody::DecisionMade { .. })).collect();
    assert_eq!(decisions.len(), 4);
    world.pump().await;
    let expected = outcome(&world, account_id);
    assert!(account(&world, account_id).may_publish(samples::NOON).is_ok(), "{expected}");

    for order in orders(&decisions) {
        for copies in 1..=2 {
            let (world, account_id) = complained_of(Delivery::InOrder).await;
            for event in (0..copies).flat_map(|_| &order) {
                world.enforcer.enforce(event).await.unwrap();
            }
            let names: Vec<_> = order.iter().map(|event| event.version).collect();
            assert_eq!(outcome(&world, account_id), expected, "{names:?} {copies} times");
        }
    }
}

async fn story(world: &mut World, account_id: AccountId) {
    let case = until_done(async || world.appeal(6, account_id, REFUSAL).await).await;
    until_done(async || world.decide_as("wang", case.case_id, 8, Action::Accept).await).await;
    let case = until_done(async || world.appeal(7, account_id, SUSPENSION).await).await;
    until_done(async || world.decide_as("wang", case.case_id, 9, Action::Accept).await).await;
    world.pump().await;
}

#[tokio::test]
async fn a_crash_between_any_two_calls_of_an_appeal_leaves_the_same_state() {
    let start = async || {
        let (mut world, account_id) = suspended(Delivery::InOrder).await;
        refuse(&world).await;
        world.pump().await;
        world.twins.faults.reset();
        (world, account_id)
    };
    let (mut calm, account_id) = start().await;
    story(&mut calm, account_id).await;
    let calls = calm.twins.faults.calls();
    let expected = (calm.lasting_state(), outcome(&calm, account_id));
    assert!(calls > 30, "the story makes {calls} calls, so that too little would be tried");
    for when in [When::Before, When::After] {
        for call in 1..=calls {
            let (mut world, account_id) = start().await;
            world.twins.faults.strike(call, when);
            story(&mut world, account_id).await;
            let found = (world.lasting_state(), outcome(&world, account_id));
            assert_eq!(found, expected, "call {call} failed {when:?} its effect");
        }
    }
}
