//! From a decision, or a listing on the blacklist, to the report that the office gets of it (R11.2, R13.1, R13.2).

mod desk;

use std::sync::Arc;

use domain::{
    account::Account,
    appeal::AppealConclusion,
    authority_report::{
        AuthorityReport, Correction, ReportCause, ReportGround, ReportNumber, ReportedAccount, year_of,
    },
    blacklist::{Listing, PastListing},
    change::Change,
    decision::Decision,
    event::{Event, EventBody},
    id::{AccountId, DecisionId, ListingId},
    principal::PrincipalKey,
    profile::Profile,
    subject::Subject,
};
use jiff::Timestamp;

pub use self::desk::{AuthorityReportDesk, ReportPage};
use crate::{
    error::AppError,
    ports::{
        AccountLedger, Blacklist, Clock, CommentShelf, PrincipalRegister, PublicationShelf, ReportFiles, ReportLedger,
        SaveError, SettingsSource,
    },
};

/// Reports are made one after the other: another one took the number. As many as decide at one moment, and some more; what is
/// left, the queue delivers again.
const TRIES: usize = 10;

/// Makes reports.
pub struct AuthorityReporter {
    pub ledger: Arc<dyn ReportLedger>,
    pub files: Arc<dyn ReportFiles>,
    pub accounts: Arc<dyn AccountLedger>,
    pub principals: Arc<dyn PrincipalRegister>,
    pub blacklist: Arc<dyn Blacklist>,
    pub shelf: Arc<dyn PublicationShelf>,
    pub comments: Arc<dyn CommentShelf>,
    pub settings: Arc<dyn SettingsSource>,
    pub clock: Arc<dyn Clock>,
    pub profile: Profile,
}

impl AuthorityReporter {
    /// Reports what the settings ask for, or corrects the report of what the event undoes. To be called when it has taken
    /// effect. First the ledger, then the file: a copy of the message puts the file that a crash left out. Whoever enters a
    /// report looks for its reversal afterwards, and a reversal, which is on record by now, looks for the report: one of the
    /// two sees the other.
    ///
    /// # Errors
    /// When the subject of the decision does not exist, or a port does not work.
    pub async fn report(&self, event: &Event) -> Result<Option<ReportNumber>, AppError> {
        match &event.body {
            EventBody::DecisionMade { decision } => match Correction::by(decision) {
                Some((corrected, correction)) => self.correct_what_was_reported(corrected, correction).await,
                None => self.report_decision(decision).await,
            },
            EventBody::PrincipalListed { principal_key, listing } => self.report_listing(principal_key, listing).await,
            EventBody::PrincipalUnlisted { listing_id, .. } => {
                let (listing_id, correction) = (*listing_id, Correction::told_by(event, *listing_id));
                self.correct_what_was_reported(ReportCause::Listing { listing_id }, correction).await
            }
            _ => Ok(None),
        }
    }

    async fn report_decision(&self, decision: &Decision) -> Result<Option<ReportNumber>, AppError> {
        let settings = self.settings.current().await?;
        if !settings.authority_reports.ask_for(decision) {
            return Ok(None);
        }
        let decision_id = decision.decision_id;
        let cause = ReportCause::Decision { decision_id };
        let (account_id, content_hash) = self.concerned(decision).await?;
        let reported = match self.ledger.about(cause).await? {
            Some(known) => known,
            None => {
                let account = self.account(account_id).await?;
                // What was undone before it came has never had an effect.
                if reversal(&account, decision_id).is_some() {
                    return Ok(None);
                }
                let office = settings.authority_reports.office.clone();
                let account = Some(ReportedAccount::of(&account));
                let ground = ReportGround { office, profile: self.profile.id.clone(), account, content_hash };
                let make = |number, now| AuthorityReport::of(decision, ground.clone(), number, &self.profile, now);
                let Some(entered) = self.enter(cause, make).await? else { return Ok(None) };
                entered
            }
        };
        self.files.put(&reported).await?;
        if let Some(correction) = reversal(&self.account(account_id).await?, decision_id) {
            self.correct(&reported, correction).await?;
        }
        Ok(Some(reported.number))
    }

    async fn report_listing(&self, key: &PrincipalKey, listing: &Listing) -> Result<Option<ReportNumber>, AppError> {
        let settings = self.settings.current().await?;
        if !settings.authority_reports.ask_for_listings() {
            return Ok(None);
        }
        let listing_id = listing.listing_id;
        let cause = ReportCause::Listing { listing_id };
        let reported = match self.ledger.about(cause).await? {
            Some(known) => known,
            None => {
                if self.removal_of(key, listing_id).await?.is_some() {
                    return Ok(None);
                }
                let account = match listing.account_id {
                    Some(account_id) => Some(ReportedAccount::of(&self.account(account_id).await?)),
                    None => None,
                };
                let office = settings.authority_reports.office.clone();
                let ground = ReportGround { office, profile: self.profile.id.clone(), account, content_hash: None };
                let make = |number, now| Some(AuthorityReport::of_listing(listing, ground.clone(), number, now));
                let Some(entered) = self.enter(cause, make).await? else { return Ok(None) };
                entered
            }
        };
        self.files.put(&reported).await?;
        if let Some(past) = self.removal_of(key, listing_id).await? {
            self.correct(&reported, Correction::of_listing(&past)).await?;
        }
        Ok(Some(reported.number))
    }

    /// That the listing was removed, from the entry that it was made in or from that of the canonical principal.
    async fn removal_of(&self, key: &PrincipalKey, listing_id: ListingId) -> Result<Option<PastListing>, AppError> {
        let canonical = self.principals.canonical(key).await?;
        let (made_in, canonical) = futures::try_join!(self.blacklist.entry(key), self.blacklist.entry(&canonical))?;
        let past = made_in.into_iter().chain(canonical).flat_map(|entry| entry.past);
        Ok(past.into_iter().find(|past| past.listing.listing_id == listing_id))
    }

    async fn correct_what_was_reported(
        &self,
        corrected: ReportCause,
        correction: Correction,
    ) -> Result<Option<ReportNumber>, AppError> {
        let Some(reported) = self.ledger.about(corrected).await? else { return Ok(None) };
        self.correct(&reported, correction).await.map(Some)
    }

    async fn correct(&self, reported: &AuthorityReport, correction: Correction) -> Result<ReportNumber, AppError> {
        let supplement = match self.ledger.about(correction.cause).await? {
            Some(known) => known,
            None => {
                let make = |number, now| Some(AuthorityReport::supplement(reported, correction, number, now));
                let entered = self.enter(correction.cause, make).await?;
                entered.ok_or(AppError::VersionConflict { expected: 0 })?
            }
        };
        self.files.put(&supplement).await?;
        Ok(supplement.number)
    }

    /// Gives the report that is on record, whoever entered it.
    async fn enter(
        &self,
        cause: ReportCause,
        make: impl Fn(ReportNumber, Timestamp) -> Option<Change<AuthorityReport>>,
    ) -> Result<Option<AuthorityReport>, AppError> {
        for _ in 0..TRIES {
            let now = self.clock.now();
            let number = ReportNumber::following(self.ledger.last(year_of(now)).await?, now);
            let Some(change) = make(number, now) else { return Ok(None) };
            match self.ledger.enter(&change).await {
                Ok(()) => return Ok(Some(change.state)),
                Err(SaveError::VersionConflict) => {
                    if let Some(known) = self.ledger.about(cause).await? {
                        return Ok(Some(known));
                    }
                }
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected: 0 })
    }

    /// Whose account it is, and of a publication the hash of what it says.
    async fn concerned(&self, decision: &Decision) -> Result<(AccountId, Option<String>), AppError> {
        Ok(match decision.subject {
            Subject::Account(account_id) => (account_id, None),
            Subject::Publication(publication_id) => {
                let record = self.shelf.load(publication_id).await?.ok_or(AppError::PublicationNotFound)?;
                (record.publication.account_id, Some(record.publication.content_hash))
            }
            Subject::Comment(comment_id) => {
                let record = self.comments.load(comment_id).await?.ok_or(AppError::CommentNotFound)?;
                (record.comment.account_id, None)
            }
        })
    }

    async fn account(&self, account_id: AccountId) -> Result<Account, AppError> {
        self.accounts.load(account_id).await?.ok_or(AppError::AccountNotFound)
    }
}

/// The accepted appeal against the decision, as the account's row tells of it.
fn reversal(account: &Account, decision_id: DecisionId) -> Option<Correction> {
    let mut about = account.appeals.iter().filter(|it: &&AppealConclusion| it.appealed_decision_id == decision_id);
    about.find_map(Correction::of_appeal)
}
