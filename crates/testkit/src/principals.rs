use app::ports::{Blacklist, BlacklistPage, BlacklistPart, PortError, PrincipalRegister, SaveError};
use async_trait::async_trait;
use domain::{
    blacklist::BlacklistEntry, change::Change, id::AccountId, principal::PrincipalKey, principal_alias::PrincipalAlias,
};

use crate::{MemoryAccounts, accounts::Tables, locked};

const REGISTER: &str = "principal register";
const BLACKLIST: &str = "blacklist";

/// Principals lie beside their accounts, in one table.
#[async_trait]
impl PrincipalRegister for MemoryAccounts {
    async fn canonical(&self, key: &PrincipalKey) -> Result<PrincipalKey, PortError> {
        self.faults.around(REGISTER, || Ok(locked(&self.tables).canonical(key)))
    }

    async fn accounts_of(&self, canonical: &PrincipalKey) -> Result<Vec<AccountId>, PortError> {
        self.faults.around(REGISTER, || {
            let tables = locked(&self.tables);
            let held =
                tables.accounts.values().filter(|account| tables.canonical(&account.principal_key) == *canonical);
            let mut ids: Vec<AccountId> = held.map(|account| account.account_id).collect();
            ids.sort_unstable();
            Ok(ids)
        })
    }

    async fn link(&self, link: &PrincipalAlias) -> Result<(), SaveError> {
        self.faults.around(REGISTER, || {
            let tables = &mut *locked(&self.tables);
            if tables.canonical(&link.alias) == link.canonical {
                return Ok(());
            }
            if tables.aliases.contains_key(&link.alias) || tables.aliases.contains_key(&link.canonical) {
                return Err(SaveError::VersionConflict);
            }
            tables.link(link);
            Ok(())
        })
    }
}

impl Tables {
    fn link(&mut self, link: &PrincipalAlias) {
        for canonical in self.aliases.values_mut().filter(|canonical| **canonical == link.alias) {
            *canonical = link.canonical.clone();
        }
        self.aliases.insert(link.alias.clone(), link.canonical.clone());
        let moved = self.held.remove(&link.alias).unwrap_or(0);
        *self.held.entry(link.canonical.clone()).or_default() += moved;
        let listed = self.blacklist.get(&link.alias).cloned();
        let known = self.blacklist.get(&link.canonical).cloned();
        let entry = known.unwrap_or_else(|| BlacklistEntry::of(link.canonical.clone(), link.linked_at));
        if let Some(change) = listed.and_then(|other| entry.inherit(&other, link.linked_by.clone(), link.linked_at)) {
            self.blacklist.insert(link.canonical.clone(), change.state);
            self.events.push(change.event);
        }
        self.events.push(link.event());
    }
}

#[async_trait]
impl Blacklist for MemoryAccounts {
    async fn entry(&self, canonical: &PrincipalKey) -> Result<Option<BlacklistEntry>, PortError> {
        self.faults.around(BLACKLIST, || Ok(locked(&self.tables).blacklist.get(canonical).cloned()))
    }

    async fn save(&self, change: &Change<BlacklistEntry>) -> Result<(), SaveError> {
        self.faults.around(BLACKLIST, || {
            let mut tables = locked(&self.tables);
            let key = &change.state.principal_key;
            let stored = tables.blacklist.get(key).map_or(0, |entry| entry.version);
            if stored + 1 != change.state.version || tables.aliases.contains_key(key) {
                return Err(SaveError::VersionConflict);
            }
            tables.blacklist.insert(key.clone(), change.state.clone());
            tables.events.push(change.event.clone());
            Ok(())
        })
    }

    async fn page(&self, part: BlacklistPart, limit: usize, cursor: Option<&str>) -> Result<BlacklistPage, PortError> {
        self.faults.around(BLACKLIST, || {
            let tables = locked(&self.tables);
            let place = |entry: &BlacklistEntry| {
                let key = entry.principal_key.as_str();
                match part {
                    BlacklistPart::Listed => Some(format!("{:.9}#{key}", entry.listing.as_ref()?.review_at)),
                    BlacklistPart::Proposed => entry.proposed.as_ref().map(|_| key.to_owned()),
                }
            };
            let canonical = tables.blacklist.values().filter(|it| !tables.aliases.contains_key(&it.principal_key));
            let mut listed: Vec<(String, BlacklistEntry)> =
                canonical.filter_map(|entry| Some((place(entry)?, entry.clone()))).collect();
            listed.sort_by(|one, other| one.0.cmp(&other.0));
            let from = match cursor {
                None => 0,
                Some(cursor) => {
                    let after = listed.iter().position(|(place, _)| place.as_str() == cursor);
                    after.ok_or_else(|| PortError::refused(BLACKLIST, "not a cursor"))? + 1
                }
            };
            let entries: Vec<_> = listed.iter().skip(from).take(limit).map(|(_, entry)| entry.clone()).collect();
            let more = from + entries.len() < listed.len();
            let next = entries.last().filter(|_| more).and_then(place);
            Ok(BlacklistPage { entries, next })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[tokio::test]
    async fn the_twin_keeps_the_contract_of_the_register() {
        let twin = MemoryAccounts::default();
        contract::principal_register(&twin, &twin, &twin, &twin).await;
    }

    #[tokio::test]
    async fn the_twin_keeps_the_contract_of_the_blacklist() {
        let twin = MemoryAccounts::default();
        contract::blacklist(&twin, &twin, &twin, &twin).await;
    }
}
