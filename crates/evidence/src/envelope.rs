//! How a seal is signed: a DSSE envelope (Dead Simple Signing Envelope 1.0, `secure-systems-lab/dsse`) with ECDSA over
//! P-256 and SHA-256. Seal and signature are one object, so that nothing can die between the two.

use std::{fmt, str::FromStr};

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use data_encoding::{BASE64, DecodeError};
use serde::{Deserialize, Serialize};

use crate::{
    digest::{Digest, DigestError},
    seal::{KEYS, Link, Seal},
};

/// What the payload is.
pub const PAYLOAD_TYPE: &str = "application/vnd.gatehouse.seal+json";

const PEM_HEAD: &str = "-----BEGIN PUBLIC KEY-----";
const PEM_TAIL: &str = "-----END PUBLIC KEY-----";

/// The name of a public key: the SHA-256 of its DER form (`SubjectPublicKeyInfo`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(Digest);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for KeyId {
    type Err = DigestError;
    fn from_str(text: &str) -> Result<Self, DigestError> {
        text.parse().map(Self)
    }
}

/// A public key, ECDSA over P-256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    spki: Vec<u8>,
}

/// The text is no public key in PEM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a public key in PEM")]
pub struct PemError;

impl PublicKey {
    /// The key of this `SubjectPublicKeyInfo` in DER. One that is no such key verifies nothing.
    #[must_use]
    pub fn from_spki(spki: Vec<u8>) -> Self {
        Self { spki }
    }

    #[must_use]
    pub fn key_id(&self) -> KeyId {
        KeyId(Digest::of(&self.spki))
    }

    /// Where the key is published, beside the seals.
    #[must_use]
    pub fn object_key(&self) -> String {
        format!("{KEYS}{}.pem", self.key_id())
    }

    /// PEM (RFC 7468).
    #[must_use]
    pub fn to_pem(&self) -> String {
        let mut pem = format!("{PEM_HEAD}\n");
        let base64 = BASE64.encode(&self.spki);
        let mut rest = base64.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(64));
            pem.push_str(line);
            pem.push('\n');
            rest = after;
        }
        pem.push_str(PEM_TAIL);
        pem.push('\n');
        pem
    }

    /// # Errors
    /// When the text is not one public key in PEM.
    pub fn from_pem(pem: &str) -> Result<Self, PemError> {
        let inner = pem.trim().strip_prefix(PEM_HEAD).and_then(|rest| rest.strip_suffix(PEM_TAIL)).ok_or(PemError)?;
        let base64: String = inner.split_ascii_whitespace().collect();
        BASE64.decode(base64.as_bytes()).map(Self::from_spki).map_err(|_| PemError)
    }

    /// Whether the signature, ECDSA in DER, is of this key over the message.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &self.spki).verify(message, signature).is_ok()
    }
}

/// A signed seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    #[serde(rename = "payloadType")]
    pub payload_type: String,
    /// The JSON of the seal, base64.
    pub payload: String,
    pub signatures: Vec<Signature>,
}

/// One signature of an envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    pub keyid: KeyId,
    /// ECDSA in DER, base64, over [`Envelope::message`].
    pub sig: String,
}

/// Why an envelope is no signed seal.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    #[error("it is no envelope")]
    Form(#[source] serde_json::Error),
    #[error("it is not written as this program writes envelopes: something was added or moved")]
    NotCanonical,
    #[error("it holds {0:?}, which is no seal")]
    PayloadType(String),
    #[error("its payload is not base64")]
    Base64(#[source] DecodeError),
    #[error("its payload is no seal")]
    Payload(#[source] serde_json::Error),
    #[error("it has no signature")]
    Unsigned,
}

/// A seal out of its envelope, whose signatures nobody has looked at yet.
#[derive(Debug, Clone)]
pub struct Opened {
    pub seal: Seal,
    pub link: Link,
    message: Vec<u8>,
    signatures: Vec<(KeyId, Vec<u8>)>,
}

/// What the signatures of a seal are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    /// By one of the keys that were asked for.
    ByTrusted(KeyId),
    /// By none of these keys: named is the first that it says to be signed by.
    ByOther(KeyId),
    /// It says to be signed by one of these keys, and is not.
    Wrongly(KeyId),
}

impl Envelope {
    /// What is signed of a payload (DSSE's pre-authentication encoding), so that a signature of a seal is a signature
    /// of nothing else.
    #[must_use]
    pub fn message(payload: &[u8]) -> Vec<u8> {
        let head = format!("DSSEv1 {} {PAYLOAD_TYPE} {} ", PAYLOAD_TYPE.len(), payload.len());
        [head.as_bytes(), payload].concat()
    }

    /// The envelope of a payload whose [`message`](Self::message) was signed.
    #[must_use]
    pub fn signed(payload: &[u8], keyid: KeyId, signature: &[u8]) -> Self {
        Self {
            payload_type: PAYLOAD_TYPE.to_owned(),
            payload: BASE64.encode(payload),
            signatures: vec![Signature { keyid, sig: BASE64.encode(signature) }],
        }
    }

    /// The bytes that are stored.
    ///
    /// # Errors
    /// When it cannot be put into JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// The seal in stored bytes. Both layers must be written as this program writes them: a document that can be
    /// written in two ways can be changed without a change of its meaning.
    ///
    /// # Errors
    /// Says what of it is not a signed seal. Whether the signature is right is another question.
    pub fn open(bytes: &[u8]) -> Result<Opened, EnvelopeError> {
        let envelope: Self = serde_json::from_slice(bytes).map_err(EnvelopeError::Form)?;
        if envelope.to_bytes().map_err(EnvelopeError::Form)? != bytes {
            return Err(EnvelopeError::NotCanonical);
        }
        if envelope.payload_type != PAYLOAD_TYPE {
            return Err(EnvelopeError::PayloadType(envelope.payload_type));
        }
        let payload = BASE64.decode(envelope.payload.as_bytes()).map_err(EnvelopeError::Base64)?;
        let seal: Seal = serde_json::from_slice(&payload).map_err(EnvelopeError::Payload)?;
        if seal.payload().map_err(EnvelopeError::Payload)? != payload {
            return Err(EnvelopeError::NotCanonical);
        }
        let first = envelope.signatures.first().ok_or(EnvelopeError::Unsigned)?;
        let link = Link { sha256: Digest::of(&payload), signature: first.sig.clone() };
        let signatures = envelope.signatures.iter();
        let signatures = signatures
            .map(|signature| Ok((signature.keyid, BASE64.decode(signature.sig.as_bytes())?)))
            .collect::<Result<_, _>>()
            .map_err(EnvelopeError::Base64)?;
        Ok(Opened { seal, link, message: Self::message(&payload), signatures })
    }
}

impl Opened {
    /// Who of `keys` signed the seal.
    #[must_use]
    pub fn signed_by(&self, keys: &[PublicKey]) -> Signed {
        let mut wrongly = None;
        for (keyid, signature) in &self.signatures {
            let Some(key) = keys.iter().find(|key| key.key_id() == *keyid) else { continue };
            if key.verifies(&self.message, signature) {
                return Signed::ByTrusted(*keyid);
            }
            wrongly = Some(*keyid);
        }
        match wrongly {
            Some(keyid) => Signed::Wrongly(keyid),
            None => Signed::ByOther(self.signatures[0].0),
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::{
        encoding::AsDer,
        rand::SystemRandom,
        signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
    };

    use super::*;
    use crate::object::LogHour;

    fn key_pair() -> (EcdsaKeyPair, PublicKey) {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let spki = pair.public_key().as_der().unwrap().as_ref().to_vec();
        (pair, PublicKey::from_spki(spki))
    }

    fn sealed(pair: &EcdsaKeyPair, key: &PublicKey) -> Vec<u8> {
        let at = "2026-11-23T10:10:00+08:00".parse().unwrap();
        let payload = Seal::next(None, LogHour::of(at), vec![], at).payload().unwrap();
        let signature = pair.sign(&SystemRandom::new(), &Envelope::message(&payload)).unwrap();
        Envelope::signed(&payload, key.key_id(), signature.as_ref()).to_bytes().unwrap()
    }

    #[test]
    fn a_signed_seal_is_known_by_its_key_and_by_no_other() {
        let (pair, key) = key_pair();
        let (_, other) = key_pair();
        let opened = Envelope::open(&sealed(&pair, &key)).unwrap();
        assert_eq!(opened.signed_by(&[other.clone(), key.clone()]), Signed::ByTrusted(key.key_id()));
        assert_eq!(opened.signed_by(&[other]), Signed::ByOther(key.key_id()));
        assert_eq!(opened.signed_by(&[]), Signed::ByOther(key.key_id()));
    }

    #[test]
    fn who_signs_under_another_name_is_found() {
        let (pair, _) = key_pair();
        let (_, trusted) = key_pair();
        let opened = Envelope::open(&sealed(&pair, &trusted)).unwrap();
        assert_eq!(opened.signed_by(std::slice::from_ref(&trusted)), Signed::Wrongly(trusted.key_id()));
    }

    #[test]
    fn there_is_one_way_to_write_an_envelope() {
        let (pair, key) = key_pair();
        let bytes = sealed(&pair, &key);
        let text = String::from_utf8(bytes).unwrap();
        let spaced = text.replacen(':', ": ", 1);
        assert!(matches!(Envelope::open(spaced.as_bytes()), Err(EnvelopeError::NotCanonical)));
        let unsigned = format!("{}[]}}", &text[..text.find("[{").unwrap()]);
        assert!(matches!(Envelope::open(unsigned.as_bytes()), Err(EnvelopeError::Unsigned)));
        assert!(matches!(Envelope::open(b"{}"), Err(EnvelopeError::Form(_))));
        let other = text.replacen("seal+json", "bill+json", 1);
        assert!(matches!(Envelope::open(other.as_bytes()), Err(EnvelopeError::PayloadType(_))));
    }

    #[test]
    fn the_message_is_the_one_of_dsse() {
        let message = String::from_utf8(Envelope::message(b"{}")).unwrap();
        assert_eq!(message, "DSSEv1 35 application/vnd.gatehouse.seal+json 2 {}");
    }

    #[test]
    fn a_key_in_pem_comes_back() {
        let (_, key) = key_pair();
        let pem = key.to_pem();
        assert!(pem.lines().all(|line| line.len() <= 64));
        assert_eq!(PublicKey::from_pem(&pem), Ok(key));
        for wrong in ["", "-----BEGIN PUBLIC KEY-----", "-----BEGIN PUBLIC KEY-----\n!\n-----END PUBLIC KEY-----"] {
            assert_eq!(PublicKey::from_pem(wrong), Err(PemError), "{wrong}");
        }
    }
}
