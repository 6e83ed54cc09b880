//! `PATCH /v1/accounts/{account_id}`: name, avatar and bio (R2, R4).

use std::sync::Arc;

use app::profile_changing::ChangeProfile;
use axum::{Json, extract::State};
use domain::{
    account::Account,
    actor::Actor,
    id::AccountId,
    public_profile::{Avatar, ProfileChange, ProfileOutcome, PublicProfile},
    statement::StatementOfReasons,
};
use garde::Validate;
use jiff::Timestamp;
use lambda::{
    http::{Caller, PathId, Routes, ValidJson, legible_line, legible_text},
    idempotency::OperationId,
    openapi::{IdempotencyKeyRequired, WriteProblems},
    problem::{Code, FieldCode, Problem},
    routes,
};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{Service, wire::AccountBody};

pub(crate) fn routes() -> Routes<Arc<Service>> {
    Routes::new().routes(routes!(change))
}

/// What is to be changed; what is left out stays.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::option_option, reason = "left out is one thing, null another")]
pub(crate) struct ProfileRequest {
    /// The version of the account that was read.
    #[garde(skip)]
    version: u64,
    /// The name that the public sees.
    #[garde(inner(length(chars, min = 1, max = 30), custom(legible_line)))]
    #[schema(format = "legible-line", min_length = 1, max_length = 30, example = "城市天气")]
    #[serde(default)]
    display_name: Option<String>,
    /// A picture of the platform's, or null for none.
    #[garde(dive)]
    #[schema(value_type = Option<AvatarBody>)]
    #[serde(default, deserialize_with = "given")]
    avatar: Option<Option<AvatarBody>>,
    /// A few lines, or null for none.
    #[garde(inner(inner(length(chars, min = 1, max = 500), custom(legible_text))))]
    #[schema(format = "legible-text", value_type = Option<String>, min_length = 1, max_length = 500, example = "每天看江，偶尔钓鱼。")]
    #[serde(default, deserialize_with = "given")]
    bio: Option<Option<String>>,
}

/// A picture, by reference.
#[derive(Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AvatarBody {
    /// Where the platform keeps it.
    #[garde(length(bytes, min = 1, max = 1_024), custom(visible_ascii))]
    #[schema(min_length = 1, max_length = 1_024, pattern = "^[!-~]+$", example = "avatars/2026/7f3a.png")]
    reference: String,
    /// Of its bytes, SHA-256 in lower-case hexadecimal.
    #[garde(custom(crate::agreements::hexadecimal_hash))]
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    sha256: String,
}

/// A field that is there is `Some`, also when it is null.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that garde asks for")]
fn visible_ascii(text: &str, (): &()) -> garde::Result {
    let is_visible = text.bytes().all(|c| c.is_ascii_graphic());
    if is_visible { Ok(()) } else { Err(garde::Error::new("is not visible ASCII")) }
}

impl ProfileRequest {
    fn into_command(self, operation_id: Uuid, account_id: AccountId, actor: Actor) -> Result<ChangeProfile, Problem> {
        let Self { version, display_name, avatar, bio } = self;
        if display_name.is_none() && avatar.is_none() && bio.is_none() {
            return Err(Problem::new(Code::InvalidBody).at("", FieldCode::MissingField));
        }
        let display_name = display_name.map(|name| name.trim().to_owned());
        let avatar = avatar.map(|avatar| avatar.map(|AvatarBody { reference, sha256 }| Avatar { reference, sha256 }));
        Ok(ChangeProfile { operation_id, account_id, version, display_name, avatar, bio, actor })
    }
}

/// The latest change of name, avatar or bio, and what has become of it.
#[derive(Serialize, ToSchema)]
pub struct ProfileChangeBody {
    #[schema(example = "prof_01k9rq4w5nf0ysjv5p0d8yb3e6")]
    change_id: String,
    /// `applied`: the public sees it; `under_review`: a person decides, and the old profile stays; `refused`.
    #[schema(value_type = String, example = "under_review")]
    outcome: &'static str,
    #[schema(value_type = String, format = DateTime)]
    requested_at: Timestamp,
    /// By when a person decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
    proposed: PublicProfileBody,
    /// Why it was refused, in the field names of the DSA Transparency Database.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    statement_of_reasons: Option<StatementOfReasons>,
}

/// What the public sees, or would.
#[derive(Serialize, ToSchema)]
pub(crate) struct PublicProfileBody {
    display_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar: Option<AvatarBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bio: Option<String>,
}

impl From<Avatar> for AvatarBody {
    fn from(Avatar { reference, sha256 }: Avatar) -> Self {
        Self { reference, sha256 }
    }
}

impl From<PublicProfile> for PublicProfileBody {
    fn from(PublicProfile { display_name, avatar, bio }: PublicProfile) -> Self {
        Self { display_name: display_name.text, avatar: avatar.map(Into::into), bio }
    }
}

impl ProfileChangeBody {
    pub fn of(account: &Account) -> Option<Self> {
        let ProfileChange { change_id, requested_at, proposed, outcome, .. } =
            account.profile_change.as_deref()?.clone();
        let (outcome, due_at, statement_of_reasons) = match outcome {
            ProfileOutcome::UnderReview { due_at } => ("under_review", Some(due_at), None),
            ProfileOutcome::Applied { .. } => ("applied", None, None),
            ProfileOutcome::Refused { statement, .. } => ("refused", None, Some(*statement)),
        };
        let (change_id, proposed) = (change_id.to_string(), proposed.into());
        Some(Self { change_id, outcome, requested_at, due_at, proposed, statement_of_reasons })
    }
}

/// Change name, avatar or bio
///
/// The words are screened as content is. What a rule refuses is refused with a statement of reasons; what it holds, and a new
/// avatar where the settings want it looked at, waits for a person, and the old profile stays until then; all else is shown
/// at once (R2, R4). `profile_change` in the answer says which; the webhooks `account.profile_changed` and
/// `account.profile_refused` tell of it, also when a person has decided. A new name is kept for the account while it waits.
/// 修改名称、头像或简介：经机审，须人工审核的在通过前保留原资料。
#[utoipa::path(
    operation_id = "change_profile",
    patch, path = "/v1/accounts/{account_id}", tag = "accounts", security(("sigv4" = [])),
    params(("account_id" = String, Path, example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6"), IdempotencyKeyRequired),
    request_body = ProfileRequest,
    responses((status = 200, body = AccountBody), WriteProblems)
)]
async fn change(
    State(service): State<Arc<Service>>,
    PathId(account_id): PathId<AccountId>,
    Caller(actor): Caller,
    OperationId(operation_id): OperationId,
    ValidJson(request): ValidJson<ProfileRequest>,
) -> Result<Json<AccountBody>, Problem> {
    lambda::fact("account.id", account_id.to_string());
    let account = service.profiles.change(request.into_command(operation_id, account_id, actor)?).await?;
    Ok(Json(AccountBody::of(&account, service.clock.now())))
}
