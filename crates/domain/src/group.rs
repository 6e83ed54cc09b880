//! Account groups (R7.3): accounts that one principal runs together, with their scope and their list, for the filing.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    actor::Actor,
    change::Change,
    event::{Event, EventBody},
    id::{AccountId, GroupId},
    principal::PrincipalKey,
};

/// What one principal can be expected to run; more is a slip of the keys.
const MOST_MEMBERS: usize = 100;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountGroup {
    pub group_id: GroupId,
    /// Counts the changes; guards every write.
    pub version: u64,
    /// The principal that answers for the group.
    pub holder: PrincipalKey,
    pub name: String,
    /// What the accounts are for, in the holder's words.
    pub scope: String,
    pub members: BTreeSet<AccountId>,
    pub registered_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GroupRefusal {
    #[error("the account is in another group")]
    InAnotherGroup,
    #[error("a group has {MOST_MEMBERS} members at most")]
    TooManyMembers,
}

impl AccountGroup {
    #[must_use]
    pub fn register(
        group_id: GroupId,
        holder: PrincipalKey,
        name: String,
        scope: String,
        members: BTreeSet<AccountId>,
        actor: Actor,
        now: Timestamp,
    ) -> Change<Self> {
        let body = EventBody::GroupRegistered { group_id, holder: holder.clone(), members: members.clone() };
        let group = Self { group_id, version: 0, holder, name, scope, members, registered_at: now, updated_at: now };
        group.changed(body, actor, now)
    }

    /// Takes accounts in. `None` when all of them are members already.
    ///
    /// # Errors
    /// When the group would be too large.
    pub fn add(
        mut self,
        accounts: &BTreeSet<AccountId>,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Option<Change<Self>>, GroupRefusal> {
        let added: BTreeSet<AccountId> = accounts.difference(&self.members).copied().collect();
        if added.is_empty() {
            return Ok(None);
        }
        self.members.extend(&added);
        if self.members.len() > MOST_MEMBERS {
            return Err(GroupRefusal::TooManyMembers);
        }
        let body = EventBody::GroupMembersAdded { group_id: self.group_id, members: added };
        Ok(Some(self.changed(body, actor, now)))
    }

    /// Lets accounts go. `None` when none of them is a member.
    #[must_use]
    pub fn remove(mut self, accounts: &BTreeSet<AccountId>, actor: Actor, now: Timestamp) -> Option<Change<Self>> {
        let removed: BTreeSet<AccountId> = self.members.intersection(accounts).copied().collect();
        if removed.is_empty() {
            return None;
        }
        self.members.retain(|member| !removed.contains(member));
        let body = EventBody::GroupMembersRemoved { group_id: self.group_id, members: removed };
        Some(self.changed(body, actor, now))
    }

    fn changed(mut self, body: EventBody, actor: Actor, now: Timestamp) -> Change<Self> {
        self.version += 1;
        self.updated_at = now;
        let event = Event::new(self.version, actor, body, now);
        Change { state: self, event }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_795_406_400, 0);

    fn group(members: BTreeSet<AccountId>) -> AccountGroup {
        let holder = PrincipalKey::new(1, &[1; 32]);
        let actor = Actor::function("test");
        AccountGroup::register(GroupId::at(NOW), holder, "矩阵".into(), "天气".into(), members, actor, NOW).state
    }

    #[test]
    fn members_come_and_go_once_each() {
        let (a, b) = (AccountId::at(NOW), AccountId::at(NOW));
        let one = BTreeSet::from([a]);
        let both = BTreeSet::from([a, b]);
        let actor = || Actor::function("test");
        let change = group(one.clone()).add(&both, actor(), NOW).unwrap().unwrap();
        assert_eq!(change.state.members, both);
        let EventBody::GroupMembersAdded { members, .. } = change.event.body else { panic!("another event") };
        assert_eq!(members, BTreeSet::from([b]), "only who is new");
        assert_eq!(change.state.clone().add(&both, actor(), NOW), Ok(None));
        let left = change.state.remove(&one, actor(), NOW).unwrap().state;
        assert_eq!(left.members, BTreeSet::from([b]));
        assert_eq!(left.remove(&one, actor(), NOW), None);
    }

    #[test]
    fn a_group_has_its_limit() {
        let many: BTreeSet<AccountId> = (0..=MOST_MEMBERS).map(|_| AccountId::at(NOW)).collect();
        let refused = group(BTreeSet::new()).add(&many, Actor::function("test"), NOW);
        assert_eq!(refused, Err(GroupRefusal::TooManyMembers));
    }
}
