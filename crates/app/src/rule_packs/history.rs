use std::sync::Arc;

use domain::{
    actor::Actor,
    rule_pack::{BUILT_IN, PublishedRulePack, RulePackRegister},
};

use crate::{
    error::AppError,
    ports::{Clock, RulePackShelf, SaveError},
};

/// Somebody publishes at the moment of a rollback: the second try goes back from there.
const TRIES: usize = 5;

/// What was published, and the way back to it.
pub struct RulePackHistory {
    pub shelf: Arc<dyn RulePackShelf>,
    pub clock: Arc<dyn Clock>,
}

/// Packs, the newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryPage {
    pub register: RulePackRegister,
    pub packs: Vec<PublishedRulePack>,
    /// Where the next page begins, if there is one.
    pub next_before: Option<u32>,
}

impl RulePackHistory {
    /// # Errors
    /// When the shelf does not work.
    pub async fn list(&self, before: Option<u32>, limit: usize) -> Result<HistoryPage, AppError> {
        // One more than asked for tells whether there is a next page.
        let (register, packs) = futures::join!(self.shelf.register(), self.shelf.history(before, limit + 1));
        let (register, mut packs) = (register?, packs?);
        let more = packs.len() > limit;
        packs.truncate(limit);
        let next_before = packs.last().filter(|_| more).map(|last| last.pack.pack_version);
        Ok(HistoryPage { register, packs, next_before })
    }

    /// Puts the pack of that version in force again; [`BUILT_IN`] is the built-in one. Where it is in force already, nothing
    /// changes.
    ///
    /// # Errors
    /// When no pack has that version, or the shelf does not work.
    pub async fn activate(&self, version: u32, reason: &str, actor: &Actor) -> Result<RulePackRegister, AppError> {
        let pack = match version {
            BUILT_IN => None,
            _ => Some(self.shelf.published(version).await?.ok_or(AppError::RulePackNotFound)?.pack),
        };
        for _ in 0..TRIES {
            let register = self.shelf.register().await?;
            let unchanged = register.clone();
            let Some(change) = register.activate(pack.clone(), reason.to_owned(), actor, self.clock.now()) else {
                return Ok(unchanged);
            };
            match self.shelf.put(&change, None).await {
                Ok(()) => return Ok(change.state),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected: version.into() })
    }
}
