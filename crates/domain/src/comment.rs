//! What readers write below a publication (R2, R12.1, R12.2).
//!
//! Two people have a say in whether the public sees a comment, and neither speaks for the other: the engine or a reviewer
//! judges it ([`CommentStatus`]), and the account that it stands below may hide it ([`Hiding`]). It is seen when the one has
//! let it pass and the other has not hidden it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    actor::Actor,
    change::Change,
    decision::{Action, Decision},
    event::{Event, EventBody},
    id::{AccountId, CommentId, DecisionId, PublicationId},
    profile::Profile,
    publication::Settlement,
    statement::StatementOfReasons,
};

/// Who wrote it, by the platform's pseudonym and nothing else: 1 to 64 visible ASCII characters (R9.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Commenter(pub String);

/// What the engine or a person says of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommentStatus {
    Published,
    /// Not shown until a person has looked.
    Held,
    Rejected,
}

/// Why the account does not show a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HiddenBy {
    /// It holds one of the account's keywords.
    Keyword,
    /// The account hid it.
    Owner,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hiding {
    pub by: HiddenBy,
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    pub comment_id: CommentId,
    pub publication_id: PublicationId,
    /// Whose publication it is.
    pub account_id: AccountId,
    /// The platform's own name of it, unique below the publication.
    pub reference: String,
    pub commenter: Commenter,
    /// Counts the changes; guards every write.
    pub version: u64,
    pub text: String,
    pub status: CommentStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<Hiding>,
    /// What a person decided on it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settlement: Option<Settlement>,
    pub received_at: Timestamp,
}

impl Comment {
    /// Whether the public may see it.
    #[must_use]
    pub const fn is_shown(&self) -> bool {
        matches!(self.status, CommentStatus::Published) && self.hidden.is_none()
    }

    /// Whether `other` is the same comment sent again.
    #[must_use]
    pub fn is_sent_again_by(&self, other: &Self) -> bool {
        self.text == other.text && self.commenter == other.commenter
    }

    /// The account hides it. `None` when it is hidden already.
    #[must_use]
    pub fn hide(mut self, actor: Actor, now: Timestamp) -> Option<Change<Self>> {
        if self.hidden.is_some() {
            return None;
        }
        self.hidden = Some(Hiding { by: HiddenBy::Owner, at: now });
        let body = EventBody::CommentHidden {
            comment_id: self.comment_id,
            publication_id: self.publication_id,
            account_id: self.account_id,
        };
        Some(self.changed(body, actor, now))
    }

    /// The account hides it no longer, which brings back nothing that was held or refused. `None` when it is not hidden.
    #[must_use]
    pub fn restore(mut self, actor: Actor, now: Timestamp) -> Option<Change<Self>> {
        self.hidden.take()?;
        let body = EventBody::CommentRestored {
            comment_id: self.comment_id,
            publication_id: self.publication_id,
            account_id: self.account_id,
        };
        Some(self.changed(body, actor, now))
    }

    /// Lets it pass or takes it away, as `decision` says. `None` when that decision has been applied, or a later one.
    #[must_use]
    pub fn settle(
        mut self,
        decision: &Decision,
        profile: &Profile,
        actor: Actor,
        now: Timestamp,
    ) -> Option<Change<Self>> {
        let decision_id: DecisionId = decision.decision_id;
        if self.settlement.as_ref().is_some_and(|it| it.stands_against(decision)) {
            return None;
        }
        let refused = matches!(decision.action, Action::Refuse | Action::RemoveContent);
        let statement = refused.then(|| StatementOfReasons::of(decision, profile, None).without_appeal());
        self.status = if refused { CommentStatus::Rejected } else { CommentStatus::Published };
        self.settlement = Some(Settlement {
            decision_id,
            decided_at: decision.decided_at,
            settled_at: now,
            statement: statement.clone(),
            reverses_decision_id: None,
            before: None,
        });
        let body = EventBody::CommentSettled {
            comment_id: self.comment_id,
            publication_id: self.publication_id,
            account_id: self.account_id,
            decision_id,
            status: self.status,
            statement: statement.map(Box::new),
        };
        Some(self.changed(body, actor, now))
    }

    fn changed(mut self, body: EventBody, actor: Actor, now: Timestamp) -> Change<Self> {
        self.version += 1;
        let event = Event::new(self.version, actor, body, now);
        Change { state: self, event }
    }
}

/// SHA-256, hex, of a comment's text and its writer: what tells a record of one attempt from that of another.
#[must_use]
pub fn content_hash(commenter: &Commenter, text: &str) -> String {
    let mut hash = Sha256::new();
    // The length first, so that the two never run together.
    hash.update((commenter.0.len() as u64).to_be_bytes());
    hash.update(&commenter.0);
    hash.update(text);
    data_encoding::HEXLOWER.encode(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{case::Matter, id::CaseId, subject::Subject};

    const NOW: Timestamp = Timestamp::constant(1_795_406_400, 0);

    fn comment(status: CommentStatus) -> Comment {
        let account_id = AccountId::at(NOW);
        let publication_id = PublicationId::named(account_id, "post-1");
        Comment {
            comment_id: CommentId::named(publication_id, "c-1"),
            publication_id,
            account_id,
            reference: "c-1".to_owned(),
            commenter: Commenter("reader-7".to_owned()),
            version: 1,
            text: "写得真好".to_owned(),
            status,
            hidden: None,
            settlement: None,
            received_at: NOW,
        }
    }

    fn actor() -> Actor {
        Actor::function("test")
    }

    fn settled(comment: Comment, action: Action) -> Option<Change<Comment>> {
        let decision = Decision {
            decision_id: DecisionId::from_uuid(uuid::Uuid::from_u128(7)),
            case_id: CaseId::at(NOW),
            subject: Subject::Comment(comment.comment_id),
            matter: Matter::Content { edition: 1 },
            action,
            policies: vec![],
            reason: "人工审核".to_owned(),
            facts: "全文".to_owned(),
            decided_by: actor(),
            approved_by: None,
            decided_at: NOW,
            reverses_decision_id: None,
        };
        comment.settle(&decision, &Profile::cn_2017(), actor(), NOW)
    }

    #[test]
    fn the_owner_and_the_judgement_each_have_a_say() {
        let shown = comment(CommentStatus::Published);
        assert!(shown.is_shown() && !comment(CommentStatus::Held).is_shown());
        let hidden = shown.hide(actor(), NOW).unwrap().state;
        assert!(!hidden.is_shown());
        assert_eq!(hidden.clone().hide(actor(), NOW), None, "once");
        let refused = settled(hidden, Action::Refuse).unwrap().state;
        let restored = refused.restore(actor(), NOW).unwrap().state;
        assert!(!restored.is_shown(), "an owner brings back nothing that was refused");
        assert_eq!(restored.clone().restore(actor(), NOW), None);
        assert_eq!(settled(restored, Action::Approve), None, "a decision is applied once");
    }

    #[test]
    fn a_refused_comment_comes_with_a_statement_and_an_approved_one_is_shown() {
        let refused = settled(comment(CommentStatus::Published), Action::RemoveContent).unwrap();
        assert_eq!((refused.state.status, refused.state.version), (CommentStatus::Rejected, 2));
        assert!(refused.state.settlement.unwrap().statement.is_some());
        assert!(settled(comment(CommentStatus::Held), Action::Approve).unwrap().state.is_shown());
    }
}
