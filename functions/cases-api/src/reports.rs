//! `/v1/authority-reports`: what was reported to the office, and that it has it (R11.2, R13.1, R13.2).

use std::sync::Arc;

use app::authority_reporting::{AuthorityReportDesk, ReportPage};
use axum::{Json, extract::State};
use domain::authority_report::{AuthorityReport, ReportNumber};
use garde::Validate;
use lambda::{
    http::{Caller, PathId, ValidJson, ValidQuery},
    openapi::{IdempotencyKeyRequired, ReadProblems, WriteProblems},
    problem::Problem,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which reports to list.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReportParams {
    /// In Shanghai; this one unless another is named.
    #[garde(inner(range(min = 2_000, max = 9_999)))]
    #[param(minimum = 2_000, maximum = 9_999)]
    year: Option<i16>,
    /// What the page before gave as `next_before`.
    #[garde(inner(range(min = 1, max = 999_999)))]
    #[param(minimum = 1, maximum = 999_999)]
    before: Option<u32>,
    #[serde(default = "fifty")]
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: usize,
}

const fn fifty() -> usize {
    50
}

/// A page of reports, the latest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportsBody {
    #[schema(value_type = Vec<names::ReportBody>)]
    reports: Vec<AuthorityReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_before: Option<u32>,
}

impl From<ReportPage> for ReportsBody {
    fn from(page: ReportPage) -> Self {
        Self { reports: page.reports, next_before: page.next_before }
    }
}

/// That the office has a report.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcknowledgementRequest {
    /// The office's own number.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "网信收〔2026〕17号")]
    reference: String,
}

/// List the reports to the office
///
/// Of one year, the latest first. 列出向主管部门报送的报告。
#[utoipa::path(
    operation_id = "list_authority_reports",
    get, path = "/v1/authority-reports", tag = "reports", security(("sigv4" = [])), params(ReportParams),
    responses((status = 200, body = ReportsBody), ReadProblems)
)]
pub(crate) async fn list(
    State(desk): State<Arc<AuthorityReportDesk>>,
    ValidQuery(params): ValidQuery<ReportParams>,
) -> Result<Json<ReportsBody>, Problem> {
    Ok(Json(desk.page(params.year, params.before, params.limit).await?.into()))
}

/// Read a report to the office
///
/// As it is in the file below `authority-reports/`, and whether the office has it. 查看报告。
#[utoipa::path(
    operation_id = "get_authority_report",
    get, path = "/v1/authority-reports/{number}", tag = "reports", security(("sigv4" = [])),
    params(("number" = String, Path, pattern = "^[0-9]{4}-[0-9]{6}$", example = "2026-000001")),
    responses((status = 200, body = names::ReportBody), ReadProblems)
)]
pub(crate) async fn read(
    State(desk): State<Arc<AuthorityReportDesk>>,
    PathId(number): PathId<ReportNumber>,
) -> Result<Json<AuthorityReport>, Problem> {
    Ok(Json(desk.read(number).await?))
}

/// Note that the office has a report
///
/// With the office's own number; noting the same again changes nothing. 登记主管部门回执。
#[utoipa::path(
    operation_id = "acknowledge_authority_report",
    post, path = "/v1/authority-reports/{number}/acknowledgement", tag = "reports", security(("sigv4" = [])),
    params(("number" = String, Path, pattern = "^[0-9]{4}-[0-9]{6}$", example = "2026-000001"), IdempotencyKeyRequired), request_body = AcknowledgementRequest,
    responses((status = 200, body = names::ReportBody), WriteProblems)
)]
pub(crate) async fn acknowledge(
    State(desk): State<Arc<AuthorityReportDesk>>,
    Caller(actor): Caller,
    PathId(number): PathId<ReportNumber>,
    ValidJson(request): ValidJson<AcknowledgementRequest>,
) -> Result<Json<AuthorityReport>, Problem> {
    lambda::fact("report.number", number.to_string());
    Ok(Json(desk.acknowledge(number, &request.reference, &actor).await?))
}

/// The words of the domain, for the API's description.
mod names {
    use utoipa::ToSchema;

    /// A report to the office. It holds no personal data, and its content never changes.
    #[derive(ToSchema)]
    #[schema(as = AuthorityReport)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(super) struct ReportBody {
        /// The year in Shanghai, and which one of that year it is.
        #[schema(example = "2026-000123")]
        pub number: String,
        /// Counts the changes of its standing.
        pub version: u64,
        /// To whom, in Chinese and in English.
        #[schema(value_type = Object)]
        pub office: String,
        /// The report that this one corrects.
        #[schema(example = "2026-000100")]
        pub supplements: Option<String>,
        /// `type`: `decision`, `listing`, or the `removal` of a listing; with its `decision_id` or `listing_id`.
        #[schema(value_type = Object)]
        pub cause: String,
        /// `account_id`, `display_name`, `principal_kind`; absent where a principal was listed whose account nobody named.
        #[schema(value_type = Option<Object>)]
        pub account: Option<String>,
        /// `subject_type`, `subject_id`.
        #[schema(value_type = Option<Object>)]
        pub subject: Option<String>,
        /// Of a publication: SHA-256 of what it said.
        pub content_hash: Option<String>,
        pub case_id: Option<String>,
        /// `warn`, `restrict_function`, `suspend_updates`, `close`, `remove_content`, `refuse_content` or `blacklist`; absent
        /// in a supplement, which says that the step is undone.
        pub action: Option<String>,
        pub days: Option<u16>,
        pub policies: Vec<String>,
        /// The policies' titles, in Chinese and in English.
        #[schema(value_type = Option<Object>)]
        pub grounds: Option<String>,
        pub reason: String,
        pub facts: String,
        #[schema(format = DateTime)]
        pub decided_at: String,
        /// When a person looks at a listing again.
        #[schema(format = DateTime)]
        pub review_at: Option<String>,
        pub profile: String,
        #[schema(format = DateTime)]
        pub made_at: String,
        /// `reference`, `noted_by`, `noted_at`.
        #[schema(value_type = Option<Object>)]
        pub acknowledgement: Option<String>,
    }
}
