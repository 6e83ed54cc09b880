//! Every way in which a use case says no.

use domain::{
    account::{AccountStatus, MetricsRefusal},
    activity::ActivityRefusal,
    appeal::AppealRefusal,
    assessment::AssessmentRefusal,
    authority_report::ReportRefusal,
    backtest::BacktestRefusal,
    blacklist::BlacklistRefusal,
    case::CaseRefusal,
    case::ContestRefusal,
    complaint::ComplaintRefusal,
    deregistration::DeregistrationRefusal,
    document::DocumentError,
    enforcement::Enforcement,
    evidence_package::PackageRefusal,
    group::GroupRefusal,
    incident::IncidentRefusal,
    legal_hold::HoldRefusal,
    mobile::MobileError,
    phone_challenge::ChallengeRefusal,
    policy_document::AgreementRefusal,
    policy_document::PolicyDocument,
    principal::PrincipalKind,
    proof_of_work::ProofRefusal,
    public_profile::ProfileRefusal,
    qualification::QualificationRefusal,
    reporter::ReporterRefusal,
};
use jiff::Timestamp;
use screening::source::Problem;

use crate::{
    commenting::CommentRefusal,
    naming::NameRefusal,
    news_gate::LicenceStanding,
    ports::{BoxError, PortError},
    qualifying::EvidenceFault,
};

/// One variant for each thing that can be told to a caller. Never holds personal data.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error("the document number breaks a rule of its standard: {0}")]
    Document(#[from] DocumentError),
    #[error("a principal of kind {kind:?} is not known by that type of document")]
    DocumentTypeForKind { kind: PrincipalKind },
    #[error("the mobile number breaks a rule: {0}")]
    Mobile(#[from] MobileError),
    #[error("too many codes were sent")]
    CodeTooSoon { until: Timestamp, now: Timestamp },
    #[error("no such challenge")]
    ChallengeNotFound,
    #[error("the code is wrong; {tries_left} tries are left")]
    CodeWrong { tries_left: u32 },
    #[error(transparent)]
    Challenge(#[from] ChallengeRefusal),
    #[error("the principal holds {cap} accounts, which is all it may")]
    QuotaExceeded { cap: u32 },
    #[error("the principal holds {above} accounts and needs a group for more")]
    GroupRequired { above: u32 },
    #[error("no such group")]
    GroupNotFound,
    #[error(transparent)]
    Group(#[from] GroupRefusal),
    #[error("the principal is on the blacklist")]
    PrincipalListed,
    #[error("the document leads to another principal since it was looked up")]
    PrincipalMoved,
    #[error("nothing is known of this principal")]
    PrincipalNotFound,
    #[error(transparent)]
    Blacklist(#[from] BlacklistRefusal),
    #[error(transparent)]
    Name(#[from] NameRefusal),
    #[error(transparent)]
    Profile(#[from] ProfileRefusal),
    #[error(transparent)]
    Deregistration(#[from] DeregistrationRefusal),
    #[error("no such account")]
    AccountNotFound,
    /// Nothing is left of who stood behind the account (R9.2).
    #[error("the sealed identity was destroyed")]
    IdentityDestroyed,
    #[error("the account may publish {limit} times in an hour, and has")]
    RateExceeded { limit: u32, until: Timestamp, now: Timestamp },
    #[error(transparent)]
    Metrics(#[from] MetricsRefusal),
    #[error("no such publication")]
    PublicationNotFound,
    /// Its period has ended (R16.2).
    #[error("the publication was deleted when its period ended")]
    PublicationExpired,
    #[error("no rule pack of that version was published")]
    RulePackNotFound,
    #[error("the publication is deleted")]
    PublicationDeleted,
    #[error("no such comment")]
    CommentNotFound,
    #[error(transparent)]
    Comment(#[from] CommentRefusal),
    #[error("a measure takes comments from the account")]
    CommentsRestricted { enforcement: Box<Enforcement> },
    #[error("no measure that could be rectified is in force")]
    NothingToRectify,
    #[error("the account has blocked as many commenters as it may")]
    BlockListFull,
    #[error(transparent)]
    Assessment(#[from] AssessmentRefusal),
    #[error("no such case")]
    CaseNotFound,
    #[error("no such decision")]
    DecisionNotFound,
    #[error(transparent)]
    Appeal(#[from] AppealRefusal),
    #[error(transparent)]
    AuthorityReport(#[from] ReportRefusal),
    #[error("no complaint has this receipt")]
    ComplaintNotFound,
    /// Its period has ended (R16.2).
    #[error("the complaint was deleted when its period ended")]
    ComplaintExpired,
    #[error("the subject of the complaint does not exist")]
    SubjectNotFound,
    #[error(transparent)]
    Complaint(ComplaintRefusal),
    #[error(transparent)]
    Proof(ProofRefusal),
    #[error(transparent)]
    Reporter(ReporterRefusal),
    #[error(transparent)]
    Contest(#[from] ContestRefusal),
    #[error("nothing is taken from the reporter for a while")]
    ReporterCoolingDown { until: Timestamp, reason: String, now: Timestamp },
    #[error("the source has filed as much as it may in this hour")]
    TooManyComplaints { until: Timestamp, now: Timestamp },
    #[error("no such label")]
    LabelUnknown { label: String },
    #[error("no such policy")]
    PolicyUnknown { policy: String },
    #[error("the account is {status:?}: its identity is not verified")]
    AccountNotVerified { status: AccountStatus },
    #[error("the account is {status:?}")]
    AccountClosed { status: AccountStatus },
    #[error("the account's updates are suspended")]
    AccountSuspended { enforcement: Box<Enforcement> },
    #[error(transparent)]
    Agreement(#[from] AgreementRefusal),
    #[error("the account has not accepted version {} of {}", document.version, document.document_id)]
    AgreementRequired { document: Box<PolicyDocument> },
    #[error("news is for accounts with a valid news licence")]
    NewsLicenceRequired(LicenceStanding),
    #[error(transparent)]
    Qualification(#[from] QualificationRefusal),
    #[error("the document has not been uploaded")]
    EvidenceMissing,
    #[error("the document is not the one that was announced")]
    EvidenceMismatch(EvidenceFault),
    #[error("the reference was used for another publication")]
    ReferenceReused,
    #[error(transparent)]
    Case(#[from] CaseRefusal),
    #[error("the case has changed since version {expected}")]
    VersionConflict { expected: u64 },
    #[error("the cursor is not one that a page gave")]
    CursorUnknown,
    #[error("no dead-letter queue has that name")]
    DeadLetterBoxNotFound,
    #[error("the month is not over")]
    MonthNotOver,
    #[error("the month has more rows than are filed in one run")]
    FilingTooLarge,
    #[error("what is in that dead-letter queue came from no queue")]
    CameFromNoQueue,
    /// A message that no code of ours wrote: retrying cannot help.
    #[error("the message cannot be understood: {0}")]
    Message(String),
    #[error(transparent)]
    Incident(#[from] IncidentRefusal),
    #[error(transparent)]
    Activity(#[from] ActivityRefusal),
    #[error("no such evidence package")]
    PackageNotFound,
    #[error(transparent)]
    Package(#[from] PackageRefusal),
    #[error("no such backtest")]
    BacktestNotFound,
    #[error(transparent)]
    Backtest(#[from] BacktestRefusal),
    #[error("the draft is no rule pack: {} mistakes", .0.len())]
    DraftPack(Vec<Problem>),
    #[error("no such hold")]
    HoldNotFound,
    #[error(transparent)]
    Hold(#[from] HoldRefusal),
    #[error(transparent)]
    Port(#[from] PortError),
}

impl From<BoxError> for AppError {
    fn from(error: BoxError) -> Self {
        match error {
            BoxError::Unknown => Self::DeadLetterBoxNotFound,
            BoxError::CameFromNoQueue => Self::CameFromNoQueue,
            BoxError::Port(error) => Self::Port(error),
        }
    }
}

impl AppError {
    /// Whether the same call may succeed later without anybody changing anything.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Port(error) => error.is_retryable(),
            Self::VersionConflict { .. } | Self::PrincipalMoved => true,
            _ => false,
        }
    }
}
