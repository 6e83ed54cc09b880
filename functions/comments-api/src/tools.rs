//! The accounts' tools (R12.2).

use std::{collections::BTreeSet, sync::Arc};

use app::comment_tools::{CommentTools, OwnerAction};
use axum::{Json, extract::State};
use domain::{
    id::{AccountId, CommentId, PublicationId},
    owner_rules::{MOST_KEYWORDS, OwnerRules},
};
use garde::Validate;
use lambda::{
    http::{Caller, PathId, Routes, ValidJson},
    openapi::{ReadProblems, WriteProblems},
    problem::Problem,
    routes,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Service, wire::CommentBody};

pub(crate) fn routes() -> Routes<Service> {
    Routes::new().routes(routes!(act)).routes(routes!(rules, set_rules)).routes(routes!(set_publication))
}

/// What an account does about a comment.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnerActionRequest {
    #[garde(skip)]
    action: OwnerActionName,
}

/// `block_commenter`: who wrote the comment may write nothing more below what the account publishes.
#[derive(Deserialize, ToSchema, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OwnerActionName {
    Hide,
    Restore,
    BlockCommenter,
    UnblockCommenter,
}

impl From<OwnerActionName> for OwnerAction {
    fn from(name: OwnerActionName) -> Self {
        match name {
            OwnerActionName::Hide => Self::Hide,
            OwnerActionName::Restore => Self::Restore,
            OwnerActionName::BlockCommenter => Self::BlockCommenter,
            OwnerActionName::UnblockCommenter => Self::UnblockCommenter,
        }
    }
}

/// A word that hides comments.
#[derive(ToSchema)]
#[schema(min_length = 1, max_length = 50)]
#[expect(dead_code, reason = "describes, is never made")]
struct Keyword(String);

/// What an account says about the comments below everything that it publishes.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnerRulesRequest {
    /// Nobody may comment.
    #[garde(skip)]
    closed: bool,
    /// A comment that holds one of them, in whatever disguise, is hidden.
    #[serde(default)]
    #[garde(length(max = MOST_KEYWORDS), inner(length(chars, min = 1, max = 50)))]
    #[schema(value_type = Vec<Keyword>, max_items = 200, example = json!(["加群"]))]
    keywords: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct OwnerRulesBody {
    account_id: String,
    /// Counts the changes; 0 when the account has said nothing.
    version: u64,
    closed: bool,
    keywords: BTreeSet<String>,
    /// Whom the account has blocked, by the platform's pseudonyms.
    blocked: Vec<String>,
}

impl From<OwnerRules> for OwnerRulesBody {
    fn from(rules: OwnerRules) -> Self {
        Self {
            account_id: rules.account_id.to_string(),
            version: rules.version,
            closed: rules.closed,
            keywords: rules.keywords,
            blocked: rules.blocked.into_iter().map(|commenter| commenter.0).collect(),
        }
    }
}

/// Whether there are comments below a publication.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PublicationRulesRequest {
    #[garde(skip)]
    closed: bool,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct PublicationRulesBody {
    publication_id: String,
    closed: bool,
}

/// Hide or restore a comment, block or unblock who wrote it
///
/// The account's own tool: what it hides stays on record, and restoring brings back nothing that was held or refused.
/// Doing it again changes nothing; `Idempotency-Key` is not needed here. 账号管理评论：隐藏、恢复、禁言评论者。
#[utoipa::path(
    operation_id = "act_on_comment",
    post, path = "/v1/comments/{comment_id}/owner-actions", tag = "comments", security(("sigv4" = [])),
    params(("comment_id" = String, Path, example = "cmt_2pkrcv9dx1h3zb8sz5y0m4n6tq")),
    request_body = OwnerActionRequest,
    responses((status = 200, body = CommentBody), WriteProblems)
)]
async fn act(
    State(tools): State<Arc<CommentTools>>,
    Caller(actor): Caller,
    PathId(comment_id): PathId<CommentId>,
    ValidJson(request): ValidJson<OwnerActionRequest>,
) -> Result<Json<CommentBody>, Problem> {
    let record = tools.act(comment_id, request.action.into(), &actor).await?;
    lambda::fact("comment.id", comment_id.to_string());
    Ok(Json(CommentBody::of(record)))
}

/// Read what an account says about comments
///
/// 查询账号的评论设置。
#[utoipa::path(
    operation_id = "get_comment_rules",
    get, path = "/v1/accounts/{account_id}/comment-rules", tag = "comments", security(("sigv4" = [])),
    params(("account_id" = String, Path, example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6")),
    responses((status = 200, body = OwnerRulesBody), ReadProblems)
)]
async fn rules(
    State(tools): State<Arc<CommentTools>>,
    PathId(account_id): PathId<AccountId>,
) -> Result<Json<OwnerRulesBody>, Problem> {
    Ok(Json(tools.rules(account_id).await?.into()))
}

/// Say what an account wants about comments
///
/// Replaces what it said before; whom it has blocked stays. 设置账号的评论开关与屏蔽词。
#[utoipa::path(
    operation_id = "set_comment_rules",
    put, path = "/v1/accounts/{account_id}/comment-rules", tag = "comments", security(("sigv4" = [])),
    params(("account_id" = String, Path, example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6")),
    request_body = OwnerRulesRequest,
    responses((status = 200, body = OwnerRulesBody), WriteProblems)
)]
async fn set_rules(
    State(tools): State<Arc<CommentTools>>,
    Caller(actor): Caller,
    PathId(account_id): PathId<AccountId>,
    ValidJson(request): ValidJson<OwnerRulesRequest>,
) -> Result<Json<OwnerRulesBody>, Problem> {
    let keywords = request.keywords.into_iter().collect();
    Ok(Json(tools.set_rules(account_id, request.closed, &keywords, &actor).await?.into()))
}

/// Open or close the comments below a publication
///
/// 开启或关闭某条发布内容的评论。
#[utoipa::path(
    operation_id = "set_publication_comment_rules",
    put, path = "/v1/publications/{publication_id}/comment-rules", tag = "comments", security(("sigv4" = [])),
    params(("publication_id" = String, Path, example = "pub_2pkrcv9dx1h3zb8sz5y0m4n6tq")),
    request_body = PublicationRulesRequest,
    responses((status = 200, body = PublicationRulesBody), WriteProblems)
)]
async fn set_publication(
    State(tools): State<Arc<CommentTools>>,
    Caller(actor): Caller,
    PathId(publication_id): PathId<PublicationId>,
    ValidJson(request): ValidJson<PublicationRulesRequest>,
) -> Result<Json<PublicationRulesBody>, Problem> {
    let record = tools.set_publication(publication_id, request.closed, &actor).await?;
    let closed = record.publication.comments_closed;
    Ok(Json(PublicationRulesBody { publication_id: publication_id.to_string(), closed }))
}
