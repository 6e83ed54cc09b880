use app::ports::{NotePage, NoteShelf, PortError, SaveError};
use async_trait::async_trait;
use domain::{
    case::{Case, Note},
    change::Change,
    id::{CaseId, NoteId},
};

use crate::{
    Cases,
    cases::{case_pk, conflict},
    failure::failed,
    layout::{doc, key, put_first, text, with_doc},
    transaction::{put, transact},
};

const WHAT: &str = "note shelf";
const NOTE: &str = "NOTE#";

fn note_sk(note_id: NoteId) -> String {
    format!("{NOTE}{note_id}")
}

#[async_trait]
impl NoteShelf for Cases {
    async fn add(&self, change: &Change<Case>, note: &Note) -> Result<(), SaveError> {
        let mut writes = self.writes(change, None)?;
        let row = with_doc(WHAT, key(case_pk(note.case_id), note_sk(note.note_id)), note)?;
        writes.push(put(put_first(&self.table, row)));
        transact(&self.client, WHAT, writes).await.map_err(conflict)
    }

    async fn note(&self, case_id: CaseId, note_id: NoteId) -> Result<Option<Note>, PortError> {
        self.row(key(case_pk(case_id), note_sk(note_id))).await?.map(|item| doc(WHAT, item)).transpose()
    }

    async fn of_case(&self, case_id: CaseId, limit: usize, after: Option<NoteId>) -> Result<NotePage, PortError> {
        // One more than asked tells whether there is a next page.
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :case AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":case", text(case_pk(case_id)))
            // `$` sorts before every letter and digit, so that the note itself is left out.
            .expression_attribute_values(
                ":first",
                text(after.map_or(NOTE.to_owned(), |id| format!("{}$", note_sk(id)))),
            )
            .expression_attribute_values(":last", text(format!("{NOTE}~")))
            .consistent_read(true)
            .limit(i32::try_from(limit + 1).unwrap_or(i32::MAX));
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        let read = found.items.unwrap_or_default().into_iter().map(|item| doc(WHAT, item));
        let mut notes: Vec<Note> = read.collect::<Result<_, _>>()?;
        let more = notes.len() > limit;
        notes.truncate(limit);
        let next = notes.last().filter(|_| more).map(|last| last.note_id);
        Ok(NotePage { notes, next })
    }
}
