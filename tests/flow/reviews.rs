//! What a person settles: a registration that no provider did (R6.1, B7), a publication that the engine held (R11.1).

use app::{casework::Decide, error::AppError, ports::IdentityOutcome};
use domain::{
    account::{AccountStatus, RejectionReason},
    case::{CaseRefusal, Matter},
    decision::Action,
    id::AccountId,
    publication::PublicationStatus,
};
use jiff::SignedDuration;
use testkit::{When, samples};

use crate::world::{Delivery, World, ruling};

const HELD: &str = "长期收购微信号";

/// An account that the provider, being down, has left pending, and the case that a request for a review has opened.
async fn under_review(delivery: Delivery) -> (World, AccountId) {
    let mut world = World::new(delivery);
    let account = world.register(1).await.unwrap();
    let _ = world.twins.accounts.take_events();
    world.request_review(account.account_id);
    world.request_review(account.account_id);
    world.pump().await;
    let cases = world.twins.cases.all_cases();
    assert_eq!(cases.len(), 1, "one case, though the request came twice");
    assert_eq!((&cases[0].matter, cases[0].queue.as_str()), (&Matter::Registration, "registration"));
    assert_eq!(cases[0].complaint_count, 0);
    (world, account.account_id)
}

#[tokio::test]
async fn an_approved_registration_is_active_and_the_platform_is_told() {
    for delivery in [Delivery::InOrder, Delivery::Reversed, Delivery::Doubled] {
        let (mut world, account_id) = under_review(delivery).await;
        world.decide(2, Action::Approve).await.unwrap();
        world.pump().await;
        assert_eq!(world.twins.accounts.get(account_id).unwrap().status, AccountStatus::Active);
        world.publish(account_id, &[("post-1", "早安")]).await.unwrap();
        assert!(world.twins.webhook.messages().iter().all(|message| message.body.contains("account.verified")));
    }
}

#[tokio::test]
async fn a_refused_registration_is_rejected_and_gives_its_place_back_once() {
    let (mut world, account_id) = under_review(Delivery::Doubled).await;
    world.decide(2, Action::Refuse).await.unwrap();
    world.pump().await;
    let account = world.twins.accounts.get(account_id).unwrap();
    assert_eq!(account.status, AccountStatus::Rejected);
    assert_eq!(account.rejection_reason, Some(RejectionReason::RefusedByReviewer));
    assert_eq!(world.twins.accounts.held_by(&account.principal_key), 0);
}

#[tokio::test]
async fn a_registration_is_not_answered_as_a_complaint_is() {
    let (world, account_id) = under_review(Delivery::InOrder).await;
    let refused = world.decide(2, Action::Warn).await.unwrap_err();
    assert!(matches!(refused, AppError::Case(CaseRefusal::ActionForMatter)), "{refused:?}");
    assert_eq!(world.twins.accounts.get(account_id).unwrap().status, AccountStatus::Pending);
}

#[tokio::test]
async fn a_decision_that_comes_after_the_provider_changes_nothing() {
    let mut world = World::new(Delivery::InOrder);
    let account = world.register(1).await.unwrap();
    world.twins.provider.answer(IdentityOutcome::Match);
    world.request_review(account.account_id);
    world.pump().await;
    world.decide(2, Action::Refuse).await.unwrap();
    world.pump().await;
    assert_eq!(world.twins.accounts.get(account.account_id).unwrap().status, AccountStatus::Active);
}

/// A publication that the engine held, and the case that the chain has opened for it.
async fn held(delivery: Delivery) -> (World, AccountId) {
    let mut world = World::new(delivery);
    let account = world.register(1).await.unwrap();
    world.pump().await;
    // Sent twice, as by a caller whose first answer was lost.
    for _ in 0..2 {
        world.publish(account.account_id, &[("post-1", HELD)]).await.unwrap();
    }
    world.pump().await;
    let record = world.twins.publications.all().remove(0);
    assert_eq!(record.publication.status, PublicationStatus::Held);
    let cases = world.twins.cases.all_cases();
    assert_eq!(cases.len(), 1, "one case, though it was published twice");
    assert_eq!((&cases[0].matter, cases[0].queue.as_str()), (&Matter::Content { edition: 1 }, "content"));
    (world, account.account_id)
}

#[tokio::test]
async fn a_held_publication_that_is_approved_is_shown_and_the_platform_is_told() {
    for delivery in [Delivery::InOrder, Delivery::Reversed, Delivery::Doubled] {
        let (mut world, account_id) = held(delivery).await;
        world.decide(3, Action::Approve).await.unwrap();
        world.pump().await;
        let publication = world.twins.publications.all().remove(0).publication;
        assert_eq!((publication.status, publication.version), (PublicationStatus::Published, 2), "{delivery:?}");
        let told = world.twins.webhook.messages();
        assert!(told.iter().any(|message| message.body.contains("publication.approved")));
        // The retry is answered with what stands, and asks nobody to look again.
        world.publish(account_id, &[("post-1", HELD)]).await.unwrap();
        world.pump().await;
        assert_eq!(world.twins.cases.all_cases().len(), 1);
    }
}

#[tokio::test]
async fn a_held_publication_that_is_refused_comes_with_a_statement_of_reasons() {
    let (mut world, _) = held(Delivery::Doubled).await;
    world.decide(3, Action::Refuse).await.unwrap_err();
    let case_id = world.twins.cases.all_cases()[0].case_id;
    let reviewer = samples::reviewer("li");
    let version = world.cases.read(case_id, &reviewer).await.unwrap().case.version;
    let with_policy = Decide { policies: vec!["spam".to_owned()], ..ruling(4, version, Action::Refuse) };
    world.cases.decide(case_id, &reviewer, with_policy).await.unwrap();
    world.pump().await;
    let publication = world.twins.publications.all().remove(0).publication;
    assert_eq!((publication.status, publication.version), (PublicationStatus::Rejected, 2));
    let statement = publication.settlement.unwrap().statement.unwrap();
    assert_eq!(statement.decision_visibility.as_deref(), Some("DECISION_VISIBILITY_CONTENT_REMOVED"));
    assert_eq!((statement.automated_detection.as_str(), &*statement.policies), ("Yes", &["spam".to_owned()][..]));
}

/// A pack that holds nothing that the tests publish.
const MILD: &str = "id: mild\nversion: 2\nbanks:\n  games: { terms: [百家乐] }\nrules:\n  - { id: gambling, version: 1, \
                    title: { zh: 赌博, en: gambling }, policy: gambling, effect: reject, bank: games, \
                    examples: { matches: [来玩百家乐], passes: [百家姓] } }\n";

/// Whatever the first try did and did not do: what is held is looked at, though the retry is judged by a milder pack.
#[tokio::test]
async fn what_is_held_is_looked_at_when_the_retry_meets_another_pack() {
    let calls = {
        let mut calm = World::new(Delivery::InOrder);
        let account_id = calm.register(1).await.unwrap().account_id;
        calm.pump().await;
        calm.twins.faults.reset();
        calm.publish(account_id, &[("post-1", HELD)]).await.unwrap();
        calm.twins.faults.calls()
    };
    assert!(calls > 5, "publishing makes {calls} calls, so that too little would be tried");
    for (when, call) in
        [When::Before, When::After].into_iter().flat_map(|when| (1..=calls).map(move |call| (when, call)))
    {
        let mut world = World::new(Delivery::InOrder);
        let account_id = world.register(1).await.unwrap().account_id;
        world.pump().await;
        world.twins.faults.strike(call, when);
        let _ = world.publish(account_id, &[("post-1", HELD)]).await;
        world.twins.faults.reset();
        world.twins.clock.set(samples::NOON + SignedDuration::from_secs(1));
        world.twins.engines.put_in_force(MILD);
        world.publish(account_id, &[("post-1", HELD)]).await.unwrap();
        world.pump().await;
        let held = world.twins.publications.all()[0].publication.status == PublicationStatus::Held;
        let cases = world.twins.cases.all_cases();
        assert!(!held || cases.len() == 1, "call {call} failed {when:?}: {} cases", cases.len());
    }
}
