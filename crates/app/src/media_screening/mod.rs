//! The media of publications (R2, R11.1): looked at part by part, in whatever order, and when the last part is in the
//! publication is shown, waits for a person, or is refused.
//!
//! Each part is noted by itself, and whoever notes then reads what has been noted: of those that come last together one sees
//! everything, and the version of the publication lets one of them conclude. So there is no counter to lose.

mod breaker;
mod note;
mod order;
pub(crate) mod verdict;

use std::sync::Arc;

use domain::{
    actor::Actor,
    change::Change,
    media::{MediaConclusion, MediaObject},
    profile::Profile,
    publication::{Part, Publication, PublicationStatus},
};
use futures::future::try_join_all;
use jiff::SignedDuration;
use pictures::{MOST_BYTES, Unreadable, looks_of};
use screening::{
    facts::MediaScores,
    media::{FileHash, Seen},
    verdict::Effect,
};
use sha2::{Digest, Sha256};

pub use breaker::Breaker;
pub use note::{MediaNote, Sighting};
pub use order::MediaOrder;
pub use verdict::wait_for_media;

use crate::{
    error::AppError,
    incidents,
    ports::{
        Clock, EngineSource, Fetched, FileToClassify, IncidentSource, LINK_LASTS, MediaBucket, MediaClassifier,
        MediaNotes, PortError, PublicationRecord, PublicationShelf, SaveError,
    },
    publishing::status_after,
    removed_content::{self, RemovedContentWatch},
};

/// Of sound and film: an hour of film as it is shown on phones, and ten seconds of a function's time.
pub const MOST_FILE_BYTES: u64 = 512 << 20;

/// Two that conclude at once: the second try reads the publication as the first left it.
const TRIES: usize = 5;

/// An order can come before its publication, for they are sent side by side; a row that is not there after that was never
/// stored, and its caller was told so.
const STORED_WITHIN: SignedDuration = SignedDuration::from_secs(60);

/// Looks at media.
pub struct MediaScreener {
    pub shelf: Arc<dyn PublicationShelf>,
    pub notes: Arc<dyn MediaNotes>,
    pub bucket: Arc<dyn MediaBucket>,
    /// There need be none.
    pub classifier: Option<Arc<dyn MediaClassifier>>,
    pub engines: Arc<dyn EngineSource>,
    pub removed: Arc<RemovedContentWatch>,
    pub incidents: Arc<dyn IncidentSource>,
    pub clock: Arc<dyn Clock>,
    pub profile: Profile,
}

/// What an order came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// Other parts have not been looked at yet.
    Noted,
    Concluded(PublicationStatus),
    /// The publication does not wait for this: it has been concluded or decided, edited, taken away, or never stored.
    NotAwaited,
}

impl MediaScreener {
    /// # Errors
    /// When the order names no media, or a port does not work: then nothing is lost, and the order can come again.
    pub async fn look(&self, order: &MediaOrder) -> Result<Looked, AppError> {
        let Some(record) = self.shelf.load(order.publication_id).await? else {
            if self.clock.now().duration_since(order.ordered_at) > STORED_WITHIN {
                return Ok(Looked::NotAwaited);
            }
            return Err(PortError::unavailable("publication shelf", "the publication is not there yet").into());
        };
        if !awaits(&record, order.edition) {
            return Ok(Looked::NotAwaited);
        }
        let part = record.publication.parts.get(order.part).filter(|part| part.has_media());
        let part = part.ok_or_else(|| AppError::Message(format!("part {} has no media", order.part)))?;
        let mut notes = self.notes.notes(order.publication_id, order.edition).await?;
        if !notes.iter().any(|note| note.part == order.part) {
            let note = self.note_of(part, order).await?;
            self.notes.note(&note).await?;
            notes = self.notes.notes(order.publication_id, order.edition).await?;
        }
        let is_noted = |part: usize| notes.iter().any(|note| note.part == part);
        if !record.publication.media_parts().all(is_noted) {
            return Ok(Looked::Noted);
        }
        notes.sort_unstable_by_key(|note| note.part);
        self.conclude(record, order, &notes).await
    }

    async fn note_of(&self, part: &Part, order: &MediaOrder) -> Result<MediaNote, AppError> {
        // One after the other, so that one picture at a time is in memory.
        let mut sightings = Vec::new();
        if let Some(object) = part.object() {
            sightings.push(match part {
                Part::Image { .. } => self.picture(object).await?,
                _ => self.file(object).await?,
            });
        }
        for frame in part.key_frames() {
            sightings.push(self.picture(frame).await?);
        }
        let objects = part.object().into_iter().chain(part.key_frames());
        let scored = sightings.into_iter().zip(objects).map(|(sighting, object)| self.scored(sighting, object));
        let sightings = try_join_all(scored).await?;
        let MediaOrder { publication_id, edition, part, .. } = *order;
        Ok(MediaNote { publication_id, edition, part, sightings })
    }

    async fn picture(&self, object: &MediaObject) -> Result<Sighting, PortError> {
        let bytes = match self.bucket.read(&object.key, MOST_BYTES).await? {
            Fetched::Missing => return Ok(Sighting::Missing),
            Fetched::TooLarge => return Ok(Sighting::TooLarge),
            Fetched::Found(bytes) => bytes,
        };
        let sha256 = FileHash(Sha256::digest(&bytes).into());
        if !is_named(object, sha256) {
            return Ok(Sighting::Altered { sha256 });
        }
        Ok(match looks_of(&bytes) {
            Ok(looks) => Sighting::Seen { sha256, looks: Some(Box::new(looks)), scores: MediaScores::None },
            Err(Unreadable::TooManyBytes | Unreadable::TooManyPixels) => Sighting::TooLarge,
            Err(Unreadable::NotAPicture | Unreadable::Broken) => Sighting::Unreadable { sha256 },
        })
    }

    /// With what the classifier says of a picture. One that is down is a fact: rules that ask for scores let a person look
    /// then.
    async fn scored(&self, sighting: Sighting, object: &MediaObject) -> Result<Sighting, PortError> {
        let (Some(classifier), Sighting::Seen { sha256, looks: Some(looks), .. }) = (&self.classifier, &sighting)
        else {
            return Ok(sighting);
        };
        let link = self.bucket.link(&object.key, LINK_LASTS).await?;
        let (sha256, looks) = (*sha256, Some(looks.clone()));
        let scores = match classifier.classify(&FileToClassify { sha256, link: &link }).await {
            Ok(scores) => MediaScores::Given(scores),
            Err(error) => {
                tracing::warn!(%error, "the media classifier gave no scores");
                MediaScores::Unavailable
            }
        };
        Ok(Sighting::Seen { sha256, looks, scores })
    }

    async fn file(&self, object: &MediaObject) -> Result<Sighting, PortError> {
        let sha256 = match self.bucket.hash(&object.key, MOST_FILE_BYTES).await? {
            Fetched::Missing => return Ok(Sighting::Missing),
            Fetched::TooLarge => return Ok(Sighting::TooLarge),
            Fetched::Found(sha256) => FileHash(sha256),
        };
        let is_named = is_named(object, sha256);
        Ok(if is_named {
            Sighting::Seen { sha256, looks: None, scores: MediaScores::None }
        } else {
            Sighting::Altered { sha256 }
        })
    }

    async fn conclude(
        &self,
        mut record: PublicationRecord,
        order: &MediaOrder,
        notes: &[MediaNote],
    ) -> Result<Looked, AppError> {
        let (engine, removed, incident) =
            futures::try_join!(self.engines.current(), self.removed.current(), self.incidents.current())?;
        let seen: Vec<Seen> = notes.iter().map(MediaNote::seen).collect();
        let mut expected = 0;
        for _ in 0..TRIES {
            if !awaits(&record, order.edition) {
                return Ok(Looked::NotAwaited);
            }
            expected = record.publication.version;
            let PublicationRecord { publication, verdict } = record;
            let mut verdict = verdict::over_all(&engine, &publication, &verdict, &order.facts, notes);
            let now = self.clock.now();
            removed_content::stop_media(&mut verdict, &removed, &seen, now);
            // What its media met may be what an incident holds, and one may have been declared while they were looked at.
            let labels = &order.facts.account.labels;
            incidents::raise(&mut verdict, &incident, &publication.parts, labels, now);
            let Some(change) = self.concluded(publication, &verdict, order.edition, notes) else {
                return Ok(Looked::NotAwaited);
            };
            let status = change.state.status;
            let state = PublicationRecord { publication: change.state, verdict };
            match self.shelf.save(&Change { state, event: change.event }).await {
                Ok(()) => return Ok(Looked::Concluded(status)),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
            record = self.shelf.load(order.publication_id).await?.ok_or(AppError::PublicationNotFound)?;
        }
        Err(AppError::VersionConflict { expected })
    }

    fn concluded(
        &self,
        publication: Publication,
        verdict: &screening::verdict::Verdict,
        edition: u64,
        notes: &[MediaNote],
    ) -> Option<Change<Publication>> {
        let now = self.clock.now();
        let is_looked_at = matches!(verdict.effect, Effect::Hold | Effect::Review);
        let conclusion = MediaConclusion {
            status: status_after(verdict.effect),
            review_due_at: is_looked_at.then(|| self.profile.content_review_due_at(now)),
            rules: verdict::rules_met(&verdict.findings),
            background: verdict::rules_met(&verdict.background),
            media: notes.iter().flat_map(MediaNote::traces).collect(),
        };
        publication.conclude_media(edition, conclusion, Actor::function("media-screener"), now)
    }
}

fn awaits(record: &PublicationRecord, edition: u64) -> bool {
    record.publication.edition == edition && verdict::waits_for_media(&record.verdict)
}

/// Whether the file is the one that the publication names, if it names one.
fn is_named(object: &MediaObject, sha256: FileHash) -> bool {
    object.sha256.as_ref().is_none_or(|named| named.parse() == Ok(sha256))
}
