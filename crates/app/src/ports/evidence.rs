use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::{
    id::{AccountId, ComplaintId, QualificationId},
    qualification::EvidenceType,
};
use jiff::Timestamp;

use super::PortError;

/// Whose document it is, and of what: all that its place is named by, so that the name holds no personal data (R9.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EvidencePlace {
    pub account_id: AccountId,
    pub qualification_id: QualificationId,
}

/// Which of the files of a complaint it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ComplaintFilePlace {
    pub complaint_id: ComplaintId,
    /// From 0, as announced.
    pub file: usize,
}

/// Where a file is sent to, and kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UploadPlace {
    Qualification(EvidencePlace),
    Complaint(ComplaintFilePlace),
}

impl From<EvidencePlace> for UploadPlace {
    fn from(place: EvidencePlace) -> Self {
        Self::Qualification(place)
    }
}

impl From<ComplaintFilePlace> for UploadPlace {
    fn from(place: ComplaintFilePlace) -> Self {
        Self::Complaint(place)
    }
}

/// What an upload must be.
#[derive(Debug, Clone)]
pub struct WantedUpload {
    pub place: UploadPlace,
    pub content_type: EvidenceType,
    /// Of the bytes, in hexadecimal, where it was announced.
    pub sha256: Option<String>,
    /// Bytes.
    pub largest: usize,
    /// When the form is made, and from when on it is closed.
    pub now: Timestamp,
    pub closes_at: Timestamp,
}

/// A form that is sent, with the file as its last field `file`, as `multipart/form-data` by POST.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadForm {
    pub url: String,
    pub fields: BTreeMap<String, String>,
    pub closes_at: Timestamp,
}

/// What lies where an upload is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Uploaded {
    Missing,
    /// More than was asked for; nothing of it was read.
    TooLarge,
    Bytes(Vec<u8>),
}

/// Documents on their way in. What is uploaded rests apart from what is kept: a form that is still open changes nothing
/// that somebody has looked at.
#[async_trait]
pub trait EvidenceIntake: Send + Sync {
    /// A form by which whoever has it uploads what is wanted, to that place alone, until it closes. The type, the most
    /// bytes and the checksum, where there is one, are part of what is signed.
    async fn form(&self, wanted: &WantedUpload) -> Result<UploadForm, PortError>;

    /// The last upload; at most `most` bytes.
    async fn uploaded(&self, place: UploadPlace, most: usize) -> Result<Uploaded, PortError>;

    /// Keeps these bytes; the same again changes nothing.
    async fn keep(&self, place: UploadPlace, content_type: EvidenceType, bytes: Vec<u8>) -> Result<(), PortError>;
}

/// Documents for those who decide on them.
#[async_trait]
pub trait EvidenceView: Send + Sync {
    /// An address at which the kept document can be read from `now` on for some minutes by whoever has it. Whether there
    /// is one is not asked.
    async fn link(&self, place: UploadPlace, now: Timestamp) -> Result<String, PortError>;
}

/// Documents on their way out (R9.2).
#[async_trait]
pub trait EvidenceRemoval: Send + Sync {
    /// Deletes every document of the account's qualifications, uploaded or kept, for good. None is no error.
    async fn remove_all(&self, account_id: AccountId) -> Result<(), PortError>;
}
