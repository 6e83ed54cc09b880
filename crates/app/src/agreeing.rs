//! Accepting the platform's policy documents (R5.2).

use std::sync::Arc;

use domain::{
    account::Account,
    actor::Actor,
    id::AccountId,
    policy_document::{Agreement, PolicyDocument, PolicyDocuments},
};
use jiff::Timestamp;

use crate::{
    error::AppError,
    ports::{AccountLedger, Clock, PolicyDocumentSource, SaveError},
};

/// Another change of the account came first; the second try reads it.
const TRIES: usize = 5;

/// What was accepted for an account, and by whom we are told.
#[derive(Debug, Clone)]
pub struct Accept {
    pub account_id: AccountId,
    pub document_id: String,
    pub version: u32,
    /// Of the text that was shown.
    pub sha256: String,
    pub actor: Actor,
}

/// An account beside the documents, at one moment.
#[derive(Debug, Clone)]
pub struct Agreements {
    pub account: Account,
    pub documents: PolicyDocuments,
    pub as_of: Timestamp,
}

impl Agreements {
    /// What the account has still to accept, and whether publishing is refused for want of it.
    #[must_use]
    pub fn outstanding(&self) -> Vec<(&PolicyDocument, bool)> {
        self.documents.outstanding(&self.account.agreements, self.as_of)
    }
}

/// Takes acceptances, and shows what there is to accept.
pub struct AgreementDesk {
    pub accounts: Arc<dyn AccountLedger>,
    pub documents: Arc<dyn PolicyDocumentSource>,
    pub clock: Arc<dyn Clock>,
}

impl AgreementDesk {
    /// Records that the account accepted a version. What it accepted before, or a later version, changes nothing.
    ///
    /// # Errors
    /// When the version cannot be accepted, the text is another one, the account is rejected, closed or not there, or a
    /// port does not work.
    pub async fn accept(&self, command: Accept) -> Result<Agreements, AppError> {
        let Accept { account_id, document_id, version, sha256, actor } = command;
        let mut expected = 0;
        for _ in 0..TRIES {
            let Agreements { account, documents, as_of } = self.of(account_id).await?;
            expected = account.version;
            let accepted = documents.acceptable(&document_id, version, &sha256, as_of)?;
            let agreement = Agreement {
                document_id: accepted.document_id.clone(),
                version: accepted.version,
                sha256: accepted.sha256.clone(),
                accepted_at: as_of,
                accepted_by: actor.clone(),
            };
            let change = account.clone().accept(agreement).map_err(|status| AppError::AccountClosed { status })?;
            let Some(change) = change else { return Ok(Agreements { account, documents, as_of }) };
            match self.accounts.save(&change).await {
                Ok(()) => return Ok(Agreements { account: change.state, documents, as_of }),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    /// # Errors
    /// When there is no such account, or a port does not work.
    pub async fn of(&self, account_id: AccountId) -> Result<Agreements, AppError> {
        // A version that was put a moment ago may be the one that is accepted, so that the register is read now.
        let (account, documents) = futures::try_join!(self.accounts.load(account_id), self.documents.latest())?;
        let account = account.ok_or(AppError::AccountNotFound)?;
        Ok(Agreements { account, documents, as_of: self.clock.now() })
    }

    /// Every document with the time at which it was looked at.
    ///
    /// # Errors
    /// When the documents cannot be read.
    pub async fn documents(&self) -> Result<(PolicyDocuments, Timestamp), AppError> {
        Ok((self.documents.latest().await?, self.clock.now()))
    }
}
