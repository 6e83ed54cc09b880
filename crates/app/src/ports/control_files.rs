use async_trait::async_trait;
use domain::personal::Personal;

use super::PortError;
use crate::control_files::ControlReport;

/// A file that an operator put below `controls/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlFile {
    pub key: String,
    /// Names the very object that was put, among those put under the same key.
    pub version_id: Option<String>,
    pub etag: String,
    pub put_by: PutBy,
}

/// Who put a file, as S3 tells: `AWS:AIDA…` of a user, `AWS:AROA…:<session>` of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutBy {
    /// Everything up to the session.
    pub principal: String,
    /// The name of the role's session, which can be a person's e-mail address.
    pub session: Option<Personal<String>>,
}

impl PutBy {
    /// Takes S3's `principalId` apart.
    #[must_use]
    pub fn of(principal_id: &str) -> Self {
        let session = principal_id.match_indices(':').nth(1).map(|(at, _)| principal_id.split_at(at));
        match session {
            Some((principal, session)) => {
                Self { principal: principal.to_owned(), session: Some(Personal::new(session[1..].to_owned())) }
            }
            None => Self { principal: principal_id.to_owned(), session: None },
        }
    }
}

/// What lies under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ControlContent {
    Bytes(Vec<u8>),
    /// More than was asked for; nothing of it was read.
    TooLarge,
    /// Nothing: it was never put, or was taken away.
    Gone,
}

/// The object under a key: its version, when the bucket keeps versions, and the name of its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewestVersion {
    pub version_id: Option<String>,
    pub etag: String,
}

/// The bucket of the operators' files and of the reports that answer them.
#[async_trait]
pub trait ControlFiles: Send + Sync {
    /// The content of that version of the object, or of the one that is there now; at most `most` bytes.
    async fn read(&self, key: &str, version_id: Option<&str>, most: usize) -> Result<ControlContent, PortError>;

    /// What lies under `key` now, as S3 has told of it when it was put; `None` where nothing does.
    async fn newest(&self, key: &str) -> Result<Option<NewestVersion>, PortError>;

    /// Writes the report under its key; the same report again changes nothing.
    async fn answer(&self, report: &ControlReport) -> Result<(), PortError>;
}
