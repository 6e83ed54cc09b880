use app::ports::{
    AccountLedger, Admission, Deadline, PortError, QualificationDeadline, RegisterError, RenameError, SaveError,
};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::{Delete, KeysAndAttributes, Put, TransactWriteItem, Update, builders::UpdateBuilder};
use domain::{account::Account, change::Change, display_name::NameSkeleton, id::AccountId, principal::PrincipalKey};

use crate::{
    deregistration_calendar::put_deadline,
    failure::failed,
    filing,
    later::DynamoDb,
    layout::{Item, STATE, attribute, doc, key, number, put_event, put_first, put_next, state, text},
    principal_rows::{account_key, canonical, is_canonical, is_not_listed, leads_to, quota_key},
    qualification_calendar,
    transaction::{TransactionError, delete, put, transact, update},
};

const WHAT: &str = "account ledger";

/// The table takes 100 keys a call and may leave some unread when answers are large; each round reads at least one, and
/// ten rounds read what fits in 16 MB each.
const ROUNDS: usize = 10;

/// Where in a transaction the principal's quota is written.
const QUOTA: usize = 2;

/// Where a registration is held against the blacklist.
const BLACKLIST: usize = 3;

/// Where a release is held against the aliases.
const CANONICAL: usize = 3;

/// The accounts table.
#[derive(Debug, Clone)]
pub struct Accounts {
    client: DynamoDb,
    table: String,
}

fn pk(account_id: AccountId) -> String {
    format!("ACCOUNT#{account_id}")
}

impl Accounts {
    pub(crate) fn new(client: DynamoDb, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }

    fn quota(&self, principal: &PrincipalKey) -> UpdateBuilder {
        Update::builder().table_name(&self.table).set_key(Some(quota_key(principal)))
    }

    /// Takes the name, unless an account has it.
    fn take(&self, name: &NameSkeleton, account_id: AccountId) -> TransactWriteItem {
        let mut item = name_key(name);
        item.insert("account_id".to_owned(), text(account_id.to_string()));
        put(put_first(&self.table, item))
    }

    /// Gives the name back, if it is this account's.
    fn free(&self, name: &NameSkeleton, account_id: AccountId) -> TransactWriteItem {
        let builder = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(name_key(name)))
            .condition_expression("attribute_not_exists(pk) OR account_id = :account")
            .expression_attribute_values(":account", text(account_id.to_string()));
        delete(builder.build().expect("table and key are set"))
    }

    /// State and event of a change, in the positions 0 and 1.
    pub(crate) fn writes(&self, change: &Change<Account>) -> Result<Vec<TransactWriteItem>, PortError> {
        account_writes(&self.table, change)
    }

    /// Why a principal that would be over its quota by one is: it may hold no more, or no more without a group.
    async fn refusal(&self, principal: &PrincipalKey, cap: u32) -> Result<RegisterError, PortError> {
        let key = quota_key(principal);
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        let held = found.item.map(|item| attribute(WHAT, &item, "accounts").map(str::to_owned)).transpose()?;
        let held: u32 = held.unwrap_or_default().parse().unwrap_or(0);
        Ok(if held >= cap { RegisterError::QuotaExceeded } else { RegisterError::GroupRequired })
    }
}

/// State and event of a change, in the positions 0 and 1.
pub(crate) fn account_writes(table: &str, change: &Change<Account>) -> Result<Vec<TransactWriteItem>, PortError> {
    let (pk, version) = (pk(change.state.account_id), change.state.version);
    let item = state(WHAT, &pk, version, &change.state)?;
    let state = if version == 1 { put_first(table, item) } else { put_next(table, item, version) };
    Ok(vec![put(state), put(put_event(WHAT, table, &pk, &change.event)?)])
}

fn name_key(name: &NameSkeleton) -> Item {
    key(format!("NAME#{}", name.as_str()), "ACCOUNT")
}

fn built(quota: UpdateBuilder) -> TransactWriteItem {
    update(quota.build().expect("table, key and expression are set"))
}

fn conflict(error: TransactionError) -> SaveError {
    match error {
        TransactionError::Conditions(positions) if positions.iter().all(|at| *at == QUOTA || *at > CANONICAL) => {
            PortError::corrupt(WHAT, "a stored account holds no place of its principal, or not its name").into()
        }
        TransactionError::Conditions(_) => SaveError::VersionConflict,
        TransactionError::Port(error) => error.into(),
    }
}

#[async_trait]
impl AccountLedger for Accounts {
    async fn load(&self, account_id: AccountId) -> Result<Option<Account>, PortError> {
        let key = key(pk(account_id), STATE);
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        found.item.map(|item| doc(WHAT, item)).transpose()
    }

    async fn load_many(&self, account_ids: &[AccountId]) -> Result<Vec<Account>, PortError> {
        let mut keys: Vec<_> = account_ids.iter().map(|id| key(pk(*id), STATE)).collect();
        let mut accounts = Vec::with_capacity(keys.len());
        for _ in 0..ROUNDS {
            if keys.is_empty() {
                return Ok(accounts);
            }
            let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
            let wanted = wanted.map_err(|error| PortError::refused(WHAT, error))?;
            let request = self.client.batch_get_item().request_items(&self.table, wanted);
            let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
            for item in found.responses.into_iter().flatten().flat_map(|(_, items)| items) {
                accounts.push(doc(WHAT, item)?);
            }
            keys = found.unprocessed_keys.into_iter().flatten().flat_map(|(_, left)| left.keys).collect();
        }
        Err(PortError::unavailable(WHAT, format!("{} keys were left unread", keys.len())))
    }

    async fn register(&self, change: &Change<Account>, admission: &Admission) -> Result<(), RegisterError> {
        let mut writes = self.writes(change)?;
        let (principal, table) = (&change.state.principal_key, &self.table);
        let quota = self
            .quota(principal)
            .update_expression("ADD accounts :one")
            // A row that is missing holds none, which is below every cap but zero.
            .condition_expression(
                "((attribute_not_exists(accounts) AND :cap > :zero) OR accounts < :cap) \
                 AND (attribute_not_exists(accounts) OR accounts < :above OR group_count > :zero)",
            )
            .expression_attribute_values(":above", number(admission.group_above))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":zero", number(0))
            .expression_attribute_values(":cap", number(admission.cap));
        writes.push(built(quota));
        let account_id = change.state.account_id;
        writes.push(is_not_listed(table, principal));
        let noted = Put::builder().table_name(table).set_item(Some(account_key(principal, account_id)));
        writes.push(put(noted.build().expect("table and item are set")));
        writes.push(is_canonical(table, principal));
        if admission.presented != *principal {
            writes.push(leads_to(table, &admission.presented, principal));
        }
        let names = writes.len();
        writes.extend(change.state.names_held().iter().map(|name| self.take(name, account_id)));
        let Err(error) = transact(&self.client, WHAT, writes).await else { return Ok(()) };
        Err(match error {
            // An account that exists may be the very one that took the last place and the name, so this is asked first.
            TransactionError::Conditions(positions) if positions.iter().any(|at| *at < QUOTA) => RegisterError::Exists,
            TransactionError::Conditions(positions) if positions.iter().any(|at| *at > BLACKLIST && *at < names) => {
                RegisterError::PrincipalMoved
            }
            TransactionError::Conditions(positions) if positions.contains(&BLACKLIST) => RegisterError::PrincipalListed,
            TransactionError::Conditions(positions) if positions.contains(&QUOTA) => {
                self.refusal(principal, admission.cap).await?
            }
            TransactionError::Conditions(_) => RegisterError::NameTaken,
            TransactionError::Port(error) => error.into(),
        })
    }

    async fn save(&self, change: &Change<Account>) -> Result<(), SaveError> {
        let mut writes = self.writes(change)?;
        if let Some(due_at) = change.state.closing_due_at() {
            let account_id = change.state.account_id;
            writes.push(put_deadline(&self.table, &Deadline { due_at, account_id }));
        }
        if let Some((qualification_id, due_at)) = change.state.reminder_after(&change.event.body) {
            let account_id = change.state.account_id;
            let deadline = QualificationDeadline { due_at, account_id, qualification_id };
            writes.push(qualification_calendar::put_deadline(&self.table, &deadline));
        }
        writes.extend(filing::put_row(&self.table, change)?);
        transact(&self.client, WHAT, writes).await.map_err(conflict)
    }

    async fn save_with_names(&self, change: &Change<Account>, before: &[NameSkeleton]) -> Result<(), RenameError> {
        let mut writes = self.writes(change)?;
        let (account_id, names) = (change.state.account_id, change.state.names_held());
        let taken = names.iter().filter(|name| !before.contains(name)).map(|name| self.take(name, account_id));
        writes.extend(taken);
        let freed = writes.len();
        writes.extend(before.iter().filter(|name| !names.contains(name)).map(|name| self.free(name, account_id)));
        writes.extend(filing::put_row(&self.table, change)?);
        let Err(error) = transact(&self.client, WHAT, writes).await else { return Ok(()) };
        Err(match error {
            TransactionError::Conditions(positions) if positions.iter().any(|at| *at < QUOTA) => {
                RenameError::VersionConflict
            }
            TransactionError::Conditions(positions) if positions.iter().any(|at| *at < freed) => RenameError::NameTaken,
            TransactionError::Conditions(_) => {
                PortError::corrupt(WHAT, "a stored account holds not the name that it gives back").into()
            }
            TransactionError::Port(error) => error.into(),
        })
    }

    async fn save_and_release(&self, change: &Change<Account>) -> Result<(), SaveError> {
        // The account may be of a document that was linked to another principal since.
        let principal = canonical(&self.client, &self.table, &change.state.principal_key).await?;
        let mut writes = self.writes(change)?;
        let quota = self
            .quota(&principal)
            .update_expression("SET accounts = accounts - :one")
            .condition_expression("accounts > :zero")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":zero", number(0));
        writes.push(built(quota));
        writes.push(is_canonical(&self.table, &principal));
        let account_id = change.state.account_id;
        writes.extend(change.state.names_held().iter().map(|name| self.free(name, account_id)));
        writes.extend(filing::put_row(&self.table, change)?);
        transact(&self.client, WHAT, writes).await.map_err(conflict)
    }
}
