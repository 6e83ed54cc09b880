//! `/v1/accounts/{account_id}/qualifications`: what an account is licensed for (R7.1, R8).

pub(crate) mod wire;

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header::LOCATION},
    response::IntoResponse,
};
use domain::id::{AccountId, QualificationId};
use lambda::{
    http::{Caller, PathId, PathIds, Routes, ValidJson},
    idempotency::OperationId,
    openapi::{IdempotencyKeyRequired, ReadProblems, WriteProblems},
    problem::Problem,
    routes,
};

use self::wire::{
    QualificationBody, QualificationRequest, QualificationsBody, RegisteredQualificationBody, RevocationRequest,
    UploadFormBody,
};
use crate::Service;

pub(crate) fn routes() -> Routes<Arc<Service>> {
    Routes::new().routes(routes!(register, list)).routes(routes!(form)).routes(routes!(confirm)).routes(routes!(revoke))
}

/// Register a qualification
///
/// A news licence, or one of the professional kinds of the settings. The answer holds a form: send its fields and, as the
/// last one, `file` by POST as `multipart/form-data` to its address. The store takes that file alone: of that type, at most
/// so large, with that checksum. Then confirm it. 登记资质；按返回的表单直接上传文件。
#[utoipa::path(
    operation_id = "register_qualification",
    post, path = "/v1/accounts/{account_id}/qualifications", tag = "accounts", security(("sigv4" = [])),
    params(("account_id" = String, Path, example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6"), IdempotencyKeyRequired),
    request_body = QualificationRequest,
    responses((status = 201, body = RegisteredQualificationBody, headers(("Location" = String))), WriteProblems)
)]
async fn register(
    State(service): State<Arc<Service>>,
    PathId(account_id): PathId<AccountId>,
    Caller(actor): Caller,
    OperationId(operation_id): OperationId,
    ValidJson(request): ValidJson<QualificationRequest>,
) -> Result<impl IntoResponse, Problem> {
    let command = request.into_command(operation_id, account_id, actor);
    let (qualification, form) = service.qualifications.register(command).await?;
    lambda::fact("account.id", account_id.to_string());
    lambda::fact("qualification.id", qualification.qualification_id.to_string());
    let location = format!("/v1/accounts/{account_id}/qualifications");
    let body = RegisteredQualificationBody {
        qualification: QualificationBody::of(&qualification, service.clock.now()),
        upload: form.into(),
    };
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(body)))
}

/// List the qualifications of an account
///
/// The earliest first, each as it stands at this moment. 查询账号资质。
#[utoipa::path(
    operation_id = "list_qualifications",
    get, path = "/v1/accounts/{account_id}/qualifications", tag = "accounts", security(("sigv4" = [])),
    params(("account_id" = String, Path, example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6")),
    responses((status = 200, body = QualificationsBody), ReadProblems)
)]
async fn list(
    State(service): State<Arc<Service>>,
    PathId(account_id): PathId<AccountId>,
) -> Result<Json<QualificationsBody>, Problem> {
    let account = service.registration.account(account_id).await?;
    let now = service.clock.now();
    let qualifications = account.qualifications.iter().map(|known| QualificationBody::of(known, now)).collect();
    Ok(Json(QualificationsBody { qualifications }))
}

/// Ask for another upload form
///
/// While the qualification waits for its document; forms close after some minutes. 重新获取上传表单。
#[utoipa::path(
    operation_id = "make_upload_form",
    post, path = "/v1/accounts/{account_id}/qualifications/{qualification_id}/upload-form", tag = "accounts",
    security(("sigv4" = [])),
    params(
        ("account_id" = String, Path, example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6"),
        ("qualification_id" = String, Path, example = "qual_01k9rq4w5nf0ysjv5p0d8yb3e6"),
        IdempotencyKeyRequired,
    ),
    responses((status = 201, body = UploadFormBody), WriteProblems)
)]
async fn form(
    State(service): State<Arc<Service>>,
    PathIds(account_id, qualification_id): PathIds<AccountId, QualificationId>,
    _operation: OperationId,
) -> Result<(StatusCode, Json<UploadFormBody>), Problem> {
    lambda::fact("qualification.id", qualification_id.to_string());
    let form = service.qualifications.form(account_id, qualification_id).await?;
    Ok((StatusCode::CREATED, Json(form.into())))
}

/// Confirm the upload of a document
///
/// It is read and held against what was registered; then a reviewer decides, and the webhooks `qualification.approved` and
/// `qualification.refused` tell of the outcome. Confirmed again, nothing changes. 确认资质文件已上传，进入人工审核。
#[utoipa::path(
    operation_id = "confirm_evidence",
    post, path = "/v1/accounts/{account_id}/qualifications/{qualification_id}/evidence", tag = "accounts",
    security(("sigv4" = [])),
    params(
        ("account_id" = String, Path, example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6"),
        ("qualification_id" = String, Path, example = "qual_01k9rq4w5nf0ysjv5p0d8yb3e6"),
        IdempotencyKeyRequired,
    ),
    responses((status = 200, body = QualificationBody), WriteProblems)
)]
async fn confirm(
    State(service): State<Arc<Service>>,
    PathIds(account_id, qualification_id): PathIds<AccountId, QualificationId>,
    Caller(actor): Caller,
    _operation: OperationId,
) -> Result<Json<QualificationBody>, Problem> {
    lambda::fact("account.id", account_id.to_string());
    lambda::fact("qualification.id", qualification_id.to_string());
    let qualification = service.qualifications.confirm(account_id, qualification_id, &actor).await?;
    Ok(Json(QualificationBody::of(&qualification, service.clock.now())))
}

/// Revoke a qualification
///
/// For reviewers: the office has taken the licence away, or it was false. It does not hold from this moment on, and the
/// account is told why by the webhook `qualification.revoked`. 撤销资质，立即失效。
#[utoipa::path(
    operation_id = "revoke_qualification",
    post, path = "/v1/accounts/{account_id}/qualifications/{qualification_id}/revoke", tag = "accounts",
    security(("sigv4" = [])),
    params(
        ("account_id" = String, Path, example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6"),
        ("qualification_id" = String, Path, example = "qual_01k9rq4w5nf0ysjv5p0d8yb3e6"),
        IdempotencyKeyRequired,
    ),
    request_body = RevocationRequest,
    responses((status = 200, body = QualificationBody), WriteProblems)
)]
async fn revoke(
    State(service): State<Arc<Service>>,
    PathIds(account_id, qualification_id): PathIds<AccountId, QualificationId>,
    Caller(actor): Caller,
    OperationId(operation_id): OperationId,
    ValidJson(request): ValidJson<RevocationRequest>,
) -> Result<Json<QualificationBody>, Problem> {
    lambda::fact("account.id", account_id.to_string());
    lambda::fact("qualification.id", qualification_id.to_string());
    let revocation = request.into_revocation(operation_id);
    let revoked = service.qualifications.revoke(account_id, qualification_id, &revocation, &actor).await?;
    Ok(Json(QualificationBody::of(&revoked, service.clock.now())))
}
