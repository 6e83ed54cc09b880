use async_trait::async_trait;
use domain::{
    account::Account,
    change::Change,
    id::{AccountId, ChallengeId},
    mobile::{MobileKey, MobileNumber},
    one_time_code::{CodeDigest, OneTimeCode},
    phone_challenge::PhoneChallenge,
    send_budget::SendBudget,
};
use jiff::Timestamp;

use super::{PortError, SaveError};

/// Gives blind keys of what has little chance in it: nothing can be read back without the key behind it.
#[async_trait]
pub trait MobileIndex: Send + Sync {
    /// The same number, the same keys: one for each version of the index that is in use, the one in force first; never
    /// empty.
    async fn mobile_keys_of(&self, number: &MobileNumber) -> Result<Vec<MobileKey>, PortError>;

    /// What is kept of a code, as [`mobile_keys_of`](Self::mobile_keys_of). The same code in another challenge gives other
    /// digests.
    async fn digests_of(&self, challenge_id: ChallengeId, code: &OneTimeCode) -> Result<Vec<CodeDigest>, PortError>;
}

/// Challenges, and what was sent of late. Strongly consistent. Everything here may be forgotten when its time is over.
#[async_trait]
pub trait ChallengeBook: Send + Sync {
    async fn challenge(&self, challenge_id: ChallengeId) -> Result<Option<PhoneChallenge>, PortError>;

    /// What was sent to the number, and what for the account.
    async fn budgets(&self, number: &MobileKey, account_id: AccountId) -> Result<Budgets, PortError>;

    /// Stores a new challenge and both budgets, all or nothing. A conflict when the challenge exists, or when one of the
    /// budgets' stored versions is not the one before.
    async fn open(&self, challenge: &PhoneChallenge, budgets: &Budgets) -> Result<(), SaveError>;

    /// Stores the challenge on the condition that the stored version is the one before.
    async fn save(&self, challenge: &PhoneChallenge) -> Result<(), SaveError>;

    /// Stores an answered challenge and the account that it proves something of with its event, all or nothing, on the
    /// condition that both stored versions are the ones before.
    async fn prove(&self, challenge: &PhoneChallenge, account: &Change<Account>) -> Result<(), SaveError>;
}

/// What was sent within a day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Budgets {
    pub number: SendBudget,
    pub account: SendBudget,
}

/// A code on its way.
#[derive(Debug, Clone)]
pub struct CodeMessage {
    /// The same whenever the same code is delivered again.
    pub id: String,
    pub account_id: AccountId,
    pub number: MobileNumber,
    pub code: OneTimeCode,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Whoever sends text messages for the platform.
#[async_trait]
pub trait CodeDelivery: Send + Sync {
    /// Returns when it has taken the code. Any other answer, or none in time, is [`PortError::Unavailable`].
    async fn deliver(&self, message: &CodeMessage) -> Result<(), PortError>;
}
