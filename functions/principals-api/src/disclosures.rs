//! Who stands behind an account, for the content safety lead (R9.1).

use std::sync::Arc;

use app::disclosing::{Disclose, Disclosed, DisclosureDesk, DisclosurePurpose};
use axum::{Json, extract::State};
use domain::{id::AccountId, personal::Purpose};
use garde::Validate;
use lambda::{
    http::{Caller, PathId, Routes, ValidJson, legible_line},
    openapi::WriteProblems,
    problem::Problem,
    routes,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Service;

pub(crate) fn routes() -> Routes<Service> {
    Routes::new().routes(routes!(disclose))
}

/// What the clear text is needed for.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DisclosureRequest {
    #[garde(skip)]
    purpose: PurposeBody,
    /// The case, or the number of the order, that asks for it. It goes into the record: no names.
    #[garde(length(chars, min = 1, max = 200), custom(legible_line))]
    #[schema(format = "legible-line", min_length = 1, max_length = 200, example = "case_01k9rq4w5nf0ysjv5p0d8yb3e6")]
    reference: String,
}

/// `review`: to decide by hand what no provider has settled. `lawful_request`: the law asks for it.
#[derive(Deserialize, Clone, Copy, ToSchema)]
#[serde(rename_all = "snake_case")]
enum PurposeBody {
    Review,
    LawfulRequest,
}

/// Who stands behind the account, in clear. It does not print.
#[derive(Serialize, ToSchema)]
pub(crate) struct DisclosureBody {
    account_id: String,
    principal: DisclosedPrincipalBody,
    /// With its calling code, if one was proven.
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile_number: Option<String>,
    /// Of the account, which the reading is an event of.
    version: u64,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct DisclosedPrincipalBody {
    #[schema(value_type = String, example = "individual")]
    kind: domain::principal::PrincipalKind,
    #[schema(value_type = String, example = "resident_identity_number")]
    document_type: domain::document::DocumentType,
    document_number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuing_state: Option<String>,
    name: String,
}

impl DisclosureBody {
    fn of(disclosed: &Disclosed, purpose: Purpose) -> Self {
        let Disclosed { account, identity, mobile_number } = disclosed;
        Self {
            account_id: account.account_id.to_string(),
            principal: DisclosedPrincipalBody {
                kind: identity.kind,
                document_type: identity.document.document_type(),
                document_number: identity.document.number(purpose).to_owned(),
                issuing_state: identity.document.issuing_state(purpose).map(str::to_owned),
                name: identity.name.reveal(purpose).clone(),
            },
            mobile_number: mobile_number.as_ref().map(|number| number.reveal(purpose).clone()),
            version: account.version,
        }
    }
}

/// Unseal who stands behind an account
///
/// Each call is a reading and an event of the account, `identity_unsealed`, with who, what for and by which case or order; the
/// event is stored before the clear text is there. The answer is not kept, so that no `Idempotency-Key` is asked for (R9.1).
/// 解封账号主体的真实身份：每次读取均先记录操作人、目的和依据。
#[utoipa::path(
    operation_id = "disclose_identity",
    post, path = "/v1/accounts/{account_id}/identity-disclosures", tag = "principals", security(("sigv4" = [])),
    params(("account_id" = String, Path, example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6")), request_body = DisclosureRequest,
    responses((status = 200, body = DisclosureBody), WriteProblems)
)]
async fn disclose(
    State(desk): State<Arc<DisclosureDesk>>,
    Caller(actor): Caller,
    PathId(account_id): PathId<AccountId>,
    ValidJson(request): ValidJson<DisclosureRequest>,
) -> Result<Json<DisclosureBody>, Problem> {
    let purpose = match request.purpose {
        PurposeBody::Review => DisclosurePurpose::Review,
        PurposeBody::LawfulRequest => DisclosurePurpose::LawfulRequest,
    };
    lambda::fact("account.id", account_id.to_string());
    let command = Disclose { account_id, purpose, reference: request.reference, actor };
    Ok(Json(DisclosureBody::of(&desk.disclose(command).await?, purpose.into())))
}
