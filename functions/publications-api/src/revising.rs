//! `PUT` and `DELETE /v1/publications/{publication_id}` (R2, R16.2).

use std::sync::Arc;

use app::publishing::{Edit, Publishing};
use axum::{Json, extract::State};
use domain::{
    id::PublicationId,
    publication::{Declaration, RemovedBy},
};
use garde::Validate;
use lambda::{
    http::{Caller, PathId, Routes, ValidJson, ValidQuery},
    openapi::WriteProblems,
    problem::Problem,
    routes,
    rule_packs::tell_of_background_hits,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::wire::{DeclarationName, PartBody, PublicationBody};

pub(crate) fn routes() -> Routes<Arc<Publishing>> {
    Routes::new().routes(routes!(edit)).routes(routes!(delete))
}

/// Another content of a publication.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditRequest {
    /// The version that was read; when the publication has changed since, the answer is 409.
    #[garde(range(min = 1))]
    #[schema(minimum = 1)]
    pub version: u64,
    #[garde(length(min = 1, max = 50), dive)]
    #[schema(min_items = 1, max_items = 50)]
    pub parts: Vec<PartBody>,
    /// What it is then, as of a publication; left out, nothing in particular.
    #[serde(default)]
    #[garde(length(max = 1))]
    #[schema(value_type = Vec<DeclarationName>, max_items = 1)]
    pub declared: Vec<Declaration>,
}

/// Who takes it down: `holder` unless said otherwise.
#[derive(Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeleteParams {
    /// `holder` or `platform`.
    #[serde(default)]
    #[garde(skip)]
    #[param(value_type = Option<RemovedByName>, inline)]
    pub by: RemovedBy,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes, is never made")]
enum RemovedByName {
    Holder,
    Platform,
}

/// Edit a publication
///
/// The new content is the next edition and is screened as a publication is. Held or rejected, it leaves the earlier edition
/// shown: `shown_edition` says which one the public may see. What follows an edition that a person refused is held. Earlier
/// editions stay on record (R16.2). The same edit again is a retry; `Idempotency-Key` is not needed here.
/// 修改发布内容：新版本重新审核；未通过前仍展示先前版本。
#[utoipa::path(
    operation_id = "edit_publication",
    put, path = "/v1/publications/{publication_id}", tag = "publications", security(("sigv4" = [])),
    params(("publication_id" = String, Path, example = "pub_2pkrcv9dx1h3zb8sz5y0m4n6tq")),
    request_body = EditRequest,
    responses((status = 200, body = PublicationBody), WriteProblems)
)]
async fn edit(
    State(publishing): State<Arc<Publishing>>,
    Caller(actor): Caller,
    PathId(publication_id): PathId<PublicationId>,
    ValidJson(request): ValidJson<EditRequest>,
) -> Result<Json<PublicationBody>, Problem> {
    let parts = request.parts.into_iter().map(Into::into).collect();
    let record = publishing
        .edit(Edit { publication_id, version: request.version, parts, declared: request.declared }, &actor)
        .await?;
    lambda::fact("publication.id", publication_id.to_string());
    lambda::fact("verdict", serde_json::json!(record.verdict.effect));
    tell_of_background_hits(record.verdict.met_in_background());
    Ok(Json(PublicationBody::of(record)))
}

/// Delete a publication
///
/// The public does not see it any more; the record of it stays for as long as the log is kept (R16.2), and a complaint or a
/// case about it keeps its evidence. Deleting it again changes nothing. Its reference stays taken.
/// 删除发布内容；记录依法留存，相关举报与工单的证据不受影响。
#[utoipa::path(
    operation_id = "delete_publication",
    delete, path = "/v1/publications/{publication_id}", tag = "publications", security(("sigv4" = [])),
    params(("publication_id" = String, Path, example = "pub_2pkrcv9dx1h3zb8sz5y0m4n6tq"), DeleteParams),
    responses((status = 200, body = PublicationBody), WriteProblems)
)]
async fn delete(
    State(publishing): State<Arc<Publishing>>,
    Caller(actor): Caller,
    PathId(publication_id): PathId<PublicationId>,
    ValidQuery(params): ValidQuery<DeleteParams>,
) -> Result<Json<PublicationBody>, Problem> {
    let record = publishing.remove(publication_id, params.by, &actor).await?;
    lambda::fact("publication.id", publication_id.to_string());
    Ok(Json(PublicationBody::of(record)))
}
