//! From a decision to what is in force on the account (R13.1).

use std::sync::Arc;

use domain::{
    actor::Actor,
    decision::Decision,
    event::{Event, EventBody},
    id::{AccountId, EnforcementId},
    profile::Profile,
    subject::Subject,
};

use crate::{
    error::AppError,
    ports::{AccountLedger, Clock, PublicationShelf, SaveError},
};

/// Two decisions on one account at once: the second try reads the account as the first left it.
const TRIES: usize = 5;

/// Applies decisions.
pub struct Enforcer {
    pub accounts: Arc<dyn AccountLedger>,
    pub shelf: Arc<dyn PublicationShelf>,
    pub clock: Arc<dyn Clock>,
    pub profile: Profile,
}

/// What applying a decision came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enforced {
    Applied(EnforcementId),
    /// It is in force: the message is a copy.
    AlreadyInForce(EnforcementId),
    /// The decision sanctions nobody.
    Nothing,
}

impl Enforcer {
    /// # Errors
    /// When the message is no decision, its subject does not exist, or a port does not work.
    pub async fn enforce(&self, event: &Event) -> Result<Enforced, AppError> {
        let EventBody::DecisionMade { decision } = &event.body else {
            return Err(AppError::Message(format!("enforcement takes decisions, not {}", event.body.name())));
        };
        let Some(enforcement) = decision.enforcement(&self.profile) else { return Ok(Enforced::Nothing) };
        let enforcement_id = enforcement.enforcement_id;
        let account_id = self.account_of(decision).await?;
        let mut expected = 0;
        for _ in 0..TRIES {
            let account = self.accounts.load(account_id).await?.ok_or(AppError::AccountNotFound)?;
            expected = account.version;
            let now = self.clock.now();
            let Some(change) = account.enforce(enforcement.clone(), Actor::function("enforcer"), now) else {
                return Ok(Enforced::AlreadyInForce(enforcement_id));
            };
            match self.accounts.save(&change).await {
                Ok(()) => return Ok(Enforced::Applied(enforcement_id)),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    async fn account_of(&self, decision: &Decision) -> Result<AccountId, AppError> {
        match decision.subject {
            Subject::Account(account_id) => Ok(account_id),
            Subject::Publication(publication_id) => {
                let record = self.shelf.load(publication_id).await?.ok_or(AppError::PublicationNotFound)?;
                Ok(record.publication.account_id)
            }
        }
    }
}
