//! The blind index is renewed while everything goes on (R9.1): no count starts anew, no listing is missed.

use std::sync::Arc;

use app::{
    blacklisting::{PrincipalReference, ProposeListing},
    error::AppError,
    mobile_proving::{Answer, Challenge},
    ports::{PrincipalIndex, PrincipalRegister},
    registration::{Register, Registration},
};
use domain::{
    account::Account,
    document::{Document, DocumentType, Presented},
    id::AccountId,
    personal::Personal,
    principal::{PrincipalKey, PrincipalKind},
};
use jiff::SignedDuration;
use testkit::{MemoryIndex, When, samples};

use crate::world::{Delivery, World, operation_id, until_done};

/// A passport of the person's.
const PASSPORT: &str = "E00000000";

fn renew(world: &World) {
    world.twins.index.renew(&[2, 1]);
}

fn version_of(account: &Account) -> &str {
    account.principal_key.as_str().split('.').next().unwrap()
}

/// The keys of the person's document under both versions, the newer first.
async fn both_keys() -> [PrincipalKey; 2] {
    let index = MemoryIndex::default();
    index.renew(&[2, 1]);
    index.keys_of(&samples::document_of_a_person()).await.unwrap().try_into().unwrap()
}

/// A process that does not know of the renewal yet.
fn of_before(world: &World) -> Registration {
    Registration {
        accounts: world.twins.accounts.clone(),
        vault: world.twins.vault.clone(),
        index: Arc::new(MemoryIndex::default()),
        settings: world.twins.settings.clone(),
        principals: world.twins.accounts.clone(),
        naming: samples::naming(&world.twins),
        engines: world.twins.engines.clone(),
        removed: world.twins.removed.watch(),
        clock: Arc::new(world.twins.clock.clone()),
    }
}

fn registering(operation: u128) -> Register {
    Register {
        operation_id: operation_id(operation),
        principal_kind: PrincipalKind::Individual,
        document_type: DocumentType::ResidentIdentityNumber,
        document_number: Personal::new(samples::RESIDENT_IDENTITY_NUMBER.to_owned()),
        issuing_state: None,
        name: Personal::new("张三".to_owned()),
        display_name: format!("城市天气{operation}"),
        actor: samples::platform(),
    }
}

fn by_passport(operation: u128) -> Register {
    Register {
        document_type: DocumentType::Passport,
        document_number: Personal::new(PASSPORT.to_owned()),
        issuing_state: Some(Personal::new("USA".to_owned())),
        ..registering(operation)
    }
}

fn listing(operation: u128, account_id: AccountId) -> ProposeListing {
    ProposeListing {
        operation_id: operation_id(operation),
        principal: PrincipalReference::Account(account_id),
        reason: "多次以返利为名诈骗".to_owned(),
        proposer: samples::reviewer("li"),
        review_at: samples::NOON + SignedDuration::from_hours(24 * 180),
    }
}

#[tokio::test]
async fn r9_1_a_cap_holds_across_the_renewal_and_new_rows_are_under_the_new_key() {
    let world = World::new(Delivery::InOrder);
    let first = world.register(1).await.unwrap();
    renew(&world);
    let second = world.register(2).await.unwrap();
    assert_eq!((version_of(&first), version_of(&second)), ("v1", "v2"));
    assert!(matches!(world.register(3).await, Err(AppError::QuotaExceeded { cap: 2 })));
    let [new, old] = both_keys().await;
    assert_eq!((world.twins.accounts.held_by(&new), world.twins.accounts.held_by(&old)), (2, 0));
    assert_eq!(PrincipalRegister::canonical(&*world.twins.accounts, &old).await.unwrap(), new);
    assert_eq!(world.twins.accounts.accounts_of(&new).await.unwrap(), [first.account_id, second.account_id]);
}

#[tokio::test]
async fn r9_1_a_place_that_was_taken_before_the_renewal_is_given_back_after_it() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = world.register(1).await.unwrap().account_id;
    world.pump().await;
    renew(&world);
    world.register(2).await.unwrap();
    world.deregistrations.request(account_id, &samples::platform()).await.unwrap();
    world.twins.clock.set(samples::NOON + SignedDuration::from_hours(24 * 30));
    let run_id = domain::id::RunId::from_uuid(operation_id(7));
    world.deregistration_clock.run(run_id, samples::NOON + SignedDuration::from_hours(24 * 30)).await.unwrap();
    world.register(3).await.expect("a place is free");
    assert!(matches!(world.register(4).await, Err(AppError::QuotaExceeded { .. })));
}

#[tokio::test]
async fn r13_2_who_was_listed_before_the_renewal_cannot_register_after_it() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = world.register(1).await.unwrap().account_id;
    world.pump().await;
    world.list(listing(2, account_id)).await.unwrap();
    renew(&world);
    assert!(matches!(world.register(3).await, Err(AppError::PrincipalListed)));
    let [new, old] = both_keys().await;
    for key in [&new, &old] {
        assert!(world.blacklist.entry(key).await.unwrap().listing.is_some(), "it is found by either key");
    }
    world.pump().await;
    world.blacklist.remove(&old, "复核解除", &samples::reviewer("lead")).await.unwrap();
    world.register(4).await.unwrap();
}

#[tokio::test]
async fn r13_2_a_listing_under_the_old_key_after_the_renewal_is_found_too() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = world.register(1).await.unwrap().account_id;
    world.pump().await;
    renew(&world);
    // By the account, which names the old key: nothing has linked it yet.
    world.list(listing(2, account_id)).await.unwrap();
    assert!(matches!(world.register(3).await, Err(AppError::PrincipalListed)));
}

#[tokio::test]
async fn r13_2_another_document_that_was_linked_before_the_renewal_leads_to_the_listing() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = world.register(1).await.unwrap().account_id;
    world.pump().await;
    let passport = PrincipalReference::Document {
        document_type: DocumentType::Passport,
        number: Personal::new(PASSPORT.to_owned()),
        issuing_state: Some(Personal::new("USA".to_owned())),
    };
    let known = PrincipalReference::Account(account_id);
    world.blacklist.link(&known, &passport, "同一人", &samples::reviewer("lead")).await.unwrap();
    world.list(listing(2, account_id)).await.unwrap();
    // Whichever document is presented first after the renewal.
    for first_is_passport in [true, false] {
        renew(&world);
        let [one, other] =
            if first_is_passport { [by_passport(3), registering(4)] } else { [registering(5), by_passport(6)] };
        for register in [one, other] {
            let refused = world.registration.register(register).await;
            assert!(matches!(refused, Err(AppError::PrincipalListed)), "{refused:?}");
        }
    }
    let [new, _] = both_keys().await;
    let canonical = PrincipalRegister::canonical(&*world.twins.accounts, &new).await.unwrap();
    let index = MemoryIndex::default();
    index.renew(&[2, 1]);
    let today = jiff::civil::date(2026, 11, 23);
    let presented = Presented { document_type: DocumentType::Passport, number: PASSPORT, issuing_state: Some("USA") };
    for key in index.keys_of(&Document::read(presented, today).unwrap()).await.unwrap() {
        assert_eq!(PrincipalRegister::canonical(&*world.twins.accounts, &key).await.unwrap(), canonical);
    }
}

#[tokio::test]
async fn r7_3_a_process_of_before_the_renewal_counts_with_the_others() {
    let world = World::new(Delivery::InOrder);
    renew(&world);
    let before = of_before(&world);
    world.register(1).await.unwrap();
    let late = before.register(registering(2)).await.unwrap();
    assert_eq!(version_of(&late), "v2", "the old key leads to the new one, for everybody");
    for registration in [&before, &world.registration] {
        let refused = registration.register(registering(3)).await;
        assert!(matches!(refused, Err(AppError::QuotaExceeded { cap: 2 })), "{refused:?}");
    }
}

#[tokio::test]
async fn r7_3_a_registration_of_before_that_meets_the_renewal_looks_again() {
    let world = World::new(Delivery::InOrder);
    renew(&world);
    let before = of_before(&world);
    // It has looked the principal up under the old key; the others register between that and its transaction.
    let meanwhile = async {
        world.register(1).await.unwrap();
        world.register(2).await.unwrap();
        operation_id(3)
    };
    let refused = before.register_once(registering(3), meanwhile).await;
    assert!(matches!(refused, Err(AppError::PrincipalMoved)), "{refused:?}");
    assert!(matches!(before.register(registering(3)).await, Err(AppError::QuotaExceeded { cap: 2 })));
}

#[tokio::test]
async fn r9_1_a_crash_between_any_two_calls_of_a_registration_in_the_renewal_leaves_one_count() {
    let run = async |strike: Option<(usize, When)>| {
        let world = World::new(Delivery::InOrder);
        world.register(1).await.unwrap();
        renew(&world);
        world.twins.faults.reset();
        if let Some((call, when)) = strike {
            world.twins.faults.strike(call, when);
        }
        until_done(async || world.register(2).await).await;
        let calls = world.twins.faults.calls();
        let [new, old] = both_keys().await;
        let held = (world.twins.accounts.held_by(&new), world.twins.accounts.held_by(&old));
        (held, world.twins.accounts.all().len(), calls)
    };
    let (held, accounts, calls) = run(None).await;
    assert_eq!((held, accounts), ((2, 0), 2));
    for when in [When::Before, When::After] {
        for call in 1..=calls {
            let (again, stored, _) = run(Some((call, when))).await;
            assert_eq!((again, stored), ((2, 0), 2), "call {call} failed {when:?} its effect");
        }
    }
}

#[tokio::test]
async fn r6_1_codes_that_were_sent_before_the_renewal_are_right_and_count() {
    let world = World::new(Delivery::InOrder);
    let account_id = world.register(1).await.unwrap().account_id;
    let challenge = |operation: u128| Challenge {
        operation_id: operation_id(operation),
        account_id,
        number: Personal::new("13800138000".to_owned()),
    };
    let sent = world.proving.challenge(challenge(2)).await.unwrap();
    let code = world.twins.delivery.last_code();
    renew(&world);
    let too_soon = world.proving.challenge(challenge(3)).await;
    assert!(matches!(too_soon, Err(AppError::CodeTooSoon { .. })), "{too_soon:?}");
    let answer = Answer {
        operation_id: operation_id(4),
        account_id,
        challenge_id: sent.challenge_id,
        code: Personal::new(code),
        actor: samples::platform(),
    };
    assert!(world.proving.answer(answer).await.unwrap().mobile.is_some());
    world.twins.clock.set(samples::NOON + SignedDuration::from_secs(61));
    world.proving.challenge(challenge(5)).await.expect("the pause is over");
}
