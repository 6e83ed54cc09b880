//! What becomes of a publication after it was published: edits and deletions, in every order (R2, R16.2).

use app::{casework::SubjectView, error::AppError, ports::PublicationRecord, publishing::Edit};
use domain::{
    case::{CaseState, Matter},
    complaint::ComplaintRefusal,
    decision::Action,
    event::EventBody,
    id::{AccountId, PublicationId},
    publication::{Declaration, Part, PublicationStatus, RemovedBy},
    settings::Settings,
    subject::Subject,
};
use evidence::record::LogRecord;
use futures::future::join_all;
use testkit::{When, samples};

use crate::world::{Delivery, World, ruling, until_done};

const HELD: &str = "长期收购微信号";
const PLAIN: &str = "明天有雨，记得带伞";
const OTHER: &str = "明天转晴";

fn parts(text: &str) -> Vec<Part> {
    vec![Part::Text { text: text.to_owned() }]
}

async fn published(world: &mut World, text: &str) -> (AccountId, PublicationId) {
    let account_id = world.register(1).await.unwrap().account_id;
    world.pump().await;
    world.publish(account_id, &[("post-1", text)]).await.unwrap();
    world.pump().await;
    (account_id, PublicationId::named(account_id, "post-1"))
}

async fn edit(world: &World, id: PublicationId, version: u64, text: &str) -> Result<PublicationRecord, AppError> {
    world
        .publishing
        .edit(Edit { publication_id: id, version, parts: parts(text), declared: vec![] }, &samples::platform())
        .await
}

async fn delete(world: &World, id: PublicationId) -> Result<PublicationRecord, AppError> {
    world.publishing.remove(id, RemovedBy::Holder, &samples::platform()).await
}

/// The records of the publication's editions that count, by number.
fn standing(world: &World) -> Vec<(u64, String)> {
    let records = world.twins.content_log.records();
    let mut editions = Vec::new();
    for edition in 1..10 {
        let copies: Vec<LogRecord> = records
            .iter()
            .filter(|record| record.kind == "publication" && record.data["edition"] == edition)
            .cloned()
            .collect();
        if let Some(record) = LogRecord::standing(&copies) {
            editions.push((edition, record.data["parts"][0]["text"].as_str().unwrap().to_owned()));
        }
    }
    editions
}

async fn refuse(world: &mut World, edition: u64, operation: u128) {
    let case = of_edition(world, edition);
    let reviewer = samples::reviewer("li");
    let version = world.cases.claim(case, &reviewer).await.unwrap().version;
    let mut command = ruling(operation, version, Action::Refuse);
    command.policies = vec!["spam".to_owned()];
    world.cases.decide(case, &reviewer, command).await.unwrap();
    world.pump().await;
}

fn of_edition(world: &World, edition: u64) -> domain::id::CaseId {
    let cases = world.twins.cases.all_cases();
    cases.iter().find(|case| case.matter == Matter::Content { edition }).expect("a case about the edition").case_id
}

#[tokio::test]
async fn every_edition_is_in_the_log_and_the_deletion_is_on_record_r16_2() {
    for delivery in [Delivery::InOrder, Delivery::Reversed, Delivery::Doubled] {
        let mut world = World::new(delivery);
        let (_, id) = published(&mut world, PLAIN).await;
        edit(&world, id, 1, OTHER).await.unwrap();
        let gone = delete(&world, id).await.unwrap();
        world.pump().await;
        assert_eq!((gone.publication.status, gone.publication.version), (PublicationStatus::Deleted, 3));
        assert_eq!(standing(&world), [(1, PLAIN.to_owned()), (2, OTHER.to_owned())], "{delivery:?}");
        let kinds: Vec<String> = world.twins.content_log.records().into_iter().map(|record| record.kind).collect();
        for kind in ["publication_edited", "publication_deleted"] {
            assert!(kinds.iter().any(|known| known == kind), "{kind} is not in the log");
        }
    }
}

#[tokio::test]
async fn a_held_edition_leaves_the_earlier_one_shown_until_a_person_approves_it() {
    for delivery in [Delivery::InOrder, Delivery::Reversed, Delivery::Doubled] {
        let mut world = World::new(delivery);
        let (_, id) = published(&mut world, PLAIN).await;
        let held = edit(&world, id, 1, HELD).await.unwrap().publication;
        assert_eq!((held.status, held.edition, held.shown_edition()), (PublicationStatus::Held, 2, Some(1)));
        world.pump().await;
        let case_id = of_edition(&world, 2);
        world.decide_case(case_id, 5, Action::Approve).await.unwrap();
        world.pump().await;
        let publication = world.twins.publications.all().remove(0).publication;
        assert_eq!((publication.shown_edition(), publication.version), (Some(2), 3), "{delivery:?}");
        assert_eq!(world.twins.cases.all_cases().len(), 1);
    }
}

#[tokio::test]
async fn a_decision_on_an_edition_that_is_gone_changes_nothing_and_one_on_the_shown_edition_takes_it_down() {
    let mut world = World::new(Delivery::Doubled);
    let (_, id) = published(&mut world, HELD).await;
    edit(&world, id, 1, PLAIN).await.unwrap();
    world.pump().await;
    refuse(&mut world, 1, 5).await;
    let publication = world.twins.publications.all().remove(0).publication;
    assert_eq!((publication.shown_edition(), publication.version), (Some(2), 2), "the refused edition was gone");

    edit(&world, id, 2, HELD).await.unwrap();
    world.pump().await;
    refuse(&mut world, 3, 6).await;
    let publication = world.twins.publications.all().remove(0).publication;
    assert_eq!((publication.status, publication.shown_edition()), (PublicationStatus::Rejected, Some(2)));
    let told = world.twins.webhook.messages();
    let told = told.iter().find(|message| message.body.contains("publication.refused")).expect("the platform is told");
    assert!(told.body.contains(r#""edition":3"#), "{}", told.body);
}

#[tokio::test]
async fn what_a_person_refused_does_not_come_back_by_changing_a_letter() {
    let mut world = World::new(Delivery::InOrder);
    let (_, id) = published(&mut world, HELD).await;
    refuse(&mut world, 1, 5).await;
    let next = edit(&world, id, 2, PLAIN).await.unwrap();
    assert_eq!(next.publication.status, PublicationStatus::Held);
    assert_eq!(next.verdict.findings.last().unwrap().rule, "edited-after-refusal");
    let after = edit(&world, id, 3, OTHER).await.unwrap();
    assert_eq!(after.publication.status, PublicationStatus::Held, "nor by changing it twice");
    world.pump().await;
    let case_id = of_edition(&world, 3);
    world.decide_case(case_id, 6, Action::Approve).await.unwrap();
    world.pump().await;
    let version = world.twins.publications.all().remove(0).publication.version;
    let free = edit(&world, id, version, PLAIN).await.unwrap();
    assert_eq!(free.publication.status, PublicationStatus::Published);
}

#[tokio::test]
async fn a_complaint_and_its_case_keep_what_was_edited_and_deleted() {
    let mut world = World::new(Delivery::InOrder);
    let (account_id, id) = published(&mut world, PLAIN).await;
    world.complain(2, Subject::Publication(id)).await.unwrap();
    edit(&world, id, 1, OTHER).await.unwrap();
    delete(&world, id).await.unwrap();
    world.pump().await;
    let late = world.complain(3, Subject::Publication(id)).await.unwrap_err();
    assert!(matches!(late, AppError::Complaint(ComplaintRefusal::SubjectRemoved)), "nobody sees it any more");
    let case = world.twins.cases.all_cases().remove(0);
    assert_eq!((case.state, case.complaint_count), (CaseState::Open, 1));
    let view = world.cases.read(case.case_id, &samples::reviewer("li")).await.unwrap();
    let Some(SubjectView::Publication { status, parts: latest, earlier, shown_edition, .. }) = view.subject else {
        panic!("the subject is gone")
    };
    assert_eq!((status, shown_edition, latest), (PublicationStatus::Deleted, None, parts(OTHER)));
    assert_eq!((earlier[0].edition, &earlier[0].parts), (1, &parts(PLAIN)));
    world.decide(4, Action::Warn).await.unwrap();
    world.pump().await;
    assert_eq!(world.twins.accounts.get(account_id).unwrap().enforcements.len(), 1);
}

#[tokio::test]
async fn retries_and_bad_orders_are_answered_with_what_stands() {
    let mut world = World::new(Delivery::InOrder);
    let (account_id, id) = published(&mut world, PLAIN).await;
    for _ in 0..2 {
        let record = edit(&world, id, 1, OTHER).await.unwrap();
        assert_eq!((record.publication.edition, record.publication.version), (2, 2));
    }
    // The publishing again, whose first answer was lost.
    world.publish(account_id, &[("post-1", PLAIN)]).await.unwrap();
    let reused = world.publish(account_id, &[("post-1", OTHER)]).await.unwrap_err();
    assert!(matches!(reused, AppError::ReferenceReused), "what it was edited to is not what was published");
    edit(&world, id, 2, PLAIN).await.unwrap();
    let late = edit(&world, id, 1, OTHER).await.unwrap_err();
    assert!(matches!(late, AppError::VersionConflict { expected: 1 }), "a retry after the next edit undoes nothing");
    for _ in 0..2 {
        assert_eq!(delete(&world, id).await.unwrap().publication.version, 4);
    }
    let gone = edit(&world, id, 4, OTHER).await.unwrap_err();
    assert!(matches!(gone, AppError::PublicationDeleted), "{gone:?}");
    world.publish(account_id, &[("post-1", PLAIN)]).await.expect("answered as it was, and not published again");
    world.pump().await;
    let publication = world.twins.publications.all().remove(0).publication;
    assert_eq!(publication.status, PublicationStatus::Deleted);
    assert_eq!(standing(&world), [(1, PLAIN.to_owned()), (2, OTHER.to_owned()), (3, PLAIN.to_owned())]);
}

#[tokio::test]
async fn of_edits_at_once_one_is_taken_and_the_others_are_told() {
    let mut world = World::new(Delivery::InOrder);
    let (_, id) = published(&mut world, PLAIN).await;
    let texts: Vec<String> = (0..20).map(|n| format!("第 {n} 版")).collect();
    let answers = join_all(texts.iter().map(|text| edit(&world, id, 1, text))).await;
    let taken: Vec<&PublicationRecord> = answers.iter().flatten().collect();
    assert_eq!(taken.len(), 1);
    assert!(answers.iter().all(|it| matches!(it, Ok(_) | Err(AppError::VersionConflict { expected: 1 }))));
    let (deleted, edited) = futures::join!(delete(&world, id), edit(&world, id, 2, OTHER));
    assert_eq!(deleted.unwrap().publication.status, PublicationStatus::Deleted, "{edited:?}");
    // The event says which record stands.
    world.pump().await;
    let events = world.twins.publications.events();
    let hash = &taken[0].publication.content_hash;
    assert!(events.iter().any(|event| matches!(
        &event.body, EventBody::PublicationEdited { edition: 2, content_hash, .. } if content_hash == hash
    )));
}

#[tokio::test]
async fn a_suspended_account_may_delete_and_not_edit_and_a_limit_counts_edits() {
    let mut world = World::new(Delivery::InOrder);
    let (account_id, id) = published(&mut world, PLAIN).await;
    let mut settings = Settings { version: 2, ..Settings::default() };
    settings.credit.b.publications_per_hour = Some(1);
    world.twins.settings.put_in_force(settings);
    edit(&world, id, 1, OTHER).await.unwrap();
    let refused = edit(&world, id, 2, PLAIN).await.unwrap_err();
    assert!(matches!(refused, AppError::RateExceeded { limit: 1, .. }), "{refused:?}");
    world.complain(2, Subject::Account(account_id)).await.unwrap();
    world.pump().await;
    world.decide(3, Action::SuspendUpdates { days: None }).await.unwrap();
    world.pump().await;
    let refused = edit(&world, id, 2, PLAIN).await.unwrap_err();
    assert!(matches!(refused, AppError::AccountSuspended { .. }), "{refused:?}");
    edit(&world, id, 1, OTHER).await.expect("what was taken in before is answered again");
    delete(&world, id).await.unwrap();
}

#[tokio::test]
async fn nobody_edits_their_way_to_news_without_a_licence_r8() {
    let mut world = World::new(Delivery::InOrder);
    let (account_id, id) = published(&mut world, PLAIN).await;
    let as_news = Edit { publication_id: id, version: 1, parts: parts(PLAIN), declared: vec![Declaration::News] };
    let refused = world.publishing.edit(as_news, &samples::platform()).await.unwrap_err();
    assert!(matches!(refused, AppError::NewsLicenceRequired(_)), "{refused:?}");
    world.publish(account_id, &[("post-1", PLAIN)]).await.expect("it is what it was");
}

/// A publication, its edits and its deletion, each tried again until it works.
async fn story(world: &mut World) {
    let account_id = until_done(async || world.register(1).await).await.account_id;
    world.pump().await;
    until_done(async || world.publish(account_id, &[("post-1", PLAIN)]).await).await;
    world.pump().await;
    let id = PublicationId::named(account_id, "post-1");
    until_done(async || edit(world, id, 1, HELD).await).await;
    world.pump().await;
    until_done(async || edit(world, id, 2, OTHER).await).await;
    until_done(async || delete(world, id).await).await;
    world.pump().await;
}

#[tokio::test]
async fn a_crash_between_any_two_calls_of_an_edit_leaves_the_same_state() {
    let mut calm = World::new(Delivery::InOrder);
    story(&mut calm).await;
    let (calls, expected, log) = (calm.twins.faults.calls(), calm.lasting_state(), standing(&calm));
    assert_eq!(log.len(), 3);
    for when in [When::Before, When::After] {
        for call in 1..=calls {
            let mut world = World::new(Delivery::InOrder);
            world.twins.faults.strike(call, when);
            story(&mut world).await;
            assert_eq!(world.lasting_state(), expected, "call {call} failed {when:?} its effect");
            assert_eq!(standing(&world), log, "call {call} failed {when:?} its effect");
        }
    }
}
