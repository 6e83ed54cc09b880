use app::ports::{Budgets, ChallengeBook, PortError, SaveError};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::Put;
use domain::{
    account::Account,
    change::Change,
    id::{AccountId, ChallengeId},
    mobile::MobileKey,
    phone_challenge::PhoneChallenge,
    send_budget::SendBudget,
};
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    accounts::Accounts,
    failure::failed,
    later::DynamoDb,
    layout::{Item, STATE, doc, key, number, put_first, put_next, state},
    transaction::{TransactionError, put, transact},
};

const WHAT: &str = "challenge book";

/// Challenges and budgets, in the accounts table: a right answer and what it proves are one transaction. Rows go away by
/// themselves some time after they matter (`expires_at`); until then they are told by their own times.
#[derive(Debug, Clone)]
pub struct Challenges {
    client: DynamoDb,
    table: String,
    accounts: Accounts,
}

fn pk(challenge_id: ChallengeId) -> String {
    format!("CODE#{challenge_id}")
}

fn of_number(number: &MobileKey) -> String {
    format!("CODES#NUMBER#{}", number.as_str())
}

fn of_account(account_id: AccountId) -> String {
    format!("CODES#ACCOUNT#{account_id}")
}

/// A row that the table forgets after `expires_at`, in its `version`.
fn passing<T: Serialize>(
    table: &str,
    pk: &str,
    version: u64,
    expires_at: Timestamp,
    doc: &T,
) -> Result<Put, PortError> {
    let mut item: Item = state(WHAT, pk, version, doc)?;
    item.insert("expires_at".to_owned(), number(expires_at.as_second() + 1));
    Ok(if version == 1 { put_first(table, item) } else { put_next(table, item, version) })
}

fn conflict(error: TransactionError) -> SaveError {
    match error {
        TransactionError::Conditions(_) => SaveError::VersionConflict,
        TransactionError::Port(error) => error.into(),
    }
}

impl Challenges {
    pub(crate) fn new(client: DynamoDb, table: &str) -> Self {
        Self { accounts: Accounts::new(client.clone(), table), client, table: table.to_owned() }
    }

    fn row_of(&self, challenge: &PhoneChallenge) -> Result<Put, PortError> {
        passing(&self.table, &pk(challenge.challenge_id), challenge.version, challenge.expires_at, challenge)
    }

    async fn read<T: serde::de::DeserializeOwned>(&self, pk: String) -> Result<Option<T>, PortError> {
        let request =
            self.client.get_item().table_name(&self.table).set_key(Some(key(pk, STATE))).consistent_read(true);
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        found.item.map(|item| doc(WHAT, item)).transpose()
    }
}

#[async_trait]
impl ChallengeBook for Challenges {
    async fn challenge(&self, challenge_id: ChallengeId) -> Result<Option<PhoneChallenge>, PortError> {
        self.read(pk(challenge_id)).await
    }

    async fn budgets(&self, number: &MobileKey, account_id: AccountId) -> Result<Budgets, PortError> {
        let (number, account) = tokio::try_join!(
            self.read::<SendBudget>(of_number(number)),
            self.read::<SendBudget>(of_account(account_id))
        )?;
        Ok(Budgets { number: number.unwrap_or_default(), account: account.unwrap_or_default() })
    }

    async fn open(&self, challenge: &PhoneChallenge, budgets: &Budgets) -> Result<(), SaveError> {
        let budget = |pk: String, budget: &SendBudget| {
            passing(&self.table, &pk, budget.version, budget.expires_at(), budget).map(put)
        };
        let writes = vec![
            put(self.row_of(challenge)?),
            budget(of_number(&challenge.mobile_key), &budgets.number)?,
            budget(of_account(challenge.account_id), &budgets.account)?,
        ];
        transact(&self.client, WHAT, writes).await.map_err(conflict)
    }

    async fn save(&self, challenge: &PhoneChallenge) -> Result<(), SaveError> {
        transact(&self.client, WHAT, vec![put(self.row_of(challenge)?)]).await.map_err(conflict)
    }

    async fn prove(&self, challenge: &PhoneChallenge, account: &Change<Account>) -> Result<(), SaveError> {
        let mut writes = self.accounts.writes(account)?;
        writes.push(put(self.row_of(challenge)?));
        transact(&self.client, WHAT, writes).await.map_err(conflict)
    }
}
