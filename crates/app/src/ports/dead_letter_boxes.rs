use async_trait::async_trait;
use jiff::Timestamp;

use super::PortError;

/// The dead-letter queues, as an operator sees them. A box is called as its queue is in the design (`enforcement`).
#[async_trait]
pub trait DeadLetterBoxes: Send + Sync {
    /// Every box with about how many letters it holds, in the order of the flow.
    async fn counts(&self) -> Result<Vec<DeadLetterBox>, PortError>;

    /// Up to ten letters of a box, which stay where they are; not always all of them, for a queue shows a sample.
    async fn look(&self, name: &str) -> Result<Vec<DeadLetter>, BoxError>;

    /// Sends up to `at_most` letters back into the queue that they came from: each is in the queue before it leaves the
    /// box, so that a crash between the two makes a copy and loses nothing. Gives how many went.
    async fn send_back(&self, name: &str, at_most: usize) -> Result<usize, BoxError>;
}

/// A dead-letter queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetterBox {
    pub name: String,
    /// About how many it holds.
    pub letters: u64,
    /// Whether there is a queue that its letters came from.
    pub can_go_back: bool,
}

/// A message that no consumer could handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Names it in the log lines of the tries that failed.
    pub message_id: String,
    pub sent_at: Option<Timestamp>,
    pub body: String,
}

/// There is nothing to look at, or nowhere to send it.
#[derive(Debug, thiserror::Error)]
pub enum BoxError {
    #[error("no dead-letter queue has that name")]
    Unknown,
    #[error("what is in that box came from no queue")]
    CameFromNoQueue,
    #[error(transparent)]
    Port(#[from] PortError),
}
