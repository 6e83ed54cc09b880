//! Registration: document → seal → account (R6.1, R7.3, R9.1).

use std::sync::Arc;

use domain::{
    account::{Account, NewAccount},
    actor::Actor,
    change::Change,
    document::{Document, DocumentType, Presented},
    id::AccountId,
    personal::{Personal, Purpose},
    principal::{Identity, PrincipalKind},
};
use uuid::Uuid;

use crate::{
    error::AppError,
    naming::{NameRefusal, Naming},
    ports::{
        AccountLedger, Admission, Clock, EngineSource, IdentityVault, PrincipalIndex, PrincipalRegister, RegisterError,
        SettingsSource,
    },
    principal_keys::{self, Known},
    profile_changing::concerns_of_first_name,
    removed_content::RemovedContentWatch,
    sealed_identity,
};

/// Who registers what.
#[derive(Debug, Clone)]
pub struct Register {
    /// Names the account; a second try of the same registration meets the first one's account.
    pub operation_id: Uuid,
    pub principal_kind: PrincipalKind,
    pub document_type: DocumentType,
    pub document_number: Personal<String>,
    /// For passports and nothing else.
    pub issuing_state: Option<Personal<String>>,
    pub name: Personal<String>,
    pub display_name: String,
    pub actor: Actor,
}

/// Takes registrations. Round trips before the answer: the seal, the settings, the list of protected names and the look-up
/// of the principal side by side (its index key is in memory but for a function's first registration), then one
/// transaction. The ledger of writes can be asked beside the first ([`Registration::register_once`]).
pub struct Registration {
    pub accounts: Arc<dyn AccountLedger>,
    pub vault: Arc<dyn IdentityVault>,
    pub index: Arc<dyn PrincipalIndex>,
    pub settings: Arc<dyn SettingsSource>,
    pub principals: Arc<dyn PrincipalRegister>,
    pub naming: Naming,
    pub engines: Arc<dyn EngineSource>,
    pub removed: Arc<RemovedContentWatch>,
    pub clock: Arc<dyn Clock>,
}

impl Registration {
    /// Stores a pending account; its event sends it to verification. A name that rules want looked at brings a person then.
    ///
    /// # Errors
    /// When the document is wrong, the name cannot be carried, the principal is on the blacklist or its quota is used up,
    /// or a port does not work.
    pub async fn register(&self, command: Register) -> Result<Account, AppError> {
        let begun = std::future::ready(command.operation_id);
        self.register_once(command, begun).await
    }

    /// As [`register`](Self::register), for a caller who is still being told by the ledger of writes whether this one
    /// begins: all but the storing is done until `begun` gives the operation. It is nearly always the one in the
    /// command; after a crash it may be that of an earlier try, and what was sealed for the wrong account is sealed again.
    ///
    /// # Errors
    /// As [`register`](Self::register).
    pub async fn register_once(
        &self,
        mut command: Register,
        begun: impl Future<Output = Uuid>,
    ) -> Result<Account, AppError> {
        let mut prepared = self.prepare(&command).await?;
        let operation_id = begun.await;
        if operation_id != command.operation_id {
            command.operation_id = operation_id;
            prepared = self.prepare(&command).await?;
        }
        let Prepared { change, admission } = prepared;
        let (cap, above) = (admission.cap, admission.group_above);
        match self.accounts.register(&change, &admission).await {
            Ok(()) => Ok(change.state),
            Err(RegisterError::GroupRequired) => Err(AppError::GroupRequired { above }),
            Err(RegisterError::PrincipalListed) => Err(AppError::PrincipalListed),
            Err(RegisterError::PrincipalMoved) => Err(AppError::PrincipalMoved),
            Err(RegisterError::Exists) => self.account(change.state.account_id).await,
            Err(RegisterError::QuotaExceeded) => Err(AppError::QuotaExceeded { cap }),
            Err(RegisterError::NameTaken) => Err(NameRefusal::Taken.into()),
            Err(RegisterError::Port(error)) => Err(error.into()),
        }
    }

    /// All of a registration but the storing; nothing is changed by it.
    async fn prepare(&self, command: &Register) -> Result<Prepared, AppError> {
        let now = self.clock.now();
        let kind = command.principal_kind;
        if !kind.is_known_by(command.document_type) {
            return Err(AppError::DocumentTypeForKind { kind });
        }
        let presented = Presented {
            document_type: command.document_type,
            number: command.document_number.reveal(Purpose::Judging),
            issuing_state: command.issuing_state.as_ref().map(|state| state.reveal(Purpose::Judging).as_str()),
        };
        let document = Document::read(presented, sealed_identity::date_in_shanghai(now))?;
        if !document.may_be_of(kind) {
            return Err(AppError::DocumentTypeForKind { kind });
        }
        let identity = Identity { kind, document, name: command.name.clone() };
        let account_id = AccountId::from_uuid(command.operation_id);
        let owner = account_id.to_string();
        let clear = sealed_identity::text_of(&identity)?;
        let principal = principal_keys::known_by(&identity.document, &*self.index, &*self.principals, now);
        let (Known { presented, canonical: principal_key }, sealed, settings, display_name, engine, removed) = futures::try_join!(
            principal,
            async { Ok(self.vault.seal(&owner, &clear).await?) },
            async { Ok(self.settings.current().await?) },
            self.naming.choose(&command.display_name, kind),
            async { Ok(self.engines.current().await?) },
            async { Ok(self.removed.current().await?) },
        )?;
        let new = NewAccount { account_id, principal_kind: kind, principal_key, display_name, identity: sealed };
        let mut change = Account::register(new, command.actor.clone(), now);
        change.state.province = identity.document.province().map(ToOwned::to_owned);
        change.state.name_concerns = concerns_of_first_name(&engine, &removed, &settings, &change.state, now)?;
        let (cap, group_above) = (settings.account_caps.of(kind), settings.groups.required_above);
        Ok(Prepared { change, admission: Admission { presented, cap, group_above } })
    }

    /// # Errors
    /// When there is no such account, or the ledger does not work.
    pub async fn account(&self, account_id: AccountId) -> Result<Account, AppError> {
        self.accounts.load(account_id).await?.ok_or(AppError::AccountNotFound)
    }
}

/// A registration that has only to be stored.
struct Prepared {
    change: Change<Account>,
    admission: Admission,
}
