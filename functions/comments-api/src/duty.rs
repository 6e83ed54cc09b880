//! How an account manages its comments, and what it says it has put right (R12.3).

use std::sync::Arc;

use app::comment_management::{CommentManagement, DutyView};
use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use domain::{enforcement::Enforcement, id::AccountId, statement::StatementOfReasons};
use garde::Validate;
use jiff::{Timestamp, civil::Date};
use lambda::{
    http::{Caller, PathId, Routes, ValidJson},
    openapi::{ReadProblems, WriteProblems},
    problem::Problem,
    routes,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Service;

pub(crate) fn routes() -> Routes<Service> {
    Routes::new().routes(routes!(duty)).routes(routes!(rectify))
}

/// What a holder says was put right.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RectificationRequest {
    /// For the reviewer to read.
    #[garde(length(chars, min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000)]
    statement: String,
}

/// How an account manages its comments.
#[derive(Serialize, ToSchema)]
pub(crate) struct DutyBody {
    /// The first day that counts, in Shanghai.
    #[schema(value_type = String, format = Date)]
    since: Date,
    /// Comments that the public saw and that a person took away.
    violating: u64,
    /// How many of them the account had not hidden.
    left_up: u64,
    left_up_percent: u64,
    mean_minutes: u64,
    /// What the settings ask for.
    least_violations: u32,
    most_left_up_percent: u8,
    most_hours_to_act: u16,
    /// That comments are taken from the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    restriction: Option<RestrictionBody>,
}

/// A measure that takes comments from an account.
#[derive(Serialize, ToSchema)]
pub(crate) struct RestrictionBody {
    enforcement_id: String,
    #[schema(value_type = String, format = DateTime)]
    starts_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<Timestamp>,
    /// When its holder said what was put right.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    rectified_at: Option<Timestamp>,
    /// In the field names of the DSA Transparency Database.
    #[schema(value_type = Object)]
    statement_of_reasons: StatementOfReasons,
}

impl From<Enforcement> for RestrictionBody {
    fn from(enforcement: Enforcement) -> Self {
        Self {
            enforcement_id: enforcement.enforcement_id.to_string(),
            starts_at: enforcement.starts_at,
            ends_at: enforcement.ends_at,
            rectified_at: enforcement.rectification.map(|it| it.reported_at),
            statement_of_reasons: enforcement.statement,
        }
    }
}

impl From<DutyView> for DutyBody {
    fn from(view: DutyView) -> Self {
        Self {
            since: view.since,
            violating: view.measure.violating,
            left_up: view.measure.left_up,
            left_up_percent: view.measure.left_up_percent(),
            mean_minutes: view.measure.mean_minutes(),
            least_violations: view.rules.least_violations,
            most_left_up_percent: view.rules.most_left_up_percent,
            most_hours_to_act: view.rules.most_hours_to_act,
            restriction: view.restriction.map(Into::into),
        }
    }
}

/// Read how an account manages its comments
///
/// Measured from recorded facts: of the comments that a person took away, how many the account had left up, and how long they
/// were there. Beyond what the settings ask for, comments are taken from the account (R12.3). 查询账号的评论管理情况。
#[utoipa::path(
    operation_id = "get_comment_duty",
    get, path = "/v1/accounts/{account_id}/comment-duty", tag = "comments", security(("sigv4" = [])),
    params(("account_id" = String, Path, example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6")),
    responses((status = 200, body = DutyBody), ReadProblems)
)]
async fn duty(
    State(management): State<Arc<CommentManagement>>,
    PathId(account_id): PathId<AccountId>,
) -> Result<Json<DutyBody>, Problem> {
    Ok(Json(management.duty(account_id).await?.into()))
}

/// Say what was put right
///
/// A person looks at it and lifts the restriction of comments, or lets it stand until its end. The same statement again changes
/// nothing; `Idempotency-Key` is not needed here. 提交评论管理整改说明，由人工审核后解除限制。
#[utoipa::path(
    operation_id = "report_rectification",
    post, path = "/v1/accounts/{account_id}/comment-duty/rectification", tag = "comments", security(("sigv4" = [])),
    params(("account_id" = String, Path, example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6")),
    request_body = RectificationRequest,
    responses((status = 202, body = RestrictionBody), WriteProblems)
)]
async fn rectify(
    State(management): State<Arc<CommentManagement>>,
    Caller(actor): Caller,
    PathId(account_id): PathId<AccountId>,
    ValidJson(request): ValidJson<RectificationRequest>,
) -> Result<impl IntoResponse, Problem> {
    let restriction = management.rectify(account_id, &request.statement, &actor).await?;
    lambda::fact("account.id", account_id.to_string());
    Ok((StatusCode::ACCEPTED, Json(RestrictionBody::from(restriction))))
}
