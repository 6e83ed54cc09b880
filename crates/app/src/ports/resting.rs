use async_trait::async_trait;
use domain::{
    case::Case,
    complaint::Complaint,
    id::{ComplaintId, RunId},
    publication::Publication,
    subject::Subject,
};
use evidence::object::LogHour;
use jiff::Timestamp;

use super::PortError;

/// One thing that rests, with all that is stored about it.
#[derive(Debug, Clone, PartialEq)]
pub struct RestingRow {
    /// `pub_…` or `cmpl_…`.
    pub id: String,
    /// Guards its deletion.
    pub version: u64,
    pub state: RestingState,
    /// How many rows are about it.
    pub rows: usize,
    /// All of them, as they are stored: what a hold looks for identifiers in.
    pub text: String,
    /// When it came, and when something happened to it last.
    pub first: Timestamp,
    pub last: Timestamp,
}

#[derive(Debug, Clone, PartialEq)]
pub enum RestingState {
    Publication(Box<Publication>),
    Complaint(Box<Complaint>),
}

/// What is remembered of a row that ended: that it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone {
    pub at: Timestamp,
    pub run_id: RunId,
    /// Until then it is told from what never was.
    pub remembered_until: Timestamp,
}

/// Rows of one kind that nothing is expected of, by the hour since which they rest: that is written with the change that
/// brings them to rest, and taken away with one that wakes them up.
#[async_trait]
pub trait RestingRows: Send + Sync {
    /// Identifiers of what rests since that hour, `limit` at most, in any order. May lag behind by a moment.
    async fn since(&self, hour: LogHour, limit: usize) -> Result<Vec<String>, PortError>;

    /// All of it, strongly consistent; `None` when it never was or has ended.
    async fn read(&self, id: &str) -> Result<Option<RestingRow>, PortError>;

    /// From now on it is listed under that hour, unless its version is another by now.
    async fn put_off(&self, row: &RestingRow, hour: LogHour) -> Result<(), PortError>;

    /// Ends it, all or nothing for all by which it is found, unless its version is another by now: then `false`, and it
    /// stays. What is left of its rows after that is gone when this returns, or by [`clear`](Self::clear).
    async fn end(&self, row: &RestingRow, gone: Gone) -> Result<bool, PortError>;

    /// Takes away what a broken-off end has left. Nothing left is no error.
    async fn clear(&self, id: &str) -> Result<(), PortError>;
}

/// The cases about something.
#[async_trait]
pub trait CaseHistory: Send + Sync {
    /// All cases about `subject`, decided or not. Strongly consistent.
    async fn about(&self, subject: &Subject) -> Result<Vec<Case>, PortError>;
}

/// The files of complaints on their way out.
#[async_trait]
pub trait ComplaintFileRemoval: Send + Sync {
    /// Deletes every file of the complaint, uploaded or kept, for good. None is no error.
    async fn remove_files(&self, complaint_id: ComplaintId) -> Result<(), PortError>;
}
