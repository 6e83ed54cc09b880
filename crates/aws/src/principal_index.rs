use app::ports::{PortError, PrincipalIndex};
use async_trait::async_trait;
use aws_lc_rs::hmac;
use aws_sdk_kms::Client;
use domain::{document::Document, personal::Purpose, principal::PrincipalKey};

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
}

#[async_trait]
impl PrincipalIndex for KmsPrincipalIndex {
    async fn key_of(&self, document: &Document) -> Result<PrincipalKey, PortError> {
        let key = self.key.get().await?;
        let mut context = hmac::Context::with_key(key);
        // No type holds a line break, so that type and number cannot run together into another pair.
        let (of, code) = document.principal_code(Purpose::Indexing);
        context.update(of.as_bytes());
        context.update(b"\n");
        context.update(code.as_bytes());
        Ok(PrincipalKey::new(VERSION, context.sign().as_ref()))
    }
}
