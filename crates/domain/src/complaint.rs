//! What the public files (R15.2).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    actor::Actor,
    case::Matter,
    change::Change,
    event::{Event, EventBody},
    id::{CaseId, ComplaintId},
    personal::Sealed,
    receipt::ReceiptDigest,
    subject::Subject,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complaint {
    pub complaint_id: ComplaintId,
    /// By this the reporter's receipt finds the complaint; the receipt itself is not kept.
    pub receipt: ReceiptDigest,
    pub subject: Subject,
    /// The policy that the complaint says was broken.
    pub policy: String,
    pub description: String,
    /// How to reach the reporter, if they said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Sealed>,
    pub filed_at: Timestamp,
    /// By when it is to be decided.
    pub due_at: Timestamp,
    /// The case that takes it up; absent until triage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_id: Option<CaseId>,
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
