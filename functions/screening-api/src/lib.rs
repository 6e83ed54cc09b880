//! How staff govern screening: which rule pack is in force, and the way back to an earlier one (R11.1); backtests of rules
//! that are not in force yet (B4); incident mode (R5.1).

pub mod backtests;
pub mod incidents;
pub mod wire;

use std::sync::Arc;

use app::{
    backtesting::BacktestDesk,
    incidents::IncidentDesk,
    ports::{
        BacktestFiles, BacktestShelf, CallerRegister, Clock, IdempotencyLedger, IncidentShelf, RulePackShelf,
        SettingsSource, SystemClock,
    },
    rule_packs::RulePackHistory,
};
use axum::{
    Json, Router,
    extract::{FromRef, State},
};
use domain::profile::Profile;
use lambda::{
    config::{ConfigError, Environment},
    http::{Caller, PathId, Routes, ValidJson, ValidQuery, knowing},
    idempotency::Idempotency,
    openapi::{IdempotencyKeyRequired, ReadProblems, WriteProblems},
    problem::Problem,
    routes,
};
use utoipa::openapi::OpenApi;

use crate::wire::{ActivationRequest, HistoryParams, InForceBody, RulePacksBody};

/// What the environment tells the function.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub operations_table: String,
    pub artefacts_bucket: String,
    pub idempotency_table: String,
    pub callers_table: String,
    pub sealing_key_id: String,
    pub index_key_id: String,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (operations, idempotency) = (read.text("OPERATIONS_TABLE"), read.text("IDEMPOTENCY_TABLE"));
            let (callers, artefacts) = (read.text("CALLERS_TABLE"), read.text("ARTEFACTS_BUCKET"));
            let (sealing, index) = (read.text("SEALING_KEY_ID"), read.text("INDEX_KEY_ID"));
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                operations_table: operations?,
                artefacts_bucket: artefacts?,
                idempotency_table: idempotency?,
                callers_table: callers?,
                sealing_key_id: sealing?,
                index_key_id: index?,
            })
        })
    }
}

/// The ports that the function uses.
pub struct Deps {
    pub rule_packs: Arc<dyn RulePackShelf>,
    pub incidents: Arc<dyn IncidentShelf>,
    pub backtests: Arc<dyn BacktestShelf>,
    pub backtest_files: Arc<dyn BacktestFiles>,
    pub settings: Arc<dyn SettingsSource>,
    pub idempotency: Arc<dyn IdempotencyLedger>,
    pub callers: Arc<dyn CallerRegister>,
    pub clock: Arc<dyn Clock>,
}

impl Deps {
    /// # Errors
    /// When the trust store or the credentials cannot be read.
    pub fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(std::path::Path::new))?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        Ok(Self {
            rule_packs: Arc::new(aws.rule_packs(&config.operations_table, clock.clone())),
            incidents: Arc::new(aws.incidents(&config.operations_table, clock.clone())),
            backtests: Arc::new(aws.backtests(&config.operations_table)),
            backtest_files: Arc::new(aws.backtest_objects(&config.artefacts_bucket)),
            settings: Arc::new(aws.settings(&config.operations_table, clock.clone())),
            idempotency: Arc::new(aws.idempotency(&config.idempotency_table)),
            callers: Arc::new(aws.callers(&config.callers_table, &config.sealing_key_id, &config.index_key_id)),
            clock,
        })
    }
}

/// The routes.
pub fn router(deps: Deps) -> Router {
    let Deps { rule_packs, incidents, backtests, backtest_files, settings, idempotency, callers, clock } = deps;
    let backtests = BacktestDesk {
        shelf: backtests,
        files: backtest_files,
        packs: rule_packs.clone(),
        settings: settings.clone(),
        clock: clock.clone(),
    };
    let incidents = IncidentDesk { shelf: incidents, settings, clock: clock.clone(), profile: Profile::cn_2017() };
    let history = RulePackHistory { shelf: rule_packs, clock: clock.clone() };
    let router = Idempotency::required(idempotency, clock).guard(routes()).into_router();
    let service =
        Service { history: Arc::new(history), incidents: Arc::new(incidents), backtests: Arc::new(backtests) };
    knowing(callers, router.with_state(service))
}

#[derive(Clone)]
pub(crate) struct Service {
    history: Arc<RulePackHistory>,
    incidents: Arc<IncidentDesk>,
    backtests: Arc<BacktestDesk>,
}

impl FromRef<Service> for Arc<BacktestDesk> {
    fn from_ref(service: &Service) -> Self {
        service.backtests.clone()
    }
}

impl FromRef<Service> for Arc<RulePackHistory> {
    fn from_ref(service: &Service) -> Self {
        service.history.clone()
    }
}

impl FromRef<Service> for Arc<IncidentDesk> {
    fn from_ref(service: &Service) -> Self {
        service.incidents.clone()
    }
}

/// The description of the routes.
#[must_use]
pub fn openapi() -> OpenApi {
    routes().openapi()
}

fn routes() -> Routes<Service> {
    Routes::new().routes(routes!(list)).routes(routes!(activate)).merge(backtests::routes()).merge(incidents::routes())
}

/// List the rule packs that were published
///
/// The newest first, with the one in force; version 0 is the pack that is built in. 按版本倒序列出已发布的规则包，以及生效中的一个。
#[utoipa::path(
    operation_id = "list_rule_packs",
    get, path = "/v1/rule-packs", tag = "screening", security(("sigv4" = [])), params(HistoryParams),
    responses((status = 200, body = RulePacksBody), ReadProblems)
)]
async fn list(
    State(history): State<Arc<RulePackHistory>>,
    ValidQuery(params): ValidQuery<HistoryParams>,
) -> Result<Json<RulePacksBody>, Problem> {
    Ok(Json(history.list(params.before, params.limit).await?.into()))
}

/// Put a rule pack in force again
///
/// One that was published before, or, by version 0, the one that is built in. In force everywhere within 30 seconds.
/// 恢复已发布的规则包（回滚），30 秒内处处生效；版本 0 为内置规则包。
#[utoipa::path(
    operation_id = "activate_rule_pack",
    post, path = "/v1/rule-packs/{version}/activate", tag = "screening", security(("sigv4" = [])),
    params(("version" = u32, Path, example = 4), IdempotencyKeyRequired), request_body = ActivationRequest,
    responses((status = 200, body = InForceBody), WriteProblems)
)]
async fn activate(
    State(history): State<Arc<RulePackHistory>>,
    Caller(actor): Caller,
    PathId(version): PathId<u32>,
    ValidJson(request): ValidJson<ActivationRequest>,
) -> Result<Json<InForceBody>, Problem> {
    let register = history.activate(version, &request.reason, &actor).await?;
    lambda::fact("rule_pack.version", register.version_in_force());
    Ok(Json(InForceBody::from(&register)))
}
