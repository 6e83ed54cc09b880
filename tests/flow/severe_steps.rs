//! Steps that two people answer for (B8), what strikes lead to, and how often that goes without a person (R13.1, R13.2).

use app::{
    casework::{Agree, Disagree},
    error::AppError,
    ports::{AccountLedger, Blacklist},
};
use domain::{
    account::Account,
    case::{Case, CaseRefusal, CaseState, Matter},
    consequence::Consequence,
    decision::{Action, Blacklisting},
    enforcement::EnforcementKind,
    id::{AccountId, DecisionId, ListingId},
    settings::{PolicyWeight, Rung, RungMode, Settings},
    subject::Subject,
};
use testkit::samples;

use crate::world::{Delivery, World, operation_id, until_done};

const DELIVERIES: [Delivery; 3] = [Delivery::InOrder, Delivery::Reversed, Delivery::Doubled];

async fn registered(world: &mut World, operation: u128) -> AccountId {
    let account_id = world.register(operation).await.unwrap().account_id;
    world.pump().await;
    account_id
}

async fn account(world: &World, account_id: AccountId) -> Account {
    world.twins.accounts.load(account_id).await.unwrap().unwrap()
}

/// Complains of the account and has the case decided; gives the decision's identifier.
async fn answered(world: &mut World, account_id: AccountId, operation: u128, action: Action) -> DecisionId {
    world.complain(1_000 + operation, Subject::Account(account_id)).await.unwrap();
    world.pump().await;
    let case = case_of(world, account_id, |matter| matches!(matter, Matter::Complaint { .. }));
    world.decide_case(case.case_id, operation, action).await.unwrap();
    world.pump().await;
    DecisionId::from_uuid(operation_id(operation))
}

fn case_of(world: &World, account_id: AccountId, is_it: impl Fn(&Matter) -> bool) -> Case {
    let mut cases = world.twins.cases.all_cases().into_iter();
    cases.find(|case| case.subject == Subject::Account(account_id) && is_it(&case.matter)).expect("there is a case")
}

fn is_complaint(matter: &Matter) -> bool {
    matches!(matter, Matter::Complaint { .. })
}

fn is_escalation(matter: &Matter) -> bool {
    matches!(matter, Matter::Escalation { .. })
}

fn agree(case: &Case, who: &str) -> Agree {
    let decision_id = case.proposal.as_ref().expect("a step is proposed").decision_id;
    Agree { decision_id, version: case.version, second: samples::reviewer(who) }
}

const BARRED: Action = Action::Close { blacklist: Some(Blacklisting { review_days: 180 }) };

#[tokio::test]
async fn an_account_is_closed_when_a_second_person_agrees_and_its_principal_is_barred() {
    for delivery in DELIVERIES {
        let mut world = World::new(delivery);
        let account_id = registered(&mut world, 1).await;
        let decision_id = answered(&mut world, account_id, 2, BARRED).await;
        let case = case_of(&world, account_id, is_complaint);
        assert_eq!(case.state, CaseState::AwaitingApproval);
        assert!(world.publish(account_id, &[("a", "天晴")]).await.is_ok(), "{delivery:?}: nothing is decided yet");

        let own = world.cases.agree(agree(&case, "li")).await;
        assert!(matches!(own, Err(AppError::Case(CaseRefusal::OwnProposal))), "{own:?}");
        let stale = Agree { version: case.version - 1, ..agree(&case, "zhao") };
        assert!(matches!(world.cases.agree(stale).await, Err(AppError::VersionConflict { .. })));
        let decided = world.cases.agree(agree(&case, "zhao")).await.unwrap();
        let again = world.cases.agree(agree(&case, "zhao")).await.unwrap();
        assert_eq!(decided, again, "a second try is told the same");
        world.pump().await;

        let closed = account(&world, account_id).await;
        assert!(closed.closed_by(samples::NOON).is_some());
        let refused = world.publish(account_id, &[("b", "天晴")]).await;
        let Err(AppError::AccountSuspended { enforcement }) = refused else { panic!("{refused:?}") };
        assert_eq!((enforcement.kind, enforcement.decision_id), (EnforcementKind::Close, decision_id));
        assert_eq!(enforcement.statement.decision_account.as_deref(), Some("DECISION_ACCOUNT_TERMINATED"));
        let entry = world.twins.accounts.entry(&closed.principal_key).await.unwrap().unwrap();
        let listing = entry.listing.expect("the principal is listed");
        assert_eq!(
            (listing.listing_id, listing.approver),
            (ListingId::caused_by(decision_id), samples::reviewer("zhao"))
        );
        assert_eq!(closed.principal_listing, Some(listing.listing_id));
        assert!(matches!(world.register(9).await, Err(AppError::PrincipalListed)), "{delivery:?}");
        let cases = world.twins.cases.all_cases();
        assert_eq!(cases.len(), 1, "{delivery:?}: nothing is left to decide about a closed account: {cases:?}");
    }
}

#[tokio::test]
async fn what_the_second_person_does_not_agree_to_leaves_the_case_open_with_the_reason() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = registered(&mut world, 1).await;
    let decision_id = answered(&mut world, account_id, 2, BARRED).await;
    let case = case_of(&world, account_id, is_complaint);
    let disagree = |version| Disagree {
        decision_id,
        version,
        reason: "应先暂停更新".to_owned(),
        second: samples::reviewer("zhao"),
    };
    let open = world.cases.disagree(disagree(case.version)).await.unwrap();
    assert_eq!(open, world.cases.disagree(disagree(case.version)).await.unwrap(), "a second try is told the same");
    assert_eq!((open.state, open.refused_proposals[0].reason.as_str()), (CaseState::Open, "应先暂停更新"));
    let late = world.cases.agree(Agree { decision_id, version: open.version, second: samples::reviewer("zhao") }).await;
    assert!(matches!(late, Err(AppError::Case(CaseRefusal::NothingProposed))), "{late:?}");
    world.pump().await;
    assert!(world.publish(account_id, &[("a", "天晴")]).await.is_ok());
}

#[tokio::test]
async fn an_accepted_appeal_opens_the_account_and_takes_off_the_list_what_that_decision_listed() {
    for delivery in DELIVERIES {
        let mut world = World::new(delivery);
        let account_id = registered(&mut world, 1).await;
        answered(&mut world, account_id, 2, BARRED).await;
        let case = case_of(&world, account_id, is_complaint);
        world.cases.agree(agree(&case, "zhao")).await.unwrap();
        // Decided before the closing has arrived anywhere: whatever comes first, it ends the same.
        let appeal = world.appeal(3, account_id, 2).await.unwrap();
        for barred in ["li", "zhao"] {
            let refused = world.cases.claim(appeal.case_id, &samples::reviewer(barred)).await;
            assert!(matches!(refused, Err(AppError::Case(CaseRefusal::ConflictOfInterest))), "{barred}: {refused:?}");
        }
        world.decide_as("wang", appeal.case_id, 4, Action::Accept).await.unwrap();
        world.pump().await;
        let account = account(&world, account_id).await;
        assert!(account.may_publish(samples::NOON).is_ok(), "{delivery:?}");
        let entry = world.twins.accounts.entry(&account.principal_key).await.unwrap();
        assert!(entry.is_none_or(|entry| entry.listing.is_none()), "{delivery:?}");
        assert_eq!(account.principal_listing, None, "{delivery:?}");
    }
}

/// The case opens again after the first closing, and is decided in the same way: the two ask for one listing.
#[tokio::test]
async fn a_listing_that_two_decisions_ask_for_outlives_the_reversal_of_the_first_and_not_of_both() {
    for delivery in DELIVERIES {
        let mut world = World::new(delivery);
        let account_id = registered(&mut world, 1).await;
        for operation in [2, 3] {
            answered(&mut world, account_id, operation, BARRED).await;
            let case = case_of(&world, account_id, is_complaint);
            world.cases.agree(agree(&case, "zhao")).await.unwrap();
            world.pump().await;
        }
        for (appealed, is_listed) in [(2, true), (3, false)] {
            let appeal = world.appeal(10 + appealed, account_id, appealed).await.unwrap();
            world.decide_as("wang", appeal.case_id, 20 + appealed, Action::Accept).await.unwrap();
            world.pump().await;
            let account = account(&world, account_id).await;
            assert_eq!(account.closed_by(samples::NOON).is_some(), is_listed, "{delivery:?}");
            let entry = world.twins.accounts.entry(&account.principal_key).await.unwrap().unwrap();
            assert_eq!(entry.listing.is_some(), is_listed, "{delivery:?}: {entry:?}");
            assert_eq!(account.principal_listing.is_some(), is_listed, "{delivery:?}");
        }
    }
}

#[tokio::test]
async fn strikes_lead_to_a_case_that_proposes_the_next_step_once() {
    for delivery in DELIVERIES {
        let mut world = World::new(delivery);
        let account_id = registered(&mut world, 1).await;
        for operation in 2..=4 {
            answered(&mut world, account_id, operation, Action::Warn).await;
        }
        let view = async |world: &World| {
            world.complain(7_000, Subject::Account(account_id)).await.unwrap();
            let case = case_of(world, account_id, is_complaint);
            world.cases.read(case.case_id, &samples::reviewer("li")).await.unwrap()
        };
        view(&world).await;
        world.pump().await;
        let choices = view(&world).await.choices;
        let warn = choices.iter().find(|choice| choice.action == Action::Warn).unwrap();
        assert!(warn.consequences.contains(&Consequence::Strikes { added: 1, together: 4 }), "{warn:?}");
        let next = |it: &Consequence| matches!(it, Consequence::NextStep { rung } if rung.strikes == 4);
        assert!(warn.consequences.iter().any(next), "{warn:?}");
        let close = choices.iter().find(|choice| choice.action == Action::Close { blacklist: None }).unwrap();
        assert!(close.needs_second_person && !warn.needs_second_person);

        answered(&mut world, account_id, 5, Action::Warn).await;
        let case = case_of(&world, account_id, is_escalation);
        let Matter::Escalation { strikes, proposed, .. } = case.matter else { unreachable!() };
        assert_eq!((strikes, proposed), (4, Action::SuspendUpdates { days: Some(7) }));
        assert_eq!(account(&world, account_id).await.escalations.len(), 1, "{delivery:?}");
        world.decide_case(case.case_id, 6, proposed).await.unwrap();
        world.pump().await;
        let account = account(&world, account_id).await;
        let suspension = account.enforcements.iter().find(|it| it.kind == EnforcementKind::SuspendUpdates).unwrap();
        assert_eq!((suspension.rung, suspension.strike), (Some(4), None), "it follows from strikes and is none");
        assert_eq!(account.escalations.len(), 1, "{delivery:?}");
    }
}

fn applying(per_day: u32) -> Settings {
    let mut settings = Settings { version: 2, ..Settings::default() };
    settings.enforcement.policy_weights = vec![PolicyWeight { policy: "fraud".to_owned(), weight: 2 }];
    settings.enforcement.ladder =
        vec![Rung { strikes: 4, mode: RungMode::Apply, action: Action::SuspendUpdates { days: Some(3) } }];
    settings.enforcement.suspensions_per_day = per_day;
    settings
}

#[tokio::test]
async fn what_the_ladder_applies_is_bounded_a_day_and_over_it_a_person_decides() {
    for delivery in DELIVERIES {
        let mut world = World::new(delivery);
        world.twins.settings.put_in_force(applying(1));
        let accounts = [registered(&mut world, 1).await, registered(&mut world, 2).await];
        for (at, account_id) in (0..).zip(accounts) {
            for operation in [10 + at * 10, 11 + at * 10] {
                answered(&mut world, account_id, operation, Action::Warn).await;
            }
        }
        let [first, second] = [account(&world, accounts[0]).await, account(&world, accounts[1]).await];
        assert!(first.may_publish(samples::NOON).is_err(), "{delivery:?}: two warnings for fraud weigh four");
        let suspension = first.enforcements.last().unwrap();
        assert_eq!(suspension.statement.automated_decision, "AUTOMATED_DECISION_FULLY");
        assert_eq!(suspension.statement.policies, ["fraud"]);
        assert!(second.may_publish(samples::NOON).is_ok(), "{delivery:?}: the breaker is open");
        assert_eq!(second.escalations[0].mode, RungMode::Propose);
        assert!(is_escalation(&case_of(&world, accounts[1], is_escalation).matter));

        // What nobody decided can be appealed as well.
        let case = world
            .appeals
            .file(app::appealing::FileAppeal {
                operation_id: operation_id(50),
                account_id: accounts[0],
                decision_id: suspension.decision_id,
                grounds: "两次警告均有误。".to_owned(),
                actor: samples::platform(),
            })
            .await
            .unwrap();
        world.decide_as("li", case.case_id, 51, Action::Accept).await.unwrap();
        world.pump().await;
        assert!(account(&world, accounts[0]).await.may_publish(samples::NOON).is_ok(), "{delivery:?}");
    }
}

#[tokio::test]
async fn two_deciders_at_once_leave_both_measures_and_each_ends_by_itself() {
    let mut world = World::new(Delivery::Reversed);
    let account_id = registered(&mut world, 1).await;
    world.publish(account_id, &[("a", "天晴")]).await.unwrap();
    world.pump().await;
    let publication = world.twins.publications.all()[0].publication.publication_id;
    world.complain(2, Subject::Account(account_id)).await.unwrap();
    world.complain(3, Subject::Publication(publication)).await.unwrap();
    world.pump().await;
    let cases = world.twins.cases.all_cases();
    let by = |subject| cases.iter().find(|case| case.subject == subject).unwrap().case_id;
    let (one, other) = (by(Subject::Account(account_id)), by(Subject::Publication(publication)));
    let days = |days| Action::SuspendUpdates { days: Some(days) };
    let (first, second) =
        futures::join!(world.decide_as("li", one, 4, days(30)), world.decide_as("wang", other, 5, days(7)));
    first.unwrap();
    second.unwrap();
    world.pump().await;
    assert_eq!(account(&world, account_id).await.enforcements.len(), 2);
    let appeal = world.appeal(6, account_id, 4).await.unwrap();
    world.decide_as("zhao", appeal.case_id, 7, Action::Accept).await.unwrap();
    world.pump().await;
    let refused = account(&world, account_id).await.may_publish(samples::NOON);
    assert!(refused.is_err(), "the other suspension stays");
    let in_two_weeks = samples::NOON + jiff::SignedDuration::from_hours(24 * 14);
    assert!(account(&world, account_id).await.may_publish(in_two_weeks).is_ok(), "and ends by itself");
}

/// A crash between any two calls of closing and listing leaves an account that is closed and a principal that is barred.
#[tokio::test]
async fn a_crash_anywhere_leaves_the_account_closed_and_the_principal_barred() {
    for strike in 1..24 {
        for when in [testkit::When::Before, testkit::When::After] {
            let mut world = World::new(Delivery::InOrder);
            let account_id = registered(&mut world, 1).await;
            answered(&mut world, account_id, 2, BARRED).await;
            let case = case_of(&world, account_id, is_complaint);
            world.twins.faults.strike(strike, when);
            until_done(async || world.cases.agree(agree(&case, "zhao")).await).await;
            world.pump().await;
            let account = account(&world, account_id).await;
            assert!(account.closed_by(samples::NOON).is_some(), "{strike} {when:?}");
            let entry = world.twins.accounts.entry(&account.principal_key).await.unwrap().unwrap();
            assert!(entry.listing.is_some() && entry.past.is_empty(), "{strike} {when:?}");
            assert_eq!(account.enforcements.len(), 1, "{strike} {when:?}");
        }
    }
}
