//! What a caller is told when a request is refused: `application/problem+json` (RFC 9457).
//!
//! `type` is `https://gatehouse.example/problems/<code>`: a name, not an address to fetch, under a domain that nobody
//! can ever own. `code` is the same name for programs that switch on it. Title and detail are in Chinese unless
//! `Accept-Language` prefers English. Nothing internal is ever in a problem: the cause of a 5xx is in the log, under the
//! `request_id` that the problem gives.

mod catalogue;
mod complaints;
mod language;
mod mapping;

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use domain::{
    account::AccountStatus,
    id::{DecisionId, EnforcementId, QualificationId},
    profile::Bilingual,
    public_profile::Concern,
    statement::StatementOfReasons,
};
use http::StatusCode;
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use utoipa::ToSchema;

#[cfg(test)]
use catalogue::Texts;
pub use catalogue::{Code, FieldCode};
pub use language::Language;

use crate::{http::RequestId, logs};

/// Where the names of problems begin.
const TYPE: &str = "https://gatehouse.example/problems/";

/// A refusal on its way to the caller. As the answer of a handler it is rendered on the way out, where language and
/// request id are known; as one item of a batch, with [`body`](Self::body).
#[derive(Debug, Clone)]
pub struct Problem {
    code: Code,
    errors: Vec<FieldFault>,
    /// Boxed, so that a `Result` of a problem stays small.
    members: Box<Members>,
    retry_after: Option<u32>,
    cause: Option<Arc<str>>,
}

#[derive(Debug, Clone)]
struct FieldFault {
    pointer: String,
    code: FieldCode,
    constraint: Option<String>,
}

impl Problem {
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self { code, errors: Vec::new(), members: Box::default(), retry_after: None, cause: None }
    }

    /// Points at one place of the body (JSON pointer, RFC 6901) or query that is wrong.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>, code: FieldCode) -> Self {
        self.errors.push(FieldFault { pointer: pointer.into(), code, constraint: None });
        self
    }

    /// As [`at`](Self::at), with the limit that was broken. It is in English and is for developers.
    #[must_use]
    pub fn at_with(mut self, pointer: impl Into<String>, code: FieldCode, constraint: Option<String>) -> Self {
        self.errors.push(FieldFault { pointer: pointer.into(), code, constraint });
        self
    }

    /// Members of its own kind of problem.
    #[must_use]
    pub fn with(mut self, members: Members) -> Self {
        *self.members = members;
        self
    }

    /// After how many seconds to try again.
    #[must_use]
    pub const fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// What it came from, for the log and for nobody else.
    #[must_use]
    pub fn because(mut self, cause: &dyn std::error::Error) -> Self {
        self.cause = Some(logs::chain(cause).into());
        self
    }

    #[must_use]
    pub const fn code(&self) -> Code {
        self.code
    }

    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.code.status()
    }

    pub(crate) fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    pub(crate) const fn seconds_to_retry(&self) -> Option<u32> {
        self.retry_after
    }

    /// Title and detail in `language`, for a page that people read.
    #[must_use]
    pub const fn words(&self, language: Language) -> (&'static str, &'static str) {
        let texts = self.code.texts();
        language.pick(texts.zh, texts.en)
    }

    /// The problem as it is written, in `language`.
    #[must_use]
    pub fn body(&self, language: Language, request_id: &RequestId) -> ProblemBody {
        let texts = self.code.texts();
        let (title, detail) = language.pick(texts.zh, texts.en);
        let errors = self.errors.iter().map(|fault| {
            let (zh, en) = fault.code.texts();
            FieldProblem {
                pointer: fault.pointer.clone(),
                code: fault.code.as_str(),
                detail: language.pick(zh, en),
                constraint: fault.constraint.clone(),
            }
        });
        ProblemBody {
            kind: format!("{TYPE}{}", self.code.as_str()),
            title,
            status: self.status().as_u16(),
            detail,
            code: self.code.as_str(),
            request_id: request_id.0.clone(),
            errors: errors.collect(),
            members: (*self.members).clone(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A problem, `application/problem+json` (RFC 9457).
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Problem, example = json!({
    "type": "https://gatehouse.example/problems/account_not_found", "title": "账号不存在", "status": 404,
    "detail": "没有此标识的账号。", "code": "account_not_found", "request_id": "JKJaXmPLvHcESHA002=",
}))]
pub struct ProblemBody {
    /// The name of this kind of problem: `https://gatehouse.example/problems/` and the code.
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    detail: &'static str,
    /// The same name for programs.
    #[schema(example = "account_not_found")]
    code: &'static str,
    /// Give it when you report the problem.
    request_id: String,
    /// The places that are wrong, for `invalid_body` and `invalid_query`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldProblem>,
    #[serde(flatten)]
    members: Members,
}

/// One place that is wrong.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FieldProblem {
    /// JSON pointer into the body (RFC 6901); for a query the name of the parameter after a slash.
    #[schema(example = "/items/0/parts")]
    pointer: String,
    #[schema(example = "missing_field")]
    code: &'static str,
    detail: &'static str,
    /// The limit that was broken, in English, for developers.
    #[serde(skip_serializing_if = "Option::is_none")]
    constraint: Option<String>,
}

/// What single kinds of problems tell beside the rest.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Members {
    /// `quota_exceeded`: how many accounts the principal may hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap: Option<u32>,
    /// `group_required`: how many accounts the principal may hold without a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_above: Option<u32>,
    /// `publication_rate_exceeded`: how many publications the account may make in an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publications_per_hour: Option<u32>,
    /// `mobile_number_invalid`: `length`, `character`, `range` or `calling_code`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile_error: Option<String>,
    /// `code_wrong`: how many tries are left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tries_left: Option<u32>,
    /// `account_not_verified` and `account_closed`: where the account stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub account_status: Option<AccountStatus>,
    /// `document_number_invalid`: `length`, `character`, `region`, `nationality`, `birth_date`, `check_character`,
    /// `issuing_state` or `national_form`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_error: Option<String>,
    /// `news_licence_required`: where the account's news licence stands, `none` when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "expired")]
    pub licence_state: Option<&'static str>,
    /// `news_licence_required`: the last day of that licence.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub licence_expires_on: Option<Date>,
    /// `qualification_state`: where the qualification stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qualification_state: Option<&'static str>,
    /// `qualification_known`: the one with that document.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub qualification_id: Option<QualificationId>,
    /// `qualification_term_invalid`: `issued_ahead`, `ends_before_it_begins`, `over` or `too_long`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term_error: Option<&'static str>,
    /// `evidence_mismatch`: `too_large`, `wrong_type` or `wrong_checksum`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence_error: Option<&'static str>,
    /// `name_unusable`: `nothing_to_compare`, `affixes_alone` or `too_long`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_error: Option<&'static str>,
    /// `name_protected`: the protected name that stands in the way, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protected_name: Option<Box<ProtectedNameNotice>>,
    /// `name_refused`: which rules, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concerns: Option<Vec<ConcernNotice>>,
    /// `policy_document_superseded`: the version in effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_version: Option<u32>,
    /// `agreement_required`: the document that the account has to accept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_document: Option<Box<PolicyDocumentNotice>>,
    /// `appeal_window_over`: until when appeals were taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub appeal_until: Option<Timestamp>,
    /// `reporter_cooling_down`: until when nothing is taken from the reporter, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub cooling_until: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cooling_reason: Option<String>,
    /// `account_suspended` and `comments_restricted`: what is in force, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enforcement: Option<Box<EnforcementNotice>>,
}

/// A rule that refuses a name (R2, R11.1).
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ConcernNotice {
    #[schema(example = "contact-steering")]
    pub rule: String,
    #[schema(example = "spam")]
    pub policy: String,
    /// In Chinese and in English, whatever the language of the rest.
    #[schema(value_type = Object)]
    pub title: Bilingual,
}

impl From<Concern> for ConcernNotice {
    fn from(Concern { rule, policy, title, .. }: Concern) -> Self {
        Self { rule, policy, title }
    }
}

/// A name that not everybody may carry (R4).
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ProtectedNameNotice {
    /// As the list writes it: `*` where it may go on.
    #[schema(example = "人民日报*")]
    pub name: String,
    /// In Chinese and in English, whatever the language of the rest.
    #[schema(value_type = Object)]
    pub why: Bilingual,
}

/// A version of a policy document (R5.2).
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PolicyDocumentNotice {
    #[schema(example = "service-agreement")]
    pub document_id: String,
    pub version: u32,
    /// Of its text, SHA-256 in hexadecimal: what an acceptance names.
    pub sha256: String,
    /// In Chinese and in English, whatever the language of the rest.
    #[schema(value_type = Object)]
    pub title: Bilingual,
    #[schema(value_type = String, format = DateTime)]
    pub effective_at: Timestamp,
}

/// What is in force on an account, and why.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct EnforcementNotice {
    #[schema(value_type = String)]
    pub enforcement_id: EnforcementId,
    #[schema(value_type = String)]
    pub decision_id: DecisionId,
    /// When it ends; without one it stays until it is lifted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ends_at: Option<Timestamp>,
    /// In the field names of the DSA Transparency Database.
    #[schema(value_type = Object)]
    pub statement_of_reasons: StatementOfReasons,
}

#[cfg(test)]
mod tests;
