use app::ports::{IdentityVault, PortError};
use async_trait::async_trait;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_sdk_kms::{operation::decrypt::DecryptError, primitives::Blob, types::DataKeySpec};
use data_encoding::BASE64;
use domain::personal::{Personal, Purpose, Sealed};
use zeroize::Zeroizing;

use crate::failure::failed;
use crate::later::Kms;

const WHAT: &str = "identity vault";

/// [`Sealed::scheme`] of what is sealed here.
const SCHEME: u8 = 1;

/// What KMS calls the owner in the encryption context, which it writes into its audit trail: an identifier, never a name.
const OWNER: &str = "owner";

/// Seals under the KMS sealing key: AES-256-GCM under a data key for each value. The owner is bound twice, into the
/// wrapping of the data key (encryption context) and into the ciphertext (associated data). What was sealed under a key of
/// before is opened as well: the wrapping tells KMS which key it was, and the function's role which keys may be used.
#[derive(Debug, Clone)]
pub struct KmsVault {
    client: Kms,
    key_id: String,
}

impl KmsVault {
    pub(crate) fn new(client: Kms, key_id: &str) -> Self {
        Self { client, key_id: key_id.to_owned() }
    }

    /// The data key that is wrapped in a seal, by whichever sealing key; of keys that the role does not name, KMS opens none.
    async fn unwrap_key(&self, owner: &str, wrapped: Vec<u8>) -> Result<LessSafeKey, PortError> {
        let request = self.client.decrypt().encryption_context(OWNER, owner).ciphertext_blob(Blob::new(wrapped));
        let answer = request.send().await.map_err(|error| match error.as_service_error() {
            Some(DecryptError::InvalidCiphertextException(_)) => {
                PortError::corrupt(WHAT, "the seal belongs to another owner, or was altered")
            }
            _ => failed(WHAT, &error),
        })?;
        data_key(answer.plaintext)
    }
}

/// A data key, and how it is wrapped.
pub(crate) struct DataKey {
    pub(crate) key: LessSafeKey,
    pub(crate) wrapped: String,
}

impl KmsVault {
    /// A new data key for `owner`.
    pub(crate) async fn new_key(&self, owner: &str) -> Result<DataKey, PortError> {
        let request = self
            .client
            .generate_data_key()
            .key_id(&self.key_id)
            .key_spec(DataKeySpec::Aes256)
            .encryption_context(OWNER, owner);
        let answer = request.send().await.map_err(|error| failed(WHAT, &error))?;
        let wrapped =
            answer.ciphertext_blob.ok_or_else(|| PortError::corrupt(WHAT, "a data key without its wrapping"))?;
        Ok(DataKey { key: data_key(answer.plaintext)?, wrapped: BASE64.encode(wrapped.as_ref()) })
    }

    /// Opens what [`DataKey::seal`] has sealed for `owner` under a data key of `key_owner`.
    pub(crate) async fn open(
        &self,
        key_owner: &str,
        owner: &str,
        sealed: &Sealed,
    ) -> Result<Personal<String>, PortError> {
        if sealed.scheme != SCHEME {
            return Err(PortError::corrupt(WHAT, format!("a seal of scheme {}", sealed.scheme)));
        }
        let nonce = Nonce::try_assume_unique_for_key(&decoded(&sealed.nonce)?);
        let nonce = nonce.map_err(|_| PortError::corrupt(WHAT, "a seal with a nonce of another length"))?;
        let mut bytes = Zeroizing::new(decoded(&sealed.ciphertext)?);
        let key = self.unwrap_key(key_owner, decoded(&sealed.wrapped_key)?).await?;
        let clear = key
            .open_in_place(nonce, Aad::from(owner.as_bytes()), &mut bytes)
            .map_err(|_| PortError::corrupt(WHAT, "the seal belongs to another owner, or was altered"))?;
        let clear = std::str::from_utf8(clear).map_err(|_| PortError::corrupt(WHAT, "what was sealed is no text"))?;
        Ok(Personal::new(clear.to_owned()))
    }
}

impl DataKey {
    /// Seals `clear` for `owner`, who is bound into the ciphertext.
    pub(crate) fn seal(&self, owner: &str, clear: &Personal<String>) -> Result<Sealed, PortError> {
        let mut nonce = [0; NONCE_LEN];
        aws_lc_rs::rand::fill(&mut nonce).map_err(|_| PortError::unavailable(WHAT, "no random bytes"))?;
        let mut bytes = clear.reveal(Purpose::Sealing).as_bytes().to_vec();
        // In place, so that no copy of the clear text stays behind.
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(owner.as_bytes()), &mut bytes)
            .map_err(|_| PortError::refused(WHAT, "the value cannot be sealed"))?;
        Ok(Sealed {
            scheme: SCHEME,
            wrapped_key: self.wrapped.clone(),
            nonce: BASE64.encode(&nonce),
            ciphertext: BASE64.encode(&bytes),
        })
    }
}

fn data_key(plaintext: Option<Blob>) -> Result<LessSafeKey, PortError> {
    let plaintext = Zeroizing::new(plaintext.map(Blob::into_inner).unwrap_or_default());
    let key = UnboundKey::new(&AES_256_GCM, &plaintext);
    key.map(LessSafeKey::new).map_err(|_| PortError::corrupt(WHAT, "a data key that is none"))
}

fn decoded(text: &str) -> Result<Vec<u8>, PortError> {
    BASE64.decode(text.as_bytes()).map_err(|_| PortError::corrupt(WHAT, "a seal that is not base64"))
}

#[async_trait]
impl IdentityVault for KmsVault {
    async fn seal(&self, owner: &str, clear: &Personal<String>) -> Result<Sealed, PortError> {
        self.new_key(owner).await?.seal(owner, clear)
    }

    async fn unseal(&self, owner: &str, sealed: &Sealed, _purpose: Purpose) -> Result<Personal<String>, PortError> {
        self.open(owner, owner, sealed).await
    }
}
