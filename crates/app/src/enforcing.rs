//! From a decision to what it does to the account: a measure in force (R13.1), a registration settled (R6.1), or a
//! qualification (R7.1), an account closed and its principal barred (R13.2); what its strikes lead to; of a comment that is taken away, also what it says of the account's management (R12.3); of an
//! appeal that is accepted, the way back (B9).

mod appeals;
mod closing;
mod comment_duty;
mod ladder;

use std::sync::Arc;

use domain::{
    account::{Account, AccountStatus, RejectionReason},
    actor::Actor,
    appeal::AppealOutcome,
    case::Matter,
    change::Change,
    comment::{Comment, CommentStatus},
    comment_duty::DutyFact,
    decision::{Action, Decision},
    enforcement::Enforcement,
    event::{Event, EventBody},
    id::{AccountId, CommentId, EnforcementId, ProfileChangeId, PublicationId, QualificationId},
    profile::Profile,
    public_profile::ProfileOutcome,
    publication::{Publication, PublicationStatus},
    qualification::QualificationState,
    subject::Subject,
};

use jiff::Timestamp;

use crate::{
    error::AppError,
    ports::{
        AccountLedger, Blacklist, CircuitBreaker, Clock, CommentDutyBook, CommentRecord, CommentShelf, PortError,
        PrincipalRegister, PublicationRecord, PublicationShelf, RenameError, SaveError, SettingsSource,
    },
    removed_content::RemovedContentDesk,
};

/// Two decisions on one account at once: the second try reads the account as the first left it.
const TRIES: usize = 5;

/// Applies decisions.
pub struct Enforcer {
    pub accounts: Arc<dyn AccountLedger>,
    pub shelf: Arc<dyn PublicationShelf>,
    pub comments: Arc<dyn CommentShelf>,
    pub duties: Arc<dyn CommentDutyBook>,
    pub settings: Arc<dyn SettingsSource>,
    pub removed: RemovedContentDesk,
    pub breaker: Arc<dyn CircuitBreaker>,
    pub principals: Arc<dyn PrincipalRegister>,
    pub blacklist: Arc<dyn Blacklist>,
    pub clock: Arc<dyn Clock>,
    pub profile: Profile,
}

/// What applying a decision came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enforced {
    Applied(EnforcementId),
    /// It is in force: the message is a copy.
    AlreadyInForce(EnforcementId),
    /// The registration is settled: the account is active, or rejected.
    Settled(AccountStatus),
    /// The registration was settled before: the message is a copy, or late.
    AlreadySettled(AccountStatus),
    /// The publication is shown to the public, or taken away.
    PublicationSettled(PublicationStatus),
    /// The qualification is valid, refused, or has expired in the meantime.
    QualificationSettled(QualificationState),
    /// The public sees another profile, or the old one stays.
    ProfileSettled {
        is_shown: bool,
    },
    /// The comment is shown to the public, or taken away.
    CommentSettled(CommentStatus),
    /// The measure is lifted.
    Lifted(EnforcementId),
    /// The appeal is concluded, and what it undoes is undone.
    AppealConcluded(AppealOutcome),
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
        let account_id = self.account_of(decision).await?;
        match &decision.matter {
            Matter::Rectification { enforcement_id } => {
                self.settle_rectification(account_id, *enforcement_id, decision).await
            }
            Matter::Complaint { .. }
            | Matter::PrincipalListing { .. }
            | Matter::CommentDuty { .. }
            | Matter::Escalation { .. } => Box::pin(self.answer_conduct(account_id, decision)).await,
            Matter::Registration => self.settle(account_id, decision).await,
            Matter::Profile { change_id } => self.settle_profile(account_id, *change_id, decision).await,
            Matter::Content { edition } => self.settle_content(Some(*edition), decision).await,
            Matter::Qualification { qualification_id } => {
                self.settle_qualification(account_id, *qualification_id, decision).await
            }
            Matter::Appeal { decision_id, against } => {
                // In a box, so that what goes through here for other matters does not carry its size.
                let concluded = Box::pin(self.settle_appeal(account_id, (*decision_id, *against), decision)).await?;
                if decision.reverses_decision_id == Some(*decision_id) {
                    Box::pin(self.unbar(account_id, *decision_id, decision)).await?;
                }
                Ok(concluded)
            }
        }
    }

    async fn answer_conduct(&self, account_id: AccountId, decision: &Decision) -> Result<Enforced, AppError> {
        match (decision.action, decision.enforcement(&self.profile)) {
            (Action::RemoveContent, _) => self.settle_content(None, decision).await,
            (Action::Close { blacklist }, Some(measure)) => self.close(account_id, measure, blacklist, decision).await,
            (_, Some(measure)) => self.put_in_force(account_id, measure).await,
            (_, None) => Ok(Enforced::Nothing),
        }
    }

    async fn put_in_force(&self, account_id: AccountId, enforcement: Enforcement) -> Result<Enforced, AppError> {
        let settings = self.settings.current().await?;
        let measure = settings.enforcement.counted(enforcement, &settings.credit);
        let decision_id = measure.decision_id;
        let enforced = self.note_in_force(account_id, measure).await?;
        // Of a copy too: what the first one may have left undone is done now.
        self.climb(account_id, decision_id).await?;
        Ok(enforced)
    }

    async fn note_in_force(&self, account_id: AccountId, enforcement: Enforcement) -> Result<Enforced, AppError> {
        let enforcement_id = enforcement.enforcement_id;
        let enforce = |account: Account, now| account.enforce(enforcement.clone(), Actor::function("enforcer"), now);
        let changed = self.change(account_id, enforce).await?;
        Ok(changed.map_or(Enforced::AlreadyInForce(enforcement_id), |_| Enforced::Applied(enforcement_id)))
    }

    /// Makes of the account what `judge` says at this moment, as often as somebody else has changed it meanwhile. Gives what
    /// it is now; `None` when there was nothing to change.
    async fn change(
        &self,
        account_id: AccountId,
        judge: impl Fn(Account, Timestamp) -> Option<Change<Account>>,
    ) -> Result<Option<Account>, AppError> {
        let mut expected = 0;
        for _ in 0..TRIES {
            let account = self.accounts.load(account_id).await?.ok_or(AppError::AccountNotFound)?;
            expected = account.version;
            let Some(change) = judge(account, self.clock.now()) else { return Ok(None) };
            match self.accounts.save(&change).await {
                Ok(()) => return Ok(Some(change.state)),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    /// The reviewer's word stands where the identity provider's was missing.
    async fn settle(&self, account_id: AccountId, decision: &Decision) -> Result<Enforced, AppError> {
        let mut expected = 0;
        for _ in 0..TRIES {
            let account = self.accounts.load(account_id).await?.ok_or(AppError::AccountNotFound)?;
            expected = account.version;
            let (reviewer, now) = (decision.decided_by.clone(), self.clock.now());
            let illegal = |error: domain::account::IllegalTransition| AppError::Message(error.to_string());
            let (status, is_approved) = (account.status, decision.action == Action::Approve);
            let change = match status.is_open_registration() {
                true if is_approved => Some(account.verify(reviewer, now).map_err(illegal)?),
                true => Some(account.reject(RejectionReason::RefusedByReviewer, reviewer, now).map_err(illegal)?),
                false => account.settle_leaving(is_approved, reviewer, now),
            };
            let Some(change) = change else { return Ok(Enforced::AlreadySettled(status)) };
            let status = change.state.status;
            let saved = if is_approved {
                self.accounts.save(&change).await
            } else {
                self.accounts.save_and_release(&change).await
            };
            match saved {
                Ok(()) => return Ok(Enforced::Settled(status)),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    async fn settle_qualification(
        &self,
        account_id: AccountId,
        qualification_id: QualificationId,
        decision: &Decision,
    ) -> Result<Enforced, AppError> {
        let reviewer = &decision.decided_by;
        let settle = |account: Account, now| {
            account.settle_qualification(qualification_id, decision, &self.profile, reviewer.clone(), now)
        };
        let settled = self.change(account_id, settle).await?;
        let state = |account: Account| {
            account.qualification(qualification_id).map_or(QualificationState::Expired, |it| it.state)
        };
        Ok(settled.map_or(Enforced::Nothing, |account| Enforced::QualificationSettled(state(account))))
    }

    /// Of a publication the edition that the decision is about, or else the one that the public sees.
    async fn settle_content(&self, edition: Option<u64>, decision: &Decision) -> Result<Enforced, AppError> {
        match decision.subject {
            Subject::Publication(publication_id) => {
                Box::pin(self.settle_publication(publication_id, edition, decision)).await
            }
            Subject::Comment(comment_id) => self.settle_comment(comment_id, decision).await,
            Subject::Account(_) => Err(AppError::Message("an account is no content".to_owned())),
        }
    }

    async fn settle_comment(&self, comment_id: CommentId, decision: &Decision) -> Result<Enforced, AppError> {
        let mut expected = 0;
        for _ in 0..TRIES {
            let CommentRecord { comment, verdict } =
                self.comments.load(comment_id).await?.ok_or(AppError::CommentNotFound)?;
            expected = comment.version;
            let (reviewer, now) = (decision.decided_by.clone(), self.clock.now());
            let (account_id, fact) = (comment.account_id, DutyFact::of(&comment, decision, now));
            let settled_by = comment.settlement.as_ref().map(|settlement| settlement.decision_id);
            let Some(change) = comment.clone().settle(decision, &self.profile, reviewer, now) else {
                // It is on record; what follows from it may not have been drawn when a try broke off.
                self.stop_the_spread_of_comment(decision, &comment).await?;
                self.hold_to_duty(account_id, decision).await?;
                return Ok(Enforced::Nothing);
            };
            let status = change.state.status;
            if let (CommentStatus::Published, Some(undone)) = (status, settled_by) {
                // Before it is shown again, as of a publication.
                self.removed.withdraw(undone, Subject::Comment(comment_id)).await?;
            }
            let record = CommentRecord { comment: change.state, verdict };
            let change = Change { state: record, event: change.event };
            match self.comments.save_settled(&change, fact.as_ref()).await {
                Ok(()) => {
                    self.stop_the_spread_of_comment(decision, &change.state.comment).await?;
                    self.hold_to_duty(account_id, decision).await?;
                    return Ok(Enforced::CommentSettled(status));
                }
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    async fn settle_publication(
        &self,
        publication_id: PublicationId,
        edition: Option<u64>,
        decision: &Decision,
    ) -> Result<Enforced, AppError> {
        let mut expected = 0;
        for _ in 0..TRIES {
            let PublicationRecord { publication, verdict } =
                self.shelf.load(publication_id).await?.ok_or(AppError::PublicationNotFound)?;
            expected = publication.version;
            let settled_by = publication.settlement.as_ref().map(|settlement| settlement.decision_id);
            if settled_by == Some(decision.decision_id) {
                // A copy: what the first one may have left undone is done now.
                self.stop_the_spread(decision, &publication).await?;
                return Ok(Enforced::Nothing);
            }
            let (reviewer, now) = (decision.decided_by.clone(), self.clock.now());
            let edition = edition.or(publication.shown_edition()).unwrap_or(publication.edition);
            let Some(change) = publication.settle(edition, decision, &self.profile, reviewer, now) else {
                return Ok(Enforced::Nothing);
            };
            let status = change.state.status;
            if let (PublicationStatus::Published, Some(undone)) = (status, settled_by) {
                // Before it is shown again: afterwards nobody knows by what it was removed.
                self.removed.withdraw(undone, decision.subject).await?;
            }
            let record = PublicationRecord { publication: change.state, verdict };
            let change = Change { state: record, event: change.event };
            match self.shelf.save(&change).await {
                Ok(()) => {
                    self.stop_the_spread(decision, &change.state.publication).await?;
                    return Ok(Enforced::PublicationSettled(status));
                }
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    async fn settle_profile(
        &self,
        account_id: AccountId,
        change_id: ProfileChangeId,
        decision: &Decision,
    ) -> Result<Enforced, AppError> {
        let mut expected = 0;
        for _ in 0..TRIES {
            let account = self.accounts.load(account_id).await?.ok_or(AppError::AccountNotFound)?;
            expected = account.version;
            let (reviewer, now, before) = (decision.decided_by.clone(), self.clock.now(), account.names_held());
            let Some(change) = account.settle_profile(change_id, decision, &self.profile, reviewer, now) else {
                return Ok(Enforced::Nothing);
            };
            let outcome = change.state.profile_change.as_ref().map(|change| &change.outcome);
            let is_shown = matches!(outcome, Some(ProfileOutcome::Applied { .. }));
            match self.accounts.save_with_names(&change, &before).await {
                Ok(()) => return Ok(Enforced::ProfileSettled { is_shown }),
                Err(RenameError::VersionConflict) => {}
                // It was taken when it was asked for.
                Err(RenameError::NameTaken) => {
                    return Err(PortError::corrupt("account ledger", "another account has the name that waited").into());
                }
                Err(RenameError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    /// Copies of what the decision removed are stopped from now (R11.2). What the public saw of an earlier edition alone is
    /// not banked: the latest is other content.
    async fn stop_the_spread(&self, decision: &Decision, publication: &Publication) -> Result<(), AppError> {
        if removes(decision) && publication.settlement.as_ref().is_some_and(|it| it.decision_id == decision.decision_id)
        {
            self.removed.bank(decision.decision_id, publication).await?;
        }
        Ok(())
    }

    async fn stop_the_spread_of_comment(&self, decision: &Decision, comment: &Comment) -> Result<(), AppError> {
        if removes(decision) && comment.settlement.as_ref().is_some_and(|it| it.decision_id == decision.decision_id) {
            self.removed.bank_comment(decision.decision_id, comment).await?;
        }
        Ok(())
    }

    async fn account_of(&self, decision: &Decision) -> Result<AccountId, AppError> {
        match decision.subject {
            Subject::Account(account_id) => Ok(account_id),
            Subject::Publication(publication_id) => {
                let record = self.shelf.load(publication_id).await?.ok_or(AppError::PublicationNotFound)?;
                Ok(record.publication.account_id)
            }
            Subject::Comment(comment_id) => {
                let record = self.comments.load(comment_id).await?.ok_or(AppError::CommentNotFound)?;
                Ok(record.comment.account_id)
            }
        }
    }
}

const fn removes(decision: &Decision) -> bool {
    matches!(decision.action, Action::Refuse | Action::RemoveContent)
}
