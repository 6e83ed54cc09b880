//! Showing that one holds a mobile number: a code is sent there and comes back (R6.1, R9.1).

use std::sync::Arc;

use domain::{
    account::{Account, AccountStatus},
    actor::Actor,
    id::{AccountId, ChallengeId},
    mobile::{MobileKey, MobileNumber},
    one_time_code::{CodeDigest, OneTimeCode},
    personal::{Personal, Purpose},
    phone_challenge::{Answered, NewChallenge, PhoneChallenge},
    settings::OneTimeCodeRules,
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    error::AppError,
    ports::{
        AccountLedger, Budgets, ChallengeBook, Chance, Clock, CodeDelivery, CodeMessage, IdentityVault, MobileIndex,
        PortError, SaveError, SettingsSource,
    },
};

/// Two who answer, or ask for codes, at once meet at one row; each try loses only to one that moved on.
const TRIES: usize = 5;

/// A number that somebody says is theirs.
#[derive(Debug, Clone)]
pub struct Challenge {
    /// Names the challenge; a second try of the same write meets the first one's.
    pub operation_id: Uuid,
    pub account_id: AccountId,
    pub number: Personal<String>,
}

/// A code that came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub operation_id: Uuid,
    pub account_id: AccountId,
    pub challenge_id: ChallengeId,
    pub code: Personal<String>,
    pub actor: Actor,
}

/// Sends codes and judges them.
pub struct MobileProving {
    pub accounts: Arc<dyn AccountLedger>,
    pub challenges: Arc<dyn ChallengeBook>,
    pub index: Arc<dyn MobileIndex>,
    pub vault: Arc<dyn IdentityVault>,
    pub delivery: Arc<dyn CodeDelivery>,
    pub settings: Arc<dyn SettingsSource>,
    pub chance: Arc<dyn Chance>,
    pub clock: Arc<dyn Clock>,
}

impl MobileProving {
    /// Sends a code to the number.
    ///
    /// # Errors
    /// When the number is wrong, too many codes were sent, the account is closed or not there, or a port does not work.
    pub async fn challenge(&self, command: Challenge) -> Result<PhoneChallenge, AppError> {
        let number = MobileNumber::parse(command.number.reveal(Purpose::Judging))?;
        let challenge_id = ChallengeId::from_uuid(command.operation_id);
        let (account, settings, mobile_keys, known) = futures::try_join!(
            self.accounts.load(command.account_id),
            self.settings.current(),
            self.index.mobile_keys_of(&number),
            self.challenges.challenge(challenge_id),
        )?;
        let account = account.ok_or(AppError::AccountNotFound)?;
        takes_mobile(&account)?;
        let number = number.with_calling_code(&settings.verification.mobile_calling_codes)?;
        let rules = &settings.one_time_codes;
        if let Some(sent) = known.as_ref().filter(|known| known.is_sent) {
            return Ok(sent.clone());
        }
        let code = OneTimeCode::from_chance(self.chance.bytes());
        let owner = seal_owner(command.account_id);
        let clear = Personal::new(number.e164(Purpose::Sealing).to_owned());
        let (digests, sealed) =
            futures::try_join!(self.index.digests_of(challenge_id, &code), self.vault.seal(&owner, &clear))?;
        let no_version = || PortError::corrupt("mobile index", "it has no version");
        let digest = digests.into_iter().next().ok_or_else(no_version)?;
        let (mobile_key, earlier) = mobile_keys.split_first().ok_or_else(no_version)?;
        let now = self.clock.now();
        let challenge = if let Some(known) = known {
            // Its code was never sent and is not known any more.
            let renewed = known.with_another_code(digest, rules, now);
            self.save(&renewed).await?;
            renewed
        } else {
            let account_id = command.account_id;
            let new = NewChallenge { challenge_id, account_id, digest, number: sealed, mobile_key: mobile_key.clone() };
            let challenge = PhoneChallenge::open(new, rules, now);
            self.open(&challenge, earlier, rules, now).await?;
            challenge
        };
        self.send(challenge, number, code, now).await
    }

    /// Judges the code; the right one proves the number.
    ///
    /// # Errors
    /// When the code is wrong or none is right any more, the account is closed or not there, or a port does not work.
    pub async fn answer(&self, command: Answer) -> Result<Account, AppError> {
        let code = OneTimeCode::parse(command.code.reveal(Purpose::Judging)).ok();
        let digests = match &code {
            Some(code) => Some(self.index.digests_of(command.challenge_id, code).await?),
            None => None,
        };
        let mut expected = 0;
        for _ in 0..TRIES {
            let (challenge, account) = futures::try_join!(
                self.challenges.challenge(command.challenge_id),
                self.accounts.load(command.account_id)
            )?;
            let account = account.ok_or(AppError::AccountNotFound)?;
            let of_account = challenge.filter(|challenge| challenge.account_id == command.account_id);
            let challenge = of_account.ok_or(AppError::ChallengeNotFound)?;
            takes_mobile(&account)?;
            expected = challenge.version;
            match self.judge(&command, digests.as_deref(), challenge, account).await {
                Err(Judged::Again) => {}
                Err(Judged::Refused(error)) => return Err(error),
                Ok(account) => return Ok(account),
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    async fn judge(
        &self,
        command: &Answer,
        digests: Option<&[CodeDigest]>,
        challenge: PhoneChallenge,
        account: Account,
    ) -> Result<Account, Judged> {
        let now = self.clock.now();
        // What is not six digits is a typing error, and costs no try.
        let digests = digests.ok_or(AppError::CodeWrong { tries_left: challenge.tries_left })?;
        let answered = challenge.answer(digests, command.operation_id, now).map_err(AppError::from)?;
        match answered {
            Answered::Already => Ok(account),
            Answered::Right(answered) => {
                let change = account.prove_mobile(answered.proven(now), command.actor.clone(), now);
                let change = change.map_err(|error| AppError::AccountClosed { status: error.from })?;
                self.challenges.prove(&answered, &change).await?;
                Ok(change.state)
            }
            // The try is counted before anybody learns that the code was wrong.
            Answered::Wrong(next) => {
                self.challenges.save(&next).await?;
                Err(AppError::CodeWrong { tries_left: next.tries_left }.into())
            }
        }
    }

    /// `earlier` are the keys of the number under the versions of the index before: what was sent under them counts.
    async fn open(
        &self,
        challenge: &PhoneChallenge,
        earlier: &[MobileKey],
        rules: &OneTimeCodeRules,
        now: Timestamp,
    ) -> Result<(), AppError> {
        for _ in 0..TRIES {
            let known = self.challenges.budgets(&challenge.mobile_key, challenge.account_id).await?;
            let mut of_number = known.number;
            for key in earlier {
                of_number = of_number.with(&self.challenges.budgets(key, challenge.account_id).await?.number);
            }
            let spent = |spent: domain::send_budget::Spent| AppError::CodeTooSoon { until: spent.until, now };
            let number = of_number.spend(rules, now).map_err(spent)?;
            let account = known.account.spend(rules, now).map_err(spent)?;
            match self.challenges.open(challenge, &Budgets { number, account }).await {
                Ok(()) => return Ok(()),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected: 0 })
    }

    async fn send(
        &self,
        challenge: PhoneChallenge,
        number: MobileNumber,
        code: OneTimeCode,
        now: Timestamp,
    ) -> Result<PhoneChallenge, AppError> {
        let message = CodeMessage {
            // Another code under the same challenge is another message.
            id: format!("{}.{}", challenge.challenge_id, challenge.version),
            account_id: challenge.account_id,
            number,
            code,
            issued_at: now,
            expires_at: challenge.expires_at,
        };
        self.delivery.deliver(&message).await?;
        let sent = challenge.sent();
        self.save(&sent).await?;
        Ok(sent)
    }

    async fn save(&self, challenge: &PhoneChallenge) -> Result<(), AppError> {
        self.challenges.save(challenge).await.map_err(|error| match error {
            SaveError::VersionConflict => AppError::VersionConflict { expected: challenge.version.saturating_sub(1) },
            SaveError::Port(error) => error.into(),
        })
    }
}

/// To whom a sealed mobile number belongs: not the same as a sealed identity, so that one cannot stand in for the other.
pub(crate) fn seal_owner(account_id: AccountId) -> String {
    format!("{account_id}/mobile")
}

fn takes_mobile(account: &Account) -> Result<(), AppError> {
    match account.status {
        AccountStatus::Pending | AccountStatus::Verifying | AccountStatus::ManualReview | AccountStatus::Active => {
            Ok(())
        }
        AccountStatus::Rejected => Err(AppError::AccountNotVerified { status: account.status }),
        AccountStatus::Deregistering | AccountStatus::Closed => Err(AppError::AccountClosed { status: account.status }),
    }
}

/// Why one try of an answer came to nothing.
enum Judged {
    /// Somebody else was first: read again.
    Again,
    Refused(AppError),
}

impl From<AppError> for Judged {
    fn from(error: AppError) -> Self {
        Self::Refused(error)
    }
}

impl From<SaveError> for Judged {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::VersionConflict => Self::Again,
            SaveError::Port(error) => Self::Refused(error.into()),
        }
    }
}
