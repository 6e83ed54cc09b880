//! Principals across their accounts: the blacklist and which documents belong to one, for staff (R13.2); account groups, for
//! the platform (R7.3).

mod disclosures;
mod groups;
pub mod wire;

use std::sync::Arc;

use app::{
    blacklisting::{AgreeToListing, BlacklistDesk, DisagreeToListing},
    disclosing::DisclosureDesk,
    grouping::Grouping,
    ports::{
        AccountLedger, Blacklist, CallerRegister, Clock, GroupRegister, IdempotencyLedger, IdentityVault,
        PrincipalIndex, PrincipalRegister, SystemClock,
    },
};
use axum::{
    Json, Router,
    extract::{FromRef, State},
    http::{StatusCode, header::LOCATION},
    response::IntoResponse,
};
use domain::principal::PrincipalKey;
use lambda::{
    config::{ConfigError, Environment},
    http::{Caller, PathId, Routes, ValidJson, ValidQuery, knowing},
    idempotency::{Idempotency, OperationId},
    openapi::{IdempotencyKeyRequired, ReadProblems, WriteProblems},
    problem::Problem,
    routes,
};
use utoipa::openapi::OpenApi;

use crate::wire::{
    BlacklistBody, BlacklistEntryBody, LinkRequest, LinkedBody, ListParams, ListRequest, ListingApprovalRequest,
    ListingRefusalRequest, RemovalRequest,
};

/// What the environment tells the function.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub accounts_table: String,
    pub idempotency_table: String,
    pub callers_table: String,
    pub sealing_key_id: String,
    pub index_key_id: String,
    pub index_key_versions: aws::IndexVersions,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (accounts, idempotency) = (read.text("ACCOUNTS_TABLE"), read.text("IDEMPOTENCY_TABLE"));
            let callers = read.text("CALLERS_TABLE");
            let (sealing, index) = (read.text("SEALING_KEY_ID"), read.text("INDEX_KEY_ID"));
            let versions = read.parsed("INDEX_KEY_VERSIONS");
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                accounts_table: accounts?,
                idempotency_table: idempotency?,
                callers_table: callers?,
                sealing_key_id: sealing?,
                index_key_id: index?,
                index_key_versions: versions?,
            })
        })
    }
}

/// The ports that the function uses.
pub struct Deps {
    pub accounts: Arc<dyn AccountLedger>,
    pub principals: Arc<dyn PrincipalRegister>,
    pub blacklist: Arc<dyn Blacklist>,
    pub groups: Arc<dyn GroupRegister>,
    pub index: Arc<dyn PrincipalIndex>,
    pub vault: Arc<dyn IdentityVault>,
    pub idempotency: Arc<dyn IdempotencyLedger>,
    pub callers: Arc<dyn CallerRegister>,
    pub clock: Arc<dyn Clock>,
}

impl Deps {
    /// # Errors
    /// When the trust store or the credentials cannot be read.
    pub fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(std::path::Path::new))?;
        Ok(Self {
            accounts: Arc::new(aws.accounts(&config.accounts_table)),
            principals: Arc::new(aws.principals(&config.accounts_table)),
            blacklist: Arc::new(aws.blacklist(&config.accounts_table)),
            groups: Arc::new(aws.groups(&config.accounts_table)),
            index: Arc::new(aws.principal_index(&config.index_key_id, &config.index_key_versions)),
            vault: Arc::new(aws.vault(&config.sealing_key_id)),
            idempotency: Arc::new(aws.idempotency(&config.idempotency_table)),
            callers: Arc::new(aws.callers(&config.callers_table, &config.sealing_key_id, &config.index_key_id)),
            clock: Arc::new(SystemClock),
        })
    }
}

/// The routes.
pub fn router(deps: Deps) -> Router {
    let Deps { accounts, principals, blacklist, groups, index, vault, idempotency, callers, clock } = deps;
    let disclosing = DisclosureDesk { accounts: accounts.clone(), vault, clock: clock.clone() };
    let grouping =
        Grouping { accounts: accounts.clone(), principals: principals.clone(), groups, clock: clock.clone() };
    let desk = BlacklistDesk { accounts, principals, blacklist, index, clock: clock.clone() };
    let guarded = Idempotency::required(idempotency, clock).guard(routes());
    // What identities are in clear is kept for no second try.
    let router = guarded.merge(disclosures::routes()).into_router();
    let service = Service { blacklist: Arc::new(desk), groups: Arc::new(grouping), disclosures: Arc::new(disclosing) };
    knowing(callers, router.with_state(service))
}

#[derive(Clone)]
struct Service {
    blacklist: Arc<BlacklistDesk>,
    groups: Arc<Grouping>,
    disclosures: Arc<DisclosureDesk>,
}

impl FromRef<Service> for Arc<DisclosureDesk> {
    fn from_ref(service: &Service) -> Self {
        service.disclosures.clone()
    }
}

impl FromRef<Service> for Arc<BlacklistDesk> {
    fn from_ref(service: &Service) -> Self {
        service.blacklist.clone()
    }
}

impl FromRef<Service> for Arc<Grouping> {
    fn from_ref(service: &Service) -> Self {
        service.groups.clone()
    }
}

/// The description of the routes.
#[must_use]
pub fn openapi() -> OpenApi {
    routes().merge(disclosures::routes()).openapi()
}

fn routes() -> Routes<Service> {
    Routes::new()
        .routes(routes!(list, listed))
        .routes(routes!(entry, remove))
        .routes(routes!(approve))
        .routes(routes!(refuse))
        .routes(routes!(link))
        .merge(groups::routes())
}

/// Propose to put a principal on the blacklist
///
/// Named by one of its accounts, by its key or by a document, of which the key alone is kept. The listing waits for the
/// content safety lead, who is somebody else (B8), and bars nobody until then. 申请将主体列入黑名单，由另一人（内容安全负责人）批准后生效。
#[utoipa::path(
    operation_id = "propose_listing",
    post, path = "/v1/blacklist", tag = "principals", security(("sigv4" = [])),
    params(IdempotencyKeyRequired), request_body = ListRequest,
    responses((status = 201, body = BlacklistEntryBody, headers(("Location" = String))), WriteProblems)
)]
async fn list(
    State(desk): State<Arc<BlacklistDesk>>,
    Caller(proposer): Caller,
    OperationId(operation_id): OperationId,
    ValidJson(request): ValidJson<ListRequest>,
) -> Result<impl IntoResponse, Problem> {
    let entry = desk.propose(request.into_command(operation_id, proposer)).await?;
    let location = format!("/v1/blacklist/{}", entry.principal_key);
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(BlacklistEntryBody::from(entry))))
}

/// Agree to a listing
///
/// The principal cannot register from then on, through any document of it that is known (R13.2); its accounts are held and
/// come before people. Whoever has proposed the listing cannot agree to it, in whatever role. 批准列入黑名单；其名下账号转人工处理。
#[utoipa::path(
    operation_id = "approve_listing",
    post, path = "/v1/blacklist/{principal_key}/approve", tag = "principals", security(("sigv4" = [])),
    params(("principal_key" = String, Path), IdempotencyKeyRequired), request_body = ListingApprovalRequest,
    responses((status = 200, body = BlacklistEntryBody), WriteProblems)
)]
async fn approve(
    State(desk): State<Arc<BlacklistDesk>>,
    Caller(second): Caller,
    PathId(principal_key): PathId<PrincipalKey>,
    ValidJson(request): ValidJson<ListingApprovalRequest>,
) -> Result<Json<BlacklistEntryBody>, Problem> {
    let command = AgreeToListing { principal_key, listing_id: request.listing_id, second };
    Ok(Json(desk.agree(command).await?.into()))
}

/// Do not agree to a listing
///
/// It waits no longer and stays on record with the reason. 退回列入黑名单的申请，说明理由。
#[utoipa::path(
    operation_id = "refuse_listing",
    post, path = "/v1/blacklist/{principal_key}/refuse", tag = "principals", security(("sigv4" = [])),
    params(("principal_key" = String, Path), IdempotencyKeyRequired), request_body = ListingRefusalRequest,
    responses((status = 200, body = BlacklistEntryBody), WriteProblems)
)]
async fn refuse(
    State(desk): State<Arc<BlacklistDesk>>,
    Caller(second): Caller,
    PathId(principal_key): PathId<PrincipalKey>,
    ValidJson(request): ValidJson<ListingRefusalRequest>,
) -> Result<Json<BlacklistEntryBody>, Problem> {
    let ListingRefusalRequest { listing_id, reason } = request;
    let command = DisagreeToListing { principal_key, listing_id, reason, second };
    Ok(Json(desk.disagree(command).await?.into()))
}

/// List who is on the blacklist
///
/// The one whose review is due first first, or, with `state=proposed`, those of whom a listing waits for a second person;
/// the list may lag behind writes by a moment. 按复核日期列出黑名单，或列出待批准的申请。
#[utoipa::path(
    operation_id = "list_blacklist",
    get, path = "/v1/blacklist", tag = "principals", security(("sigv4" = [])), params(ListParams),
    responses((status = 200, body = BlacklistBody), ReadProblems)
)]
async fn listed(
    State(desk): State<Arc<BlacklistDesk>>,
    ValidQuery(params): ValidQuery<ListParams>,
) -> Result<Json<BlacklistBody>, Problem> {
    Ok(Json(desk.page(params.state.into(), params.limit, params.cursor.as_deref()).await?.into()))
}

/// Read what the blacklist knows of a principal
///
/// With the listings that were removed. 查询主体的黑名单记录（含已移除的记录）。
#[utoipa::path(
    operation_id = "get_blacklist_entry",
    get, path = "/v1/blacklist/{principal_key}", tag = "principals", security(("sigv4" = [])),
    params(("principal_key" = String, Path)),
    responses((status = 200, body = BlacklistEntryBody), ReadProblems)
)]
async fn entry(
    State(desk): State<Arc<BlacklistDesk>>,
    PathId(key): PathId<PrincipalKey>,
) -> Result<Json<BlacklistEntryBody>, Problem> {
    Ok(Json(desk.entry(&key).await?.into()))
}

/// Take a principal off the blacklist
///
/// The record of the listing and of its removal stays. 移出黑名单，记录保留。
#[utoipa::path(
    operation_id = "remove_from_blacklist",
    delete, path = "/v1/blacklist/{principal_key}", tag = "principals", security(("sigv4" = [])),
    params(("principal_key" = String, Path), IdempotencyKeyRequired), request_body = RemovalRequest,
    responses((status = 200, body = BlacklistEntryBody), WriteProblems)
)]
async fn remove(
    State(desk): State<Arc<BlacklistDesk>>,
    Caller(actor): Caller,
    PathId(key): PathId<PrincipalKey>,
    ValidJson(request): ValidJson<RemovalRequest>,
) -> Result<Json<BlacklistEntryBody>, Problem> {
    Ok(Json(desk.remove(&key, &request.reason, &actor).await?.into()))
}

/// Say that two references mean one principal
///
/// Such as a resident identity number and a passport of one person. From then on they are counted and listed together.
/// 确认两个标识属于同一主体，合并计数与黑名单。
#[utoipa::path(
    operation_id = "link_principals",
    post, path = "/v1/principals/links", tag = "principals", security(("sigv4" = [])),
    params(IdempotencyKeyRequired), request_body = LinkRequest,
    responses((status = 200, body = LinkedBody), WriteProblems)
)]
async fn link(
    State(desk): State<Arc<BlacklistDesk>>,
    Caller(actor): Caller,
    ValidJson(request): ValidJson<LinkRequest>,
) -> Result<Json<LinkedBody>, Problem> {
    let (principal, other) = (request.principal.into(), request.other.into());
    let canonical = desk.link(&principal, &other, &request.reason, &actor).await?;
    Ok(Json(LinkedBody { principal_key: canonical.to_string() }))
}
