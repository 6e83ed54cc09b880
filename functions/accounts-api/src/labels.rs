//! `GET /v1/accounts/{account_id}`: an account as the public is told of it, with its labels by class (R7.1).

use std::sync::Arc;

use axum::{Json, extract::State};
use domain::{
    account_label::{LabelRule, labels_of},
    id::AccountId,
};
use lambda::{
    http::{PathId, Routes},
    openapi::ReadProblems,
    problem::Problem,
    routes,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Service, wire::AccountBody};

pub(crate) fn routes() -> Routes<Arc<Service>> {
    Routes::new().routes(routes!(read))
}

/// An account with what the public is told it is.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountViewBody {
    #[serde(flatten)]
    account: AccountBody,
    /// What was checked, by the rules of the settings: the kind of its principal, the qualifications that are valid at this
    /// moment. None before the identity is verified.
    account_labels: Vec<AccountLabelBody>,
}

/// 分类标识: to be shown beside the account's name.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountLabelBody {
    #[schema(example = "news")]
    label: String,
    #[schema(example = "新闻")]
    zh: String,
    #[schema(example = "News")]
    en: String,
}

impl From<&LabelRule> for AccountLabelBody {
    fn from(rule: &LabelRule) -> Self {
        Self { label: rule.label.clone(), zh: rule.title.zh.clone(), en: rule.title.en.clone() }
    }
}

/// Read an account
///
/// With its labels by class. 查询公众账号及其分类标识。
#[utoipa::path(
    operation_id = "get_account",
    get, path = "/v1/accounts/{account_id}", tag = "accounts", security(("sigv4" = [])),
    params(("account_id" = String, Path, example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6")),
    responses((status = 200, body = AccountViewBody), ReadProblems)
)]
async fn read(
    State(service): State<Arc<Service>>,
    PathId(account_id): PathId<AccountId>,
) -> Result<Json<AccountViewBody>, Problem> {
    let (account, settings) =
        futures::try_join!(service.registration.account(account_id), async { Ok(service.settings.current().await?) })?;
    let now = service.clock.now();
    let account_labels = labels_of(&account, &settings.account_labels.rules, now).into_iter().map(Into::into).collect();
    Ok(Json(AccountViewBody { account: AccountBody::of(&account, now), account_labels }))
}
