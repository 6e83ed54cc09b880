//! Legal holds (B1): what no sweep deletes, whatever its period says.

use std::sync::Arc;

use app::{
    holding::{HoldDesk, PlaceHold},
    ports::HoldPage,
};
use axum::{
    Json,
    extract::State,
    http::{StatusCode, header::LOCATION},
    response::IntoResponse,
};
use domain::{
    actor::Actor,
    id::{CaseId, HoldId},
    legal_hold::{HoldScope, LateFor, LegalHold, Release},
    principal::PrincipalKey,
    subject::{Subject, SubjectType},
};
use evidence::object::LogHour;
use garde::Validate;
use jiff::Timestamp;
use lambda::{
    http::{Caller, PathId, Routes, ValidJson, ValidQuery, legible_line, legible_text},
    idempotency::OperationId,
    openapi::{IdempotencyKeyRequired, ReadProblems, WriteProblems},
    problem::{Code, FieldCode, Problem},
    routes,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::Service;

pub(crate) fn routes() -> Routes<Service> {
    Routes::new().routes(routes!(place, list)).routes(routes!(show, release))
}

/// What is held.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum HoldScopeBody {
    /// Whatever names the account, publication or comment.
    Subject {
        #[garde(skip)]
        #[schema(value_type = HeldSubjectType)]
        subject_type: SubjectType,
        #[garde(length(chars, min = 1, max = 64))]
        #[schema(min_length = 1, max_length = 64, example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6")]
        subject_id: String,
    },
    /// Whatever names the case, and what it is about.
    Case {
        #[garde(skip)]
        #[schema(value_type = String, example = "case_01k9rq4w5nf0ysjv5p0d8yb3e6")]
        case_id: CaseId,
    },
    /// Whatever names an account of the principal, those included that it registers later.
    Principal {
        #[garde(length(chars, min = 1, max = 128))]
        #[schema(min_length = 1, max_length = 128)]
        principal_key: String,
    },
    /// Whatever was received from `from` on and before `until`.
    Period {
        #[garde(skip)]
        #[schema(value_type = String, format = DateTime)]
        from: Timestamp,
        #[garde(skip)]
        #[schema(value_type = String, format = DateTime)]
        until: Timestamp,
    },
}

impl HoldScopeBody {
    pub(crate) fn into_scope(self) -> Result<HoldScope, Problem> {
        let malformed = |at: &str| Problem::new(Code::InvalidBody).at(at, FieldCode::MalformedValue);
        Ok(match self {
            Self::Subject { subject_type, subject_id } => {
                let subject = Subject::parse(subject_type, &subject_id);
                HoldScope::Subject { subject: subject.map_err(|_| malformed("/scope/subject_id"))? }
            }
            Self::Case { case_id } => HoldScope::Case { case_id },
            Self::Principal { principal_key } => {
                let principal_key = principal_key.parse::<PrincipalKey>();
                HoldScope::Principal { principal_key: principal_key.map_err(|_| malformed("/scope/principal_key"))? }
            }
            Self::Period { from, until } => HoldScope::Period { from, until },
        })
    }
}

impl From<HoldScope> for HoldScopeBody {
    fn from(scope: HoldScope) -> Self {
        match scope {
            HoldScope::Subject { subject } => {
                Self::Subject { subject_type: subject.subject_type(), subject_id: subject.subject_id() }
            }
            HoldScope::Case { case_id } => Self::Case { case_id },
            HoldScope::Principal { principal_key } => Self::Principal { principal_key: principal_key.to_string() },
            HoldScope::Period { from, until } => Self::Period { from, until },
        }
    }
}

/// What is to be held, and who asks for it.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldRequest {
    #[garde(dive)]
    pub scope: HoldScopeBody,
    /// The order, request or law that asks for it.
    #[garde(length(chars, min = 1, max = 500), custom(legible_line))]
    #[schema(format = "legible-line", min_length = 1, max_length = 500, example = "（2026）京01民初1号")]
    pub legal_basis: String,
    #[garde(length(chars, min = 1, max = 2_000), custom(legible_text))]
    #[schema(format = "legible-text", min_length = 1, max_length = 2_000, example = "诉讼期间保全证据")]
    pub reason: String,
}

impl HoldRequest {
    fn into_command(self, operation_id: Uuid, actor: Actor) -> Result<PlaceHold, Problem> {
        let Self { scope, legal_basis, reason } = self;
        Ok(PlaceHold { operation_id, scope: scope.into_scope()?, legal_basis, reason, actor })
    }
}

/// Why a hold is released.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseRequest {
    #[garde(length(chars, min = 1, max = 2_000), custom(legible_text))]
    #[schema(format = "legible-text", min_length = 1, max_length = 2_000, example = "诉讼终结")]
    pub reason: String,
}

/// Which part of the list.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HoldListParams {
    #[serde(default = "fifty")]
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 50)]
    pub limit: usize,
    /// What the page before gave as `next_cursor`.
    #[garde(inner(length(chars, min = 1, max = 2_048)))]
    #[param(min_length = 1, max_length = 2_048)]
    pub cursor: Option<String>,
}

const fn fifty() -> usize {
    50
}

/// A hold.
#[derive(Serialize, ToSchema)]
pub struct HoldBody {
    pub hold_id: String,
    pub in_force: bool,
    pub scope: HoldScopeBody,
    /// The account whose records and sealed identity it keeps, where it is one's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    pub legal_basis: String,
    pub reason: String,
    /// IAM principal.
    pub placed_by: String,
    #[schema(value_type = String, format = DateTime)]
    pub placed_at: Timestamp,
    /// Log objects whose deletion was under way when the hold was placed: for them it came too late.
    pub late_for: Vec<LateForBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<ReleaseBody>,
}

/// Objects that were being deleted.
#[derive(Serialize, ToSchema)]
pub struct LateForBody {
    pub run_id: String,
    /// Keys in the bucket of the content log.
    pub objects: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub struct ReleaseBody {
    pub reason: String,
    /// IAM principal.
    pub released_by: String,
    #[schema(value_type = String, format = DateTime)]
    pub released_at: Timestamp,
}

/// A page of holds.
#[derive(Serialize, ToSchema)]
pub struct HoldsBody {
    pub holds: Vec<HoldBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl From<LegalHold> for HoldBody {
    fn from(hold: LegalHold) -> Self {
        Self {
            hold_id: hold.hold_id.to_string(),
            in_force: hold.is_in_force(),
            scope: hold.scope.into(),
            account_id: hold.account_id.map(|id| id.to_string()),
            legal_basis: hold.legal_basis,
            reason: hold.reason,
            placed_by: hold.placed_by.name().to_owned(),
            placed_at: hold.placed_at,
            late_for: hold.late_for.into_iter().map(Into::into).collect(),
            release: hold.release.map(Into::into),
        }
    }
}

impl From<LateFor> for LateForBody {
    fn from(late: LateFor) -> Self {
        let prefix = LogHour::of(late.hour).prefix();
        let objects = late.objects.into_iter().map(|name| format!("{prefix}{name}")).collect();
        Self { run_id: late.run_id.to_string(), objects }
    }
}

impl From<Release> for ReleaseBody {
    fn from(release: Release) -> Self {
        let Release { reason, released_by, released_at } = release;
        Self { reason, released_by: released_by.name().to_owned(), released_at }
    }
}

impl From<HoldPage> for HoldsBody {
    fn from(page: HoldPage) -> Self {
        Self { holds: page.holds.into_iter().map(Into::into).collect(), next_cursor: page.next }
    }
}

/// Place a legal hold
///
/// From then on no sweep deletes what is in its scope, written before or later, and no deregistration destroys the sealed
/// identity of its account. `late_for` names what was being deleted at that moment. 设立保全：范围内的记录不再删除。
#[utoipa::path(
    operation_id = "place_hold",
    post, path = "/v1/legal-holds", tag = "record", security(("sigv4" = [])),
    params(IdempotencyKeyRequired), request_body = HoldRequest,
    responses((status = 201, body = HoldBody, headers(("Location" = String))), WriteProblems)
)]
async fn place(
    State(desk): State<Arc<HoldDesk>>,
    Caller(actor): Caller,
    OperationId(operation_id): OperationId,
    ValidJson(request): ValidJson<HoldRequest>,
) -> Result<impl IntoResponse, Problem> {
    let hold = desk.place(request.into_command(operation_id, actor)?).await?;
    lambda::fact("hold.id", hold.hold_id.to_string());
    lambda::fact("hold.late", hold.late_for.len());
    let location = format!("/v1/legal-holds/{}", hold.hold_id);
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(HoldBody::from(hold))))
}

/// List the legal holds
///
/// All that were ever placed, the latest first. 列出全部保全，含已解除的。
#[utoipa::path(
    operation_id = "list_holds",
    get, path = "/v1/legal-holds", tag = "record", security(("sigv4" = [])), params(HoldListParams),
    responses((status = 200, body = HoldsBody), ReadProblems)
)]
async fn list(
    State(desk): State<Arc<HoldDesk>>,
    ValidQuery(params): ValidQuery<HoldListParams>,
) -> Result<Json<HoldsBody>, Problem> {
    Ok(Json(desk.list(params.limit, params.cursor.as_deref()).await?.into()))
}

/// Read a legal hold
///
/// Released ones too: the record of a hold outlives what it kept. 查询保全。
#[utoipa::path(
    operation_id = "get_hold",
    get, path = "/v1/legal-holds/{hold_id}", tag = "record", security(("sigv4" = [])),
    params(("hold_id" = String, Path, example = "hold_01k9rq4w5nf0ysjv5p0d8yb3e6")),
    responses((status = 200, body = HoldBody), ReadProblems)
)]
async fn show(State(desk): State<Arc<HoldDesk>>, PathId(hold_id): PathId<HoldId>) -> Result<Json<HoldBody>, Problem> {
    Ok(Json(desk.show(hold_id).await?.into()))
}

/// Release a legal hold
///
/// By another person than the one who placed it. What it kept goes with the next sweep, unless another hold keeps it.
/// 解除保全，须由设立者以外的人进行。
#[utoipa::path(
    operation_id = "release_hold",
    delete, path = "/v1/legal-holds/{hold_id}", tag = "record", security(("sigv4" = [])),
    params(("hold_id" = String, Path, example = "hold_01k9rq4w5nf0ysjv5p0d8yb3e6"), IdempotencyKeyRequired),
    request_body = ReleaseRequest, responses((status = 200, body = HoldBody), WriteProblems)
)]
async fn release(
    State(desk): State<Arc<HoldDesk>>,
    Caller(actor): Caller,
    PathId(hold_id): PathId<HoldId>,
    ValidJson(request): ValidJson<ReleaseRequest>,
) -> Result<Json<HoldBody>, Problem> {
    let hold = desk.release(hold_id, &request.reason, &actor).await?;
    lambda::fact("hold.id", hold_id.to_string());
    Ok(Json(hold.into()))
}

/// The words of the enumerations, for the API's description.
mod names {
    use utoipa::ToSchema;

    #[derive(ToSchema)]
    #[schema(rename_all = "snake_case", as = HeldSubjectType)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(super) enum HeldSubjectType {
        Account,
        Publication,
        Comment,
    }
}
use names::HeldSubjectType;
