//! One judgement on several cases: foreseen, made case by case, and once (B5, B8).

use app::{
    casework::{CaseRead, DecideMany},
    error::AppError,
    ports::AccountLedger,
};
use domain::{
    case::{Case, CaseRefusal, CaseState},
    consequence::Consequence,
    decision::Action,
    id::{AccountId, CaseId},
    subject::Subject,
};
use testkit::{When, samples};

use crate::world::{Delivery, World, operation_id};

/// Accounts that were complained of, with their cases.
async fn complained_of(world: &mut World, many: u128) -> Vec<(AccountId, Case)> {
    let mut cases = Vec::new();
    for operation in 0..many {
        let account = samples::account().active();
        let account_id = account.account_id;
        world.twins.accounts.put(account);
        world.complain(100 + operation, Subject::Account(account_id)).await.unwrap();
        world.pump().await;
        let subject = Subject::Account(account_id);
        let case = world.twins.cases.all_cases().into_iter().find(|case| case.subject == subject).unwrap();
        cases.push((account_id, case));
    }
    cases
}

async fn claimed(world: &World, who: &str, case: &Case) -> CaseRead {
    let case = world.cases.claim(case.case_id, &samples::reviewer(who)).await.unwrap();
    CaseRead { case_id: case.case_id, version: case.version }
}

fn many(operation: u128, cases: Vec<CaseRead>, action: Action) -> DecideMany {
    DecideMany {
        operation_id: operation_id(operation),
        cases,
        action,
        policies: vec!["spam".to_owned()],
        reason: "批量刷单广告".to_owned(),
        facts: "同一文案".to_owned(),
    }
}

async fn measures(world: &World, account_id: AccountId) -> usize {
    world.twins.accounts.load(account_id).await.unwrap().unwrap().enforcements.len()
}

/// All but the first, each for its own reason.
fn are_refused(errors: &[Option<&AppError>]) {
    assert!(errors[0].is_none(), "{errors:?}");
    assert!(matches!(errors[1], Some(AppError::VersionConflict { expected: 1 })), "{errors:?}");
    assert!(matches!(errors[2], Some(AppError::Case(CaseRefusal::ClaimedByAnother))), "{errors:?}");
    assert!(matches!(errors[3], Some(AppError::Case(CaseRefusal::NotClaimed))), "{errors:?}");
    assert!(matches!(errors[4], Some(AppError::CaseNotFound)), "{errors:?}");
}

#[tokio::test]
async fn a_look_writes_nothing_and_tells_what_comes_of_each_case() {
    let mut world = World::new(Delivery::InOrder);
    let cases = complained_of(&mut world, 4).await;
    let li = samples::reviewer("li");
    let good = claimed(&world, "li", &cases[0].1).await;
    let stale = CaseRead { version: 1, ..claimed(&world, "li", &cases[1].1).await };
    let of_wang = claimed(&world, "wang", &cases[2].1).await;
    let nobodys = CaseRead { case_id: cases[3].1.case_id, version: cases[3].1.version };
    let unknown = CaseRead { case_id: CaseId::at(samples::NOON), version: 1 };
    let reads = vec![good, stale, of_wang, nobodys, unknown];

    let before = world.twins.cases.all_cases();
    for (action, state) in
        [(Action::Warn, CaseState::Decided), (Action::Close { blacklist: None }, CaseState::AwaitingApproval)]
    {
        let foreseen = world.cases.foresee_many(&li, &many(1, reads.clone(), action)).await.unwrap();
        let outlook = foreseen[0].as_ref().unwrap();
        let choice = outlook.choice.as_ref().unwrap();
        assert_eq!((outlook.state, choice.needs_second_person), (state, state == CaseState::AwaitingApproval));
        assert!(choice.consequences.contains(&Consequence::ReportersTold { complaints: 1 }), "{choice:?}");
    }
    assert_eq!(world.twins.cases.all_cases(), before, "nothing is written");

    let command = many(1, reads, Action::Warn);
    let foreseen = world.cases.foresee_many(&li, &command).await.unwrap();
    are_refused(&foreseen.iter().map(|it| it.as_ref().err()).collect::<Vec<_>>());
    let decided = world.cases.decide_many(&li, &command).await.unwrap();
    are_refused(&decided.iter().map(|it| it.as_ref().err()).collect::<Vec<_>>());
    world.pump().await;
    let mut in_force = Vec::new();
    for (account_id, _) in &cases {
        in_force.push(measures(&world, *account_id).await);
    }
    assert_eq!(in_force, [1, 0, 0, 0]);
}

#[tokio::test]
async fn nobody_decides_on_their_own_decisions_in_a_batch_either() {
    let mut world = World::new(Delivery::InOrder);
    let cases = complained_of(&mut world, 2).await;
    let mut reads = Vec::new();
    for (at, (account_id, case)) in (0..).zip(&cases) {
        let who = ["li", "wang"][at];
        world.decide_as(who, case.case_id, 10 + at as u128, Action::Warn).await.unwrap();
        world.pump().await;
        let appeal = world.appeal(20 + at as u128, *account_id, 10 + at as u128).await.unwrap();
        reads.push(CaseRead { case_id: appeal.case_id, version: appeal.version });
    }
    reads[1].version = world.cases.claim(reads[1].case_id, &samples::reviewer("li")).await.unwrap().version;
    let command = DecideMany { policies: vec![], ..many(30, reads, Action::Reject) };
    let answers = world.cases.decide_many(&samples::reviewer("li"), &command).await.unwrap();
    assert!(matches!(answers[0], Err(AppError::Case(CaseRefusal::ConflictOfInterest))), "{answers:?}");
    assert_eq!(answers[1].as_ref().unwrap().state, CaseState::Decided);
}

/// A crash between any two calls, and the same try again: each account has one measure.
#[tokio::test]
async fn a_batch_that_breaks_off_is_done_once_by_the_next_try() {
    for strike in 1..8 {
        for when in [When::Before, When::After] {
            let mut world = World::new(Delivery::Doubled);
            let cases = complained_of(&mut world, 3).await;
            let mut reads = Vec::new();
            for (_, case) in &cases {
                reads.push(claimed(&world, "li", case).await);
            }
            let command = many(40, reads, Action::Warn);
            world.twins.faults.strike(strike, when);
            let li = samples::reviewer("li");
            let first = world.cases.decide_many(&li, &command).await.unwrap();
            world.twins.faults.reset();
            let second = world.cases.decide_many(&li, &command).await.unwrap();
            for (first, second) in first.iter().zip(&second) {
                let second = second.as_ref().expect("done by now");
                assert!(first.as_ref().map_or(true, |first| first == second), "{strike} {when:?}");
            }
            world.pump().await;
            for (account_id, _) in &cases {
                assert_eq!(measures(&world, *account_id).await, 1, "{strike} {when:?}");
            }
        }
    }
}
