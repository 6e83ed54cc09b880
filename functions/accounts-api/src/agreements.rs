//! `GET /v1/policy-documents`, and what accounts have accepted of them (R5.2).

use std::sync::Arc;

use app::agreeing::{Accept, Agreements};
use axum::{Json, extract::State};
use domain::{
    actor::Actor,
    id::AccountId,
    policy_document::{Acceptance, Agreement, PolicyDocument},
    profile::Bilingual,
};
use garde::Validate;
use jiff::Timestamp;
use lambda::{
    http::{Caller, PathId, Routes, ValidJson},
    idempotency::OperationId,
    openapi::{IdempotencyKeyRequired, ReadProblems, WriteProblems},
    problem::Problem,
    routes,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Service;

pub(crate) fn routes() -> Routes<Arc<Service>> {
    Routes::new().routes(routes!(documents)).routes(routes!(read)).routes(routes!(accept))
}

/// That the account's holder accepted the text with that hash.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgreementRequest {
    #[garde(length(chars, min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "service-agreement")]
    document_id: String,
    #[garde(range(min = 1))]
    #[schema(minimum = 1)]
    version: u32,
    /// Of the text that was shown, SHA-256 in lower-case hexadecimal: it must be that of the document.
    #[garde(custom(hexadecimal_hash))]
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    sha256: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that garde asks for")]
pub(crate) fn hexadecimal_hash(text: &str, (): &()) -> garde::Result {
    let is_hexadecimal = text.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
    if text.len() == 64 && is_hexadecimal {
        return Ok(());
    }
    Err(garde::Error::new("is not 64 lower-case hexadecimal characters"))
}

/// The version in effect of every policy document, and those that will be.
#[derive(Serialize, ToSchema)]
pub(crate) struct PolicyDocumentsBody {
    documents: Vec<PolicyDocumentBody>,
}

/// One version of one document.
#[derive(Serialize, ToSchema)]
pub(crate) struct PolicyDocumentBody {
    #[schema(example = "service-agreement")]
    document_id: String,
    version: u32,
    /// Of the text's bytes.
    sha256: String,
    /// Where the text lies in the artefacts bucket, which the platform may read.
    #[schema(example = "policy-documents/0fe665682f3475f3b66f81a2fa899a1924cb9d371d353a289d2a98bdf0b7415b")]
    text_key: String,
    title: TitleBody,
    #[schema(value_type = String, format = DateTime)]
    effective_at: Timestamp,
    in_effect: bool,
    /// `required` or `not_required`.
    #[schema(value_type = String)]
    acceptance: Acceptance,
    /// From then on an account that has not accepted it may not publish.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    accept_by: Option<Timestamp>,
}

/// In both languages.
#[derive(Serialize, ToSchema)]
pub(crate) struct TitleBody {
    zh: String,
    en: String,
}

/// What the account has accepted, and what it has still to accept.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgreementsBody {
    account_id: String,
    /// By document, the latest version that was accepted.
    agreements: Vec<AgreementBody>,
    /// The versions in effect or coming that ask to be accepted and are not.
    outstanding: Vec<OutstandingBody>,
}

/// That the account accepted a version.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgreementBody {
    document_id: String,
    version: u32,
    sha256: String,
    #[schema(value_type = String, format = DateTime)]
    accepted_at: Timestamp,
    /// Who told us, by role and pseudonym.
    #[schema(value_type = Object)]
    accepted_by: Actor,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct OutstandingBody {
    #[serde(flatten)]
    document: PolicyDocumentBody,
    /// Whether publishing is refused now for want of it.
    publishing_refused: bool,
}

impl PolicyDocumentBody {
    fn of(document: &PolicyDocument, now: Timestamp) -> Self {
        let Bilingual { zh, en } = document.title.clone();
        let is_required = document.acceptance == Acceptance::Required;
        Self {
            document_id: document.document_id.clone(),
            version: document.version,
            sha256: document.sha256.clone(),
            text_key: document.text_key(),
            title: TitleBody { zh, en },
            effective_at: document.effective_at,
            in_effect: document.effective_at <= now,
            acceptance: document.acceptance,
            accept_by: is_required.then(|| document.accept_by()),
        }
    }
}

impl AgreementsBody {
    fn of(agreements: &Agreements) -> Self {
        let outstanding = agreements.outstanding().into_iter().map(|(document, publishing_refused)| OutstandingBody {
            document: PolicyDocumentBody::of(document, agreements.as_of),
            publishing_refused,
        });
        Self {
            account_id: agreements.account.account_id.to_string(),
            outstanding: outstanding.collect(),
            agreements: agreements.account.agreements.iter().map(AgreementBody::of).collect(),
        }
    }
}

impl AgreementBody {
    fn of(agreement: &Agreement) -> Self {
        let Agreement { document_id, version, sha256, accepted_at, accepted_by } = agreement.clone();
        Self { document_id, version, sha256, accepted_at, accepted_by }
    }
}

/// Read the policy documents
///
/// Service agreement, publish rules and whatever else operators have put: the versions in effect and those that are coming,
/// with the hash of each text and where it lies (R5.2). 查询现行与即将生效的协议和规则。
#[utoipa::path(
    operation_id = "list_policy_documents",
    get, path = "/v1/policy-documents", tag = "accounts", security(("sigv4" = [])),
    responses((status = 200, body = PolicyDocumentsBody), ReadProblems)
)]
async fn documents(State(service): State<Arc<Service>>) -> Result<Json<PolicyDocumentsBody>, Problem> {
    let (documents, now) = service.agreements.documents().await?;
    let documents = documents.known(now).into_iter().map(|document| PolicyDocumentBody::of(document, now));
    Ok(Json(PolicyDocumentsBody { documents: documents.collect() }))
}

/// Read what an account has accepted
///
/// 查询账号已接受与待接受的协议和规则。
#[utoipa::path(
    operation_id = "list_agreements",
    get, path = "/v1/accounts/{account_id}/agreements", tag = "accounts", security(("sigv4" = [])),
    params(("account_id" = String, Path, example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6")),
    responses((status = 200, body = AgreementsBody), ReadProblems)
)]
async fn read(
    State(service): State<Arc<Service>>,
    PathId(account_id): PathId<AccountId>,
) -> Result<Json<AgreementsBody>, Problem> {
    Ok(Json(AgreementsBody::of(&service.agreements.of(account_id).await?)))
}

/// Record that an account accepted a policy document
///
/// The version in effect, or one that is coming, by the hash of the text that its holder was shown. An account may publish
/// without having accepted a version until the version's grace period is over (R5.2). Accepting again changes nothing.
/// 记录账号接受协议或规则：须为现行或即将生效的版本，且正文哈希一致。
#[utoipa::path(
    operation_id = "accept_policy_document",
    post, path = "/v1/accounts/{account_id}/agreements", tag = "accounts", security(("sigv4" = [])),
    params(("account_id" = String, Path, example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6"), IdempotencyKeyRequired),
    request_body = AgreementRequest,
    responses((status = 200, body = AgreementsBody), WriteProblems)
)]
async fn accept(
    State(service): State<Arc<Service>>,
    PathId(account_id): PathId<AccountId>,
    Caller(actor): Caller,
    // The acceptance is an effect: it waits until the write has begun.
    OperationId(_operation): OperationId,
    ValidJson(request): ValidJson<AgreementRequest>,
) -> Result<Json<AgreementsBody>, Problem> {
    let AgreementRequest { document_id, version, sha256 } = request;
    lambda::fact("account.id", account_id.to_string());
    let agreements = service.agreements.accept(Accept { account_id, document_id, version, sha256, actor }).await?;
    Ok(Json(AgreementsBody::of(&agreements)))
}
