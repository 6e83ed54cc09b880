use async_trait::async_trait;
use domain::{
    case::{Case, Note},
    change::Change,
    id::{CaseId, NoteId},
};

use super::{PortError, SaveError};

/// What reviewers write beside cases.
#[async_trait]
pub trait NoteShelf: Send + Sync {
    /// Stores the note with the case and its event, all or nothing. A conflict when the case's stored version is not the one
    /// before.
    async fn add(&self, change: &Change<Case>, note: &Note) -> Result<(), SaveError>;

    /// Strongly consistent.
    async fn note(&self, case_id: CaseId, note_id: NoteId) -> Result<Option<Note>, PortError>;

    /// The notes of the case that were written after `after`, the earliest first. Strongly consistent.
    async fn of_case(&self, case_id: CaseId, limit: usize, after: Option<NoteId>) -> Result<NotePage, PortError>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotePage {
    pub notes: Vec<Note>,
    /// After which note the next page begins; `None` on the last.
    pub next: Option<NoteId>,
}
