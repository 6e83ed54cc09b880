//! From registered to verified or rejected: what the checks and the people who stand in for them do to an account (R6.1).

use jiff::Timestamp;

use super::{Account, IllegalTransition, RejectionReason, Step};
use crate::{
    actor::Actor,
    case::Matter,
    change::Change,
    event::EventBody,
    mobile::ProvenMobile,
    personal::Purpose,
    verification::{CheckOutcome, Verification},
};

impl Account {
    /// The identity is going to be unsealed and the identity provider asked. The event is the audit record of the
    /// unsealing (R9.1): it is stored before the clear text is there.
    ///
    /// # Errors
    /// When the account does not wait for a check.
    pub fn begin_check(mut self, actor: Actor, now: Timestamp) -> Result<Change<Self>, IllegalTransition> {
        self.take(Step::BeginCheck)?;
        let attempts = self.verification.attempts.saturating_add(1);
        self.verification = Verification { attempts, last_outcome: None, checked_at: None };
        let (account_id, purpose) = (self.account_id, Purpose::IdentityCheck);
        let body = EventBody::IdentityUnsealed { account_id, purpose, reference: None };
        Ok(self.changed(body, actor, now))
    }

    /// A person is going to read the identity, for the case or the order of that reference; where the account stands is not
    /// touched.
    #[must_use]
    pub fn unseal(self, purpose: Purpose, reference: String, actor: Actor, now: Timestamp) -> Change<Self> {
        let body = EventBody::IdentityUnsealed { account_id: self.account_id, purpose, reference: Some(reference) };
        self.changed(body, actor, now)
    }

    /// The provider has not answered, or not with an outcome; it is to be asked again after a pause.
    ///
    /// # Errors
    /// When no check is at work.
    pub fn check_unavailable(
        mut self,
        pause_seconds: u32,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, IllegalTransition> {
        self.take(Step::NoteCheck)?;
        self.note(CheckOutcome::Unavailable, now);
        let (account_id, attempt) = (self.account_id, self.verification.attempts);
        let body = EventBody::IdentityCheckUnavailable { account_id, attempt, pause_seconds };
        Ok(self.changed(body, actor, now))
    }

    /// Number and name belong together, and something else is still to be proven.
    ///
    /// # Errors
    /// When no check is at work.
    pub fn identity_matched(mut self, actor: Actor, now: Timestamp) -> Result<Change<Self>, IllegalTransition> {
        self.take(Step::NoteCheck)?;
        self.note(CheckOutcome::Match, now);
        let body = EventBody::IdentityMatched { account_id: self.account_id };
        Ok(self.changed(body, actor, now))
    }

    /// The holder has shown to have that mobile number.
    ///
    /// # Errors
    /// When the account is rejected, or is being closed.
    pub fn prove_mobile(
        mut self,
        mobile: ProvenMobile,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, IllegalTransition> {
        self.take(Step::ProveMobile)?;
        self.mobile = Some(mobile);
        let body = EventBody::MobileProven { account_id: self.account_id };
        Ok(self.changed(body, actor, now))
    }

    /// The checks have come to no answer, so that a person decides; the event opens a case that is due at `due_at`.
    ///
    /// # Errors
    /// When the registration is not open, or is with a person already.
    pub fn request_review(
        self,
        due_at: Timestamp,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, IllegalTransition> {
        self.hand_over(CheckOutcome::Unavailable, due_at, actor, now)
    }

    /// The identity is settled and rules have something against the name, so that a person decides (R2, R4).
    ///
    /// # Errors
    /// When the registration is not open, or is with a person already.
    pub fn request_name_review(
        self,
        due_at: Timestamp,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, IllegalTransition> {
        self.hand_over(CheckOutcome::Match, due_at, actor, now)
    }

    fn hand_over(
        mut self,
        outcome: CheckOutcome,
        due_at: Timestamp,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, IllegalTransition> {
        self.take(Step::RequestReview)?;
        self.note(outcome, now);
        let (account_id, matter) = (self.account_id, Matter::Registration);
        Ok(self.changed(EventBody::ManualReviewRequested { account_id, matter, due_at }, actor, now))
    }

    /// The account is active: all that is asked for is proven, or a reviewer approves.
    ///
    /// # Errors
    /// When the registration is not open.
    pub fn verify(mut self, actor: Actor, now: Timestamp) -> Result<Change<Self>, IllegalTransition> {
        let by_a_person = self.status == super::AccountStatus::ManualReview;
        self.take(Step::Verify)?;
        if !by_a_person {
            self.note(CheckOutcome::Match, now);
        }
        let body = EventBody::AccountVerified { account_id: self.account_id };
        Ok(self.changed(body, actor, now))
    }

    /// # Errors
    /// When the registration is not open.
    pub fn reject(
        mut self,
        reason: RejectionReason,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, IllegalTransition> {
        self.take(Step::Reject)?;
        match reason {
            RejectionReason::IdentityMismatch => self.note(CheckOutcome::Mismatch, now),
            RejectionReason::IdentityNotFound => self.note(CheckOutcome::NotFound, now),
            RejectionReason::RefusedByReviewer => {}
        }
        self.rejection_reason = Some(reason);
        let body = EventBody::RegistrationRejected { account_id: self.account_id, reason };
        Ok(self.changed(body, actor, now))
    }

    fn take(&mut self, step: Step) -> Result<(), IllegalTransition> {
        self.status = self.status.after(step)?;
        Ok(())
    }

    fn note(&mut self, outcome: CheckOutcome, now: Timestamp) {
        self.verification.last_outcome = Some(outcome);
        self.verification.checked_at = Some(now);
    }
}
