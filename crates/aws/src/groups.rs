use app::ports::{PortError, SaveError};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::{Put, Update};
use domain::{account::Account, change::Change, group::AccountGroup, id::GroupId, principal::PrincipalKey};

use crate::{
    accounts::account_writes,
    failure::failed,
    filing,
    later::DynamoDb,
    layout::{STATE, doc, key, number, put_event, put_first, put_next, state},
    principal_rows::{GROUP, group_key, is_canonical, quota_key},
    principals::Principals,
    transaction::{TransactionError, put, transact, update},
};

const WHAT: &str = "group register";

/// The groups in the accounts table.
#[derive(Debug, Clone)]
pub struct Groups {
    client: DynamoDb,
    table: String,
}

fn pk(group_id: GroupId) -> String {
    format!("GROUP#{group_id}")
}

impl Groups {
    pub(crate) fn new(client: DynamoDb, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }
}

#[async_trait]
impl app::ports::GroupRegister for Groups {
    async fn group(&self, group_id: GroupId) -> Result<Option<AccountGroup>, PortError> {
        let key = key(pk(group_id), STATE);
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        found.item.map(|item| doc(WHAT, item)).transpose()
    }

    async fn groups_of(&self, holder: &PrincipalKey) -> Result<Vec<GroupId>, PortError> {
        Principals::new(self.client.clone(), &self.table).rows_of_all(holder, GROUP).await
    }

    async fn save(&self, change: &Change<AccountGroup>, accounts: &[Change<Account>]) -> Result<(), SaveError> {
        let (group, table) = (&change.state, &self.table);
        let pk = pk(group.group_id);
        let item = state(WHAT, &pk, group.version, group)?;
        let is_new = group.version == 1;
        let row = if is_new { put_first(table, item) } else { put_next(table, item, group.version) };
        let mut writes = vec![put(row), put(put_event(WHAT, table, &pk, &change.event)?)];
        for account in accounts {
            writes.extend(account_writes(table, account)?);
            writes.extend(filing::put_row(table, account)?);
        }
        if is_new {
            let noted = Put::builder().table_name(table).set_item(Some(group_key(&group.holder, group.group_id)));
            writes.push(put(noted.build().expect("table and item are set")));
            let counted = Update::builder()
                .table_name(table)
                .set_key(Some(quota_key(&group.holder)))
                .update_expression("ADD group_count :one")
                .expression_attribute_values(":one", number(1))
                .build();
            writes.push(update(counted.expect("table, key and expression are set")));
            writes.push(is_canonical(table, &group.holder));
        }
        transact(&self.client, WHAT, writes).await.map_err(|error| match error {
            TransactionError::Conditions(_) => SaveError::VersionConflict,
            TransactionError::Port(error) => error.into(),
        })
    }
}
