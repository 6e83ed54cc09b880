use app::ports::PortError;
use aws_lc_rs::hmac;
use aws_sdk_kms::{primitives::Blob, types::MacAlgorithmSpec};
use tokio::sync::OnceCell;
use zeroize::Zeroizing;

use crate::failure::failed;
use crate::later::Kms;

/// An HMAC key of this environment for one use: what the KMS index key, which never leaves KMS, makes of a label. One
/// call to KMS at first use; after that the key is in memory and a look-up asks nobody.
#[derive(Debug)]
pub(crate) struct DerivedKey {
    what: &'static str,
    client: Kms,
    key_id: String,
    label: Vec<u8>,
    derived: OnceCell<hmac::Key>,
}

impl DerivedKey {
    pub(crate) fn new(what: &'static str, client: Kms, key_id: &str, label: &[u8]) -> Self {
        Self { what, client, key_id: key_id.to_owned(), label: label.to_vec(), derived: OnceCell::new() }
    }

    pub(crate) async fn get(&self) -> Result<&hmac::Key, PortError> {
        self.derived.get_or_try_init(|| self.derive()).await
    }

    async fn derive(&self) -> Result<hmac::Key, PortError> {
        let bytes = derived_bytes(self.what, &self.client, &self.key_id, &self.label).await?;
        Ok(hmac::Key::new(hmac::HMAC_SHA256, bytes.as_slice()))
    }
}

/// What the KMS index key makes of `label`.
pub(crate) async fn derived_bytes(
    what: &'static str,
    client: &aws_sdk_kms::Client,
    key_id: &str,
    label: &[u8],
) -> Result<Zeroizing<[u8; 32]>, PortError> {
    let request =
        client.generate_mac().key_id(key_id).mac_algorithm(MacAlgorithmSpec::HmacSha256).message(Blob::new(label));
    let answer = request.send().await.map_err(|error| failed(what, &error))?;
    let mac = Zeroizing::new(answer.mac.map(Blob::into_inner).unwrap_or_default());
    let bytes: Result<[u8; 32], _> = mac.as_slice().try_into();
    bytes.map(Zeroizing::new).map_err(|_| PortError::corrupt(what, format!("a derived key of {} bytes", mac.len())))
}
