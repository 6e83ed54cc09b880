use app::ports::{MobileIndex, PortError, PrincipalIndex};
use async_trait::async_trait;
use aws_lc_rs::hmac;
use aws_sdk_kms::Client;
use domain::{
    document::Document,
    id::ChallengeId,
    mobile::{MobileKey, MobileNumber},
    one_time_code::{CodeDigest, OneTimeCode},
    personal::Purpose,
    principal::PrincipalKey,
};

use crate::derived_key::DerivedKey;

const WHAT: &str = "principal index";

/// The version of the key: another KMS key or another label is another version.
const VERSION: u32 = 1;

/// What the KMS key is asked to authenticate. The answer is the index key of this environment.
const LABEL: &[u8] = b"gatehouse principal index v1";

/// HMAC-SHA-256 under a key that is derived from the KMS index key, which never leaves KMS.
#[derive(Debug)]
pub struct KmsPrincipalIndex {
    key: DerivedKey,
}

impl KmsPrincipalIndex {
    pub(crate) fn new(client: Client, key_id: &str) -> Self {
        Self { key: DerivedKey::new(WHAT, client, key_id, LABEL) }
    }

    /// Derives the key now, so that the first request does not wait for it. What fails here is tried again by whoever needs
    /// the key.
    pub async fn warm(&self) {
        let _ = self.key.get().await;
    }

    /// The HMAC of `parts`. None but the last may hold a line break, so that no two lists run together into one text.
    async fn mac(&self, parts: &[&str]) -> Result<hmac::Tag, PortError> {
        let key = self.key.get().await?;
        let mut context = hmac::Context::with_key(key);
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                context.update(b"\n");
            }
            context.update(part.as_bytes());
        }
        Ok(context.sign())
    }
}

#[async_trait]
impl PrincipalIndex for KmsPrincipalIndex {
    async fn key_of(&self, document: &Document) -> Result<PrincipalKey, PortError> {
        let (of, code) = document.principal_code(Purpose::Indexing);
        Ok(PrincipalKey::new(VERSION, self.mac(&[of, code]).await?.as_ref()))
    }
}

#[async_trait]
impl MobileIndex for KmsPrincipalIndex {
    async fn mobile_key_of(&self, number: &MobileNumber) -> Result<MobileKey, PortError> {
        let mac = self.mac(&["mobile_number", number.e164(Purpose::Indexing)]).await?;
        Ok(MobileKey::new(VERSION, mac.as_ref()))
    }

    async fn digest_of(&self, challenge_id: ChallengeId, code: &OneTimeCode) -> Result<CodeDigest, PortError> {
        // The challenge is the salt: no two have one, and it is half chance.
        let mac = self.mac(&["one_time_code", &challenge_id.to_string(), code.digits(Purpose::Indexing)]).await?;
        Ok(CodeDigest::new(mac.as_ref()))
    }
}
