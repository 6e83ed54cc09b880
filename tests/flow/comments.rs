//! Comments: the gate, the screening, the owners' tools, and what becomes of a held one (R2, R12.1, R12.2).

use std::collections::BTreeSet;

use app::{
    casework::SubjectView,
    comment_tools::OwnerAction,
    commenting::{CommentRefusal, WriteComment},
    error::AppError,
    ports::CommentRecord,
};
use domain::{
    account::AccountStatus,
    case::Matter,
    comment::{CommentStatus, Commenter, HiddenBy},
    credit::CreditLevel,
    decision::Action,
    grade::Grade,
    id::{AccountId, CommentId, PublicationId},
    publication::RemovedBy,
    settings::Settings,
    subject::Subject,
};
use futures::future::join_all;
use jiff::SignedDuration;
use screening::verdict::Effect;
use testkit::{When, samples};

use crate::world::{Delivery, World, ruling, until_done};

const HELD: &str = "长期收购微信号";
const PLAIN: &str = "写得真好，学到了";

/// A publication that anybody may comment on.
async fn open(delivery: Delivery) -> (World, AccountId, PublicationId) {
    let mut world = World::new(delivery);
    world.assessing.register(samples::assessment(), &samples::reviewer("lead")).await.unwrap();
    let account_id = world.register(1).await.unwrap().account_id;
    world.pump().await;
    world.publish(account_id, &[("post-1", "明天有雨，记得带伞")]).await.unwrap();
    (world, account_id, PublicationId::named(account_id, "post-1"))
}

fn of(reference: &str, commenter: &str, text: &str) -> WriteComment {
    WriteComment { reference: reference.to_owned(), commenter: Commenter(commenter.to_owned()), text: text.to_owned() }
}

async fn write(world: &World, id: PublicationId, reference: &str, text: &str) -> Result<CommentRecord, AppError> {
    world.commenting.write(id, vec![of(reference, "reader-7", text)]).await?.remove(0)
}

async fn act(world: &World, id: CommentId, action: OwnerAction) -> CommentRecord {
    world.tools.act(id, action, &samples::platform()).await.unwrap()
}

fn refusal<T: std::fmt::Debug>(answer: Result<T, AppError>) -> CommentRefusal {
    match answer {
        Err(AppError::Comment(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn comments_are_off_until_an_assessment_is_on_record_and_off_again_when_it_ends_r12_1() {
    let (mut world, _, id) = open(Delivery::InOrder).await;
    let assessed = samples::assessment();
    let lead = samples::reviewer("lead");
    write(&world, id, "c-1", PLAIN).await.unwrap();

    let closed = World::new(Delivery::InOrder);
    closed.twins.publications.put(world.twins.publications.all().remove(0));
    closed.twins.accounts.put(world.twins.accounts.all().remove(0));
    assert_eq!(refusal(write(&closed, id, "c-1", PLAIN).await), CommentRefusal::NotAssessed);
    closed.assessing.register(assessed.clone(), &lead).await.unwrap();
    write(&closed, id, "c-1", PLAIN).await.unwrap();

    world.twins.clock.set(assessed.valid_until);
    assert_eq!(refusal(write(&world, id, "c-2", PLAIN).await), CommentRefusal::NotAssessed, "it has run out");
    write(&world, id, "c-1", PLAIN).await.expect("what was taken before is answered as it was");

    closed.twins.clock.set(samples::NOON + SignedDuration::from_hours(1));
    let on_record = closed.assessing.all().await.unwrap().assessments.remove(0);
    closed.assessing.withdraw(on_record.assessment_id, "功能有重大变更", &lead).await.unwrap();
    assert_eq!(refusal(write(&closed, id, "c-2", PLAIN).await), CommentRefusal::NotAssessed, "it was withdrawn");

    world.pump().await;
    let kinds: BTreeSet<String> = world.twins.content_log.records().into_iter().map(|record| record.kind).collect();
    assert!(kinds.contains("assessment_registered") && kinds.contains("comment"), "{kinds:?}");
}

#[tokio::test]
async fn a_comment_is_answered_with_its_verdict_and_is_in_the_log_once() {
    for delivery in [Delivery::InOrder, Delivery::Reversed, Delivery::Doubled] {
        let (mut world, account_id, id) = open(delivery).await;
        let items = vec![of("c-1", "a", PLAIN), of("c-2", "b", HELD), of("c-3", "c", "来玩百家乐，首存送彩金")];
        for _ in 0..2 {
            let answers = world.commenting.write(id, items.clone()).await.unwrap();
            let effects: Vec<(Effect, bool)> = answers
                .into_iter()
                .map(|answer| answer.map(|record| (record.verdict.effect, record.comment.is_shown())).unwrap())
                .collect();
            assert_eq!(effects, [(Effect::Pass, true), (Effect::Hold, false), (Effect::Reject, false)]);
        }
        world.pump().await;
        let records = world.twins.content_log.records();
        let of_comments = records.iter().filter(|record| record.kind == "comment");
        let names: BTreeSet<_> = of_comments.map(|record| (record.record_id, record.account_id)).collect();
        assert_eq!(names.len(), 3, "{delivery:?}");
        assert!(names.iter().all(|(_, of)| *of == Some(account_id)));
        assert_eq!(world.twins.cases.all_cases().len(), 1, "one case, though it was written twice");
        let other = write(&world, id, "c-1", "换了说法").await.unwrap_err();
        assert!(matches!(other, AppError::ReferenceReused));
    }
}

#[tokio::test]
async fn a_held_comment_is_shown_or_taken_away_as_a_person_decides() {
    for (action, status, told) in [
        (Action::Approve, CommentStatus::Published, "comment.approved"),
        (Action::Refuse, CommentStatus::Rejected, "comment.refused"),
    ] {
        let (mut world, _, id) = open(Delivery::Doubled).await;
        write(&world, id, "c-1", HELD).await.unwrap();
        world.pump().await;
        let case = world.twins.cases.all_cases().remove(0);
        assert_eq!((&case.matter, case.queue.as_str()), (&Matter::Content { edition: 1 }, "content"));
        let reviewer = samples::reviewer("li");
        let view = world.cases.read(case.case_id, &reviewer).await.unwrap();
        let Some(SubjectView::Comment(seen)) = view.subject else { panic!("no comment to look at") };
        assert_eq!((seen.text.as_str(), seen.commenter.0.as_str()), (HELD, "reader-7"));
        let version = world.cases.claim(case.case_id, &reviewer).await.unwrap().version;
        let mut command = ruling(5, version, action);
        command.policies = vec!["spam".to_owned()];
        world.cases.decide(case.case_id, &reviewer, command).await.unwrap();
        world.pump().await;
        let comment = world.twins.comments.all().remove(0).comment;
        assert_eq!((comment.status, comment.version), (status, 2));
        assert_eq!(comment.settlement.unwrap().statement.is_some(), action == Action::Refuse);
        assert!(world.twins.webhook.messages().iter().any(|message| message.body.contains(told)));
    }
}

#[tokio::test]
async fn a_comment_may_be_complained_about_and_is_removed_with_reasons() {
    let (mut world, account_id, id) = open(Delivery::Doubled).await;
    let comment = write(&world, id, "c-1", PLAIN).await.unwrap().comment;
    world.complain(2, Subject::Comment(comment.comment_id)).await.unwrap();
    let unknown = Subject::Comment(CommentId::named(id, "nobody's"));
    assert!(matches!(world.complain(3, unknown).await, Err(AppError::SubjectNotFound)));
    world.pump().await;
    world.decide(4, Action::RemoveContent).await.unwrap();
    world.pump().await;
    let removed = world.twins.comments.all().remove(0).comment;
    assert!(!removed.is_shown());
    let statement = removed.settlement.unwrap().statement.unwrap();
    assert_eq!(statement.decision_visibility.as_deref(), Some("DECISION_VISIBILITY_CONTENT_REMOVED"));
    assert_eq!(world.twins.accounts.get(account_id).unwrap().enforcements, [], "nothing happens to the account");
}

#[tokio::test]
async fn a_publication_complained_about_can_be_removed_and_an_account_cannot() {
    let (mut world, account_id, id) = open(Delivery::Doubled).await;
    world.complain(2, Subject::Publication(id)).await.unwrap();
    world.pump().await;
    world.decide(3, Action::RemoveContent).await.unwrap();
    world.pump().await;
    let publication = world.twins.publications.all().remove(0).publication;
    assert_eq!((publication.shown_edition(), publication.version), (None, 2));
    assert_eq!(refusal(write(&world, id, "c-1", PLAIN).await), CommentRefusal::PublicationNotShown);
    world.complain(4, Subject::Account(account_id)).await.unwrap();
    world.pump().await;
    let about = |case: &domain::case::Case| case.subject == Subject::Account(account_id);
    let case = world.twins.cases.all_cases().into_iter().find(about).unwrap();
    assert!(world.decide_case(case.case_id, 5, Action::RemoveContent).await.is_err());
}

#[tokio::test]
async fn owners_hide_restore_and_block_and_all_of_it_is_on_record_r12_2() {
    let (mut world, account_id, id) = open(Delivery::InOrder).await;
    let comment_id = write(&world, id, "c-1", PLAIN).await.unwrap().comment.comment_id;
    for _ in 0..2 {
        assert!(!act(&world, comment_id, OwnerAction::Hide).await.comment.is_shown());
    }
    for _ in 0..2 {
        assert!(act(&world, comment_id, OwnerAction::Restore).await.comment.is_shown());
    }
    act(&world, comment_id, OwnerAction::BlockCommenter).await;
    assert_eq!(refusal(write(&world, id, "c-2", PLAIN).await), CommentRefusal::Blocked);
    let other = world.commenting.write(id, vec![of("c-3", "reader-8", PLAIN)]).await.unwrap().remove(0);
    other.expect("somebody else may");
    write(&world, id, "c-1", PLAIN).await.expect("what was taken before is answered as it was");
    act(&world, comment_id, OwnerAction::UnblockCommenter).await;
    write(&world, id, "c-2", PLAIN).await.unwrap();
    world.pump().await;
    for kind in ["comment_hidden", "comment_restored", "commenter_blocked", "commenter_unblocked"] {
        let records = world.twins.content_log.records();
        let of_kind: Vec<_> = records.iter().filter(|record| record.kind == kind).collect();
        assert_eq!(of_kind.len(), 1, "{kind}");
        assert_eq!(of_kind[0].account_id, Some(account_id));
    }
}

#[tokio::test]
async fn keywords_hide_in_every_disguise_and_closed_comments_are_closed_r12_2() {
    let (world, account_id, id) = open(Delivery::InOrder).await;
    let platform = samples::platform();
    let words: BTreeSet<String> = ["加群".to_owned(), "！".to_owned()].into();
    world.tools.set_rules(account_id, false, &words, &platform).await.unwrap();
    for (reference, text, hidden) in
        [("c-1", "欢迎加群交流", true), ("c-2", "欢迎 加・羣 交流", true), ("c-3", "真不错！", false)]
    {
        let comment = write(&world, id, reference, text).await.unwrap().comment;
        let by = comment.hidden.map(|hiding| hiding.by);
        assert_eq!(by, hidden.then_some(HiddenBy::Keyword), "{text}");
        assert_eq!(comment.status, CommentStatus::Published, "the engine has nothing against it");
    }
    let publication = world.tools.set_publication(id, true, &platform).await.unwrap().publication;
    assert!(publication.comments_closed);
    assert_eq!(refusal(write(&world, id, "c-4", PLAIN).await), CommentRefusal::Closed);
    world.tools.set_publication(id, false, &platform).await.unwrap();
    write(&world, id, "c-4", PLAIN).await.unwrap();
    world.tools.set_rules(account_id, true, &words, &platform).await.unwrap();
    assert_eq!(refusal(write(&world, id, "c-5", PLAIN).await), CommentRefusal::Closed);
}

#[tokio::test]
async fn the_depth_follows_the_accounts_grade_and_credit_r12_2() {
    let (world, account_id, id) = open(Delivery::InOrder).await;
    let mut settings = Settings { version: 2, ..Settings::default() };
    settings.comments.major_per_mille = 1_000;
    world.twins.settings.put_in_force(settings.clone());
    assert_eq!(write(&world, id, "c-1", PLAIN).await.unwrap().verdict.effect, Effect::Pass);
    let mut account = world.twins.accounts.get(account_id).unwrap();
    account.grade = Grade::Major;
    world.twins.accounts.put(account.clone());
    assert_eq!(write(&world, id, "c-2", PLAIN).await.unwrap().verdict.effect, Effect::Review);
    settings.comments.held_from = CreditLevel::B;
    world.twins.settings.put_in_force(settings.clone());
    let held = write(&world, id, "c-3", PLAIN).await.unwrap();
    assert_eq!((held.verdict.effect, held.comment.status), (Effect::Hold, CommentStatus::Held));
    settings.credit.b.comments = false;
    world.twins.settings.put_in_force(settings);
    assert_eq!(refusal(write(&world, id, "c-4", PLAIN).await), CommentRefusal::Standing);
    account.status = AccountStatus::Deregistering;
    world.twins.accounts.put(account);
    assert!(matches!(write(&world, id, "c-5", PLAIN).await, Err(AppError::AccountClosed { .. })));
}

#[tokio::test]
async fn nobody_comments_on_what_the_public_does_not_see() {
    let (world, account_id, id) = open(Delivery::InOrder).await;
    world.publish(account_id, &[("post-2", HELD)]).await.unwrap();
    let held = PublicationId::named(account_id, "post-2");
    assert_eq!(refusal(write(&world, held, "c-1", PLAIN).await), CommentRefusal::PublicationNotShown);
    let unknown = PublicationId::named(account_id, "post-3");
    assert!(matches!(write(&world, unknown, "c-1", PLAIN).await, Err(AppError::PublicationNotFound)));
    world.publishing.remove(id, RemovedBy::Holder, &samples::platform()).await.unwrap();
    assert_eq!(refusal(write(&world, id, "c-1", PLAIN).await), CommentRefusal::PublicationNotShown);
}

#[tokio::test]
async fn of_owners_actions_and_decisions_at_once_none_is_lost() {
    let (world, account_id, id) = open(Delivery::InOrder).await;
    let writers: Vec<WriteComment> = (0..20).map(|n| of(&format!("c-{n}"), &format!("u-{n}"), PLAIN)).collect();
    let written = world.commenting.write(id, writers).await.unwrap();
    let ids: Vec<CommentId> = written.into_iter().map(|answer| answer.unwrap().comment.comment_id).collect();
    join_all(ids.iter().map(|id| act(&world, *id, OwnerAction::BlockCommenter))).await;
    assert_eq!(world.tools.rules(account_id).await.unwrap().blocked.len(), 20);
    let first = ids[0];
    let both = futures::join!(act(&world, first, OwnerAction::Hide), act(&world, first, OwnerAction::Hide));
    assert_eq!((both.0.comment.version, both.1.comment.version), (2, 2));
}

#[tokio::test]
async fn a_crash_between_any_two_calls_of_a_comment_leaves_the_same_state() {
    let mut calm = World::new(Delivery::InOrder);
    story(&mut calm).await;
    let (calls, expected) = (calm.twins.faults.calls(), calm.lasting_state());
    assert_eq!(expected["comments"].len(), 2);
    for when in [When::Before, When::After] {
        for call in 1..=calls {
            let mut world = World::new(Delivery::InOrder);
            world.twins.faults.strike(call, when);
            story(&mut world).await;
            assert_eq!(world.lasting_state(), expected, "call {call} failed {when:?} its effect");
        }
    }
}

/// An assessment, a publication and two comments, one of which is held, approved and hidden: each tried until it works.
async fn story(world: &mut World) {
    let lead = samples::reviewer("lead");
    until_done(async || world.assessing.register(samples::assessment(), &lead).await).await;
    let account_id = until_done(async || world.register(1).await).await.account_id;
    world.pump().await;
    until_done(async || world.publish(account_id, &[("post-1", "明天有雨")]).await).await;
    let id = PublicationId::named(account_id, "post-1");
    until_done(async || write(world, id, "c-1", PLAIN).await).await;
    until_done(async || write(world, id, "c-2", HELD).await).await;
    world.pump().await;
    until_done(async || world.decide(5, Action::Approve).await).await;
    world.pump().await;
    let comment_id = CommentId::named(id, "c-2");
    let platform = samples::platform();
    until_done(async || world.tools.act(comment_id, OwnerAction::Hide, &platform).await).await;
    until_done(async || world.tools.act(comment_id, OwnerAction::BlockCommenter, &platform).await).await;
    world.pump().await;
}
