use std::time::Duration;

use async_trait::async_trait;
use domain::id::PublicationId;

use super::PortError;
use crate::media_screening::{MediaNote, MediaOrder};

/// Where parts of publications wait to be looked at. The body of a message is the order's JSON.
#[async_trait]
pub trait MediaQueue: Send + Sync {
    /// At least once, in any order. After an error some may have been sent: what is ordered twice is noted once.
    async fn send(&self, orders: &[MediaOrder]) -> Result<(), PortError>;
}

/// The bucket that the platform puts files into. Each call reads one version of the file, the newest, whatever is put meanwhile.
#[async_trait]
pub trait MediaBucket: Send + Sync {
    /// The file itself, unless it has more than `most` bytes.
    async fn read(&self, key: &str, most: usize) -> Result<Fetched<Vec<u8>>, PortError>;

    /// SHA-256 of a file of any kind, which is never in memory as a whole, unless it has more than `most` bytes.
    async fn hash(&self, key: &str, most: u64) -> Result<Fetched<[u8; 32]>, PortError>;

    /// An address at which the file can be read without any other right, for so long.
    async fn link(&self, key: &str, lasts: Duration) -> Result<String, PortError>;
}

/// What lies under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched<T> {
    Missing,
    TooLarge,
    Found(T),
}

/// What was seen of the media of publications, part by part: kept until the last part is in.
#[async_trait]
pub trait MediaNotes: Send + Sync {
    /// Stores the note, unless there is one of that part of that edition: the first one stands.
    async fn note(&self, note: &MediaNote) -> Result<(), PortError>;

    /// The notes of an edition, in any order. Strongly consistent: of two who note and then ask, one sees both.
    async fn notes(&self, publication_id: PublicationId, edition: u64) -> Result<Vec<MediaNote>, PortError>;
}
