//! `POST /v1/cases/bulk-decisions`: one judgement on several cases, looked at before it is made (R13.1, B8).

use std::{collections::BTreeSet, sync::Arc};

use app::casework::{CaseDesk, CaseRead, Decide, DecideMany, Outlook};
use axum::{Json, extract::State};
use domain::{
    case::{Case, CaseState},
    consequence::Choice,
    id::CaseId,
};
use garde::Validate;
use jiff::Timestamp;
use lambda::{
    http::{Caller, RequestId, ValidJson, legible_text},
    idempotency::OperationId,
    openapi::{IdempotencyKeyRequired, WriteProblems},
    problem::{Code, FieldCode, Language, Problem, ProblemBody},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::wire::{ActionBody, CaseBody, CaseStateName, ChoiceBody, DecisionRequest, PolicyIdName};

/// Each case is read, judged and written in a few round trips, eight at once: fifty are done well within the ten seconds of a call.
const MOST: usize = 50;

/// One judgement, and the cases that it is about.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BulkRequest {
    /// `true`, as when it is left out: nothing is written, and the answer tells what would follow. To decide, send it again with
    /// `false` and an `Idempotency-Key` of its own.
    #[serde(default = "nothing_is_written")]
    #[garde(skip)]
    #[schema(default = true)]
    dry_run: bool,
    /// Each once, and with the reviewer.
    #[garde(length(min = 1), dive)]
    #[schema(min_items = 1, max_items = 50)]
    cases: Vec<CaseReadBody>,
    #[garde(dive)]
    action: ActionBody,
    /// As in a decision on one case.
    #[serde(default)]
    #[garde(length(max = 5), inner(length(chars, min = 1, max = 64)))]
    #[schema(value_type = Vec<PolicyIdName>, max_items = 5, example = json!(["spam"]))]
    policies: Vec<String>,
    /// Why, for each account to read and for whoever complained.
    #[garde(length(chars, min = 1, max = 2_000), custom(legible_text))]
    #[schema(min_length = 1, max_length = 2_000)]
    reason: String,
    /// What was found, for each account to read.
    #[garde(length(chars, min = 1, max = 4_000), custom(legible_text))]
    #[schema(min_length = 1, max_length = 4_000)]
    facts: String,
}

const fn nothing_is_written() -> bool {
    true
}

/// A case as it was read.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseReadBody {
    #[garde(skip)]
    #[schema(value_type = String, example = "case_01k9rq4w5nf0ysjv5p0d8yb3e6")]
    case_id: CaseId,
    #[garde(skip)]
    version: u64,
}

/// What came of each case, or would, in the order in which they were named.
#[derive(Serialize, ToSchema)]
pub(crate) struct BulkBody {
    dry_run: bool,
    items: Vec<BulkItemBody>,
}

/// One of `case`, `outlook` and `problem`.
#[derive(Serialize, ToSchema)]
pub(crate) struct BulkItemBody {
    index: usize,
    case_id: String,
    /// 201 where the case is decided or a severe step proposed, 200 where it would be, or the status of the problem.
    status: u16,
    /// As it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<CaseBody>,
    /// What would follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    outlook: Option<OutlookBody>,
    /// Why it is not decided, or would not be; nothing is changed by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemBody>,
}

/// What a decision would lead to.
#[derive(Serialize, ToSchema)]
pub(crate) struct OutlookBody {
    /// `decided`, or `awaiting_approval` of a severe step, which a second person has to agree to.
    #[schema(value_type = CaseStateName)]
    state: CaseState,
    /// As in the `choices` of the case; absent where it was decided so before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ChoiceBody>)]
    choice: Option<Choice>,
}

/// What one case is answered with.
enum Answer {
    Decided(Box<Case>),
    Foreseen(Outlook),
    Refused(Problem),
}

impl BulkItemBody {
    fn of(
        (index, case_id): (usize, CaseId),
        answer: Answer,
        now: Timestamp,
        (language, request_id): (Language, &RequestId),
    ) -> Self {
        let item =
            |status| Self { index, case_id: case_id.to_string(), status, case: None, outlook: None, problem: None };
        match answer {
            Answer::Decided(case) => Self { case: Some(CaseBody::at(*case, now)), ..item(201) },
            Answer::Foreseen(Outlook { state, choice, .. }) => {
                Self { outlook: Some(OutlookBody { state, choice }), ..item(200) }
            }
            Answer::Refused(problem) => {
                Self { problem: Some(problem.body(language, request_id)), ..item(problem.status().as_u16()) }
            }
        }
    }
}

impl BulkRequest {
    fn into_command(self, operation_id: uuid::Uuid) -> Result<DecideMany, Problem> {
        if self.cases.len() > MOST {
            return Err(Problem::new(Code::BatchTooLarge));
        }
        let mut seen = BTreeSet::new();
        if let Some(again) = self.cases.iter().position(|read| !seen.insert(read.case_id)) {
            let pointer = format!("/cases/{again}/case_id");
            return Err(Problem::new(Code::InvalidBody).at(pointer, FieldCode::MalformedValue));
        }
        let cases = self.cases.iter().map(|read| CaseRead { case_id: read.case_id, version: read.version }).collect();
        let Self { action, policies, reason, facts, .. } = self;
        let one = DecisionRequest { version: 0, action, policies, reason, facts };
        let Decide { action, policies, reason, facts, .. } = one.into_command(operation_id);
        Ok(DecideMany { operation_id, cases, action, policies, reason, facts })
    }
}

/// Decide several cases at once
///
/// With one judgement, up to fifty cases that the reviewer has claimed. Without `dry_run: false` nothing is written, and each case is
/// answered with what would follow or why not. Each case is decided as by a decision on it alone: what is refused for one (a
/// stale version, another's claim, an own decision that is appealed) is nothing to the others, and severe steps wait for the content safety
/// lead. Items that met a passing fault are sent again with a new `Idempotency-Key`. 批量处置：先预览，再逐件作出决定。
#[utoipa::path(
    operation_id = "decide_cases",
    post, path = "/v1/cases/bulk-decisions", tag = "cases", security(("sigv4" = [])),
    params(IdempotencyKeyRequired), request_body = BulkRequest,
    responses((status = 200, body = BulkBody, description = "The cases, answered one by one, in their order"), WriteProblems)
)]
pub(crate) async fn decide(
    State(desk): State<Arc<CaseDesk>>,
    Caller(reviewer): Caller,
    OperationId(operation_id): OperationId,
    language: Language,
    request_id: RequestId,
    ValidJson(request): ValidJson<BulkRequest>,
) -> Result<Json<BulkBody>, Problem> {
    let dry_run = request.dry_run;
    let command = request.into_command(operation_id)?;
    let refused = |error| Answer::Refused(Problem::from(error));
    let answers: Vec<Answer> = if dry_run {
        let foreseen = desk.foresee_many(&reviewer, &command).await?.into_iter();
        foreseen.map(|answer| answer.map_or_else(refused, Answer::Foreseen)).collect()
    } else {
        let decided = desk.decide_many(&reviewer, &command).await?.into_iter();
        decided.map(|answer| answer.map_or_else(refused, |case| Answer::Decided(Box::new(case)))).collect()
    };
    lambda::fact("items", answers.len());
    lambda::fact("items.refused", answers.iter().filter(|it| matches!(it, Answer::Refused(_))).count());
    lambda::fact("dry_run", dry_run);
    let now = desk.clock.now();
    let items = command.cases.iter().map(|read| read.case_id).enumerate().zip(answers);
    let items = items.map(|(place, answer)| BulkItemBody::of(place, answer, now, (language, &request_id)));
    Ok(Json(BulkBody { dry_run, items: items.collect() }))
}
