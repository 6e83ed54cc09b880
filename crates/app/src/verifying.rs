//! From a registration to its verification: the identity provider is asked, again while it does not answer, and then a
//! person is (R6.1, R9.1). Nothing passes in silence and nothing is lost on the way: each step is an event, and the event
//! of a check without an answer is the order for the next one.

use std::sync::Arc;

use domain::{
    account::{Account, AccountStatus, IllegalTransition, RejectionReason},
    actor::Actor,
    change::Change,
    event::{Event, EventBody},
    id::AccountId,
    personal::Purpose,
    principal::{Identity, PrincipalKind},
    settings::VerificationRules,
    verification::CheckOutcome,
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    error::AppError,
    ports::{
        AccountLedger, Chance, Clock, IdentityCheck, IdentityOutcome, IdentityVault, PortError, SaveError,
        SettingsSource,
    },
    sealed_identity,
};

/// Asks the identity provider about registrations.
pub struct RegistrationVerifier {
    pub accounts: Arc<dyn AccountLedger>,
    pub vault: Arc<dyn IdentityVault>,
    pub provider: Arc<dyn IdentityCheck>,
    pub settings: Arc<dyn SettingsSource>,
    pub chance: Arc<dyn Chance>,
    pub clock: Arc<dyn Clock>,
}

/// What a verification came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    Verified,
    Rejected(RejectionReason),
    /// The provider has not answered; the event of this check brings the next one.
    Postponed {
        attempt: u32,
    },
    /// The provider has not answered often enough: a person decides.
    WithAPerson,
    /// Number and name belong together; the holder has a mobile number to prove.
    AwaitsMobile,
    /// The message is a copy, or late.
    AlreadySettled(AccountStatus),
}

impl RegistrationVerifier {
    /// Takes the account that `event` tells of one step on.
    ///
    /// # Errors
    /// When the message is no order to verify, or one of our own ports does not work: to be delivered again.
    pub async fn verify(&self, event: &Event) -> Result<Verification, AppError> {
        match event.body {
            EventBody::AccountRegistered { account_id, .. } => self.check(account_id, 0).await,
            EventBody::IdentityCheckUnavailable { account_id, attempt, .. } => self.check(account_id, attempt).await,
            EventBody::MobileProven { account_id } => self.settle_proven(account_id).await,
            EventBody::DeregistrationUndone { account_id } => self.resume(account_id).await,
            _ => Err(AppError::Message(format!("verification does not take {}", event.body.name()))),
        }
    }

    /// An account that was leaving before it was verified, and stays: what was ordered meanwhile has met nobody.
    async fn resume(&self, account_id: AccountId) -> Result<Verification, AppError> {
        let known = self.accounts.load(account_id).await?.ok_or(AppError::AccountNotFound)?;
        self.check(account_id, known.verification.attempts).await
    }

    /// The check that follows the one numbered `after`.
    async fn check(&self, account_id: AccountId, after: u32) -> Result<Verification, AppError> {
        let (account, settings) = self.account(account_id).await?;
        let rules = &settings.verification;
        if !matches!(account.status, AccountStatus::Pending | AccountStatus::Verifying) {
            return Ok(Verification::AlreadySettled(account.status));
        }
        let known = &account.verification;
        match known.last_outcome {
            Some(CheckOutcome::Match) => return self.settle_matched(account, rules).await,
            // The order for the next check is another message.
            Some(CheckOutcome::Unavailable) if known.attempts > after => {
                return Ok(Verification::Postponed { attempt: known.attempts });
            }
            // No outcome: the check broke off, and its message has come again.
            _ => {}
        }
        if known.attempts >= rules.tries {
            return self.hand_over(account, rules).await;
        }
        let (account, identity) = self.identity_of(account).await?;
        let reference = format!("{account_id}/{}", account.verification.attempts);
        match self.provider.check(&reference, &identity).await {
            Ok(IdentityOutcome::Match) => self.settle_matched(account, rules).await,
            Ok(IdentityOutcome::Mismatch) => self.reject(account, RejectionReason::IdentityMismatch).await,
            Ok(IdentityOutcome::NotFound) => self.reject(account, RejectionReason::IdentityNotFound).await,
            Err(error) => {
                // The one place where the failure is known: the message counts as done.
                tracing::warn!(attempt = account.verification.attempts, cause = %Chain(&error), "no answer from the identity provider");
                self.postpone(account, rules).await
            }
        }
    }

    /// The identity in clear, after its unsealing is on record.
    async fn identity_of(&self, account: Account) -> Result<(Account, Identity), AppError> {
        let change = account.begin_check(actor(), self.clock.now()).map_err(illegal)?;
        self.save(&change).await?;
        let account = change.state;
        let (owner, purpose) = (account.account_id.to_string(), Purpose::IdentityCheck);
        let sealed = account.identity.as_ref().ok_or_else(sealed_identity::destroyed)?;
        let clear = self.vault.unseal(&owner, sealed, purpose).await?;
        let identity = sealed_identity::read(&clear, purpose, self.clock.now())?;
        Ok((account, identity))
    }

    async fn settle_proven(&self, account_id: AccountId) -> Result<Verification, AppError> {
        let (account, settings) = self.account(account_id).await?;
        match (account.status, account.verification.last_outcome) {
            (AccountStatus::Verifying, Some(CheckOutcome::Match)) => {
                self.settle_matched(account, &settings.verification).await
            }
            // Whatever settles the identity finds the mobile number proven.
            (status, _) => Ok(Verification::AlreadySettled(status)),
        }
    }

    async fn settle_matched(&self, account: Account, rules: &VerificationRules) -> Result<Verification, AppError> {
        let now = self.clock.now();
        let is_person = account.principal_kind == PrincipalKind::Individual;
        if rules.mobile_required && is_person && account.mobile.is_none() {
            if account.verification.last_outcome != Some(CheckOutcome::Match) {
                self.save(&account.identity_matched(actor(), now).map_err(illegal)?).await?;
            }
            return Ok(Verification::AwaitsMobile);
        }
        if !account.name_concerns.is_empty() {
            let due_at = in_days(now, rules.review_days);
            self.save(&account.request_name_review(due_at, actor(), now).map_err(illegal)?).await?;
            return Ok(Verification::WithAPerson);
        }
        self.save(&account.verify(actor(), now).map_err(illegal)?).await?;
        Ok(Verification::Verified)
    }

    async fn reject(&self, account: Account, reason: RejectionReason) -> Result<Verification, AppError> {
        let change = account.reject(reason, actor(), self.clock.now()).map_err(illegal)?;
        let saved = self.accounts.save_and_release(&change).await;
        saved.map_err(|error| conflict(error, &change))?;
        Ok(Verification::Rejected(reason))
    }

    async fn postpone(&self, account: Account, rules: &VerificationRules) -> Result<Verification, AppError> {
        let attempt = account.verification.attempts;
        if attempt >= rules.tries {
            return self.hand_over(account, rules).await;
        }
        let pause = rules.pause_after(attempt, self.chance.bytes()[0]);
        self.save(&account.check_unavailable(pause, actor(), self.clock.now()).map_err(illegal)?).await?;
        Ok(Verification::Postponed { attempt })
    }

    async fn hand_over(&self, account: Account, rules: &VerificationRules) -> Result<Verification, AppError> {
        let now = self.clock.now();
        let due_at = in_days(now, rules.review_days);
        self.save(&account.request_review(due_at, actor(), now).map_err(illegal)?).await?;
        Ok(Verification::WithAPerson)
    }

    async fn account(&self, account_id: AccountId) -> Result<(Account, Arc<domain::settings::Settings>), AppError> {
        let (account, settings) = futures::try_join!(self.accounts.load(account_id), self.settings.current())?;
        Ok((account.ok_or(AppError::AccountNotFound)?, settings))
    }

    async fn save(&self, change: &Change<Account>) -> Result<(), AppError> {
        self.accounts.save(change).await.map_err(|error| conflict(error, change))
    }
}

fn actor() -> Actor {
    Actor::function("registration-verifier")
}

fn in_days(now: Timestamp, days: u32) -> Timestamp {
    now.saturating_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX)
}

fn illegal(error: IllegalTransition) -> AppError {
    AppError::Message(error.to_string())
}

fn conflict(error: SaveError, change: &Change<Account>) -> AppError {
    match error {
        SaveError::VersionConflict => AppError::VersionConflict { expected: change.state.version.saturating_sub(1) },
        SaveError::Port(error) => error.into(),
    }
}

/// An error with what caused it, in one line.
struct Chain<'a>(&'a PortError);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = std::error::Error::source(self.0);
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}
