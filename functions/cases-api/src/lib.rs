//! What reviewers do with cases: list, read, claim, release, decide (R13.1, R15.2), and agree to what others propose (B8);
//! and appeals, which open one; what was reported to the office (R11.2, R13.1). Several cases are decided at once by `bulk`.

pub mod appeals;
mod bulk;
mod complaints;
mod notes;
pub mod proposals;
mod reports;
mod reversal;
pub mod wire;

use std::sync::Arc;

use app::{
    appealing::AppealDesk,
    authority_reporting::AuthorityReportDesk,
    case_complaints::CaseComplaints,
    case_notes::CaseNotes,
    casework::CaseDesk,
    ports::{
        AccountLedger, Blacklist, CallerRegister, CaseBoard, Clock, CommentShelf, ComplaintShelf, EvidenceView,
        IdempotencyLedger, NoteShelf, PrincipalRegister, PublicationShelf, RemovedContentShelf, ReportLedger,
        ReporterBook, SettingsSource, SystemClock,
    },
    reporting::ReporterDesk,
};
use axum::{
    Json, Router,
    extract::{FromRef, State},
    http::StatusCode,
    response::IntoResponse,
};
use domain::{id::CaseId, profile::Profile};
use lambda::{
    config::{ConfigError, Environment},
    http::{Caller, PathId, Routes, ValidJson, ValidQuery, knowing},
    idempotency::{Idempotency, OperationId},
    openapi::{IdempotencyKeyRequired, ReadProblems, WriteProblems},
    problem::Problem,
    routes,
};
use utoipa::openapi::OpenApi;

use crate::wire::{CaseBody, CaseViewBody, CasesBody, DecisionRequest, ListParams};

/// What the environment tells the function.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub cases_table: String,
    pub accounts_table: String,
    pub publications_table: String,
    pub comments_table: String,
    pub idempotency_table: String,
    pub callers_table: String,
    pub evidence_bucket: String,
    pub sealing_key_id: String,
    pub index_key_id: String,
    pub operations_table: String,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (cases, accounts) = (read.text("CASES_TABLE"), read.text("ACCOUNTS_TABLE"));
            let (publications, idempotency) = (read.text("PUBLICATIONS_TABLE"), read.text("IDEMPOTENCY_TABLE"));
            let (callers, sealing, index) =
                (read.text("CALLERS_TABLE"), read.text("SEALING_KEY_ID"), read.text("INDEX_KEY_ID"));
            let evidence = read.text("EVIDENCE_BUCKET");
            let (comments, operations) = (read.text("COMMENTS_TABLE"), read.text("OPERATIONS_TABLE"));
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                cases_table: cases?,
                accounts_table: accounts?,
                publications_table: publications?,
                comments_table: comments?,
                idempotency_table: idempotency?,
                callers_table: callers?,
                evidence_bucket: evidence?,
                sealing_key_id: sealing?,
                index_key_id: index?,
                operations_table: operations?,
            })
        })
    }
}

/// The ports that the function uses.
pub struct Deps {
    pub board: Arc<dyn CaseBoard>,
    pub complaints: Arc<dyn ComplaintShelf>,
    pub reporters: Arc<dyn ReporterBook>,
    pub notes: Arc<dyn NoteShelf>,
    pub reports: Arc<dyn ReportLedger>,
    pub accounts: Arc<dyn AccountLedger>,
    pub shelf: Arc<dyn PublicationShelf>,
    pub evidence: Arc<dyn EvidenceView>,
    pub comments: Arc<dyn CommentShelf>,
    pub principals: Arc<dyn PrincipalRegister>,
    pub blacklist: Arc<dyn Blacklist>,
    pub removed: Arc<dyn RemovedContentShelf>,
    pub idempotency: Arc<dyn IdempotencyLedger>,
    pub callers: Arc<dyn CallerRegister>,
    pub settings: Arc<dyn SettingsSource>,
    pub clock: Arc<dyn Clock>,
}

impl Deps {
    /// # Errors
    /// When the trust store or the credentials cannot be read.
    pub fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(std::path::Path::new))?;
        let cases = Arc::new(aws.cases(&config.cases_table));
        Ok(Self {
            board: cases.clone(),
            reporters: cases.clone(),
            notes: cases.clone(),
            reports: Arc::new(aws.authority_reports(&config.operations_table)),
            complaints: cases,
            accounts: Arc::new(aws.accounts(&config.accounts_table)),
            shelf: Arc::new(aws.publications(&config.publications_table)),
            evidence: Arc::new(aws.evidence(&config.evidence_bucket)),
            comments: Arc::new(aws.comments(&config.comments_table)),
            principals: Arc::new(aws.principals(&config.accounts_table)),
            blacklist: Arc::new(aws.blacklist(&config.accounts_table)),
            removed: Arc::new(aws.removed_content(&config.operations_table, Arc::new(SystemClock))),
            idempotency: Arc::new(aws.idempotency(&config.idempotency_table)),
            callers: Arc::new(aws.callers(&config.callers_table, &config.sealing_key_id, &config.index_key_id)),
            settings: Arc::new(aws.settings(&config.operations_table, Arc::new(SystemClock))),
            clock: Arc::new(SystemClock),
        })
    }
}

/// The routes.
pub fn router(deps: Deps) -> Router {
    let Deps {
        board,
        complaints,
        reporters,
        notes,
        reports,
        settings,
        accounts,
        shelf,
        evidence,
        comments,
        principals,
        blacklist,
        removed,
        idempotency,
        callers,
        clock,
    } = deps;
    let reporters = ReporterDesk {
        board: board.clone(),
        book: reporters,
        settings: settings.clone(),
        clock: clock.clone(),
        profile: Profile::cn_2017(),
    };
    let complaints =
        CaseComplaints { board: board.clone(), complaints, evidence: evidence.clone(), clock: clock.clone() };
    let appeals = AppealDesk {
        board: board.clone(),
        accounts: accounts.clone(),
        shelf: shelf.clone(),
        comments: comments.clone(),
        settings: settings.clone(),
        clock: clock.clone(),
        profile: Profile::cn_2017(),
    };
    let reports = AuthorityReportDesk { ledger: reports, clock: clock.clone() };
    let notes = CaseNotes { board: board.clone(), notes, clock: clock.clone() };
    let profile = Profile::cn_2017();
    let cases = CaseDesk {
        board,
        accounts,
        shelf,
        evidence,
        comments,
        principals,
        blacklist,
        removed,
        settings,
        clock: clock.clone(),
        profile,
    };
    let desks = Desks {
        cases: Arc::new(cases),
        appeals: Arc::new(appeals),
        complaints: Arc::new(complaints),
        reporters: Arc::new(reporters),
        notes: Arc::new(notes),
        reports: Arc::new(reports),
    };
    let router = Idempotency::required(idempotency, clock).guard(routes()).into_router();
    knowing(callers, router.with_state(desks))
}

/// The description of the routes.
#[must_use]
pub fn openapi() -> OpenApi {
    routes().openapi()
}

/// Who is asked: the reviewers' desk, that for appeals, or who shows complaints and notes.
#[derive(Clone)]
struct Desks {
    cases: Arc<CaseDesk>,
    appeals: Arc<AppealDesk>,
    complaints: Arc<CaseComplaints>,
    reporters: Arc<ReporterDesk>,
    notes: Arc<CaseNotes>,
    reports: Arc<AuthorityReportDesk>,
}

impl FromRef<Desks> for Arc<AuthorityReportDesk> {
    fn from_ref(desks: &Desks) -> Self {
        desks.reports.clone()
    }
}

impl FromRef<Desks> for Arc<CaseNotes> {
    fn from_ref(desks: &Desks) -> Self {
        desks.notes.clone()
    }
}

impl FromRef<Desks> for Arc<ReporterDesk> {
    fn from_ref(desks: &Desks) -> Self {
        desks.reporters.clone()
    }
}

impl FromRef<Desks> for Arc<CaseComplaints> {
    fn from_ref(desks: &Desks) -> Self {
        desks.complaints.clone()
    }
}

impl FromRef<Desks> for Arc<CaseDesk> {
    fn from_ref(desks: &Desks) -> Self {
        desks.cases.clone()
    }
}

impl FromRef<Desks> for Arc<AppealDesk> {
    fn from_ref(desks: &Desks) -> Self {
        desks.appeals.clone()
    }
}

fn routes() -> Routes<Desks> {
    Routes::new()
        .routes(routes!(list))
        .routes(routes!(read))
        .routes(routes!(claim))
        .routes(routes!(release))
        .routes(routes!(decide))
        .routes(routes!(bulk::decide))
        .routes(routes!(proposals::approve))
        .routes(routes!(proposals::refuse))
        .routes(routes!(notes::list, notes::write))
        .routes(routes!(reports::list))
        .routes(routes!(reports::read))
        .routes(routes!(reports::acknowledge))
        .routes(routes!(appeals::file))
        .routes(routes!(complaints::list))
        .routes(routes!(complaints::read))
        .routes(routes!(complaints::find_bad_faith, complaints::withdraw_bad_faith))
}

/// List the cases of a queue
///
/// The one that is due first first, or the one with the greatest priority; the list may lag behind writes by a moment.
/// 按到期时间或优先级列出工单。
#[utoipa::path(
    operation_id = "list_cases",
    get, path = "/v1/cases", tag = "cases", security(("sigv4" = [])), params(ListParams),
    responses((status = 200, body = CasesBody), ReadProblems)
)]
async fn list(
    State(desk): State<Arc<CaseDesk>>,
    ValidQuery(params): ValidQuery<ListParams>,
) -> Result<Json<CasesBody>, Problem> {
    let ListParams { queue, state, order, limit, cursor } = params;
    let page = desk.list(&queue, state, order, limit, cursor.as_deref()).await?;
    Ok(Json(CasesBody::at(page, desk.clock.now())))
}

/// Read a case
///
/// With its subject as it is now and what the reader can do with it. 查看工单。
#[utoipa::path(
    operation_id = "get_case",
    get, path = "/v1/cases/{case_id}", tag = "cases", security(("sigv4" = [])),
    params(("case_id" = String, Path, example = "case_01k9rq4w5nf0ysjv5p0d8yb3e6")),
    responses((status = 200, body = CaseViewBody), ReadProblems)
)]
async fn read(
    State(desk): State<Arc<CaseDesk>>,
    Caller(reviewer): Caller,
    PathId(case_id): PathId<CaseId>,
) -> Result<Json<CaseViewBody>, Problem> {
    Ok(Json(CaseViewBody::at(desk.read(case_id, &reviewer).await?, desk.clock.now())))
}

/// Claim a case
///
/// For half an hour; claiming again renews it. 领取工单。
#[utoipa::path(
    operation_id = "claim_case",
    post, path = "/v1/cases/{case_id}/claim", tag = "cases", security(("sigv4" = [])),
    params(("case_id" = String, Path), IdempotencyKeyRequired),
    responses((status = 200, body = CaseBody), WriteProblems)
)]
async fn claim(
    State(desk): State<Arc<CaseDesk>>,
    Caller(reviewer): Caller,
    PathId(case_id): PathId<CaseId>,
) -> Result<Json<CaseBody>, Problem> {
    lambda::fact("case.id", case_id.to_string());
    Ok(Json(CaseBody::at(desk.claim(case_id, &reviewer).await?, desk.clock.now())))
}

/// Give a case back
///
/// 退回工单。
#[utoipa::path(
    operation_id = "release_case",
    post, path = "/v1/cases/{case_id}/release", tag = "cases", security(("sigv4" = [])),
    params(("case_id" = String, Path), IdempotencyKeyRequired),
    responses((status = 200, body = CaseBody), WriteProblems)
)]
async fn release(
    State(desk): State<Arc<CaseDesk>>,
    Caller(reviewer): Caller,
    PathId(case_id): PathId<CaseId>,
) -> Result<Json<CaseBody>, Problem> {
    lambda::fact("case.id", case_id.to_string());
    Ok(Json(CaseBody::at(desk.release(case_id, &reviewer).await?, desk.clock.now())))
}

/// Decide a case
///
/// The reviewer must have claimed it, and names the version that they have read. A severe step (`close`) is no decision yet:
/// the case then waits for the content safety lead. 对工单作出处置决定。
#[utoipa::path(
    operation_id = "decide_case",
    post, path = "/v1/cases/{case_id}/decisions", tag = "cases", security(("sigv4" = [])),
    params(("case_id" = String, Path), IdempotencyKeyRequired), request_body = DecisionRequest,
    responses((status = 201, body = CaseBody), WriteProblems)
)]
async fn decide(
    State(desk): State<Arc<CaseDesk>>,
    Caller(reviewer): Caller,
    PathId(case_id): PathId<CaseId>,
    OperationId(operation_id): OperationId,
    ValidJson(request): ValidJson<DecisionRequest>,
) -> Result<impl IntoResponse, Problem> {
    let case = desk.decide(case_id, &reviewer, request.into_command(operation_id)).await?;
    lambda::fact("case.id", case_id.to_string());
    lambda::fact("decision", serde_json::json!(case.decision.as_ref().map(|decision| decision.action)));
    lambda::fact("proposal", serde_json::json!(case.proposal.as_ref().map(|proposal| proposal.action)));
    Ok((StatusCode::CREATED, Json(CaseBody::at(case, desk.clock.now()))))
}
