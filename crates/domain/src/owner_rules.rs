//! What an account has said about the comments below what it publishes (R12.2): whether there are any, who may write none,
//! and which words hide one.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    actor::Actor,
    change::Change,
    comment::Commenter,
    event::{Event, EventBody},
    id::AccountId,
};

/// The rules are one row that is read beside every comment; a thousand pseudonyms are 64 KiB of it.
pub const MOST_BLOCKED: usize = 1_000;

/// More than anybody keeps in mind.
pub const MOST_KEYWORDS: usize = 200;

/// Version 0, open and empty, for an account that has said nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerRules {
    pub account_id: AccountId,
    /// Counts the changes; guards every write.
    pub version: u64,
    /// Nobody may comment anywhere below.
    pub closed: bool,
    /// A comment that holds one of them, as screening folds texts, is hidden.
    pub keywords: BTreeSet<String>,
    pub blocked: BTreeSet<Commenter>,
}

/// The block list is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{MOST_BLOCKED} commenters are blocked already")]
pub struct BlockListFull;

impl OwnerRules {
    #[must_use]
    pub const fn of(account_id: AccountId) -> Self {
        Self { account_id, version: 0, closed: false, keywords: BTreeSet::new(), blocked: BTreeSet::new() }
    }

    /// Opens or closes the comments and replaces the keywords. `None` when nothing changes.
    #[must_use]
    pub fn set(
        mut self,
        closed: bool,
        keywords: BTreeSet<String>,
        actor: Actor,
        now: Timestamp,
    ) -> Option<Change<Self>> {
        if self.closed == closed && self.keywords == keywords {
            return None;
        }
        (self.closed, self.keywords) = (closed, keywords.clone());
        let body = EventBody::OwnerRulesChanged { account_id: self.account_id, closed, keywords };
        Some(self.changed(body, actor, now))
    }

    /// The commenter may write nothing more below what the account publishes. `None` when that is so already.
    ///
    /// # Errors
    /// When the list is full.
    pub fn block(
        mut self,
        commenter: Commenter,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Option<Change<Self>>, BlockListFull> {
        if self.blocked.contains(&commenter) {
            return Ok(None);
        }
        if self.blocked.len() >= MOST_BLOCKED {
            return Err(BlockListFull);
        }
        self.blocked.insert(commenter.clone());
        let body = EventBody::CommenterBlocked { account_id: self.account_id, commenter };
        Ok(Some(self.changed(body, actor, now)))
    }

    /// `None` when the commenter is not blocked.
    #[must_use]
    pub fn unblock(mut self, commenter: Commenter, actor: Actor, now: Timestamp) -> Option<Change<Self>> {
        if !self.blocked.remove(&commenter) {
            return None;
        }
        let body = EventBody::CommenterUnblocked { account_id: self.account_id, commenter };
        Some(self.changed(body, actor, now))
    }

    fn changed(mut self, body: EventBody, actor: Actor, now: Timestamp) -> Change<Self> {
        self.version += 1;
        let event = Event::new(self.version, actor, body, now);
        Change { state: self, event }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_795_406_400, 0);

    fn actor() -> Actor {
        Actor::function("test")
    }

    fn reader(n: usize) -> Commenter {
        Commenter(format!("reader-{n}"))
    }

    #[test]
    fn saying_the_same_again_changes_nothing() {
        let rules = OwnerRules::of(AccountId::at(NOW));
        let words: BTreeSet<String> = ["加群".to_owned()].into();
        let rules = rules.set(true, words.clone(), actor(), NOW).unwrap().state;
        assert_eq!((rules.version, rules.clone().set(true, words, actor(), NOW)), (1, None));
        let rules = rules.block(reader(1), actor(), NOW).unwrap().unwrap().state;
        assert_eq!(rules.clone().block(reader(1), actor(), NOW), Ok(None));
        let rules = rules.unblock(reader(1), actor(), NOW).unwrap().state;
        assert_eq!((rules.version, rules.unblock(reader(1), actor(), NOW)), (3, None));
    }

    #[test]
    fn the_block_list_has_an_end() {
        let mut rules = OwnerRules::of(AccountId::at(NOW));
        rules.blocked = (0..MOST_BLOCKED).map(reader).collect();
        assert_eq!(rules.clone().block(reader(0), actor(), NOW), Ok(None), "it is in the list");
        assert_eq!(rules.block(reader(MOST_BLOCKED), actor(), NOW), Err(BlockListFull));
    }
}
