//! What an account has shown to be licensed for (R7.1, R8).

use jiff::Timestamp;

use super::{Account, AccountStatus};
use crate::{
    actor::Actor,
    case::Matter,
    change::Change,
    decision::{Action, Decision},
    event::EventBody,
    id::QualificationId,
    profile::Profile,
    qualification::{
        NewQualification, Qualification, QualificationChange, QualificationRefusal, QualificationSettlement,
        QualificationState, QualificationStep, Revocation,
    },
    statement::StatementOfReasons,
};

/// The row is read for every publication, and nobody holds more licences than this.
const MOST: usize = 10;

/// Why an account cannot register a qualification now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RegisterQualificationError {
    #[error("the account is {0:?}")]
    Account(AccountStatus),
    #[error(transparent)]
    Refused(#[from] QualificationRefusal),
}

impl Account {
    #[must_use]
    pub fn qualification(&self, qualification_id: QualificationId) -> Option<&Qualification> {
        self.qualifications.iter().find(|known| known.qualification_id == qualification_id)
    }

    /// Whether a qualification of the kind is valid at `now`.
    #[must_use]
    pub fn is_qualified(&self, kind: &str, now: Timestamp) -> bool {
        self.qualifications.iter().any(|known| known.kind.as_str() == kind && known.is_valid_at(now))
    }

    /// The kinds of the qualifications that are valid at `now`.
    #[must_use]
    pub fn qualified_for(&self, now: Timestamp) -> Vec<String> {
        let valid = self.qualifications.iter().filter(|known| known.is_valid_at(now));
        let mut kinds: Vec<String> = valid.map(|known| known.kind.as_str().to_owned()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    /// Announces a qualification, whose document is to be uploaded. One that has ended gives up its place when there are
    /// as many as an account may have; its story stays in the events.
    ///
    /// # Errors
    /// When the account is on its way out, a principal of its kind cannot have it, the same document was shown already,
    /// or every place is taken.
    pub fn register_qualification(
        mut self,
        new: NewQualification,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Change<Self>, RegisterQualificationError> {
        if self.status.is_final() || self.status == AccountStatus::Deregistering {
            return Err(RegisterQualificationError::Account(self.status));
        }
        if !new.kind.is_for(self.principal_kind) {
            return Err(QualificationRefusal::KindForPrincipal.into());
        }
        let same = |known: &&Qualification| {
            known.kind == new.kind && known.evidence == new.evidence && !known.state_at(now).is_final()
        };
        if let Some(known) = self.qualifications.iter().find(same) {
            return Err(QualificationRefusal::Known(known.qualification_id).into());
        }
        if self.qualifications.len() >= MOST {
            let ended = self.qualifications.iter().position(|known| known.state_at(now).is_final());
            self.qualifications.remove(ended.ok_or(QualificationRefusal::TooMany)?);
        }
        let qualification = Qualification::register(new, now);
        self.qualifications.push(qualification.clone());
        let evidence = qualification.evidence.clone();
        Ok(self.qualification_changed(&qualification, QualificationChange::Registered { evidence }, actor, now))
    }

    /// The document has come and is what was announced: a person is to look at it by `due_at`. `None` when one does
    /// already, or did.
    ///
    /// # Errors
    /// When there is no such qualification, or it is too late.
    pub fn confirm_evidence(
        mut self,
        qualification_id: QualificationId,
        due_at: Timestamp,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Option<Change<Self>>, QualificationRefusal> {
        let known = self.known(qualification_id)?;
        let state = known.state_at(now);
        match state.after(QualificationStep::ConfirmUpload) {
            Ok(to) => known.state = to,
            Err(_) if matches!(state, QualificationState::InReview | QualificationState::Valid) => return Ok(None),
            Err(_) => return Err(QualificationRefusal::NotFromHere(state)),
        }
        let matter = Matter::Qualification { qualification_id };
        let body = EventBody::ManualReviewRequested { account_id: self.account_id, matter, due_at };
        Ok(Some(self.changed(body, actor, now)))
    }

    /// Makes the qualification valid, or refuses it, as `decision` says. One that has expired before anybody decided is
    /// noted as that. `None` when it was settled before, or is no more.
    #[must_use]
    pub fn settle_qualification(
        mut self,
        qualification_id: QualificationId,
        decision: &Decision,
        profile: &Profile,
        actor: Actor,
        now: Timestamp,
    ) -> Option<Change<Self>> {
        let known = self.known(qualification_id).ok()?;
        if known.state != QualificationState::InReview {
            return None;
        }
        if known.state_at(now) == QualificationState::Expired {
            known.state = QualificationState::Expired;
            let told = known.clone();
            return Some(self.qualification_changed(&told, QualificationChange::Expired, actor, now));
        }
        let approved = decision.action == Action::Approve;
        let step = if approved { QualificationStep::Approve } else { QualificationStep::Refuse };
        known.state = known.state.after(step).ok()?;
        let statement = (!approved).then(|| StatementOfReasons::of(decision, profile, None));
        let decision_id = decision.decision_id;
        known.settlement = Some(QualificationSettlement { decision_id, settled_at: now, statement: statement.clone() });
        let change = match statement {
            None => QualificationChange::Approved { decision_id },
            Some(statement) => QualificationChange::Refused { decision_id, statement: statement.into() },
        };
        let told = known.clone();
        Some(self.qualification_changed(&told, change, actor, now))
    }

    /// Takes a valid qualification away before its time, from this moment on: the office has, or it was false. `None` when
    /// that very decision is in force already.
    ///
    /// # Errors
    /// When there is no such qualification, or it is not valid.
    pub fn revoke_qualification(
        mut self,
        qualification_id: QualificationId,
        revocation: &Revocation,
        profile: &Profile,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Option<Change<Self>>, QualificationRefusal> {
        let known = self.known(qualification_id)?;
        let (decision_id, state) = (revocation.decision_id, known.state_at(now));
        let in_force = known.settlement.as_ref().is_some_and(|it| it.decision_id == decision_id);
        if in_force {
            return Ok(None);
        }
        known.state = state.after(QualificationStep::Revoke).map_err(|_| QualificationRefusal::NotFromHere(state))?;
        let statement = StatementOfReasons::of_revocation(&revocation.reason, &revocation.facts, profile, now);
        known.settlement =
            Some(QualificationSettlement { decision_id, settled_at: now, statement: Some(statement.clone()) });
        let told = known.clone();
        let change = QualificationChange::Revoked { decision_id, statement: statement.into() };
        Ok(Some(self.qualification_changed(&told, change, actor, now)))
    }

    /// Notes that the end of the qualification comes near, once. `None` when that is noted, it is not time, or there is
    /// nothing to remind of: it is not valid, or another of its kind holds longer.
    #[must_use]
    pub fn remind_of_expiry(
        mut self,
        qualification_id: QualificationId,
        actor: Actor,
        now: Timestamp,
    ) -> Option<Change<Self>> {
        let known = self.qualification(qualification_id)?;
        let is_due = known.is_valid_at(now) && known.reminded_at.is_none() && now >= known.remind_at;
        let is_renewed = self.qualifications.iter().any(|other| {
            other.kind == known.kind && other.is_valid_at(now) && other.term.expires_on > known.term.expires_on
        });
        if !is_due || is_renewed {
            return None;
        }
        let known = self.known(qualification_id).ok()?;
        known.reminded_at = Some(now);
        let told = known.clone();
        Some(self.qualification_changed(&told, QualificationChange::Expiring, actor, now))
    }

    /// Notes that the qualification has expired, which it has without that. `None` when that is noted, or it has not.
    #[must_use]
    pub fn expire_qualification(
        mut self,
        qualification_id: QualificationId,
        actor: Actor,
        now: Timestamp,
    ) -> Option<Change<Self>> {
        let known = self.known(qualification_id).ok()?;
        if known.state_at(now) != QualificationState::Expired || known.state == QualificationState::Expired {
            return None;
        }
        known.state = QualificationState::Expired;
        let told = known.clone();
        Some(self.qualification_changed(&told, QualificationChange::Expired, actor, now))
    }

    /// Which qualification `body` says is valid from now on, and when it is to be looked at again.
    #[must_use]
    pub fn reminder_after(&self, body: &EventBody) -> Option<(QualificationId, Timestamp)> {
        match body {
            EventBody::QualificationChanged {
                qualification_id, change: QualificationChange::Approved { .. }, ..
            } => self.qualification(*qualification_id).map(|known| (*qualification_id, known.remind_at)),
            _ => None,
        }
    }

    fn known(&mut self, qualification_id: QualificationId) -> Result<&mut Qualification, QualificationRefusal> {
        let known = self.qualifications.iter_mut().find(|known| known.qualification_id == qualification_id);
        known.ok_or(QualificationRefusal::Unknown)
    }

    fn qualification_changed(
        self,
        told: &Qualification,
        change: QualificationChange,
        actor: Actor,
        now: Timestamp,
    ) -> Change<Self> {
        let body = EventBody::QualificationChanged {
            account_id: self.account_id,
            qualification_id: told.qualification_id,
            kind: told.kind.clone(),
            expires_on: told.term.expires_on,
            change,
        };
        self.changed(body, actor, now)
    }
}
