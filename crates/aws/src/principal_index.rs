use app::ports::{PortError, PrincipalIndex};
use async_trait::async_trait;
use aws_lc_rs::hmac;
use aws_sdk_kms::{Client, primitives::Blob, types::MacAlgorithmSpec};
use domain::{document::Document, personal::Purpose, principal::PrincipalKey};
use tokio::sync::OnceCell;
use zeroize::Zeroizing;

use crate::failure::failed;

const WHAT: &str = "principal index";

/// The version of the key: another KMS key or another label is another version.
const VERSION: u32 = 1;

/// What the KMS key is asked to authenticate. The answer is the index key of this environment.
const LABEL: &[u8] = b"gatehouse principal index v1";

/// HMAC-SHA-256 under a key that is derived from the KMS index key, which never leaves KMS. One call to KMS at first use;
/// after that the key is in memory and a look-up asks nobody.
#[derive(Debug)]
pub struct KmsPrincipalIndex {
    client: Client,
    key_id: String,
    derived: OnceCell<hmac::Key>,
}

impl KmsPrincipalIndex {
    pub(crate) fn new(client: Client, key_id: &str) -> Self {
        Self { client, key_id: key_id.to_owned(), derived: OnceCell::new() }
    }

    async fn derive(&self) -> Result<hmac::Key, PortError> {
        let request = self
            .client
            .generate_mac()
            .key_id(&self.key_id)
            .mac_algorithm(MacAlgorithmSpec::HmacSha256)
            .message(Blob::new(LABEL));
        let answer = request.send().await.map_err(|error| failed(WHAT, &error))?;
        let mac = Zeroizing::new(answer.mac.map(Blob::into_inner).unwrap_or_default());
        if mac.len() != 32 {
            return Err(PortError::corrupt(WHAT, format!("a derived key of {} bytes", mac.len())));
        }
        Ok(hmac::Key::new(hmac::HMAC_SHA256, &mac))
    }
}

#[async_trait]
impl PrincipalIndex for KmsPrincipalIndex {
    async fn key_of(&self, document: &Document) -> Result<PrincipalKey, PortError> {
        let key = self.derived.get_or_try_init(|| self.derive()).await?;
        let mut context = hmac::Context::with_key(key);
        // No type holds a line break, so that type and number cannot run together into another pair.
        let (of, code) = document.principal_code(Purpose::Indexing);
        context.update(of.as_bytes());
        context.update(b"\n");
        context.update(code.as_bytes());
        Ok(PrincipalKey::new(VERSION, context.sign().as_ref()))
    }
}
