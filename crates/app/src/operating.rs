//! What operators look at beside cases: an account with its history, how far the record is swept and sealed, and what lies
//! in the dead-letter queues.

use std::sync::Arc;

use domain::{
    account::Account,
    credit::Credit,
    id::{AccountId, CaseId},
    standing::Standing,
    subject::Subject,
};
use evidence::seal::Head;
use jiff::{SignedDuration, Timestamp};

use crate::{
    error::AppError,
    ports::{
        AccountLedger, CaseBoard, Clock, DeadLetter, DeadLetterBox, DeadLetterBoxes, SealLedger, SettingsSource,
        Watermark,
    },
};

/// How old the last seal may be. An hour is sealed some minutes after its end; the alarm has the same patience.
const SEAL_IS_LATE: SignedDuration = SignedDuration::from_hours(4);

/// How far behind the plan of the sweeps may be: it is made once a day.
const PLAN_IS_LATE: SignedDuration = SignedDuration::from_hours(36);

/// An account as staff see it: nothing of it is the identity, which stays sealed.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountFile {
    pub account: Account,
    /// About the account itself; what is open about its publications is with them.
    pub open_cases: Vec<CaseId>,
    pub credit: Credit,
    pub standing: Standing,
}

/// Looks accounts up.
pub struct AccountFiles {
    pub accounts: Arc<dyn AccountLedger>,
    pub board: Arc<dyn CaseBoard>,
    pub settings: Arc<dyn SettingsSource>,
    pub clock: Arc<dyn Clock>,
}

impl AccountFiles {
    /// # Errors
    /// When there is no such account, or a port does not work.
    pub async fn open(&self, account_id: AccountId) -> Result<AccountFile, AppError> {
        let subject = Subject::Account(account_id);
        let (account, open_cases, settings) = futures::try_join!(
            self.accounts.load(account_id),
            self.board.open_about(&subject),
            self.settings.current(),
        )?;
        let account = account.ok_or(AppError::AccountNotFound)?;
        let now = self.clock.now();
        let (credit, standing) = (Credit::of(&account, &settings.credit, now), Standing::of(&account, &settings, now));
        Ok(AccountFile { account, open_cases, credit, standing })
    }
}

/// How far the record is swept and sealed (R16.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordStatus {
    /// Up to when everything that could be deleted has been ordered to be.
    pub planned_until: Option<Timestamp>,
    pub plan_is_late: bool,
    /// The last seal of the chain.
    pub head: Option<Head>,
    pub seal_is_late: bool,
    pub as_of: Timestamp,
}

/// Looks at the record.
pub struct RecordDesk {
    pub watermark: Arc<dyn Watermark>,
    pub seals: Arc<dyn SealLedger>,
    pub clock: Arc<dyn Clock>,
}

impl RecordDesk {
    /// # Errors
    /// When a port does not work.
    pub async fn status(&self) -> Result<RecordStatus, AppError> {
        let (planned_until, head) = futures::try_join!(self.watermark.read(), self.seals.head())?;
        let as_of = self.clock.now();
        let late =
            |since: Option<Timestamp>, patience| since.is_none_or(|since| as_of.duration_since(since) > patience);
        Ok(RecordStatus {
            plan_is_late: late(planned_until, PLAN_IS_LATE),
            seal_is_late: late(head.as_ref().map(|head| head.hour), SEAL_IS_LATE),
            planned_until,
            head,
            as_of,
        })
    }
}

/// Looks into the dead-letter queues and sends their letters back.
pub struct DeadLetterDesk {
    pub boxes: Arc<dyn DeadLetterBoxes>,
}

/// The boxes, and the letters of the one that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetterView {
    pub boxes: Vec<DeadLetterBox>,
    pub open: Option<(String, Vec<DeadLetter>)>,
}

impl DeadLetterDesk {
    /// # Errors
    /// When there is no box of that name, or the queues do not work.
    pub async fn view(&self, open: Option<&str>) -> Result<DeadLetterView, AppError> {
        let boxes = self.boxes.counts().await?;
        let open = match open {
            Some(name) => Some((name.to_owned(), self.boxes.look(name).await?)),
            None => None,
        };
        Ok(DeadLetterView { boxes, open })
    }

    /// # Errors
    /// When there is no box of that name, what is in it came from no queue, or the queues do not work; what went before
    /// that has gone.
    pub async fn send_back(&self, name: &str, at_most: usize) -> Result<usize, AppError> {
        Ok(self.boxes.send_back(name, at_most).await?)
    }
}
