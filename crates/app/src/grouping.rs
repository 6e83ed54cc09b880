//! Account groups (R7.3): registered with holder, scope and list; accounts come and go.

use std::{collections::BTreeSet, sync::Arc};

use domain::{
    account::Account,
    actor::Actor,
    change::Change,
    group::{AccountGroup, GroupRefusal},
    id::{AccountId, GroupId},
    principal::PrincipalKey,
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    error::AppError,
    ports::{AccountLedger, Clock, GroupRegister, PrincipalRegister, SaveError},
};

/// Accounts that join one group at once meet at its row: a try loses only to one that has moved on, so that this many
/// let as many through.
const TRIES: usize = 20;

/// A group as its holder registers it.
#[derive(Debug, Clone)]
pub struct RegisterGroup {
    /// Names the group; a second try of the same registration meets the first.
    pub operation_id: Uuid,
    /// One of the holder's accounts.
    pub holder: AccountId,
    pub name: String,
    pub scope: String,
    /// At most 20; more can be added.
    pub members: BTreeSet<AccountId>,
    pub actor: Actor,
}

/// Takes groups.
pub struct Grouping {
    pub accounts: Arc<dyn AccountLedger>,
    pub principals: Arc<dyn PrincipalRegister>,
    pub groups: Arc<dyn GroupRegister>,
    pub clock: Arc<dyn Clock>,
}

impl Grouping {
    /// # Errors
    /// When an account does not exist or is in another group, or a port does not work.
    pub async fn register(&self, command: RegisterGroup) -> Result<AccountGroup, AppError> {
        let group_id = GroupId::from_uuid(command.operation_id);
        for _ in 0..TRIES {
            if let Some(known) = self.groups.group(group_id).await? {
                return Ok(known);
            }
            let holder = self.accounts.load(command.holder).await?.ok_or(AppError::AccountNotFound)?;
            let holder = self.principals.canonical(&holder.principal_key).await?;
            let now = self.clock.now();
            let joining = self.joining(&command.members, group_id, &command.actor, now).await?;
            let (name, scope, members) = (command.name.clone(), command.scope.clone(), command.members.clone());
            let change = AccountGroup::register(group_id, holder, name, scope, members, command.actor.clone(), now);
            match self.groups.save(&change, &joining).await {
                Ok(()) => return Ok(change.state),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected: 0 })
    }

    /// # Errors
    /// When there is no such group or account, an account is in another group, or a port does not work.
    pub async fn add(
        &self,
        group_id: GroupId,
        accounts: &BTreeSet<AccountId>,
        actor: &Actor,
    ) -> Result<AccountGroup, AppError> {
        let mut expected = 0;
        for _ in 0..TRIES {
            let group = self.group(group_id).await?;
            expected = group.version;
            let now = self.clock.now();
            let joining = self.joining(accounts, group_id, actor, now).await?;
            let Some(change) = group.clone().add(accounts, actor.clone(), now)? else { return Ok(group) };
            match self.groups.save(&change, &joining).await {
                Ok(()) => return Ok(change.state),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    /// Accounts that are not in the group stay out of it.
    ///
    /// # Errors
    /// When there is no such group, or a port does not work.
    pub async fn remove(
        &self,
        group_id: GroupId,
        accounts: &BTreeSet<AccountId>,
        actor: &Actor,
    ) -> Result<AccountGroup, AppError> {
        let mut expected = 0;
        for _ in 0..TRIES {
            let group = self.group(group_id).await?;
            expected = group.version;
            let now = self.clock.now();
            let Some(change) = group.clone().remove(accounts, actor.clone(), now) else { return Ok(group) };
            let ids: Vec<AccountId> = accounts.iter().copied().collect();
            let known = self.accounts.load_many(&ids).await?;
            let leaving: Vec<Change<Account>> =
                known.into_iter().filter_map(|account| account.leave_group(group_id, actor.clone(), now)).collect();
            match self.groups.save(&change, &leaving).await {
                Ok(()) => return Ok(change.state),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    /// # Errors
    /// When there is no such group, or a port does not work.
    pub async fn group(&self, group_id: GroupId) -> Result<AccountGroup, AppError> {
        self.groups.group(group_id).await?.ok_or(AppError::GroupNotFound)
    }

    /// The groups of the principal with that key.
    ///
    /// # Errors
    /// When a port does not work.
    pub async fn of_principal(&self, key: &PrincipalKey) -> Result<Vec<AccountGroup>, AppError> {
        let holder = self.principals.canonical(key).await?;
        let mut groups = Vec::new();
        for group_id in self.groups.groups_of(&holder).await? {
            groups.push(self.group(group_id).await?);
        }
        Ok(groups)
    }

    /// The groups of the principal behind the account.
    ///
    /// # Errors
    /// When there is no such account, or a port does not work.
    pub async fn of_holder(&self, account_id: AccountId) -> Result<Vec<AccountGroup>, AppError> {
        let account = self.accounts.load(account_id).await?.ok_or(AppError::AccountNotFound)?;
        self.of_principal(&account.principal_key).await
    }

    async fn joining(
        &self,
        accounts: &BTreeSet<AccountId>,
        group_id: GroupId,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Vec<Change<Account>>, AppError> {
        let ids: Vec<AccountId> = accounts.iter().copied().collect();
        let known = self.accounts.load_many(&ids).await?;
        if known.len() < ids.len() {
            return Err(AppError::AccountNotFound);
        }
        if let Some(left) = known.iter().find(|account| account.status.is_final()) {
            return Err(AppError::AccountClosed { status: left.status });
        }
        let changes = known.into_iter().map(|account| account.join_group(group_id, actor.clone(), now));
        let changes: Result<Vec<Option<Change<Account>>>, GroupRefusal> = changes.collect();
        Ok(changes?.into_iter().flatten().collect())
    }
}
