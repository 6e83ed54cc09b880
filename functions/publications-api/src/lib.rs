//! What accounts publish: `POST /v1/publications`, screening and the record in two dependent round trips (R2, R6.1, R11.1,
//! R16.2); and what becomes of it after that, edits and deletions.

mod revising;
pub mod wire;

use std::sync::Arc;

use app::{
    ports::{
        CallerRegister, Clock, EngineSource, IncidentSource, LogQueue, MediaQueue, PolicyDocumentSource,
        PublicationMeter, PublicationShelf, ReviewQueue, SettingsSource, SystemClock,
    },
    publishing::{Publish, Publishing},
    removed_content::RemovedContentWatch,
    rule_packs::PackEngines,
    written_pack::WrittenPack,
};
use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
};
use domain::{
    id::{AccountId, PublicationId},
    profile::Profile,
};
use lambda::{
    config::{ConfigError, Environment},
    http::{PathId, RequestId, Routes, ValidJson, knowing, read_item},
    openapi::{ReadProblems, WriteProblems},
    problem::{Code, FieldCode, Language, Problem},
    routes,
    rule_packs::tell_of_background_hits,
};
use serde_json::Value;
use utoipa::openapi::OpenApi;

use crate::wire::{AnyJson, BATCH, BatchBody, ItemBody, ManyBody, PublicationBody, PublishBody, PublishRequest};

/// What the environment tells the function.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub accounts_table: String,
    pub publications_table: String,
    pub operations_table: String,
    pub artefacts_bucket: String,
    pub content_log_queue_url: String,
    pub triage_queue_url: String,
    pub media_queue_url: String,
    pub callers_table: String,
    pub sealing_key_id: String,
    pub index_key_id: String,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (accounts, publications) = (read.text("ACCOUNTS_TABLE"), read.text("PUBLICATIONS_TABLE"));
            let (operations, content_log) = (read.text("OPERATIONS_TABLE"), read.text("CONTENT_LOG_QUEUE_URL"));
            let (triage, media) = (read.text("TRIAGE_QUEUE_URL"), read.text("MEDIA_QUEUE_URL"));
            let artefacts = read.text("ARTEFACTS_BUCKET");
            let (callers, sealing, index) =
                (read.text("CALLERS_TABLE"), read.text("SEALING_KEY_ID"), read.text("INDEX_KEY_ID"));
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                accounts_table: accounts?,
                publications_table: publications?,
                operations_table: operations?,
                artefacts_bucket: artefacts?,
                content_log_queue_url: content_log?,
                triage_queue_url: triage?,
                media_queue_url: media?,
                callers_table: callers?,
                sealing_key_id: sealing?,
                index_key_id: index?,
            })
        })
    }
}

/// The ports that the function uses.
pub struct Deps {
    pub meter: Arc<dyn PublicationMeter>,
    pub settings: Arc<dyn SettingsSource>,
    pub policy_documents: Arc<dyn PolicyDocumentSource>,
    pub shelf: Arc<dyn PublicationShelf>,
    pub log: Arc<dyn LogQueue>,
    pub reviews: Arc<dyn ReviewQueue>,
    pub media: Arc<dyn MediaQueue>,
    pub engines: Arc<dyn EngineSource>,
    pub callers: Arc<dyn CallerRegister>,
    pub removed: Arc<RemovedContentWatch>,
    pub incidents: Arc<dyn IncidentSource>,
    pub clock: Arc<dyn Clock>,
}

impl Deps {
    /// # Errors
    /// When the trust store or the credentials cannot be read.
    pub fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let built_in = Arc::new(WrittenPack::starter());
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(std::path::Path::new))?;
        let packs = Arc::new(aws.rule_packs(&config.operations_table, clock.clone()));
        let archive = Arc::new(aws.pack_objects(&config.artefacts_bucket));
        let removed = RemovedContentWatch::new(
            Arc::new(aws.removed_content(&config.operations_table, clock.clone())),
            Arc::new(aws.settled_prints(&config.artefacts_bucket)),
            lambda::removed_content::tell_of_prints_that_are_not_loaded,
        );
        let engines = PackEngines::new(packs, archive, built_in, lambda::rule_packs::tell_of_a_pack_that_is_not_loaded);
        Ok(Self {
            meter: Arc::new(aws.publication_meter(&config.accounts_table)),
            settings: Arc::new(aws.settings(&config.operations_table, clock.clone())),
            policy_documents: Arc::new(aws.policy_documents(&config.operations_table, clock.clone())),
            shelf: Arc::new(aws.publications(&config.publications_table)),
            log: Arc::new(aws.log_queue(&config.content_log_queue_url)),
            reviews: Arc::new(aws.content_reviews(&config.triage_queue_url)),
            media: Arc::new(aws.media_queue(&config.media_queue_url)),
            engines: Arc::new(engines),
            callers: Arc::new(aws.callers(&config.callers_table, &config.sealing_key_id, &config.index_key_id)),
            removed: Arc::new(removed),
            incidents: Arc::new(aws.incidents(&config.operations_table, clock.clone())),
            clock,
        })
    }
}

/// The routes.
pub fn router(deps: Deps) -> Router {
    let Deps {
        meter,
        settings,
        policy_documents,
        shelf,
        log,
        reviews,
        media,
        engines,
        callers,
        removed,
        incidents,
        clock,
    } = deps;
    let profile = Profile::cn_2017();
    let publishing = Publishing {
        meter,
        settings,
        policy_documents,
        shelf,
        log,
        reviews,
        media,
        engines,
        removed,
        incidents,
        clock,
        profile,
    };
    let router = routes().into_router();
    knowing(callers, router.with_state(Arc::new(publishing)))
}

/// The description of the routes.
#[must_use]
pub fn openapi() -> OpenApi {
    routes().openapi()
}

fn routes() -> Routes<Arc<Publishing>> {
    Routes::new().routes(routes!(publish)).routes(routes!(read)).merge(revising::routes())
}

/// Publish, one or up to a hundred
///
/// The answer is the verdict. A single publication is answered with 201 or a problem; `items` are answered with 200,
/// each in its own place. The reference names the publication within its account: sending it again is a retry, with
/// other content a problem; `Idempotency-Key` is not needed here. A request has 256 KiB at most, whatever its items and
/// parts: what is larger is answered with 413 and goes in several. A part that names an `object` in the media bucket, put
/// there before, is looked at after the answer, which is `hold` with the rule `media-pending` until then; what came of
/// it is told by the webhook `publication.screened`. 发布内容，即时返回机审结论。
#[utoipa::path(
    operation_id = "publish",
    post, path = "/v1/publications", tag = "publications", security(("sigv4" = [])),
    request_body = PublishBody,
    responses(
        (status = 200, body = BatchBody, description = "The items, answered one by one, in their order"),
        (status = 201, body = PublicationBody, headers(("Location" = String)), description = "The one publication"),
        WriteProblems
    )
)]
async fn publish(
    State(publishing): State<Arc<Publishing>>,
    language: Language,
    request_id: RequestId,
    ValidJson(AnyJson(body)): ValidJson<AnyJson>,
) -> Result<Response, Problem> {
    if body.get("items").is_none() {
        let one = publishing.publish(vec![command(body)?]).await?.pop();
        let record = one.ok_or_else(|| Problem::new(Code::Internal))??;
        lambda::fact("verdict", serde_json::json!(record.verdict.effect));
        tell_of_background_hits(record.verdict.met_in_background());
        let location = format!("/v1/publications/{}", record.publication.publication_id);
        return Ok((StatusCode::CREATED, [(LOCATION, location)], Json(PublicationBody::of(record))).into_response());
    }
    let ManyBody { items } = read_item(body)?;
    if items.len() > BATCH {
        return Err(Problem::new(Code::BatchTooLarge));
    }
    let commands: Vec<Result<Publish, Problem>> = items.into_iter().map(command).collect();
    let good: Vec<Publish> = commands.iter().flatten().cloned().collect();
    let answers = publishing.publish(good).await?;
    tell_of_background_hits(answers.iter().flatten().flat_map(|record| record.verdict.met_in_background()));
    let mut answers = answers.into_iter();
    let items: Vec<ItemBody> = commands
        .into_iter()
        .enumerate()
        .map(|(index, command)| {
            let answer = command
                .and_then(|_| answers.next().ok_or_else(|| Problem::new(Code::Internal))?.map_err(Problem::from));
            ItemBody::of(index, answer, language, &request_id)
        })
        .collect();
    lambda::fact("items", items.len());
    lambda::fact("items.refused", items.iter().filter(|item| item.is_refused()).count());
    Ok(Json(BatchBody { items }).into_response())
}

/// Read a publication
///
/// 查询发布内容。
#[utoipa::path(
    operation_id = "get_publication",
    get, path = "/v1/publications/{publication_id}", tag = "publications", security(("sigv4" = [])),
    params(("publication_id" = String, Path, example = "pub_2pkrcv9dx1h3zb8sz5y0m4n6tq")),
    responses((status = 200, body = PublicationBody), ReadProblems)
)]
async fn read(
    State(publishing): State<Arc<Publishing>>,
    PathId(publication_id): PathId<PublicationId>,
) -> Result<Json<PublicationBody>, Problem> {
    let record = publishing.publication(publication_id).await?;
    Ok(Json(PublicationBody::with_parts(record)))
}

fn command(item: Value) -> Result<Publish, Problem> {
    let request: PublishRequest = read_item(item)?;
    let account_id: AccountId = request
        .account_id
        .parse()
        .map_err(|_| Problem::new(Code::InvalidBody).at("/account_id", FieldCode::MalformedValue))?;
    Ok(request.into_command(account_id))
}
