//! Where the next page of a list of cases begins, as text that callers carry and cannot make sense of.

use std::collections::HashMap;

use data_encoding::BASE64URL_NOPAD;
use domain::{
    case::{Case, CaseState},
    id::CaseId,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::layout::{Item, text};

/// The last case of a page and the list that the page is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cursor {
    queue: String,
    state: CaseState,
    due_at: Timestamp,
    case_id: CaseId,
}

/// The text is no cursor of that list.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is not one that a page of this list gave")]
pub(crate) struct CursorError;

/// The partition of the index that lists the cases of `queue` in `state`.
pub(crate) fn queue_pk(queue: &str, state: CaseState) -> String {
    let state = match state {
        CaseState::Open => "open",
        CaseState::AwaitingApproval => "awaiting_approval",
        CaseState::Decided => "decided",
    };
    format!("{queue}#{state}")
}

/// The place in that partition. Always nine decimals, so that text sorts as time does.
pub(crate) fn queue_sk(due_at: Timestamp, case_id: CaseId) -> String {
    format!("{due_at:.9}#{case_id}")
}

impl Cursor {
    pub(crate) fn after(case: &Case) -> Self {
        Self { queue: case.queue.clone(), state: case.state, due_at: case.due_at, case_id: case.case_id }
    }

    pub(crate) fn encode(&self) -> String {
        BASE64URL_NOPAD.encode(&serde_json::to_vec(self).unwrap_or_default())
    }

    pub(crate) fn decode(cursor: &str, queue: &str, state: CaseState) -> Result<Self, CursorError> {
        let json = BASE64URL_NOPAD.decode(cursor.as_bytes()).map_err(|_| CursorError)?;
        let cursor: Self = serde_json::from_slice(&json).map_err(|_| CursorError)?;
        if cursor.queue == queue && cursor.state == state { Ok(cursor) } else { Err(CursorError) }
    }

    /// The key after which the index goes on.
    pub(crate) fn key(&self) -> Item {
        HashMap::from([
            ("pk".to_owned(), text(format!("CASE#{}", self.case_id))),
            ("sk".to_owned(), text(crate::layout::STATE)),
            ("queue_pk".to_owned(), text(queue_pk(&self.queue, self.state))),
            ("queue_sk".to_owned(), text(queue_sk(self.due_at, self.case_id))),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor() -> Cursor {
        let at = "2026-11-23T10:00:00Z".parse().unwrap();
        Cursor { queue: "general".to_owned(), state: CaseState::Open, due_at: at, case_id: CaseId::at(at) }
    }

    #[test]
    fn a_cursor_comes_back_for_its_own_list_alone() {
        let text = cursor().encode();
        assert_eq!(Cursor::decode(&text, "general", CaseState::Open), Ok(cursor_of(&text)));
        assert_eq!(Cursor::decode(&text, "other", CaseState::Open), Err(CursorError));
        assert_eq!(Cursor::decode(&text, "general", CaseState::Decided), Err(CursorError));
    }

    fn cursor_of(text: &str) -> Cursor {
        serde_json::from_slice(&BASE64URL_NOPAD.decode(text.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for text in ["", "e30", "!", "null", "eyJxdWV1ZSI6ImEifQ"] {
            assert_eq!(Cursor::decode(text, "general", CaseState::Open), Err(CursorError), "{text}");
        }
    }

    #[test]
    fn places_sort_as_time_does() {
        let id = CaseId::at(Timestamp::UNIX_EPOCH);
        let whole = queue_sk("2026-11-23T10:00:00Z".parse().unwrap(), id);
        let half = queue_sk("2026-11-23T10:00:00.5Z".parse().unwrap(), id);
        assert!(whole < half);
    }
}
