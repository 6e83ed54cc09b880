//! What an account publishes (R2).

mod reversal;
mod revision;

pub use revision::{EditIs, EditRefusal, FirstEdition, NewEdition, Removal, RemovedBy, Revision, Revisions};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    actor::Actor,
    change::Change,
    decision::{Action, Decision},
    event::EventBody,
    id::{AccountId, DecisionId, PublicationId},
    media::{MediaConclusion, MediaObject},
    profile::Profile,
    statement::StatementOfReasons,
};

/// One typed part of a publication. Pictures, sound and film are by reference: they do not travel through the API. `url` is
/// where the public finds them, `object` the file to look at before that; what has none is not looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Part {
    Text {
        text: String,
    },
    Image {
        url: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        object: Option<MediaObject>,
    },
    Audio {
        url: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        transcript: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        object: Option<MediaObject>,
    },
    Video {
        url: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        transcript: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        object: Option<MediaObject>,
        /// Pictures from the film.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        key_frames: Vec<MediaObject>,
    },
    Link {
        url: String,
    },
}

impl Part {
    /// The words in the part that screening reads.
    #[must_use]
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Text { text } => Some(text),
            Self::Image { .. } => None,
            Self::Audio { transcript, .. } | Self::Video { transcript, .. } => transcript.as_deref(),
            Self::Link { url } => Some(url),
        }
    }
}

impl Part {
    /// The file of the part that is to be looked at.
    #[must_use]
    pub const fn object(&self) -> Option<&MediaObject> {
        match self {
            Self::Image { object, .. } | Self::Audio { object, .. } | Self::Video { object, .. } => object.as_ref(),
            Self::Text { .. } | Self::Link { .. } => None,
        }
    }

    #[must_use]
    pub fn key_frames(&self) -> &[MediaObject] {
        match self {
            Self::Video { key_frames, .. } => key_frames,
            _ => &[],
        }
    }

    /// Whether there is something of it to look at beside its words.
    #[must_use]
    pub fn has_media(&self) -> bool {
        self.object().is_some() || !self.key_frames().is_empty()
    }
}

/// What the platform says that a publication is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Declaration {
    /// News in the sense of R8: the account needs a licence.
    News,
}

/// What became of a publication when it was screened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublicationStatus {
    /// Shown to the public.
    Published,
    /// Not shown until a person has looked.
    Held,
    /// Refused.
    Rejected,
    /// Taken down by its holder or the platform.
    Deleted,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    pub publication_id: PublicationId,
    pub account_id: AccountId,
    /// The platform's own name of it, unique in the account.
    pub reference: String,
    /// Counts the changes; guards every write.
    pub version: u64,
    /// Counts the contents that it has had, from 1.
    pub edition: u64,
    pub parts: Vec<Part>,
    /// What the platform says that it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub declared: Vec<Declaration>,
    /// SHA-256, hex, of the canonical JSON of `parts`.
    pub content_hash: String,
    pub status: PublicationStatus,
    /// What a person decided on it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settlement: Option<Settlement>,
    pub received_at: Timestamp,
    #[serde(default, skip_serializing_if = "Revisions::is_empty")]
    pub revisions: Revisions,
    /// Its account has closed the comments below it (R12.2).
    #[serde(default)]
    pub comments_closed: bool,
}

/// A person's decision on a publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    pub decision_id: DecisionId,
    /// When it was made: an older decision that arrives later changes nothing.
    pub decided_at: Timestamp,
    pub settled_at: Timestamp,
    /// What the account is told when the publication was refused (fairness rule 1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<StatementOfReasons>,
    /// The decision that this one undid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverses_decision_id: Option<DecisionId>,
    /// What a publication that was refused was before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Before>,
}

/// What a publication was before a decision refused it, which it is again when that decision is reversed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    pub status: PublicationStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settlement: Option<Box<Settlement>>,
}

impl Settlement {
    /// Whether `decision` has nothing to say any more: it is this one, or was made before it.
    #[must_use]
    pub fn stands_against(&self, decision: &Decision) -> bool {
        self.decision_id == decision.decision_id || decision.decided_at < self.decided_at
    }
}

impl Publication {
    /// Whether `other` is what was published here, sent again: same content as that of the first edition, declared as the same.
    #[must_use]
    pub fn is_sent_again_by(&self, other: &Self) -> bool {
        let now = (self.content_hash.as_str(), &self.declared);
        let first = self.revisions.first.as_ref().map_or(now, |first| (first.content_hash.as_str(), &first.declared));
        first == (other.content_hash.as_str(), &other.declared)
    }

    /// Shows an edition to the public, or takes it away, as `decision` says. `None` when that decision has been applied or
    /// reversed, a later one stands, the edition is neither the latest nor still shown, or the publication is deleted.
    #[must_use]
    pub fn settle(
        mut self,
        edition: u64,
        decision: &Decision,
        profile: &Profile,
        actor: Actor,
        now: Timestamp,
    ) -> Option<Change<Self>> {
        let decision_id = decision.decision_id;
        if self.revisions.removal.is_some()
            || self.revisions.refused_by == Some(decision_id)
            || self.revisions.reversed.contains(&decision_id)
            || self.settlement.as_ref().is_some_and(|it| it.stands_against(decision))
        {
            return None;
        }
        let refused = matches!(decision.action, Action::Refuse | Action::RemoveContent);
        let statement = refused.then(|| StatementOfReasons::of(decision, profile, None));
        let status = if refused { PublicationStatus::Rejected } else { PublicationStatus::Published };
        if edition == self.edition {
            let settlement = self.settlement.take().map(Box::new);
            let before = Before { status: std::mem::replace(&mut self.status, status), settlement };
            self.settlement = Some(Settlement {
                decision_id,
                decided_at: decision.decided_at,
                settled_at: now,
                statement: statement.clone(),
                reverses_decision_id: None,
                before: refused.then_some(before),
            });
            if !refused {
                (self.revisions.shown_before, self.revisions.refused_by) = (None, None);
            }
        } else if self.shown_edition() == Some(edition) && refused {
            (self.revisions.shown_before, self.revisions.refused_by) = (None, Some(decision_id));
        } else {
            return None;
        }
        let body = EventBody::PublicationSettled {
            publication_id: self.publication_id,
            account_id: self.account_id,
            decision_id,
            edition,
            status,
            statement: statement.map(Box::new),
        };
        Some(self.changed(body, actor, now))
    }
}

impl Publication {
    /// The parts, from 0, that are looked at apart from the words.
    pub fn media_parts(&self) -> impl Iterator<Item = usize> {
        self.parts.iter().enumerate().filter(|(_, part)| part.has_media()).map(|(at, _)| at)
    }

    /// What becomes of the publication when all of its media have been looked at. A person's word, and another edition,
    /// stand over that: `None`.
    #[must_use]
    pub fn conclude_media(
        mut self,
        edition: u64,
        conclusion: MediaConclusion,
        actor: Actor,
        now: Timestamp,
    ) -> Option<Change<Self>> {
        if self.edition != edition || self.status != PublicationStatus::Held || self.settlement.is_some() {
            return None;
        }
        let MediaConclusion { status, review_due_at, rules, background, media } = conclusion;
        self.status = status;
        if status == PublicationStatus::Published {
            self.revisions.shown_before = None;
        }
        let body = EventBody::PublicationScreened {
            publication_id: self.publication_id,
            account_id: self.account_id,
            edition,
            status,
            review_due_at,
            rules,
            background,
            media,
        };
        Some(self.changed(body, actor, now))
    }
}

/// SHA-256, hex, of parts in their canonical JSON form.
#[must_use]
pub fn content_hash(parts: &[Part]) -> String {
    let json = serde_json::to_vec(parts).unwrap_or_default();
    data_encoding::HEXLOWER.encode(&Sha256::digest(json))
}
