//! `GET|POST /v1/cases/{case_id}/notes`: what reviewers tell each other about a case.

use std::sync::Arc;

use app::{
    case_notes::{CaseNotes, WriteNote},
    ports::NotePage,
};
use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use domain::{
    case::Note,
    id::{CaseId, NoteId},
};
use garde::Validate;
use jiff::Timestamp;
use lambda::{
    http::{Caller, PathId, ValidJson, ValidQuery},
    idempotency::OperationId,
    openapi::{IdempotencyKeyRequired, ReadProblems, WriteProblems},
    problem::Problem,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What a reviewer writes for other reviewers.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoteRequest {
    /// No names or numbers of people: the note is kept in the clear.
    #[garde(length(chars, min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000)]
    text: String,
}

/// Which notes of the case to list.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct NoteParams {
    #[serde(default = "twenty")]
    #[garde(range(min = 1, max = 50))]
    #[param(minimum = 1, maximum = 50, default = 20)]
    limit: usize,
    /// What the page before gave as `next_after`.
    #[garde(skip)]
    #[param(value_type = Option<String>, pattern = "^note_[0-7][0-9a-hjkmnp-tv-z]{25}$")]
    after: Option<NoteId>,
}

const fn twenty() -> usize {
    20
}

/// Neither the account nor whoever complained reads it.
#[derive(Serialize, ToSchema)]
pub(crate) struct NoteBody {
    note_id: String,
    text: String,
    /// IAM principal.
    author: String,
    #[schema(value_type = String, format = DateTime)]
    written_at: Timestamp,
}

/// A page of notes, the earliest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct NotesBody {
    notes: Vec<NoteBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_after: Option<String>,
}

impl From<Note> for NoteBody {
    fn from(note: Note) -> Self {
        Self {
            note_id: note.note_id.to_string(),
            text: note.text,
            author: note.author.name().to_owned(),
            written_at: note.written_at,
        }
    }
}

impl From<NotePage> for NotesBody {
    fn from(page: NotePage) -> Self {
        Self { notes: page.notes.into_iter().map(Into::into).collect(), next_after: page.next.map(|id| id.to_string()) }
    }
}

/// Write a note beside a case
///
/// For other reviewers. It is a change of the case: a decision on the version before it is told that there is a newer one.
/// 添加内部备注：仅供审核人员查看。
#[utoipa::path(
    operation_id = "write_case_note",
    post, path = "/v1/cases/{case_id}/notes", tag = "cases", security(("sigv4" = [])),
    params(("case_id" = String, Path), IdempotencyKeyRequired), request_body = NoteRequest,
    responses((status = 201, body = NoteBody), WriteProblems)
)]
pub(crate) async fn write(
    State(notes): State<Arc<CaseNotes>>,
    Caller(author): Caller,
    PathId(case_id): PathId<CaseId>,
    OperationId(operation_id): OperationId,
    ValidJson(NoteRequest { text }): ValidJson<NoteRequest>,
) -> Result<impl IntoResponse, Problem> {
    lambda::fact("case.id", case_id.to_string());
    let note = notes.write(WriteNote { operation_id, case_id, text, author }).await?;
    Ok((StatusCode::CREATED, Json(NoteBody::from(note))))
}

/// List the notes of a case
///
/// 查看内部备注。
#[utoipa::path(
    operation_id = "list_case_notes",
    get, path = "/v1/cases/{case_id}/notes", tag = "cases", security(("sigv4" = [])),
    params(("case_id" = String, Path), NoteParams),
    responses((status = 200, body = NotesBody), ReadProblems)
)]
pub(crate) async fn list(
    State(notes): State<Arc<CaseNotes>>,
    PathId(case_id): PathId<CaseId>,
    ValidQuery(params): ValidQuery<NoteParams>,
) -> Result<Json<NotesBody>, Problem> {
    Ok(Json(notes.list(case_id, params.limit, params.after).await?.into()))
}
