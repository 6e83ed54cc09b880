use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use app::{
    media_screening::MediaNote,
    ports::{Fetched, MediaBucket, MediaNotes, PortError},
};
use async_trait::async_trait;
use domain::id::PublicationId;
use sha2::{Digest, Sha256};

use crate::{Faults, locked};

/// The bucket of media in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryMedia {
    faults: Faults,
    files: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
}

impl MemoryMedia {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// What the platform does.
    pub fn put(&self, key: &str, content: impl Into<Vec<u8>>) {
        locked(&self.files).insert(key.to_owned(), content.into());
    }

    pub fn take_away(&self, key: &str) {
        locked(&self.files).remove(key);
    }

    fn fetched<T>(&self, key: &str, most: u64, of: impl FnOnce(&[u8]) -> T) -> Result<Fetched<T>, PortError> {
        self.faults.around("media bucket", || {
            Ok(match locked(&self.files).get(key) {
                None => Fetched::Missing,
                Some(content) if content.len() as u64 > most => Fetched::TooLarge,
                Some(content) => Fetched::Found(of(content)),
            })
        })
    }
}

#[async_trait]
impl MediaBucket for MemoryMedia {
    async fn read(&self, key: &str, most: usize) -> Result<Fetched<Vec<u8>>, PortError> {
        self.fetched(key, most as u64, <[u8]>::to_vec)
    }

    async fn link(&self, key: &str, lasts: Duration) -> Result<String, PortError> {
        Ok(format!("https://media.example.org/{key}?lasts={}", lasts.as_secs()))
    }

    async fn hash(&self, key: &str, most: u64) -> Result<Fetched<[u8; 32]>, PortError> {
        self.fetched(key, most, |content| Sha256::digest(content).into())
    }
}

/// Notes on media in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryMediaNotes {
    faults: Faults,
    notes: Arc<Mutex<BTreeMap<NoteKey, MediaNote>>>,
}

/// Publication, edition, part.
type NoteKey = (PublicationId, u64, usize);

impl MemoryMediaNotes {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }
}

#[async_trait]
impl MediaNotes for MemoryMediaNotes {
    async fn note(&self, note: &MediaNote) -> Result<(), PortError> {
        self.faults.around("media notes", || {
            let key = (note.publication_id, note.edition, note.part);
            locked(&self.notes).entry(key).or_insert_with(|| note.clone());
            Ok(())
        })
    }

    async fn notes(&self, publication_id: PublicationId, edition: u64) -> Result<Vec<MediaNote>, PortError> {
        self.faults.around("media notes", || {
            let notes = locked(&self.notes);
            let of = |note: &&MediaNote| note.publication_id == publication_id && note.edition == edition;
            Ok(notes.values().filter(of).cloned().collect())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[async_trait]
    impl contract::MediaUploader for MemoryMedia {
        async fn put(&self, key: &str, content: &[u8]) {
            Self::put(self, key, content);
        }
    }

    #[tokio::test]
    async fn the_twins_keep_the_contract() {
        let twin = MemoryMedia::default();
        contract::media_bucket(&twin, &twin).await;
        contract::media_notes(&MemoryMediaNotes::default()).await;
    }
}
