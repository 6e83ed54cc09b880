//! The way out (R9.2).

use jiff::Timestamp;

use super::{Account, AccountStatus, RejectionReason, Step};
use crate::{
    actor::Actor,
    change::Change,
    deregistration::{
        Deregistration, DeregistrationRefusal, DestroyedValue, DestructionReason, DestructionReceipt, KeepingDuty,
        closes_at, sealed_sha256,
    },
    event::EventBody,
    id::RunId,
};

impl Account {
    /// Asks for the account to be closed. Asking again changes nothing: `None`.
    ///
    /// # Errors
    /// When the account is rejected or closed.
    pub fn request_deregistration(
        mut self,
        cooling_off_days: u32,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Option<Change<Self>>, DeregistrationRefusal> {
        if self.status == AccountStatus::Deregistering {
            return Ok(None);
        }
        let from = self.status;
        self.status = from.after(Step::RequestDeregistration).map_err(|_| DeregistrationRefusal::NotFromHere(from))?;
        let closes_at = closes_at(now, cooling_off_days);
        self.deregistration = Some(Deregistration {
            requested_by: actor.clone(),
            requested_at: now,
            closes_at,
            from,
            closed_at: None,
            kept_for: None,
            receipt: None,
        });
        let body = EventBody::DeregistrationRequested { account_id: self.account_id, closes_at };
        Ok(Some(self.changed(body, actor, now)))
    }

    /// The holder has changed their mind: the account stands where it stood.
    ///
    /// # Errors
    /// When no deregistration is under way, or it is too late.
    pub fn undo_deregistration(mut self, actor: Actor, now: Timestamp) -> Result<Change<Self>, DeregistrationRefusal> {
        let Some(Deregistration { closes_at, from, .. }) = self.deregistration.clone() else {
            return Err(DeregistrationRefusal::NotUnderWay);
        };
        if now >= closes_at {
            return Err(DeregistrationRefusal::TooLate);
        }
        let step = Step::UndoDeregistration { back_to: from };
        self.status = self.status.after(step).map_err(|_| DeregistrationRefusal::NotUnderWay)?;
        self.deregistration = None;
        let body = EventBody::DeregistrationUndone { account_id: self.account_id };
        Ok(self.changed(body, actor, now))
    }

    /// A person's word on the registration of an account that asked to leave before it was active: approved, it would come back
    /// as an active one; refused, there is nothing to come back to, and whoever stores the change gives its place and its names
    /// back. `None` when it is not leaving, or was active.
    #[must_use]
    pub fn settle_leaving(mut self, is_approved: bool, reviewer: Actor, now: Timestamp) -> Option<Change<Self>> {
        let leaving = self.deregistration.as_mut().filter(|_| self.status == AccountStatus::Deregistering)?;
        let from = leaving.from;
        if !from.is_open_registration() {
            return None;
        }
        if is_approved {
            leaving.from = AccountStatus::Active;
            let body = EventBody::AccountVerified { account_id: self.account_id };
            return Some(self.changed(body, reviewer, now));
        }
        self.status = from;
        self.deregistration = None;
        self.reject(RejectionReason::RefusedByReviewer, reviewer, now).ok()
    }

    /// Closes the account. Whoever stores the change gives its place and its names back.
    ///
    /// # Errors
    /// When no deregistration is under way, or it is too early.
    pub fn close_deregistered(mut self, actor: Actor, now: Timestamp) -> Result<Change<Self>, DeregistrationRefusal> {
        let to = self.status.after(Step::Close).map_err(|_| DeregistrationRefusal::NotUnderWay)?;
        let Some(deregistration) = &mut self.deregistration else { return Err(DeregistrationRefusal::NotUnderWay) };
        if now < deregistration.closes_at {
            return Err(DeregistrationRefusal::TooEarly);
        }
        deregistration.closed_at = Some(now);
        self.status = to;
        let body = EventBody::AccountClosed { account_id: self.account_id };
        Ok(self.changed(body, actor, now))
    }

    /// When the account is to be closed, while that is under way.
    #[must_use]
    pub fn closing_due_at(&self) -> Option<Timestamp> {
        let deregistration = self.deregistration.as_ref()?;
        (self.status == AccountStatus::Deregistering).then_some(deregistration.closes_at)
    }

    /// What on the account itself keeps its sealed identity at `now`.
    #[must_use]
    pub fn keeping_duty(&self, now: Timestamp) -> Option<KeepingDuty> {
        if self.principal_listing.is_some() {
            return Some(KeepingDuty::PrincipalListing);
        }
        let may_be_appealed = self
            .enforcements
            .iter()
            .any(|it| !it.is_reversed() && it.statement.appeal_until.is_some_and(|until| now < until));
        may_be_appealed.then_some(KeepingDuty::AppealWindow)
    }

    /// Notes why the sealed identity of a closed account is still there. `None` when that is noted already.
    #[must_use]
    pub fn keep_identity(mut self, duty: KeepingDuty, actor: Actor, now: Timestamp) -> Option<Change<Self>> {
        let deregistration = self.deregistration.as_mut()?;
        if deregistration.kept_for.replace(duty) == Some(duty) {
            return None;
        }
        let body = EventBody::IdentityKept { account_id: self.account_id, duty };
        Some(self.changed(body, actor, now))
    }

    /// Destroys the sealed identity of a closed account: the only copy of the wrapped data key goes with it. `None` when
    /// it is not closed or nothing is left to destroy.
    #[must_use]
    pub fn destroy_identity(mut self, run_id: RunId, actor: Actor, now: Timestamp) -> Option<Change<Self>> {
        if self.status != AccountStatus::Closed {
            return None;
        }
        let deregistration = self.deregistration.as_mut()?;
        let sealed = self.identity.take()?;
        let receipt = DestructionReceipt {
            what: DestroyedValue::Identity,
            reason: DestructionReason::Deregistration,
            destroyed_at: now,
            run_id,
            sealed_sha256: sealed_sha256(&sealed),
            // The number by which the holder could be reached is part of who they are.
            mobile_sha256: self.mobile.take().map(|mobile| sealed_sha256(&mobile.number)),
            // Their numbers and documents may lead to a person, too.
            qualifications: std::mem::take(&mut self.qualifications).len(),
        };
        deregistration.kept_for = None;
        deregistration.receipt = Some(receipt.clone());
        let body = EventBody::IdentityDestroyed { account_id: self.account_id, receipt: Box::new(receipt) };
        Some(self.changed(body, actor, now))
    }
}
