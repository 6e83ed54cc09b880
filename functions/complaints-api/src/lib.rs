//! `POST /v1/complaints` and what a reporter reads with the receipt (R15.2). Open to the public: no identity, no account.
//! The platform files for the holder of an account, whom it knows, by a route of its own.

mod page;
pub mod wire;

use std::sync::Arc;

use app::{
    complaints::{Admission, ComplaintDesk},
    ports::{
        AccountLedger, CallerRegister, CaseBoard, Chance, Clock, CommentShelf, ComplaintShelf, EvidenceIntake,
        IdempotencyLedger, IdentityVault, IntakeLedger, IntakeSecrets, MediaNotes, PublicationShelf, ReporterBook,
        SettingsSource, SystemClock,
    },
};
use axum::{
    Json, Router,
    extract::{FromRef, Path, State},
    http::{StatusCode, header::LOCATION},
    response::IntoResponse,
};
use domain::{id::AccountId, profile::Profile, proof_of_work::Challenge, receipt::Receipt};
use lambda::{
    config::{ConfigError, Environment},
    http::{Caller, PathId, Routes, SourceAddress, ValidJson, knowing},
    idempotency::{Idempotency, OperationId},
    openapi::{ComplaintProblems, IdempotencyKeyOfThePublic, IdempotencyKeyRequired, ReadProblems, WriteProblems},
    problem::{Code, FieldCode, Problem},
    routes,
};
use utoipa::openapi::OpenApi;
use uuid::Uuid;

use crate::{
    page::{Pages, pages},
    wire::{
        ComplaintRequest, ContestRequest, EvidenceBody, EvidenceRequest, FiledBody, ProofChallengeBody, StatusBody,
    },
};

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
    pub ledger: Arc<dyn IntakeLedger>,
    pub secrets: Arc<dyn IntakeSecrets>,
    pub reporters: Arc<dyn ReporterBook>,
    pub chance: Arc<dyn Chance>,
    pub settings: Arc<dyn SettingsSource>,
    pub idempotency: Arc<dyn IdempotencyLedger>,
    pub callers: Arc<dyn CallerRegister>,
    pub clock: Arc<dyn Clock>,
}

impl Deps {
    /// # Errors
    /// When the trust store or the credentials cannot be read.
    pub fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(std::path::Path::new))?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let cases = Arc::new(aws.cases(&config.cases_table));
        Ok(Self {
            board: cases.clone(),
            reporters: cases.clone(),
            complaints: cases,
            ledger: Arc::new(aws.intake(&config.cases_table)),
            secrets: Arc::new(aws.intake_secret(&config.index_key_id)),
            chance: Arc::new(aws::SystemChance),
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
        ledger,
        secrets,
        reporters,
        chance,
        settings,
        idempotency,
        callers,
        clock,
    } = deps;
    let (clock_of_writes, profile) = (clock.clone(), Profile::cn_2017());
    let admission = Admission {
        secrets: secrets.clone(),
        ledger: ledger.clone(),
        settings: settings.clone(),
        chance,
        clock: clock.clone(),
    };
    let desk = ComplaintDesk {
        board,
        complaints,
        accounts,
        shelf,
        comments,
        notes,
        vault,
        ledger,
        secrets,
        reporters,
        evidence,
        settings,
        clock,
        profile,
    };
    let desks = Desks { complaints: Arc::new(desk), admission: Arc::new(admission) };
    let public = Idempotency::of_the_public(idempotency.clone(), clock_of_writes.clone()).guard(public_routes());
    let platform = Idempotency::required(idempotency, clock_of_writes).guard(platform_routes());
    // A form is named by its proof, so that it needs no key.
    let router = public.merge(platform).merge(pages()).into_router();
    knowing(callers, router.with_state(desks))
}

/// The description of the routes.
#[must_use]
pub fn openapi() -> OpenApi {
    public_routes().merge(platform_routes()).merge(pages()).openapi()
}

/// Who is asked: the desk, or who lets the public in.
#[derive(Clone)]
struct Desks {
    complaints: Arc<ComplaintDesk>,
    admission: Arc<Admission>,
}

impl FromRef<Desks> for Arc<ComplaintDesk> {
    fn from_ref(desks: &Desks) -> Self {
        desks.complaints.clone()
    }
}

impl FromRef<Desks> for Pages {
    fn from_ref(desks: &Desks) -> Self {
        Self { complaints: desks.complaints.clone(), admission: desks.admission.clone() }
    }
}

impl FromRef<Desks> for Arc<Admission> {
    fn from_ref(desks: &Desks) -> Self {
        desks.admission.clone()
    }
}

fn public_routes() -> Routes<Desks> {
    Routes::new()
        .routes(routes!(challenge))
        .routes(routes!(file))
        .routes(routes!(status))
        .routes(routes!(evidence))
        .routes(routes!(contest))
}

fn platform_routes() -> Routes<Desks> {
    Routes::new().routes(routes!(file_for_holder))
}

/// Ask for a challenge
///
/// Of the ALTCHA protocol: find the `number`, at most `maxnumber`, for which SHA-256 of `salt` and the number, as text, is
/// `challenge`; the base64 of the JSON with it is the complaint's `altcha`. Good for half an hour and for one complaint; harder
/// for whoever asks often. 获取工作量证明题目。
#[utoipa::path(
    operation_id = "get_complaint_challenge",
    get, path = "/v1/complaints/challenge", tag = "complaints",
    responses((status = 200, body = ProofChallengeBody), ReadProblems)
)]
async fn challenge(
    State(admission): State<Arc<Admission>>,
    SourceAddress(address): SourceAddress,
) -> Result<Json<Challenge>, Problem> {
    Ok(Json(admission.challenge(&address).await?))
}

/// File a complaint
///
/// Anybody may, with a proof of work. The receipt is not kept here, only its hash is: with it the reporter reads what became of the complaint.
/// A retry under the same `Idempotency-Key` is given the same receipt. What is complained of is kept as it is now.
/// 举报账号或内容；请保存回执，凭回执查询处理结果。
#[utoipa::path(
    operation_id = "file_complaint",
    post, path = "/v1/complaints", tag = "complaints",
    params(IdempotencyKeyOfThePublic), request_body = ComplaintRequest,
    responses((status = 201, body = FiledBody, headers(("Location" = String))), ComplaintProblems)
)]
async fn file(
    State(desk): State<Arc<ComplaintDesk>>,
    State(admission): State<Arc<Admission>>,
    SourceAddress(address): SourceAddress,
    OperationId(operation_id): OperationId,
    ValidJson(request): ValidJson<ComplaintRequest>,
) -> Result<impl IntoResponse, Problem> {
    admission.admit(&address, request.altcha.as_deref(), operation_id).await?;
    filed(&desk, operation_id, None, request).await
}

/// File a complaint for the holder of an account
///
/// Who complains is known, so that nobody complains of their own. 账号持有人举报他人。
#[utoipa::path(
    operation_id = "file_complaint_for_holder",
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
    if request.altcha.is_some() {
        return Err(Problem::new(Code::InvalidBody).at("/altcha", FieldCode::UnknownField));
    }
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
    operation_id = "get_complaint",
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

/// Contest that nothing was done
///
/// Once, within the appeal window; another reviewer looks again, and the status tells what came of it. The same route is open to
/// whoever is said to have complained in bad faith. 对“未予支持”的结论提出异议，由其他人员复核。
#[utoipa::path(
    post, path = "/v1/complaints/{receipt}/contest", operation_id = "contest_complaint", tag = "complaints",
    params(("receipt" = String, Path), IdempotencyKeyOfThePublic), request_body = ContestRequest,
    responses((status = 200, body = StatusBody), WriteProblems)
)]
async fn contest(
    State(desk): State<Arc<ComplaintDesk>>,
    Path(receipt): Path<String>,
    ValidJson(request): ValidJson<ContestRequest>,
) -> Result<Json<StatusBody>, Problem> {
    let receipt = Receipt::parse(&receipt).map_err(|_| Problem::new(Code::MalformedId))?;
    Ok(Json(desk.contest(&receipt, &request.grounds).await?.into()))
}

/// Send evidence
///
/// Announces more files, keeps those that were sent by their forms, and gives another form for each that has not come. A
/// file that is not what was announced is refused, and can be sent again. 提交证据：登记文件、确认已上传的文件。
#[utoipa::path(
    operation_id = "make_evidence_form",
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
