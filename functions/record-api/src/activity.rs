//! `POST /v1/activity`: logins and what else people do on the platform, with address, port, device and time (R16.2).

use std::{net::IpAddr, sync::Arc};

use app::activity_logging::ActivityDesk;
use axum::{Json, extract::State};
use domain::{
    activity::{Activity, ActivityAction, Connection},
    id::RecordId,
    personal::Personal,
};
use garde::Validate;
use jiff::Timestamp;
use lambda::{
    http::{RequestId, Routes, ValidJson, read_item},
    openapi::WriteProblems,
    problem::{Code, FieldCode, Language, Problem, ProblemBody},
    routes,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Service;

/// How many activities one call may carry.
const BATCH: usize = 500;

pub(crate) fn routes() -> Routes<Service> {
    Routes::new().routes(routes!(record))
}

/// Up to five hundred activities; each is answered in its own place.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActivityRequest {
    #[garde(length(min = 1))]
    #[schema(value_type = Vec<ActivityItem>, min_items = 1, max_items = 500)]
    items: Vec<serde_json::Value>,
}

/// One thing that an account's holder did. It holds an address in clear, so it does not print.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActivityItem {
    #[garde(length(chars, max = 64))]
    #[schema(example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6")]
    account_id: String,
    /// The platform's own name of it: told again under the same, it is the same.
    #[garde(length(chars, min = 1, max = 128))]
    #[schema(min_length = 1, max_length = 128, example = "login-20261123-000017")]
    reference: String,
    #[garde(skip)]
    #[schema(value_type = ActivityActionName)]
    action: ActivityAction,
    #[garde(skip)]
    #[schema(value_type = String, format = DateTime)]
    occurred_at: Timestamp,
    /// IPv4 or IPv6. Sealed before it is kept.
    #[garde(length(chars, max = 64))]
    #[schema(max_length = 64, example = "203.0.113.7")]
    address: String,
    #[garde(inner(range(min = 1)))]
    #[schema(minimum = 1)]
    port: Option<u16>,
    /// As the platform tells devices apart. Sealed with the address.
    #[garde(inner(length(chars, min = 1, max = 256)))]
    #[schema(min_length = 1, max_length = 256)]
    device: Option<String>,
}

/// The items, answered one by one, in their order.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActivityBody {
    items: Vec<ActivityItemBody>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ActivityItemBody {
    index: usize,
    /// 202, or that of the problem.
    status: u16,
    /// Its name in the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    record_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemBody>,
}

impl ActivityItem {
    fn into_activity(self) -> Result<Activity, Problem> {
        let malformed = |at: &str| Problem::new(Code::InvalidBody).at(at, FieldCode::MalformedValue);
        let account_id = self.account_id.parse().map_err(|_| malformed("/account_id"))?;
        let address: IpAddr = self.address.parse().map_err(|_| malformed("/address"))?;
        let connection = Connection { address: address.to_canonical(), port: self.port, device: self.device };
        Ok(Activity {
            account_id,
            reference: self.reference,
            action: self.action,
            occurred_at: self.occurred_at,
            connection: Personal::new(connection),
        })
    }
}

/// Tell what people do on the platform
///
/// Logins and other activity with address, port, device and time, up to five hundred at once. Kept in the record for six
/// months; address, port and device are sealed. 上报登录等活动日志（地址、端口、设备、时间），批量。
#[utoipa::path(
    operation_id = "record_activity",
    post, path = "/v1/activity", tag = "record", security(("sigv4" = [])), request_body = ActivityRequest,
    responses((status = 200, body = ActivityBody), WriteProblems)
)]
async fn record(
    State(desk): State<Arc<ActivityDesk>>,
    language: Language,
    request_id: RequestId,
    ValidJson(request): ValidJson<ActivityRequest>,
) -> Result<Json<ActivityBody>, Problem> {
    if request.items.len() > BATCH {
        return Err(Problem::new(Code::BatchTooLarge));
    }
    let mut items: Vec<Option<Problem>> = Vec::new();
    let mut good = Vec::new();
    for item in request.items {
        match read_item(item).and_then(ActivityItem::into_activity) {
            Ok(activity) => {
                items.push(None);
                good.push(activity);
            }
            Err(problem) => items.push(Some(problem)),
        }
    }
    let mut answers = desk.record(good).await?.into_iter();
    let answer = |(index, problem): (usize, Option<Problem>)| {
        let answer = match problem {
            Some(problem) => Err(problem),
            None => match answers.next() {
                Some(answer) => answer.map_err(Problem::from),
                None => Err(Problem::new(Code::Internal)),
            },
        };
        ActivityItemBody::of(index, answer, language, &request_id)
    };
    let items: Vec<ActivityItemBody> = items.into_iter().enumerate().map(answer).collect();
    lambda::fact("items", items.len());
    lambda::fact("items.refused", items.iter().filter(|item| item.problem.is_some()).count());
    Ok(Json(ActivityBody { items }))
}

impl ActivityItemBody {
    fn of(index: usize, answer: Result<RecordId, Problem>, language: Language, request_id: &RequestId) -> Self {
        match answer {
            Ok(id) => Self { index, status: 202, record_id: Some(id.to_string()), problem: None },
            Err(problem) => Self {
                index,
                status: problem.status().as_u16(),
                record_id: None,
                problem: Some(problem.body(language, request_id)),
            },
        }
    }
}

/// The words of the enumerations, for the API's description.
mod names {
    use utoipa::ToSchema;

    #[derive(ToSchema)]
    #[schema(rename_all = "snake_case", as = ActivityActionName)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(super) enum ActivityActionName {
        Login,
        LoginFailed,
        Logout,
        Publish,
        Edit,
        Delete,
        Comment,
        AccountChange,
    }
}
use names::ActivityActionName;
