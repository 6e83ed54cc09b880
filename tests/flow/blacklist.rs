//! The blacklist beside registrations, copies, bad orders and crashes (R13.2).

use std::collections::BTreeSet;

use app::{
    blacklisting::{AgreeToListing, DisagreeToListing, PrincipalReference, ProposeListing},
    error::AppError,
};
use domain::{blacklist::BlacklistRefusal, case::Matter, decision::Action, id::AccountId, principal::PrincipalKey};
use futures::future::join_all;
use jiff::SignedDuration;
use testkit::{When, samples};

use crate::world::{Delivery, World, operation_id, until_done};

fn listing(operation: u128, principal: PrincipalReference) -> ProposeListing {
    ProposeListing {
        operation_id: operation_id(operation),
        principal,
        reason: "多次以返利为名诈骗".to_owned(),
        review_at: samples::NOON + SignedDuration::from_hours(24 * 180),
        proposer: samples::reviewer("li"),
    }
}

async fn list(world: &World, operation: u128, account_id: AccountId) -> Result<PrincipalKey, AppError> {
    let entry = world.list(listing(operation, PrincipalReference::Account(account_id))).await?;
    Ok(entry.principal_key)
}

#[tokio::test]
async fn fifty_registrations_beside_a_listing_never_pass_the_cap_and_none_comes_after_it() {
    let world = World::new(Delivery::InOrder);
    let first = world.register(1).await.unwrap();
    let (registered, listed) = futures::join!(
        join_all((2..=51).map(|operation| world.register(operation))),
        list(&world, 52, first.account_id)
    );
    listed.unwrap();
    assert!(registered.iter().filter(|answer| answer.is_ok()).count() <= 1, "the cap is two");
    let refused = |answer: &Result<_, AppError>| {
        matches!(answer, Ok(_) | Err(AppError::QuotaExceeded { .. } | AppError::PrincipalListed))
    };
    assert!(registered.iter().all(refused), "{registered:?}");
    let late = world.register(53).await.unwrap_err();
    assert!(matches!(late, AppError::PrincipalListed), "{late:?}");
}

#[tokio::test]
async fn the_accounts_of_a_listed_principal_come_before_a_person_once() {
    for delivery in [Delivery::InOrder, Delivery::Reversed, Delivery::Doubled] {
        let mut world = World::new(delivery);
        let account = world.register(1).await.unwrap();
        world.register(2).await.unwrap();
        world.pump().await;
        list(&world, 3, account.account_id).await.unwrap();
        world.pump().await;
        let cases = world.twins.cases.all_cases();
        let about = cases.iter().filter(|case| matches!(case.matter, Matter::PrincipalListing { .. })).count();
        assert_eq!((cases.len(), about), (2, 2), "{delivery:?}");
        world.decide(4, Action::SuspendUpdates { days: None }).await.unwrap();
        world.pump().await;
        let suspended = world.twins.accounts.all().into_iter().filter(|account| !account.enforcements.is_empty());
        assert_eq!(suspended.count(), 1, "a person decides about each of them");
    }
}

#[tokio::test]
async fn a_removal_lets_the_principal_register_again_and_stays_on_record() {
    for delivery in [Delivery::InOrder, Delivery::Reversed, Delivery::Doubled] {
        let mut world = World::new(delivery);
        let account = world.register(1).await.unwrap();
        let principal = list(&world, 2, account.account_id).await.unwrap();
        let lead = samples::reviewer("lead");
        // Both events are on their way at once: whichever comes last must not win.
        world.blacklist.remove(&principal, "误列", &lead).await.unwrap();
        world.pump().await;
        assert_eq!(world.twins.accounts.get(account.account_id).unwrap().principal_listing, None, "{delivery:?}");
        world.register(3).await.unwrap();
        let entry = world.blacklist.entry(&principal).await.unwrap();
        assert_eq!((entry.listing, entry.past.len()), (None, 1));
        let again = world.blacklist.remove(&principal, "再次", &lead).await.unwrap_err();
        assert!(matches!(again, AppError::Blacklist(BlacklistRefusal::NotListed)));
    }
}

#[tokio::test]
async fn a_listing_is_inherited_by_the_document_that_turns_out_to_be_the_same_persons() {
    let mut world = World::new(Delivery::InOrder);
    let account = world.register(1).await.unwrap();
    let passport = samples::principal();
    let lead = samples::reviewer("lead");
    let by_passport = PrincipalReference::Key(passport.clone());
    world.list(listing(2, by_passport.clone())).await.unwrap();
    world.register(3).await.expect("nobody knows that the passport is theirs");
    let person = PrincipalReference::Account(account.account_id);
    let canonical = world.blacklist.link(&person, &by_passport, "出入境证件核对", &lead).await.unwrap();
    assert_eq!(canonical, account.principal_key);
    world.pump().await;
    assert!(matches!(world.register(4).await, Err(AppError::PrincipalListed)));
    assert_eq!(world.twins.cases.all_cases().len(), 2, "the accounts that they have come before a person");
}

/// B8: one person proposes, and another agrees or does not.
#[tokio::test]
async fn what_is_proposed_bars_nobody_until_somebody_else_agrees_b8() {
    let mut world = World::new(Delivery::InOrder);
    let account = world.register(1).await.unwrap();
    let proposal = || listing(2, PrincipalReference::Account(account.account_id));
    let entry = world.blacklist.propose(proposal()).await.unwrap();
    world.pump().await;
    assert_eq!((entry.listing, world.twins.cases.all_cases().len()), (None, 0), "nothing follows from it yet");
    world.register(3).await.expect("what is proposed bars nobody");
    assert_eq!(world.blacklist.propose(proposal()).await.unwrap().version, 1, "a second try of the same one");
    let other = listing(4, PrincipalReference::Account(account.account_id));
    let again = world.blacklist.propose(other).await.unwrap_err();
    assert!(matches!(again, AppError::Blacklist(BlacklistRefusal::AlreadyProposed)), "{again:?}");

    let listing_id = entry.proposed.unwrap().listing_id;
    let agree = |second: &str| AgreeToListing {
        principal_key: account.principal_key.clone(),
        listing_id,
        second: samples::reviewer(second),
    };
    let own = world.blacklist.agree(agree("li")).await.unwrap_err();
    assert!(matches!(own, AppError::Blacklist(BlacklistRefusal::OwnProposal)), "{own:?}");
    let agreed = world.blacklist.agree(agree("lead")).await.unwrap();
    assert_eq!(world.blacklist.agree(agree("lead")).await.unwrap(), agreed, "a second try");
    let late = world.blacklist.agree(agree("wang")).await.unwrap_err();
    assert!(matches!(late, AppError::Blacklist(BlacklistRefusal::NothingProposed)), "{late:?}");
    world.pump().await;
    assert_eq!(world.twins.cases.all_cases().len(), 2, "its accounts come before a person");
    assert_eq!(world.twins.accounts.get(account.account_id).unwrap().principal_listing, Some(listing_id));
}

#[tokio::test]
async fn what_is_not_agreed_to_stays_on_record_and_bars_nobody_b8() {
    let mut world = World::new(Delivery::InOrder);
    let account = world.register(1).await.unwrap();
    let proposal = listing(2, PrincipalReference::Account(account.account_id));
    let entry = world.blacklist.propose(proposal).await.unwrap();
    let disagree = |reason: &str| DisagreeToListing {
        principal_key: entry.principal_key.clone(),
        listing_id: entry.proposed.as_ref().unwrap().listing_id,
        reason: reason.to_owned(),
        second: samples::reviewer("lead"),
    };
    let refused = world.blacklist.disagree(disagree("证据不足")).await.unwrap();
    assert_eq!((refused.refused.len(), refused.proposed.clone()), (1, None));
    assert_eq!(world.blacklist.disagree(disagree("证据不足")).await.unwrap(), refused, "a second try");
    world.blacklist.disagree(disagree("另一理由")).await.unwrap_err();
    world.register(3).await.unwrap();
    world.pump().await;
    assert_eq!(world.twins.cases.all_cases().len(), 0);
    let records = world.twins.content_log.records();
    let told: BTreeSet<_> =
        records.iter().map(|it| it.kind.as_str()).filter(|kind| kind.starts_with("listing_")).collect();
    assert_eq!(told, BTreeSet::from(["listing_proposed", "listing_refused"]), "both are in the record");
}

#[tokio::test]
async fn of_two_who_agree_and_refuse_at_once_one_is_heard_b8() {
    let world = World::new(Delivery::InOrder);
    let account = world.register(1).await.unwrap();
    let entry = world.blacklist.propose(listing(2, PrincipalReference::Account(account.account_id))).await.unwrap();
    let (principal_key, listing_id) = (entry.principal_key, entry.proposed.unwrap().listing_id);
    let agree = AgreeToListing { principal_key: principal_key.clone(), listing_id, second: samples::reviewer("lead") };
    let (second, reason) = (samples::reviewer("wang"), "证据不足".to_owned());
    let disagree = DisagreeToListing { principal_key: principal_key.clone(), listing_id, reason, second };
    let (agreed, disagreed) = futures::join!(world.blacklist.agree(agree), world.blacklist.disagree(disagree));
    assert!(agreed.is_ok() != disagreed.is_ok(), "{agreed:?} {disagreed:?}");
    let entry = world.blacklist.entry(&principal_key).await.unwrap();
    assert_eq!((entry.listing.is_some(), entry.refused.len()), (agreed.is_ok(), usize::from(disagreed.is_ok())));
}

/// A listing that waits is of the principal, whichever of its documents it was proposed by.
#[tokio::test]
async fn what_waits_is_found_after_another_document_turns_out_to_be_the_same_persons_b8() {
    let world = World::new(Delivery::InOrder);
    let account = world.register(1).await.unwrap();
    let passport = samples::principal();
    let by_passport = PrincipalReference::Key(passport.clone());
    let proposed = world.blacklist.propose(listing(2, by_passport.clone())).await.unwrap();
    let person = PrincipalReference::Account(account.account_id);
    world.blacklist.link(&person, &by_passport, "出入境证件核对", &samples::reviewer("zhao")).await.unwrap();
    let listing_id = proposed.proposed.unwrap().listing_id;
    let agree = AgreeToListing { principal_key: passport, listing_id, second: samples::reviewer("lead") };
    assert_eq!(world.blacklist.agree(agree).await.unwrap().principal_key, account.principal_key);
    assert!(matches!(world.register(3).await, Err(AppError::PrincipalListed)));
}

#[tokio::test]
async fn a_crash_between_any_two_calls_of_a_listing_leaves_the_same_state() {
    async fn story(world: &mut World) {
        let account = until_done(async || world.register(1).await).await;
        world.pump().await;
        let principal = until_done(async || list(world, 2, account.account_id).await).await;
        world.pump().await;
        let lead = samples::reviewer("lead");
        until_done(async || world.blacklist.remove(&principal, "误列", &lead).await).await;
        world.pump().await;
        until_done(async || list(world, 3, account.account_id).await).await;
        world.pump().await;
    }
    let mut calm = World::new(Delivery::InOrder);
    story(&mut calm).await;
    let (calls, expected) = (calm.twins.faults.calls(), calm.lasting_state());
    assert!(calls > 20, "the story makes {calls} calls");
    for when in [When::Before, When::After] {
        for call in 1..=calls {
            let mut world = World::new(Delivery::InOrder);
            world.twins.faults.strike(call, when);
            story(&mut world).await;
            assert_eq!(world.lasting_state()["log"], expected["log"], "call {call} failed {when:?} its effect");
            assert_eq!(world.twins.cases.all_cases().len(), 2, "call {call} failed {when:?} its effect");
        }
    }
}
