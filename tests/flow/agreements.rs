//! What has to be accepted before one may publish (R5.2).

use app::{agreeing::Accept, error::AppError};
use domain::{
    id::AccountId,
    policy_document::{Acceptance, AgreementRefusal, PolicyDocument},
};
use jiff::SignedDuration;
use testkit::{When, samples};

use crate::world::{Delivery, World, until_done};

const DAY: SignedDuration = SignedDuration::from_hours(24);

async fn active(world: &mut World) -> AccountId {
    let account_id = world.register(1).await.unwrap().account_id;
    world.pump().await;
    account_id
}

fn accepting(account_id: AccountId, document: &PolicyDocument) -> Accept {
    let PolicyDocument { document_id, version, sha256, .. } = document.clone();
    Accept { account_id, document_id, version, sha256, actor: samples::platform() }
}

/// Version 2, in effect ten days after version 1.
fn second() -> PolicyDocument {
    PolicyDocument { effective_at: samples::NOON + 10 * DAY, ..samples::service_agreement(2) }
}

#[tokio::test]
async fn r5_2_without_documents_everybody_publishes() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = active(&mut world).await;
    world.publish(account_id, &[("post-1", "早安")]).await.unwrap();
}

#[tokio::test]
async fn r5_2_publishing_is_refused_after_the_grace_period_until_the_version_is_accepted() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = active(&mut world).await;
    let (first, second) = (samples::service_agreement(1), second());
    world.twins.policy_documents.add(first.clone());
    world.publish(account_id, &[("within-grace", "早安")]).await.unwrap();

    world.twins.clock.set(samples::NOON + DAY);
    let refused = world.publish(account_id, &[("after-grace", "早安")]).await.unwrap_err();
    let AppError::AgreementRequired { document } = refused else { panic!("{refused:?}") };
    assert_eq!(*document, first, "the refusal names what is to be accepted");
    world.publish(account_id, &[("within-grace", "早安")]).await.expect("a retry of what was accepted before");

    world.agreements.accept(accepting(account_id, &first)).await.unwrap();
    world.publish(account_id, &[("after-grace", "早安")]).await.unwrap();

    world.twins.policy_documents.add(second.clone());
    world.twins.clock.set(second.effective_at);
    world.publish(account_id, &[("second-within-grace", "早安")]).await.unwrap();
    world.twins.clock.set(second.accept_by());
    let refused = world.publish(account_id, &[("second-after-grace", "早安")]).await.unwrap_err();
    assert!(matches!(&refused, AppError::AgreementRequired { document } if document.version == 2), "{refused:?}");
    world.agreements.accept(accepting(account_id, &second)).await.unwrap();
    world.publish(account_id, &[("second-after-grace", "早安")]).await.unwrap();
}

#[tokio::test]
async fn r5_2_an_acceptance_names_the_text_that_is_in_effect() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = active(&mut world).await;
    let (first, second) = (samples::service_agreement(1), second());
    for document in [&first, &second] {
        world.twins.policy_documents.add(document.clone());
    }
    let refusal = async |document: &PolicyDocument| {
        let refused = world.agreements.accept(accepting(account_id, document)).await.unwrap_err();
        let AppError::Agreement(refusal) = refused else { panic!("{refused:?}") };
        refusal
    };
    let another = PolicyDocument { sha256: second.sha256.clone(), ..first.clone() };
    assert_eq!(refusal(&another).await, AgreementRefusal::OtherText);
    let unknown = PolicyDocument { document_id: "convention".to_owned(), ..first.clone() };
    assert_eq!(refusal(&unknown).await, AgreementRefusal::Unknown);
    world.twins.clock.set(second.effective_at);
    assert_eq!(refusal(&first).await, AgreementRefusal::Superseded { current: 2 });
    assert!(world.twins.accounts.get(account_id).unwrap().agreements.is_empty());
}

#[tokio::test]
async fn r5_2_a_version_that_asks_for_nothing_ends_the_demand() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = active(&mut world).await;
    world.twins.policy_documents.add(samples::service_agreement(1));
    world.twins.clock.set(samples::NOON + DAY);
    world.publish(account_id, &[("post-1", "早安")]).await.unwrap_err();
    let quiet = PolicyDocument {
        acceptance: Acceptance::NotRequired,
        effective_at: samples::NOON + DAY,
        grace_hours: 0,
        ..samples::service_agreement(2)
    };
    world.twins.policy_documents.add(quiet);
    world.publish(account_id, &[("post-1", "早安")]).await.unwrap();
}

#[tokio::test]
async fn r5_2_an_acceptance_is_recorded_once_whatever_breaks_off() {
    let run = async |strike: Option<(usize, When)>| {
        let mut world = World::new(Delivery::Doubled);
        let account_id = active(&mut world).await;
        let document = samples::service_agreement(1);
        world.twins.policy_documents.add(document.clone());
        world.twins.faults.reset();
        if let Some((call, when)) = strike {
            world.twins.faults.strike(call, when);
        }
        until_done(async || world.agreements.accept(accepting(account_id, &document)).await).await;
        let calls = world.twins.faults.calls();
        world.pump().await;
        let logged = world.twins.content_log.records();
        let logged: std::collections::BTreeSet<_> =
            logged.iter().filter(|it| it.kind == "agreement_accepted").map(|it| it.record_id).collect();
        (world.twins.accounts.get(account_id).unwrap().agreements, logged.len(), calls)
    };
    let (agreements, logged, calls) = run(None).await;
    assert_eq!((agreements.len(), logged), (1, 1));
    assert_eq!((agreements[0].version, &agreements[0].accepted_by), (1, &samples::platform()));
    for when in [When::Before, When::After] {
        for call in 1..=calls {
            let (again, logged, _) = run(Some((call, when))).await;
            assert_eq!((&again, logged), (&agreements, 1), "call {call} failed {when:?} its effect");
        }
    }
}
