use std::collections::BTreeSet;

use app::{
    commenting::CommentRefusal,
    error::AppError,
    naming::{NameRefusal, ProtectedNotice},
    news_gate::LicenceStanding,
    ports::PortError,
    qualifying::EvidenceFault,
};
use domain::{
    account::{AccountStatus, MetricsRefusal},
    activity::ActivityRefusal,
    appeal::AppealRefusal,
    assessment::AssessmentRefusal,
    authority_report::ReportRefusal,
    backtest::{BacktestFailure, BacktestRefusal},
    blacklist::BlacklistRefusal,
    case::CaseRefusal,
    deregistration::DeregistrationRefusal,
    display_name::UnusableName,
    document::DocumentError,
    enforcement::{Enforcement, EnforcementKind},
    evidence_package::PackageRefusal,
    group::GroupRefusal,
    incident::IncidentRefusal,
    legal_hold::HoldRefusal,
    mobile::MobileError,
    phone_challenge::ChallengeRefusal,
    policy_document::{AgreementRefusal, PolicyDocument},
    principal::PrincipalKind,
    profile::Bilingual,
    public_profile::{Concern, ProfileRefusal},
    qualification::{QualificationRefusal, QualificationState, TermError},
};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::*;

fn shown(problem: &Problem, language: Language) -> Value {
    serde_json::to_value(problem.body(language, &RequestId("r-1".to_owned()))).unwrap()
}

#[test]
fn the_catalogue_is_what_callers_were_promised() {
    let lines = Code::ALL.iter().map(|code| {
        let Texts { zh, en } = code.texts();
        format!("{} {}\n  zh {}: {}\n  en {}: {}", code.status().as_u16(), code.as_str(), zh.0, zh.1, en.0, en.1)
    });
    let fields = FieldCode::ALL.iter().map(|code| {
        let (zh, en) = code.texts();
        format!("field {}\n  zh {zh}\n  en {en}", code.as_str())
    });
    insta::assert_snapshot!(lines.chain(fields).collect::<Vec<_>>().join("\n"));
}

#[test]
fn no_two_problems_share_a_code() {
    let codes: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(codes.len(), Code::ALL.len());
}

fn suspension() -> Enforcement {
    serde_json::from_value(json!({
        "enforcement_id": "enf_01h2xcejqtf2nbrexx3vqjhp41",
        "decision_id": "dec_01h2xcejqtf2nbrexx3vqjhp41",
        "kind": "suspend_updates",
        "starts_at": "2026-01-01T00:00:00Z",
        "ends_at": "2026-01-08T00:00:00Z",
        "statement": {
            "decision_account": "DECISION_ACCOUNT_SUSPENDED",
            "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
            "policies": ["fraud"],
            "incompatible_content_ground": {"zh": "诈骗", "en": "Fraud"},
            "incompatible_content_explanation": "The text promises returns.",
            "decision_facts": "Three posts.",
            "source_type": "SOURCE_TYPE_OTHER_NOTIFICATION",
            "automated_detection": "No",
            "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
            "application_date": "2026-01-01T00:00:00Z",
            "end_date_account_restriction": "2026-01-08T00:00:00Z",
            "redress": {"zh": "可申诉", "en": "You can appeal"},
            "appeal_until": "2026-07-01T00:00:00Z",
            "profile": "cn-2017"
        }
    }))
    .unwrap()
}

fn service_agreement() -> PolicyDocument {
    serde_json::from_value(json!({
        "document_id": "service-agreement",
        "version": 2,
        "sha256": "0fe665682f3475f3b66f81a2fa899a1924cb9d371d353a289d2a98bdf0b7415b",
        "title": {"zh": "服务协议", "en": "Service agreement"},
        "effective_at": "2026-01-01T00:00:00Z",
        "grace_hours": 336
    }))
    .unwrap()
}

/// One of every kind. The map itself has no arm for the rest, so that a new kind does not compile until it is mapped;
/// here it is written down what each is mapped to.
#[expect(clippy::too_many_lines, reason = "a list")]
fn refusals() -> Vec<AppError> {
    vec![
        AppError::Document(DocumentError::Length),
        AppError::Document(DocumentError::BirthDate),
        AppError::Document(DocumentError::CheckCharacter),
        AppError::Document(DocumentError::IssuingState),
        AppError::DocumentTypeForKind { kind: PrincipalKind::Individual },
        AppError::Mobile(MobileError::CallingCode),
        AppError::CodeTooSoon {
            until: Timestamp::UNIX_EPOCH + SignedDuration::from_secs(9),
            now: Timestamp::UNIX_EPOCH,
        },
        AppError::ChallengeNotFound,
        AppError::CodeWrong { tries_left: 4 },
        AppError::Challenge(ChallengeRefusal::Answered),
        AppError::Challenge(ChallengeRefusal::Expired),
        AppError::Challenge(ChallengeRefusal::TriesUsedUp),
        AppError::QuotaExceeded { cap: 2 },
        AppError::PrincipalListed,
        AppError::Metrics(MetricsRefusal::Passed),
        AppError::Metrics(MetricsRefusal::Ahead),
        AppError::GroupRequired { above: 3 },
        AppError::GroupNotFound,
        AppError::Group(GroupRefusal::InAnotherGroup),
        AppError::Group(GroupRefusal::TooManyMembers),
        AppError::Deregistration(DeregistrationRefusal::NotFromHere(AccountStatus::Closed)),
        AppError::Deregistration(DeregistrationRefusal::NotUnderWay),
        AppError::Deregistration(DeregistrationRefusal::TooLate),
        AppError::RateExceeded { limit: 20, until: Timestamp::constant(3_600, 0), now: Timestamp::constant(3_000, 0) },
        AppError::PrincipalMoved,
        AppError::PrincipalNotFound,
        AppError::Blacklist(BlacklistRefusal::AlreadyListed),
        AppError::Blacklist(BlacklistRefusal::NotListed),
        AppError::Blacklist(BlacklistRefusal::ReviewInThePast),
        AppError::Blacklist(BlacklistRefusal::AlreadyProposed),
        AppError::Blacklist(BlacklistRefusal::NothingProposed),
        AppError::Blacklist(BlacklistRefusal::OwnProposal),
        AppError::Name(UnusableName::NothingToCompare.into()),
        AppError::Name(UnusableName::AffixesAlone.into()),
        AppError::Name(UnusableName::TooLong.into()),
        AppError::Name(NameRefusal::Protected(Box::new(ProtectedNotice {
            name: "人民日报*".to_owned(),
            why: Bilingual { zh: "中央新闻单位".to_owned(), en: "A national news organisation".to_owned() },
        }))),
        AppError::Name(NameRefusal::Refused(vec![Concern {
            rule: "contact-steering".to_owned(),
            rule_version: 1,
            policy: "spam".to_owned(),
            title: Bilingual { zh: "引流".to_owned(), en: "Steering elsewhere".to_owned() },
        }])),
        AppError::Name(NameRefusal::Taken),
        AppError::AccountNotFound,
        AppError::IdentityDestroyed,
        AppError::PublicationNotFound,
        AppError::PublicationExpired,
        AppError::RulePackNotFound,
        AppError::PublicationDeleted,
        AppError::CommentNotFound,
        AppError::Comment(CommentRefusal::NotAssessed),
        AppError::Comment(CommentRefusal::PublicationNotShown),
        AppError::Comment(CommentRefusal::Standing),
        AppError::Comment(CommentRefusal::Incident),
        AppError::Comment(CommentRefusal::Closed),
        AppError::Comment(CommentRefusal::Blocked),
        AppError::BlockListFull,
        AppError::CommentsRestricted { enforcement: Box::new(suspension()) },
        AppError::NothingToRectify,
        AppError::Assessment(AssessmentRefusal::Dates),
        AppError::Assessment(AssessmentRefusal::OtherFacts),
        AppError::Assessment(AssessmentRefusal::Unknown),
        AppError::Assessment(AssessmentRefusal::Full),
        AppError::LabelUnknown { label: "weather".to_owned() },
        AppError::Incident(IncidentRefusal::TooLong { hours: 72 }),
        AppError::Activity(ActivityRefusal::Time),
        AppError::BacktestNotFound,
        AppError::Backtest(BacktestRefusal::Period { days: 31 }),
        AppError::Backtest(BacktestRefusal::Ended),
        AppError::Backtest(BacktestRefusal::Rules(BacktestFailure::RuleUnknown)),
        AppError::DraftPack(Vec::new()),
        AppError::PackageNotFound,
        AppError::Package(PackageRefusal::Period),
        AppError::Package(PackageRefusal::Settled),
        AppError::Package(PackageRefusal::SamePerson),
        AppError::Package(PackageRefusal::NotReady),
        AppError::HoldNotFound,
        AppError::Hold(HoldRefusal::Period),
        AppError::Hold(HoldRefusal::Released),
        AppError::Hold(HoldRefusal::SamePerson),
        AppError::Hold(HoldRefusal::TooMany),
        AppError::AuthorityReport(ReportRefusal::Unknown),
        AppError::AuthorityReport(ReportRefusal::AcknowledgedBefore),
        AppError::CaseNotFound,
        AppError::DecisionNotFound,
        AppError::Appeal(AppealRefusal::NoAdverseStep),
        AppError::Appeal(AppealRefusal::AnotherAccount),
        AppError::Appeal(AppealRefusal::WindowOver { until: jiff::Timestamp::UNIX_EPOCH }),
        AppError::Appeal(AppealRefusal::AppealedBefore),
        AppError::ComplaintNotFound,
        AppError::ComplaintExpired,
        AppError::SubjectNotFound,
        AppError::PolicyUnknown { policy: "no-such".to_owned() },
        AppError::AccountNotVerified { status: AccountStatus::Pending },
        AppError::AccountClosed { status: AccountStatus::Deregistering },
        AppError::AccountSuspended { enforcement: Box::new(suspension()) },
        AppError::AccountSuspended {
            enforcement: Box::new(Enforcement { kind: EnforcementKind::Close, ..suspension() }),
        },
        AppError::Profile(ProfileRefusal::Leaving(AccountStatus::Rejected)),
        AppError::Profile(ProfileRefusal::UnderReview("prof_01h2xcejqtf2nbrexx3vqjhp41".parse().unwrap())),
        AppError::AgreementRequired { document: Box::new(service_agreement()) },
        AppError::Agreement(AgreementRefusal::Unknown),
        AppError::Agreement(AgreementRefusal::Superseded { current: 4 }),
        AppError::Agreement(AgreementRefusal::OtherText),
        AppError::ReferenceReused,
        AppError::NewsLicenceRequired(LicenceStanding { state: None, expires_on: None }),
        AppError::NewsLicenceRequired(LicenceStanding {
            state: Some(QualificationState::Expired),
            expires_on: Some(jiff::civil::date(2026, 11, 22)),
        }),
        AppError::Qualification(QualificationRefusal::Unknown),
        AppError::Qualification(QualificationRefusal::KindUnknown),
        AppError::Qualification(QualificationRefusal::KindForPrincipal),
        AppError::Qualification(QualificationRefusal::Term(TermError::Over)),
        AppError::Qualification(QualificationRefusal::Known("qual_01h2xcejqtf2nbrexx3vqjhp41".parse().unwrap())),
        AppError::Qualification(QualificationRefusal::TooMany),
        AppError::Qualification(QualificationRefusal::NotFromHere(QualificationState::Lapsed)),
        AppError::EvidenceMissing,
        AppError::EvidenceMismatch(EvidenceFault::WrongChecksum),
        AppError::Case(CaseRefusal::Decided),
        AppError::Case(CaseRefusal::ClaimedByAnother),
        AppError::Case(CaseRefusal::NotClaimed),
        AppError::Case(CaseRefusal::ActionForMatter),
        AppError::Case(CaseRefusal::NoPolicy),
        AppError::Case(CaseRefusal::ConflictOfInterest),
        AppError::Case(CaseRefusal::AwaitsApproval),
        AppError::Case(CaseRefusal::NothingProposed),
        AppError::Case(CaseRefusal::OwnProposal),
        AppError::VersionConflict { expected: 3 },
        AppError::CursorUnknown,
        AppError::DeadLetterBoxNotFound,
        AppError::MonthNotOver,
        AppError::FilingTooLarge,
        AppError::CameFromNoQueue,
        AppError::Message("a body".to_owned()),
        AppError::Port(PortError::unavailable("the accounts table", "throttled by inner-host")),
        AppError::Port(PortError::refused("the accounts table", "no permission on inner-table")),
        AppError::Port(PortError::corrupt("the accounts table", "inner item")),
    ]
}

#[test]
fn what_use_cases_refuse_is_told_in_two_languages() {
    let told: Vec<Value> = refusals()
        .into_iter()
        .map(|error| {
            let name = format!("{error:?}").chars().take(60).collect::<String>();
            let problem = Problem::from(error);
            json!({
                "error": name,
                "retry_after": problem.seconds_to_retry(),
                "zh": shown(&problem, Language::Zh),
                "en": shown(&problem, Language::En),
            })
        })
        .collect();
    insta::assert_json_snapshot!(told);
}

#[test]
fn causes_are_for_the_log_and_not_for_callers() {
    for error in refusals() {
        let is_ours = matches!(error, AppError::Port(_) | AppError::Message(_));
        let problem = Problem::from(error);
        assert_eq!(problem.cause().is_some(), is_ours);
        let shown = shown(&problem, Language::En).to_string();
        assert!(!shown.contains("inner") && !shown.contains("the accounts table"), "{shown}");
    }
    let problem = Problem::from(PortError::unavailable("the accounts table", "throttled by inner-host"));
    assert_eq!(problem.cause(), Some("the accounts table is not available now: throttled by inner-host"));
}

#[test]
fn only_what_may_pass_is_answered_with_a_time_to_come_back() {
    for error in refusals() {
        let may_pass = matches!(&error, AppError::Port(error) if error.is_retryable());
        let waits = may_pass
            || matches!(
                &error,
                AppError::CodeTooSoon { .. } | AppError::PrincipalMoved | AppError::RateExceeded { .. }
            );
        assert_eq!(Problem::from(error).seconds_to_retry().is_some(), waits);
    }
}
