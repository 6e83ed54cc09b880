//! Which rule pack screens what is published (R11.1): what was published, what is in force, and the way back.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    actor::Actor,
    change::Change,
    event::{Event, EventBody},
    settings::Finding,
};

/// The version by which the pack that is built into the program is called. Packs that operators put begin with 1.
pub const BUILT_IN: u32 = 0;

/// A pack by its name and its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulePackRef {
    /// What the pack calls itself.
    pub pack_id: String,
    /// Counts all packs of a stage, whatever they call themselves.
    pub pack_version: u32,
    /// SHA-256, hex, of the compiled pack.
    pub sha256: String,
}

/// A pack that was published: it stays as it is, for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedRulePack {
    #[serde(flatten)]
    pub pack: RulePackRef,
    /// Of `rule-pack.yaml` as it was put, which names the bank files by theirs: SHA-256, hex. The same upload again is
    /// known by it.
    pub source_sha256: String,
    pub rules: usize,
    pub terms: usize,
    /// Of the compiled pack.
    pub bytes: usize,
    pub published_at: Timestamp,
    pub published_by: Actor,
}

/// Which pack is in force.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulePackRegister {
    /// Counts the changes; guards every write.
    pub version: u64,
    /// The greatest version that was published.
    pub latest: u32,
    /// None: the built-in pack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_force: Option<RulePackRef>,
    /// What was in force before: what a process goes back to that cannot load the one that is. None: the built-in pack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<RulePackRef>,
}

impl RulePackRegister {
    /// The version in force.
    #[must_use]
    pub fn version_in_force(&self) -> u32 {
        self.in_force.as_ref().map_or(BUILT_IN, |pack| pack.pack_version)
    }

    /// Puts a new pack in force.
    ///
    /// # Errors
    /// When its version is not greater than every one before: whoever wrote it had not seen what was published.
    pub fn publish(self, published: &PublishedRulePack) -> Result<Change<Self>, Finding> {
        if published.pack.pack_version <= self.latest {
            let latest = self.latest;
            return Err(Finding::new(
                "version",
                &format!("已发布过版本 {latest}，新版本号必须更大。"),
                &format!("Version {latest} was published already; a new one has a greater number."),
            ));
        }
        let body = EventBody::RulePackPublished { pack: published.pack.clone(), follows: self.version_in_force() };
        let latest = published.pack.pack_version;
        let moved = self.moved_to(Some(published.pack.clone()), body, &published.published_by, published.published_at);
        Ok(Change { state: Self { latest, ..moved.state }, ..moved })
    }

    /// Puts a pack in force that was published before, or, with `None`, the built-in one. `None` is the answer when it
    /// is in force already.
    #[must_use]
    pub fn activate(
        self,
        pack: Option<RulePackRef>,
        reason: String,
        actor: &Actor,
        now: Timestamp,
    ) -> Option<Change<Self>> {
        if self.in_force == pack {
            return None;
        }
        let body = EventBody::RulePackActivated {
            pack_version: pack.as_ref().map_or(BUILT_IN, |pack| pack.pack_version),
            follows: self.version_in_force(),
            reason,
        };
        Some(self.moved_to(pack, body, actor, now))
    }

    fn moved_to(self, pack: Option<RulePackRef>, body: EventBody, actor: &Actor, now: Timestamp) -> Change<Self> {
        let version = self.version + 1;
        let event = Event::new(version, actor.clone(), body, now);
        Change { state: Self { version, latest: self.latest, before: self.in_force, in_force: pack }, event }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published(version: u32) -> PublishedRulePack {
        PublishedRulePack {
            pack: RulePackRef { pack_id: "shop".to_owned(), pack_version: version, sha256: format!("{version:064x}") },
            source_sha256: format!("{version:064x}"),
            rules: 1,
            terms: 1,
            bytes: 1,
            published_at: Timestamp::UNIX_EPOCH,
            published_by: Actor::caller("operator"),
        }
    }

    fn activate(register: RulePackRegister, pack: Option<RulePackRef>) -> Option<Change<RulePackRegister>> {
        register.activate(pack, "误伤过多".to_owned(), &Actor::caller("operator"), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn what_is_published_is_in_force_and_what_was_is_remembered() {
        let first = RulePackRegister::default().publish(&published(3)).unwrap();
        assert_eq!((first.state.version_in_force(), first.state.before.as_ref()), (3, None));
        let second = first.state.publish(&published(5)).unwrap();
        assert_eq!(second.state.version_in_force(), 5);
        assert_eq!(second.state.before, Some(published(3).pack));
        assert_eq!(second.event.body, EventBody::RulePackPublished { pack: published(5).pack, follows: 3 });
        assert_eq!((second.state.version, second.event.version), (2, 2));
    }

    #[test]
    fn a_version_is_published_once_also_after_a_rollback() {
        let register = RulePackRegister::default().publish(&published(3)).unwrap().state;
        let back = activate(register, None).unwrap().state;
        for version in [2, 3] {
            assert_eq!(back.clone().publish(&published(version)).unwrap_err().path, "version");
        }
        assert_eq!(back.publish(&published(4)).unwrap().state.latest, 4);
    }

    #[test]
    fn an_earlier_pack_and_the_built_in_one_can_be_put_in_force_again() {
        let register = RulePackRegister::default().publish(&published(1)).unwrap().state;
        let register = register.publish(&published(2)).unwrap().state;
        let back = activate(register, Some(published(1).pack)).unwrap();
        assert_eq!((back.state.version_in_force(), back.state.latest), (1, 2));
        assert!(activate(back.state.clone(), Some(published(1).pack)).is_none(), "it is in force already");
        let built_in = activate(back.state, None).unwrap();
        let told = EventBody::RulePackActivated { pack_version: 0, follows: 1, reason: "误伤过多".to_owned() };
        assert_eq!((built_in.state.in_force, built_in.event.body), (None, told));
    }
}
