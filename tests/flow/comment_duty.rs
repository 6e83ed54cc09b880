//! A neglected account loses comments and gets them back (R12.3).

use app::{
    casework::SubjectView,
    comment_tools::OwnerAction,
    commenting::{CommentRefusal, WriteComment},
    error::AppError,
    ports::CommentRecord,
};
use domain::{
    case::{Case, Matter},
    comment::Commenter,
    comment_duty::CommentDuty,
    decision::Action,
    enforcement::EnforcementKind,
    id::{AccountId, CommentId, PublicationId},
    settings::Settings,
    subject::Subject,
};
use jiff::SignedDuration;
use testkit::{When, samples};

use crate::world::{Delivery, World, ruling, until_done};

const PLAIN: &str = "写得真好，学到了";

/// An account whose comments are measured from the second violation on.
async fn open(world: &mut World, restrictions_per_day: u32) -> (AccountId, PublicationId) {
    let mut settings = Settings { version: 2, ..Settings::default() };
    settings.comments.duty.least_violations = 2;
    settings.enforcement.restrictions_per_day = restrictions_per_day;
    world.twins.settings.put_in_force(settings);
    until_done(async || world.assessing.register(samples::assessment(), &samples::reviewer("lead")).await).await;
    let account_id = until_done(async || world.register(1).await).await.account_id;
    world.pump().await;
    until_done(async || world.publish(account_id, &[("post-1", "明天有雨，记得带伞")]).await).await;
    (account_id, PublicationId::named(account_id, "post-1"))
}

async fn write(world: &World, id: PublicationId, reference: &str) -> Result<CommentRecord, AppError> {
    let commenter = Commenter("reader-7".to_owned());
    let item = WriteComment { reference: reference.to_owned(), commenter, text: PLAIN.to_owned() };
    world.commenting.write(id, vec![item]).await?.remove(0)
}

async fn hide(world: &World, comment_id: CommentId) {
    world.tools.act(comment_id, OwnerAction::Hide, &samples::platform()).await.unwrap();
}

fn case_about(world: &World, subject: Subject, matter: impl Fn(&Matter) -> bool) -> Option<Case> {
    world.twins.cases.all_cases().into_iter().find(|case| case.subject == subject && matter(&case.matter))
}

/// Somebody complains of the comment, and a reviewer takes it away.
async fn removed(world: &mut World, comment_id: CommentId, operation: u128) {
    let subject = Subject::Comment(comment_id);
    until_done(async || world.complain(operation, subject).await).await;
    world.pump().await;
    let case = case_about(world, subject, |_| true).unwrap();
    until_done(async || world.decide_case(case.case_id, operation + 1, Action::RemoveContent).await).await;
    world.pump().await;
}

/// Two comments that the account leaves up until a person takes them away.
async fn neglected(world: &mut World, id: PublicationId, operation: u128) {
    for n in 0..2 {
        let reference = format!("c-{operation}-{n}");
        let comment = until_done(async || write(world, id, &reference).await).await.comment;
        removed(world, comment.comment_id, operation + 2 * n).await;
    }
}

#[tokio::test]
async fn a_neglected_account_loses_comments_and_gets_them_back_r12_3() {
    for delivery in [Delivery::InOrder, Delivery::Reversed, Delivery::Doubled] {
        let mut world = World::new(delivery);
        let (account_id, id) = open(&mut world, 10).await;
        neglected(&mut world, id, 10).await;
        let account = world.twins.accounts.get(account_id).unwrap();
        assert_eq!(account.enforcements.len(), 1, "once: {delivery:?}");
        let restriction = &account.enforcements[0];
        assert_eq!(restriction.kind, EnforcementKind::RestrictFunction);
        let statement = &restriction.statement;
        assert_eq!(statement.decision_provision.as_deref(), Some("DECISION_PROVISION_PARTIAL_SUSPENSION"));
        assert_eq!(statement.automated_decision, "AUTOMATED_DECISION_FULLY");
        assert_eq!(
            (statement.end_date_service_restriction, &*statement.policies),
            (restriction.ends_at, &["comment_management".to_owned()][..])
        );
        assert!(statement.decision_facts.contains("2 violating comments"), "{}", statement.decision_facts);
        let refused = write(&world, id, "c-9").await.unwrap_err();
        assert!(matches!(refused, AppError::CommentsRestricted { .. }), "{refused:?}");
        world.publish(account_id, &[("post-2", "照常发布")]).await.expect("it may publish all the same");
        assert!(world.twins.webhook.messages().iter().any(|it| it.body.contains("restrict_function")));

        // What was put right comes before a person, who lifts the restriction.
        for _ in 0..2 {
            world.management.rectify(account_id, "已安排专人每日审核评论。", &samples::platform()).await.unwrap();
        }
        world.pump().await;
        let case = case_about(&world, Subject::Account(account_id), |it| matches!(it, Matter::Rectification { .. }));
        let case = case.expect("a case about what was put right");
        let view = world.cases.read(case.case_id, &samples::reviewer("li")).await.unwrap();
        let Some(SubjectView::Account { rectifications, .. }) = view.subject else { panic!("no account") };
        assert_eq!(rectifications[0].rectification.statement, "已安排专人每日审核评论。");
        world.decide_case(case.case_id, 50, Action::Approve).await.unwrap();
        world.pump().await;
        write(&world, id, "c-9").await.unwrap();
        assert!(world.twins.webhook.messages().iter().any(|it| it.body.contains("enforcement.lifted")));
        let again = world.management.rectify(account_id, "再来一次", &samples::platform()).await.unwrap_err();
        assert!(matches!(again, AppError::NothingToRectify));
    }
}

#[tokio::test]
async fn a_restriction_ends_by_itself_and_its_facts_are_not_counted_twice() {
    let mut world = World::new(Delivery::InOrder);
    let (account_id, id) = open(&mut world, 10).await;
    neglected(&mut world, id, 10).await;
    let ends_at = world.twins.accounts.get(account_id).unwrap().enforcements[0].ends_at.unwrap();
    world.twins.clock.set(ends_at - SignedDuration::from_secs(1));
    assert!(write(&world, id, "c-8").await.is_err());
    world.twins.clock.set(ends_at);
    let comment = write(&world, id, "c-8").await.unwrap().comment;
    removed(&mut world, comment.comment_id, 30).await;
    assert_eq!(world.twins.accounts.get(account_id).unwrap().enforcements.len(), 1, "one is no breach");
    let comment = write(&world, id, "c-9").await.unwrap().comment;
    removed(&mut world, comment.comment_id, 40).await;
    assert_eq!(world.twins.accounts.get(account_id).unwrap().enforcements.len(), 2);
}

#[tokio::test]
async fn who_hides_violating_comments_keeps_comments() {
    let mut world = World::new(Delivery::InOrder);
    let (account_id, id) = open(&mut world, 10).await;
    for n in 0..4 {
        let comment = write(&world, id, &format!("c-{n}")).await.unwrap().comment;
        if n % 2 == 0 {
            hide(&world, comment.comment_id).await;
        }
        world.twins.clock.set(samples::NOON + SignedDuration::from_hours(n + 1));
        removed(&mut world, comment.comment_id, 10 + 2 * u128::try_from(n).unwrap()).await;
    }
    let view = world.management.duty(account_id).await.unwrap();
    assert_eq!(view.measure, CommentDuty { violating: 4, left_up: 2, minutes: 120 });
    assert_eq!((view.measure.left_up_percent(), view.restriction), (50, None));
    // What the engine held was never there to be hidden, and is no fact about the account.
    let held = WriteComment {
        reference: "held".to_owned(),
        commenter: Commenter("reader-7".to_owned()),
        text: "长期收购微信号".to_owned(),
    };
    let comment_id = world.commenting.write(id, vec![held]).await.unwrap().remove(0).unwrap().comment.comment_id;
    world.pump().await;
    let case = case_about(&world, Subject::Comment(comment_id), |_| true).unwrap();
    let reviewer = samples::reviewer("li");
    let version = world.cases.claim(case.case_id, &reviewer).await.unwrap().version;
    let mut refuse = ruling(40, version, Action::Refuse);
    refuse.policies = vec!["spam".to_owned()];
    world.cases.decide(case.case_id, &reviewer, refuse).await.unwrap();
    world.pump().await;
    assert_eq!(world.management.duty(account_id).await.unwrap().measure.violating, 4);
}

#[tokio::test]
async fn over_the_days_bound_a_person_decides() {
    let mut world = World::new(Delivery::Doubled);
    let (account_id, id) = open(&mut world, 0).await;
    neglected(&mut world, id, 10).await;
    assert_eq!(world.twins.accounts.get(account_id).unwrap().enforcements, []);
    let subject = Subject::Account(account_id);
    let case = case_about(&world, subject, |it| matches!(it, Matter::CommentDuty { .. })).expect("a case instead");
    let function = domain::assessment::InteractiveFunction::Comments;
    world.decide_case(case.case_id, 50, Action::RestrictFunction { function, days: Some(3) }).await.unwrap();
    world.pump().await;
    let refused = write(&world, id, "c-9").await;
    assert!(matches!(refused, Err(AppError::CommentsRestricted { .. })), "{refused:?}");
    assert!(!matches!(refused, Err(AppError::Comment(CommentRefusal::Standing))));
}

#[tokio::test]
async fn a_crash_between_any_two_calls_takes_comments_once() {
    async fn story(world: &mut World) {
        let (_, id) = open(world, 1_000).await;
        neglected(world, id, 10).await;
    }
    let mut calm = World::new(Delivery::InOrder);
    story(&mut calm).await;
    let (calls, expected) = (calm.twins.faults.calls(), calm.lasting_state());
    for when in [When::Before, When::After] {
        for call in 1..=calls {
            let mut world = World::new(Delivery::InOrder);
            world.twins.faults.strike(call, when);
            story(&mut world).await;
            assert_eq!(world.lasting_state(), expected, "call {call} failed {when:?} its effect");
        }
    }
}
