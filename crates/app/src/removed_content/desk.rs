use std::{cmp::Reverse, sync::Arc};

use data_encoding::HEXLOWER;
use domain::{
    actor::Actor,
    id::{DecisionId, PublicationId},
    publication::Publication,
    removed_content::{BankedRemoval, MOST_SETTLED, RemovedContent, looked_for_until},
};
use jiff::Timestamp;
use screening::removed::{RemovedText, decode, encode};
use sha2::{Digest, Sha256};

use super::prints::{at_rest, cause_bytes, looked_for, prints_of};
use crate::{
    error::AppError,
    ports::{Clock, PortError, RemovedContentShelf, SaveError, SettingsSource, SettledPrints},
};

/// Decisions come from people, a few in a second.
const TRIES: usize = 5;

/// Banks what decisions remove, and takes it out again when they are undone.
pub struct RemovedContentDesk {
    pub shelf: Arc<dyn RemovedContentShelf>,
    pub settled: Arc<dyn SettledPrints>,
    pub settings: Arc<dyn SettingsSource>,
    pub clock: Arc<dyn Clock>,
}

impl RemovedContentDesk {
    /// Banks the prints of a publication that `cause` removed; gives how many. A removal banks once, however often it is
    /// told of, and nothing after it was withdrawn.
    ///
    /// # Errors
    /// When a port does not work.
    pub async fn bank(&self, cause: DecisionId, publication: &Publication) -> Result<usize, AppError> {
        let prints = prints_of(&publication.parts);
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
                publication_id: publication.publication_id,
                prints: prints.len(),
                until: looked_for_until(now, days),
                withdrawn: false,
            };
            let at_rest = prints.iter().map(|print| at_rest(&print.print, &removal)).collect();
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

    /// Takes out what `cause` banked of the publication, because it is undone; gives whether that was news. What it has not
    /// banked yet it never will.
    ///
    /// # Errors
    /// When a port does not work.
    pub async fn withdraw(&self, cause: DecisionId, publication_id: PublicationId) -> Result<bool, AppError> {
        for _ in 0..TRIES {
            let now = self.clock.now();
            let banked = self.shelf.banked(cause).await?;
            let banked =
                banked.unwrap_or(BankedRemoval { cause, publication_id, prints: 0, until: now, withdrawn: false });
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
        let mut texts = match &register.settled {
            Some(sha256) => {
                let bytes = self.settled.fetch(sha256).await?;
                decode(&bytes).map_err(|error| PortError::corrupt("settled prints", error))?
            }
            None => Vec::new(),
        };
        let withdrawn = |text: &RemovedText| register.withdrawn.iter().any(|cause| cause_bytes(*cause) == text.cause);
        texts.retain(|text| now.as_second() < text.until && !withdrawn(text));
        texts.extend(register.recent.iter().filter_map(looked_for).filter(|text| now.as_second() < text.until));
        if texts.len() > MOST_SETTLED {
            texts.sort_by_key(|text| Reverse(text.until));
            texts.truncate(MOST_SETTLED);
        }
        let bytes = encode(&texts);
        let sha256 = HEXLOWER.encode(&Sha256::digest(&bytes));
        // Before the register that names it, so that no process looks for what is not there.
        self.settled.keep(&sha256, bytes).await?;
        Ok(register.settled_in(sha256))
    }
}
