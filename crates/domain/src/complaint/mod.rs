//! What the public files (R15.2).

mod evidence;
mod rights;
mod snapshot;
mod words;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    actor::Actor,
    case::Matter,
    change::Change,
    event::{Event, EventBody},
    id::{AccountId, CaseId, ComplaintId},
    personal::Sealed,
    receipt::ReceiptDigest,
    reporter::ReporterKey,
    subject::Subject,
};

pub use evidence::{ComplaintFile, MOST_FILES};
pub use rights::{Right, RightsNotice, Standing};
pub use snapshot::{AccountFace, Snapshot, SnapshotContent};
pub use words::WordsDigest;

/// In which language the reporter is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReporterLanguage {
    #[default]
    Zh,
    En,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complaint {
    pub complaint_id: ComplaintId,
    /// Counts what the reporter changes; triage writes `case_id` beside it.
    #[serde(default = "first")]
    pub version: u64,
    /// By this the reporter's receipt finds the complaint; the receipt itself is not kept.
    pub receipt: ReceiptDigest,
    pub subject: Subject,
    /// What the reporter chose from the list of reasons.
    #[serde(default)]
    pub reason: String,
    /// The policy that the reason stands for.
    pub policy: String,
    pub description: String,
    /// By this a copy of what others wrote is told.
    #[serde(default)]
    pub words: WordsDigest,
    /// Whether it came in a flood: after many about the same subject in one hour.
    #[serde(default)]
    pub in_flood: bool,
    #[serde(default)]
    pub language: ReporterLanguage,
    /// How to reach the reporter, if they said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Sealed>,
    /// Who the reporter is, without their name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reporter: Option<ReporterKey>,
    /// Of an infringement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rights: Option<RightsNotice>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<ComplaintFile>,
    /// The account whose holder complains, where the platform knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reporter_account: Option<AccountId>,
    pub filed_at: Timestamp,
    /// By when it is to be decided.
    pub due_at: Timestamp,
    /// The case that takes it up; absent until triage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_id: Option<CaseId>,
}

const fn first() -> u64 {
    1
}

/// Why a complaint is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ComplaintRefusal {
    #[error("there is no such reason")]
    ReasonUnknown,
    #[error("a complaint for that reason names the holder of the right, and how to reach the reporter")]
    RightsHolderRequired,
    #[error("a complaint for that reason names no holder of a right")]
    RightsHolderNotAsked,
    /// Another host, another path, or none: not what the platform's links look like.
    #[error("the link is none of the platform's")]
    LinkUnknown,
    #[error("what is complained of was taken away already")]
    SubjectRemoved,
    #[error("nobody complains of themselves")]
    OwnContent,
    #[error("the time for evidence is over, or the complaint is decided")]
    EvidenceClosed,
    #[error("there are as many files as a complaint may have")]
    TooManyFiles,
}

impl Complaint {
    /// What the case that takes it up is about.
    #[must_use]
    pub fn matter(&self) -> Matter {
        Matter::Complaint { policy: self.policy.clone() }
    }

    /// The complaint as it is filed, with the event that sends it to triage.
    #[must_use]
    pub fn file(self) -> Change<Self> {
        let body = EventBody::ComplaintFiled {
            complaint_id: self.complaint_id,
            subject: self.subject,
            policy: self.policy.clone(),
        };
        let event = Event::new(1, Actor::Public, body, self.filed_at);
        Change { state: self, event }
    }

    /// The event that tells of a complaint of a flood which a case takes without changing.
    #[must_use]
    pub fn counted_in(&self, case_id: CaseId, actor: Actor, now: Timestamp) -> Event {
        let body = EventBody::ComplaintCounted { case_id, complaint_id: self.complaint_id };
        Event::new(1, actor, body, now)
    }

    /// Files that are to come as well.
    ///
    /// # Errors
    /// When they would be more than a complaint may have.
    pub fn announce(mut self, files: Vec<ComplaintFile>, now: Timestamp) -> Result<Change<Self>, ComplaintRefusal> {
        self.files.extend(files);
        if self.files.len() > MOST_FILES {
            return Err(ComplaintRefusal::TooManyFiles);
        }
        let body = EventBody::ComplaintEvidenceAnnounced { complaint_id: self.complaint_id, files: self.files.len() };
        Ok(self.changed(body, now))
    }

    /// The announced file at `position` has come, and is kept. `None` when it was kept before, or none was announced there.
    #[must_use]
    pub fn keep_file(mut self, position: usize, sha256: String, now: Timestamp) -> Option<Change<Self>> {
        let file = self.files.get_mut(position).filter(|file| file.kept_at.is_none())?;
        file.kept_at = Some(now);
        file.sha256 = Some(sha256.clone());
        let body = EventBody::ComplaintEvidenceKept { complaint_id: self.complaint_id, file: position, sha256 };
        Some(self.changed(body, now))
    }

    fn changed(mut self, body: EventBody, now: Timestamp) -> Change<Self> {
        self.version += 1;
        let event = Event::new(self.version, Actor::Public, body, now);
        Change { state: self, event }
    }
}

/// What a reporter sees of their complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComplaintStatus {
    /// Filed, not yet taken up.
    Received,
    /// A case has taken it up.
    UnderReview,
    /// Decided, with a step against the subject.
    Upheld,
    /// Decided, without one.
    NotUpheld,
}
