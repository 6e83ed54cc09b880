use app::ports::{CaseBoard, NoteShelf, SaveError};
use domain::{
    case::{Case, Matter, Note, Opening},
    change::Change,
    id::{AccountId, NoteId},
    subject::Subject,
};
use jiff::SignedDuration;

use super::Outbox;
use crate::samples::{self, NOON};

/// Runs every check.
pub async fn note_shelf(board: &dyn CaseBoard, shelf: &dyn NoteShelf, outbox: &dyn Outbox) {
    let (case, other) = (opened(board).await, opened(board).await);
    assert_eq!(shelf.of_case(case.case_id, 10, None).await.unwrap().notes, []);
    let mut notes = Vec::new();
    let mut at = case.clone();
    for minute in 0..3 {
        let (change, note) = noted(at, minute);
        shelf.add(&change, &note).await.unwrap();
        at = change.state;
        notes.push(note);
    }
    assert_eq!(board.case(case.case_id).await.unwrap(), Some(at.clone()), "each is a change of the case");
    assert_eq!(outbox.events_of(&case.case_id.to_string()).await.len(), 4);
    assert_eq!(shelf.note(case.case_id, notes[1].note_id).await.unwrap(), Some(notes[1].clone()));
    assert_eq!(shelf.note(other.case_id, notes[1].note_id).await.unwrap(), None);
    let first = shelf.of_case(case.case_id, 2, None).await.unwrap();
    assert_eq!((first.notes.as_slice(), first.next), (&notes[..2], Some(notes[1].note_id)));
    let second = shelf.of_case(case.case_id, 2, first.next).await.unwrap();
    assert_eq!((second.notes.as_slice(), second.next), (&notes[2..], None));

    let (stale, note) = noted(case, 9);
    assert!(matches!(shelf.add(&stale, &note).await, Err(SaveError::VersionConflict)));
    assert_eq!(shelf.note(note.case_id, note.note_id).await.unwrap(), None);
}

fn noted(case: Case, minute: i64) -> (Change<Case>, Note) {
    let now = NOON + SignedDuration::from_mins(minute);
    case.noted(NoteId::at(now), format!("第 {minute} 条"), samples::reviewer("li"), now)
}

async fn opened(board: &dyn CaseBoard) -> Case {
    let subject = Subject::Account(AccountId::at(NOON));
    let opening = Opening { subject, matter: Matter::Registration, due_at: NOON, complaint: None };
    let change = Case::open(opening, samples::platform(), NOON);
    board.open(&change, None).await.unwrap();
    change.state
}
