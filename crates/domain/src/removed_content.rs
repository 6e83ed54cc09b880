//! What is known of content that was removed, so that its copies are stopped (R11.2). Prints alone: no content.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    actor::Actor,
    change::Change,
    event::{Event, EventBody},
    id::DecisionId,
    subject::Subject,
};

/// How many prints stand in the register itself, which every process reads twice a minute: 64 of them are 20 KB. The
/// others are settled in an object, which is read when it is another one. One removal banks no more than that.
pub const MOST_RECENT: usize = 64;

/// How many prints are looked for at all. What would be one too many lets the one go that ends first.
pub const MOST_SETTLED: usize = 50_000;

/// What something removed is known by: hexadecimal, as the engine makes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum KnownBy {
    Picture {
        /// What it looks like.
        pdq: String,
        /// SHA-256 of the file.
        file: String,
    },
    /// Sound or film.
    File {
        /// SHA-256 of the file.
        file: String,
    },
    Text {
        /// SHA-256 of the compared characters.
        sha256: String,
        /// The sketch of a text that is long enough to have edited copies.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sketch: Option<String>,
    },
}

/// One print of what was removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovedPrint {
    #[serde(flatten)]
    pub known_by: KnownBy,
    /// By what it was removed.
    pub cause: DecisionId,
    pub until: Timestamp,
}

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovedContent {
    /// Counts the changes; guards every write.
    pub version: u64,
    pub recent: Vec<RemovedPrint>,
    /// SHA-256, hex, of the object of settled prints.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<String>,
    /// Causes whose settled prints no longer count.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub withdrawn: BTreeSet<DecisionId>,
}

/// What a removal has banked. It stays on record when it is withdrawn, so that a copy of the order does not bank it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankedRemoval {
    pub cause: DecisionId,
    /// A publication or a comment.
    pub subject: Subject,
    pub prints: usize,
    pub until: Timestamp,
    #[serde(default)]
    pub withdrawn: bool,
}

impl RemovedContent {
    /// Whether `more` prints have to wait until those that are here are settled.
    #[must_use]
    pub fn is_full(&self, more: usize) -> bool {
        self.recent.len() + more > MOST_RECENT || self.withdrawn.len() >= MOST_RECENT
    }

    /// Banks what `removal` removed.
    #[must_use]
    pub fn bank(
        mut self,
        prints: Vec<RemovedPrint>,
        removal: &BankedRemoval,
        actor: Actor,
        now: Timestamp,
    ) -> Change<Self> {
        self.recent.retain(|print| now < print.until);
        self.recent.extend(prints);
        let BankedRemoval { cause, subject, prints, until, .. } = removal.clone();
        self.changed(EventBody::RemovalBanked { decision_id: cause, subject, prints, until }, actor, now)
    }

    /// Takes what that removal banked out again: the decision is undone.
    #[must_use]
    pub fn withdraw(mut self, removal: &BankedRemoval, actor: Actor, now: Timestamp) -> Change<Self> {
        let BankedRemoval { cause, subject, .. } = removal.clone();
        self.recent.retain(|print| print.cause != cause);
        if self.settled.is_some() {
            self.withdrawn.insert(cause);
        }
        self.changed(EventBody::RemovalWithdrawn { decision_id: cause, subject }, actor, now)
    }

    /// The same, with all prints in the object `settled`.
    #[must_use]
    pub fn settled_in(self, settled: String) -> Self {
        Self { version: self.version, recent: Vec::new(), settled: Some(settled), withdrawn: BTreeSet::new() }
    }

    fn changed(mut self, body: EventBody, actor: Actor, now: Timestamp) -> Change<Self> {
        self.version += 1;
        let event = Event::new(self.version, actor, body, now);
        Change { state: self, event }
    }
}

/// Until when what is removed at `now` is looked for.
#[must_use]
pub fn looked_for_until(now: Timestamp, days: u32) -> Timestamp {
    now.saturating_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::CommentId;

    fn removal(n: u128) -> (Vec<RemovedPrint>, BankedRemoval) {
        let cause = DecisionId::from_uuid(uuid::Uuid::from_u128(n));
        let until = looked_for_until(Timestamp::UNIX_EPOCH, 180);
        let known_by = KnownBy::Text { sha256: format!("{n:064x}"), sketch: None };
        let print = RemovedPrint { known_by, cause, until };
        let subject = Subject::Comment(CommentId::from_uuid(uuid::Uuid::from_u128(n)));
        (vec![print], BankedRemoval { cause, subject, prints: 1, until, withdrawn: false })
    }

    fn banked(content: RemovedContent, n: u128) -> RemovedContent {
        let (prints, of) = removal(n);
        content.bank(prints, &of, Actor::function("enforcer"), Timestamp::UNIX_EPOCH).state
    }

    #[test]
    fn a_removal_is_banked_and_withdrawn_by_its_cause() {
        let content = banked(banked(RemovedContent::default(), 1), 2);
        let change = content.withdraw(&removal(1).1, Actor::function("enforcer"), Timestamp::UNIX_EPOCH);
        assert_eq!(change.state.recent, removal(2).0);
        assert!(change.state.withdrawn.is_empty(), "nothing of it is settled");
        assert_eq!((change.state.version, change.event.body.name()), (3, "removal_withdrawn"));
    }

    #[test]
    fn what_is_settled_is_withdrawn_by_name() {
        let content = banked(RemovedContent::default(), 1).settled_in("aa".repeat(32));
        assert_eq!((content.recent.len(), content.version), (0, 1));
        let withdrawn = content.withdraw(&removal(1).1, Actor::function("enforcer"), Timestamp::UNIX_EPOCH).state;
        assert!(withdrawn.withdrawn.contains(&removal(1).1.cause));
        assert!(withdrawn.settled_in("bb".repeat(32)).withdrawn.is_empty());
    }

    #[test]
    fn a_register_has_room_for_so_many_and_no_more() {
        let content = (0..MOST_RECENT as u128).fold(RemovedContent::default(), banked);
        assert!(content.is_full(1) && !content.is_full(0));
        assert!(serde_json::to_string(&content).unwrap().len() < 40_000);
    }
    #[test]
    fn a_print_of_each_kind_comes_back_as_it_was() {
        let hash = || "ab".repeat(32);
        for known_by in [
            KnownBy::Picture { pdq: hash(), file: hash() },
            KnownBy::File { file: hash() },
            KnownBy::Text { sha256: hash(), sketch: None },
            KnownBy::Text { sha256: hash(), sketch: Some("cd".repeat(64)) },
        ] {
            let print = RemovedPrint { known_by, ..removal(1).0.remove(0) };
            let json = serde_json::to_string(&print).unwrap();
            assert_eq!(serde_json::from_str::<RemovedPrint>(&json).unwrap(), print, "{json}");
        }
    }
}
