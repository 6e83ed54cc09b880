use std::time::Duration;

use app::{
    media_screening::{MediaNote, MediaOrder, Sighting},
    ports::{Fetched, MediaBucket, MediaNotes, MediaQueue},
};
use async_trait::async_trait;
use domain::id::{AccountId, PublicationId};
use screening::{
    facts::{Facts, MediaScores},
    media::FileHash,
    pdq::{Looks, PdqHash},
};
use sha2::{Digest, Sha256};

use super::Drain;
use crate::{Lane, samples::NOON};

/// Puts files as the platform does.
#[async_trait]
pub trait MediaUploader: Send + Sync {
    async fn put(&self, key: &str, content: &[u8]);
}

/// Runs every check.
pub async fn media_bucket(bucket: &dyn MediaBucket, uploader: &dyn MediaUploader) {
    let key = "uploads/2026/11/picture.png";
    assert_eq!(bucket.read(key, 10).await.unwrap(), Fetched::Missing);
    assert_eq!(bucket.hash(key, 10).await.unwrap(), Fetched::Missing);
    uploader.put(key, b"").await;
    assert_eq!(bucket.read(key, 0).await.unwrap(), Fetched::Found(Vec::new()));
    uploader.put(key, b"0123456789").await;
    assert_eq!(bucket.read(key, 10).await.unwrap(), Fetched::Found(b"0123456789".to_vec()));
    assert_eq!(bucket.read(key, 9).await.unwrap(), Fetched::TooLarge);
    assert_eq!(bucket.hash(key, 10).await.unwrap(), Fetched::Found(Sha256::digest(b"0123456789").into()));
    assert_eq!(bucket.hash(key, 9).await.unwrap(), Fetched::TooLarge);
    let link = bucket.link(key, Duration::from_secs(60)).await.unwrap();
    assert!(link.starts_with("http") && link.contains(key), "{link}");
    // More than one read of a connection holds.
    let large: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
    uploader.put(key, &large).await;
    assert_eq!(bucket.hash(key, 3_000_000).await.unwrap(), Fetched::Found(Sha256::digest(&large).into()));
}

/// Runs every check.
pub async fn media_notes(notes: &dyn MediaNotes) {
    let publication_id = PublicationId::named(AccountId::at(NOON), "media");
    let note = |edition: u64, part: usize, byte: u8| MediaNote {
        publication_id,
        edition,
        part,
        sightings: vec![
            Sighting::Seen {
                sha256: FileHash([byte; 32]),
                looks: Some(Box::new(Looks { hashes: [PdqHash::default(); 8], quality: 77 })),
                scores: MediaScores::Given([("adult".to_owned(), 0.25)].into()),
            },
            Sighting::Missing,
            Sighting::Altered { sha256: FileHash([byte; 32]) },
        ],
    };
    assert_eq!(notes.notes(publication_id, 1).await.unwrap(), []);
    for (edition, part) in [(1, 0), (1, 12), (1, 2), (10, 0)] {
        notes.note(&note(edition, part, 1)).await.unwrap();
    }
    // The first note of a part stands.
    notes.note(&note(1, 2, 2)).await.unwrap();
    let mut of_first = notes.notes(publication_id, 1).await.unwrap();
    of_first.sort_by_key(|note| note.part);
    assert_eq!(of_first, [note(1, 0, 1), note(1, 2, 1), note(1, 12, 1)]);
    assert_eq!(notes.notes(publication_id, 10).await.unwrap(), [note(10, 0, 1)]);
}

/// Runs every check.
pub async fn media_queue(queue: &dyn MediaQueue, drain: &dyn Drain) {
    drain.drain(Lane::Media).await;
    let publication_id = PublicationId::named(AccountId::at(NOON), "media");
    let order = |part| MediaOrder { publication_id, edition: 1, part, facts: Facts::default(), ordered_at: NOON };
    // More than one call to the real queue holds.
    let orders: Vec<MediaOrder> = (0..12).map(order).collect();
    queue.send(&orders).await.unwrap();
    let bodies = drain.drain(Lane::Media).await;
    let mut sent: Vec<MediaOrder> = bodies.iter().map(|body| serde_json::from_str(body).unwrap()).collect();
    sent.sort_by_key(|order| order.part);
    assert_eq!(sent, orders);
}
