//! Backtests (B4): rules that are not in force yet, run over what the record holds.

use std::sync::Arc;

use app::{
    backtesting::{BacktestDesk, BacktestView, OrderBacktest, PackToTry},
    ports::BacktestPage,
};
use axum::{
    Json,
    extract::State,
    http::{StatusCode, header::LOCATION},
    response::IntoResponse,
};
use domain::{
    actor::Actor,
    backtest::{Backtest, BacktestFailure, BacktestState, TriedPack},
    id::BacktestId,
};
use garde::Validate;
use jiff::Timestamp;
use lambda::{
    http::{Caller, PathId, Routes, ValidJson, ValidQuery},
    idempotency::OperationId,
    openapi::{IdempotencyKeyRequired, ReadProblems, WriteProblems},
    problem::{Code, FieldCode, Problem},
    routes,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::Service;

/// A body may have 256 KiB; the rest of it is small.
const LONGEST_PACK: usize = 240 * 1024;

pub(crate) fn routes() -> Routes<Service> {
    Routes::new().routes(routes!(order, list)).routes(routes!(show)).routes(routes!(cancel))
}

/// What is to be tried on which part of the record. Either `rule_pack` or `rule_pack_version` is given.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BacktestRequest {
    /// The text of a `rule-pack.yaml` without files (docs/rule-packs.md), with one rule or many.
    #[garde(inner(length(bytes, min = 1, max = LONGEST_PACK)))]
    #[schema(
        min_length = 1,
        max_length = 245_760,
        example = "id: shop\nversion: 1\nbanks: {games: [百家乐]}\nrules: [{id: games, version: 1, title: {zh: 赌博, en: gambling}, policy: gambling, effect: hold, bank: games, examples: {matches: [来玩百家乐], passes: [百家姓]}}]\n"
    )]
    pub rule_pack: Option<String>,
    /// The version under which a pack was published; its drafts are tried as well.
    #[garde(inner(range(min = 1)))]
    #[schema(minimum = 1)]
    pub rule_pack_version: Option<u32>,
    /// The rules that are tried, whatever their state. None: all that have not expired, a hundred at most.
    #[garde(length(max = 100), inner(length(chars, min = 1, max = 64)))]
    #[serde(default)]
    #[schema(max_items = 100)]
    pub rules: Vec<String>,
    /// Received from then on and before `until`: the whole hours that the period touches.
    #[garde(skip)]
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Not after now.
    #[garde(skip)]
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    #[garde(length(chars, min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000, example = "新规则上线前试算")]
    pub reason: String,
}

impl BacktestRequest {
    fn into_command(self, operation_id: Uuid, actor: Actor) -> Result<OrderBacktest, Problem> {
        let Self { rule_pack, rule_pack_version, rules, from, until, reason } = self;
        let pack = match (rule_pack, rule_pack_version) {
            (Some(text), None) => PackToTry::Draft(text),
            (None, Some(version)) => PackToTry::Published(version),
            (None, None) => return Err(Problem::new(Code::InvalidBody).at("/rule_pack", FieldCode::MissingField)),
            (Some(_), Some(_)) => {
                let constraint = Some("either rule_pack or rule_pack_version".to_owned());
                return Err(Problem::new(Code::InvalidBody).at_with(
                    "/rule_pack_version",
                    FieldCode::MalformedValue,
                    constraint,
                ));
            }
        };
        Ok(OrderBacktest { operation_id, pack, rules, from, until, reason, actor })
    }
}

/// Which page of the list.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BacktestListParams {
    #[serde(default = "fifty")]
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 50)]
    pub limit: usize,
    /// What the page before gave as `next_cursor`.
    #[garde(inner(length(bytes, min = 1, max = 512)))]
    #[param(min_length = 1, max_length = 512)]
    pub cursor: Option<String>,
}

const fn fifty() -> usize {
    50
}

/// A backtest and what became of it.
#[derive(Serialize, ToSchema)]
pub struct BacktestBody {
    pub backtest_id: String,
    /// `running`, `finished`, `failed` or `cancelled`.
    #[schema(example = "finished")]
    pub state: &'static str,
    pub pack_id: String,
    pub pack_version: u32,
    /// SHA-256, hex: of a draft its text, of a published pack the compiled pack.
    pub sha256: String,
    /// Those that were named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    pub reason: String,
    /// IAM principal.
    pub ordered_by: String,
    #[schema(value_type = String, format = DateTime)]
    pub ordered_at: Timestamp,
    /// How many hours of the log it reads.
    pub hours: u64,
    /// When it finished, failed or was called off.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// Who called it off: an IAM principal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancelled_by: Option<String>,
    /// Why it failed: `rule_unknown`, `too_many_rules`, `nothing_to_try` or `pack_unusable`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<&'static str>,
}

/// A backtest and how far it has come.
#[derive(Serialize, ToSchema)]
pub struct BacktestProgressBody {
    #[serde(flatten)]
    pub backtest: BacktestBody,
    pub hours_done: u64,
    /// Publications and comments that were read so far.
    pub contents: u64,
    /// Those that a rule on trial has met.
    pub hits: u64,
    /// GET it without any other right (docs/backtests.md); it closes after five minutes. The result stays for a month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_url: Option<String>,
}

/// A page of backtests.
#[derive(Serialize, ToSchema)]
pub struct BacktestsBody {
    pub backtests: Vec<BacktestBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl From<Backtest> for BacktestBody {
    fn from(backtest: Backtest) -> Self {
        let hours = backtest.hours();
        let (pack_id, pack_version, sha256) = match backtest.pack {
            TriedPack::Draft { pack_id, pack_version, sha256 } => (pack_id, pack_version, sha256),
            TriedPack::Published { pack } => (pack.pack_id, pack.pack_version, pack.sha256),
        };
        let (state, ended_at, cancelled_by, failure) = match backtest.state {
            BacktestState::Running => ("running", None, None, None),
            BacktestState::Finished { finished_at, .. } => ("finished", Some(finished_at), None, None),
            BacktestState::Failed { reason, failed_at } => ("failed", Some(failed_at), None, Some(name(reason))),
            BacktestState::Cancelled { cancelled_by, cancelled_at } => {
                ("cancelled", Some(cancelled_at), Some(cancelled_by.name().to_owned()), None)
            }
        };
        Self {
            backtest_id: backtest.backtest_id.to_string(),
            state,
            pack_id,
            pack_version,
            sha256,
            rules: backtest.rules,
            from: backtest.from,
            until: backtest.until,
            reason: backtest.reason,
            ordered_by: backtest.ordered_by.name().to_owned(),
            ordered_at: backtest.ordered_at,
            hours,
            ended_at,
            cancelled_by,
            failure,
        }
    }
}

const fn name(failure: BacktestFailure) -> &'static str {
    match failure {
        BacktestFailure::RuleUnknown => "rule_unknown",
        BacktestFailure::TooManyRules => "too_many_rules",
        BacktestFailure::NothingToTry => "nothing_to_try",
        BacktestFailure::PackUnusable => "pack_unusable",
    }
}

impl From<BacktestView> for BacktestProgressBody {
    fn from(view: BacktestView) -> Self {
        let BacktestView { backtest, hours_done, contents, hits, result_url } = view;
        Self { backtest: backtest.into(), hours_done, contents, hits, result_url }
    }
}

impl From<BacktestPage> for BacktestsBody {
    fn from(page: BacktestPage) -> Self {
        Self { backtests: page.backtests.into_iter().map(Into::into).collect(), next_cursor: page.next }
    }
}

/// Order a backtest
///
/// Rules are run over what the record holds of a period, before anybody puts them in force. 回溯测试：规则上线前对历史内容试算。
#[utoipa::path(
    operation_id = "order_backtest",
    post, path = "/v1/backtests", tag = "screening", security(("sigv4" = [])),
    params(IdempotencyKeyRequired), request_body = BacktestRequest,
    responses((status = 201, body = BacktestBody, headers(("Location" = String))), WriteProblems)
)]
async fn order(
    State(desk): State<Arc<BacktestDesk>>,
    Caller(actor): Caller,
    OperationId(operation_id): OperationId,
    ValidJson(request): ValidJson<BacktestRequest>,
) -> Result<impl IntoResponse, Problem> {
    let backtest = desk.order(request.into_command(operation_id, actor)?).await?;
    lambda::fact("backtest.id", backtest.backtest_id.to_string());
    let location = format!("/v1/backtests/{}", backtest.backtest_id);
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(BacktestBody::from(backtest))))
}

/// List the backtests
///
/// All of them, the latest first. 列出回溯测试。
#[utoipa::path(
    operation_id = "list_backtests",
    get, path = "/v1/backtests", tag = "screening", security(("sigv4" = [])), params(BacktestListParams),
    responses((status = 200, body = BacktestsBody), ReadProblems)
)]
async fn list(
    State(desk): State<Arc<BacktestDesk>>,
    ValidQuery(params): ValidQuery<BacktestListParams>,
) -> Result<Json<BacktestsBody>, Problem> {
    Ok(Json(desk.list(params.limit, params.cursor.as_deref()).await?.into()))
}

/// Read how far a backtest has come
///
/// With the address of its result when it has finished. 查询回溯测试的进度与结果。
#[utoipa::path(
    operation_id = "show_backtest",
    get, path = "/v1/backtests/{backtest_id}", tag = "screening", security(("sigv4" = [])),
    params(("backtest_id" = String, Path, example = "bt_01k9rq4w5nf0ysjv5p0d8yb3e6")),
    responses((status = 200, body = BacktestProgressBody), ReadProblems)
)]
async fn show(
    State(desk): State<Arc<BacktestDesk>>,
    PathId(backtest_id): PathId<BacktestId>,
) -> Result<Json<BacktestProgressBody>, Problem> {
    Ok(Json(desk.show(backtest_id).await?.into()))
}

/// Call a backtest off
///
/// No further hour is read. 取消回溯测试。
#[utoipa::path(
    operation_id = "cancel_backtest",
    post, path = "/v1/backtests/{backtest_id}/cancel", tag = "screening", security(("sigv4" = [])),
    params(("backtest_id" = String, Path, example = "bt_01k9rq4w5nf0ysjv5p0d8yb3e6"), IdempotencyKeyRequired),
    responses((status = 200, body = BacktestBody), WriteProblems)
)]
async fn cancel(
    State(desk): State<Arc<BacktestDesk>>,
    Caller(actor): Caller,
    PathId(backtest_id): PathId<BacktestId>,
) -> Result<Json<BacktestBody>, Problem> {
    Ok(Json(desk.cancel(backtest_id, &actor).await?.into()))
}
