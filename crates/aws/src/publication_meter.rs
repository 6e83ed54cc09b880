use std::collections::HashMap;

use app::ports::{PortError, PublicationHour};
use async_trait::async_trait;
use aws_sdk_dynamodb::{operation::update_item::UpdateItemError, types::KeysAndAttributes};
use domain::{account::Account, id::AccountId};

use crate::{
    failure::failed,
    later::DynamoDb,
    layout::{Item, STATE, attribute, doc, key, number},
};

const WHAT: &str = "publication meter";

/// `BatchGetItem` takes a hundred keys, and each account has two rows here.
const ACCOUNTS: usize = 50;

/// As of [`crate::Accounts`].
const ROUNDS: usize = 10;

/// The accounts table, with the row beside each account that counts what it publishes.
#[derive(Debug, Clone)]
pub struct PublicationMeter {
    client: DynamoDb,
    table: String,
}

fn pk(account_id: AccountId) -> String {
    format!("ACCOUNT#{account_id}")
}

fn count_key(account_id: AccountId) -> Item {
    key(pk(account_id), "PUBLISHED")
}

impl PublicationMeter {
    pub(crate) fn new(client: DynamoDb, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }

    async fn rows(&self, account_ids: &[AccountId]) -> Result<Vec<Item>, PortError> {
        let mut keys: Vec<Item> = account_ids.iter().flat_map(|id| [key(pk(*id), STATE), count_key(*id)]).collect();
        let mut rows = Vec::with_capacity(keys.len());
        for _ in 0..ROUNDS {
            if keys.is_empty() {
                return Ok(rows);
            }
            let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
            let wanted = wanted.map_err(|error| PortError::refused(WHAT, error))?;
            let request = self.client.batch_get_item().request_items(&self.table, wanted);
            let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
            rows.extend(found.responses.into_iter().flatten().flat_map(|(_, items)| items));
            keys = found.unprocessed_keys.into_iter().flatten().flat_map(|(_, left)| left.keys).collect();
        }
        Err(PortError::unavailable(WHAT, format!("{} keys were left unread", keys.len())))
    }
}

#[async_trait]
impl app::ports::PublicationMeter for PublicationMeter {
    async fn accounts(
        &self,
        account_ids: &[AccountId],
        hour: PublicationHour,
    ) -> Result<Vec<(Account, u32)>, PortError> {
        let (first, second) = account_ids.split_at(account_ids.len().min(ACCOUNTS));
        let (mut rows, more) = tokio::try_join!(self.rows(first), self.rows(second))?;
        rows.extend(more);
        let (mut accounts, mut counts) = (Vec::new(), HashMap::new());
        for row in rows {
            if attribute(WHAT, &row, "sk")? == STATE {
                accounts.push(doc::<Account>(WHAT, row)?);
                continue;
            }
            let read = |name: &str| {
                attribute(WHAT, &row, name)?.parse::<i64>().map_err(|error| PortError::corrupt(WHAT, error))
            };
            if read("hour")? == hour.number() {
                let count = u32::try_from(read("published")?).unwrap_or(u32::MAX);
                counts.insert(attribute(WHAT, &row, "pk")?.to_owned(), count);
            }
        }
        let count = |account: &Account| counts.get(&pk(account.account_id)).copied().unwrap_or(0);
        Ok(accounts.into_iter().map(|account| (count(&account), account)).map(|(n, account)| (account, n)).collect())
    }

    async fn count(&self, account_id: AccountId, hour: PublicationHour, more: u32) -> Result<(), PortError> {
        let request = |expression: &str, condition: &str| {
            self.client
                .update_item()
                .table_name(&self.table)
                .set_key(Some(count_key(account_id)))
                .update_expression(expression)
                .condition_expression(condition)
                .expression_attribute_names("#hour", "hour")
                .expression_attribute_values(":hour", number(hour.number()))
                .expression_attribute_values(":more", number(more))
        };
        // The same hour goes on, or a new one begins; whoever loses the beginning goes on. An hour that is over has
        // neither.
        let go_on = ("ADD published :more", "#hour = :hour");
        let begin = ("SET #hour = :hour, published = :more", "attribute_not_exists(#hour) OR #hour < :hour");
        for (expression, condition) in [go_on, begin, go_on] {
            let Err(error) = request(expression, condition).send().await else { return Ok(()) };
            match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => {}
                _ => return Err(failed(WHAT, &error)),
            }
        }
        Ok(())
    }
}
