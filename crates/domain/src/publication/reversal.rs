//! A publication that was refused or taken away by mistake (fairness rule 2, B9).

use jiff::Timestamp;

use super::{Before, Publication, PublicationStatus, Settlement};
use crate::{actor::Actor, appeal::Appealed, change::Change, decision::Decision, event::EventBody, id::DecisionId};

impl Publication {
    /// Undoes what the decision `appealed` did: `decision` has accepted an appeal against it. An edition that was refused is
    /// shown, whether it had been held or shown before: a person has looked at it now. One that was taken away is what it
    /// was. What stands otherwise stays: another decision, or a later edition, which is judged by itself. A decision that
    /// arrives after its reversal finds itself undone. What is held again, a person looks at by `review_due_at`: what it
    /// waited for may have come in meanwhile. `None` when this was done before, or the publication is deleted.
    #[must_use]
    pub fn restore(
        mut self,
        appealed: DecisionId,
        against: Appealed,
        decision: &Decision,
        review_due_at: Timestamp,
        actor: Actor,
        now: Timestamp,
    ) -> Option<Change<Self>> {
        if self.revisions.removal.is_some() || self.revisions.reversed.contains(&appealed) {
            return None;
        }
        self.revisions.reversed.push(appealed);
        if self.revisions.refused_by == Some(appealed) {
            self.revisions.refused_by = None;
        }
        let mut is_held_again = false;
        let stands_by = self.settlement.as_ref().map(|it| it.decision_id);
        match against {
            Appealed::Refusal { edition } if edition == self.edition && stands_by.is_none_or(|it| it == appealed) => {
                self.status = PublicationStatus::Published;
                self.revisions.shown_before = None;
                self.settlement = Some(Settlement {
                    decision_id: decision.decision_id,
                    decided_at: decision.decided_at,
                    settled_at: now,
                    statement: None,
                    reverses_decision_id: Some(appealed),
                    before: None,
                });
            }
            Appealed::Removal if stands_by == Some(appealed) => {
                let before = self.settlement.take().and_then(|it| it.before);
                let published = Before { status: PublicationStatus::Published, settlement: None };
                let Before { status, settlement } = before.unwrap_or(published);
                (self.status, self.settlement) = (status, settlement.map(|it| *it));
                is_held_again = status == PublicationStatus::Held;
            }
            Appealed::Refusal { .. } | Appealed::Removal | Appealed::Measure => {}
        }
        let body = EventBody::PublicationRestored {
            publication_id: self.publication_id,
            account_id: self.account_id,
            decision_id: decision.decision_id,
            reverses_decision_id: appealed,
            edition: self.edition,
            status: self.status,
            review_due_at: is_held_again.then_some(review_due_at),
            shown_edition: self.shown_edition(),
        };
        Some(self.changed(body, actor, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        case::Matter,
        decision::Action,
        id::{AccountId, CaseId, PublicationId},
        profile::Profile,
        publication::{NewEdition, Part, RemovedBy, Revisions, content_hash},
        subject::Subject,
    };

    const NOON: Timestamp = Timestamp::constant(1_795_406_400, 0);
    const DUE: Timestamp = Timestamp::constant(1_795_492_800, 0);

    fn publication(status: PublicationStatus) -> Publication {
        let account_id = AccountId::at(NOON);
        let parts = vec![Part::Text { text: "长期收购微信号".to_owned() }];
        Publication {
            publication_id: PublicationId::named(account_id, "post-1"),
            account_id,
            reference: "post-1".to_owned(),
            version: 1,
            edition: 1,
            content_hash: content_hash(&parts),
            parts,
            declared: vec![],
            status,
            settlement: None,
            received_at: NOON,
            revisions: Revisions::default(),
            comments_closed: false,
        }
    }

    fn decision(publication: &Publication, matter: Matter, action: Action) -> Decision {
        Decision {
            decision_id: DecisionId::at(NOON),
            case_id: CaseId::at(NOON),
            subject: Subject::Publication(publication.publication_id),
            matter,
            action,
            policies: vec!["spam".to_owned()],
            reason: "引流".to_owned(),
            facts: "全文".to_owned(),
            decided_by: Actor::caller("reviewer"),
            approved_by: None,
            decided_at: NOON,
            reverses_decision_id: None,
        }
    }

    fn refusal(publication: &Publication) -> Decision {
        decision(publication, Matter::Content { edition: publication.edition }, Action::Refuse)
    }

    fn removal(publication: &Publication) -> Decision {
        decision(publication, Matter::Complaint { policy: "spam".to_owned() }, Action::RemoveContent)
    }

    fn settled(publication: Publication, decision: &Decision) -> Publication {
        let edition = publication.edition;
        publication.settle(edition, decision, &Profile::cn_2017(), Actor::caller("reviewer"), NOON).unwrap().state
    }

    fn restored(publication: Publication, first: &Decision) -> Option<Publication> {
        let acceptance = decision(&publication, Matter::against(first), Action::Accept);
        let Matter::Appeal { decision_id, against } = acceptance.matter else { panic!("it is an appeal's") };
        let change = publication.restore(decision_id, against, &acceptance, DUE, Actor::caller("wang"), NOON);
        change.map(|change| change.state)
    }

    fn edited(publication: Publication, status: PublicationStatus) -> Publication {
        let follows = publication.version;
        let parts = vec![Part::Text { text: "明天有雨".to_owned() }];
        let next = NewEdition { follows, parts, declared: vec![], status, review_due_at: None };
        publication.edit(next, Actor::caller("platform"), NOON).unwrap().state
    }

    #[test]
    fn what_was_refused_is_shown_once_the_appeal_is_accepted() {
        for before in [PublicationStatus::Held, PublicationStatus::Published] {
            let publication = publication(before);
            let refusal = refusal(&publication);
            let restored = restored(settled(publication, &refusal), &refusal).unwrap();
            assert_eq!((restored.status, restored.refused_by()), (PublicationStatus::Published, None));
            assert_eq!(restored.settlement.as_ref().unwrap().reverses_decision_id, Some(refusal.decision_id));
            assert!(super::tests::restored(restored, &refusal).is_none(), "it is done once");
        }
    }

    #[test]
    fn what_was_taken_away_is_what_it_was() {
        for before in [PublicationStatus::Held, PublicationStatus::Published] {
            let publication = publication(before);
            let removal = removal(&publication);
            let acceptance = decision(&publication, Matter::against(&removal), Action::Accept);
            let removed = settled(publication, &removal);
            let change =
                removed.restore(removal.decision_id, Appealed::Removal, &acceptance, DUE, Actor::caller("wang"), NOON);
            let Change { state, event } = change.unwrap();
            assert_eq!((state.status, state.settlement), (before, None));
            let EventBody::PublicationRestored { review_due_at, .. } = event.body else { panic!("it is restored") };
            assert_eq!(
                review_due_at,
                (before == PublicationStatus::Held).then_some(DUE),
                "held again, it needs a look"
            );
        }
    }

    #[test]
    fn what_was_decided_before_the_removal_stands_again() {
        let publication = publication(PublicationStatus::Held);
        let (refusal, removal) = (refusal(&publication), removal(&publication));
        let refused = settled(publication, &refusal);
        let restored = restored(settled(refused.clone(), &removal), &removal).unwrap();
        assert_eq!((restored.status, &restored.settlement), (PublicationStatus::Rejected, &refused.settlement));
    }

    #[test]
    fn an_older_decision_that_comes_late_changes_nothing() {
        let publication = publication(PublicationStatus::Published);
        let approval = decision(&publication, Matter::Content { edition: 1 }, Action::Approve);
        let removal = Decision { decided_at: DUE, ..removal(&publication) };
        let removed = settled(settled(publication, &approval), &removal);
        assert!(removed.settle(1, &approval, &Profile::cn_2017(), Actor::caller("reviewer"), DUE).is_none());
    }

    #[test]
    fn a_decision_that_comes_after_its_reversal_changes_nothing() {
        for first in [refusal, removal] {
            let publication = publication(PublicationStatus::Published);
            let first = first(&publication);
            let reversed = restored(publication, &first).unwrap();
            assert_eq!(reversed.status, PublicationStatus::Published);
            let late = reversed.settle(1, &first, &Profile::cn_2017(), Actor::caller("reviewer"), NOON);
            assert!(late.is_none());
        }
    }

    #[test]
    fn a_later_edition_and_another_decision_stand() {
        let publication = publication(PublicationStatus::Held);
        let first = refusal(&publication);
        let waiting = edited(settled(publication, &first), PublicationStatus::Held);
        assert_eq!(waiting.refused_by(), Some(first.decision_id));
        let restored = restored(waiting.clone(), &first).unwrap();
        assert_eq!((restored.status, restored.refused_by()), (PublicationStatus::Held, None));

        let second = refusal(&waiting);
        let refused = settled(waiting, &second);
        let restored = super::tests::restored(refused, &first).unwrap();
        assert_eq!((restored.status, restored.refused_by()), (PublicationStatus::Rejected, Some(second.decision_id)));
    }

    #[test]
    fn what_is_deleted_is_not_shown_again() {
        let publication = publication(PublicationStatus::Held);
        let refusal = refusal(&publication);
        let refused = settled(publication, &refusal);
        let deleted = refused.remove(RemovedBy::Holder, Actor::caller("platform"), NOON).unwrap().state;
        assert!(restored(deleted, &refusal).is_none());
    }
}
