//! Registration: document → seal → account, then the identity provider's answer (R6.1, R7.3, R9.1).

use std::sync::Arc;

use domain::{
    account::{Account, AccountStatus, NewAccount, RejectionReason},
    actor::Actor,
    document::{Document, DocumentType, Presented},
    event::{Event, EventBody},
    id::AccountId,
    personal::{Personal, Purpose},
    principal::{Identity, PrincipalKind},
    retention::SHANGHAI,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    error::AppError,
    naming::{NameRefusal, Naming},
    ports::{
        AccountLedger, Admission, Clock, IdentityCheck, IdentityOutcome, IdentityVault, PortError, PrincipalIndex,
        PrincipalRegister, RegisterError, SaveError, SettingsSource,
    },
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
/// transaction.
pub struct Registration {
    pub accounts: Arc<dyn AccountLedger>,
    pub vault: Arc<dyn IdentityVault>,
    pub index: Arc<dyn PrincipalIndex>,
    pub settings: Arc<dyn SettingsSource>,
    pub principals: Arc<dyn PrincipalRegister>,
    pub naming: Naming,
    pub clock: Arc<dyn Clock>,
}

impl Registration {
    /// Stores a pending account; its event sends it to verification.
    ///
    /// # Errors
    /// When the document is wrong, the name cannot be carried, the principal is on the blacklist or its quota is used up,
    /// or a port does not work.
    pub async fn register(&self, command: Register) -> Result<Account, AppError> {
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
        let document = Document::read(presented, date_in_shanghai(now))?;
        let identity = Identity { kind, document, name: command.name };
        let account_id = AccountId::from_uuid(command.operation_id);
        let owner = account_id.to_string();
        let clear = SealedText::of(&identity)?;
        let principal = async {
            let presented = self.index.key_of(&identity.document).await?;
            let canonical = self.principals.canonical(&presented).await?;
            Ok::<_, AppError>((presented, canonical))
        };
        let ((presented, principal_key), sealed, settings, display_name) = futures::try_join!(
            principal,
            async { Ok(self.vault.seal(&owner, &clear).await?) },
            async { Ok(self.settings.current().await?) },
            self.naming.choose(&command.display_name, kind),
        )?;
        let new = NewAccount { account_id, principal_kind: kind, principal_key, display_name, identity: sealed };
        let (cap, group_above) = (settings.account_caps.of(kind), settings.groups.required_above);
        let change = Account::register(new, command.actor, now);
        match self.accounts.register(&change, &Admission { presented, cap, group_above }).await {
            Ok(()) => Ok(change.state),
            Err(RegisterError::GroupRequired) => Err(AppError::GroupRequired { above: group_above }),
            Err(RegisterError::PrincipalListed) => Err(AppError::PrincipalListed),
            Err(RegisterError::PrincipalMoved) => Err(AppError::PrincipalMoved),
            Err(RegisterError::Exists) => self.account(account_id).await,
            Err(RegisterError::QuotaExceeded) => Err(AppError::QuotaExceeded { cap }),
            Err(RegisterError::NameTaken) => Err(NameRefusal::Taken.into()),
            Err(RegisterError::Port(error)) => Err(error.into()),
        }
    }

    /// # Errors
    /// When there is no such account, or the ledger does not work.
    pub async fn account(&self, account_id: AccountId) -> Result<Account, AppError> {
        self.accounts.load(account_id).await?.ok_or(AppError::AccountNotFound)
    }
}

/// Asks the identity provider about pending accounts.
pub struct RegistrationVerifier {
    pub accounts: Arc<dyn AccountLedger>,
    pub vault: Arc<dyn IdentityVault>,
    pub provider: Arc<dyn IdentityCheck>,
    pub clock: Arc<dyn Clock>,
}

/// What a verification came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    Verified,
    Rejected(RejectionReason),
    /// The account is not pending: the message is a copy, or late.
    AlreadySettled(AccountStatus),
}

impl RegistrationVerifier {
    /// Settles the account that `event` registered. A provider that does not answer leaves it pending: the error is to
    /// be retried, and nothing passes in silence.
    ///
    /// # Errors
    /// When the message is no registration, or a port does not work.
    pub async fn verify(&self, event: &Event) -> Result<Verification, AppError> {
        let EventBody::AccountRegistered { account_id, .. } = event.body else {
            return Err(AppError::Message(format!("verification takes registrations, not {}", event.body.name())));
        };
        let account = self.accounts.load(account_id).await?.ok_or(AppError::AccountNotFound)?;
        if !matches!(account.status, AccountStatus::Pending | AccountStatus::Verifying) {
            return Ok(Verification::AlreadySettled(account.status));
        }
        let now = self.clock.now();
        let sealed = account.identity.as_ref().ok_or_else(|| unreadable("it was destroyed"))?;
        let clear = self.vault.unseal(&account_id.to_string(), sealed, Purpose::IdentityCheck).await?;
        let identity = SealedText::read(&clear, now)?;
        let outcome = self.provider.check(&identity).await?;
        let actor = Actor::function("registration-verifier");
        let version = account.version;
        let illegal = |error: domain::account::IllegalTransition| AppError::Message(error.to_string());
        let (saved, verification) = match outcome {
            IdentityOutcome::Match => {
                let change = account.verify(actor, now).map_err(illegal)?;
                (self.accounts.save(&change).await, Verification::Verified)
            }
            IdentityOutcome::Mismatch | IdentityOutcome::NotFound => {
                let reason = match outcome {
                    IdentityOutcome::NotFound => RejectionReason::IdentityNotFound,
                    _ => RejectionReason::IdentityMismatch,
                };
                let change = account.reject(reason, actor, now).map_err(illegal)?;
                (self.accounts.save_and_release(&change).await, Verification::Rejected(reason))
            }
        };
        match saved {
            Ok(()) => Ok(verification),
            Err(SaveError::VersionConflict) => Err(AppError::VersionConflict { expected: version }),
            Err(SaveError::Port(error)) => Err(error.into()),
        }
    }
}

/// What is inside an account's seal.
#[derive(Serialize, Deserialize)]
struct SealedText {
    kind: PrincipalKind,
    document_type: DocumentType,
    number: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    issuing_state: Option<String>,
    name: String,
}

impl SealedText {
    fn of(identity: &Identity) -> Result<Personal<String>, AppError> {
        let text = Self {
            kind: identity.kind,
            document_type: identity.document.document_type(),
            number: identity.document.number(Purpose::Sealing).to_owned(),
            issuing_state: identity.document.issuing_state(Purpose::Sealing).map(str::to_owned),
            name: identity.name.reveal(Purpose::Sealing).clone(),
        };
        let json = serde_json::to_string(&text).map_err(|_| unreadable("it cannot be written"))?;
        Ok(Personal::new(json))
    }

    fn read(clear: &Personal<String>, now: Timestamp) -> Result<Identity, AppError> {
        // The cause is left out: serde's messages quote the value.
        let text: Self = serde_json::from_str(clear.reveal(Purpose::IdentityCheck))
            .map_err(|_| unreadable("it is not what this version writes"))?;
        let presented = Presented {
            document_type: text.document_type,
            number: &text.number,
            issuing_state: text.issuing_state.as_deref(),
        };
        let document =
            Document::read(presented, date_in_shanghai(now)).map_err(|_| unreadable("its document number is wrong"))?;
        Ok(Identity { kind: text.kind, document, name: Personal::new(text.name) })
    }
}

fn unreadable(why: &str) -> AppError {
    PortError::corrupt("the sealed identity", why).into()
}

fn date_in_shanghai(now: Timestamp) -> jiff::civil::Date {
    now.to_zoned_datetime(SHANGHAI.clone()).date()
}
