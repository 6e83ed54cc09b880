//! `POST /v1/complaints` and what a reporter reads with the receipt (R15.2). Open to the public: no identity, no account.

pub mod wire;

use std::sync::Arc;

use app::{
    complaints::ComplaintDesk,
    ports::{
        AccountLedger, CaseBoard, Clock, CommentShelf, IdempotencyLedger, IdentityVault, PublicationShelf, SystemClock,
    },
};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::{StatusCode, header::LOCATION},
    response::IntoResponse,
};
use domain::{profile::Profile, receipt::Receipt, subject::Subject};
use lambda::{
    config::{ConfigError, Environment},
    http::ValidJson,
    idempotency::{Idempotency, OperationId},
    openapi::{IdempotencyKeyOfThePublic, ReadProblems, WriteProblems},
    problem::{Code, FieldCode, Problem},
};
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::wire::{ComplaintRequest, FiledBody, StatusBody};

/// What the environment tells the function.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub cases_table: String,
    pub accounts_table: String,
    pub publications_table: String,
    pub comments_table: String,
    pub idempotency_table: String,
    pub sealing_key_id: String,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (cases, accounts) = (read.text("CASES_TABLE"), read.text("ACCOUNTS_TABLE"));
            let (publications, idempotency) = (read.text("PUBLICATIONS_TABLE"), read.text("IDEMPOTENCY_TABLE"));
            let (comments, sealing) = (read.text("COMMENTS_TABLE"), read.text("SEALING_KEY_ID"));
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                cases_table: cases?,
                accounts_table: accounts?,
                publications_table: publications?,
                comments_table: comments?,
                idempotency_table: idempotency?,
                sealing_key_id: sealing?,
            })
        })
    }
}

/// The ports that the function uses.
pub struct Deps {
    pub board: Arc<dyn CaseBoard>,
    pub accounts: Arc<dyn AccountLedger>,
    pub shelf: Arc<dyn PublicationShelf>,
    pub comments: Arc<dyn CommentShelf>,
    pub vault: Arc<dyn IdentityVault>,
    pub idempotency: Arc<dyn IdempotencyLedger>,
    pub clock: Arc<dyn Clock>,
}

impl Deps {
    /// # Errors
    /// When the trust store cannot be read.
    pub async fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(std::path::Path::new)).await?;
        Ok(Self {
            board: Arc::new(aws.cases(&config.cases_table)),
            accounts: Arc::new(aws.accounts(&config.accounts_table)),
            shelf: Arc::new(aws.publications(&config.publications_table)),
            comments: Arc::new(aws.comments(&config.comments_table)),
            vault: Arc::new(aws.vault(&config.sealing_key_id)),
            idempotency: Arc::new(aws.idempotency(&config.idempotency_table)),
            clock: Arc::new(SystemClock),
        })
    }
}

/// The routes.
pub fn router(deps: Deps) -> Router {
    let Deps { board, accounts, shelf, comments, vault, idempotency, clock } = deps;
    let profile = Profile::cn_2017();
    let desk = ComplaintDesk { board, accounts, shelf, comments, vault, clock: clock.clone(), profile };
    let (router, _) = Idempotency::of_the_public(idempotency, clock).guard(routes()).split_for_parts();
    router.with_state(Arc::new(desk))
}

/// The description of the routes.
#[must_use]
pub fn openapi() -> OpenApi {
    routes().split_for_parts().1
}

fn routes() -> OpenApiRouter<Arc<ComplaintDesk>> {
    OpenApiRouter::new().routes(routes!(file)).routes(routes!(status))
}

/// File a complaint
///
/// Anybody may. The receipt is not kept here, only its hash is: with it the reporter reads what became of the complaint.
/// A retry under the same `Idempotency-Key` is given the same receipt. 举报账号或内容；请保存回执，凭回执查询处理结果。
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
    let subject = Subject::parse(request.subject.subject_type, &request.subject.subject_id)
        .map_err(|_| Problem::new(Code::InvalidBody).at("/subject/subject_id", FieldCode::MalformedValue))?;
    let policy = request.policy.clone();
    let filed = desk.file(request.into_command(operation_id, subject)).await?;
    // Now it is a policy; before, it was whatever somebody had sent.
    lambda::fact("policy", policy);
    let location = format!("/v1/complaints/{}", filed.receipt.as_str());
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(FiledBody::from(&filed))))
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
