//! What the platform counts of its accounts (R7.2): in batches, once for each account and period.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    account::{Account, MetricsRefusal},
    actor::Actor,
    id::AccountId,
    metrics::Metrics,
    settings::Grading,
};
use futures::future::join_all;

use crate::{
    error::AppError,
    ports::{AccountLedger, Clock, SaveError, SettingsSource},
};

/// Another change of the account came first; the second try reads it.
const TRIES: usize = 5;

/// Takes counts.
pub struct Metering {
    pub accounts: Arc<dyn AccountLedger>,
    pub settings: Arc<dyn SettingsSource>,
    pub clock: Arc<dyn Clock>,
}

impl Metering {
    /// Records each of `items` (at most 100) and answers item by item, in order. What is on record already is answered
    /// as the first time.
    ///
    /// # Errors
    /// When settings or accounts cannot be read. An item that fails alone is an error in its own place.
    pub async fn record(
        &self,
        items: &[(AccountId, Metrics)],
        actor: &Actor,
    ) -> Result<Vec<Result<Account, AppError>>, AppError> {
        let mut ids: Vec<AccountId> = items.iter().map(|(account_id, _)| *account_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let (settings, accounts) = futures::try_join!(self.settings.current(), self.accounts.load_many(&ids))?;
        let mut of_account: BTreeMap<AccountId, Vec<usize>> = BTreeMap::new();
        for (place, (account_id, _)) in items.iter().enumerate() {
            of_account.entry(*account_id).or_default().push(place);
        }
        let mut known: BTreeMap<AccountId, Account> =
            accounts.into_iter().map(|account| (account.account_id, account)).collect();
        // Accounts side by side, the items of one account one after the other.
        let work = of_account.into_iter().map(|(account_id, places)| {
            let account = known.remove(&account_id);
            let grading = &settings.grading;
            async move { self.record_all(account, places, items, grading, actor).await }
        });
        let mut answers: Vec<(usize, Result<Account, AppError>)> = join_all(work).await.into_iter().flatten().collect();
        answers.sort_by_key(|(place, _)| *place);
        Ok(answers.into_iter().map(|(_, answer)| answer).collect())
    }

    async fn record_all(
        &self,
        mut account: Option<Account>,
        places: Vec<usize>,
        items: &[(AccountId, Metrics)],
        grading: &Grading,
        actor: &Actor,
    ) -> Vec<(usize, Result<Account, AppError>)> {
        let mut answers = Vec::new();
        for place in places {
            let answer = match account.clone() {
                None => Err(AppError::AccountNotFound),
                Some(account) => self.record_one(account, items[place].1, grading, actor).await,
            };
            if let Ok(changed) = &answer {
                account = Some(changed.clone());
            }
            answers.push((place, answer));
        }
        answers
    }

    async fn record_one(
        &self,
        mut account: Account,
        metrics: Metrics,
        grading: &Grading,
        actor: &Actor,
    ) -> Result<Account, AppError> {
        let account_id = account.account_id;
        let mut expected = 0;
        for _ in 0..TRIES {
            expected = account.version;
            let change = match account.clone().record_metrics(metrics, grading, actor.clone(), self.clock.now()) {
                Ok(change) => change,
                Err(MetricsRefusal::Known) => return Ok(account),
                Err(refusal @ (MetricsRefusal::Passed | MetricsRefusal::Ahead)) => return Err(refusal.into()),
            };
            match self.accounts.save(&change).await {
                Ok(()) => return Ok(change.state),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
            account = self.accounts.load(account_id).await?.ok_or(AppError::AccountNotFound)?;
        }
        Err(AppError::VersionConflict { expected })
    }
}
