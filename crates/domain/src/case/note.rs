use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Case;
use crate::{
    actor::Actor,
    change::Change,
    event::EventBody,
    id::{CaseId, NoteId},
};

/// What a reviewer writes for other reviewers. Neither the account nor whoever complained reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub note_id: NoteId,
    pub case_id: CaseId,
    pub text: String,
    pub author: Actor,
    pub written_at: Timestamp,
}

impl Case {
    /// Notes `text` beside the case, whatever its state. It is a change of the case: whoever decides has read the notes before
    /// their version, or is told that there is another.
    #[must_use]
    pub fn noted(self, note_id: NoteId, text: String, author: Actor, now: Timestamp) -> (Change<Self>, Note) {
        let note = Note { note_id, case_id: self.case_id, text, author: author.clone(), written_at: now };
        let body = EventBody::CaseNoted { case_id: self.case_id, note_id };
        (self.changed(body, author, now), note)
    }
}
