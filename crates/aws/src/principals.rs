use app::ports::{Blacklist as _, PortError, PrincipalRegister, SaveError};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::{ConditionCheck, Delete, Put, TransactWriteItem, Update};
use domain::{blacklist::BlacklistEntry, id::AccountId, principal::PrincipalKey, principal_alias::PrincipalAlias};

use crate::{
    blacklist::{self, Blacklist},
    failure::failed,
    later::DynamoDb,
    layout::{Item, attribute, key, number, put_event_at, text, with_doc},
    principal_rows::{
        ACCOUNT, KNOWN_BY, alias_key, blacklist_key, canonical, is_canonical, known_by_key, pk, quota_key,
    },
    transaction::{TransactionError, check, delete, put, transact, update},
};

const WHAT: &str = "principal register";

/// The rows of principals in the accounts table.
#[derive(Debug, Clone)]
pub struct Principals {
    client: DynamoDb,
    table: String,
}

/// What is counted under a key.
#[derive(Debug, Clone, Copy, Default)]
struct Held {
    exists: bool,
    accounts: u32,
    groups: u32,
}

impl Principals {
    pub(crate) fn new(client: DynamoDb, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }

    /// What stands behind `prefix` in the sort keys of the principal.
    async fn rows<T: std::str::FromStr>(&self, principal: &PrincipalKey, prefix: &str) -> Result<Vec<T>, PortError>
    where
        T::Err: std::error::Error + Send + Sync + 'static,
    {
        let (mut rows, mut start) = (Vec::new(), None::<Item>);
        loop {
            let request = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                .expression_attribute_values(":pk", text(pk(principal)))
                .expression_attribute_values(":prefix", text(prefix))
                .consistent_read(true)
                .set_exclusive_start_key(start);
            let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
            for item in found.items.into_iter().flatten() {
                let name = attribute(WHAT, &item, "sk")?.trim_start_matches(prefix).parse();
                rows.push(name.map_err(|error| PortError::corrupt(WHAT, error))?);
            }
            start = found.last_evaluated_key;
            if start.is_none() {
                return Ok(rows);
            }
        }
    }

    /// As [`rows`](Self::rows), of the principal under all its keys, in order.
    pub(crate) async fn rows_of_all<T: std::str::FromStr + Ord>(
        &self,
        canonical: &PrincipalKey,
        prefix: &str,
    ) -> Result<Vec<T>, PortError>
    where
        T::Err: std::error::Error + Send + Sync + 'static,
    {
        let mut rows: Vec<T> = self.rows(canonical, prefix).await?;
        for alias in self.rows::<PrincipalKey>(canonical, KNOWN_BY).await? {
            rows.extend(self.rows::<T>(&alias, prefix).await?);
        }
        rows.sort_unstable();
        Ok(rows)
    }

    /// How many accounts and groups are counted under the key.
    async fn held(&self, principal: &PrincipalKey) -> Result<Held, PortError> {
        let key = quota_key(principal);
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        let Some(item) = found.item else { return Ok(Held::default()) };
        // The row of a principal that has one and not the other lacks that count.
        let count = |name: &str| {
            let counted = item.contains_key(name).then(|| attribute(WHAT, &item, name)).transpose()?;
            counted.map_or(Ok(0), str::parse).map_err(|error: std::num::ParseIntError| PortError::corrupt(WHAT, error))
        };
        Ok(Held { exists: true, accounts: count("accounts")?, groups: count("group_count")? })
    }

    fn put(&self, item: Item) -> TransactWriteItem {
        put(Put::builder().table_name(&self.table).set_item(Some(item)).build().expect("table and item are set"))
    }

    /// The alias leads to another key from now on; until now to `before`, or nowhere.
    fn lead(&self, link: &PrincipalAlias, before: Option<&PrincipalKey>) -> Result<TransactWriteItem, PortError> {
        let mut item = with_doc(WHAT, alias_key(&link.alias), link)?;
        item.insert("canonical".to_owned(), text(link.canonical.as_str()));
        let row = Put::builder().table_name(&self.table).set_item(Some(item));
        let row = match before {
            None => row.condition_expression("attribute_not_exists(pk)"),
            Some(before) => row
                .condition_expression("canonical = :before")
                .expression_attribute_values(":before", text(before.as_str())),
        };
        Ok(put(row.build().expect("table and item are set")))
    }

    /// Moves the counts of accounts and groups.
    fn count(&self, link: &PrincipalAlias, held: Held) -> Vec<TransactWriteItem> {
        let alias = quota_key(&link.alias);
        if !held.exists {
            let none = ConditionCheck::builder().table_name(&self.table).set_key(Some(alias));
            let none = none.condition_expression("attribute_not_exists(pk)").build();
            return vec![check(none.expect("table, key and condition are set"))];
        }
        let taken = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(alias))
            .condition_expression(
                "(accounts = :accounts OR (attribute_not_exists(accounts) AND :accounts = :zero)) \
                 AND (group_count = :groups OR (attribute_not_exists(group_count) AND :groups = :zero))",
            )
            .expression_attribute_values(":accounts", number(held.accounts))
            .expression_attribute_values(":groups", number(held.groups))
            .expression_attribute_values(":zero", number(0))
            .build();
        let given = Update::builder()
            .table_name(&self.table)
            .set_key(Some(quota_key(&link.canonical)))
            .update_expression("ADD accounts :accounts, group_count :groups")
            .expression_attribute_values(":accounts", number(held.accounts))
            .expression_attribute_values(":groups", number(held.groups))
            .build();
        vec![delete(taken.expect("table and key are set")), update(given.expect("table, key and expression are set"))]
    }

    /// Moves the listing, or the one that waits.
    async fn listing(&self, link: &PrincipalAlias) -> Result<Vec<TransactWriteItem>, PortError> {
        let blacklist = Blacklist::new(self.client.clone(), &self.table);
        let (other, known) = (blacklist.entry(&link.alias).await?, blacklist.entry(&link.canonical).await?);
        let unchanged = ConditionCheck::builder().table_name(&self.table).set_key(Some(blacklist_key(&link.alias)));
        let unchanged = match &other {
            None => unchanged.condition_expression("attribute_not_exists(pk)"),
            Some(other) => unchanged
                .condition_expression("version = :version")
                .expression_attribute_values(":version", number(other.version)),
        };
        let mut writes = vec![check(unchanged.build().expect("table, key and condition are set"))];
        let Some(other) = other else { return Ok(writes) };
        if let Some(listing) = &other.listing {
            writes.push(blacklist::unlisted(&self.table, listing.review_at, &link.alias));
        }
        if other.proposed.is_some() {
            writes.push(blacklist::settled(&self.table, &link.alias));
        }
        let entry = known.unwrap_or_else(|| BlacklistEntry::of(link.canonical.clone(), link.linked_at));
        if let Some(change) = entry.inherit(&other, link.linked_by.clone(), link.linked_at) {
            writes.extend(blacklist::writes(&self.table, &change)?);
        }
        Ok(writes)
    }
}

#[async_trait]
impl PrincipalRegister for Principals {
    async fn canonical(&self, key: &PrincipalKey) -> Result<PrincipalKey, PortError> {
        canonical(&self.client, &self.table, key).await
    }

    async fn accounts_of(&self, canonical: &PrincipalKey) -> Result<Vec<AccountId>, PortError> {
        self.rows_of_all(canonical, ACCOUNT).await
    }

    async fn link(&self, link: &PrincipalAlias) -> Result<(), SaveError> {
        if self.canonical(&link.alias).await? == link.canonical {
            return Ok(());
        }
        let held = self.held(&link.alias).await?;
        let followers: Vec<PrincipalKey> = self.rows(&link.alias, KNOWN_BY).await?;
        let event_key = key(pk(&link.canonical), format!("EVENT#LINK#{}", link.alias.as_str()));
        let mut writes = vec![
            self.lead(link, None)?,
            is_canonical(&self.table, &link.canonical),
            self.put(known_by_key(&link.canonical, &link.alias)),
            put(put_event_at(WHAT, &self.table, event_key, &link.event())?),
        ];
        writes.extend(self.count(link, held));
        writes.extend(self.listing(link).await?);
        for follower in followers {
            let led = PrincipalAlias { alias: follower, ..link.clone() };
            writes.push(self.lead(&led, Some(&link.alias))?);
            writes.push(self.put(known_by_key(&link.canonical, &led.alias)));
        }
        transact(&self.client, WHAT, writes).await.map_err(|error| match error {
            TransactionError::Conditions(_) => SaveError::VersionConflict,
            TransactionError::Port(error) => error.into(),
        })
    }
}
