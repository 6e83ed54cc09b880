//! `DELETE /v1/accounts/{account_id}` and the change of mind (R9.2).

use std::sync::Arc;

use axum::{Json, extract::State};
use domain::{
    account::Account,
    deregistration::{DestructionReceipt, KeepingDuty},
    id::AccountId,
};
use jiff::Timestamp;
use lambda::{
    http::{Caller, PathId, Routes},
    idempotency::OperationId,
    openapi::{IdempotencyKeyRequired, WriteProblems},
    problem::Problem,
    routes,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Service, wire::AccountBody};

pub(crate) fn routes() -> Routes<Arc<Service>> {
    Routes::new().routes(routes!(request)).routes(routes!(undo))
}

/// How far an account is on its way out.
#[derive(Serialize, ToSchema)]
pub struct DeregistrationBody {
    #[schema(value_type = String, format = DateTime)]
    pub requested_at: Timestamp,
    /// Until then it can be undone.
    #[schema(value_type = String, format = DateTime)]
    pub closes_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Timestamp>,
    /// Why the sealed identity of the closed account is still kept: `open_case`, `appeal_window` or `principal_listing`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub kept_for: Option<KeepingDuty>,
    /// That the sealed identity is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<DestructionReceiptBody>,
}

/// That a sealed value is gone: what, when, why and in which run.
#[derive(Serialize, ToSchema)]
pub struct DestructionReceiptBody {
    /// `identity`: document and name of the principal, with the data key that alone could open them.
    #[schema(value_type = String)]
    pub what: domain::deregistration::DestroyedValue,
    /// `deregistration`.
    #[schema(value_type = String)]
    pub reason: domain::deregistration::DestructionReason,
    #[schema(value_type = String, format = DateTime)]
    pub destroyed_at: Timestamp,
    pub run_id: String,
    /// SHA-256, hex, of what was stored: wrapped key, nonce and ciphertext, each behind its length (8 bytes, big endian).
    pub sealed_sha256: String,
}

impl DeregistrationBody {
    pub fn of(account: &Account) -> Option<Self> {
        let deregistration = account.deregistration.as_ref()?;
        Some(Self {
            requested_at: deregistration.requested_at,
            closes_at: deregistration.closes_at,
            closed_at: deregistration.closed_at,
            kept_for: deregistration.kept_for,
            receipt: deregistration.receipt.as_ref().map(Into::into),
        })
    }
}

impl From<&DestructionReceipt> for DestructionReceiptBody {
    fn from(receipt: &DestructionReceipt) -> Self {
        Self {
            what: receipt.what,
            reason: receipt.reason,
            destroyed_at: receipt.destroyed_at,
            run_id: receipt.run_id.to_string(),
            sealed_sha256: receipt.sealed_sha256.clone(),
        }
    }
}

/// Close an account at its holder's wish
///
/// The account stops publishing at once and is closed when the cooling-off is over, until when it can be undone. Its place
/// and its name are free from then on, and its sealed identity is destroyed as soon as no duty keeps it (R9.2).
/// 注销账号：冷静期内可撤销，期满关闭并销毁封存的身份信息。
#[utoipa::path(
    operation_id = "deregister_account",
    delete, path = "/v1/accounts/{account_id}", tag = "accounts", security(("sigv4" = [])),
    params(("account_id" = String, Path, example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6"), IdempotencyKeyRequired),
    responses((status = 200, body = AccountBody), WriteProblems)
)]
async fn request(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    OperationId(_begun): OperationId,
    PathId(account_id): PathId<AccountId>,
) -> Result<Json<AccountBody>, Problem> {
    let account = service.deregistrations.request(account_id, &actor).await?;
    lambda::fact("account.id", account_id.to_string());
    Ok(Json(AccountBody::of(&account, service.clock.now())))
}

/// Change one's mind about closing
///
/// The account stands where it stood. 撤销注销申请。
#[utoipa::path(
    operation_id = "undo_deregistration",
    post, path = "/v1/accounts/{account_id}/deregistration/undo", tag = "accounts", security(("sigv4" = [])),
    params(("account_id" = String, Path, example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6"), IdempotencyKeyRequired),
    responses((status = 200, body = AccountBody), WriteProblems)
)]
async fn undo(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    OperationId(_begun): OperationId,
    PathId(account_id): PathId<AccountId>,
) -> Result<Json<AccountBody>, Problem> {
    let account = service.deregistrations.undo(account_id, &actor).await?;
    lambda::fact("account.id", account_id.to_string());
    Ok(Json(AccountBody::of(&account, service.clock.now())))
}
