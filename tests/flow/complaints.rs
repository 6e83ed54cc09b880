//! What the public files, and what becomes of it whatever becomes of its subject (R15.2, B2).

use app::{
    case_complaints::CaseComplaints,
    complaints::{About, AnnouncedFile, FileComplaint, FileState, GivenRights},
    error::AppError,
    ports::{Clock, CommentShelf, ComplaintFilePlace, PublicationShelf},
    qualifying::EvidenceFault,
};
use domain::{
    account::Account,
    case::CaseState,
    complaint::{ComplaintRefusal, ComplaintStatus, Right, SnapshotContent, Standing},
    decision::Action,
    id::{ComplaintId, PublicationId},
    personal::Personal,
    publication::{Part, PublicationStatus},
    qualification::EvidenceType,
    subject::Subject,
};
use jiff::SignedDuration;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use testkit::samples::{self, NOON};

use crate::world::{Delivery, World, complaint, operation_id};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nscreenshot";

async fn account(world: &mut World, operation: u128) -> Account {
    let account = world.register(operation).await.unwrap();
    world.pump().await;
    account
}

/// An account with a publication that everybody sees.
async fn published(world: &mut World) -> (Account, PublicationId) {
    let account = account(world, 1).await;
    world.publish(account.account_id, &[("post-1", "明天有雨，记得带伞。")]).await.unwrap();
    world.pump().await;
    (account.clone(), PublicationId::named(account.account_id, "post-1"))
}

fn refusal(error: &AppError) -> &ComplaintRefusal {
    let AppError::Complaint(refusal) = error else { panic!("{error}") };
    refusal
}

fn reading(world: &World) -> CaseComplaints {
    CaseComplaints {
        board: world.twins.cases.clone(),
        complaints: world.twins.cases.clone(),
        evidence: world.twins.evidence.clone(),
        clock: Arc::new(world.twins.clock.clone()),
    }
}

async fn delete(world: &World, publication_id: PublicationId) {
    let mut record = world.twins.publications.load(publication_id).await.unwrap().unwrap();
    record.publication.status = PublicationStatus::Deleted;
    world.twins.publications.put(record);
}

#[tokio::test]
async fn deleting_the_post_does_not_defeat_the_complaint_b2() {
    let mut world = World::new(Delivery::Doubled);
    let (account, publication_id) = published(&mut world).await;
    let filed = world.complain(2, Subject::Publication(publication_id)).await.unwrap();
    world.pump().await;
    delete(&world, publication_id).await;
    let case_id = world.twins.cases.all_cases()[0].case_id;
    let page = reading(&world).list(case_id, 10, None).await.unwrap();
    let detail = reading(&world).read(case_id, page.complaints[0].complaint_id).await.unwrap();
    let snapshot = detail.snapshot.unwrap();
    assert_eq!((snapshot.taken_at, snapshot.account.account_id), (NOON, account.account_id));
    let Some(SnapshotContent::Publication { edition, parts, .. }) = snapshot.content else { panic!("no publication") };
    assert_eq!((edition, parts), (1, vec![Part::Text { text: "明天有雨，记得带伞。".to_owned() }]));
    world.decide(9, Action::Warn).await.unwrap();
    assert_eq!(world.complaints.status(&filed.receipt).await.unwrap().status, ComplaintStatus::Upheld);
}

#[tokio::test]
async fn a_retry_after_the_post_is_gone_is_answered_with_the_first_receipt() {
    let mut world = World::new(Delivery::InOrder);
    let (_, publication_id) = published(&mut world).await;
    let filed = world.complain(2, Subject::Publication(publication_id)).await.unwrap();
    delete(&world, publication_id).await;
    assert_eq!(world.complain(2, Subject::Publication(publication_id)).await.unwrap().receipt, filed.receipt);
    let late = world.complain(3, Subject::Publication(publication_id)).await.unwrap_err();
    assert_eq!(refusal(&late), &ComplaintRefusal::SubjectRemoved);
    assert_eq!(world.twins.cases.all_complaints().len(), 1);
}

#[tokio::test]
async fn what_the_public_never_saw_is_not_there_to_be_complained_of() {
    let mut world = World::new(Delivery::InOrder);
    let account = account(&mut world, 1).await;
    world.publish(account.account_id, &[("held", "长期收购微信号")]).await.unwrap();
    let held = Subject::Publication(PublicationId::named(account.account_id, "held"));
    assert!(matches!(world.complain(2, held).await.unwrap_err(), AppError::SubjectNotFound));
}

#[tokio::test]
async fn the_snapshot_is_of_the_edition_that_the_public_sees() {
    let mut world = World::new(Delivery::InOrder);
    let (_, publication_id) = published(&mut world).await;
    // An edit that is held: the public goes on seeing the first edition.
    let record = world.twins.publications.load(publication_id).await.unwrap().unwrap();
    let change = samples::edited(record.clone(), "长期收购微信号");
    let mut later = change.state.clone();
    later.publication.status = PublicationStatus::Held;
    later.publication.revisions.shown_before = Some(1);
    let change = domain::change::Change { state: later, event: change.event };
    world.twins.publications.save_edition(&change, &record).await.unwrap();
    world.complain(2, Subject::Publication(publication_id)).await.unwrap();
    let kept = world.twins.cases.snapshots();
    let Some(SnapshotContent::Publication { edition, parts, .. }) = &kept[0].content else { panic!("no publication") };
    assert_eq!((*edition, parts[0].words()), (1, Some("明天有雨，记得带伞。")));
}

#[tokio::test]
async fn a_comment_is_kept_with_its_account_and_gone_ones_are_refused() {
    let mut world = World::new(Delivery::InOrder);
    let (account, publication_id) = published(&mut world).await;
    let mut record = samples::comment(publication_id, "c-1", "加我微信返利");
    record.comment.account_id = account.account_id;
    let subject = Subject::Comment(record.comment.comment_id);
    world.twins.comments.put(record.clone());
    world.complain(2, subject).await.unwrap();
    let kept = world.twins.cases.snapshots();
    let Some(SnapshotContent::Comment { text, .. }) = &kept[0].content else { panic!("no comment") };
    assert_eq!(text, "加我微信返利");
    let stored = world.twins.comments.load(record.comment.comment_id).await.unwrap().unwrap();
    let mut removed = stored;
    removed.comment.status = domain::comment::CommentStatus::Rejected;
    removed.comment.settlement = Some(domain::publication::Settlement {
        decision_id: domain::id::DecisionId::at(NOON),
        decided_at: NOON,
        settled_at: NOON,
        statement: None,
        reverses_decision_id: None,
        before: None,
    });
    world.twins.comments.put(removed);
    assert_eq!(refusal(&world.complain(3, subject).await.unwrap_err()), &ComplaintRefusal::SubjectRemoved);
}

#[tokio::test]
async fn a_public_link_leads_to_the_subject_and_a_forged_one_nowhere() {
    let mut world = World::new(Delivery::InOrder);
    let (account, publication_id) = published(&mut world).await;
    let link =
        |host: &str| About::Link(format!("https://{host}/accounts/{}/posts/post-1?from=share", account.account_id));
    world.complaints.file(complaint(2, link("platform.example"))).await.unwrap();
    assert_eq!(world.twins.cases.all_complaints()[0].subject, Subject::Publication(publication_id));
    let forged = world.complaints.file(complaint(3, link("platform.example.evil.example"))).await.unwrap_err();
    assert_eq!(refusal(&forged), &ComplaintRefusal::LinkUnknown);
}

#[tokio::test]
async fn nobody_complains_of_their_own() {
    let mut world = World::new(Delivery::InOrder);
    let (account, publication_id) = published(&mut world).await;
    for (operation, subject) in [(2, Subject::Publication(publication_id)), (3, Subject::Account(account.account_id))] {
        let own = FileComplaint {
            reporter_account: Some(account.account_id),
            ..complaint(operation, About::Subject(subject))
        };
        assert_eq!(refusal(&world.complaints.file(own).await.unwrap_err()), &ComplaintRefusal::OwnContent);
    }
}

#[tokio::test]
async fn a_notice_of_infringement_names_the_holder_and_seals_the_name() {
    let mut world = World::new(Delivery::InOrder);
    let (_, publication_id) = published(&mut world).await;
    let rights = || GivenRights {
        holder: Personal::new("示例科技有限公司".to_owned()),
        right: Right::Copyright,
        standing: Standing::Owner,
        work: "照片，2026 年 3 月首发".to_owned(),
    };
    let about = || About::Subject(Subject::Publication(publication_id));
    let notice = FileComplaint { reason: "infringement".to_owned(), rights: Some(rights()), ..complaint(2, about()) };
    world.complaints.file(notice.clone()).await.unwrap();
    let stored = serde_json::to_string(&world.twins.cases.all_complaints()[0]).unwrap();
    assert!(stored.contains("首发") && !stored.contains("示例科技"), "{stored}");
    assert_eq!(world.twins.cases.all_complaints()[0].policy, "infringement");

    let without = FileComplaint { operation_id: operation_id(3), rights: None, ..notice.clone() };
    assert_eq!(refusal(&world.complaints.file(without).await.unwrap_err()), &ComplaintRefusal::RightsHolderRequired);
    let unreachable = FileComplaint { operation_id: operation_id(4), contact: None, ..notice };
    assert_eq!(
        refusal(&world.complaints.file(unreachable).await.unwrap_err()),
        &ComplaintRefusal::RightsHolderRequired
    );
    let needless = FileComplaint { rights: Some(rights()), ..complaint(5, about()) };
    assert_eq!(refusal(&world.complaints.file(needless).await.unwrap_err()), &ComplaintRefusal::RightsHolderNotAsked);
    let unknown = FileComplaint { reason: "bad-manners".to_owned(), ..complaint(6, about()) };
    assert_eq!(refusal(&world.complaints.file(unknown).await.unwrap_err()), &ComplaintRefusal::ReasonUnknown);
}

#[tokio::test]
async fn evidence_comes_by_form_is_held_against_what_was_announced_and_reaches_the_reviewer() {
    let mut world = World::new(Delivery::InOrder);
    let account = account(&mut world, 1).await;
    let sha256 = data_encoding::HEXLOWER.encode(&Sha256::digest(PNG));
    let png = AnnouncedFile { content_type: EvidenceType::Png, sha256: Some(sha256) };
    let pdf = AnnouncedFile { content_type: EvidenceType::Pdf, sha256: None };
    let about = About::Subject(Subject::Account(account.account_id));
    let filed = world.complaints.file(FileComplaint { files: vec![png], ..complaint(2, about) }).await.unwrap();
    assert_eq!(filed.forms.len(), 1);
    world.pump().await;
    let complaint_id = ComplaintId::of_operation(operation_id(2));
    let place = |file| ComplaintFilePlace { complaint_id, file };

    let states = world.complaints.evidence(&filed.receipt, vec![]).await.unwrap();
    assert!(matches!(states.as_slice(), [FileState::Awaited(_)]), "nothing has come");
    world.twins.evidence.upload(place(0), b"\x89PNG\r\n\x1a\nanother");
    let other = world.complaints.evidence(&filed.receipt, vec![]).await.unwrap_err();
    assert!(matches!(other, AppError::EvidenceMismatch(EvidenceFault::WrongChecksum)));
    world.twins.evidence.upload(place(0), PNG);
    let states = world.complaints.evidence(&filed.receipt, vec![pdf.clone()]).await.unwrap();
    assert!(matches!(states.as_slice(), [FileState::Kept, FileState::Awaited(_)]));
    world.twins.evidence.upload(place(1), b"<html>");
    let wrong = world.complaints.evidence(&filed.receipt, vec![]).await.unwrap_err();
    assert!(matches!(wrong, AppError::EvidenceMismatch(EvidenceFault::WrongType)));
    world.twins.evidence.upload(place(1), b"%PDF-1.7");
    for _ in 0..2 {
        let states = world.complaints.evidence(&filed.receipt, vec![]).await.unwrap();
        assert_eq!(states, [FileState::Kept, FileState::Kept]);
    }
    let many = world.complaints.evidence(&filed.receipt, vec![pdf; 4]).await.unwrap_err();
    assert_eq!(refusal(&many), &ComplaintRefusal::TooManyFiles);

    let case = world.twins.cases.all_cases().remove(0);
    let detail = reading(&world).read(case.case_id, complaint_id).await.unwrap();
    assert_eq!(detail.files.len(), 2);
    assert!(detail.files[0].1.contains(&complaint_id.to_string()));
    assert_eq!(world.complaints.status(&filed.receipt).await.unwrap().files, (2, 2));

    world.decide(9, Action::NoAction).await.unwrap();
    assert_eq!(world.twins.cases.all_cases()[0].state, CaseState::Decided);
    let late = world.complaints.evidence(&filed.receipt, vec![]).await.unwrap_err();
    assert_eq!(refusal(&late), &ComplaintRefusal::EvidenceClosed);
}

#[tokio::test]
async fn evidence_is_not_taken_for_ever() {
    let mut world = World::new(Delivery::InOrder);
    let account = account(&mut world, 1).await;
    let filed = world.complain(2, Subject::Account(account.account_id)).await.unwrap();
    world.twins.clock.set(world.twins.clock.now() + SignedDuration::from_hours(72));
    let late = world.complaints.evidence(&filed.receipt, vec![]).await.unwrap_err();
    assert_eq!(refusal(&late), &ComplaintRefusal::EvidenceClosed);
}

#[tokio::test]
async fn a_complaint_takes_three_round_trips_that_wait_for_one_another() {
    let mut world = World::new(Delivery::InOrder);
    let (_, publication_id) = published(&mut world).await;
    world.twins.faults.reset();
    world.complain(2, Subject::Publication(publication_id)).await.unwrap();
    // Settings are read twice a minute and the secret once a process; then the publication beside seal, counter and reporter,
    // its account, and the transaction.
    assert_eq!(
        world.twins.faults.calls(),
        8,
        "settings, secret; publication, seal, counter, reporter; account; complaint"
    );
}
