//! Security assessments, for the content safety lead (R12.1).

use std::sync::Arc;

use app::assessing::AssessmentDesk;
use axum::{
    Json,
    extract::State,
    http::{StatusCode, header::LOCATION},
    response::IntoResponse,
};
use domain::{
    assessment::{Assessment, InteractiveFunction, NewAssessment},
    id::AssessmentId,
};
use garde::Validate;
use jiff::Timestamp;
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
    Routes::new().routes(routes!(register, all)).routes(routes!(withdraw))
}

/// A security assessment.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssessmentRequest {
    /// `comments`.
    #[garde(skip)]
    #[schema(value_type = String, pattern = "^comments$", example = "comments")]
    function: InteractiveFunction,
    /// SHA-256 of the report, 64 lower-case hexadecimal digits. The report itself stays with the platform.
    #[garde(custom(lower_hex))]
    #[schema(pattern = "^[0-9a-f]{64}$")]
    document_sha256: String,
    /// The body that made it.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    assessor: String,
    #[garde(skip)]
    #[schema(value_type = String, format = DateTime)]
    assessed_at: Timestamp,
    /// The function is off from then on, unless another assessment counts.
    #[garde(skip)]
    #[schema(value_type = String, format = DateTime)]
    valid_until: Timestamp,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that garde asks for")]
fn lower_hex(text: &str, (): &()) -> garde::Result {
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if text.len() == 64 && text.bytes().all(is_hex) {
        return Ok(());
    }
    Err(garde::Error::new("is not 64 lower-case hexadecimal digits"))
}

/// Why an assessment counts no longer.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WithdrawalRequest {
    #[garde(length(chars, min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// A security assessment on record.
#[derive(Serialize, ToSchema)]
pub(crate) struct AssessmentBody {
    assessment_id: String,
    #[schema(value_type = String, example = "comments")]
    function: InteractiveFunction,
    document_sha256: String,
    assessor: String,
    #[schema(value_type = String, format = DateTime)]
    assessed_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    valid_until: Timestamp,
    /// IAM principal.
    registered_by: String,
    #[schema(value_type = String, format = DateTime)]
    registered_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    withdrawn_at: Option<Timestamp>,
    /// Whether it keeps the function on.
    counts: bool,
}

/// Every assessment that still says something.
#[derive(Serialize, ToSchema)]
pub(crate) struct AssessmentsBody {
    assessments: Vec<AssessmentBody>,
}

impl AssessmentBody {
    fn of(assessment: Assessment, now: Timestamp) -> Self {
        Self {
            counts: assessment.counts(now),
            assessment_id: assessment.assessment_id.to_string(),
            function: assessment.function,
            document_sha256: assessment.document_sha256,
            assessor: assessment.assessor,
            assessed_at: assessment.assessed_at,
            valid_until: assessment.valid_until,
            registered_by: assessment.registered_by.name().to_owned(),
            registered_at: assessment.registered_at,
            withdrawn_at: assessment.withdrawn_at,
        }
    }
}

/// Put a security assessment on record
///
/// From then on, within half a minute everywhere, the function is on, until the assessment has run out or is withdrawn
/// (R12.1). One document of one function is one assessment: registering it again changes nothing, with other facts it is a
/// problem; `Idempotency-Key` is not needed here. 登记安全评估：登记后相应互动功能方可使用。
#[utoipa::path(
    operation_id = "register_assessment",
    post, path = "/v1/assessments", tag = "assessments", security(("sigv4" = [])),
    request_body = AssessmentRequest,
    responses((status = 201, body = AssessmentBody, headers(("Location" = String))), WriteProblems)
)]
async fn register(
    State(desk): State<Arc<AssessmentDesk>>,
    Caller(actor): Caller,
    ValidJson(request): ValidJson<AssessmentRequest>,
) -> Result<impl IntoResponse, Problem> {
    let new = NewAssessment {
        function: request.function,
        document_sha256: request.document_sha256,
        assessor: request.assessor,
        assessed_at: request.assessed_at,
        valid_until: request.valid_until,
    };
    let assessment = desk.register(new, &actor).await?;
    lambda::fact("assessment.id", assessment.assessment_id.to_string());
    let location = format!("/v1/assessments/{}", assessment.assessment_id);
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(AssessmentBody::of(assessment, desk.clock.now()))))
}

/// List the security assessments
///
/// 查询安全评估登记。
#[utoipa::path(
    operation_id = "list_assessments",
    get, path = "/v1/assessments", tag = "assessments", security(("sigv4" = [])),
    responses((status = 200, body = AssessmentsBody), ReadProblems)
)]
async fn all(State(desk): State<Arc<AssessmentDesk>>) -> Result<Json<AssessmentsBody>, Problem> {
    let now = desk.clock.now();
    let register = desk.all().await?;
    let assessments = register.assessments.into_iter().map(|it| AssessmentBody::of(it, now)).collect();
    Ok(Json(AssessmentsBody { assessments }))
}

/// Withdraw a security assessment
///
/// The function is off within half a minute everywhere, unless another assessment counts; the record stays.
/// 撤回安全评估，记录保留。
#[utoipa::path(
    operation_id = "withdraw_assessment",
    delete, path = "/v1/assessments/{assessment_id}", tag = "assessments", security(("sigv4" = [])),
    params(("assessment_id" = String, Path)), request_body = WithdrawalRequest,
    responses((status = 200, body = AssessmentBody), WriteProblems)
)]
async fn withdraw(
    State(desk): State<Arc<AssessmentDesk>>,
    Caller(actor): Caller,
    PathId(assessment_id): PathId<AssessmentId>,
    ValidJson(request): ValidJson<WithdrawalRequest>,
) -> Result<Json<AssessmentBody>, Problem> {
    let assessment = desk.withdraw(assessment_id, &request.reason, &actor).await?;
    Ok(Json(AssessmentBody::of(assessment, desk.clock.now())))
}
