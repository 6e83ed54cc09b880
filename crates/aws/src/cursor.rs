//! Where the next page of a list of cases begins, as text that callers carry and cannot make sense of.

use std::collections::HashMap;

use data_encoding::BASE64URL_NOPAD;
use domain::{
    case::{Case, CaseOrder, CaseState},
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
    #[serde(default)]
    order: CaseOrder,
    /// When it is due, or as of when it ranks.
    at: Timestamp,
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

/// The place in that partition of one that is due, or ranks as of, `at`. Always nine decimals, so that text sorts as time does.
pub(crate) fn queue_sk(at: Timestamp, case_id: CaseId) -> String {
    format!("{at:.9}#{case_id}")
}

/// The index that lists in that order, and its sort key.
pub(crate) const fn index_of(order: CaseOrder) -> (&'static str, &'static str) {
    match order {
        CaseOrder::Due => ("queue-index", "queue_sk"),
        CaseOrder::Priority => ("priority-index", "priority_sk"),
    }
}

impl Cursor {
    pub(crate) fn after(case: &Case, order: CaseOrder) -> Self {
        let at = match order {
            CaseOrder::Due => case.due_at,
            CaseOrder::Priority => case.ranks_as_of(),
        };
        Self { queue: case.queue.clone(), state: case.state, order, at, case_id: case.case_id }
    }

    pub(crate) fn encode(&self) -> String {
        BASE64URL_NOPAD.encode(&serde_json::to_vec(self).unwrap_or_default())
    }

    pub(crate) fn decode(cursor: &str, queue: &str, state: CaseState, order: CaseOrder) -> Result<Self, CursorError> {
        let json = BASE64URL_NOPAD.decode(cursor.as_bytes()).map_err(|_| CursorError)?;
        let cursor: Self = serde_json::from_slice(&json).map_err(|_| CursorError)?;
        let is_of_list = cursor.queue == queue && cursor.state == state && cursor.order == order;
        if is_of_list { Ok(cursor) } else { Err(CursorError) }
    }

    /// The key after which the index goes on.
    pub(crate) fn key(&self) -> Item {
        HashMap::from([
            ("pk".to_owned(), text(format!("CASE#{}", self.case_id))),
            ("sk".to_owned(), text(crate::layout::STATE)),
            ("queue_pk".to_owned(), text(queue_pk(&self.queue, self.state))),
            (index_of(self.order).1.to_owned(), text(queue_sk(self.at, self.case_id))),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor() -> Cursor {
        let at = "2026-11-23T10:00:00Z".parse().unwrap();
        let (queue, order) = ("general".to_owned(), CaseOrder::Due);
        Cursor { queue, state: CaseState::Open, order, at, case_id: CaseId::at(at) }
    }

    #[test]
    fn a_cursor_comes_back_for_its_own_list_alone() {
        let text = cursor().encode();
        let decode = |queue, state, order| Cursor::decode(&text, queue, state, order);
        assert_eq!(decode("general", CaseState::Open, CaseOrder::Due), Ok(cursor_of(&text)));
        assert_eq!(decode("other", CaseState::Open, CaseOrder::Due), Err(CursorError));
        assert_eq!(decode("general", CaseState::Decided, CaseOrder::Due), Err(CursorError));
        assert_eq!(decode("general", CaseState::Open, CaseOrder::Priority), Err(CursorError));
    }

    fn cursor_of(text: &str) -> Cursor {
        serde_json::from_slice(&BASE64URL_NOPAD.decode(text.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for text in ["", "e30", "!", "null", "eyJxdWV1ZSI6ImEifQ"] {
            let decoded = Cursor::decode(text, "general", CaseState::Open, CaseOrder::Due);
            assert_eq!(decoded, Err(CursorError), "{text}");
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
