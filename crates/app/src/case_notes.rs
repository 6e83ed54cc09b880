//! What reviewers tell each other about a case.

use std::sync::Arc;

use domain::{
    actor::Actor,
    case::Note,
    id::{CaseId, NoteId},
};
use uuid::Uuid;

use crate::{
    error::AppError,
    ports::{CaseBoard, Clock, NotePage, NoteShelf, SaveError},
};

/// A note meets a complaint that joins at the same moment; the second try reads the case as it is then.
const TRIES: usize = 3;

/// A note as its author writes it.
#[derive(Debug, Clone)]
pub struct WriteNote {
    /// Names the note; a second try of the same one meets the first.
    pub operation_id: Uuid,
    pub case_id: CaseId,
    pub text: String,
    pub author: Actor,
}

/// Takes and shows notes.
pub struct CaseNotes {
    pub board: Arc<dyn CaseBoard>,
    pub notes: Arc<dyn NoteShelf>,
    pub clock: Arc<dyn Clock>,
}

impl CaseNotes {
    /// # Errors
    /// When there is no such case, or a port does not work.
    pub async fn write(&self, command: WriteNote) -> Result<Note, AppError> {
        let (note_id, mut expected) = (NoteId::from_uuid(command.operation_id), 0);
        for _ in 0..TRIES {
            let (case, known) =
                futures::try_join!(self.board.case(command.case_id), self.notes.note(command.case_id, note_id))?;
            let case = case.ok_or(AppError::CaseNotFound)?;
            if let Some(known) = known {
                return Ok(known);
            }
            expected = case.version;
            let (change, note) = case.noted(note_id, command.text.clone(), command.author.clone(), self.clock.now());
            match self.notes.add(&change, &note).await {
                Ok(()) => return Ok(note),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    /// A page of them, the earliest first.
    ///
    /// # Errors
    /// When there is no such case, or a port does not work.
    pub async fn list(&self, case_id: CaseId, limit: usize, after: Option<NoteId>) -> Result<NotePage, AppError> {
        let (case, page) = futures::try_join!(self.board.case(case_id), self.notes.of_case(case_id, limit, after))?;
        case.map(|_| page).ok_or(AppError::CaseNotFound)
    }
}
