use async_trait::async_trait;
use domain::{
    change::Change,
    comment::Comment,
    comment_duty::{CommentDuty, DutyFact},
    id::{AccountId, CommentId, PublicationId},
    owner_rules::OwnerRules,
};
use evidence::record::LogRecord;
use jiff::civil::Date;
use screening::verdict::Verdict;
use serde::{Deserialize, Serialize};

use super::{ListError, PortError, SaveError};

/// A comment and what the engine said of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CommentRecord {
    #[serde(flatten)]
    pub comment: Comment,
    pub verdict: Verdict,
}

impl CommentRecord {
    /// The line of the content log.
    ///
    /// # Errors
    /// When the verdict cannot be put into JSON.
    pub fn logged(&self) -> Result<LogRecord, PortError> {
        LogRecord::of_comment(&self.comment, &self.verdict).map_err(|error| PortError::corrupt("the log record", error))
    }
}

/// The comments (R2). However many come below one publication, no partition of the store takes them all.
#[async_trait]
pub trait CommentShelf: Send + Sync {
    /// Stores the record unless one with its identifier exists; then that one comes back and nothing is written.
    async fn put_new(&self, record: &CommentRecord) -> Result<CommentPut, PortError>;

    /// Stores the record and its event on the condition that the stored version is the one before.
    async fn save(&self, change: &Change<CommentRecord>) -> Result<(), SaveError>;

    /// As [`save`](Self::save), and in the same transaction counts the fact for the account (R12.3).
    async fn save_settled(&self, change: &Change<CommentRecord>, fact: Option<&DutyFact>) -> Result<(), SaveError>;

    /// The record as it was last written (strongly consistent), or `None`.
    async fn load(&self, comment_id: CommentId) -> Result<Option<CommentRecord>, PortError>;

    /// A page of the comments below a publication, the latest first. `cursor` is what an earlier page gave for the same
    /// publication. May lag behind writes by a moment.
    async fn list(
        &self,
        publication_id: PublicationId,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<CommentPage, ListError>;
}

#[derive(Debug, Clone, PartialEq)]
pub enum CommentPut {
    Stored,
    /// An earlier comment under the same reference.
    Exists(Box<CommentRecord>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct CommentPage {
    pub comments: Vec<CommentRecord>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<String>,
}

/// How accounts manage their comments (R12.3).
#[async_trait]
pub trait CommentDutyBook: Send + Sync {
    /// The sum of the facts from `since` on, which is at most a month ago. Strongly consistent.
    async fn measure(&self, account_id: AccountId, since: Date) -> Result<CommentDuty, PortError>;
}

/// What accounts have said about the comments below what they publish (R12.2).
#[async_trait]
pub trait OwnerRulesBook: Send + Sync {
    /// The account's rules (strongly consistent); those of an account that has said nothing are open and empty.
    async fn rules(&self, account_id: AccountId) -> Result<OwnerRules, PortError>;

    /// Stores the rules and the event on the condition that the stored version is the one before.
    async fn save(&self, change: &Change<OwnerRules>) -> Result<(), SaveError>;
}
