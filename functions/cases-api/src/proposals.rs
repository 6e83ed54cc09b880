//! `POST /v1/decisions/{decision_id}/approve|refuse`: the second person of a severe step (B8).

use std::sync::Arc;

use app::casework::{Agree, CaseDesk, Disagree};
use axum::{Json, extract::State};
use domain::id::DecisionId;
use garde::Validate;
use lambda::{
    http::{Caller, PathId, ValidJson, legible_text},
    openapi::{IdempotencyKeyRequired, WriteProblems},
    problem::Problem,
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::wire::CaseBody;

/// That the second person agrees.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApprovalRequest {
    /// The version of the case that was read.
    #[garde(skip)]
    version: u64,
}

/// That the second person does not.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProposalRefusalRequest {
    /// The version of the case that was read.
    #[garde(skip)]
    version: u64,
    /// Why, for reviewers alone.
    #[garde(length(chars, min = 1, max = 2_000), custom(legible_text))]
    #[schema(format = "legible-text", min_length = 1, max_length = 2_000)]
    reason: String,
}

/// Agree to a severe step
///
/// For the content safety lead, who is somebody else than whoever proposed it. From then on it is a decision, and whoever it
/// concerns can appeal it. 批准重大处置：须由提出人以外的内容安全负责人批准。
#[utoipa::path(
    operation_id = "approve_decision",
    post, path = "/v1/decisions/{decision_id}/approve", tag = "cases", security(("sigv4" = [])),
    params(("decision_id" = String, Path, example = "dec_01k9rq4w5nf0ysjv5p0d8yb3e6"), IdempotencyKeyRequired),
    request_body = ApprovalRequest, responses((status = 200, body = CaseBody), WriteProblems)
)]
pub(crate) async fn approve(
    State(desk): State<Arc<CaseDesk>>,
    Caller(second): Caller,
    PathId(decision_id): PathId<DecisionId>,
    ValidJson(request): ValidJson<ApprovalRequest>,
) -> Result<Json<CaseBody>, Problem> {
    lambda::fact("decision.id", decision_id.to_string());
    let case = desk.agree(Agree { decision_id, version: request.version, second }).await?;
    lambda::fact("case.id", case.case_id.to_string());
    Ok(Json(CaseBody::at(case, desk.clock.now())))
}

/// Do not agree to a severe step
///
/// The case is open again, and keeps what was proposed and why it was not agreed to. 退回重大处置。
#[utoipa::path(
    operation_id = "refuse_decision",
    post, path = "/v1/decisions/{decision_id}/refuse", tag = "cases", security(("sigv4" = [])),
    params(("decision_id" = String, Path), IdempotencyKeyRequired),
    request_body = ProposalRefusalRequest, responses((status = 200, body = CaseBody), WriteProblems)
)]
pub(crate) async fn refuse(
    State(desk): State<Arc<CaseDesk>>,
    Caller(second): Caller,
    PathId(decision_id): PathId<DecisionId>,
    ValidJson(request): ValidJson<ProposalRefusalRequest>,
) -> Result<Json<CaseBody>, Problem> {
    lambda::fact("decision.id", decision_id.to_string());
    let ProposalRefusalRequest { version, reason } = request;
    let case = desk.disagree(Disagree { decision_id, version, reason, second }).await?;
    lambda::fact("case.id", case.case_id.to_string());
    Ok(Json(CaseBody::at(case, desk.clock.now())))
}
