use std::{
    net::IpAddr,
    sync::{Arc, Mutex},
};

use app::ports::{
    ActivityVault, AddressIndex, CallerRegister, IdentityCheck, IdentityOutcome, IdentityVault, MobileIndex, PortError,
    PrincipalIndex,
};
use async_trait::async_trait;
use data_encoding::{BASE32_NOPAD, BASE64};
use domain::{
    activity::AddressKey,
    actor::Actor,
    document::Document,
    id::ChallengeId,
    mobile::{MobileKey, MobileNumber},
    one_time_code::{CodeDigest, OneTimeCode},
    personal::{Personal, Purpose, Sealed},
    principal::{Identity, PrincipalKey},
};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::{Faults, locked};

const VAULT: &str = "identity vault";

/// Seals without secrecy: what is sealed cannot be read by eye or found by a search for the clear text, and is bound to
/// its owner, but hides nothing from anybody who tries.
#[derive(Debug, Clone, Default)]
pub struct MemoryVault {
    faults: Faults,
}

impl MemoryVault {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults }
    }
}

/// Turns every bit.
fn turned(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| !byte).collect()
}

fn digest(parts: &[&[u8]]) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}

#[async_trait]
impl IdentityVault for MemoryVault {
    async fn seal(&self, owner: &str, clear: &Personal<String>) -> Result<Sealed, PortError> {
        self.faults.around(VAULT, || {
            let ciphertext = turned(clear.reveal(Purpose::Sealing).as_bytes());
            Ok(Sealed {
                scheme: 1,
                wrapped_key: BASE64.encode(owner.as_bytes()),
                nonce: BASE64.encode(&digest(&[owner.as_bytes(), &ciphertext])[..12]),
                ciphertext: BASE64.encode(&ciphertext),
            })
        })
    }

    async fn unseal(&self, owner: &str, sealed: &Sealed, _purpose: Purpose) -> Result<Personal<String>, PortError> {
        self.faults.around(VAULT, || {
            if sealed.wrapped_key != BASE64.encode(owner.as_bytes()) {
                return Err(PortError::refused(VAULT, "the seal belongs to another owner"));
            }
            let altered = || PortError::corrupt(VAULT, "the seal was altered");
            let ciphertext = BASE64.decode(sealed.ciphertext.as_bytes()).map_err(|_| altered())?;
            if sealed.nonce != BASE64.encode(&digest(&[owner.as_bytes(), &ciphertext])[..12]) {
                return Err(altered());
            }
            String::from_utf8(turned(&ciphertext)).map(Personal::new).map_err(|_| altered())
        })
    }
}

/// A blind index without a key: one version until it is renewed.
#[derive(Debug, Clone)]
pub struct MemoryIndex {
    faults: Faults,
    /// The newest first.
    versions: Arc<Mutex<Vec<u32>>>,
}

impl Default for MemoryIndex {
    fn default() -> Self {
        Self::new(Faults::none())
    }
}

impl MemoryIndex {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, versions: Arc::new(Mutex::new(vec![1])) }
    }

    /// From now on these versions are in use, the newest first.
    pub fn renew(&self, versions: &[u32]) {
        *locked(&self.versions) = versions.to_vec();
    }

    /// What each version gives for `parts`.
    fn digests(&self, what: &'static str, parts: &[&[u8]]) -> Result<Vec<(u32, Vec<u8>)>, PortError> {
        self.faults.around(what, || {
            let versions = locked(&self.versions).clone();
            let digest_in = |version: u32| {
                let text = version.to_string();
                // The first version is as it always was.
                let salted = [&[text.as_bytes()], parts].concat();
                (version, digest(if version == 1 { parts } else { &salted }))
            };
            Ok(versions.into_iter().map(digest_in).collect())
        })
    }
}

#[async_trait]
impl ActivityVault for MemoryVault {
    async fn seal_all(&self, _: Timestamp, values: &[(String, Personal<String>)]) -> Result<Vec<Sealed>, PortError> {
        let mut sealed = Vec::new();
        for (owner, clear) in values {
            sealed.push(self.seal(owner, clear).await?);
        }
        Ok(sealed)
    }

    async fn unseal(&self, owner: &str, sealed: &Sealed, purpose: Purpose) -> Result<Personal<String>, PortError> {
        IdentityVault::unseal(self, owner, sealed, purpose).await
    }
}

#[async_trait]
impl AddressIndex for MemoryIndex {
    async fn address_keys(&self, addresses: &[Personal<IpAddr>]) -> Result<Vec<AddressKey>, PortError> {
        let key = |address: &Personal<IpAddr>| {
            let text = address.reveal(Purpose::Indexing).to_canonical().to_string();
            let digests = self.digests("address index", &[b"network_address", text.as_bytes()])?;
            Ok(AddressKey::new(digests[0].0, &digests[0].1))
        };
        addresses.iter().map(key).collect()
    }
}

#[async_trait]
impl PrincipalIndex for MemoryIndex {
    async fn keys_of(&self, document: &Document) -> Result<Vec<PrincipalKey>, PortError> {
        let (of, code) = document.principal_code(Purpose::Indexing);
        let digests = self.digests("principal index", &[of.as_bytes(), code.as_bytes()])?;
        Ok(digests.into_iter().map(|(version, digest)| PrincipalKey::new(version, &digest)).collect())
    }
}

/// Callers by pseudonyms without a key.
#[derive(Debug, Clone, Default)]
pub struct MemoryCallers {
    faults: Faults,
}

impl MemoryCallers {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults }
    }

    /// Who signs as `arn`, as events name them.
    #[must_use]
    pub fn actor(arn: &str) -> Actor {
        let (kind, name) = arn.split_at(arn.rfind('/').map_or(arn.len(), |at| at + 1));
        Actor::caller(&format!("{kind}{}", pseudonym(name)))
    }
}

fn pseudonym(name: &str) -> String {
    format!("caller_{}", BASE32_NOPAD.encode(&digest(&[name.as_bytes()])[..16]).to_lowercase())
}

#[async_trait]
impl CallerRegister for MemoryCallers {
    async fn pseudonym(&self, name: &Personal<String>) -> Result<String, PortError> {
        self.faults.around("caller register", || Ok(pseudonym(name.reveal(Purpose::Pseudonym))))
    }
}

#[async_trait]
impl MobileIndex for MemoryIndex {
    async fn mobile_keys_of(&self, number: &MobileNumber) -> Result<Vec<MobileKey>, PortError> {
        let digests = self.digests("mobile index", &[b"mobile_number", number.e164(Purpose::Indexing).as_bytes()])?;
        Ok(digests.into_iter().map(|(version, digest)| MobileKey::new(version, &digest)).collect())
    }

    async fn digests_of(&self, challenge_id: ChallengeId, code: &OneTimeCode) -> Result<Vec<CodeDigest>, PortError> {
        let (salt, digits) = (challenge_id.to_string(), code.digits(Purpose::Indexing));
        let digests = self.digests("mobile index", &[b"one_time_code", salt.as_bytes(), digits.as_bytes()])?;
        Ok(digests.into_iter().map(|(_, digest)| CodeDigest::new(&digest)).collect())
    }
}

/// An identity provider that says what it is told to say; at first, that everything matches.
#[derive(Debug, Clone)]
pub struct FakeIdentityProvider {
    faults: Faults,
    state: Arc<Mutex<Provider>>,
}

#[derive(Debug)]
struct Provider {
    /// `None` while it is down.
    outcome: Option<IdentityOutcome>,
    checks: usize,
}

impl FakeIdentityProvider {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        let state = Provider { outcome: Some(IdentityOutcome::Match), checks: 0 };
        Self { faults, state: Arc::new(Mutex::new(state)) }
    }

    /// It is up and answers so from now on.
    pub fn answer(&self, outcome: IdentityOutcome) {
        locked(&self.state).outcome = Some(outcome);
    }

    /// It answers nothing from now on.
    pub fn go_down(&self) {
        locked(&self.state).outcome = None;
    }

    /// How often it was asked.
    #[must_use]
    pub fn checks(&self) -> usize {
        locked(&self.state).checks
    }
}

#[async_trait]
impl IdentityCheck for FakeIdentityProvider {
    async fn check(&self, _reference: &str, _identity: &Identity) -> Result<IdentityOutcome, PortError> {
        self.faults.around("identity provider", || {
            let mut state = locked(&self.state);
            state.checks += 1;
            state.outcome.ok_or_else(|| PortError::unavailable("identity provider", "it is down"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[tokio::test]
    async fn the_vault_keeps_the_contract() {
        contract::identity_vault(&MemoryVault::default()).await;
        contract::activity_vault(&MemoryVault::default()).await;
    }

    #[tokio::test]
    async fn the_callers_keep_the_contract() {
        contract::caller_register(&MemoryCallers::default()).await;
    }

    #[tokio::test]
    async fn the_index_keeps_the_contract() {
        contract::principal_index(&MemoryIndex::default()).await;
        contract::mobile_index(&MemoryIndex::default()).await;
        contract::address_index(&MemoryIndex::default()).await;
    }
}
