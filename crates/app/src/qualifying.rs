//! From an announced qualification to one that a person looks at (R7.1, R8): register → upload → confirm; and its taking
//! away before its time.
//!
//! The document does not travel through the API: whoever has it sends it to the store by a signed form. When they say that
//! they have, it is read, held against what was announced and kept apart, and the event that says so opens a case.

use std::sync::Arc;

use domain::{
    account::{Account, RegisterQualificationError},
    actor::Actor,
    id::{AccountId, QualificationId},
    personal::{Personal, Purpose},
    principal::PrincipalKind,
    profile::Profile,
    qualification::{
        Evidence, NewQualification, Qualification, QualificationKind, QualificationNumber, QualificationRefusal,
        QualificationState, Revocation, Term,
    },
    settings::Settings,
};
use jiff::{Timestamp, civil::Date};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{
    error::AppError,
    ports::{
        AccountLedger, Clock, EvidenceIntake, EvidencePlace, IdentityVault, SaveError, SettingsSource, UploadForm,
        Uploaded, WantedUpload,
    },
};

/// Another change of the account came first; the second try reads it.
const TRIES: usize = 5;

/// What is to be shown.
#[derive(Debug, Clone)]
pub struct RegisterQualification {
    /// Names the qualification; a second try of the same registration meets the first one's.
    pub operation_id: Uuid,
    pub account_id: AccountId,
    pub kind: QualificationKind,
    /// A person's leads to the person.
    pub number: Personal<String>,
    pub scope: String,
    pub issued_on: Date,
    pub expires_on: Date,
    pub evidence: Evidence,
    pub actor: Actor,
}

/// How a document is not the one that was announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EvidenceFault {
    TooLarge,
    /// It does not begin as a file of its type does.
    WrongType,
    WrongChecksum,
}

/// Takes qualifications and their documents.
pub struct QualificationDesk {
    pub accounts: Arc<dyn AccountLedger>,
    pub evidence: Arc<dyn EvidenceIntake>,
    pub vault: Arc<dyn IdentityVault>,
    pub settings: Arc<dyn SettingsSource>,
    pub clock: Arc<dyn Clock>,
    pub profile: Profile,
}

impl QualificationDesk {
    /// Announces a qualification; gives it with the form for its document.
    ///
    /// # Errors
    /// When there is no such account, it or its principal cannot have the qualification, the term is none, the document
    /// was shown before, or a port does not work.
    pub async fn register(&self, command: RegisterQualification) -> Result<(Qualification, UploadForm), AppError> {
        let (account, settings) = self.read(command.account_id).await?;
        let qualification_id = QualificationId::from_uuid(command.operation_id);
        let (mut account, mut expected) = (account, 0);
        let number = self.number(&account, &command).await?;
        for _ in 0..TRIES {
            expected = account.version;
            let now = self.clock.now();
            if let Some(known) = account.qualification(qualification_id) {
                return Ok((known.clone(), self.form_of(&account, known, &settings, now).await?));
            }
            if !settings.qualifications.knows(command.kind.as_str()) {
                return Err(QualificationRefusal::KindUnknown.into());
            }
            let new = NewQualification {
                qualification_id,
                kind: command.kind.clone(),
                number: number.clone(),
                scope: command.scope.clone(),
                term: Term::new(command.issued_on, command.expires_on, now).map_err(QualificationRefusal::Term)?,
                evidence: command.evidence.clone(),
                upload_hours: settings.qualifications.upload_hours,
                reminder_days: settings.qualifications.reminder_days,
            };
            let change =
                account.register_qualification(new, command.actor.clone(), now).map_err(|error| match error {
                    RegisterQualificationError::Account(status) => AppError::AccountClosed { status },
                    RegisterQualificationError::Refused(refusal) => refusal.into(),
                })?;
            match self.accounts.save(&change).await {
                Ok(()) => {
                    let known = find(&change.state, qualification_id)?;
                    return Ok((known.clone(), self.form_of(&change.state, known, &settings, now).await?));
                }
                Err(SaveError::VersionConflict) => account = self.account(command.account_id).await?,
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    /// Another form for the document, when the first one has closed.
    ///
    /// # Errors
    /// When there is no such qualification, it waits for no document, or a port does not work.
    pub async fn form(&self, account_id: AccountId, qualification_id: QualificationId) -> Result<UploadForm, AppError> {
        let (account, settings) = self.read(account_id).await?;
        let (known, now) = (find(&account, qualification_id)?, self.clock.now());
        match known.state_at(now) {
            QualificationState::AwaitingUpload => self.form_of(&account, known, &settings, now).await,
            state => Err(QualificationRefusal::NotFromHere(state).into()),
        }
    }

    /// The document has been uploaded: it is held against what was announced, kept, and comes before a person. Confirmed
    /// again, nothing changes.
    ///
    /// # Errors
    /// When there is no such qualification, it waits for no document any more, there is none, it is not the one that was
    /// announced, or a port does not work.
    pub async fn confirm(
        &self,
        account_id: AccountId,
        qualification_id: QualificationId,
        actor: &Actor,
    ) -> Result<Qualification, AppError> {
        let (mut account, settings) = self.read(account_id).await?;
        let known = find(&account, qualification_id)?;
        if known.state_at(self.clock.now()) == QualificationState::AwaitingUpload {
            self.take_in(EvidencePlace { account_id, qualification_id }, &known.evidence, &settings).await?;
        }
        let mut expected = 0;
        for _ in 0..TRIES {
            expected = account.version;
            let now = self.clock.now();
            let due_at = settings.qualifications.review_due_at(now);
            let confirmed = account.clone().confirm_evidence(qualification_id, due_at, actor.clone(), now)?;
            let Some(change) = confirmed else { return Ok(find(&account, qualification_id)?.clone()) };
            match self.accounts.save(&change).await {
                Ok(()) => return Ok(find(&change.state, qualification_id)?.clone()),
                Err(SaveError::VersionConflict) => account = self.account(account_id).await?,
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    /// Takes a valid qualification away, from this moment on. The same revocation again changes nothing.
    ///
    /// # Errors
    /// When there is no such qualification, it is not valid, or a port does not work.
    pub async fn revoke(
        &self,
        account_id: AccountId,
        qualification_id: QualificationId,
        revocation: &Revocation,
        actor: &Actor,
    ) -> Result<Qualification, AppError> {
        let mut expected = 0;
        for _ in 0..TRIES {
            let account = self.account(account_id).await?;
            expected = account.version;
            let (now, actor) = (self.clock.now(), actor.clone());
            let revoked =
                account.clone().revoke_qualification(qualification_id, revocation, &self.profile, actor, now)?;
            let Some(change) = revoked else { return Ok(find(&account, qualification_id)?.clone()) };
            match self.accounts.save(&change).await {
                Ok(()) => return Ok(find(&change.state, qualification_id)?.clone()),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    async fn take_in(&self, place: EvidencePlace, evidence: &Evidence, settings: &Settings) -> Result<(), AppError> {
        let bytes = match self.evidence.uploaded(place.into(), settings.qualifications.largest_evidence()).await? {
            Uploaded::Missing => return Err(AppError::EvidenceMissing),
            Uploaded::TooLarge => return Err(AppError::EvidenceMismatch(EvidenceFault::TooLarge)),
            Uploaded::Bytes(bytes) => bytes,
        };
        // The store holds the upload against the form, but for how the file begins; a store that does not is caught here.
        if data_encoding::HEXLOWER.encode(&Sha256::digest(&bytes)) != evidence.sha256 {
            return Err(AppError::EvidenceMismatch(EvidenceFault::WrongChecksum));
        }
        if !evidence.content_type.is_that_of(&bytes) {
            return Err(AppError::EvidenceMismatch(EvidenceFault::WrongType));
        }
        Ok(self.evidence.keep(place.into(), evidence.content_type, bytes).await?)
    }

    async fn form_of(
        &self,
        account: &Account,
        known: &Qualification,
        settings: &Settings,
        now: Timestamp,
    ) -> Result<UploadForm, AppError> {
        let place = EvidencePlace { account_id: account.account_id, qualification_id: known.qualification_id };
        let closes_at = settings.qualifications.form_closes_at(now).min(known.upload_until);
        let largest = settings.qualifications.largest_evidence();
        let Evidence { content_type, sha256 } = known.evidence.clone();
        let wanted = WantedUpload { place: place.into(), content_type, sha256: Some(sha256), largest, now, closes_at };
        Ok(self.evidence.form(&wanted).await?)
    }

    /// A person's number is sealed before it is stored anywhere.
    async fn number(
        &self,
        account: &Account,
        command: &RegisterQualification,
    ) -> Result<QualificationNumber, AppError> {
        let clear = command.number.reveal(Purpose::Sealing);
        Ok(match account.principal_kind {
            PrincipalKind::Individual => QualificationNumber::Personal {
                sealed: self.vault.seal(&account.account_id.to_string(), &command.number).await?,
                ending: QualificationNumber::ending_of(clear),
            },
            _ => QualificationNumber::Public { number: clear.clone() },
        })
    }

    async fn read(&self, account_id: AccountId) -> Result<(Account, Arc<Settings>), AppError> {
        futures::try_join!(self.account(account_id), async { Ok(self.settings.current().await?) })
    }

    async fn account(&self, account_id: AccountId) -> Result<Account, AppError> {
        self.accounts.load(account_id).await?.ok_or(AppError::AccountNotFound)
    }
}

fn find(account: &Account, qualification_id: QualificationId) -> Result<&Qualification, AppError> {
    account.qualification(qualification_id).ok_or_else(|| QualificationRefusal::Unknown.into())
}
