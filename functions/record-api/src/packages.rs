//! Evidence packages (R16.1, B3): what the record has about somebody or something, with what proves it.

use std::sync::Arc;

use app::{
    packaging::{OrderPackage, PackageDesk},
    ports::PackagePage,
};
use axum::{
    Json,
    extract::State,
    http::{StatusCode, header::LOCATION},
    response::IntoResponse,
};
use domain::{
    actor::Actor,
    evidence_package::{EvidencePackage, LogObjects, PackageScope, PackageState, PersonalData},
    id::PackageId,
    legal_hold::HoldScope,
};
use garde::Validate;
use jiff::Timestamp;
use lambda::{
    http::{Caller, PathId, Routes, ValidJson, ValidQuery},
    idempotency::OperationId,
    openapi::{IdempotencyKeyRequired, ReadProblems, WriteProblems},
    problem::Problem,
    routes,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    Service,
    holds::{HoldListParams, HoldScopeBody},
};

pub(crate) fn routes() -> Routes<Service> {
    Routes::new()
        .routes(routes!(order, list))
        .routes(routes!(show))
        .routes(routes!(approve))
        .routes(routes!(refuse))
        .routes(routes!(hand_over))
}

/// What is to be handed over, and on which basis.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PackageRequest {
    /// As of a legal hold; of the type `period` it is everything received in that period, a day at most.
    #[garde(dive)]
    pub scope: HoldScopeBody,
    /// Received from then on; of the scope `period` its own.
    #[garde(skip)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    #[garde(skip)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// The order, request or law that asks for it.
    #[garde(length(chars, min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "（2026）京公调证字第 1 号")]
    pub legal_basis: String,
    #[garde(length(chars, min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000, example = "协助调查取证")]
    pub reason: String,
    /// Identities and addresses in clear, where the basis asks for them. Each unsealing is on record.
    #[garde(skip)]
    #[serde(default)]
    pub personal_data: bool,
    /// The whole log objects as well, so that each record can be found in what was sealed; they hold records of others.
    #[garde(skip)]
    #[serde(default)]
    pub log_objects: bool,
}

impl PackageRequest {
    fn into_command(self, operation_id: Uuid, actor: Actor) -> Result<OrderPackage, Problem> {
        let Self { scope, from, until, legal_basis, reason, personal_data, log_objects } = self;
        let of = scope.into_scope()?;
        let (from, until) = match &of {
            HoldScope::Period { from, until } => (*from, *until),
            // One that is missing makes a period that is none, which is refused with its reason.
            _ => (from.unwrap_or_default(), until.unwrap_or_default()),
        };
        Ok(OrderPackage {
            operation_id,
            scope: PackageScope { of, from, until },
            legal_basis,
            reason,
            personal_data: if personal_data { PersonalData::Included } else { PersonalData::Sealed },
            log_objects: if log_objects { LogObjects::Enclosed } else { LogObjects::Named },
            actor,
        })
    }
}

/// Why an order is refused.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PackageRefusalRequest {
    #[garde(length(chars, min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000, example = "依据不足")]
    pub reason: String,
}

/// An order and what became of it.
#[derive(Serialize, ToSchema)]
pub struct PackageBody {
    pub package_id: String,
    /// `waiting_for_approval`, `approved` (being built), `ready`, `failed` or `refused`.
    #[schema(example = "ready")]
    pub state: &'static str,
    pub scope: HoldScopeBody,
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    pub legal_basis: String,
    pub reason: String,
    pub personal_data: bool,
    pub log_objects: bool,
    /// IAM principal.
    pub ordered_by: String,
    #[schema(value_type = String, format = DateTime)]
    pub ordered_at: Timestamp,
    /// IAM principal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub built: Option<BuiltBody>,
    /// Why it was refused, or could not be built (`too_large`: order it for shorter periods).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
}

/// What was built.
#[derive(Serialize, ToSchema)]
pub struct BuiltBody {
    /// Hex, of the archive.
    pub sha256: String,
    pub size: u64,
    pub records: u64,
    #[schema(value_type = String, format = DateTime)]
    pub built_at: Timestamp,
}

/// A page of orders.
#[derive(Serialize, ToSchema)]
pub struct PackagesBody {
    pub packages: Vec<PackageBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// Where the package can be had for some minutes.
#[derive(Serialize, ToSchema)]
pub struct HandedOverBody {
    pub package_id: String,
    /// GET it without any other right; it closes after five minutes.
    pub url: String,
    /// Hex, of what is there.
    pub sha256: String,
}

impl From<EvidencePackage> for PackageBody {
    fn from(package: EvidencePackage) -> Self {
        let approved_by = package.approver().map(|actor| actor.name().to_owned());
        let (state, built, refusal) = match package.state {
            PackageState::WaitingForApproval => ("waiting_for_approval", None, None),
            PackageState::Approved { .. } => ("approved", None, None),
            PackageState::Ready { built, .. } => {
                let domain::evidence_package::BuiltPackage { sha256, size, records, built_at, .. } = built;
                ("ready", Some(BuiltBody { sha256, size, records, built_at }), None)
            }
            PackageState::Failed { .. } => ("failed", None, Some("too_large".to_owned())),
            PackageState::Refused { reason, .. } => ("refused", None, Some(reason)),
        };
        Self {
            package_id: package.package_id.to_string(),
            state,
            scope: package.scope.of.into(),
            from: package.scope.from,
            until: package.scope.until,
            legal_basis: package.legal_basis,
            reason: package.reason,
            personal_data: package.personal_data == PersonalData::Included,
            log_objects: package.log_objects == LogObjects::Enclosed,
            ordered_by: package.ordered_by.name().to_owned(),
            ordered_at: package.ordered_at,
            approved_by,
            built,
            refusal,
        }
    }
}

impl From<PackagePage> for PackagesBody {
    fn from(page: PackagePage) -> Self {
        Self { packages: page.packages.into_iter().map(Into::into).collect(), next_cursor: page.next }
    }
}

/// Order an evidence package
///
/// Nothing is built before another person approves the order. 申请制作证据包，须经另一人批准。
#[utoipa::path(
    operation_id = "order_evidence_package",
    post, path = "/v1/evidence-packages", tag = "record", security(("sigv4" = [])),
    params(IdempotencyKeyRequired), request_body = PackageRequest,
    responses((status = 201, body = PackageBody, headers(("Location" = String))), WriteProblems)
)]
async fn order(
    State(desk): State<Arc<PackageDesk>>,
    Caller(actor): Caller,
    OperationId(operation_id): OperationId,
    ValidJson(request): ValidJson<PackageRequest>,
) -> Result<impl IntoResponse, Problem> {
    let package = desk.order(request.into_command(operation_id, actor)?).await?;
    lambda::fact("package.id", package.package_id.to_string());
    let location = format!("/v1/evidence-packages/{}", package.package_id);
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(PackageBody::from(package))))
}

/// List the evidence packages
///
/// All orders, the latest first. 列出证据包申请。
#[utoipa::path(
    operation_id = "list_evidence_packages",
    get, path = "/v1/evidence-packages", tag = "record", security(("sigv4" = [])), params(HoldListParams),
    responses((status = 200, body = PackagesBody), ReadProblems)
)]
async fn list(
    State(desk): State<Arc<PackageDesk>>,
    ValidQuery(params): ValidQuery<HoldListParams>,
) -> Result<Json<PackagesBody>, Problem> {
    Ok(Json(desk.list(params.limit, params.cursor.as_deref()).await?.into()))
}

/// Read an order for an evidence package
///
/// 查询证据包申请。
#[utoipa::path(
    operation_id = "get_evidence_package",
    get, path = "/v1/evidence-packages/{package_id}", tag = "record", security(("sigv4" = [])),
    params(("package_id" = String, Path, example = "pkg_01k9rq4w5nf0ysjv5p0d8yb3e6")),
    responses((status = 200, body = PackageBody), ReadProblems)
)]
async fn show(
    State(desk): State<Arc<PackageDesk>>,
    PathId(package_id): PathId<PackageId>,
) -> Result<Json<PackageBody>, Problem> {
    Ok(Json(desk.show(package_id).await?.into()))
}

/// Approve an evidence package
///
/// By another person than the one who ordered it; it is built from then on. 批准证据包，须由申请人以外的人进行。
#[utoipa::path(
    operation_id = "approve_evidence_package",
    post, path = "/v1/evidence-packages/{package_id}/approve", tag = "record", security(("sigv4" = [])),
    params(("package_id" = String, Path, example = "pkg_01k9rq4w5nf0ysjv5p0d8yb3e6"), IdempotencyKeyRequired),
    responses((status = 200, body = PackageBody), WriteProblems)
)]
async fn approve(
    State(desk): State<Arc<PackageDesk>>,
    Caller(actor): Caller,
    PathId(package_id): PathId<PackageId>,
) -> Result<Json<PackageBody>, Problem> {
    Ok(Json(desk.approve(package_id, &actor).await?.into()))
}

/// Refuse an evidence package
///
/// Or take the order back. 不予批准或撤回申请。
#[utoipa::path(
    operation_id = "refuse_evidence_package",
    post, path = "/v1/evidence-packages/{package_id}/refuse", tag = "record", security(("sigv4" = [])),
    params(("package_id" = String, Path, example = "pkg_01k9rq4w5nf0ysjv5p0d8yb3e6"), IdempotencyKeyRequired),
    request_body = PackageRefusalRequest, responses((status = 200, body = PackageBody), WriteProblems)
)]
async fn refuse(
    State(desk): State<Arc<PackageDesk>>,
    Caller(actor): Caller,
    PathId(package_id): PathId<PackageId>,
    ValidJson(request): ValidJson<PackageRefusalRequest>,
) -> Result<Json<PackageBody>, Problem> {
    Ok(Json(desk.refuse(package_id, &request.reason, &actor).await?.into()))
}

/// Take an evidence package
///
/// An address at which it can be had for five minutes; who took it and when is on record before. 领取证据包，领取留痕。
#[utoipa::path(
    operation_id = "hand_over_evidence_package",
    post, path = "/v1/evidence-packages/{package_id}/hand-over", tag = "record", security(("sigv4" = [])),
    params(("package_id" = String, Path, example = "pkg_01k9rq4w5nf0ysjv5p0d8yb3e6"), IdempotencyKeyRequired),
    responses((status = 200, body = HandedOverBody), WriteProblems)
)]
async fn hand_over(
    State(desk): State<Arc<PackageDesk>>,
    Caller(actor): Caller,
    PathId(package_id): PathId<PackageId>,
) -> Result<Json<HandedOverBody>, Problem> {
    let handed = desk.hand_over(package_id, &actor).await?;
    let sha256 = match handed.package.state {
        PackageState::Ready { built, .. } => built.sha256,
        _ => String::new(),
    };
    Ok(Json(HandedOverBody { package_id: package_id.to_string(), url: handed.url, sha256 }))
}
