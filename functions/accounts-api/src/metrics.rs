//! `POST /v1/metrics`: subscribers and reads, in batches (R7.2).

use std::sync::Arc;

use app::metering::Metering;
use axum::{Json, extract::State};
use domain::{account::Account, grade::Grade, id::AccountId, metrics::Metrics};
use garde::Validate;
use jiff::civil::Date;
use lambda::{
    http::{Caller, RequestId, Routes, ValidJson, read_item},
    openapi::WriteProblems,
    problem::{Code, FieldCode, Language, Problem, ProblemBody},
    routes,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Service;

/// How many counts one call may carry.
const BATCH: usize = 100;

/// The largest number that every reader of JSON holds exactly (RFC 8259 §6).
const MOST: u64 = (1 << 53) - 1;

pub(crate) fn routes() -> Routes<Arc<Service>> {
    Routes::new().routes(routes!(record))
}

/// Up to a hundred counts; each is answered in its own place.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MetricsRequest {
    #[garde(length(min = 1))]
    #[schema(value_type = Vec<MetricsItem>, min_items = 1, max_items = 100)]
    items: Vec<serde_json::Value>,
}

/// The counts of one account in one period.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MetricsItem {
    #[garde(length(chars, max = 64))]
    #[schema(example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6")]
    account_id: String,
    /// The last day of the period. Counts of a day that is on record, or before it, are not taken.
    #[garde(skip)]
    #[schema(value_type = String, format = Date, example = "2026-11-30")]
    period: Date,
    /// At the end of the period.
    #[garde(range(max = MOST))]
    #[schema(maximum = 9_007_199_254_740_991_u64)]
    subscribers: u64,
    /// During the period.
    #[garde(range(max = MOST))]
    #[schema(maximum = 9_007_199_254_740_991_u64)]
    reads: u64,
}

/// The items, answered one by one, in their order.
#[derive(Serialize, ToSchema)]
pub(crate) struct MetricsBody {
    items: Vec<MetricsItemBody>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct MetricsItemBody {
    index: usize,
    /// 200, or that of the problem.
    status: u16,
    /// The grade after the counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "medium")]
    grade: Option<Grade>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemBody>,
}

/// Report what the platform counts
///
/// Subscribers and reads by period, up to a hundred at once. The period names the report: sending it again is a retry. An
/// account whose reach moves it into another grade is screened as that grade is. 上报账号的订阅数与阅读数（按期、批量）。
#[utoipa::path(
    operation_id = "record_metrics",
    post, path = "/v1/metrics", tag = "accounts", security(("sigv4" = [])), request_body = MetricsRequest,
    responses((status = 200, body = MetricsBody), WriteProblems)
)]
async fn record(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    language: Language,
    request_id: RequestId,
    ValidJson(request): ValidJson<MetricsRequest>,
) -> Result<Json<MetricsBody>, Problem> {
    if request.items.len() > BATCH {
        return Err(Problem::new(Code::BatchTooLarge));
    }
    let counts: Vec<Result<(AccountId, Metrics), Problem>> = request.items.into_iter().map(counts).collect();
    let good: Vec<(AccountId, Metrics)> = counts.iter().flatten().copied().collect();
    let metering: &Metering = &service.metering;
    let mut answers = metering.record(&good, &actor).await?.into_iter();
    let items: Vec<MetricsItemBody> = counts
        .into_iter()
        .enumerate()
        .map(|(index, counts)| {
            let answer =
                counts.and_then(|_| answers.next().ok_or_else(|| Problem::new(Code::Internal))?.map_err(Problem::from));
            MetricsItemBody::of(index, answer, language, &request_id)
        })
        .collect();
    lambda::fact("items", items.len());
    lambda::fact("items.refused", items.iter().filter(|item| item.problem.is_some()).count());
    Ok(Json(MetricsBody { items }))
}

fn counts(item: serde_json::Value) -> Result<(AccountId, Metrics), Problem> {
    let MetricsItem { account_id, period, subscribers, reads } = read_item(item)?;
    let account_id =
        account_id.parse().map_err(|_| Problem::new(Code::InvalidBody).at("/account_id", FieldCode::MalformedValue))?;
    Ok((account_id, Metrics { period, subscribers, reads }))
}

impl MetricsItemBody {
    fn of(index: usize, answer: Result<Account, Problem>, language: Language, request_id: &RequestId) -> Self {
        match answer {
            Ok(account) => Self { index, status: 200, grade: Some(account.grade), problem: None },
            Err(problem) => Self {
                index,
                status: problem.status().as_u16(),
                grade: None,
                problem: Some(problem.body(language, request_id)),
            },
        }
    }
}
