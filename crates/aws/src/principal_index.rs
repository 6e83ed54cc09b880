use std::net::IpAddr;

use app::ports::{AddressIndex, MobileIndex, PortError, PrincipalIndex};
use async_trait::async_trait;
use aws_lc_rs::hmac;

use domain::{
    activity::AddressKey,
    document::Document,
    id::ChallengeId,
    mobile::{MobileKey, MobileNumber},
    one_time_code::{CodeDigest, OneTimeCode},
    personal::{Personal, Purpose},
    principal::PrincipalKey,
};

use crate::{derived_key::DerivedKey, index_versions::IndexVersions, later::Kms};

const WHAT: &str = "principal index";

/// What the KMS key is asked to authenticate. The answer is the index key of this environment and version.
fn label(version: u32) -> Vec<u8> {
    format!("gatehouse principal index v{version}").into_bytes()
}

/// HMAC-SHA-256 under keys that are derived from the KMS index key, which never leaves KMS: one for each version in use.
#[derive(Debug)]
pub struct KmsPrincipalIndex {
    /// The newest first.
    keys: Vec<(u32, DerivedKey)>,
}

impl KmsPrincipalIndex {
    pub(crate) fn new(client: &Kms, key_id: &str, versions: &IndexVersions) -> Self {
        let derived = |version| (version, DerivedKey::new(WHAT, client.clone(), key_id, &label(version)));
        Self { keys: versions.newest_first().map(derived).collect() }
    }

    /// Derives the keys now, so that the first request does not wait for them. What fails here is tried again by whoever
    /// needs the key.
    pub async fn warm(&self) {
        for (_, key) in &self.keys {
            let _ = key.get().await;
        }
    }

    /// The HMAC of `parts` under each version. None but the last may hold a line break, so that no two lists run together
    /// into one text.
    async fn macs(&self, parts: &[&str]) -> Result<Vec<(u32, hmac::Tag)>, PortError> {
        let mut macs = Vec::with_capacity(self.keys.len());
        for (version, key) in &self.keys {
            let mut context = hmac::Context::with_key(key.get().await?);
            for (at, part) in parts.iter().enumerate() {
                if at > 0 {
                    context.update(b"\n");
                }
                context.update(part.as_bytes());
            }
            macs.push((*version, context.sign()));
        }
        Ok(macs)
    }
}

#[async_trait]
impl PrincipalIndex for KmsPrincipalIndex {
    async fn keys_of(&self, document: &Document) -> Result<Vec<PrincipalKey>, PortError> {
        let (of, code) = document.principal_code(Purpose::Indexing);
        let macs = self.macs(&[of, code]).await?;
        Ok(macs.iter().map(|(version, mac)| PrincipalKey::new(*version, mac.as_ref())).collect())
    }
}

#[async_trait]
impl AddressIndex for KmsPrincipalIndex {
    async fn address_keys(&self, addresses: &[Personal<IpAddr>]) -> Result<Vec<AddressKey>, PortError> {
        let mut keys = Vec::with_capacity(addresses.len());
        for address in addresses {
            let text = address.reveal(Purpose::Indexing).to_canonical().to_string();
            let macs = self.macs(&["network_address", &text]).await?;
            let (version, mac) = macs.first().ok_or_else(|| PortError::corrupt(WHAT, "no version is in use"))?;
            keys.push(AddressKey::new(*version, mac.as_ref()));
        }
        Ok(keys)
    }
}

#[async_trait]
impl MobileIndex for KmsPrincipalIndex {
    async fn mobile_keys_of(&self, number: &MobileNumber) -> Result<Vec<MobileKey>, PortError> {
        let macs = self.macs(&["mobile_number", number.e164(Purpose::Indexing)]).await?;
        Ok(macs.iter().map(|(version, mac)| MobileKey::new(*version, mac.as_ref())).collect())
    }

    async fn digests_of(&self, challenge_id: ChallengeId, code: &OneTimeCode) -> Result<Vec<CodeDigest>, PortError> {
        // The challenge is the salt: no two have one, and it is half chance.
        let macs = self.macs(&["one_time_code", &challenge_id.to_string(), code.digits(Purpose::Indexing)]).await?;
        Ok(macs.iter().map(|(_, mac)| CodeDigest::new(mac.as_ref())).collect())
    }
}
