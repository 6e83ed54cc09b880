use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex},
};

use app::ports::{
    AccountLedger, Admission, Deadline, PortError, PublicationHour, QualificationDeadline, RegisterError, RenameError,
    SaveError,
};
use async_trait::async_trait;
use domain::{
    account::Account,
    blacklist::BlacklistEntry,
    change::Change,
    display_name::NameSkeleton,
    event::Event,
    filing::FilingRow,
    group::AccountGroup,
    id::{AccountId, GroupId},
    principal::PrincipalKey,
};

use crate::{Faults, locked};

const WHAT: &str = "account ledger";

/// Accounts in memory, with the stream of their events.
#[derive(Debug, Clone, Default)]
pub struct MemoryAccounts {
    pub(crate) faults: Faults,
    pub(crate) tables: Arc<Mutex<Tables>>,
}

#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(crate) accounts: HashMap<AccountId, Account>,
    pub(crate) held: HashMap<PrincipalKey, u32>,
    pub(crate) names: HashMap<NameSkeleton, AccountId>,
    /// From an alias to the canonical key; never two steps.
    pub(crate) aliases: HashMap<PrincipalKey, PrincipalKey>,
    pub(crate) deadlines: BTreeSet<Deadline>,
    pub(crate) qualification_deadlines: BTreeSet<QualificationDeadline>,
    pub(crate) published: HashMap<AccountId, (PublicationHour, u32)>,
    pub(crate) groups: BTreeMap<GroupId, AccountGroup>,
    pub(crate) blacklist: HashMap<PrincipalKey, BlacklistEntry>,
    pub(crate) filing: Vec<FilingRow>,
    pub(crate) events: Vec<Event>,
    /// How many of the events the stream has given out.
    streamed: usize,
}

impl MemoryAccounts {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// The events that the stream has not given yet, in order.
    #[must_use]
    pub fn take_events(&self) -> Vec<Event> {
        let mut tables = locked(&self.tables);
        let from = tables.streamed;
        tables.streamed = tables.events.len();
        tables.events[from..].to_vec()
    }

    /// Every event ever stored, in order.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        locked(&self.tables).events.clone()
    }

    /// Puts an account there as it is, with its names, without event and quota: the state in which a test begins.
    pub fn put(&self, account: Account) {
        let mut tables = locked(&self.tables);
        tables.names.extend(account.names_held().into_iter().map(|name| (name, account.account_id)));
        tables.accounts.insert(account.account_id, account);
    }

    /// Stores a change as the ledger would, as part of somebody else's transaction.
    pub(crate) fn save_now(&self, change: &Change<Account>) -> Result<(), SaveError> {
        locked(&self.tables).save(change)
    }

    /// The account as it stands.
    #[must_use]
    pub fn get(&self, account_id: AccountId) -> Option<Account> {
        locked(&self.tables).accounts.get(&account_id).cloned()
    }

    /// Every account, by identifier.
    #[must_use]
    pub fn all(&self) -> Vec<Account> {
        let mut all: Vec<_> = locked(&self.tables).accounts.values().cloned().collect();
        all.sort_by_key(|account| account.account_id);
        all
    }

    /// Which account holds the name.
    #[must_use]
    pub fn holder_of(&self, name: &NameSkeleton) -> Option<AccountId> {
        locked(&self.tables).names.get(name).copied()
    }

    /// How many accounts count against the principal.
    #[must_use]
    pub fn held_by(&self, principal: &PrincipalKey) -> u32 {
        locked(&self.tables).held.get(principal).copied().unwrap_or(0)
    }
}

impl Tables {
    pub(crate) fn canonical(&self, key: &PrincipalKey) -> PrincipalKey {
        self.aliases.get(key).unwrap_or(key).clone()
    }

    pub(crate) fn save(&mut self, change: &Change<Account>) -> Result<(), SaveError> {
        let stored = self.accounts.get(&change.state.account_id).map(|account| account.version);
        if stored != change.state.version.checked_sub(1) {
            return Err(SaveError::VersionConflict);
        }
        if let Some(due_at) = change.state.closing_due_at() {
            self.deadlines.insert(Deadline { due_at, account_id: change.state.account_id });
        }
        if let Some((qualification_id, due_at)) = change.state.reminder_after(&change.event.body) {
            let account_id = change.state.account_id;
            self.qualification_deadlines.insert(QualificationDeadline { due_at, account_id, qualification_id });
        }
        self.filing.extend(FilingRow::of(change));
        self.accounts.insert(change.state.account_id, change.state.clone());
        self.events.push(change.event.clone());
        Ok(())
    }
}

#[async_trait]
impl AccountLedger for MemoryAccounts {
    async fn load(&self, account_id: AccountId) -> Result<Option<Account>, PortError> {
        self.faults.around(WHAT, || Ok(self.get(account_id)))
    }

    async fn load_many(&self, account_ids: &[AccountId]) -> Result<Vec<Account>, PortError> {
        self.faults.around(WHAT, || {
            if account_ids.len() > 100 {
                return Err(PortError::refused(WHAT, "more than 100 accounts at once"));
            }
            Ok(account_ids.iter().filter_map(|id| self.get(*id)).collect())
        })
    }

    async fn register(&self, change: &Change<Account>, admission: &Admission) -> Result<(), RegisterError> {
        self.faults.around(WHAT, || {
            let mut tables = locked(&self.tables);
            if tables.accounts.contains_key(&change.state.account_id) {
                return Err(RegisterError::Exists);
            }
            let principal = &change.state.principal_key;
            if tables.canonical(&admission.presented) != *principal || tables.canonical(principal) != *principal {
                return Err(RegisterError::PrincipalMoved);
            }
            if tables.blacklist.get(principal).is_some_and(|entry| entry.listing.is_some()) {
                return Err(RegisterError::PrincipalListed);
            }
            let names = change.state.names_held();
            let taken = names.iter().any(|name| tables.names.contains_key(name));
            let has_group = tables.groups.values().any(|group| tables.canonical(&group.holder) == *principal);
            let held = tables.held.entry(principal.clone()).or_default();
            if *held >= admission.cap {
                return Err(RegisterError::QuotaExceeded);
            }
            if *held >= admission.group_above && !has_group {
                return Err(RegisterError::GroupRequired);
            }
            if taken {
                return Err(RegisterError::NameTaken);
            }
            *held += 1;
            tables.names.extend(names.into_iter().map(|name| (name, change.state.account_id)));
            tables.accounts.insert(change.state.account_id, change.state.clone());
            tables.events.push(change.event.clone());
            Ok(())
        })
    }

    async fn save(&self, change: &Change<Account>) -> Result<(), SaveError> {
        self.faults.around(WHAT, || locked(&self.tables).save(change))
    }

    async fn save_with_names(&self, change: &Change<Account>, before: &[NameSkeleton]) -> Result<(), RenameError> {
        self.faults.around(WHAT, || {
            let mut tables = locked(&self.tables);
            let (account_id, names) = (change.state.account_id, change.state.names_held());
            if tables.accounts.get(&account_id).map(|account| account.version) != change.state.version.checked_sub(1) {
                return Err(RenameError::VersionConflict);
            }
            let of_others = |name: &&NameSkeleton| tables.names.get(*name).is_some_and(|holder| *holder != account_id);
            if names.iter().any(|name| of_others(&name)) {
                return Err(RenameError::NameTaken);
            }
            tables.save(change).map_err(|_| RenameError::VersionConflict)?;
            for name in before.iter().filter(|name| !names.contains(name)) {
                tables.names.remove(name);
            }
            tables.names.extend(names.into_iter().map(|name| (name, account_id)));
            Ok(())
        })
    }

    async fn save_and_release(&self, change: &Change<Account>) -> Result<(), SaveError> {
        self.faults.around(WHAT, || {
            let mut tables = locked(&self.tables);
            tables.save(change)?;
            let canonical = tables.canonical(&change.state.principal_key);
            if let Some(held) = tables.held.get_mut(&canonical) {
                *held = held.saturating_sub(1);
            }
            let account_id = change.state.account_id;
            tables.names.retain(|_, holder| *holder != account_id);
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[async_trait]
    impl contract::Outbox for MemoryAccounts {
        async fn events_of(&self, owner: &str) -> Vec<Event> {
            self.events().into_iter().filter(|event| contract::owner_of(event) == owner).collect()
        }
    }

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        let twin = MemoryAccounts::default();
        contract::account_ledger(&twin, &twin).await;
    }
}
