//! Which group an account is in (R7.3).

use jiff::Timestamp;

use super::Account;
use crate::{actor::Actor, change::Change, event::EventBody, group::GroupRefusal, id::GroupId};

impl Account {
    /// Joins the group. `None` when the account is in it already.
    ///
    /// # Errors
    /// When it is in another one.
    pub fn join_group(
        mut self,
        group_id: GroupId,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Option<Change<Self>>, GroupRefusal> {
        match self.group_id {
            Some(known) if known == group_id => return Ok(None),
            Some(_) => return Err(GroupRefusal::InAnotherGroup),
            None => self.group_id = Some(group_id),
        }
        let body = EventBody::AccountGrouped { account_id: self.account_id, group_id: Some(group_id) };
        Ok(Some(self.changed(body, actor, now)))
    }

    /// Leaves the group. `None` when the account is not in it.
    #[must_use]
    pub fn leave_group(mut self, group_id: GroupId, actor: Actor, now: Timestamp) -> Option<Change<Self>> {
        self.group_id.take_if(|known| *known == group_id)?;
        let body = EventBody::AccountGrouped { account_id: self.account_id, group_id: None };
        Some(self.changed(body, actor, now))
    }
}
