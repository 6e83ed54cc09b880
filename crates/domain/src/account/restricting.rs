//! A function taken from an account, and how it comes back (R12.3, R13.1).

use jiff::Timestamp;

use super::Account;
use crate::{
    actor::Actor,
    assessment::InteractiveFunction,
    case::Matter,
    change::Change,
    enforcement::{Ending, EndingCause, Enforcement, EnforcementKind, Rectification},
    event::EventBody,
    id::{DecisionId, EnforcementId},
};

impl Account {
    /// The measure that takes `function` from the account at `now`; of several the one that lasts longest.
    #[must_use]
    pub fn restriction_of(&self, function: InteractiveFunction, now: Timestamp) -> Option<&Enforcement> {
        let restricts = |it: &&Enforcement| it.function == Some(function) && it.is_in_force(now);
        self.enforcements.iter().filter(restricts).max_by_key(|it| it.ends_at.unwrap_or(Timestamp::MAX))
    }

    /// When `function` was last taken from the account; what led to that has had its effect.
    #[must_use]
    pub fn last_restriction_of(&self, function: InteractiveFunction) -> Option<Timestamp> {
        let restricts =
            |it: &&Enforcement| it.kind == EnforcementKind::RestrictFunction && it.function == Some(function);
        self.enforcements.iter().filter(restricts).map(|it| it.starts_at).max()
    }

    /// Asks a person to look at the account for `matter`.
    #[must_use]
    pub fn request_review_of(self, matter: Matter, due_at: Timestamp, actor: Actor, now: Timestamp) -> Change<Self> {
        let body = EventBody::ManualReviewRequested { account_id: self.account_id, matter, due_at };
        self.changed(body, actor, now)
    }

    /// Its holder says what was put right; a person looks at that by `due_at`. `None` when that measure is not in force, or
    /// this was said before.
    #[must_use]
    pub fn report_rectification(
        mut self,
        enforcement_id: EnforcementId,
        statement: &str,
        due_at: Timestamp,
        actor: Actor,
        now: Timestamp,
    ) -> Option<Change<Self>> {
        let known = self.enforcements.iter_mut().find(|it| it.enforcement_id == enforcement_id)?;
        if !known.is_in_force(now) || known.rectification.is_some() {
            return None;
        }
        known.rectification = Some(Rectification { statement: statement.to_owned(), reported_at: now });
        let matter = Matter::Rectification { enforcement_id };
        Some(self.request_review_of(matter, due_at, actor, now))
    }

    /// A person says that it was put right: the measure ends now. `None` when it has ended.
    #[must_use]
    pub fn lift(
        mut self,
        enforcement_id: EnforcementId,
        decision_id: DecisionId,
        actor: Actor,
        now: Timestamp,
    ) -> Option<Change<Self>> {
        let known = self.enforcements.iter_mut().find(|it| it.enforcement_id == enforcement_id)?;
        if !known.is_in_force(now) {
            return None;
        }
        known.ending = Some(Ending { cause: EndingCause::Rectified, decision_id, ended_at: now });
        let kind = known.kind;
        let body = EventBody::EnforcementLifted { account_id: self.account_id, enforcement_id, kind, decision_id };
        Some(self.changed(body, actor, now))
    }
}
