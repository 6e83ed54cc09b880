//! An evidence package (R16.1, B3): what is in the record about somebody or something in a period, with what proves it, as
//! one archive that a court, an authority and `gatehouse-verify` can read without Gatehouse.
//!
//! | file | |
//! |---|---|
//! | `index.html` | a page for people |
//! | `package.json` | the [`Manifest`]: what was asked, on which basis, who approved, every file with its hash |
//! | `package.sig.json` | the signature of the manifest (a DSSE envelope) |
//! | `records.ndjson` | the records, by time of receipt, as they are in the log |
//! | `decisions.json` | of these, decisions, measures and statements of reasons |
//! | `identities.json` | who stands behind the accounts, where the basis says so |
//! | `connections.json` | addresses, ports and devices in clear, where the basis says so |
//! | `seals/…` | the seals that speak of the log objects from which the records are, and the public keys |
//! | `content-log/…` | these log objects, where they were asked for |
//! | `media/…` | pictures, sounds and films that the records name, by their hashes |
//! | `receipts/…` | the receipts of what sweeps have deleted of the period |

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::BASE64;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    archive::{self, ArchiveError},
    digest::Digest,
    envelope::{KeyId, PublicKey, Signature},
};

/// The version of the format.
pub const SCHEMA: &str = "gatehouse.package/1";

/// What the signed payload is.
pub const PAYLOAD_TYPE: &str = "application/vnd.gatehouse.package+json";

pub const MANIFEST: &str = "package.json";
pub const SIGNATURE: &str = "package.sig.json";
pub const RECORDS: &str = "records.ndjson";
pub const DECISIONS: &str = "decisions.json";
pub const IDENTITIES: &str = "identities.json";
pub const CONNECTIONS: &str = "connections.json";
pub const PAGE: &str = "index.html";

/// Where the media of a package begin.
pub const MEDIA: &str = "media/";

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub schema: String,
    pub package_id: String,
    /// What was asked for, as the order has it.
    pub scope: serde_json::Value,
    pub from: Timestamp,
    pub until: Timestamp,
    pub legal_basis: String,
    pub ordered_by: String,
    pub approved_by: String,
    pub personal_data: bool,
    pub built_at: Timestamp,
    /// How many lines the file of the records has.
    pub records: u64,
    /// The log objects from which the records are, by key.
    pub sources: Vec<Source>,
    /// Log objects of the period that are sealed and have been deleted since, by key.
    pub deleted: Vec<Source>,
    /// Pictures, sounds and films that records of publications name, by the platform's key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<MediaFile>,
    /// Every other file but the signature, by path.
    pub files: Vec<PackedFile>,
}

/// A log object, as its seal has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub key: String,
    pub sha256: Digest,
    pub size: u64,
    /// The key of the seal that speaks of it; none when it was not sealed yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<String>,
}

/// A picture, a sound or a film that a record names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MediaFile {
    /// Where the platform has put it.
    pub key: String,
    /// Its SHA-256 in hexadecimal digits, as the record has it; none where the platform did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<String>,
    pub state: MediaState,
    /// The file of the package, if it is in there: `media/<sha256>` with the ending of the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// What was found when the package was built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaState {
    /// The file that the record names is in the package.
    Enclosed,
    /// The record names no hash: what lay there when the package was built is in it.
    Unproven,
    /// There is no file any more.
    Missing,
    /// Another file lies there than the record names; it is not in the package.
    Altered,
    /// The package has no room for it.
    TooLarge,
}

/// A file of the package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackedFile {
    pub path: String,
    pub size: u64,
    pub sha256: Digest,
}

/// The signature of a manifest: DSSE, as of seals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignedManifest {
    #[serde(rename = "payloadType")]
    payload_type: String,
    /// The bytes of the manifest, base64.
    payload: String,
    signatures: Vec<Signature>,
}

/// Why a package cannot be read, or is not what was signed.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error("{0} is missing")]
    Missing(&'static str),
    #[error("{0} is not in the form that this program writes")]
    Form(&'static str),
}

/// Why a package is not to be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// Signed by a key that nobody trusts.
    NotTrusted(KeyId),
    SignatureWrong(KeyId),
    /// The signed manifest is another than the one in the package.
    OtherManifest,
    FileMissing(String),
    FileAltered(String),
    FileExtra(String),
}

/// The files of a package, which are to be signed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Package {
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Manifest {
    /// The bytes that are signed: compact JSON, fields in the order of the type.
    ///
    /// # Errors
    /// When it cannot be put into JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// What is signed of these bytes (DSSE's pre-authentication encoding).
    #[must_use]
    pub fn message(payload: &[u8]) -> Vec<u8> {
        let head = format!("DSSEv1 {} {PAYLOAD_TYPE} {} ", PAYLOAD_TYPE.len(), payload.len());
        [head.as_bytes(), payload].concat()
    }
}

impl Package {
    /// What a manifest says of the files.
    #[must_use]
    pub fn listed(&self) -> Vec<PackedFile> {
        let apart = |path: &str| path == MANIFEST || path == SIGNATURE;
        let listed = self.files.iter().filter(|(path, _)| !apart(path)).map(|(path, bytes)| PackedFile {
            path: path.clone(),
            size: bytes.len() as u64,
            sha256: Digest::of(bytes),
        });
        listed.collect()
    }

    /// Adds the manifest's bytes and their signature, and gives the archive.
    ///
    /// # Errors
    /// When there is too much for an archive, or something cannot be put into JSON.
    pub fn signed(mut self, manifest: Vec<u8>, keyid: KeyId, signature: &[u8]) -> Result<Vec<u8>, PackageError> {
        let signed = SignedManifest {
            payload_type: PAYLOAD_TYPE.to_owned(),
            payload: BASE64.encode(&manifest),
            signatures: vec![Signature { keyid, sig: BASE64.encode(signature) }],
        };
        let signed = serde_json::to_vec(&signed).map_err(|_| PackageError::Form(SIGNATURE))?;
        self.files.insert(MANIFEST.to_owned(), manifest);
        self.files.insert(SIGNATURE.to_owned(), signed);
        Ok(archive::write(&self.files)?)
    }

    /// # Errors
    /// When the bytes are no archive of ours.
    pub fn read(archive: &[u8]) -> Result<Self, PackageError> {
        Ok(Self { files: archive::read(archive)? })
    }

    fn file(&self, path: &'static str) -> Result<&[u8], PackageError> {
        self.files.get(path).map(Vec::as_slice).ok_or(PackageError::Missing(path))
    }

    /// # Errors
    /// When there is none, or it is written in another way than this program writes it.
    pub fn manifest(&self) -> Result<Manifest, PackageError> {
        let bytes = self.file(MANIFEST)?;
        let manifest: Manifest = serde_json::from_slice(bytes).map_err(|_| PackageError::Form(MANIFEST))?;
        let same = manifest.schema == SCHEMA && manifest.to_bytes().is_ok_and(|written| written == bytes);
        if same { Ok(manifest) } else { Err(PackageError::Form(MANIFEST)) }
    }

    /// What is doubtful about the package itself; whether the seals in it are right is another question.
    ///
    /// # Errors
    /// When manifest or signature cannot be read.
    pub fn doubts(&self, keys: &[PublicKey]) -> Result<Vec<Doubt>, PackageError> {
        let manifest = self.manifest()?;
        let mut doubts = Vec::new();
        let form = || PackageError::Form(SIGNATURE);
        let bytes = self.file(SIGNATURE)?;
        let signed: SignedManifest = serde_json::from_slice(bytes).map_err(|_| form())?;
        if signed.payload_type != PAYLOAD_TYPE || serde_json::to_vec(&signed).ok().as_deref() != Some(bytes) {
            return Err(form());
        }
        let payload = BASE64.decode(signed.payload.as_bytes()).map_err(|_| form())?;
        if payload != self.file(MANIFEST)? {
            doubts.push(Doubt::OtherManifest);
        }
        let [signature] = signed.signatures.as_slice() else { return Err(form()) };
        let sig = BASE64.decode(signature.sig.as_bytes()).map_err(|_| form())?;
        match keys.iter().find(|key| key.key_id() == signature.keyid) {
            None => doubts.push(Doubt::NotTrusted(signature.keyid)),
            Some(key) if !key.verifies(&Manifest::message(&payload), &sig) => {
                doubts.push(Doubt::SignatureWrong(signature.keyid));
            }
            Some(_) => {}
        }
        let listed: BTreeMap<&str, &PackedFile> = manifest.files.iter().map(|it| (it.path.as_str(), it)).collect();
        for file in &manifest.files {
            match self.files.get(&file.path) {
                None => doubts.push(Doubt::FileMissing(file.path.clone())),
                Some(bytes) if Digest::of(bytes) != file.sha256 || bytes.len() as u64 != file.size => {
                    doubts.push(Doubt::FileAltered(file.path.clone()));
                }
                Some(_) => {}
            }
        }
        let known: BTreeSet<&str> = [MANIFEST, SIGNATURE].into();
        let extra =
            self.files.keys().filter(|path| !listed.contains_key(path.as_str()) && !known.contains(path.as_str()));
        doubts.extend(extra.map(|path| Doubt::FileExtra(path.clone())));
        Ok(doubts)
    }
}
