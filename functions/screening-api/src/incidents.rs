//! Incident mode (R5.1): more is held than the rules say, for a bounded time.

use std::{collections::BTreeSet, sync::Arc};

use app::incidents::{DeclareIncident, IncidentDesk, IncidentView};
use axum::{Json, extract::State};
use domain::{
    actor::Actor,
    incident::{Incident, IncidentMeasure, PartKind},
};
use garde::Validate;
use jiff::Timestamp;
use lambda::{
    http::{Caller, Routes, ValidJson},
    openapi::{IdempotencyKeyRequired, ReadProblems, WriteProblems},
    problem::Problem,
    routes,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Service;

pub(crate) fn routes() -> Routes<Service> {
    Routes::new().routes(routes!(show, declare))
}

/// What is done while the incident lasts.
#[derive(Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum MeasureBody {
    /// Every publication is held.
    HoldAll {},
    /// What a rule of that policy finds anything in is held.
    HoldPolicy {
        #[garde(length(chars, min = 1, max = 64))]
        #[schema(min_length = 1, max_length = 64, example = "gambling")]
        policy: String,
    },
    /// What has a part of that kind is held.
    HoldPart {
        #[garde(skip)]
        #[schema(value_type = PartKindName)]
        part: PartKind,
    },
    /// What accounts of that label publish is held; the settings name the labels (`account_labels`).
    HoldLabel {
        #[garde(length(chars, min = 1, max = 64))]
        #[schema(min_length = 1, max_length = 64, example = "media")]
        label: String,
    },
    /// Readers do not comment.
    StopComments {},
}

impl From<MeasureBody> for IncidentMeasure {
    fn from(body: MeasureBody) -> Self {
        match body {
            MeasureBody::HoldAll {} => Self::HoldAll,
            MeasureBody::HoldPolicy { policy } => Self::HoldPolicy { policy },
            MeasureBody::HoldPart { part } => Self::HoldPart { part },
            MeasureBody::HoldLabel { label } => Self::HoldLabel { label },
            MeasureBody::StopComments {} => Self::StopComments,
        }
    }
}

impl From<IncidentMeasure> for MeasureBody {
    fn from(measure: IncidentMeasure) -> Self {
        match measure {
            IncidentMeasure::HoldAll => Self::HoldAll {},
            IncidentMeasure::HoldPolicy { policy } => Self::HoldPolicy { policy },
            IncidentMeasure::HoldPart { part } => Self::HoldPart { part },
            IncidentMeasure::HoldLabel { label } => Self::HoldLabel { label },
            IncidentMeasure::StopComments => Self::StopComments {},
        }
    }
}

/// An incident, declared in place of the one before.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncidentRequest {
    /// None: the incident is over.
    #[garde(length(max = 20), dive)]
    #[schema(max_items = 20)]
    pub measures: Vec<MeasureBody>,
    /// Why; those whose content is held are told.
    #[garde(length(chars, min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "突发事件期间先审后发")]
    pub reason: String,
    /// How long it lasts; the settings say how long that may be (`incident.longest_hours`).
    #[garde(range(min = 1))]
    #[schema(minimum = 1, example = 120)]
    pub minutes: u32,
}

impl IncidentRequest {
    fn into_command(self, actor: Actor) -> DeclareIncident {
        let measures: BTreeSet<IncidentMeasure> = self.measures.into_iter().map(Into::into).collect();
        DeclareIncident { measures, reason: self.reason, minutes: self.minutes, actor }
    }
}

/// What was declared last.
#[derive(Serialize, ToSchema)]
pub struct IncidentModeBody {
    /// Whether it lasts. It ends by itself.
    pub active: bool,
    /// Counts the declarations; findings of the incident carry it.
    pub version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentBody>,
}

#[derive(Serialize, ToSchema)]
pub struct IncidentBody {
    pub measures: Vec<MeasureBody>,
    pub reason: String,
    pub declared_by: String,
    #[schema(value_type = String, format = DateTime)]
    pub starts_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub ends_at: Timestamp,
}

impl From<IncidentView> for IncidentModeBody {
    fn from(view: IncidentView) -> Self {
        let incident = view.mode.incident.map(|incident| {
            let Incident { measures, reason, declared_by, starts_at, ends_at } = incident;
            let measures = measures.into_iter().map(Into::into).collect();
            IncidentBody { measures, reason, declared_by: declared_by.name().to_owned(), starts_at, ends_at }
        });
        Self { active: view.is_on, version: view.mode.version, incident }
    }
}

/// Show incident mode
///
/// What was declared last, and whether it lasts. 查询应急管控状态。
#[utoipa::path(
    operation_id = "get_incident_mode",
    get, path = "/v1/incident-mode", tag = "screening", security(("sigv4" = [])),
    responses((status = 200, body = IncidentModeBody), ReadProblems)
)]
async fn show(State(desk): State<Arc<IncidentDesk>>) -> Result<Json<IncidentModeBody>, Problem> {
    Ok(Json(desk.show().await?.into()))
}

/// Declare an incident, or its end
///
/// In force everywhere within 30 seconds, and over at its time by itself. What an incident holds waits for a reviewer, and its
/// verdict says why. 启动或解除应急管控，到期自动解除。
#[utoipa::path(
    operation_id = "declare_incident",
    put, path = "/v1/incident-mode", tag = "screening", security(("sigv4" = [])),
    params(IdempotencyKeyRequired), request_body = IncidentRequest,
    responses((status = 200, body = IncidentModeBody), WriteProblems)
)]
async fn declare(
    State(desk): State<Arc<IncidentDesk>>,
    Caller(actor): Caller,
    ValidJson(request): ValidJson<IncidentRequest>,
) -> Result<Json<IncidentModeBody>, Problem> {
    let view = desk.declare(request.into_command(actor)).await?;
    lambda::fact("incident.active", view.is_on);
    lambda::fact("incident.version", view.mode.version);
    Ok(Json(view.into()))
}

/// The words of the enumerations, for the API's description.
mod names {
    use utoipa::ToSchema;

    #[derive(ToSchema)]
    #[schema(rename_all = "snake_case", as = PartKind)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(super) enum PartKindName {
        Text,
        Image,
        Audio,
        Video,
        Link,
    }
}
use names::PartKindName;
