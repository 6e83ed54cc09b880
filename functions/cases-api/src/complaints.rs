//! The complaints in a case, for those who judge it (R15.2, B2).

use std::sync::Arc;

use app::{
    case_complaints::{CaseComplaints, ComplaintDetail},
    ports::ComplaintPage,
    reporting::ReporterDesk,
};
use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use domain::{
    complaint::{Complaint, ReporterLanguage, Right, Snapshot, Standing},
    id::{CaseId, ComplaintId},
    qualification::EvidenceType,
    reporter::Reporter,
};
use garde::Validate;
use jiff::Timestamp;
use lambda::{
    http::{Caller, PathId, PathIds, ValidJson, ValidQuery},
    openapi::{IdempotencyKeyRequired, ReadProblems, WriteProblems},
    problem::Problem,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which complaints of the case to list.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ComplaintParams {
    #[serde(default = "twenty")]
    #[garde(range(min = 1, max = 50))]
    #[param(minimum = 1, maximum = 50, default = 20)]
    limit: usize,
    /// What the page before gave as `next_after`.
    #[garde(skip)]
    #[param(value_type = Option<String>, pattern = "^cmpl_[0-7][0-9a-hjkmnp-tv-z]{25}$")]
    after: Option<ComplaintId>,
}

const fn twenty() -> usize {
    20
}

/// A page of complaints, the earliest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct ComplaintsBody {
    complaints: Vec<ComplaintBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_after: Option<String>,
}

/// What somebody complained of. Who they are stays under seal.
#[derive(Serialize, ToSchema)]
pub(crate) struct ComplaintBody {
    complaint_id: String,
    reason: String,
    description: String,
    #[schema(value_type = String, example = "zh")]
    language: ReporterLanguage,
    /// Whether the reporter left a way to reach them.
    has_contact: bool,
    /// The account whose holder complains, where the platform knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    reporter_account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rights: Option<RightsBody>,
    evidence_announced: usize,
    evidence_kept: usize,
    #[schema(value_type = String, format = DateTime)]
    filed_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    due_at: Timestamp,
}

/// A notice of infringement, without the holder's name.
#[derive(Serialize, ToSchema)]
pub(crate) struct RightsBody {
    #[schema(value_type = String, example = "copyright")]
    right: Right,
    #[schema(value_type = String, example = "owner")]
    standing: Standing,
    work: String,
}

/// One complaint with its evidence, and what it is about as it was when it came.
#[derive(Serialize, ToSchema)]
pub(crate) struct ComplaintDetailBody {
    complaint: ComplaintBody,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    snapshot: Option<Snapshot>,
    /// Each opens for five minutes.
    evidence: Vec<EvidenceLinkBody>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct EvidenceLinkBody {
    #[schema(value_type = String, example = "image/png")]
    content_type: EvidenceType,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    url: String,
}

impl From<Complaint> for ComplaintBody {
    fn from(complaint: Complaint) -> Self {
        Self {
            complaint_id: complaint.complaint_id.to_string(),
            reason: complaint.reason,
            description: complaint.description,
            language: complaint.language,
            has_contact: complaint.contact.is_some(),
            reporter_account: complaint.reporter_account.map(|id| id.to_string()),
            rights: complaint.rights.map(|it| RightsBody { right: it.right, standing: it.standing, work: it.work }),
            evidence_announced: complaint.files.len(),
            evidence_kept: complaint.files.iter().filter(|file| file.kept_at.is_some()).count(),
            filed_at: complaint.filed_at,
            due_at: complaint.due_at,
        }
    }
}

impl From<ComplaintPage> for ComplaintsBody {
    fn from(page: ComplaintPage) -> Self {
        Self {
            complaints: page.complaints.into_iter().map(Into::into).collect(),
            next_after: page.next.map(|id| id.to_string()),
        }
    }
}

impl From<ComplaintDetail> for ComplaintDetailBody {
    fn from(detail: ComplaintDetail) -> Self {
        let link = |(file, url): (domain::complaint::ComplaintFile, String)| EvidenceLinkBody {
            content_type: file.content_type,
            sha256: file.sha256,
            url,
        };
        Self {
            complaint: detail.complaint.into(),
            snapshot: detail.snapshot,
            evidence: detail.files.into_iter().map(link).collect(),
        }
    }
}

/// List the complaints in a case
///
/// The earliest first. 列出工单中的举报。
#[utoipa::path(
    operation_id = "list_case_complaints",
    get, path = "/v1/cases/{case_id}/complaints", tag = "cases", security(("sigv4" = [])),
    params(("case_id" = String, Path), ComplaintParams),
    responses((status = 200, body = ComplaintsBody), ReadProblems)
)]
pub(crate) async fn list(
    State(desk): State<Arc<CaseComplaints>>,
    Caller(_caller): Caller,
    PathId(case_id): PathId<CaseId>,
    ValidQuery(params): ValidQuery<ComplaintParams>,
) -> Result<Json<ComplaintsBody>, Problem> {
    Ok(Json(desk.list(case_id, params.limit, params.after).await?.into()))
}

/// Read a complaint in a case
///
/// With its evidence and a snapshot of what it is about, as it was when the complaint came. 查看举报、证据和当时的内容。
#[utoipa::path(
    operation_id = "get_case_complaint",
    get, path = "/v1/cases/{case_id}/complaints/{complaint_id}", tag = "cases", security(("sigv4" = [])),
    params(("case_id" = String, Path), ("complaint_id" = String, Path)),
    responses((status = 200, body = ComplaintDetailBody), ReadProblems)
)]
pub(crate) async fn read(
    State(desk): State<Arc<CaseComplaints>>,
    Caller(_caller): Caller,
    PathIds(case_id, complaint_id): PathIds<CaseId, ComplaintId>,
) -> Result<Json<ComplaintDetailBody>, Problem> {
    Ok(Json(desk.read(case_id, complaint_id).await?.into()))
}

/// Why a complaint is in bad faith.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BadFaithRequest {
    /// For the reporter to read.
    #[garde(length(chars, min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000)]
    reason: String,
}

/// What is on record of the reporter now.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReporterBody {
    complaint_id: String,
    /// Of the reporter's complaints, how many were found to be in bad faith and stand so.
    findings: usize,
    /// Until when nothing is taken from the reporter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    cooling_until: Option<Timestamp>,
}

impl ReporterBody {
    fn of(reporter: &Reporter, complaint_id: ComplaintId) -> Self {
        Self {
            complaint_id: complaint_id.to_string(),
            findings: reporter.findings.iter().filter(|it| it.withdrawn_at.is_none()).count(),
            cooling_until: reporter.cooling_until,
        }
    }
}

/// Find a complaint to be in bad faith
///
/// One that was dismissed. After some of them nothing is taken from the reporter for a while; they are told why, and may contest
/// it. 认定恶意举报。
#[utoipa::path(
    post, path = "/v1/cases/{case_id}/complaints/{complaint_id}/bad-faith", tag = "cases", security(("sigv4" = [])),
    params(("case_id" = String, Path), ("complaint_id" = String, Path), IdempotencyKeyRequired),
    request_body = BadFaithRequest,
    responses((status = 201, body = ReporterBody), WriteProblems)
)]
pub(crate) async fn find_bad_faith(
    State(desk): State<Arc<ReporterDesk>>,
    Caller(reviewer): Caller,
    PathIds(case_id, complaint_id): PathIds<CaseId, ComplaintId>,
    ValidJson(request): ValidJson<BadFaithRequest>,
) -> Result<impl IntoResponse, Problem> {
    let reporter = desk.find(case_id, complaint_id, &request.reason, &reviewer).await?;
    Ok((StatusCode::CREATED, Json(ReporterBody::of(&reporter, complaint_id))))
}

/// Take back that a complaint was in bad faith
///
/// By somebody else than who said so. 撤销恶意举报认定，须由他人作出。
#[utoipa::path(
    delete, path = "/v1/cases/{case_id}/complaints/{complaint_id}/bad-faith", tag = "cases", security(("sigv4" = [])),
    params(("case_id" = String, Path), ("complaint_id" = String, Path), IdempotencyKeyRequired),
    responses((status = 200, body = ReporterBody), WriteProblems)
)]
pub(crate) async fn withdraw_bad_faith(
    State(desk): State<Arc<ReporterDesk>>,
    Caller(reviewer): Caller,
    PathIds(case_id, complaint_id): PathIds<CaseId, ComplaintId>,
) -> Result<Json<ReporterBody>, Problem> {
    let reporter = desk.withdraw(case_id, complaint_id, &reviewer).await?;
    Ok(Json(ReporterBody::of(&reporter, complaint_id)))
}
