use async_trait::async_trait;
use domain::{
    document::Document,
    personal::{Personal, Purpose, Sealed},
    principal::{Identity, PrincipalKey},
};

use super::PortError;

/// Seals and unseals personal data (R9.1).
#[async_trait]
pub trait IdentityVault: Send + Sync {
    /// Seals `clear` under a new data key. `owner` is the identifier of what it belongs to; it is bound into the seal.
    async fn seal(&self, owner: &str, clear: &Personal<String>) -> Result<Sealed, PortError>;

    /// The clear text, for `purpose`. A seal that belongs to another owner or was altered is [`PortError::Corrupt`] or
    /// [`PortError::Refused`].
    async fn unseal(&self, owner: &str, sealed: &Sealed, purpose: Purpose) -> Result<Personal<String>, PortError>;
}

/// Gives the blind index of a principal: the same document, the same key; nothing can be read back.
#[async_trait]
pub trait PrincipalIndex: Send + Sync {
    /// One for each version of the index that is in use, the one that is in force first: never empty. Under the others lies
    /// what was written before the index was renewed.
    async fn keys_of(&self, document: &Document) -> Result<Vec<PrincipalKey>, PortError>;
}

/// Knows callers by pseudonym, so that no name of a person travels in events, queues and the log (R9.1).
#[async_trait]
pub trait CallerRegister: Send + Sync {
    /// The pseudonym of a caller's name: `caller_` and 26 characters, the same for the same name, whoever asks and
    /// whenever. It returns when the way back is on record for the audit: the name, sealed, under its pseudonym.
    async fn pseudonym(&self, name: &Personal<String>) -> Result<String, PortError>;
}

/// Asks whether number, name and kind belong together (R6.1). The kind counts: who may carry a protected name, and the label that
/// the public sees, follow from it, and its holder has named it themselves. A wrong one is a mismatch.
#[async_trait]
pub trait IdentityCheck: Send + Sync {
    /// `reference` names the check for the provider: the same for every try of one check, and no part of the identity.
    /// [`PortError::Unavailable`] when the provider does not answer, or answers with what is no outcome.
    async fn check(&self, reference: &str, identity: &Identity) -> Result<IdentityOutcome, PortError>;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityOutcome {
    Match,
    Mismatch,
    NotFound,
}
