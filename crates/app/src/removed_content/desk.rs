use std::{cmp::Reverse, sync::Arc};

use data_encoding::HEXLOWER;
use domain::{
    actor::Actor,
    comment::Comment,
    id::DecisionId,
    publication::{Part, Publication},
    removed_content::{BankedRemoval, MOST_RECENT, MOST_SETTLED, RemovedContent, looked_for_until},
    subject::Subject,
};
use jiff::Timestamp;
use screening::removed::{Print, Removal, decode, encode};
use sha2::{Digest, Sha256};

use super::prints::{at_rest, cause_bytes, looked_for, prints_of, prints_of_media};
use crate::{
    error::AppError,
    ports::{Clock, MediaNotes, PortError, RemovedContentShelf, SaveError, SettingsSource, SettledPrints},
};

/// Decisions come from people, a few in a second.
const TRIES: usize = 5;

/// Banks what decisions remove, and takes it out again when they are undone.
pub struct RemovedContentDesk {
    pub shelf: Arc<dyn RemovedContentShelf>,
    pub settled: Arc<dyn SettledPrints>,
    /// What was seen of the media of publications.
    pub notes: Arc<dyn MediaNotes>,
    pub settings: Arc<dyn SettingsSource>,
    pub clock: Arc<dyn Clock>,
}

impl RemovedContentDesk {
    /// Banks the prints of a publication that `cause` removed, of its words and of its media; gives how many. A removal
    /// banks once, however often it is told of, and nothing after it was withdrawn.
    ///
    /// # Errors
    /// When a port does not work.
    pub async fn bank(&self, cause: DecisionId, publication: &Publication) -> Result<usize, AppError> {
        let mut prints = prints_of_words(&publication.parts);
        if publication.media_parts().next().is_some() {
            let mut notes = self.notes.notes(publication.publication_id, publication.edition).await?;
            notes.sort_unstable_by_key(|note| note.part);
            prints.extend(prints_of_media(&notes));
        }
        self.bank_prints(cause, Subject::Publication(publication.publication_id), prints).await
    }

    /// The same of a comment.
    ///
    /// # Errors
    /// When a port does not work.
    pub async fn bank_comment(&self, cause: DecisionId, comment: &Comment) -> Result<usize, AppError> {
        let prints = prints_of_words(&[Part::Text { text: comment.text.clone() }]);
        self.bank_prints(cause, Subject::Comment(comment.comment_id), prints).await
    }

    async fn bank_prints(
        &self,
        cause: DecisionId,
        subject: Subject,
        mut prints: Vec<Print>,
    ) -> Result<usize, AppError> {
        // What would fill the register alone: a post of many parts is known again by some of them.
        prints.truncate(MOST_RECENT);
        if prints.is_empty() {
            return Ok(0);
        }
        let days = self.settings.current().await?.removed_content.looked_for_days;
        for _ in 0..TRIES {
            if let Some(banked) = self.shelf.banked(cause).await? {
                return Ok(banked.prints);
            }
            let now = self.clock.now();
            let removal = BankedRemoval {
                cause,
                subject,
                prints: prints.len(),
                until: looked_for_until(now, days),
                withdrawn: false,
            };
            let at_rest = prints.iter().map(|print| at_rest(print, &removal)).collect();
            let register = self.with_room(self.shelf.register().await?, prints.len(), now).await?;
            let change = register.bank(at_rest, &removal, Actor::function("enforcer"), now);
            match self.shelf.put(&change, &removal).await {
                Ok(()) => return Ok(prints.len()),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected: 0 })
    }

    /// Takes out what `cause` banked of `subject`, because it is undone; gives whether that was news. What it has not banked
    /// yet it never will.
    ///
    /// # Errors
    /// When a port does not work.
    pub async fn withdraw(&self, cause: DecisionId, subject: Subject) -> Result<bool, AppError> {
        for _ in 0..TRIES {
            let now = self.clock.now();
            let banked = self.shelf.banked(cause).await?;
            let banked = banked.unwrap_or(BankedRemoval { cause, subject, prints: 0, until: now, withdrawn: false });
            if banked.withdrawn {
                return Ok(false);
            }
            let register = self.with_room(self.shelf.register().await?, 0, now).await?;
            let change = register.withdraw(&banked, Actor::function("enforcer"), now);
            match self.shelf.put(&change, &BankedRemoval { withdrawn: true, ..banked }).await {
                Ok(()) => return Ok(true),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected: 0 })
    }

    /// The register with room for `more` prints: where there is none, those that are here are settled with the others, and
    /// what has ended or was withdrawn is left behind.
    async fn with_room(
        &self,
        register: RemovedContent,
        more: usize,
        now: Timestamp,
    ) -> Result<RemovedContent, PortError> {
        if !register.is_full(more) {
            return Ok(register);
        }
        let mut removals = match &register.settled {
            Some(sha256) => {
                let bytes = self.settled.fetch(sha256).await?;
                decode(&bytes).map_err(|error| PortError::corrupt("settled prints", error))?
            }
            None => Vec::new(),
        };
        let withdrawn = |it: &Removal| register.withdrawn.iter().any(|cause| cause_bytes(*cause) == it.cause);
        removals.retain(|it| now.as_second() < it.until && !withdrawn(it));
        removals.extend(register.recent.iter().filter_map(looked_for).filter(|it| now.as_second() < it.until));
        if removals.len() > MOST_SETTLED {
            removals.sort_by_key(|it| Reverse(it.until));
            removals.truncate(MOST_SETTLED);
        }
        let bytes = encode(&removals);
        let sha256 = HEXLOWER.encode(&Sha256::digest(&bytes));
        // Before the register that names it, so that no process looks for what is not there.
        self.settled.keep(&sha256, bytes).await?;
        Ok(register.settled_in(sha256))
    }
}

fn prints_of_words(parts: &[Part]) -> Vec<Print> {
    prints_of(parts).into_iter().map(|print| Print::Text(print.print)).collect()
}
