use app::ports::{NotePage, NoteShelf, PortError, SaveError};
use async_trait::async_trait;
use domain::{
    case::{Case, Note},
    change::Change,
    id::{CaseId, NoteId},
};

use crate::{MemoryCases, locked};

const WHAT: &str = "note shelf";

/// Notes lie beside the cases, in one table.
#[async_trait]
impl NoteShelf for MemoryCases {
    async fn add(&self, change: &Change<Case>, note: &Note) -> Result<(), SaveError> {
        self.faults.around(WHAT, || {
            let mut tables = locked(&self.tables);
            tables.must_follow(&change.state)?;
            tables.store(change, None);
            tables.notes.insert((note.case_id, note.note_id), note.clone());
            Ok(())
        })
    }

    async fn note(&self, case_id: CaseId, note_id: NoteId) -> Result<Option<Note>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.tables).notes.get(&(case_id, note_id)).cloned()))
    }

    async fn of_case(&self, case_id: CaseId, limit: usize, after: Option<NoteId>) -> Result<NotePage, PortError> {
        self.faults.around(WHAT, || {
            let tables = locked(&self.tables);
            let of_case = tables.notes.values().filter(|note| note.case_id == case_id);
            let mut notes: Vec<Note> =
                of_case.filter(|note| after.is_none_or(|after| note.note_id > after)).cloned().collect();
            let more = notes.len() > limit;
            notes.truncate(limit);
            let next = notes.last().filter(|_| more).map(|last| last.note_id);
            Ok(NotePage { notes, next })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        let twin = MemoryCases::default();
        contract::note_shelf(&twin, &twin, &twin).await;
    }
}
