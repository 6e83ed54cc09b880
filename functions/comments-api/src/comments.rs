//! Writing and reading comments (R2).

use std::sync::Arc;

use app::{
    commenting::{Commenting, WriteComment},
    ports::CommentRecord,
};
use axum::{
    Json,
    extract::State,
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
};
use domain::{
    comment::Commenter,
    id::{CommentId, PublicationId},
};
use garde::Validate;
use lambda::{
    http::{PathId, RequestId, Routes, ValidJson, ValidQuery, read_item},
    openapi::{ReadProblems, WriteProblems},
    problem::{Code, Language, Problem, ProblemBody},
    routes,
    rule_packs::tell_of_background_hits,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{Service, wire::CommentBody};

/// How many comments one call may carry.
const BATCH: usize = 100;

pub(crate) fn routes() -> Routes<Service> {
    Routes::new().routes(routes!(write, list)).routes(routes!(read))
}

/// The body before it is known whether it is one comment or many. Its form is judged next.
#[derive(Deserialize, Validate)]
#[serde(transparent)]
pub(crate) struct AnyJson(#[garde(skip)] serde_json::Value);

/// One comment, or up to a hundred.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes, is never made")]
pub(crate) enum CommentsRequest {
    #[schema(title = "One")]
    One(CommentRequest),
    #[schema(title = "Many")]
    Many(ManyComments),
}

/// Up to a hundred comments; each is answered in its own place.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ManyComments {
    #[garde(length(min = 1))]
    #[schema(value_type = Vec<CommentRequest>, min_items = 1, max_items = 100)]
    items: Vec<serde_json::Value>,
}

/// A comment.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommentRequest {
    /// The platform's own name of it, unique below the publication: writing it again is a retry.
    #[garde(length(bytes, min = 1, max = 128), custom(visible_ascii))]
    #[schema(min_length = 1, max_length = 128, pattern = "^[!-~]+$", example = "comment-20261123-0001")]
    reference: String,
    /// Who wrote it: a pseudonym of the platform's own, never a name or a number (R9.1). Visible ASCII.
    #[garde(length(bytes, min = 1, max = 64), custom(visible_ascii))]
    #[schema(min_length = 1, max_length = 64, pattern = "^[!-~]+$", example = "u-7f3a9c")]
    commenter: String,
    #[garde(length(chars, min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000)]
    text: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that garde asks for")]
fn visible_ascii(text: &str, (): &()) -> garde::Result {
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    Err(garde::Error::new("holds characters other than visible ASCII"))
}

/// The items, in their order.
#[derive(Serialize, ToSchema)]
pub(crate) struct CommentAnswers {
    items: Vec<CommentAnswer>,
}

/// The answer to one item: a comment, or a problem.
#[derive(Serialize, ToSchema)]
pub(crate) struct CommentAnswer {
    index: usize,
    /// 201, or the status of the problem.
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<CommentBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemBody>,
}

impl CommentAnswer {
    fn of(index: usize, answer: Result<CommentRecord, Problem>, language: Language, request_id: &RequestId) -> Self {
        match answer {
            Ok(record) => Self { index, status: 201, comment: Some(CommentBody::of(record)), problem: None },
            Err(problem) => Self {
                index,
                status: problem.status().as_u16(),
                comment: None,
                problem: Some(problem.body(language, request_id)),
            },
        }
    }
}

/// A page of comments, the latest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct CommentsBody {
    comments: Vec<CommentBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[derive(Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct PageParams {
    /// How many, 1 to 100.
    #[serde(default = "fifty")]
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: usize,
    /// What an earlier page gave.
    #[serde(default)]
    #[garde(inner(length(chars, max = 512)))]
    #[param(max_length = 512)]
    cursor: Option<String>,
}

const fn fifty() -> usize {
    50
}

/// Write comments below a publication, one or up to a hundred
///
/// The answer is the verdict, and whether the public may see the comment. Refused until the function's security assessment
/// is on record (R12.1), while a measure or the account's standing takes comments away, where the account has closed them,
/// and to whom it has blocked (R12.2). The reference names the comment within its publication: sending it again is a retry.
/// 发表评论，即时返回机审结论；安全评估登记之前不可用。
#[utoipa::path(
    operation_id = "write_comments",
    post, path = "/v1/publications/{publication_id}/comments", tag = "comments", security(("sigv4" = [])),
    params(("publication_id" = String, Path, example = "pub_2pkrcv9dx1h3zb8sz5y0m4n6tq")),
    request_body = CommentsRequest,
    responses(
        (status = 200, body = CommentAnswers, description = "The items, answered one by one, in their order"),
        (status = 201, body = CommentBody, headers(("Location" = String)), description = "The one comment"),
        WriteProblems
    )
)]
async fn write(
    State(commenting): State<Arc<Commenting>>,
    language: Language,
    request_id: RequestId,
    PathId(publication_id): PathId<PublicationId>,
    ValidJson(AnyJson(body)): ValidJson<AnyJson>,
) -> Result<Response, Problem> {
    if body.get("items").is_none() {
        let one = commenting.write(publication_id, vec![command(body)?]).await?.pop();
        let record = one.ok_or_else(|| Problem::new(Code::Internal))??;
        lambda::fact("verdict", serde_json::json!(record.verdict.effect));
        tell_of_background_hits(record.verdict.met_in_background());
        let location = format!("/v1/comments/{}", record.comment.comment_id);
        return Ok((StatusCode::CREATED, [(LOCATION, location)], Json(CommentBody::of(record))).into_response());
    }
    let ManyComments { items } = read_item(body)?;
    if items.len() > BATCH {
        return Err(Problem::new(Code::BatchTooLarge));
    }
    let commands: Vec<Result<WriteComment, Problem>> = items.into_iter().map(command).collect();
    let good: Vec<WriteComment> = commands.iter().flatten().cloned().collect();
    let answers = commenting.write(publication_id, good).await?;
    tell_of_background_hits(answers.iter().flatten().flat_map(|record| record.verdict.met_in_background()));
    let mut answers = answers.into_iter();
    let items: Vec<CommentAnswer> = commands
        .into_iter()
        .enumerate()
        .map(|(index, command)| {
            let answer = command
                .and_then(|_| answers.next().ok_or_else(|| Problem::new(Code::Internal))?.map_err(Problem::from));
            CommentAnswer::of(index, answer, language, &request_id)
        })
        .collect();
    lambda::fact("items", items.len());
    lambda::fact("items.refused", items.iter().filter(|item| item.problem.is_some()).count());
    Ok(Json(CommentAnswers { items }).into_response())
}

/// List the comments below a publication
///
/// The latest first, shown or not; the list may lag behind writes by a moment. 按时间倒序列出评论。
#[utoipa::path(
    operation_id = "list_comments",
    get, path = "/v1/publications/{publication_id}/comments", tag = "comments", security(("sigv4" = [])),
    params(("publication_id" = String, Path, example = "pub_2pkrcv9dx1h3zb8sz5y0m4n6tq"), PageParams),
    responses((status = 200, body = CommentsBody), ReadProblems)
)]
async fn list(
    State(commenting): State<Arc<Commenting>>,
    PathId(publication_id): PathId<PublicationId>,
    ValidQuery(params): ValidQuery<PageParams>,
) -> Result<Json<CommentsBody>, Problem> {
    let page = commenting.list(publication_id, params.limit, params.cursor.as_deref()).await?;
    let comments = page.comments.into_iter().map(CommentBody::with_text).collect();
    Ok(Json(CommentsBody { comments, next_cursor: page.next }))
}

/// Read a comment
///
/// 查询评论。
#[utoipa::path(
    operation_id = "get_comment",
    get, path = "/v1/comments/{comment_id}", tag = "comments", security(("sigv4" = [])),
    params(("comment_id" = String, Path, example = "cmt_2pkrcv9dx1h3zb8sz5y0m4n6tq")),
    responses((status = 200, body = CommentBody), ReadProblems)
)]
async fn read(
    State(commenting): State<Arc<Commenting>>,
    PathId(comment_id): PathId<CommentId>,
) -> Result<Json<CommentBody>, Problem> {
    Ok(Json(CommentBody::with_text(commenting.comment(comment_id).await?)))
}

fn command(item: serde_json::Value) -> Result<WriteComment, Problem> {
    let CommentRequest { reference, commenter, text } = read_item(item)?;
    Ok(WriteComment { reference, commenter: Commenter(commenter), text })
}
