//! `POST /v1/complaints` and what a reporter reads with the receipt (R15.2). Open to the public: no identity, no account.
//! The platform files for the holder of an account, whom it knows, by a route of its own.

pub mod wire;

use std::sync::Arc;

use app::{
    complaints::ComplaintDesk,
    ports::{
        AccountLedger, CallerRegister, CaseBoard, Clock, CommentShelf, ComplaintShelf, EvidenceIntake,
        IdempotencyLedger, IdentityVault, MediaNotes, PublicationShelf, SettingsSource, SystemClock,
    },
};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::{StatusCode, header::LOCATION},
    response::IntoResponse,
};
use domain::{id::AccountId, profile::Profile, receipt::Receipt};
use lambda::{
    config::{ConfigError, Environment},
    http::{Caller, PathId, ValidJson, knowing},
    idempotency::{Idempotency, OperationId},
    openapi::{IdempotencyKeyOfThePublic, IdempotencyKeyRequired, ReadProblems, WriteProblems},
    problem::{Code, Problem},
};
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::wire::{ComplaintRequest, EvidenceBody, EvidenceRequest, FiledBody, StatusBody};

/// What the environment tells the function.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub cases_table: String,
    pub accounts_table: String,
    pub publications_table: String,
    pub comments_table: String,
    pub idempotency_table: String,
    pub operations_table: String,
    pub callers_table: String,
    pub evidence_bucket: String,
    pub sealing_key_id: String,
    pub index_key_id: String,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (cases, accounts) = (read.text("CASES_TABLE"), read.text("ACCOUNTS_TABLE"));
            let (publications, idempotency) = (read.text("PUBLICATIONS_TABLE"), read.text("IDEMPOTENCY_TABLE"));
            let (comments, sealing) = (read.text("COMMENTS_TABLE"), read.text("SEALING_KEY_ID"));
            let (operations, callers) = (read.text("OPERATIONS_TABLE"), read.text("CALLERS_TABLE"));
            let (evidence, index) = (read.text("EVIDENCE_BUCKET"), read.text("INDEX_KEY_ID"));
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                cases_table: cases?,
                accounts_table: accounts?,
                publications_table: publications?,
                comments_table: comments?,
                idempotency_table: idempotency?,
                operations_table: operations?,
                callers_table: callers?,
                evidence_bucket: evidence?,
                sealing_key_id: sealing?,
                index_key_id: index?,
            })
        })
    }
}

/// The ports that the function uses.
pub struct Deps {
    pub board: Arc<dyn CaseBoard>,
    pub complaints: Arc<dyn ComplaintShelf>,
    pub accounts: Arc<dyn AccountLedger>,
    pub shelf: Arc<dyn PublicationShelf>,
    pub comments: Arc<dyn CommentShelf>,
    pub notes: Arc<dyn MediaNotes>,
    pub vault: Arc<dyn IdentityVault>,
    pub evidence: Arc<dyn EvidenceIntake>,
    pub settings: Arc<dyn SettingsSource>,
    pub idempotency: Arc<dyn IdempotencyLedger>,
    pub callers: Arc<dyn CallerRegister>,
    pub clock: Arc<dyn Clock>,
}

impl Deps {
    /// # Errors
    /// When the trust store cannot be read.
    pub async fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(std::path::Path::new)).await?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let cases = Arc::new(aws.cases(&config.cases_table));
        Ok(Self {
            board: cases.clone(),
            complaints: cases,
            accounts: Arc::new(aws.accounts(&config.accounts_table)),
            shelf: Arc::new(aws.publications(&config.publications_table)),
            comments: Arc::new(aws.comments(&config.comments_table)),
            notes: Arc::new(aws.media_notes(&config.publications_table)),
            vault: Arc::new(aws.vault(&config.sealing_key_id)),
            evidence: Arc::new(aws.evidence(&config.evidence_bucket)),
            settings: Arc::new(aws.settings(&config.operations_table, clock.clone())),
            idempotency: Arc::new(aws.idempotency(&config.idempotency_table)),
            callers: Arc::new(aws.callers(&config.callers_table, &config.sealing_key_id, &config.index_key_id)),
            clock,
        })
    }
}

/// The routes.
pub fn router(deps: Deps) -> Router {
    let Deps {
        board,
        complaints,
        accounts,
        shelf,
        comments,
        notes,
        vault,
        evidence,
        settings,
        idempotency,
        callers,
        clock,
    } = deps;
    let (clock_of_writes, profile) = (clock.clone(), Profile::cn_2017());
    let desk = ComplaintDesk {
        board,
        complaints,
        accounts,
        shelf,
        comments,
        notes,
        vault,
        evidence,
        settings,
        clock,
        profile,
    };
    let public = Idempotency::of_the_public(idempotency.clone(), clock_of_writes.clone()).guard(public_routes());
    let platform = Idempotency::required(idempotency, clock_of_writes).guard(platform_routes());
    let (router, _) = public.merge(platform).split_for_parts();
    knowing(callers, router.with_state(Arc::new(desk)))
}

/// The description of the routes.
#[must_use]
pub fn openapi() -> OpenApi {
    public_routes().merge(platform_routes()).split_for_parts().1
}

fn public_routes() -> OpenApiRouter<Arc<ComplaintDesk>> {
    OpenApiRouter::new().routes(routes!(file)).routes(routes!(status)).routes(routes!(evidence))
}

fn platform_routes() -> OpenApiRouter<Arc<ComplaintDesk>> {
    OpenApiRouter::new().routes(routes!(file_for_holder))
}

/// File a complaint
///
/// Anybody may. The receipt is not kept here, only its hash is: with it the reporter reads what became of the complaint.
/// A retry under the same `Idempotency-Key` is given the same receipt. What is complained of is kept as it is now.
/// 举报账号或内容；请保存回执，凭回执查询处理结果。
#[utoipa::path(
    post, path = "/v1/complaints", tag = "complaints",
    params(IdempotencyKeyOfThePublic), request_body = ComplaintRequest,
    responses((status = 201, body = FiledBody, headers(("Location" = String))), WriteProblems)
)]
async fn file(
    State(desk): State<Arc<ComplaintDesk>>,
    OperationId(operation_id): OperationId,
    ValidJson(request): ValidJson<ComplaintRequest>,
) -> Result<impl IntoResponse, Problem> {
    filed(&desk, operation_id, None, request).await
}

/// File a complaint for the holder of an account
///
/// Who complains is known, so that nobody complains of their own. 账号持有人举报他人。
#[utoipa::path(
    post, path = "/v1/accounts/{account_id}/complaints", tag = "complaints", security(("sigv4" = [])),
    params(("account_id" = String, Path), IdempotencyKeyRequired), request_body = ComplaintRequest,
    responses((status = 201, body = FiledBody, headers(("Location" = String))), WriteProblems)
)]
async fn file_for_holder(
    State(desk): State<Arc<ComplaintDesk>>,
    Caller(_caller): Caller,
    PathId(account_id): PathId<AccountId>,
    OperationId(operation_id): OperationId,
    ValidJson(request): ValidJson<ComplaintRequest>,
) -> Result<impl IntoResponse, Problem> {
    filed(&desk, operation_id, Some(account_id), request).await
}

async fn filed(
    desk: &ComplaintDesk,
    operation_id: Uuid,
    reporter_account: Option<AccountId>,
    request: ComplaintRequest,
) -> Result<impl IntoResponse + use<>, Problem> {
    let reason = request.reason.clone();
    let filed = desk.file(request.into_command(operation_id, reporter_account)?).await?;
    // Now it is a reason; before, it was whatever somebody had sent.
    lambda::fact("reason", reason);
    let location = format!("/v1/complaints/{}", filed.receipt.as_str());
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(FiledBody::from(filed))))
}

/// Read what became of a complaint
///
/// A receipt with a wrong check character is refused without a look. 凭回执查询举报处理情况。
#[utoipa::path(
    get, path = "/v1/complaints/{receipt}", tag = "complaints",
    params(("receipt" = String, Path, description = "Hyphens, spaces and lower case are taken")),
    responses((status = 200, body = StatusBody), ReadProblems)
)]
async fn status(
    State(desk): State<Arc<ComplaintDesk>>,
    Path(receipt): Path<String>,
) -> Result<Json<StatusBody>, Problem> {
    let receipt = Receipt::parse(&receipt).map_err(|_| Problem::new(Code::MalformedId))?;
    Ok(Json(desk.status(&receipt).await?.into()))
}

/// Send evidence
///
/// Announces more files, keeps those that were sent by their forms, and gives another form for each that has not come. A
/// file that is not what was announced is refused, and can be sent again. 提交证据：登记文件、确认已上传的文件。
#[utoipa::path(
    post, path = "/v1/complaints/{receipt}/evidence", tag = "complaints",
    params(("receipt" = String, Path), IdempotencyKeyOfThePublic), request_body = EvidenceRequest,
    responses((status = 200, body = EvidenceBody), WriteProblems)
)]
async fn evidence(
    State(desk): State<Arc<ComplaintDesk>>,
    Path(receipt): Path<String>,
    ValidJson(request): ValidJson<EvidenceRequest>,
) -> Result<Json<EvidenceBody>, Problem> {
    let receipt = Receipt::parse(&receipt).map_err(|_| Problem::new(Code::MalformedId))?;
    let more = request.announce.into_iter().map(Into::into).collect();
    Ok(Json(desk.evidence(&receipt, more).await?.into()))
}
