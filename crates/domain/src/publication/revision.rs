//! What becomes of a publication after it was published: another edition, or none any more (R2, R16.2).
//!
//! One rule says what the public sees: the latest edition when it is shown, else the one that was shown before it. An
//! edition that waits for a person, or that the engine rejects, takes nothing down; and who was refused by a person does not
//! get past that person by changing a letter.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Declaration, Part, Publication, PublicationStatus, content_hash};
use crate::{
    actor::Actor,
    change::Change,
    event::{Event, EventBody},
    id::DecisionId,
};

/// What is known of a publication beside its latest edition. Empty for one that was never edited and is still there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revisions {
    /// The version that the writer of the latest edition had read, and when it was taken in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest: Option<Revision>,
    /// The earlier edition that the public still sees, while the latest is not shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_before: Option<u64>,
    /// The decision that refused an edition, until a person approves one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_by: Option<DecisionId>,
    /// What was published first, once there is another edition: a late retry of the publishing is known by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<FirstEdition>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removal: Option<Removal>,
    /// The decisions on it that were found to be wrong: they have no effect, whenever they arrive.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reversed: Vec<DecisionId>,
}

impl Revisions {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    pub follows: u64,
    pub revised_at: Timestamp,
}

/// By what the first edition is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstEdition {
    pub content_hash: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub declared: Vec<Declaration>,
}

/// Who took a publication down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemovedBy {
    #[default]
    Holder,
    Platform,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    pub by: RemovedBy,
    pub removed_at: Timestamp,
}

/// Another content, judged by the engine.
#[derive(Debug, Clone)]
pub struct NewEdition {
    /// The version that its writer had read.
    pub follows: u64,
    pub parts: Vec<Part>,
    pub declared: Vec<Declaration>,
    pub status: PublicationStatus,
    /// By when a person is to look at it; without it nobody has to.
    pub review_due_at: Option<Timestamp>,
}

/// What an edit is, before anything is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditIs {
    New,
    /// It has been taken in, or changes nothing.
    Known,
}

/// Why a publication cannot be edited so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EditRefusal {
    #[error("the publication is deleted")]
    Deleted,
    #[error("the publication has changed since version {expected}")]
    Overtaken { expected: u64 },
}

impl Publication {
    /// The edition that the public may see, if any.
    #[must_use]
    pub const fn shown_edition(&self) -> Option<u64> {
        match self.status {
            PublicationStatus::Published => Some(self.edition),
            PublicationStatus::Held | PublicationStatus::Rejected => self.revisions.shown_before,
            PublicationStatus::Deleted => None,
        }
    }

    /// When the latest edition was taken in.
    #[must_use]
    pub fn edition_received_at(&self) -> Timestamp {
        self.revisions.latest.map_or(self.received_at, |latest| latest.revised_at)
    }

    /// The decision that refused an edition and that no approval has followed: what comes next waits for a person.
    #[must_use]
    pub fn refused_by(&self) -> Option<DecisionId> {
        let latest = self.settlement.as_ref().filter(|it| it.statement.is_some()).map(|it| it.decision_id);
        latest.or(self.revisions.refused_by)
    }

    /// What an edit to the content of that hash, declared as that, would be, by a writer who had read version `follows`.
    ///
    /// # Errors
    /// When the publication is deleted, or somebody else has changed it since.
    pub fn judge_edit(
        &self,
        follows: u64,
        content_hash: &str,
        declared: &[Declaration],
    ) -> Result<EditIs, EditRefusal> {
        if self.revisions.removal.is_some() {
            return Err(EditRefusal::Deleted);
        }
        let wrote_it = self.revisions.latest.is_some_and(|latest| latest.follows == follows);
        let is_the_same = self.content_hash == content_hash && self.declared == declared;
        if is_the_same && (self.version == follows || wrote_it) {
            return Ok(EditIs::Known);
        }
        if self.version == follows { Ok(EditIs::New) } else { Err(EditRefusal::Overtaken { expected: follows }) }
    }

    /// The next edition becomes the content.
    ///
    /// # Errors
    /// As of [`judge_edit`](Self::judge_edit).
    pub fn edit(mut self, next: NewEdition, actor: Actor, now: Timestamp) -> Result<Change<Self>, EditRefusal> {
        let hash = content_hash(&next.parts);
        self.judge_edit(next.follows, &hash, &next.declared)?;
        let shown = self.shown_edition();
        let is_shown = next.status == PublicationStatus::Published;
        let revisions = &mut self.revisions;
        revisions.latest = Some(Revision { follows: next.follows, revised_at: now });
        revisions.shown_before = if is_shown { None } else { shown };
        let (content_hash, declared) = (self.content_hash.clone(), self.declared.clone());
        revisions.first.get_or_insert(FirstEdition { content_hash, declared });
        self.revisions.refused_by = self.refused_by();
        self.settlement = None;
        (self.parts, self.declared) = (next.parts, next.declared);
        self.content_hash = hash;
        self.status = next.status;
        self.edition += 1;
        let body = EventBody::PublicationEdited {
            publication_id: self.publication_id,
            account_id: self.account_id,
            edition: self.edition,
            content_hash: self.content_hash.clone(),
            status: self.status,
            shown_edition: self.shown_edition(),
            review_due_at: next.review_due_at,
        };
        Ok(self.changed(body, actor, now))
    }

    /// Takes the publication down. What it said stays on record. `None` when that was done before.
    #[must_use]
    pub fn remove(mut self, by: RemovedBy, actor: Actor, now: Timestamp) -> Option<Change<Self>> {
        if self.revisions.removal.is_some() {
            return None;
        }
        self.revisions.removal = Some(Removal { by, removed_at: now });
        self.revisions.shown_before = None;
        self.status = PublicationStatus::Deleted;
        let body = EventBody::PublicationDeleted {
            publication_id: self.publication_id,
            account_id: self.account_id,
            edition: self.edition,
            by,
        };
        Some(self.changed(body, actor, now))
    }

    /// Opens or closes the comments below it. `None` when they are.
    ///
    /// # Errors
    /// When the publication is deleted.
    pub fn close_comments(
        mut self,
        closed: bool,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Option<Change<Self>>, EditRefusal> {
        if self.revisions.removal.is_some() {
            return Err(EditRefusal::Deleted);
        }
        if self.comments_closed == closed {
            return Ok(None);
        }
        self.comments_closed = closed;
        let (publication_id, account_id) = (self.publication_id, self.account_id);
        let body = EventBody::PublicationCommentsChanged { publication_id, account_id, closed };
        Ok(Some(self.changed(body, actor, now)))
    }

    pub(super) fn changed(mut self, body: EventBody, actor: Actor, now: Timestamp) -> Change<Self> {
        self.version += 1;
        let event = Event::new(self.version, actor, body, now);
        Change { state: self, event }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        case::Matter,
        decision::{Action, Decision},
        id::{AccountId, CaseId, PublicationId},
        profile::Profile,
        subject::Subject,
    };

    const NOW: Timestamp = Timestamp::constant(1_795_406_400, 0);

    fn parts(text: &str) -> Vec<Part> {
        vec![Part::Text { text: text.to_owned() }]
    }

    fn published(status: PublicationStatus) -> Publication {
        let account_id = AccountId::at(NOW);
        Publication {
            publication_id: PublicationId::named(account_id, "post-1"),
            account_id,
            reference: "post-1".to_owned(),
            version: 1,
            edition: 1,
            content_hash: content_hash(&parts("一")),
            parts: parts("一"),
            declared: vec![],
            status,
            settlement: None,
            received_at: NOW,
            revisions: Revisions::default(),
            comments_closed: false,
        }
    }

    fn edited(publication: Publication, text: &str, status: PublicationStatus) -> Publication {
        let next = NewEdition {
            follows: publication.version,
            parts: parts(text),
            declared: vec![],
            status,
            review_due_at: None,
        };
        publication.edit(next, Actor::function("test"), NOW).unwrap().state
    }

    fn settle(publication: Publication, edition: u64, action: Action) -> Option<Change<Publication>> {
        let decision = Decision {
            decision_id: DecisionId::at(NOW),
            case_id: CaseId::at(NOW),
            subject: Subject::Publication(publication.publication_id),
            matter: Matter::Content { edition },
            action,
            policies: vec![],
            reason: "人工审核".to_owned(),
            facts: "全文".to_owned(),
            decided_by: Actor::function("test"),
            approved_by: None,
            decided_at: NOW,
            reverses_decision_id: None,
        };
        publication.settle(edition, &decision, &Profile::cn_2017(), Actor::function("test"), NOW)
    }

    use PublicationStatus::{Deleted, Held, Published, Rejected};

    #[test]
    fn an_edition_that_waits_or_is_rejected_leaves_the_earlier_one_shown() {
        for status in [Held, Rejected] {
            let publication = edited(published(Published), "二", status);
            assert_eq!((publication.edition, publication.shown_edition()), (2, Some(1)), "{status:?}");
            assert_eq!(edited(publication.clone(), "三", status).shown_edition(), Some(1));
            assert_eq!(edited(publication, "三", Published).shown_edition(), Some(3));
        }
        assert_eq!(edited(published(Held), "二", Held).shown_edition(), None);
        assert_eq!(edited(published(Held), "二", Published).shown_edition(), Some(2));
    }

    #[test]
    fn the_edition_that_is_still_shown_can_be_refused_alone() {
        let publication = edited(published(Published), "二", Held);
        let change = settle(publication, 1, Action::Refuse).unwrap();
        assert_eq!((change.state.status, change.state.shown_edition()), (Held, None));
        assert!(change.state.refused_by().is_some(), "what comes next waits for a person");
        let EventBody::PublicationSettled { edition, status, statement, .. } = change.event.body else { panic!() };
        assert_eq!((edition, status, statement.is_some()), (1, Rejected, true));
        assert_eq!(settle(change.state.clone(), 1, Action::Refuse), None, "once");
        let approved = settle(change.state, 2, Action::Approve).unwrap().state;
        assert_eq!((approved.shown_edition(), approved.refused_by()), (Some(2), None));
    }

    #[test]
    fn an_edition_that_is_neither_the_latest_nor_shown_is_not_settled() {
        let publication = edited(published(Held), "二", Published);
        assert_eq!(settle(publication, 1, Action::Refuse), None);
    }

    #[test]
    fn a_refusal_is_remembered_over_editions_until_a_person_approves() {
        let refused = settle(published(Held), 1, Action::Refuse).unwrap().state;
        let again = edited(edited(refused, "二", Held), "三", Held);
        assert!(again.refused_by().is_some());
        let approved = settle(again, 3, Action::Approve).unwrap().state;
        assert_eq!((approved.refused_by(), approved.shown_edition()), (None, Some(3)));
        assert_eq!(edited(approved, "四", Published).refused_by(), None);
    }

    #[test]
    fn a_retry_is_known_and_a_late_one_is_refused() {
        let publication = edited(published(Published), "二", Published);
        let hash = |text: &str| content_hash(&parts(text));
        assert_eq!(publication.judge_edit(1, &hash("二"), &[]), Ok(EditIs::Known), "the first answer was lost");
        assert_eq!(publication.judge_edit(2, &hash("二"), &[]), Ok(EditIs::Known), "it changes nothing");
        assert_eq!(publication.judge_edit(2, &hash("一"), &[]), Ok(EditIs::New), "back to the first");
        let overtaken = Err(EditRefusal::Overtaken { expected: 1 });
        assert_eq!(publication.judge_edit(1, &hash("三"), &[]), overtaken, "somebody else was first");
        let back = edited(publication, "一", Published);
        assert_eq!(back.judge_edit(1, &hash("二"), &[]), overtaken, "a retry that comes after the next edit");
        let sent = |text: &str| Publication { content_hash: hash(text), ..published(Published) };
        assert!(back.is_sent_again_by(&sent("一")) && !back.is_sent_again_by(&sent("二")));
        let as_news = Publication { declared: vec![Declaration::News], ..sent("一") };
        assert!(!back.is_sent_again_by(&as_news));
        assert_eq!(
            back.judge_edit(3, &hash("一"), &[Declaration::News]),
            Ok(EditIs::New),
            "declared as something else"
        );
    }

    #[test]
    fn what_is_deleted_is_neither_shown_edited_nor_settled() {
        let change = published(Published).remove(RemovedBy::Holder, Actor::function("test"), NOW).unwrap();
        let deleted = change.state;
        assert_eq!((deleted.status, deleted.shown_edition(), deleted.version), (Deleted, None, 2));
        assert!(!deleted.parts.is_empty(), "an open case keeps its evidence");
        assert_eq!(deleted.clone().remove(RemovedBy::Platform, Actor::function("test"), NOW), None);
        assert_eq!(deleted.judge_edit(2, "any", &[]), Err(EditRefusal::Deleted));
        assert_eq!(settle(deleted, 1, Action::Approve), None);
    }

    proptest! {
        /// Whatever happens, nothing but a pass or an approval makes an edition visible, and a refused one stays hidden.
        #[test]
        fn nothing_is_shown_that_nobody_let_pass(steps in proptest::collection::vec((0_u8..6, 1_u64..8), 1..30)) {
            let mut publication = published(Held);
            let mut passed = std::collections::BTreeSet::new();
            for (at, (step, edition)) in steps.into_iter().enumerate() {
                let text = format!("{at}");
                let before = publication.clone();
                publication = match step {
                    0..=2 if before.status != Deleted => {
                        let status = [Published, Held, Rejected][usize::from(step)];
                        let next = edited(before, &text, status);
                        if status == Published { passed.insert(next.edition); }
                        next
                    }
                    3 => match settle(before.clone(), edition, Action::Approve) {
                        Some(change) => { passed.insert(edition); change.state }
                        None => before,
                    },
                    4 => match settle(before.clone(), edition, Action::Refuse) {
                        Some(change) => { passed.remove(&edition); change.state }
                        None => before,
                    },
                    _ => before,
                };
                if let Some(shown) = publication.shown_edition() {
                    prop_assert!(passed.contains(&shown), "edition {shown} is shown after {step}");
                    prop_assert!(shown <= publication.edition);
                }
            }
        }
    }
}
