//! What the public sees of the account (R2, R4).

use jiff::Timestamp;

use super::{Account, AccountStatus};
use crate::{
    actor::Actor,
    change::Change,
    decision::{Action, Decision},
    display_name::{DisplayName, NameSkeleton},
    event::EventBody,
    id::ProfileChangeId,
    profile::Profile,
    public_profile::{Concern, Fate, ProfileChange, ProfileOutcome, ProfileRefusal, PublicProfile},
    statement::StatementOfReasons,
};

impl Account {
    /// What the public sees now.
    #[must_use]
    pub fn public_profile(&self) -> PublicProfile {
        let display_name = DisplayName { text: self.display_name.clone(), skeleton: self.name_skeleton.clone() };
        PublicProfile { display_name, avatar: self.avatar.clone(), bio: self.bio.clone() }
    }

    /// The change that waits for a person, if one does.
    #[must_use]
    pub fn profile_under_review(&self) -> Option<&ProfileChange> {
        let waits = |change: &&ProfileChange| matches!(change.outcome, ProfileOutcome::UnderReview { .. });
        self.profile_change.as_deref().filter(waits)
    }

    /// Takes up a change of the profile. `None` when it was taken up before, or changes nothing.
    ///
    /// # Errors
    /// When the account is on its way out or was rejected, or another change waits for a person.
    pub fn change_profile(
        mut self,
        change_id: ProfileChangeId,
        proposed: PublicProfile,
        concerns: Vec<Concern>,
        fate: Fate,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Option<Change<Self>>, ProfileRefusal> {
        if self.profile_change.as_ref().is_some_and(|known| known.change_id == change_id) {
            return Ok(None);
        }
        if self.status.is_final() || self.status == AccountStatus::Deregistering {
            return Err(ProfileRefusal::Leaving(self.status));
        }
        if let Some(waiting) = self.profile_under_review() {
            return Err(ProfileRefusal::UnderReview(waiting.change_id));
        }
        if proposed == self.public_profile() {
            return Ok(None);
        }
        let account_id = self.account_id;
        let (outcome, body) = match fate {
            Fate::Apply => {
                self.carry(proposed.clone());
                let profile = Box::new(proposed.clone());
                let body = EventBody::ProfileChanged { account_id, change_id, decision_id: None, profile };
                (ProfileOutcome::Applied { decision_id: None }, body)
            }
            Fate::Review { due_at } => {
                let proposed = Box::new(proposed.clone());
                let body = EventBody::ProfileReviewRequested { account_id, change_id, proposed, due_at };
                (ProfileOutcome::UnderReview { due_at }, body)
            }
            Fate::Refuse { statement } => {
                let (proposed, told) = (Box::new(proposed.clone()), statement.clone());
                let body =
                    EventBody::ProfileRefused { account_id, change_id, decision_id: None, proposed, statement: told };
                (ProfileOutcome::Refused { decision_id: None, statement }, body)
            }
        };
        let requested_by = actor.clone();
        let change = ProfileChange { change_id, requested_by, requested_at: now, proposed, concerns, outcome };
        self.profile_change = Some(Box::new(change));
        Ok(Some(self.changed(body, actor, now)))
    }

    /// A person has decided on the change that waited. `None` when it does not wait any more, or nobody is left to carry
    /// it.
    #[must_use]
    pub fn settle_profile(
        mut self,
        change_id: ProfileChangeId,
        decision: &Decision,
        profile: &Profile,
        actor: Actor,
        now: Timestamp,
    ) -> Option<Change<Self>> {
        if self.status.is_final() || self.profile_under_review()?.change_id != change_id {
            return None;
        }
        let account_id = self.account_id;
        let change = self.profile_change.as_mut()?;
        let (proposed, decision_id) = (change.proposed.clone(), Some(decision.decision_id));
        let body = if decision.action == Action::Refuse {
            let mut statement = StatementOfReasons::of(decision, profile, None);
            if change.concerns.is_empty() { "No" } else { "Yes" }.clone_into(&mut statement.automated_detection);
            let statement = Box::new(statement);
            change.outcome = ProfileOutcome::Refused { decision_id, statement: statement.clone() };
            let proposed = Box::new(proposed);
            EventBody::ProfileRefused { account_id, change_id, decision_id, proposed, statement }
        } else {
            change.outcome = ProfileOutcome::Applied { decision_id };
            self.carry(proposed.clone());
            EventBody::ProfileChanged { account_id, change_id, decision_id, profile: Box::new(proposed) }
        };
        Some(self.changed(body, actor, now))
    }

    /// The names that nobody else can take while the account stands: the one that is shown, and one that waits to be.
    #[must_use]
    pub fn names_held(&self) -> Vec<NameSkeleton> {
        let waiting = self.profile_under_review().map(|change| &change.proposed.display_name.skeleton);
        let mut names: Vec<NameSkeleton> = [Some(&self.name_skeleton), waiting]
            .into_iter()
            .flatten()
            .filter(|name| !name.is_none())
            .cloned()
            .collect();
        names.dedup();
        names
    }

    fn carry(&mut self, profile: PublicProfile) {
        let PublicProfile { display_name, avatar, bio } = profile;
        self.display_name = display_name.text;
        self.name_skeleton = display_name.skeleton;
        (self.avatar, self.bio) = (avatar, bio);
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::{
        account::walks::registered,
        case::Matter,
        display_name::NameRules,
        id::{CaseId, DecisionId},
        public_profile::Avatar,
        subject::Subject,
    };

    const NOON: Timestamp = Timestamp::constant(1_795_406_400, 0);

    fn named(account: &Account, name: &str) -> PublicProfile {
        let display_name = NameRules::new(str::to_owned, &[]).read(name).unwrap();
        PublicProfile { display_name, ..account.public_profile() }
    }

    fn review() -> Fate {
        Fate::Review { due_at: NOON + SignedDuration::from_hours(72) }
    }

    fn asked(account: Account, name: &str, fate: Fate) -> Result<Option<Change<Account>>, ProfileRefusal> {
        let (id, proposed) = (ProfileChangeId::at(NOON), named(&account, name));
        account.change_profile(id, proposed, vec![], fate, Actor::caller("platform"), NOON)
    }

    fn decided(account: Account, action: Action) -> Option<Change<Account>> {
        let change_id = account.profile_change.as_ref().unwrap().change_id;
        let decision = Decision {
            decision_id: DecisionId::at(NOON),
            case_id: CaseId::at(NOON),
            subject: Subject::Account(account.account_id),
            matter: Matter::Profile { change_id },
            action,
            policies: vec!["spam".to_owned()],
            reason: "引流".to_owned(),
            facts: "名称含有联系方式".to_owned(),
            decided_by: Actor::caller("reviewer"),
            approved_by: None,
            decided_at: NOON,
            reverses_decision_id: None,
        };
        account.settle_profile(change_id, &decision, &Profile::cn_2017(), Actor::caller("reviewer"), NOON)
    }

    fn names(account: &Account) -> Vec<String> {
        account.names_held().iter().map(|name| name.as_str().to_owned()).collect()
    }

    #[test]
    fn what_nothing_stands_against_is_shown_at_once() {
        let changed = asked(registered().state, "江边", Fate::Apply).unwrap().unwrap();
        assert_eq!((changed.state.display_name.as_str(), names(&changed.state)), ("江边", vec!["江边".to_owned()]));
        assert!(matches!(changed.event.body, EventBody::ProfileChanged { decision_id: None, .. }));
        assert_eq!(changed.state.version, 2);
    }

    #[test]
    fn what_is_reviewed_keeps_the_old_profile_and_both_names() {
        let waiting = asked(registered().state, "江边", review()).unwrap().unwrap().state;
        assert_eq!((waiting.display_name.as_str(), names(&waiting).len()), ("城市天气", 2));
        assert!(matches!(asked(waiting.clone(), "河边", Fate::Apply), Err(ProfileRefusal::UnderReview(_))));

        let approved = decided(waiting.clone(), Action::Approve).unwrap().state;
        assert_eq!((approved.display_name.as_str(), names(&approved)), ("江边", vec!["江边".to_owned()]));
        assert!(decided(approved, Action::Refuse).is_none(), "it is decided once");

        let refused = decided(waiting, Action::Refuse).unwrap();
        assert_eq!((refused.state.display_name.as_str(), names(&refused.state).len()), ("城市天气", 1));
        let EventBody::ProfileRefused { statement, .. } = refused.event.body else { panic!("another event") };
        assert_eq!(statement.decision_visibility.as_deref(), Some("DECISION_VISIBILITY_CONTENT_REMOVED"));
        asked(refused.state, "河边", Fate::Apply).unwrap().expect("the next change is free");
    }

    #[test]
    fn a_change_is_taken_up_once_and_one_that_changes_nothing_is_none() {
        let account = registered().state;
        let same = account.public_profile();
        let actor = Actor::caller("platform");
        let id = ProfileChangeId::at(NOON);
        assert_eq!(account.clone().change_profile(id, same, vec![], Fate::Apply, actor.clone(), NOON), Ok(None));
        let waiting = asked(account, "江边", review()).unwrap().unwrap().state;
        let (id, again) = (waiting.profile_change.clone().unwrap().change_id, named(&waiting, "江边"));
        assert_eq!(waiting.change_profile(id, again, vec![], review(), actor, NOON), Ok(None));
    }

    #[test]
    fn who_leaves_changes_nothing_and_nobody_is_left_to_carry_what_waited() {
        for status in [AccountStatus::Rejected, AccountStatus::Deregistering, AccountStatus::Closed] {
            let account = Account { status, ..registered().state };
            assert_eq!(asked(account, "江边", Fate::Apply).err(), Some(ProfileRefusal::Leaving(status)));
        }
        let waiting = asked(registered().state, "江边", review()).unwrap().unwrap().state;
        let closed = Account { status: AccountStatus::Closed, ..waiting };
        assert!(decided(closed, Action::Approve).is_none());
    }

    #[test]
    fn an_avatar_and_a_bio_come_and_go() {
        let account = registered().state;
        let avatar = Avatar { reference: "avatars/1.png".to_owned(), sha256: format!("{:064x}", 1) };
        let with =
            PublicProfile { avatar: Some(avatar), bio: Some("每天看江".to_owned()), ..account.public_profile() };
        let platform = || Actor::caller("platform");
        let change = |account: Account, to: &PublicProfile| {
            let changed =
                account.change_profile(ProfileChangeId::at(NOON), to.clone(), vec![], Fate::Apply, platform(), NOON);
            changed.unwrap().unwrap().state
        };
        let without = account.public_profile();
        let changed = change(account, &with);
        assert_eq!(changed.public_profile(), with);
        assert_eq!(change(changed, &without).public_profile(), without);
    }
}
