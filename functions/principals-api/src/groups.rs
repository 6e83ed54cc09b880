//! Account groups (R7.3).

use std::{collections::BTreeSet, sync::Arc};

use app::grouping::{Grouping, RegisterGroup};
use axum::{
    Json,
    extract::State,
    http::{StatusCode, header::LOCATION},
    response::IntoResponse,
};
use domain::{
    group::AccountGroup,
    id::{AccountId, GroupId},
    principal::PrincipalKey,
};
use garde::Validate;
use jiff::Timestamp;
use lambda::{
    http::{Caller, PathId, Routes, ValidJson, ValidQuery, legible_line, legible_text},
    idempotency::OperationId,
    openapi::{IdempotencyKeyRequired, ReadProblems, WriteProblems},
    problem::{Code, FieldCode, Problem},
    routes,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::Service;

pub(crate) fn routes() -> Routes<Service> {
    Routes::new().routes(routes!(register, list)).routes(routes!(read)).routes(routes!(add, remove))
}

/// A group of accounts that one principal runs together.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GroupRequest {
    /// One of the holder's accounts: its principal answers for the group.
    #[garde(skip)]
    #[schema(value_type = String, example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6")]
    holder_account_id: AccountId,
    #[garde(length(chars, min = 1, max = 100), custom(legible_line))]
    #[schema(format = "legible-line", min_length = 1, max_length = 100, example = "天气矩阵")]
    name: String,
    /// What the accounts are for.
    #[garde(length(chars, min = 1, max = 1_000), custom(legible_text))]
    #[schema(format = "legible-text", min_length = 1, max_length = 1_000)]
    scope: String,
    /// More can be added later.
    #[garde(length(min = 1, max = 20))]
    #[schema(value_type = Vec<String>, min_items = 1, max_items = 20)]
    members: Vec<AccountId>,
}

/// Accounts that come or go.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MembersRequest {
    #[garde(length(min = 1, max = 20))]
    #[schema(value_type = Vec<String>, min_items = 1, max_items = 20)]
    account_ids: Vec<AccountId>,
}

/// Whose groups: of the principal behind an account, or of one by its key.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct GroupsParams {
    #[garde(length(chars, max = 64))]
    account_id: Option<String>,
    #[garde(length(chars, max = 128))]
    principal_key: Option<String>,
}

/// A registered group (R7.3).
#[derive(Serialize, ToSchema)]
pub(crate) struct GroupBody {
    #[schema(example = "grp_01k9rq4w5nf0ysjv5p0d8yb3e6")]
    group_id: String,
    version: u64,
    /// The blind key of the principal that answers for it.
    holder: String,
    name: String,
    scope: String,
    members: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    registered_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct GroupsBody {
    groups: Vec<GroupBody>,
}

impl From<AccountGroup> for GroupBody {
    fn from(group: AccountGroup) -> Self {
        Self {
            group_id: group.group_id.to_string(),
            version: group.version,
            holder: group.holder.to_string(),
            name: group.name,
            scope: group.scope,
            members: group.members.iter().map(ToString::to_string).collect(),
            registered_at: group.registered_at,
            updated_at: group.updated_at,
        }
    }
}

/// Register a group of accounts
///
/// Whoever holds more accounts than the settings say registers them as a group, with scope and list; without one, no
/// further account is registered (R7.3). 登记账号组（持有主体、服务范围、账号列表）。
#[utoipa::path(
    operation_id = "register_group",
    post, path = "/v1/groups", tag = "principals", security(("sigv4" = [])),
    params(IdempotencyKeyRequired), request_body = GroupRequest,
    responses((status = 201, body = GroupBody, headers(("Location" = String))), WriteProblems)
)]
async fn register(
    State(groups): State<Arc<Grouping>>,
    Caller(actor): Caller,
    OperationId(operation_id): OperationId,
    ValidJson(request): ValidJson<GroupRequest>,
) -> Result<impl IntoResponse, Problem> {
    let GroupRequest { holder_account_id, name, scope, members } = request;
    let members = members.into_iter().collect();
    let command = RegisterGroup { operation_id, holder: holder_account_id, name, scope, members, actor };
    let group = groups.register(command).await?;
    lambda::fact("group.id", group.group_id.to_string());
    let location = format!("/v1/groups/{}", group.group_id);
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(GroupBody::from(group))))
}

/// List the groups of a principal
///
/// By one of its accounts, or by its key. 按主体查询账号组。
#[utoipa::path(
    operation_id = "list_groups",
    get, path = "/v1/groups", tag = "principals", security(("sigv4" = [])), params(GroupsParams),
    responses((status = 200, body = GroupsBody), ReadProblems)
)]
async fn list(
    State(groups): State<Arc<Grouping>>,
    ValidQuery(params): ValidQuery<GroupsParams>,
) -> Result<Json<GroupsBody>, Problem> {
    let malformed = |at: &str| Problem::new(Code::InvalidQuery).at(at.to_owned(), FieldCode::MalformedValue);
    let found = match (params.account_id, params.principal_key) {
        (Some(account_id), None) => groups.of_holder(account_id.parse().map_err(|_| malformed("/account_id"))?).await?,
        (None, Some(key)) => {
            let key: PrincipalKey = key.parse().map_err(|_| malformed("/principal_key"))?;
            groups.of_principal(&key).await?
        }
        (None, None) => {
            return Err(Problem::new(Code::InvalidQuery).at("/account_id".to_owned(), FieldCode::MissingField));
        }
        (Some(_), Some(_)) => {
            return Err(Problem::new(Code::InvalidQuery).at("/principal_key".to_owned(), FieldCode::UnknownField));
        }
    };
    Ok(Json(GroupsBody { groups: found.into_iter().map(Into::into).collect() }))
}

/// Read a group
///
/// 查询账号组。
#[utoipa::path(
    operation_id = "get_group",
    get, path = "/v1/groups/{group_id}", tag = "principals", security(("sigv4" = [])),
    params(("group_id" = String, Path)),
    responses((status = 200, body = GroupBody), ReadProblems)
)]
async fn read(
    State(groups): State<Arc<Grouping>>,
    PathId(group_id): PathId<GroupId>,
) -> Result<Json<GroupBody>, Problem> {
    Ok(Json(groups.group(group_id).await?.into()))
}

/// Take accounts into a group
///
/// An account is in one group at most. 向账号组增加账号。
#[utoipa::path(
    operation_id = "add_group_members",
    post, path = "/v1/groups/{group_id}/members", tag = "principals", security(("sigv4" = [])),
    params(("group_id" = String, Path), IdempotencyKeyRequired), request_body = MembersRequest,
    responses((status = 200, body = GroupBody), WriteProblems)
)]
async fn add(
    State(groups): State<Arc<Grouping>>,
    Caller(actor): Caller,
    PathId(group_id): PathId<GroupId>,
    ValidJson(request): ValidJson<MembersRequest>,
) -> Result<Json<GroupBody>, Problem> {
    let accounts: BTreeSet<AccountId> = request.account_ids.into_iter().collect();
    Ok(Json(groups.add(group_id, &accounts, &actor).await?.into()))
}

/// Let accounts go from a group
///
/// Accounts that are not in it stay out. 从账号组移除账号。
#[utoipa::path(
    operation_id = "remove_group_members",
    delete, path = "/v1/groups/{group_id}/members", tag = "principals", security(("sigv4" = [])),
    params(("group_id" = String, Path), IdempotencyKeyRequired), request_body = MembersRequest,
    responses((status = 200, body = GroupBody), WriteProblems)
)]
async fn remove(
    State(groups): State<Arc<Grouping>>,
    Caller(actor): Caller,
    PathId(group_id): PathId<GroupId>,
    ValidJson(request): ValidJson<MembersRequest>,
) -> Result<Json<GroupBody>, Problem> {
    let accounts: BTreeSet<AccountId> = request.account_ids.into_iter().collect();
    Ok(Json(groups.remove(group_id, &accounts, &actor).await?.into()))
}
