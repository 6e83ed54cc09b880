use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    actor::Actor,
    change::Change,
    event::{Event, EventBody},
    settings::Finding,
};

/// Which list of protected names is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListInForce {
    pub version: u32,
    /// Of the file, in hexadecimal digits: the name of the list. The file itself is among the versions of the object
    /// that the operator put.
    pub sha256: String,
    pub names: usize,
    /// The list before it, which is kept until the next change: whoever has begun to look a name up finds a whole list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
}

impl ListInForce {
    /// Puts a list in force after `before`.
    ///
    /// # Errors
    /// When its version is not greater: whoever wrote it had not seen what is in force.
    pub fn follow(
        version: u32,
        (sha256, names): (&str, usize),
        before: Option<&Self>,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, Finding> {
        if let Some(before) = before.filter(|before| version <= before.version) {
            return Err(Finding::new(
                "version",
                &format!("版本 {} 已在生效，新版本号必须更大。", before.version),
                &format!("Version {} is in force already; a new one has a greater number.", before.version),
            ));
        }
        let follows = before.map_or(0, |before| before.version);
        let body = EventBody::ProtectedNamesChanged { follows, sha256: sha256.to_owned(), names };
        let event = Event::new(version.into(), actor, body, now);
        let before = before.map(|before| before.sha256.clone());
        Ok(Change { state: Self { version, sha256: sha256.to_owned(), names, before }, event })
    }

    /// Whether somebody may be looking names up in the list of that hash.
    #[must_use]
    pub fn is_looked_up(&self, sha256: &str) -> bool {
        self.sha256 == sha256 || self.before.as_deref() == Some(sha256)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn follow(version: u32, sha256: &str, before: Option<&ListInForce>) -> Result<Change<ListInForce>, Finding> {
        ListInForce::follow(version, (sha256, 2), before, Actor::function("control-files"), NOW)
    }

    #[test]
    fn a_list_follows_one_of_a_smaller_version_and_knows_which() {
        let first = follow(3, "aa", None).unwrap();
        assert_eq!(first.event.body, EventBody::ProtectedNamesChanged { follows: 0, sha256: "aa".into(), names: 2 });
        let second = follow(4, "bb", Some(&first.state)).unwrap().state;
        assert_eq!(second.before.as_deref(), Some("aa"));
        assert!(second.is_looked_up("aa") && second.is_looked_up("bb"));
        let third = follow(9, "cc", Some(&second)).unwrap().state;
        assert!(!third.is_looked_up("aa"));
        for stale in [8, 9] {
            assert_eq!(follow(stale, "dd", Some(&third)).unwrap_err().path, "version");
        }
    }
}
