use app::ports::{CaseBoard, ComplaintShelf, SaveError};
use domain::{
    complaint::ComplaintFile,
    event::EventBody,
    id::{AccountId, CaseId, ComplaintId},
    qualification::EvidenceType,
    subject::Subject,
};

use super::Outbox;
use crate::samples::{self, NOON};

/// Runs every check.
pub async fn complaint_shelf(board: &dyn CaseBoard, shelf: &dyn ComplaintShelf, outbox: &dyn Outbox) {
    what_was_complained_of_is_kept_as_it_was(board, shelf).await;
    what_the_reporter_changes_is_stored_with_its_event_beside_what_triage_wrote(board, shelf, outbox).await;
    the_complaints_of_a_case_are_listed_page_by_page(board, shelf).await;
}

fn somebody() -> Subject {
    Subject::Account(AccountId::at(NOON))
}

async fn what_was_complained_of_is_kept_as_it_was(board: &dyn CaseBoard, shelf: &dyn ComplaintShelf) {
    let (complaint, snapshot) = (samples::complaint(somebody()), samples::snapshot());
    assert_eq!(shelf.snapshot(complaint.complaint_id).await.unwrap(), None);
    board.file(&complaint.clone().file(), &snapshot).await.unwrap();
    // A second try saw something else; the first one stands.
    board.file(&complaint.clone().file(), &samples::snapshot()).await.unwrap();
    assert_eq!(shelf.snapshot(complaint.complaint_id).await.unwrap(), Some(snapshot));
}

async fn what_the_reporter_changes_is_stored_with_its_event_beside_what_triage_wrote(
    board: &dyn CaseBoard,
    shelf: &dyn ComplaintShelf,
    outbox: &dyn Outbox,
) {
    let complaint = samples::complaint(somebody());
    board.file(&complaint.clone().file(), &samples::snapshot()).await.unwrap();
    let file = ComplaintFile { content_type: EvidenceType::Png, sha256: None, kept_at: None };
    let change = complaint.clone().announce(vec![file], NOON).unwrap();
    // Triage comes in between.
    let opened = samples::opening(&complaint, "default");
    board.open(&opened, Some(&complaint)).await.unwrap();
    shelf.save(&change).await.unwrap();
    let stored = board.complaint(complaint.complaint_id).await.unwrap().unwrap();
    assert_eq!((stored.case_id, stored.files.len(), stored.version), (Some(opened.state.case_id), 1, 2));
    assert!(matches!(shelf.save(&change).await, Err(SaveError::VersionConflict)));
    let kept = stored.keep_file(0, "a".repeat(64), NOON).unwrap();
    shelf.save(&kept).await.unwrap();
    let stored = board.complaint(complaint.complaint_id).await.unwrap().unwrap();
    assert_eq!(stored.files[0].kept_at, Some(NOON));
    let events = outbox.events_of(&complaint.complaint_id.to_string()).await;
    assert!(matches!(events.last().unwrap().body, EventBody::ComplaintEvidenceKept { file: 0, .. }), "{events:?}");
    assert_eq!(events.len(), 3);
}

async fn the_complaints_of_a_case_are_listed_page_by_page(board: &dyn CaseBoard, shelf: &dyn ComplaintShelf) {
    let subject = somebody();
    let mut ids: Vec<ComplaintId> = Vec::new();
    let mut case = None;
    for _ in 0..3 {
        let complaint = samples::complaint(subject);
        board.file(&complaint.clone().file(), &samples::snapshot()).await.unwrap();
        ids.push(complaint.complaint_id);
        case = Some(match case {
            None => {
                let opened = samples::opening(&complaint, "default");
                board.open(&opened, Some(&complaint)).await.unwrap();
                opened.state
            }
            Some(case) => {
                let joined = domain::case::Case::join(case, &complaint, domain::actor::Actor::Public, NOON);
                board.join(&joined, &complaint).await.unwrap();
                joined.state
            }
        });
    }
    ids.sort_by_key(ToString::to_string);
    let case_id = case.unwrap().case_id;
    let first = shelf.of_case(case_id, 2, None).await.unwrap();
    let of = |page: &app::ports::ComplaintPage| page.complaints.iter().map(|it| it.complaint_id).collect::<Vec<_>>();
    assert_eq!((of(&first).as_slice(), first.next), (&ids[..2], Some(ids[1])));
    let second = shelf.of_case(case_id, 2, first.next).await.unwrap();
    assert_eq!((of(&second).as_slice(), second.next), (&ids[2..], None));
    assert_eq!(of(&shelf.of_case(CaseId::at(NOON), 2, None).await.unwrap()), []);
}
