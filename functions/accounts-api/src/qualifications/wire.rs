//! What callers send and get about qualifications, and how it maps to the domain.

use std::collections::BTreeMap;

use app::{ports::UploadForm, qualifying::RegisterQualification};
use domain::{
    actor::Actor,
    id::{AccountId, DecisionId},
    personal::Personal,
    qualification::{
        Evidence, EvidenceType, Qualification, QualificationKind, QualificationNumber, QualificationState, Revocation,
    },
    statement::StatementOfReasons,
};
use garde::Validate;
use jiff::{Timestamp, civil::Date};
use lambda::http::{legible_line, legible_text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A qualification before it is shown. A person's number is personal, so it does not print.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QualificationRequest {
    /// `news_licence`, or a professional kind of the settings.
    #[garde(length(chars, min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "news_licence")]
    pub kind: String,
    /// As it stands on the document. A person's is sealed and never given out again, save its ending.
    #[garde(length(chars, min = 1, max = 64), custom(legible_line))]
    #[schema(format = "legible-line", min_length = 1, max_length = 64, example = "10120260001")]
    pub number: String,
    /// What it allows, as the document says it.
    #[garde(length(chars, min = 1, max = 300), custom(legible_line))]
    #[schema(format = "legible-line", min_length = 1, max_length = 300, example = "互联网新闻信息采编发布服务")]
    pub scope: String,
    /// In Asia/Shanghai; not ahead.
    #[garde(skip)]
    #[schema(value_type = String, format = Date)]
    pub issued_on: Date,
    /// The last day on which it holds, in Asia/Shanghai; not over, and at most 20 years after the first.
    #[garde(skip)]
    #[schema(value_type = String, format = Date)]
    pub expires_on: Date,
    #[garde(dive)]
    pub evidence: EvidenceBody,
}

/// The document, by what it is and by what cannot be changed about it.
#[derive(Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EvidenceBody {
    #[garde(skip)]
    #[schema(value_type = EvidenceTypeName)]
    pub content_type: EvidenceType,
    /// Of the file's bytes, 64 lower-case hexadecimal digits.
    #[garde(custom(hexadecimal))]
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that garde asks for")]
fn hexadecimal(text: &str, (): &()) -> garde::Result {
    if text.len() == 64 && text.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f')) {
        return Ok(());
    }
    Err(garde::Error::new("is not 64 lower-case hexadecimal digits"))
}

impl QualificationRequest {
    pub(crate) fn into_command(self, operation_id: Uuid, account_id: AccountId, actor: Actor) -> RegisterQualification {
        RegisterQualification {
            operation_id,
            account_id,
            kind: QualificationKind::new(&self.kind),
            number: Personal::new(self.number),
            scope: self.scope,
            issued_on: self.issued_on,
            expires_on: self.expires_on,
            evidence: Evidence { content_type: self.evidence.content_type, sha256: self.evidence.sha256 },
            actor,
        }
    }
}

/// Why a qualification is taken away before its time.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RevocationRequest {
    /// For the account to read.
    #[garde(length(chars, min = 1, max = 2_000), custom(legible_text))]
    #[schema(format = "legible-text", min_length = 1, max_length = 2_000)]
    pub reason: String,
    /// What was found, for the account to read.
    #[garde(length(chars, min = 1, max = 4_000), custom(legible_text))]
    #[schema(format = "legible-text", min_length = 1, max_length = 4_000)]
    pub facts: String,
}

impl RevocationRequest {
    pub(crate) fn into_revocation(self, operation_id: Uuid) -> Revocation {
        Revocation { decision_id: DecisionId::from_uuid(operation_id), reason: self.reason, facts: self.facts }
    }
}

/// A qualification as it stands at the moment of the answer.
#[derive(Serialize, ToSchema)]
pub(crate) struct QualificationBody {
    #[schema(example = "qual_01k9rq4w5nf0ysjv5p0d8yb3e6")]
    pub qualification_id: String,
    #[schema(value_type = String, example = "news_licence")]
    pub kind: QualificationKind,
    #[schema(value_type = QualificationStateName)]
    pub state: QualificationState,
    /// Of an organisation's licence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The last characters of a person's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number_ending: Option<String>,
    pub scope: String,
    #[schema(value_type = String, format = Date)]
    pub issued_on: Date,
    #[schema(value_type = String, format = Date)]
    pub expires_on: Date,
    /// The first moment at which it does not hold any more: the end of its last day in Asia/Shanghai.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    pub evidence: EvidenceBody,
    /// From then on it waits no longer for its document.
    #[schema(value_type = String, format = DateTime)]
    pub upload_until: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub registered_at: Timestamp,
    /// What a person decided on it, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settlement: Option<QualificationSettlementBody>,
}

/// A person's decision on a qualification.
#[derive(Serialize, ToSchema)]
pub(crate) struct QualificationSettlementBody {
    pub decision_id: String,
    #[schema(value_type = String, format = DateTime)]
    pub settled_at: Timestamp,
    /// When it was refused or revoked: field names and values of the EU DSA Transparency Database.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub statement_of_reasons: Option<StatementOfReasons>,
}

impl QualificationBody {
    pub(crate) fn of(known: &Qualification, now: Timestamp) -> Self {
        let (number, number_ending) = match &known.number {
            QualificationNumber::Public { number } => (Some(number.clone()), None),
            QualificationNumber::Personal { ending, .. } => (None, Some(ending.clone())),
        };
        let settlement = known.settlement.as_ref().map(|settlement| QualificationSettlementBody {
            decision_id: settlement.decision_id.to_string(),
            settled_at: settlement.settled_at,
            statement_of_reasons: settlement.statement.clone(),
        });
        Self {
            qualification_id: known.qualification_id.to_string(),
            kind: known.kind.clone(),
            state: known.state_at(now),
            number,
            number_ending,
            scope: known.scope.clone(),
            issued_on: known.term.issued_on,
            expires_on: known.term.expires_on,
            expires_at: known.term.expires_at(),
            evidence: EvidenceBody { content_type: known.evidence.content_type, sha256: known.evidence.sha256.clone() },
            upload_until: known.upload_until,
            registered_at: known.registered_at,
            settlement,
        }
    }
}

/// The qualifications of an account, the earliest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct QualificationsBody {
    pub qualifications: Vec<QualificationBody>,
}

/// A qualification that waits for its document, and the form to send it by.
#[derive(Serialize, ToSchema)]
pub(crate) struct RegisteredQualificationBody {
    pub qualification: QualificationBody,
    pub upload: UploadFormBody,
}

/// A form for `multipart/form-data` by POST: every field as it stands, and the file as the last one, `file`.
#[derive(Serialize, ToSchema)]
pub(crate) struct UploadFormBody {
    pub url: String,
    pub fields: BTreeMap<String, String>,
    /// From then on it is refused; ask for another one.
    #[schema(value_type = String, format = DateTime)]
    pub closes_at: Timestamp,
}

impl From<UploadForm> for UploadFormBody {
    fn from(form: UploadForm) -> Self {
        Self { url: form.url, fields: form.fields, closes_at: form.closes_at }
    }
}

/// The words of the domain's enumerations, for the API's description.
mod names {
    use utoipa::ToSchema;

    #[derive(ToSchema)]
    #[schema(as = EvidenceType)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(super) enum EvidenceTypeName {
        #[schema(rename = "application/pdf")]
        Pdf,
        #[schema(rename = "image/jpeg")]
        Jpeg,
        #[schema(rename = "image/png")]
        Png,
    }

    #[derive(ToSchema)]
    #[schema(rename_all = "snake_case", as = QualificationState)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(super) enum QualificationStateName {
        AwaitingUpload,
        InReview,
        Valid,
        Refused,
        Revoked,
        Expired,
        Lapsed,
    }
}
use names::{EvidenceTypeName, QualificationStateName};
