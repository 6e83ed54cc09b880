//! What reporters send and get, and how it maps to the domain.

use std::collections::BTreeMap;

use app::{
    complaints::{About, AnnouncedFile, ComplaintView, FileComplaint, FileState, Filed, GivenRights},
    ports::UploadForm,
};
use domain::{
    complaint::{ComplaintStatus, ReporterLanguage, Right, Standing},
    id::AccountId,
    personal::Personal,
    qualification::EvidenceType,
    subject::{Subject, SubjectType},
};
use garde::Validate;
use jiff::Timestamp;
use lambda::problem::{Code, FieldCode, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A challenge of the ALTCHA protocol.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the domain's own type is written as")]
pub struct ProofChallengeBody {
    #[schema(example = "SHA-256")]
    algorithm: String,
    /// SHA-256, hex, of salt and number.
    challenge: String,
    maxnumber: u64,
    salt: String,
    signature: String,
}

/// A complaint (R15.2). Nobody needs an account to file one. It may hold a contact, so it does not print.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintRequest {
    /// What it is about; left out where `link` says so.
    #[garde(dive)]
    #[serde(default)]
    pub subject: Option<SubjectRequest>,
    /// As the platform shows it to the public; left out where `subject` says so.
    #[garde(inner(length(chars, min = 1, max = 2_048)))]
    #[serde(default)]
    #[schema(
        min_length = 1,
        max_length = 2_048,
        example = "https://platform.example/posts/pub_2pkrcv9dx1h3zb8sz5y0m4n6tq"
    )]
    pub link: Option<String>,
    /// Why, by id: `fraud`, `spam`, `impersonation`, `infringement`, …
    #[garde(length(chars, min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64, example = "fraud")]
    pub reason: String,
    /// What is wrong, in the reporter's words.
    #[garde(length(chars, min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000)]
    pub description: String,
    /// In which language the reporter is answered; `zh` when left out.
    #[garde(skip)]
    #[serde(default)]
    #[schema(value_type = LanguageName)]
    pub language: ReporterLanguage,
    /// How to reach the reporter, if they wish. Kept sealed.
    #[garde(inner(length(chars, min = 1, max = 200)))]
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200)]
    pub contact: Option<String>,
    /// Whose right is infringed: with the reason `infringement` and with no other.
    #[garde(dive)]
    #[serde(default)]
    pub rights: Option<RightsRequest>,
    /// Files that are to come: each is sent by a form in the answer.
    #[garde(length(max = 5), dive)]
    #[serde(default)]
    #[schema(max_items = 5)]
    pub evidence: Vec<FileRequest>,
    /// What lets a complaint of the public in: the solution of a challenge, or the ticket of the page. The platform, which is
    /// known, sends none.
    #[garde(inner(length(bytes, max = 2_048)))]
    #[serde(default)]
    #[schema(max_length = 2_048)]
    pub altcha: Option<String>,
}

/// What the complaint is about.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubjectRequest {
    #[garde(skip)]
    #[schema(value_type = SubjectTypeName)]
    pub subject_type: SubjectType,
    #[garde(length(chars, min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64, example = "pub_2pkrcv9dx1h3zb8sz5y0m4n6tq")]
    pub subject_id: String,
}

/// A notice of infringement.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RightsRequest {
    /// Who holds the right. Kept sealed.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub holder: String,
    #[garde(skip)]
    #[schema(value_type = RightName)]
    pub right: Right,
    #[garde(skip)]
    #[schema(value_type = StandingName)]
    pub standing: Standing,
    /// The work, mark or picture, and where it can be seen.
    #[garde(length(chars, min = 1, max = 1_000))]
    #[schema(min_length = 1, max_length = 1_000)]
    pub work: String,
}

/// A file that is to come.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileRequest {
    #[garde(skip)]
    #[schema(value_type = String, example = "image/png")]
    pub content_type: EvidenceType,
    /// Of the file, if it is known: the store takes no other then.
    #[garde(inner(custom(is_sha256)))]
    #[serde(default)]
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub sha256: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "garde passes the context so")]
fn is_sha256(text: &str, (): &()) -> garde::Result {
    let good = text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if good { Ok(()) } else { Err(garde::Error::new("not 64 lower-case hexadecimal digits")) }
}

impl ComplaintRequest {
    /// # Errors
    /// When it says twice, or not at all, what it is about, or the identifier is none.
    pub fn into_command(
        self,
        operation_id: Uuid,
        reporter_account: Option<AccountId>,
    ) -> Result<FileComplaint, Problem> {
        let wrong = |place: &str, code| Problem::new(Code::InvalidBody).at(place, code);
        let about = match (self.subject, self.link) {
            (Some(subject), None) => Subject::parse(subject.subject_type, &subject.subject_id)
                .map(About::Subject)
                .map_err(|_| wrong("/subject/subject_id", FieldCode::MalformedValue))?,
            (None, Some(link)) => About::Link(link),
            (None, None) => return Err(wrong("/subject", FieldCode::MissingField)),
            (Some(_), Some(_)) => return Err(wrong("/link", FieldCode::OutOfBounds)),
        };
        Ok(FileComplaint {
            operation_id,
            about,
            reason: self.reason,
            description: self.description,
            language: self.language,
            contact: self.contact.map(Personal::new),
            rights: self.rights.map(|rights| GivenRights {
                holder: Personal::new(rights.holder),
                right: rights.right,
                standing: rights.standing,
                work: rights.work,
            }),
            files: self.evidence.into_iter().map(Into::into).collect(),
            reporter_account,
        })
    }
}

impl From<FileRequest> for AnnouncedFile {
    fn from(file: FileRequest) -> Self {
        Self { content_type: file.content_type, sha256: file.sha256 }
    }
}

/// Files that are to come as well; empty when those announced have been sent.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceRequest {
    #[garde(length(max = 5), dive)]
    #[serde(default)]
    #[schema(max_items = 5)]
    pub announce: Vec<FileRequest>,
}

/// Why it is wrong that nothing was done.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContestRequest {
    #[garde(length(chars, min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000)]
    pub grounds: String,
}

/// What the reporter keeps.
#[derive(Serialize, ToSchema)]
pub struct FiledBody {
    /// Opens the complaint to whoever holds it.
    pub receipt: String,
    #[schema(value_type = ComplaintStatusName)]
    pub status: ComplaintStatus,
    #[schema(value_type = String, format = DateTime)]
    pub filed_at: Timestamp,
    /// By when it is to be decided.
    #[schema(value_type = String, format = DateTime)]
    pub due_at: Timestamp,
    /// One for each file that was announced, in that order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uploads: Vec<UploadBody>,
}

/// A form: sent by POST as `multipart/form-data` with all its fields, and the file as the last one, `file`.
#[derive(Serialize, ToSchema)]
pub struct UploadBody {
    pub url: String,
    pub fields: BTreeMap<String, String>,
    #[schema(value_type = String, format = DateTime)]
    pub closes_at: Timestamp,
}

impl From<UploadForm> for UploadBody {
    fn from(form: UploadForm) -> Self {
        Self { url: form.url, fields: form.fields, closes_at: form.closes_at }
    }
}

impl From<Filed> for FiledBody {
    fn from(filed: Filed) -> Self {
        Self {
            receipt: filed.receipt.as_str().to_owned(),
            status: ComplaintStatus::Received,
            filed_at: filed.filed_at,
            due_at: filed.due_at,
            uploads: filed.forms.into_iter().map(Into::into).collect(),
        }
    }
}

/// Where the files of a complaint stand, in the order in which they were announced.
#[derive(Serialize, ToSchema)]
#[schema(as = ComplaintEvidence)]
pub struct EvidenceBody {
    pub evidence: Vec<FileBody>,
}

#[derive(Serialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum FileBody {
    /// It has come, and reviewers see it.
    Kept,
    /// It has not come.
    Awaited { upload: UploadBody },
}

impl From<Vec<FileState>> for EvidenceBody {
    fn from(states: Vec<FileState>) -> Self {
        let state = |state| match state {
            FileState::Kept => FileBody::Kept,
            FileState::Awaited(form) => FileBody::Awaited { upload: form.into() },
        };
        Self { evidence: states.into_iter().map(state).collect() }
    }
}

/// The state of things.
#[derive(Serialize, ToSchema)]
pub struct StatusBody {
    #[schema(value_type = ComplaintStatusName)]
    pub status: ComplaintStatus,
    /// Why, by id.
    pub reason: String,
    #[schema(value_type = String, format = DateTime)]
    pub filed_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub due_at: Timestamp,
    /// How many files were announced.
    pub evidence_announced: usize,
    /// How many of them have come.
    pub evidence_kept: usize,
    /// The decider's reason, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome_reason: Option<String>,
    /// That the reporter contested that nothing was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contest: Option<ContestBody>,
    /// That a reviewer found the complaint to be in bad faith.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bad_faith: Option<BadFaithBody>,
}

/// Where a contest stands.
#[derive(Serialize, ToSchema)]
pub struct ContestBody {
    #[schema(value_type = String, format = DateTime)]
    pub filed_at: Timestamp,
    /// `under_review`, or `answered` by the status.
    #[schema(example = "under_review")]
    pub state: &'static str,
}

/// Why a complaint was found to be in bad faith; it can be contested as the outcome can.
#[derive(Serialize, ToSchema)]
pub struct BadFaithBody {
    pub reason: String,
    #[schema(value_type = String, format = DateTime)]
    pub found_at: Timestamp,
    /// Until when nothing is taken from the reporter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub cooling_until: Option<Timestamp>,
}

impl From<ComplaintView> for StatusBody {
    fn from(view: ComplaintView) -> Self {
        Self {
            status: view.status,
            reason: view.reason,
            filed_at: view.filed_at,
            due_at: view.due_at,
            evidence_announced: view.files.0,
            evidence_kept: view.files.1,
            outcome_reason: view.outcome_reason,
            contest: view.contest.map(|contest| ContestBody {
                filed_at: contest.filed_at,
                state: if contest.is_answered { "answered" } else { "under_review" },
            }),
            bad_faith: view.bad_faith.map(|(finding, cooling_until)| BadFaithBody {
                reason: finding.reason,
                found_at: finding.found_at,
                cooling_until,
            }),
        }
    }
}

/// The words of the domain's enumerations, for the API's description.
mod names {
    use utoipa::ToSchema;

    #[derive(ToSchema)]
    #[schema(rename_all = "snake_case", as = SubjectType)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(super) enum SubjectTypeName {
        Account,
        Publication,
        Comment,
    }

    #[derive(ToSchema)]
    #[schema(rename_all = "snake_case", as = ComplaintStatus)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(super) enum ComplaintStatusName {
        Received,
        UnderReview,
        Upheld,
        NotUpheld,
    }

    #[derive(ToSchema)]
    #[schema(rename_all = "snake_case", as = ReporterLanguage)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(super) enum LanguageName {
        Zh,
        En,
    }

    #[derive(ToSchema)]
    #[schema(rename_all = "snake_case", as = Right)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(super) enum RightName {
        Copyright,
        Trademark,
        Patent,
        Portrait,
        Reputation,
        Other,
    }

    #[derive(ToSchema)]
    #[schema(rename_all = "snake_case", as = Standing)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(super) enum StandingName {
        Owner,
        Agent,
    }
}
use names::{ComplaintStatusName, LanguageName, RightName, StandingName, SubjectTypeName};
