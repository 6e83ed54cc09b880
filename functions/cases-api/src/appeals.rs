//! `POST /v1/appeals`: an account appeals a decision, by the platform (fairness rule 2).

use std::sync::Arc;

use app::appealing::{AppealDesk, FileAppeal};
use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use domain::{
    appeal::Appeal,
    case::Case,
    id::{AccountId, DecisionId},
};
use garde::Validate;
use jiff::Timestamp;
use lambda::{
    http::{Caller, ValidJson},
    idempotency::OperationId,
    openapi::{IdempotencyKeyRequired, WriteProblems},
    problem::Problem,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::wire::DecisionBody;

/// What an account says against a decision.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AppealRequest {
    #[garde(skip)]
    #[schema(value_type = String, example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6")]
    account_id: AccountId,
    /// As the statement of reasons came with it.
    #[garde(skip)]
    #[schema(value_type = String, example = "dec_01k9rq4w5nf0ysjv5p0d8yb3e6")]
    decision_id: DecisionId,
    /// Why the decision is wrong, in the account's words.
    #[garde(length(chars, min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000)]
    grounds: String,
}

/// That the appeal waits for somebody to decide it. The outcome comes by webhook: `appeal.decided`.
#[derive(Serialize, ToSchema)]
pub(crate) struct AppealFiledBody {
    case_id: String,
    account_id: String,
    decision_id: String,
    #[schema(value_type = String, format = DateTime)]
    filed_at: Timestamp,
    /// By when it is to be decided.
    #[schema(value_type = String, format = DateTime)]
    due_at: Timestamp,
}

/// An appeal as its judge reads it.
#[derive(Serialize, ToSchema)]
pub struct AppealBody {
    pub account_id: String,
    /// The decision that it is against.
    pub decision: DecisionBody,
    /// Why the decision is wrong, in the account's words.
    pub grounds: String,
    #[schema(value_type = String, format = DateTime)]
    pub filed_at: Timestamp,
}

impl From<Appeal> for AppealBody {
    fn from(appeal: Appeal) -> Self {
        let Appeal { account_id, decision, grounds, filed_at } = appeal;
        Self { account_id: account_id.to_string(), decision: decision.into(), grounds, filed_at }
    }
}

/// Appeal a decision
///
/// Once, within the period that the statement of reasons names; somebody else than the first decider judges it. The
/// decision stays in force until then. 对处置决定提出申诉：每项决定一次，由其他人员复核。
#[utoipa::path(
    operation_id = "file_appeal",
    post, path = "/v1/appeals", tag = "appeals", security(("sigv4" = [])),
    params(IdempotencyKeyRequired), request_body = AppealRequest,
    responses((status = 201, body = AppealFiledBody), WriteProblems)
)]
pub(crate) async fn file(
    State(desk): State<Arc<AppealDesk>>,
    Caller(actor): Caller,
    OperationId(operation_id): OperationId,
    ValidJson(request): ValidJson<AppealRequest>,
) -> Result<impl IntoResponse, Problem> {
    let AppealRequest { account_id, decision_id, grounds } = request;
    lambda::fact("decision.id", decision_id.to_string());
    let command = FileAppeal { operation_id, account_id, decision_id, grounds, actor };
    let Case { case_id, opened_at: filed_at, due_at, .. } = desk.file(command).await?;
    lambda::fact("case.id", case_id.to_string());
    let (account_id, decision_id) = (account_id.to_string(), decision_id.to_string());
    let body = AppealFiledBody { case_id: case_id.to_string(), account_id, decision_id, filed_at, due_at };
    Ok((StatusCode::CREATED, Json(body)))
}
