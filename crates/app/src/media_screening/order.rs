use domain::{id::PublicationId, publication::Publication};
use jiff::Timestamp;
use screening::facts::Facts;
use serde::{Deserialize, Serialize};

/// An order to look at the media in one part of a publication. Holds no personal data: it goes through a queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MediaOrder {
    pub publication_id: PublicationId,
    pub edition: u64,
    /// From 0.
    pub part: usize,
    /// What the rules were told when the words were screened: the whole is judged by the same.
    pub facts: Facts,
    pub ordered_at: Timestamp,
}

impl MediaOrder {
    /// One for each part that has something to look at.
    #[must_use]
    pub fn all_of(publication: &Publication, facts: &Facts, now: Timestamp) -> Vec<Self> {
        let order = |part| Self {
            publication_id: publication.publication_id,
            edition: publication.edition,
            part,
            facts: facts.clone(),
            ordered_at: now,
        };
        publication.media_parts().map(order).collect()
    }
}
