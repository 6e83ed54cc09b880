//! What a caller is told of each way in which a use case says no.

use app::{
    commenting::CommentRefusal, error::AppError, naming::NameRefusal, news_gate::LicenceStanding, ports::PortError,
    qualifying::EvidenceFault,
};
use domain::{
    account::MetricsRefusal,
    activity::ActivityRefusal,
    appeal::AppealRefusal,
    assessment::AssessmentRefusal,
    authority_report::ReportRefusal,
    backtest::BacktestRefusal,
    blacklist::BlacklistRefusal,
    case::{CaseRefusal, ContestRefusal},
    deregistration::DeregistrationRefusal,
    display_name::UnusableName,
    enforcement::{Enforcement, EnforcementKind},
    evidence_package::PackageRefusal,
    group::GroupRefusal,
    incident::IncidentRefusal,
    legal_hold::HoldRefusal,
    phone_challenge::ChallengeRefusal,
    policy_document::{AgreementRefusal, PolicyDocument},
    public_profile::ProfileRefusal,
    qualification::{QualificationRefusal, QualificationState, TermError},
};
use jiff::Timestamp;

use super::{
    Code, ConcernNotice, EnforcementNotice, FieldCode, Members, PolicyDocumentNotice, Problem, ProtectedNameNotice,
    complaints::{code_of_complaint, code_of_contest, code_of_proof, code_of_reporter},
};

/// Seconds after which it makes sense to try again: throttling and lost connections pass in that time.
const RETRY_AFTER: u32 = 2;

/// Mistakes of a draft that are told at once: who has so many to mend has enough to do.
const MOST_MISTAKES: usize = 20;

impl From<AppError> for Problem {
    #[expect(
        clippy::too_many_lines,
        reason = "each refusal has its line, so that one without what belongs to it is seen"
    )]
    fn from(error: AppError) -> Self {
        let code = code_of(&error);
        let problem = Self::new(code);
        match error {
            AppError::Document(document_error) => problem.with(Members {
                document_error: Some(snake_case(&format!("{document_error:?}"))),
                ..Members::default()
            }),
            AppError::Mobile(mobile_error) => problem
                .with(Members { mobile_error: Some(snake_case(&format!("{mobile_error:?}"))), ..Members::default() }),
            AppError::CodeWrong { tries_left } => {
                problem.with(Members { tries_left: Some(tries_left), ..Members::default() })
            }
            AppError::CodeTooSoon { until, now } => problem.retry_after(seconds_between(now, until)),
            AppError::QuotaExceeded { cap } => problem.with(Members { cap: Some(cap), ..Members::default() }),
            AppError::Name(refusal) => name_problem(problem, refusal),
            AppError::AccountNotVerified { status }
            | AppError::AccountClosed { status }
            | AppError::Profile(ProfileRefusal::Leaving(status)) => {
                problem.with(Members { account_status: Some(status), ..Members::default() })
            }
            AppError::AccountSuspended { enforcement } | AppError::CommentsRestricted { enforcement } => {
                problem.with(Members { enforcement: Some(Box::new((*enforcement).into())), ..Members::default() })
            }
            AppError::GroupRequired { above } => {
                problem.with(Members { group_above: Some(above), ..Members::default() })
            }
            AppError::RateExceeded { limit, until, now } => {
                let members = Members { publications_per_hour: Some(limit), ..Members::default() };
                problem.with(members).retry_after(seconds_between(now, until))
            }
            AppError::AgreementRequired { document } => {
                problem.with(Members { policy_document: Some(Box::new((*document).into())), ..Members::default() })
            }
            AppError::Agreement(refusal) => agreement_problem(problem, &refusal),
            AppError::NewsLicenceRequired(standing) => problem.with(licence_members(standing)),
            AppError::Qualification(refusal) => problem.with(qualification_members(refusal)),
            AppError::EvidenceMismatch(fault) => problem.with(evidence_members(fault)),
            AppError::Appeal(AppealRefusal::WindowOver { until })
            | AppError::Contest(ContestRefusal::WindowOver { until }) => {
                problem.with(Members { appeal_until: Some(until), ..Members::default() })
            }
            AppError::TooManyComplaints { until, now } => problem.retry_after(seconds_between(now, until)),
            AppError::ReporterCoolingDown { until, reason, now } => {
                problem.with(cooling_members(until, reason)).retry_after(seconds_between(now, until))
            }
            AppError::DraftPack(mistakes) => draft_problem(problem, mistakes.iter().map(ToString::to_string)),
            AppError::Port(error) => error.into(),
            AppError::PrincipalMoved => problem.retry_after(RETRY_AFTER),
            AppError::Message(_) => problem.because(&error),
            AppError::DocumentTypeForKind { .. }
            | AppError::PrincipalListed
            | AppError::PrincipalNotFound
            | AppError::Metrics(_)
            | AppError::GroupNotFound
            | AppError::Group(_)
            | AppError::Deregistration(_)
            | AppError::Profile(ProfileRefusal::UnderReview(_))
            | AppError::Blacklist(_)
            | AppError::AccountNotFound
            | AppError::IdentityDestroyed
            | AppError::ChallengeNotFound
            | AppError::Challenge(_)
            | AppError::PublicationNotFound
            | AppError::PublicationExpired
            | AppError::RulePackNotFound
            | AppError::EvidenceMissing
            | AppError::PublicationDeleted
            | AppError::CommentNotFound
            | AppError::Comment(_)
            | AppError::BlockListFull
            | AppError::NothingToRectify
            | AppError::Assessment(_)
            | AppError::Incident(_)
            | AppError::Activity(_)
            | AppError::PackageNotFound
            | AppError::Package(_)
            | AppError::BacktestNotFound
            | AppError::Backtest(_)
            | AppError::HoldNotFound
            | AppError::Hold(_)
            | AppError::LabelUnknown { .. }
            | AppError::AuthorityReport(_)
            | AppError::CaseNotFound
            | AppError::DecisionNotFound
            | AppError::Appeal(_)
            | AppError::ComplaintNotFound
            | AppError::ComplaintExpired
            | AppError::SubjectNotFound
            | AppError::Complaint(_)
            | AppError::Proof(_)
            | AppError::Reporter(_)
            | AppError::Contest(_)
            | AppError::PolicyUnknown { .. }
            | AppError::ReferenceReused
            | AppError::Case(_)
            | AppError::VersionConflict { .. }
            | AppError::DeadLetterBoxNotFound
            | AppError::MonthNotOver
            | AppError::FilingTooLarge
            | AppError::CameFromNoQueue
            | AppError::CursorUnknown => problem,
        }
    }
}

impl From<PortError> for Problem {
    fn from(error: PortError) -> Self {
        let problem = Self::new(code_of_port(&error)).because(&error);
        if error.is_retryable() { problem.retry_after(RETRY_AFTER) } else { problem }
    }
}

fn licence_members(standing: LicenceStanding) -> Members {
    Members {
        licence_state: Some(standing.state.map_or("none", qualification_state)),
        licence_expires_on: standing.expires_on,
        ..Members::default()
    }
}

fn cooling_members(until: Timestamp, reason: String) -> Members {
    Members { cooling_until: Some(until), cooling_reason: Some(reason), ..Members::default() }
}

fn evidence_members(fault: EvidenceFault) -> Members {
    let evidence_error = match fault {
        EvidenceFault::TooLarge => "too_large",
        EvidenceFault::WrongType => "wrong_type",
        EvidenceFault::WrongChecksum => "wrong_checksum",
    };
    Members { evidence_error: Some(evidence_error), ..Members::default() }
}

fn qualification_members(refusal: QualificationRefusal) -> Members {
    let mut members = Members::default();
    match refusal {
        QualificationRefusal::Term(error) => {
            members.term_error = Some(match error {
                TermError::IssuedAhead => "issued_ahead",
                TermError::EndsBeforeItBegins => "ends_before_it_begins",
                TermError::Over => "over",
                TermError::TooLong => "too_long",
            });
        }
        QualificationRefusal::Known(qualification_id) => members.qualification_id = Some(qualification_id),
        QualificationRefusal::NotFromHere(state) => members.qualification_state = Some(qualification_state(state)),
        QualificationRefusal::Unknown
        | QualificationRefusal::KindUnknown
        | QualificationRefusal::KindForPrincipal
        | QualificationRefusal::TooMany => {}
    }
    members
}

const fn qualification_state(state: QualificationState) -> &'static str {
    match state {
        QualificationState::AwaitingUpload => "awaiting_upload",
        QualificationState::InReview => "in_review",
        QualificationState::Valid => "valid",
        QualificationState::Refused => "refused",
        QualificationState::Revoked => "revoked",
        QualificationState::Expired => "expired",
        QualificationState::Lapsed => "lapsed",
    }
}

const fn name_code(refusal: &NameRefusal) -> Code {
    match refusal {
        NameRefusal::Unusable(_) => Code::NameUnusable,
        NameRefusal::Protected(_) => Code::NameProtected,
        NameRefusal::Refused(_) => Code::NameRefused,
        NameRefusal::Taken => Code::NameTaken,
    }
}

/// Every name of an account comes in `display_name`.
fn name_problem(problem: Problem, refusal: NameRefusal) -> Problem {
    match refusal {
        NameRefusal::Unusable(error) => {
            let name_error = match error {
                UnusableName::NothingToCompare => "nothing_to_compare",
                UnusableName::AffixesAlone => "affixes_alone",
                UnusableName::TooLong => "too_long",
            };
            problem
                .with(Members { name_error: Some(name_error), ..Members::default() })
                .at("/display_name", FieldCode::MalformedValue)
        }
        NameRefusal::Protected(notice) => {
            let protected_name = ProtectedNameNotice { name: notice.name, why: notice.why };
            problem.with(Members { protected_name: Some(Box::new(protected_name)), ..Members::default() })
        }
        NameRefusal::Refused(concerns) => {
            let concerns = concerns.into_iter().map(ConcernNotice::from).collect();
            problem.with(Members { concerns: Some(concerns), ..Members::default() })
        }
        NameRefusal::Taken => problem,
    }
}

fn agreement_problem(problem: Problem, refusal: &AgreementRefusal) -> Problem {
    match refusal {
        AgreementRefusal::Unknown => problem,
        AgreementRefusal::Superseded { current } => {
            problem.with(Members { current_version: Some(*current), ..Members::default() })
        }
        AgreementRefusal::OtherText => problem.at("/sha256", FieldCode::MalformedValue),
    }
}

impl From<PolicyDocument> for PolicyDocumentNotice {
    fn from(document: PolicyDocument) -> Self {
        let PolicyDocument { document_id, version, sha256, title, effective_at, .. } = document;
        Self { document_id, version, sha256, title, effective_at }
    }
}

/// What a reviewer may not do with a case.
const fn case_code(refusal: &CaseRefusal) -> Code {
    match refusal {
        CaseRefusal::Decided => Code::CaseDecided,
        CaseRefusal::ClaimedByAnother => Code::CaseClaimedByAnother,
        CaseRefusal::NotClaimed => Code::CaseNotClaimed,
        CaseRefusal::ActionForMatter => Code::ActionForMatter,
        CaseRefusal::NoPolicy => Code::NoPolicy,
        CaseRefusal::AwaitsApproval => Code::CaseAwaitsApproval,
        CaseRefusal::NothingProposed => Code::NothingProposed,
        CaseRefusal::OwnProposal => Code::SecondPersonNeeded,
        CaseRefusal::ConflictOfInterest => Code::ConflictOfInterest,
    }
}

const fn code_of_listing(refusal: BlacklistRefusal) -> Code {
    match refusal {
        BlacklistRefusal::AlreadyListed => Code::PrincipalListedAlready,
        BlacklistRefusal::NotListed => Code::PrincipalNotListed,
        BlacklistRefusal::ReviewInThePast => Code::ReviewInThePast,
        BlacklistRefusal::AlreadyProposed => Code::ListingProposedAlready,
        BlacklistRefusal::NothingProposed => Code::NothingProposed,
        BlacklistRefusal::OwnProposal => Code::SecondPersonNeeded,
    }
}

/// The one map from what use cases say to what callers are told: no arm for "the rest".
const fn code_of(error: &AppError) -> Code {
    match error {
        AppError::Document(_) => Code::DocumentNumberInvalid,
        AppError::DocumentTypeForKind { .. } => Code::DocumentTypeForKind,
        AppError::Mobile(_) => Code::MobileNumberInvalid,
        AppError::CodeTooSoon { .. } => Code::CodeTooSoon,
        AppError::ChallengeNotFound => Code::ChallengeNotFound,
        AppError::CodeWrong { .. } => Code::CodeWrong,
        AppError::Challenge(ChallengeRefusal::Answered) => Code::ChallengeAnswered,
        AppError::Challenge(ChallengeRefusal::Expired) => Code::CodeExpired,
        AppError::Challenge(ChallengeRefusal::TriesUsedUp) => Code::CodeTriesUsedUp,
        AppError::QuotaExceeded { .. } => Code::QuotaExceeded,
        AppError::PrincipalListed => Code::PrincipalListed,
        AppError::RateExceeded { .. } => Code::RateExceeded,
        AppError::GroupRequired { .. } => Code::GroupRequired,
        AppError::GroupNotFound => Code::GroupNotFound,
        AppError::Group(GroupRefusal::InAnotherGroup) => Code::AccountInAnotherGroup,
        AppError::Group(GroupRefusal::TooManyMembers) => Code::GroupTooLarge,
        AppError::Metrics(MetricsRefusal::Ahead) => Code::MetricsAhead,
        AppError::Metrics(MetricsRefusal::Known | MetricsRefusal::Passed) => Code::MetricsPassed,
        AppError::Deregistration(DeregistrationRefusal::NotFromHere(_)) => Code::DeregistrationImpossible,
        AppError::Deregistration(DeregistrationRefusal::NotUnderWay | DeregistrationRefusal::TooEarly) => {
            Code::DeregistrationNotUnderWay
        }
        AppError::Deregistration(DeregistrationRefusal::TooLate) => Code::DeregistrationFinal,
        // Somebody said at this moment whose document it is: the same request meets the principal that it leads to.
        AppError::PrincipalMoved => Code::Unavailable,
        AppError::PrincipalNotFound => Code::PrincipalNotFound,
        AppError::Blacklist(refusal) => code_of_listing(*refusal),
        AppError::Name(refusal) => name_code(refusal),
        AppError::AccountNotFound => Code::AccountNotFound,
        AppError::IdentityDestroyed => Code::IdentityDestroyed,
        AppError::PublicationNotFound => Code::PublicationNotFound,
        AppError::PublicationExpired => Code::PublicationExpired,
        AppError::RulePackNotFound => Code::RulePackNotFound,
        AppError::PublicationDeleted => Code::PublicationDeleted,
        AppError::CommentNotFound => Code::CommentNotFound,
        AppError::Comment(CommentRefusal::NotAssessed) => Code::FunctionNotAssessed,
        AppError::Comment(CommentRefusal::PublicationNotShown) => Code::PublicationNotShown,
        AppError::Comment(CommentRefusal::Standing) => Code::CommentsOffByStanding,
        AppError::Comment(CommentRefusal::Incident) => Code::CommentsStopped,
        AppError::Comment(CommentRefusal::Closed) => Code::CommentsClosed,
        AppError::Comment(CommentRefusal::Blocked) => Code::CommenterBlocked,
        AppError::BlockListFull => Code::BlockListFull,
        AppError::CommentsRestricted { .. } => Code::CommentsRestricted,
        AppError::NothingToRectify => Code::NothingToRectify,
        AppError::Assessment(AssessmentRefusal::Dates) => Code::AssessmentDates,
        AppError::Assessment(AssessmentRefusal::OtherFacts) => Code::AssessmentOtherFacts,
        AppError::Assessment(AssessmentRefusal::Unknown) => Code::AssessmentNotFound,
        AppError::Assessment(AssessmentRefusal::Full) => Code::AssessmentsFull,
        AppError::LabelUnknown { .. } => Code::LabelUnknown,
        AppError::Incident(IncidentRefusal::TooLong { .. } | IncidentRefusal::EndsInThePast) => Code::IncidentTime,
        AppError::Activity(ActivityRefusal::Time) => Code::ActivityTime,
        AppError::PackageNotFound => Code::PackageNotFound,
        AppError::Package(refusal) => code_of_package(*refusal),
        AppError::BacktestNotFound => Code::BacktestNotFound,
        AppError::Backtest(refusal) => code_of_backtest(*refusal),
        AppError::DraftPack(_) => Code::DraftPackInvalid,
        AppError::HoldNotFound => Code::HoldNotFound,
        AppError::Hold(refusal) => code_of_hold(*refusal),
        AppError::AuthorityReport(ReportRefusal::Unknown) => Code::AuthorityReportNotFound,
        AppError::AuthorityReport(ReportRefusal::AcknowledgedBefore) => Code::AcknowledgedBefore,
        AppError::CaseNotFound => Code::CaseNotFound,
        AppError::DecisionNotFound => Code::DecisionNotFound,
        AppError::Appeal(refusal) => code_of_appeal(refusal),
        AppError::ComplaintNotFound => Code::ComplaintNotFound,
        AppError::ComplaintExpired => Code::ComplaintExpired,
        AppError::SubjectNotFound => Code::SubjectNotFound,
        AppError::Complaint(refusal) => code_of_complaint(refusal),
        AppError::Proof(refusal) => code_of_proof(*refusal),
        AppError::Reporter(refusal) => code_of_reporter(*refusal),
        AppError::Contest(refusal) => code_of_contest(*refusal),
        AppError::TooManyComplaints { .. } => Code::TooManyComplaints,
        AppError::ReporterCoolingDown { .. } => Code::ReporterCoolingDown,
        AppError::PolicyUnknown { .. } => Code::PolicyUnknown,
        AppError::AccountNotVerified { .. } => Code::AccountNotVerified,
        AppError::AccountClosed { .. } => Code::AccountClosed,
        AppError::AccountSuspended { enforcement } if matches!(enforcement.kind, EnforcementKind::Close) => {
            Code::AccountClosedByDecision
        }
        AppError::AccountSuspended { .. } => Code::AccountSuspended,
        AppError::Profile(ProfileRefusal::Leaving(_)) => Code::AccountClosed,
        AppError::Profile(ProfileRefusal::UnderReview(_)) => Code::ProfileUnderReview,
        AppError::AgreementRequired { .. } => Code::AgreementRequired,
        AppError::Agreement(AgreementRefusal::Unknown) => Code::PolicyDocumentUnknown,
        AppError::Agreement(AgreementRefusal::Superseded { .. }) => Code::PolicyDocumentSuperseded,
        AppError::Agreement(AgreementRefusal::OtherText) => Code::PolicyDocumentOtherText,
        AppError::ReferenceReused => Code::ReferenceReused,
        AppError::NewsLicenceRequired(_) => Code::NewsLicenceRequired,
        AppError::Qualification(refusal) => code_of_qualification(refusal),
        AppError::EvidenceMissing => Code::EvidenceMissing,
        AppError::EvidenceMismatch(_) => Code::EvidenceMismatch,
        AppError::Case(refusal) => case_code(refusal),
        AppError::VersionConflict { .. } => Code::VersionConflict,
        AppError::CursorUnknown => Code::CursorUnknown,
        AppError::MonthNotOver => Code::MonthNotOver,
        AppError::FilingTooLarge => Code::FilingTooLarge,
        AppError::DeadLetterBoxNotFound => Code::DeadLetterQueueNotFound,
        AppError::CameFromNoQueue => Code::CameFromNoQueue,
        // A message is no caller's doing: met on a request, it is ours.
        AppError::Message(_) => Code::Internal,
        AppError::Port(error) => code_of_port(error),
    }
}

const fn code_of_appeal(refusal: &AppealRefusal) -> Code {
    match refusal {
        AppealRefusal::NoAdverseStep => Code::DecisionNotAdverse,
        AppealRefusal::AnotherAccount => Code::DecisionOfAnotherAccount,
        AppealRefusal::WindowOver { .. } => Code::AppealWindowOver,
        AppealRefusal::AppealedBefore => Code::AppealedBefore,
    }
}

const fn code_of_backtest(refusal: BacktestRefusal) -> Code {
    match refusal {
        BacktestRefusal::Period { .. } => Code::BacktestPeriod,
        BacktestRefusal::Ended => Code::BacktestEnded,
        BacktestRefusal::Rules(_) => Code::BacktestRules,
    }
}

fn draft_problem(problem: Problem, mistakes: impl Iterator<Item = String>) -> Problem {
    mistakes
        .take(MOST_MISTAKES)
        .fold(problem, |problem, mistake| problem.at_with("/rule_pack", FieldCode::MalformedValue, Some(mistake)))
}

const fn code_of_package(refusal: PackageRefusal) -> Code {
    match refusal {
        PackageRefusal::Period => Code::PackagePeriod,
        PackageRefusal::Settled => Code::PackageSettled,
        PackageRefusal::SamePerson => Code::PackageSamePerson,
        PackageRefusal::NotReady => Code::PackageNotReady,
    }
}

const fn code_of_hold(refusal: HoldRefusal) -> Code {
    match refusal {
        HoldRefusal::Period => Code::HoldPeriod,
        HoldRefusal::Released => Code::HoldReleased,
        HoldRefusal::SamePerson => Code::HoldSamePerson,
        HoldRefusal::TooMany => Code::HoldsFull,
    }
}

const fn code_of_qualification(refusal: &QualificationRefusal) -> Code {
    match refusal {
        QualificationRefusal::Unknown => Code::QualificationNotFound,
        QualificationRefusal::KindUnknown => Code::QualificationKindUnknown,
        QualificationRefusal::KindForPrincipal => Code::QualificationKindForPrincipal,
        QualificationRefusal::Term(_) => Code::QualificationTermInvalid,
        QualificationRefusal::Known(_) => Code::QualificationKnown,
        QualificationRefusal::TooMany => Code::QualificationsFull,
        QualificationRefusal::NotFromHere(_) => Code::QualificationState,
    }
}

const fn code_of_port(error: &PortError) -> Code {
    match error {
        PortError::Unavailable { .. } => Code::Unavailable,
        PortError::Refused { .. } | PortError::Corrupt { .. } => Code::Internal,
    }
}

impl From<Enforcement> for EnforcementNotice {
    fn from(enforcement: Enforcement) -> Self {
        Self {
            enforcement_id: enforcement.enforcement_id,
            decision_id: enforcement.decision_id,
            ends_at: enforcement.ends_at,
            statement_of_reasons: enforcement.statement,
        }
    }
}

/// Whole seconds, one at least.
fn seconds_between(now: Timestamp, until: Timestamp) -> u32 {
    let seconds = (until.duration_since(now).as_millis() + 999).div_euclid(1000);
    u32::try_from(seconds).unwrap_or(1).max(1)
}

/// `BirthDate` → `birth_date`.
fn snake_case(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 2);
    for (at, c) in name.chars().enumerate() {
        if c.is_ascii_uppercase() && at > 0 {
            text.push('_');
        }
        text.push(c.to_ascii_lowercase());
    }
    text
}
