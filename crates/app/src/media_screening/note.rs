use domain::{
    id::PublicationId,
    media::{MediaOutcome, MediaTrace},
};
use screening::{
    facts::MediaScores,
    media::{FileHash, Seen},
    pdq::Looks,
};
use serde::{Deserialize, Serialize};

/// What was seen of the media in one part of one edition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MediaNote {
    pub publication_id: PublicationId,
    pub edition: u64,
    pub part: usize,
    /// Of the part's own file and of its key frames, in that order.
    pub sightings: Vec<Sighting>,
}

/// What was seen of one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Sighting {
    Seen {
        sha256: FileHash,
        /// Of a picture.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        looks: Option<Box<Looks>>,
        /// What a classifier made of it, where there is one.
        #[serde(default, skip_serializing_if = "MediaScores::is_none")]
        scores: MediaScores,
    },
    Missing,
    /// The file is not the one that the publication names.
    Altered {
        sha256: FileHash,
    },
    TooLarge,
    /// No picture that can be read.
    Unreadable {
        sha256: FileHash,
    },
}

impl Sighting {
    #[must_use]
    pub const fn outcome(&self) -> MediaOutcome {
        match self {
            Self::Seen { .. } => MediaOutcome::Seen,
            Self::Missing => MediaOutcome::Missing,
            Self::Altered { .. } => MediaOutcome::Altered,
            Self::TooLarge => MediaOutcome::TooLarge,
            Self::Unreadable { .. } => MediaOutcome::Unreadable,
        }
    }

    /// Of the file that lay there, whatever it was meant to be.
    const fn sha256(&self) -> Option<FileHash> {
        match self {
            Self::Seen { sha256, .. } | Self::Altered { sha256 } | Self::Unreadable { sha256 } => Some(*sha256),
            Self::Missing | Self::TooLarge => None,
        }
    }

    fn looks(&self) -> Option<&Looks> {
        match self {
            Self::Seen { looks, .. } => looks.as_deref(),
            _ => None,
        }
    }
}

impl MediaNote {
    /// For the banks. A file that is not the one that was named counts as well: a known file is one wherever it lies.
    #[must_use]
    pub fn seen(&self) -> Seen {
        Seen {
            part: self.part,
            files: self.sightings.iter().filter_map(Sighting::sha256).collect(),
            pictures: self.sightings.iter().filter_map(Sighting::looks).cloned().collect(),
        }
    }

    /// What the classifier made of all of it: the greatest score of each label.
    #[must_use]
    pub fn scores(&self) -> MediaScores {
        let scores = self.sightings.iter().filter_map(|sighting| match sighting {
            Sighting::Seen { scores, .. } => Some(scores.clone()),
            _ => None,
        });
        scores.fold(MediaScores::None, MediaScores::and)
    }

    /// For the log.
    pub fn traces(&self) -> impl Iterator<Item = MediaTrace> {
        self.sightings.iter().map(|sighting| MediaTrace {
            part: self.part,
            outcome: sighting.outcome(),
            sha256: sighting.sha256().map(|hash| hash.to_string()),
            pdq: sighting.looks().map(|looks| looks.upright().to_string()),
        })
    }

    /// Whether all of it could be looked at.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.sightings.iter().all(|sighting| sighting.outcome() == MediaOutcome::Seen)
    }
}
