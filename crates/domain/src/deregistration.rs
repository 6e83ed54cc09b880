//! Deregistration (R9.2): a time to change one's mind, the closing, and the destruction of the sealed identity once no
//! duty keeps it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{account::AccountStatus, actor::Actor, id::RunId, personal::Sealed};

/// How far an account is on its way out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deregistration {
    pub requested_by: Actor,
    pub requested_at: Timestamp,
    /// Until then the holder may change their mind; from then on the account is closed.
    pub closes_at: Timestamp,
    /// Where the account stood, and stands again when the holder changes their mind.
    pub from: AccountStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// Why the sealed identity is still there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_for: Option<KeepingDuty>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<DestructionReceipt>,
}

/// What keeps the sealed identity of a closed account. The content log keeps nothing of it: it holds identifiers alone;
/// nor does the blacklist, which knows the blind key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeepingDuty {
    /// A case about the account is not decided.
    OpenCase,
    /// A measure against the account may still be appealed.
    AppealWindow,
    /// A legal hold reaches the account (B1).
    LegalHold,
    /// The account's principal is on the blacklist, and what becomes of the account is not decided.
    PrincipalListing,
}

/// That a sealed value is gone: what, when, why and in which run. Kept for good; shows nothing of the value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DestructionReceipt {
    pub what: DestroyedValue,
    pub reason: DestructionReason,
    pub destroyed_at: Timestamp,
    pub run_id: RunId,
    /// SHA-256, hex, of what was stored: wrapped key, nonce and ciphertext, each behind its length.
    pub sealed_sha256: String,
    /// As `sealed_sha256`, of the proven mobile number; absent where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mobile_sha256: Option<String>,
    /// How many qualifications went along, with their numbers and documents.
    #[serde(default, skip_serializing_if = "is_none")]
    pub qualifications: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
const fn is_none(count: &usize) -> bool {
    *count == 0
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DestroyedValue {
    /// The document and name of the principal, with the data key that alone can open them.
    Identity,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DestructionReason {
    /// The holder asked for the account to be closed (R9.2).
    Deregistration,
}

/// Why an account cannot be brought further, or back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeregistrationRefusal {
    #[error("the account is {0:?} and cannot be deregistered")]
    NotFromHere(AccountStatus),
    #[error("no deregistration of the account is under way")]
    NotUnderWay,
    #[error("the time to change one's mind is over")]
    TooLate,
    #[error("the time to change one's mind is not over")]
    TooEarly,
}

/// When an account closes whose deregistration is asked for `now`.
#[must_use]
pub fn closes_at(now: Timestamp, cooling_off_days: u32) -> Timestamp {
    now.saturating_add(SignedDuration::from_hours(24 * i64::from(cooling_off_days))).unwrap_or(Timestamp::MAX)
}

/// The hash that a receipt carries.
#[must_use]
pub fn sealed_sha256(sealed: &Sealed) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for part in [&sealed.wrapped_key, &sealed.nonce, &sealed.ciphertext] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    data_encoding::HEXLOWER.encode(&hash.finalize())
}
