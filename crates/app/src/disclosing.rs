//! Who stands behind an account, for a person who has to know: the reading is on record before the clear text is there (R9.1).

use std::sync::Arc;

use domain::{
    account::Account,
    actor::Actor,
    id::AccountId,
    personal::{Personal, Purpose},
    principal::Identity,
};

use crate::{
    error::AppError,
    mobile_proving,
    ports::{AccountLedger, Clock, IdentityVault, SaveError},
    sealed_identity,
};

/// Somebody else changes the account at that moment; the next try reads what they left.
const TRIES: usize = 5;

/// What the clear text is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisclosurePurpose {
    /// To decide by hand what no provider has settled (R6.1).
    Review,
    /// The law asks for it (R16.1).
    LawfulRequest,
}

impl From<DisclosurePurpose> for Purpose {
    fn from(purpose: DisclosurePurpose) -> Self {
        match purpose {
            DisclosurePurpose::Review => Self::Review,
            DisclosurePurpose::LawfulRequest => Self::Evidence,
        }
    }
}

#[derive(Debug, Clone)]
pub struct Disclose {
    pub account_id: AccountId,
    pub purpose: DisclosurePurpose,
    /// The case or the order that asks for it; it goes into the record.
    pub reference: String,
    pub actor: Actor,
}

/// Who stands behind the account. It does not print.
pub struct Disclosed {
    pub account: Account,
    pub identity: Identity,
    /// With its calling code, if one was proven.
    pub mobile_number: Option<Personal<String>>,
}

/// Unseals identities for people.
pub struct DisclosureDesk {
    pub accounts: Arc<dyn AccountLedger>,
    pub vault: Arc<dyn IdentityVault>,
    pub clock: Arc<dyn Clock>,
}

impl DisclosureDesk {
    /// Every call is a reading, and an event: there is no second try that is met by a first one.
    ///
    /// # Errors
    /// When there is no such account, its identity was destroyed (R9.2), or a port does not work. The event may be on record
    /// without a reading, and never the other way round.
    pub async fn disclose(&self, command: Disclose) -> Result<Disclosed, AppError> {
        let Disclose { account_id, purpose, reference, actor } = command;
        let purpose = Purpose::from(purpose);
        let mut expected = 0;
        for _ in 0..TRIES {
            let account = self.accounts.load(account_id).await?.ok_or(AppError::AccountNotFound)?;
            if account.identity.is_none() {
                return Err(AppError::IdentityDestroyed);
            }
            expected = account.version;
            let change = account.unseal(purpose, reference.clone(), actor.clone(), self.clock.now());
            match self.accounts.save(&change).await {
                Ok(()) => return self.read(change.state, purpose).await,
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    async fn read(&self, account: Account, purpose: Purpose) -> Result<Disclosed, AppError> {
        let owner = account.account_id.to_string();
        let sealed = account.identity.as_ref().ok_or(AppError::IdentityDestroyed)?;
        let clear = self.vault.unseal(&owner, sealed, purpose).await?;
        let identity = sealed_identity::read(&clear, purpose, self.clock.now())?;
        let mobile_number = match &account.mobile {
            Some(mobile) => {
                let owner = mobile_proving::seal_owner(account.account_id);
                Some(self.vault.unseal(&owner, &mobile.number, purpose).await?)
            }
            None => None,
        };
        Ok(Disclosed { account, identity, mobile_number })
    }
}
