use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use app::ports::{Budgets, ChallengeBook, CodeDelivery, CodeMessage, PortError, SaveError};
use async_trait::async_trait;
use domain::{
    account::Account,
    change::Change,
    id::{AccountId, ChallengeId},
    mobile::MobileKey,
    personal::Purpose,
    phone_challenge::PhoneChallenge,
    send_budget::SendBudget,
};

use crate::{Faults, MemoryAccounts, locked};

const WHAT: &str = "challenge book";

/// Challenges in memory, beside the accounts that they prove something of.
#[derive(Debug, Clone)]
pub struct MemoryChallenges {
    faults: Faults,
    accounts: MemoryAccounts,
    tables: Arc<Mutex<Tables>>,
}

#[derive(Debug, Default)]
struct Tables {
    challenges: HashMap<ChallengeId, PhoneChallenge>,
    of_numbers: HashMap<MobileKey, SendBudget>,
    of_accounts: HashMap<AccountId, SendBudget>,
}

impl Tables {
    fn save(&mut self, challenge: &PhoneChallenge) -> Result<(), SaveError> {
        let stored = self.challenges.get(&challenge.challenge_id).map_or(0, |known| known.version);
        if stored + 1 != challenge.version {
            return Err(SaveError::VersionConflict);
        }
        self.challenges.insert(challenge.challenge_id, challenge.clone());
        Ok(())
    }
}

impl MemoryChallenges {
    /// `accounts` is where [`ChallengeBook::prove`] stores the account; its own faults do not count here.
    #[must_use]
    pub fn new(faults: Faults, accounts: MemoryAccounts) -> Self {
        Self { faults, accounts, tables: Arc::default() }
    }
}

#[async_trait]
impl ChallengeBook for MemoryChallenges {
    async fn challenge(&self, challenge_id: ChallengeId) -> Result<Option<PhoneChallenge>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.tables).challenges.get(&challenge_id).cloned()))
    }

    async fn budgets(&self, number: &MobileKey, account_id: AccountId) -> Result<Budgets, PortError> {
        self.faults.around(WHAT, || {
            let tables = locked(&self.tables);
            Ok(Budgets {
                number: tables.of_numbers.get(number).cloned().unwrap_or_default(),
                account: tables.of_accounts.get(&account_id).cloned().unwrap_or_default(),
            })
        })
    }

    async fn open(&self, challenge: &PhoneChallenge, budgets: &Budgets) -> Result<(), SaveError> {
        self.faults.around(WHAT, || {
            let mut tables = locked(&self.tables);
            let version = |budget: Option<&SendBudget>| budget.map_or(0, |budget| budget.version);
            let number = version(tables.of_numbers.get(&challenge.mobile_key));
            let account = version(tables.of_accounts.get(&challenge.account_id));
            if number + 1 != budgets.number.version || account + 1 != budgets.account.version {
                return Err(SaveError::VersionConflict);
            }
            tables.save(challenge)?;
            tables.of_numbers.insert(challenge.mobile_key.clone(), budgets.number.clone());
            tables.of_accounts.insert(challenge.account_id, budgets.account.clone());
            Ok(())
        })
    }

    async fn save(&self, challenge: &PhoneChallenge) -> Result<(), SaveError> {
        self.faults.around(WHAT, || locked(&self.tables).save(challenge))
    }

    async fn prove(&self, challenge: &PhoneChallenge, account: &Change<Account>) -> Result<(), SaveError> {
        self.faults.around(WHAT, || {
            let mut tables = locked(&self.tables);
            let stored = tables.challenges.get(&challenge.challenge_id).map_or(0, |known| known.version);
            if stored + 1 != challenge.version {
                return Err(SaveError::VersionConflict);
            }
            self.accounts.save_now(account)?;
            tables.save(challenge)
        })
    }
}

/// Takes codes and keeps them.
#[derive(Debug, Clone)]
pub struct RecordingDelivery {
    faults: Faults,
    state: Arc<Mutex<Delivery>>,
}

#[derive(Debug, Default)]
struct Delivery {
    is_down: bool,
    messages: Vec<CodeMessage>,
}

impl RecordingDelivery {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, state: Arc::default() }
    }

    /// It takes nothing from now on.
    pub fn go_down(&self) {
        locked(&self.state).is_down = true;
    }

    /// It takes codes again.
    pub fn come_up(&self) {
        locked(&self.state).is_down = false;
    }

    /// What it has taken, oldest first.
    #[must_use]
    pub fn messages(&self) -> Vec<CodeMessage> {
        locked(&self.state).messages.clone()
    }

    /// The code that it has taken last, in clear.
    ///
    /// # Panics
    /// When it has taken none.
    #[must_use]
    pub fn last_code(&self) -> String {
        let messages = self.messages();
        messages.last().expect("a code was sent").code.digits(Purpose::CodeDelivery).to_owned()
    }
}

#[async_trait]
impl CodeDelivery for RecordingDelivery {
    async fn deliver(&self, message: &CodeMessage) -> Result<(), PortError> {
        self.faults.around("code delivery", || {
            let mut state = locked(&self.state);
            if state.is_down {
                return Err(PortError::unavailable("code delivery", "it is down"));
            }
            state.messages.push(message.clone());
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        let accounts = MemoryAccounts::default();
        let twin = MemoryChallenges::new(Faults::none(), accounts.clone());
        contract::challenge_book(&twin, &accounts).await;
    }
}
