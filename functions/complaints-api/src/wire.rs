//! What reporters send and get, and how it maps to the domain.

use app::complaints::{ComplaintView, FileComplaint, Filed};
use domain::{
    complaint::ComplaintStatus,
    personal::Personal,
    subject::{Subject, SubjectType},
};
use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A complaint (R15.2). Nobody needs an account to file one. It may hold a contact, so it does not print.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintRequest {
    #[garde(dive)]
    pub subject: SubjectRequest,
    /// The policy that was broken, by id: `fraud`, `spam`, `impersonation`, …
    #[garde(length(bytes, min = 1, max = 64))]
    #[schema(example = "fraud")]
    pub policy: String,
    /// What is wrong, in the reporter's words.
    #[garde(length(chars, min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000)]
    pub description: String,
    /// How to reach the reporter, if they wish. Kept sealed.
    #[garde(inner(length(chars, min = 1, max = 200)))]
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200)]
    pub contact: Option<String>,
}

/// What the complaint is about.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubjectRequest {
    #[garde(skip)]
    #[schema(value_type = SubjectTypeName)]
    pub subject_type: SubjectType,
    #[garde(length(bytes, min = 1, max = 64))]
    #[schema(example = "pub_2pkrcv9dx1h3zb8sz5y0m4n6tq")]
    pub subject_id: String,
}

impl ComplaintRequest {
    pub fn into_command(self, operation_id: Uuid, subject: Subject) -> FileComplaint {
        FileComplaint {
            operation_id,
            subject,
            policy: self.policy,
            description: self.description,
            contact: self.contact.map(Personal::new),
        }
    }
}

/// What the reporter keeps.
#[derive(Serialize, ToSchema)]
pub struct FiledBody {
    /// Opens the complaint to whoever holds it.
    pub receipt: String,
    #[schema(value_type = ComplaintStatusName)]
    pub status: ComplaintStatus,
    /// By when it is to be decided.
    #[schema(value_type = String, format = DateTime)]
    pub due_at: Timestamp,
}

impl From<&Filed> for FiledBody {
    fn from(filed: &Filed) -> Self {
        Self { receipt: filed.receipt.as_str().to_owned(), status: ComplaintStatus::Received, due_at: filed.due_at }
    }
}

/// The state of things.
#[derive(Serialize, ToSchema)]
pub struct StatusBody {
    #[schema(value_type = ComplaintStatusName)]
    pub status: ComplaintStatus,
    #[schema(value_type = String, format = DateTime)]
    pub filed_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub due_at: Timestamp,
    /// The decider's reason, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome_reason: Option<String>,
}

impl From<ComplaintView> for StatusBody {
    fn from(view: ComplaintView) -> Self {
        Self { status: view.status, filed_at: view.filed_at, due_at: view.due_at, outcome_reason: view.outcome_reason }
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
}
use names::{ComplaintStatusName, SubjectTypeName};
