use app::ports::{PortError, SealSigner};
use async_trait::async_trait;
use aws_sdk_kms::{
    primitives::Blob,
    types::{MessageType, SigningAlgorithmSpec},
};
use evidence::{digest::Digest, envelope::PublicKey};
use tokio::sync::OnceCell;

use crate::failure::failed;
use crate::later::Kms;

const WHAT: &str = "seal key";

/// An asymmetric key of KMS, `ECC_NIST_P256`. It never leaves KMS.
#[derive(Debug)]
pub struct KmsSealSigner {
    client: Kms,
    key_id: String,
    public: OnceCell<PublicKey>,
}

impl KmsSealSigner {
    pub(crate) fn new(client: Kms, key_id: &str) -> Self {
        Self { client, key_id: key_id.to_owned(), public: OnceCell::new() }
    }

    async fn fetch(&self) -> Result<PublicKey, PortError> {
        let request = self.client.get_public_key().key_id(&self.key_id);
        let answer = request.send().await.map_err(|error| failed(WHAT, &error))?;
        let spki = answer.public_key.ok_or_else(|| PortError::corrupt(WHAT, "an answer without a key"))?;
        Ok(PublicKey::from_spki(spki.into_inner()))
    }
}

#[async_trait]
impl SealSigner for KmsSealSigner {
    async fn public_key(&self) -> Result<PublicKey, PortError> {
        self.public.get_or_try_init(|| self.fetch()).await.cloned()
    }

    async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, PortError> {
        // By its digest: KMS takes messages of 4 KB at most.
        let request = self
            .client
            .sign()
            .key_id(&self.key_id)
            .message_type(MessageType::Digest)
            .message(Blob::new(Digest::of(message).0))
            .signing_algorithm(SigningAlgorithmSpec::EcdsaSha256);
        let answer = request.send().await.map_err(|error| failed(WHAT, &error))?;
        answer.signature.map(Blob::into_inner).ok_or_else(|| PortError::corrupt(WHAT, "an answer without a signature"))
    }
}
