//! The ports: small traits named after what a use case needs. The comment of a port is its contract; the in-memory
//! twin (`testkit`) and the adapter (`aws`, `outbound`) pass the same contract tests.
//!
//! Three promises hold for every port that stores:
//! 1. A call either has its whole effect or none.
//! 2. [`PortError::Unavailable`] means that it is not known whether the effect took place; every caller can call again.
//! 3. What was stored by a call that returned is read by every later call.

mod accounts;
mod activity;
mod assessments;
mod authority_reports;
mod backtests;
mod breaker;
mod case_calendar;
mod case_notes;
mod cases;
mod chance;
mod clock;
mod comments;
mod complaints;
mod completeness;
mod content_log;
mod control_files;
mod dead_letter_boxes;
mod deregistration_calendar;
mod engine;
mod evidence;
mod filing;
mod groups;
mod idempotency;
mod identity;
mod incidents;
mod intake;
mod legal_holds;
mod media;
mod media_classifier;
mod messaging;
mod mobile;
mod packages;
mod policy_documents;
mod principals;
mod protected_names;
mod publication_meter;
mod publications;
mod qualification_calendar;
mod removed_content;
mod reporters;
mod resting;
mod retention;
mod rule_packs;
mod sealing;
mod settings;

pub use accounts::{AccountLedger, Admission, RegisterError, RenameError};
pub use activity::{ActivityVault, AddressIndex};
pub use assessments::{AssessmentRegister, AssessmentSource};
pub use authority_reports::{ReportFiles, ReportLedger};
pub use backtests::{BacktestFile, BacktestFiles, BacktestPage, BacktestQueue, BacktestShelf, HourDone};
pub use breaker::CircuitBreaker;
pub use case_calendar::{CaseCalendar, CaseDeadline};
pub use case_notes::{NotePage, NoteShelf};
pub use cases::{CaseBoard, CasePage, ListError};
pub use chance::Chance;
pub use clock::{Clock, SystemClock};
pub use comments::{CommentDutyBook, CommentPage, CommentPut, CommentRecord, CommentShelf, OwnerRulesBook};
pub use complaints::{ComplaintPage, ComplaintShelf};
pub use completeness::{Accepted, AcceptedPublications, LoggedPublications, ReconciliationBook};
pub use content_log::{ContentLog, WriteOutcome};
pub use control_files::{ControlContent, ControlFile, ControlFiles, NewestVersion, PutBy};
pub use dead_letter_boxes::{BoxError, DeadLetter, DeadLetterBox, DeadLetterBoxes};
pub use deregistration_calendar::{Deadline, DeregistrationCalendar};
pub use engine::EngineSource;
pub use evidence::{
    ComplaintFilePlace, EvidenceIntake, EvidencePlace, EvidenceRemoval, EvidenceView, UploadForm, UploadPlace,
    Uploaded, WantedUpload,
};
pub use filing::{FilingBook, FilingFiles};
pub use groups::GroupRegister;
pub use idempotency::{Begin, IdempotencyKey, IdempotencyLedger, Lease, StoredAnswer};
pub use identity::{CallerRegister, IdentityCheck, IdentityOutcome, IdentityVault, PrincipalIndex};
pub use incidents::{IncidentShelf, IncidentSource};
pub use intake::{IntakeLedger, IntakeSecrets, RateCounter};
pub use legal_holds::{Deletion, DeletionGate, HeldHours, HoldMark, HoldPage, HoldRegister, HoldShelf, HoldsInForce};
pub use media::{Fetched, MediaBucket, MediaNotes, MediaQueue};
pub use media_classifier::{FileToClassify, LINK_LASTS, MediaClassifier};
pub use messaging::{
    DeadLetters, LogQueue, Queue, RelayQueues, RetryQueue, ReviewQueue, SweepQueue, Webhook, WebhookMessage,
};
pub use mobile::{Budgets, ChallengeBook, CodeDelivery, CodeMessage, MobileIndex};
pub use packages::{LogReader, PackageArchive, PackagePage, PackageShelf};
pub use policy_documents::{PolicyDocumentShelf, PolicyDocumentSource};
pub use principals::{Blacklist, BlacklistPage, BlacklistPart, PrincipalRegister};
pub use protected_names::{ProtectedNameShelf, ProtectedNames};
pub use publication_meter::{PublicationHour, PublicationMeter};
pub use publications::{PublicationRecord, PublicationShelf, PutOutcome};
pub use qualification_calendar::{QualificationCalendar, QualificationDeadline};
pub use removed_content::{RemovedContentShelf, RemovedContentSource, SettledPrints};
pub use reporters::ReporterBook;
pub use resting::{CaseHistory, ComplaintFileRemoval, Gone, RestingRow, RestingRows, RestingState};
pub use retention::{ExpiringObjects, RowReceipts, StoredObject, SweepReceipts, Watermark};
pub use rule_packs::{PackArchive, PackForm, RulePackShelf, RulePackSource};
pub use sealing::{SealIntake, SealLedger, SealShelf, SealSigner};
pub use settings::{SettingsShelf, SettingsSource};

type Source = Box<dyn std::error::Error + Send + Sync>;

/// A port could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum PortError {
    /// It may work later: throttling, a time-out, a lost connection, a conflict of transactions.
    #[error("{what} is not available now")]
    Unavailable { what: &'static str, source: Source },
    /// It will not work however often it is tried: no permission, no such table, a request that is wrong.
    #[error("{what} refused")]
    Refused { what: &'static str, source: Source },
    /// What was read is not what was ever written.
    #[error("{what} holds something that cannot be read")]
    Corrupt { what: &'static str, source: Source },
}

impl PortError {
    /// Whether the same call may succeed later.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }

    pub fn unavailable(what: &'static str, source: impl Into<Source>) -> Self {
        Self::Unavailable { what, source: source.into() }
    }

    pub fn refused(what: &'static str, source: impl Into<Source>) -> Self {
        Self::Refused { what, source: source.into() }
    }

    pub fn corrupt(what: &'static str, source: impl Into<Source>) -> Self {
        Self::Corrupt { what, source: source.into() }
    }
}

/// A write that is guarded by the stored version did not take place.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// Somebody else wrote first: read again and decide again.
    #[error("the stored version has moved on")]
    VersionConflict,
    #[error(transparent)]
    Port(#[from] PortError),
}
