//! Qualifications (资质): what an account has shown to be licensed for, with number, scope and an end (R7.1, R8).
//!
//! A qualification is valid from its approval to the end of its last day in Asia/Shanghai. That it has expired is a
//! matter of the calendar and of nothing else: whoever asks is told so from that very moment, whether or not anybody has
//! noted it ([`Qualification::state_at`]).

mod number;
mod state;
#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

pub use number::QualificationNumber;
pub use state::{IllegalStep, QualificationState, QualificationStep};

use crate::{
    id::{DecisionId, QualificationId},
    principal::PrincipalKind,
    retention::SHANGHAI,
    statement::StatementOfReasons,
};

/// Licences of the field run for three or five years, and the longest certificates that have an end for twenty.
const LONGEST_YEARS: i16 = 20;

/// What a qualification is for: a news licence, or one of the professional kinds that the settings list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct QualificationKind(String);

impl QualificationKind {
    /// The licence to provide news (R8).
    pub const NEWS_LICENCE: &str = "news_licence";

    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(name.to_owned())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a principal of that kind can have it: news licences are given to organisations alone.
    #[must_use]
    pub fn is_for(&self, kind: PrincipalKind) -> bool {
        self.0 != Self::NEWS_LICENCE || kind != PrincipalKind::Individual
    }
}

/// The forms in which a document can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EvidenceType {
    #[serde(rename = "application/pdf")]
    Pdf,
    #[serde(rename = "image/jpeg")]
    Jpeg,
    #[serde(rename = "image/png")]
    Png,
}

impl EvidenceType {
    pub const ALL: [Self; 3] = [Self::Pdf, Self::Jpeg, Self::Png];

    /// The media type.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// Whether `bytes` begin as a file of the type does: a name is soon given, and a reviewer opens the file.
    #[must_use]
    pub fn is_that_of(self, bytes: &[u8]) -> bool {
        let magic: &[u8] = match self {
            Self::Pdf => b"%PDF-",
            Self::Jpeg => &[0xFF, 0xD8, 0xFF],
            Self::Png => &[0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A],
        };
        bytes.starts_with(magic)
    }
}

/// The document that shows the qualification, as it was announced before it was uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub content_type: EvidenceType,
    /// Of the bytes, 64 lower-case hexadecimal digits.
    pub sha256: String,
}

/// The days between which a qualification holds, both included, on the calendar of Asia/Shanghai.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    pub issued_on: Date,
    pub expires_on: Date,
}

/// Why a term is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum TermError {
    #[error("the day of issue lies ahead")]
    IssuedAhead,
    #[error("it ends before it begins")]
    EndsBeforeItBegins,
    #[error("its last day is over")]
    Over,
    #[error("no licence runs that long")]
    TooLong,
}

impl Term {
    /// A term that has begun and is not over at `now`.
    ///
    /// # Errors
    /// Why it is none.
    pub fn new(issued_on: Date, expires_on: Date, now: Timestamp) -> Result<Self, TermError> {
        let term = Self { issued_on, expires_on };
        if issued_on > now.to_zoned_datetime(SHANGHAI.clone()).date() {
            return Err(TermError::IssuedAhead);
        }
        if expires_on < issued_on {
            return Err(TermError::EndsBeforeItBegins);
        }
        if term.expires_at() <= now {
            return Err(TermError::Over);
        }
        if issued_on.checked_add(LONGEST_YEARS.years()).is_ok_and(|longest| expires_on > longest) {
            return Err(TermError::TooLong);
        }
        Ok(term)
    }

    /// The first moment at which it is over: the end of its last day.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.expires_on.tomorrow().map_or(Timestamp::MAX, start_of)
    }

    /// The beginning of the day that is `days` before the last.
    #[must_use]
    pub fn days_before(&self, days: u16) -> Timestamp {
        self.expires_on.checked_sub(i32::from(days).days()).map_or(Timestamp::MIN, start_of)
    }
}

fn start_of(day: Date) -> Timestamp {
    day.at(0, 0, 0, 0).to_zoned_datetime(SHANGHAI.clone()).map_or(Timestamp::MAX, |start| start.timestamp())
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Qualification {
    pub qualification_id: QualificationId,
    pub kind: QualificationKind,
    pub number: QualificationNumber,
    /// What it allows, as the document says it.
    pub scope: String,
    #[serde(flatten)]
    pub term: Term,
    /// The last step that was taken; what holds at a moment is [`state_at`](Self::state_at).
    pub state: QualificationState,
    pub evidence: Evidence,
    /// From then on nobody waits for the upload any more.
    pub upload_until: Timestamp,
    /// When the platform is reminded that the end comes near.
    pub remind_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminded_at: Option<Timestamp>,
    pub registered_at: Timestamp,
    /// What a person decided on it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settlement: Option<QualificationSettlement>,
}

/// A person's word on a qualification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QualificationSettlement {
    pub decision_id: DecisionId,
    pub settled_at: Timestamp,
    /// What the account is told when it was refused or revoked (fairness rule 1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<StatementOfReasons>,
}

/// What is known of a qualification before it is shown.
#[derive(Debug, Clone)]
pub struct NewQualification {
    pub qualification_id: QualificationId,
    pub kind: QualificationKind,
    pub number: QualificationNumber,
    pub scope: String,
    pub term: Term,
    pub evidence: Evidence,
    pub upload_hours: u32,
    pub reminder_days: u16,
}

/// Why a member of staff takes a qualification away.
#[derive(Debug, Clone)]
pub struct Revocation {
    pub decision_id: DecisionId,
    /// For the account to read, as are the facts.
    pub reason: String,
    pub facts: String,
}

impl Qualification {
    #[must_use]
    pub fn register(new: NewQualification, now: Timestamp) -> Self {
        let wait = SignedDuration::from_hours(i64::from(new.upload_hours));
        Self {
            qualification_id: new.qualification_id,
            kind: new.kind,
            number: new.number,
            scope: new.scope,
            remind_at: new.term.days_before(new.reminder_days),
            term: new.term,
            state: QualificationState::AwaitingUpload,
            evidence: new.evidence,
            upload_until: now.saturating_add(wait).unwrap_or(Timestamp::MAX),
            reminded_at: None,
            registered_at: now,
            settlement: None,
        }
    }

    /// Where it stands at `now`: what time has ended is over from that moment on.
    #[must_use]
    pub fn state_at(&self, now: Timestamp) -> QualificationState {
        let by_time = if now >= self.term.expires_at() {
            self.state.after(QualificationStep::Expire)
        } else if now >= self.upload_until {
            self.state.after(QualificationStep::Lapse)
        } else {
            return self.state;
        };
        by_time.unwrap_or(self.state)
    }

    #[must_use]
    pub fn is_valid_at(&self, now: Timestamp) -> bool {
        self.state_at(now) == QualificationState::Valid
    }
}

/// What happened to a qualification, beside its coming before a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum QualificationChange {
    Registered {
        evidence: Evidence,
    },
    Approved {
        decision_id: DecisionId,
    },
    Refused {
        decision_id: DecisionId,
        statement: Box<StatementOfReasons>,
    },
    Revoked {
        decision_id: DecisionId,
        statement: Box<StatementOfReasons>,
    },
    /// The end comes near.
    Expiring,
    Expired,
}

/// Why a step is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QualificationRefusal {
    #[error("the account has no such qualification")]
    Unknown,
    #[error("the settings know no qualification of that kind")]
    KindUnknown,
    #[error("a principal of that kind cannot have it")]
    KindForPrincipal,
    #[error("the term is none: {0}")]
    Term(#[from] TermError),
    #[error("the account has shown that document already")]
    Known(QualificationId),
    #[error("the account has as many qualifications as it may")]
    TooMany,
    #[error("the qualification is {0:?}")]
    NotFromHere(QualificationState),
}
