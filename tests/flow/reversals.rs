//! B9: what a judge of an appeal is shown beforehand is what comes of accepting it, and nothing else does.

use app::ports::{AccountLedger, Blacklist, PrincipalRegister, PublicationShelf, RemovedContentShelf};
use domain::{
    decision::{Action, Blacklisting},
    enforcement::EnforcementKind,
    id::{AccountId, DecisionId},
    publication::PublicationStatus,
    reversal::{Affected, Reversal, Turn},
    settings::CreditRules,
    subject::Subject,
};
use testkit::samples;

use crate::world::{Delivery, World, operation_id};

const DELIVERIES: [Delivery; 3] = [Delivery::InOrder, Delivery::Reversed, Delivery::Doubled];

/// What is stored of all that a decision may have changed.
async fn stored(world: &World, account_id: AccountId, subject: Subject, decision_id: DecisionId) -> Affected {
    let account = world.twins.accounts.load(account_id).await.unwrap().unwrap();
    let canonical = world.twins.accounts.canonical(&account.principal_key).await.unwrap();
    let publication = match subject {
        Subject::Publication(publication_id) => world.twins.publications.load(publication_id).await.unwrap(),
        Subject::Account(_) | Subject::Comment(_) => None,
    };
    Affected {
        entry: world.twins.accounts.entry(&canonical).await.unwrap(),
        banked: world.twins.removed.banked(decision_id).await.unwrap(),
        publication: publication.map(|record| record.publication),
        account,
    }
}

/// Appeals the decision of operation `decided`, has a look, accepts, and holds one against the other.
async fn foreseen_and_done(world: &mut World, account_id: AccountId, subject: Subject, decided: u128) -> Reversal {
    let appeal = world.appeal(decided + 100, account_id, decided).await.unwrap();
    let judge = samples::reviewer("wang");
    let foreseen = world.cases.read(appeal.case_id, &judge).await.unwrap().reversal.expect("an appeal waits");
    let decision_id = DecisionId::from_uuid(operation_id(decided));
    let before = stored(world, account_id, subject, decision_id).await;
    world.decide_as("wang", appeal.case_id, decided + 200, Action::Accept).await.unwrap();
    world.pump().await;
    let after = stored(world, account_id, subject, decision_id).await;
    let done = Reversal::between(decision_id, (&before, &after), &CreditRules::default(), samples::NOON);
    assert_eq!(foreseen, done);
    assert_eq!(world.cases.read(appeal.case_id, &judge).await.unwrap().reversal, None, "it is decided");
    done
}

async fn registered(world: &mut World) -> AccountId {
    let account_id = world.register(1).await.unwrap().account_id;
    world.pump().await;
    account_id
}

async fn answered(world: &mut World, subject: Subject, operation: u128, action: Action) {
    world.complain(1_000 + operation, subject).await.unwrap();
    world.pump().await;
    let mut cases = world.twins.cases.all_cases().into_iter();
    let case = cases.find(|case| case.subject == subject && case.decision.is_none()).unwrap();
    world.decide_case(case.case_id, operation, action).await.unwrap();
    let case = world.cases.read(case.case_id, &samples::reviewer("zhao")).await.unwrap().case;
    if let Some(proposal) = case.proposal {
        let version = case.version;
        let agree =
            app::casework::Agree { decision_id: proposal.decision_id, version, second: samples::reviewer("zhao") };
        world.cases.agree(agree).await.unwrap();
    }
    world.pump().await;
}

fn kinds(measures: &[domain::reversal::MeasureInForce]) -> Vec<EnforcementKind> {
    measures.iter().map(|it| it.kind).collect()
}

#[tokio::test]
async fn a_closing_is_undone_as_foreseen_and_the_warning_beside_it_stays() {
    for delivery in DELIVERIES {
        let mut world = World::new(delivery);
        let account_id = registered(&mut world).await;
        let subject = Subject::Account(account_id);
        answered(&mut world, subject, 2, Action::Warn).await;
        answered(&mut world, subject, 3, Action::Close { blacklist: Some(Blacklisting { review_days: 180 }) }).await;
        let done = foreseen_and_done(&mut world, account_id, subject, 3).await;
        assert_eq!(done.may_publish, Turn { before: false, after: true }, "{delivery:?}");
        assert_eq!(done.principal_listed, Turn { before: true, after: false }, "{delivery:?}");
        let measures = &done.measures_in_force;
        assert_eq!(kinds(&measures.before), [EnforcementKind::Warn, EnforcementKind::Close], "{delivery:?}");
        assert_eq!(kinds(&measures.after), [EnforcementKind::Warn], "{delivery:?}");
        assert!(done.strikes.after < done.strikes.before && done.strikes.after > 0, "{:?}", done.strikes);
        assert_eq!((done.publication, done.prints_looked_for.is_change()), (None, false));
    }
}

#[tokio::test]
async fn what_else_stands_is_foreseen_to_stay() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = registered(&mut world).await;
    let subject = Subject::Account(account_id);
    answered(&mut world, subject, 2, Action::SuspendUpdates { days: None }).await;
    answered(&mut world, subject, 3, Action::SuspendUpdates { days: Some(30) }).await;
    let done = foreseen_and_done(&mut world, account_id, subject, 2).await;
    assert_eq!(done.may_publish, Turn { before: false, after: false }, "another suspension is in force");
    assert_eq!((done.measures_in_force.before.len(), done.measures_in_force.after.len()), (2, 1));
}

#[tokio::test]
async fn a_removed_publication_is_shown_and_its_copies_pass_again_as_foreseen() {
    for delivery in DELIVERIES {
        let mut world = World::new(delivery);
        let account_id = registered(&mut world).await;
        let words = "昨晚在江边走了很久，风很大，桥上的灯一盏一盏亮起来，有人在弹吉他，唱的是一首很老的歌。";
        world.publish(account_id, &[("a", words)]).await.unwrap();
        world.pump().await;
        let subject = Subject::Publication(world.twins.publications.all()[0].publication.publication_id);
        answered(&mut world, subject, 2, Action::RemoveContent).await;
        let done = foreseen_and_done(&mut world, account_id, subject, 2).await;
        let publication = done.publication.expect("it is about one");
        let (removed, shown) = (PublicationStatus::Rejected, PublicationStatus::Published);
        assert_eq!(publication.status, Turn { before: removed, after: shown }, "{delivery:?}");
        assert_eq!(publication.shown_edition, Turn { before: None, after: Some(1) });
        assert!(done.prints_looked_for.before > 0 && done.prints_looked_for.after == 0, "{:?}", done.prints_looked_for);
        assert!(!done.may_publish.is_change() && !done.principal_listed.is_change());
    }
}
