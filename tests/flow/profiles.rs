//! Changes of name, avatar and bio: screened, reviewed, recorded (R2, R4, R16.2).

use app::{
    casework::Decide,
    error::AppError,
    naming::NameRefusal,
    profile_changing::{ChangeProfile, ProfileDesk},
    registration::Register,
};
use domain::{
    account::{Account, AccountStatus},
    case::Matter,
    decision::Action,
    id::AccountId,
    principal::PrincipalKind,
    profile::Profile,
    public_profile::{Avatar, ProfileOutcome, ProfileRefusal},
    settings::Settings,
};
use std::sync::Arc;
use testkit::{When, samples};

use crate::world::{Delivery, World, operation_id, ruling, until_done};

/// The starter pack holds it.
const HELD: &str = "长期收购微信号，价格好商量";

/// The starter pack refuses it.
const REFUSED: &str = "刷单返利，日赚千元，来玩百家乐";

fn desk(world: &World) -> ProfileDesk {
    ProfileDesk {
        accounts: world.twins.accounts.clone(),
        naming: samples::naming(&world.twins),
        settings: world.twins.settings.clone(),
        engines: world.twins.engines.clone(),
        removed: world.twins.removed.watch(),
        clock: Arc::new(world.twins.clock.clone()),
        profile: Profile::cn_2017(),
    }
}

async fn active(world: &mut World) -> Account {
    let account_id = world.register(1).await.unwrap().account_id;
    world.pump().await;
    stored(world, account_id)
}

fn stored(world: &World, account_id: AccountId) -> Account {
    world.twins.accounts.get(account_id).unwrap()
}

/// A change of nothing, of the account as it stands.
fn asking(world: &World, account_id: AccountId, operation: u128) -> ChangeProfile {
    ChangeProfile {
        operation_id: operation_id(operation),
        account_id,
        version: stored(world, account_id).version,
        display_name: None,
        avatar: None,
        bio: None,
        actor: samples::platform(),
    }
}

fn named(world: &World, account_id: AccountId, operation: u128, name: &str) -> ChangeProfile {
    ChangeProfile { display_name: Some(name.to_owned()), ..asking(world, account_id, operation) }
}

fn with_bio(world: &World, account_id: AccountId, operation: u128, bio: &str) -> ChangeProfile {
    ChangeProfile { bio: Some(Some(bio.to_owned())), ..asking(world, account_id, operation) }
}

fn with_avatar(world: &World, account_id: AccountId, operation: u128) -> ChangeProfile {
    let avatar = Avatar { reference: "avatars/1.png".to_owned(), sha256: format!("{operation:064x}") };
    ChangeProfile { avatar: Some(Some(avatar)), ..asking(world, account_id, operation) }
}

fn outcome(account: &Account) -> &ProfileOutcome {
    &account.profile_change.as_ref().expect("a change was asked for").outcome
}

/// A reviewer decides the one case.
async fn decide(world: &mut World, operation: u128, action: Action) {
    let case = world.twins.cases.all_cases().remove(0);
    let reviewer = samples::reviewer("li");
    let version = world.cases.claim(case.case_id, &reviewer).await.unwrap().version;
    let policies = if action == Action::Refuse { vec!["spam".to_owned()] } else { vec![] };
    let ruling = Decide { policies, ..ruling(operation, version, action) };
    world.cases.decide(case.case_id, &reviewer, ruling).await.unwrap();
    world.pump().await;
}

fn told(world: &World, message_type: &str) -> usize {
    world.twins.webhook.messages().iter().filter(|message| message.body.contains(message_type)).count()
}

fn logged(world: &World, kind: &str) -> Vec<serde_json::Value> {
    let records = world.twins.content_log.records();
    records.into_iter().filter(|record| record.kind == kind).map(|record| record.data).collect()
}

async fn registers_as(world: &World, name: &str) -> Result<Account, AppError> {
    let command = Register { display_name: name.to_owned(), ..world.registering(1) };
    world.registration.register(command).await
}

#[tokio::test]
async fn the_name_of_a_registration_is_screened_as_a_change_of_it_is() {
    let mut world = World::new(Delivery::Doubled);
    let refused = registers_as(&world, REFUSED).await.unwrap_err();
    let AppError::Name(NameRefusal::Refused(concerns)) = refused else { panic!("{refused:?}") };
    assert!(
        concerns.iter().all(|concern| !concern.title.zh.is_empty() && !concern.title.en.is_empty()),
        "{concerns:?}"
    );
    assert!(!concerns.is_empty() && world.twins.accounts.all().is_empty(), "nothing is registered");

    // What is held is looked at before anybody sees it, whatever the identity provider says.
    let account_id = registers_as(&world, HELD).await.unwrap().account_id;
    world.pump().await;
    let held = stored(&world, account_id);
    assert_eq!(held.status, AccountStatus::ManualReview);
    assert!(!held.name_concerns.is_empty());
    let cases = world.twins.cases.all_cases();
    assert!(cases.iter().any(|case| case.matter == Matter::Registration), "{cases:?}");
    world.decide(3, Action::Approve).await.unwrap();
    world.pump().await;
    assert_eq!(stored(&world, account_id).status, AccountStatus::Active);
    let registered = |record: &&evidence::record::LogRecord| record.kind == "account_registered";
    let records = world.twins.content_log.records();
    let names: Vec<_> = records.iter().filter(registered).map(|record| &record.data["display_name"]).collect();
    assert!(!names.is_empty() && names.iter().all(|name| *name == HELD), "the name is in the record: {names:?}");
}

#[tokio::test]
async fn r2_what_nothing_stands_against_is_shown_at_once_and_recorded() {
    let mut world = World::new(Delivery::InOrder);
    let account = active(&mut world).await;
    let change = named(&world, account.account_id, 2, "江边的钓鱼人");
    let change = ChangeProfile { bio: Some(Some("每天看江".to_owned())), ..change };
    let changed = desk(&world).change(change).await.unwrap();
    assert_eq!((changed.display_name.as_str(), changed.bio.as_deref()), ("江边的钓鱼人", Some("每天看江")));
    world.pump().await;
    assert_eq!(told(&world, "account.profile_changed"), 1);
    let records = logged(&world, "profile_changed");
    assert_eq!(records[0]["profile"]["bio"], "每天看江", "the record holds what was shown");
    assert!(world.twins.cases.all_cases().is_empty());
    // The old name is free, the new one taken.
    assert_eq!(world.twins.accounts.holder_of(&account.name_skeleton), None);
    assert_eq!(world.twins.accounts.holder_of(&changed.name_skeleton), Some(account.account_id));
    // Taken away again.
    let without = ChangeProfile { bio: Some(None), ..asking(&world, account.account_id, 3) };
    assert_eq!(desk(&world).change(without).await.unwrap().bio, None);
}

#[tokio::test]
async fn r2_what_the_engine_holds_waits_for_a_person_and_the_old_profile_stays() {
    for (action, is_shown) in [(Action::Approve, true), (Action::Refuse, false)] {
        let mut world = World::new(Delivery::Doubled);
        let account = active(&mut world).await;
        let waiting = desk(&world).change(with_bio(&world, account.account_id, 2, HELD)).await.unwrap();
        assert!(matches!(outcome(&waiting), ProfileOutcome::UnderReview { .. }) && waiting.bio.is_none());
        assert!(!waiting.profile_change.as_ref().unwrap().concerns.is_empty(), "the reviewer sees why");
        world.pump().await;
        let cases = world.twins.cases.all_cases();
        assert_eq!((cases.len(), cases[0].queue.as_str()), (1, "profile"));
        assert!(matches!(cases[0].matter, Matter::Profile { .. }));
        let refused = desk(&world).change(with_bio(&world, account.account_id, 3, "早安")).await.unwrap_err();
        assert!(matches!(refused, AppError::Profile(ProfileRefusal::UnderReview(_))), "{refused:?}");

        decide(&mut world, 4, action).await;
        let settled = stored(&world, account.account_id);
        assert_eq!(settled.bio.is_some(), is_shown);
        let event = if is_shown { "account.profile_changed" } else { "account.profile_refused" };
        assert!(told(&world, event) >= 1, "{event}");
        if let ProfileOutcome::Refused { statement, decision_id } = outcome(&settled) {
            assert_eq!((statement.policies.as_slice(), decision_id.is_some()), (&["spam".to_owned()][..], true));
            assert_eq!(statement.automated_decision, "AUTOMATED_DECISION_NOT_AUTOMATED");
        }
        desk(&world).change(with_bio(&world, account.account_id, 5, "早安")).await.expect("nothing waits any more");
    }
}

#[tokio::test]
async fn r2_what_a_rule_refuses_comes_with_a_statement_of_reasons() {
    let mut world = World::new(Delivery::InOrder);
    let account = active(&mut world).await;
    let refused = desk(&world).change(with_bio(&world, account.account_id, 2, REFUSED)).await.unwrap();
    assert_eq!(refused.bio, None);
    let ProfileOutcome::Refused { statement, decision_id: None } = outcome(&refused) else { panic!("{refused:?}") };
    assert_eq!(statement.automated_decision, "AUTOMATED_DECISION_FULLY");
    assert!(statement.policies.contains(&"gambling".to_owned()) && statement.redress.is_some(), "{statement:?}");
    assert!(statement.decision_facts.contains("gambling-games@1"), "rule and version: {statement:?}");
    world.pump().await;
    assert_eq!((told(&world, "account.profile_refused"), world.twins.cases.all_cases().len()), (1, 0));
    assert_eq!(logged(&world, "profile_refused")[0]["proposed"]["bio"], REFUSED);
}

#[tokio::test]
async fn r7_1_a_new_avatar_is_looked_at_unless_the_settings_say_otherwise() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = active(&mut world).await.account_id;
    let waiting = desk(&world).change(with_avatar(&world, account_id, 2)).await.unwrap();
    assert!(matches!(outcome(&waiting), ProfileOutcome::UnderReview { .. }) && waiting.avatar.is_none());
    world.pump().await;
    decide(&mut world, 3, Action::Approve).await;
    assert!(stored(&world, account_id).avatar.is_some());
    // Taking it away needs nobody's eyes.
    let without = ChangeProfile { avatar: Some(None), ..asking(&world, account_id, 4) };
    assert_eq!(desk(&world).change(without).await.unwrap().avatar, None);
    let mut settings = Settings { version: 2, ..Settings::default() };
    settings.public_face.avatar_review = false;
    world.twins.settings.put_in_force(settings);
    assert!(desk(&world).change(with_avatar(&world, account_id, 5)).await.unwrap().avatar.is_some());
}

#[tokio::test]
async fn r4_a_name_that_waits_is_kept_for_the_account_and_given_back_when_it_is_refused() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = active(&mut world).await.account_id;
    let other = samples::account().active();
    world.twins.accounts.put(other.clone());
    let with_both =
        ChangeProfile { bio: Some(Some(HELD.to_owned())), ..named(&world, account_id, 2, "江边的钓鱼人") };
    desk(&world).change(with_both).await.unwrap();
    let taken = desk(&world).change(named(&world, other.account_id, 3, "江边的钓鱼人官方")).await.unwrap_err();
    assert!(matches!(taken, AppError::Name(NameRefusal::Taken)), "{taken:?}");
    world.pump().await;
    decide(&mut world, 4, Action::Refuse).await;
    desk(&world).change(named(&world, other.account_id, 5, "江边的钓鱼人官方")).await.unwrap();
}

#[tokio::test]
async fn r4_a_protected_name_is_refused_to_whoever_may_not_carry_it() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = active(&mut world).await.account_id;
    world.twins.protected_names.protect(samples::protected_name("晨报*", &[PrincipalKind::Media]));
    let refused = desk(&world).change(named(&world, account_id, 2, "晨报财经")).await.unwrap_err();
    assert!(matches!(refused, AppError::Name(NameRefusal::Protected(_))), "{refused:?}");
}

#[tokio::test]
async fn a_change_of_a_version_that_has_passed_is_a_conflict_and_who_leaves_changes_nothing() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = active(&mut world).await.account_id;
    let stale = with_bio(&world, account_id, 2, "早安");
    desk(&world).change(with_bio(&world, account_id, 3, "晚安")).await.unwrap();
    let refused = desk(&world).change(stale).await.unwrap_err();
    assert!(matches!(refused, AppError::VersionConflict { .. }), "{refused:?}");
    world.deregistrations.request(account_id, &samples::platform()).await.unwrap();
    let refused = desk(&world).change(with_bio(&world, account_id, 4, "早安")).await.unwrap_err();
    let leaving = ProfileRefusal::Leaving(AccountStatus::Deregistering);
    assert!(matches!(&refused, AppError::Profile(refusal) if *refusal == leaving), "{refused:?}");
}

#[tokio::test]
async fn what_a_suspended_account_or_one_of_a_listed_principal_changes_waits_for_a_person() {
    let world = World::new(Delivery::InOrder);
    let suspended = samples::account().suspended(Some(7));
    let listed =
        Account { principal_listing: Some(domain::id::ListingId::at(samples::NOON)), ..samples::account().active() };
    for account in [suspended, listed] {
        world.twins.accounts.put(account.clone());
        let waiting = desk(&world).change(with_bio(&world, account.account_id, 2, "早安")).await.unwrap();
        assert!(matches!(outcome(&waiting), ProfileOutcome::UnderReview { .. }), "{waiting:?}");
    }
}

#[tokio::test]
async fn a_crash_between_any_two_calls_leaves_one_change() {
    let run = async |strike: Option<(usize, When)>| {
        let mut world = World::new(Delivery::InOrder);
        let account_id = active(&mut world).await.account_id;
        let change = ChangeProfile {
            bio: Some(Some("每天看江".to_owned())),
            ..named(&world, account_id, 2, "江边的钓鱼人")
        };
        world.twins.faults.reset();
        if let Some((call, when)) = strike {
            world.twins.faults.strike(call, when);
        }
        let changed = until_done(async || desk(&world).change(change.clone()).await).await;
        let calls = world.twins.faults.calls();
        world.pump().await;
        (changed.public_profile(), stored(&world, account_id).version, told(&world, "account.profile_changed"), calls)
    };
    let (profile, version, told, calls) = run(None).await;
    assert_eq!((profile.bio.as_deref(), told), (Some("每天看江"), 1));
    for when in [When::Before, When::After] {
        for call in 1..=calls {
            let (again, then, times, _) = run(Some((call, when))).await;
            assert_eq!((&again, then, times), (&profile, version, 1), "call {call} failed {when:?} its effect");
        }
    }
}
