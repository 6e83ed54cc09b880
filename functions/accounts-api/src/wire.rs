//! What callers send and get, and how it maps to the domain.

use crate::{
    deregistration::DeregistrationBody,
    public_profile::{AvatarBody, ProfileChangeBody},
};
use app::registration::Register;
use domain::{
    account::{Account, AccountStatus, RejectionReason},
    actor::Actor,
    assessment::InteractiveFunction,
    document::DocumentType,
    enforcement::{Ending, EndingCause, Enforcement, EnforcementKind},
    personal::Personal,
    phone_challenge::PhoneChallenge,
    principal::PrincipalKind,
    statement::StatementOfReasons,
    verification::CheckOutcome,
};
use garde::Validate;
use jiff::Timestamp;
use lambda::{http::legible_line, problem::ConcernNotice};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A registration (R6.1). It holds identity in clear, so it does not print.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterRequest {
    #[garde(dive)]
    pub principal: PrincipalRequest,
    /// The name that the public sees.
    #[garde(length(chars, min = 1, max = 30), custom(legible_line))]
    #[schema(format = "legible-line", min_length = 1, max_length = 30, example = "城市天气")]
    pub display_name: String,
}

/// The person or organisation behind the account.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrincipalRequest {
    #[garde(skip)]
    #[schema(value_type = PrincipalKindName)]
    pub kind: PrincipalKind,
    /// Individuals: `resident_identity_number`, `residence_permit_number`, `permanent_residence_number` or `passport`;
    /// all others: `unified_social_credit_code` or `organisation_code`.
    #[garde(skip)]
    #[schema(value_type = DocumentTypeName)]
    pub document_type: DocumentType,
    /// The number on the document; full-width forms, spaces and lower case are taken.
    #[garde(length(chars, min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64, example = "11010519491231002X")]
    pub document_number: String,
    /// The state that issued the passport, by the three letters of ICAO 9303; for no other document.
    #[garde(length(chars, min = 1, max = 16))]
    #[schema(min_length = 1, max_length = 16, example = "USA")]
    #[serde(default)]
    pub issuing_state: Option<String>,
    /// The name on the document.
    #[garde(length(chars, min = 1, max = 100), custom(legible_line))]
    #[schema(format = "legible-line", min_length = 1, max_length = 100, example = "张三")]
    pub name: String,
}

impl RegisterRequest {
    pub fn into_command(self, operation_id: Uuid, actor: Actor) -> Register {
        Register {
            operation_id,
            principal_kind: self.principal.kind,
            document_type: self.principal.document_type,
            document_number: Personal::new(self.principal.document_number),
            issuing_state: self.principal.issuing_state.map(Personal::new),
            // Nobody sees spaces at the ends, and no register has them.
            name: Personal::new(self.principal.name.trim().to_owned()),
            display_name: self.display_name.trim().to_owned(),
            actor,
        }
    }
}

/// A mobile number that somebody says is theirs (R6.1). It is personal, so it does not print.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChallengeRequest {
    /// Of the mainland with or without +86; of elsewhere with the calling code, where the settings take it.
    #[garde(length(chars, min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "13800138000")]
    pub mobile_number: String,
}

/// The code that came to the number.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerRequest {
    /// Six digits.
    #[garde(length(chars, min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "042137")]
    pub code: String,
}

/// A code on its way. Neither the code nor the number is part of it.
#[derive(Serialize, ToSchema)]
pub struct ChallengeBody {
    #[schema(example = "chal_01k9rq4w5nf0ysjv5p0d8yb3e6")]
    pub challenge_id: String,
    pub account_id: String,
    pub tries_left: u32,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// From then on the code is not right any more.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

impl ChallengeBody {
    pub fn of(challenge: &PhoneChallenge) -> Self {
        Self {
            challenge_id: challenge.challenge_id.to_string(),
            account_id: challenge.account_id.to_string(),
            tries_left: challenge.tries_left,
            created_at: challenge.created_at,
            expires_at: challenge.expires_at,
        }
    }
}

/// What is known of the checks of the identity (R6.1).
#[derive(Serialize, ToSchema)]
pub struct VerificationBody {
    /// How often the identity provider was asked.
    pub attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<CheckOutcomeName>)]
    pub last_outcome: Option<CheckOutcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub checked_at: Option<Timestamp>,
    /// When the holder showed to have the mobile number that is on record.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub mobile_proven_at: Option<Timestamp>,
}

/// An account as the platform sees it. The identity behind it is not part of it.
#[derive(Serialize, ToSchema)]
pub struct AccountBody {
    #[schema(example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6")]
    pub account_id: String,
    #[schema(value_type = AccountStatusName)]
    pub status: AccountStatus,
    #[schema(value_type = PrincipalKindName)]
    pub principal_kind: PrincipalKind,
    pub display_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<AvatarBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bio: Option<String>,
    /// What rules have against the name that it registered with: a person looks before the account is active (R2, R4).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub name_concerns: Vec<ConcernNotice>,
    /// The latest change of name, avatar or bio.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_change: Option<ProfileChangeBody>,
    pub version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<RejectionReasonName>)]
    pub rejection_reason: Option<RejectionReason>,
    pub verification: VerificationBody,
    pub enforcements: Vec<EnforcementBody>,
    /// The group that it is run in (R7.3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    /// Once its holder has asked for it to be closed (R9.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deregistration: Option<DeregistrationBody>,
    #[schema(value_type = String, format = DateTime)]
    pub registered_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// A measure against the account (R13.1).
#[derive(Serialize, ToSchema)]
pub struct EnforcementBody {
    pub enforcement_id: String,
    pub decision_id: String,
    #[schema(value_type = EnforcementKindName)]
    pub kind: EnforcementKind,
    /// What is taken away, of a restriction.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<InteractiveFunctionName>)]
    pub function: Option<InteractiveFunction>,
    #[schema(value_type = String, format = DateTime)]
    pub starts_at: Timestamp,
    /// Without it, the measure stays until it is lifted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ends_at: Option<Timestamp>,
    /// Whether it is in force at the moment of this answer.
    pub in_force: bool,
    /// What ended it before its time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ending: Option<EndingBody>,
}

/// What ended a measure before its time (R12.3, fairness rule 2).
#[derive(Serialize, ToSchema)]
pub struct EndingBody {
    #[schema(value_type = EndingCauseName)]
    pub cause: EndingCause,
    /// The decision that ended it.
    pub decision_id: String,
    #[schema(value_type = String, format = DateTime)]
    pub ended_at: Timestamp,
}

impl From<Ending> for EndingBody {
    fn from(ending: Ending) -> Self {
        Self { cause: ending.cause, decision_id: ending.decision_id.to_string(), ended_at: ending.ended_at }
    }
}

impl AccountBody {
    pub fn of(account: &Account, now: Timestamp) -> Self {
        Self {
            account_id: account.account_id.to_string(),
            status: account.status,
            principal_kind: account.principal_kind,
            display_name: account.display_name.clone(),
            name_concerns: account.name_concerns.iter().cloned().map(Into::into).collect(),
            avatar: account.avatar.clone().map(Into::into),
            bio: account.bio.clone(),
            profile_change: ProfileChangeBody::of(account),
            version: account.version,
            rejection_reason: account.rejection_reason,
            verification: VerificationBody {
                attempts: account.verification.attempts,
                last_outcome: account.verification.last_outcome,
                checked_at: account.verification.checked_at,
                mobile_proven_at: account.mobile.as_ref().map(|mobile| mobile.proven_at),
            },
            enforcements: account
                .enforcements
                .iter()
                .map(|enforcement| EnforcementBody::of(enforcement, now))
                .collect(),
            group_id: account.group_id.map(|id| id.to_string()),
            deregistration: DeregistrationBody::of(account),
            registered_at: account.registered_at,
            updated_at: account.updated_at,
        }
    }
}

impl EnforcementBody {
    fn of(enforcement: &Enforcement, now: Timestamp) -> Self {
        Self {
            enforcement_id: enforcement.enforcement_id.to_string(),
            decision_id: enforcement.decision_id.to_string(),
            kind: enforcement.kind,
            function: enforcement.function,
            starts_at: enforcement.starts_at,
            ends_at: enforcement.ends_at,
            in_force: enforcement.is_in_force(now),
            ending: enforcement.ending.map(Into::into),
        }
    }
}

/// What the account was told of every measure, oldest first (fairness rule 1).
#[derive(Serialize, ToSchema)]
pub struct StatementsBody {
    pub statements: Vec<StatementBody>,
}

#[derive(Serialize, ToSchema)]
pub struct StatementBody {
    pub enforcement_id: String,
    pub decision_id: String,
    #[schema(value_type = EnforcementKindName)]
    pub kind: EnforcementKind,
    /// Field names and values of the EU DSA Transparency Database.
    #[schema(value_type = Object)]
    pub statement_of_reasons: StatementOfReasons,
}

impl StatementsBody {
    pub fn of(account: &Account) -> Self {
        let statements = account
            .enforcements
            .iter()
            .map(|enforcement| StatementBody {
                enforcement_id: enforcement.enforcement_id.to_string(),
                decision_id: enforcement.decision_id.to_string(),
                kind: enforcement.kind,
                statement_of_reasons: enforcement.statement.clone(),
            })
            .collect();
        Self { statements }
    }
}

/// The words of the domain's enumerations, for the API's description.
mod names {
    use utoipa::ToSchema;

    macro_rules! names {
        ($($(#[$doc:meta])* $name:ident as $shown:ident { $($word:ident),* $(,)? })*) => {$(
            $(#[$doc])*
            #[derive(ToSchema)]
            #[schema(rename_all = "snake_case", as = $shown)]
            #[expect(dead_code, reason = "describes, is never made")]
            pub(super) enum $name { $($word),* }
        )*};
    }

    names! {
        /// What a principal is (R4).
        PrincipalKindName as PrincipalKind { Government, Media, Enterprise, Institution, SocialOrganisation, Individual }
        /// GB 32100, GB 11714, GB 11643, residence permits of Hong Kong, Macao and Taiwan residents, cards of foreign
        /// permanent residents, ICAO 9303.
        DocumentTypeName as DocumentType {
            UnifiedSocialCreditCode, OrganisationCode, ResidentIdentityNumber, ResidencePermitNumber,
            PermanentResidenceNumber, Passport,
        }
        AccountStatusName as AccountStatus {
            Pending, Verifying, ManualReview, Active, Rejected, Deregistering, Closed,
        }
        /// What the last check of the identity came to.
        CheckOutcomeName as CheckOutcome { Match, Mismatch, NotFound, Unavailable }
        RejectionReasonName as RejectionReason { IdentityMismatch, IdentityNotFound, RefusedByReviewer }
        EnforcementKindName as EnforcementKind { Warn, RestrictFunction, SuspendUpdates, Close }
        /// What is taken away of what the public does with an account's publications (R12).
        InteractiveFunctionName as InteractiveFunction { Comments }
        /// Why a measure ended before its time.
        EndingCauseName as EndingCause { Reversed, Rectified }
    }
}
use names::{
    AccountStatusName, CheckOutcomeName, DocumentTypeName, EndingCauseName, EnforcementKindName,
    InteractiveFunctionName, PrincipalKindName, RejectionReasonName,
};
