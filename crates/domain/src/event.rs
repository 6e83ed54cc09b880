//! The append-only list of what happened. An event is the outbox: it is stored with the state that it tells of, and
//! the stream of the table carries it to the queues.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    account::RejectionReason,
    actor::Actor,
    appeal::AppealConclusion,
    assessment::{Assessment, InteractiveFunction},
    authority_report::{ReportCause, ReportNumber},
    backtest::{Backtest, BacktestFailure},
    blacklist::{Listing, ProposedListing},
    case::{CaseClock, Matter},
    comment::{CommentStatus, Commenter},
    decision::Decision,
    deregistration::{DestructionReceipt, KeepingDuty},
    enforcement::{Enforcement, EnforcementKind},
    evidence_package::{EvidencePackage, PackageFailure},
    grade::Grade,
    id::{
        AccountId, AssessmentId, BacktestId, CaseId, CommentId, ComplaintId, DecisionId, EnforcementId, EventId,
        GroupId, HoldId, ListingId, NoteId, PackageId, ProfileChangeId, PublicationId, QualificationId, RecordId,
    },
    incident::Incident,
    legal_hold::LegalHold,
    media::{MediaTrace, RuleMet},
    metrics::Metrics,
    personal::Purpose,
    policy_document::PolicyDocument,
    principal::{PrincipalKey, PrincipalKind},
    public_profile::PublicProfile,
    publication::{PublicationStatus, RemovedBy},
    qualification::{QualificationChange, QualificationKind},
    reporter::ReporterKey,
    rule_pack::RulePackRef,
    statement::StatementOfReasons,
    subject::Subject,
};

/// One change of one account, publication, case or complaint, or of what operators control. Holds no personal data: it goes
/// through queues and into the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub event_id: EventId,
    /// The version of the state that this event led to.
    pub version: u64,
    pub occurred_at: Timestamp,
    pub actor: Actor,
    #[serde(flatten)]
    pub body: EventBody,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event_type", rename_all = "snake_case")]
pub enum EventBody {
    AccountRegistered {
        account_id: AccountId,
        principal_kind: PrincipalKind,
        /// As it is to be shown; not in events of before this was on record.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        display_name: Option<String>,
    },
    /// Sealed identity is going to be read, by the event's actor, for that purpose (R9.1). For an identity check it is
    /// also how a check begins.
    IdentityUnsealed {
        account_id: AccountId,
        purpose: Purpose,
        /// The case or the order that asks for it, where a person reads.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<String>,
    },
    /// The identity provider has not answered; `attempt` counts from 1. The event is also the order to ask again after
    /// that pause.
    IdentityCheckUnavailable {
        account_id: AccountId,
        attempt: u32,
        pause_seconds: u32,
    },
    /// Number and name belong together; the account waits for something else to be proven.
    IdentityMatched {
        account_id: AccountId,
    },
    /// The holder has shown to have a mobile number.
    MobileProven {
        account_id: AccountId,
    },
    AccountVerified {
        account_id: AccountId,
    },
    RegistrationRejected {
        account_id: AccountId,
        reason: RejectionReason,
    },
    /// Something about the account waits for a person; triage opens a case.
    ManualReviewRequested {
        account_id: AccountId,
        matter: Matter,
        due_at: Timestamp,
    },
    /// The engine held a publication, or wants it looked at; triage opens a case. It is a message and no stored event:
    /// the publish path has no outbox.
    ContentReviewRequested {
        publication_id: PublicationId,
        account_id: AccountId,
        edition: u64,
        due_at: Timestamp,
    },
    /// All media of a publication have been looked at, and it is shown, waits for a person, or is refused (R11.1).
    PublicationScreened {
        publication_id: PublicationId,
        account_id: AccountId,
        edition: u64,
        status: PublicationStatus,
        /// When a person should have looked, if one is to look; triage opens a case.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        review_due_at: Option<Timestamp>,
        rules: Vec<RuleMet>,
        /// Of the rules that are evaluated and not acted on.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        background: Vec<RuleMet>,
        media: Vec<MediaTrace>,
    },
    PublicationSettled {
        publication_id: PublicationId,
        account_id: AccountId,
        decision_id: DecisionId,
        /// The edition that was settled, which need not be the latest.
        #[serde(default = "first_edition")]
        edition: u64,
        status: PublicationStatus,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        statement: Option<Box<StatementOfReasons>>,
    },
    /// Another content; `shown_edition` is what the public sees from then on, `review_due_at` by when a person looks at
    /// the new one (triage opens a case), if one has to.
    PublicationEdited {
        publication_id: PublicationId,
        account_id: AccountId,
        edition: u64,
        content_hash: String,
        status: PublicationStatus,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shown_edition: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        review_due_at: Option<Timestamp>,
    },
    /// Taken down by its holder or the platform.
    PublicationDeleted {
        publication_id: PublicationId,
        account_id: AccountId,
        edition: u64,
        by: RemovedBy,
    },
    /// The account opened or closed the comments below the publication (R12.2).
    PublicationCommentsChanged {
        publication_id: PublicationId,
        account_id: AccountId,
        closed: bool,
    },
    /// The engine held a comment, or wants it looked at; triage opens a case. A message and no stored event, as of a
    /// publication.
    CommentReviewRequested {
        comment_id: CommentId,
        publication_id: PublicationId,
        account_id: AccountId,
        due_at: Timestamp,
    },
    CommentSettled {
        comment_id: CommentId,
        publication_id: PublicationId,
        account_id: AccountId,
        decision_id: DecisionId,
        status: CommentStatus,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        statement: Option<Box<StatementOfReasons>>,
    },
    /// The account below whose publication it stands does not show the comment any more (R12.2).
    CommentHidden {
        comment_id: CommentId,
        publication_id: PublicationId,
        account_id: AccountId,
    },
    CommentRestored {
        comment_id: CommentId,
        publication_id: PublicationId,
        account_id: AccountId,
    },
    /// The account opened or closed the comments below everything it publishes, or changed the words that hide (R12.2).
    OwnerRulesChanged {
        account_id: AccountId,
        closed: bool,
        keywords: BTreeSet<String>,
    },
    CommenterBlocked {
        account_id: AccountId,
        commenter: Commenter,
    },
    CommenterUnblocked {
        account_id: AccountId,
        commenter: Commenter,
    },
    /// A security assessment was put on record: its function is on (R12.1).
    AssessmentRegistered {
        assessment: Box<Assessment>,
    },
    AssessmentWithdrawn {
        assessment_id: AssessmentId,
        function: InteractiveFunction,
        reason: String,
    },
    EnforcementApplied {
        account_id: AccountId,
        enforcement: Box<Enforcement>,
    },
    /// The measure ended before its time, by that decision.
    EnforcementLifted {
        account_id: AccountId,
        enforcement_id: EnforcementId,
        kind: EnforcementKind,
        decision_id: DecisionId,
    },
    /// An appeal against a decision on the publication was accepted; this is what it is now (fairness rule 2).
    PublicationRestored {
        publication_id: PublicationId,
        account_id: AccountId,
        decision_id: DecisionId,
        reverses_decision_id: DecisionId,
        /// The latest.
        edition: u64,
        status: PublicationStatus,
        /// By when a person looks at the latest edition, when it is held again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        review_due_at: Option<Timestamp>,
        /// The edition that the public sees, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shown_edition: Option<u64>,
    },
    /// An appeal of the account was decided, and what the appealed decision had done is undone if it was accepted
    /// (fairness rule 2).
    AppealDecided {
        account_id: AccountId,
        subject: Subject,
        conclusion: AppealConclusion,
        /// Why, in the decider's words.
        reason: String,
        /// What was found, in the decider's words.
        facts: String,
    },
    /// Counts of a period that left the account in its grade (R7.2).
    MetricsRecorded {
        account_id: AccountId,
        metrics: Metrics,
    },
    /// Counts of a period that moved the account into another grade.
    GradeChanged {
        account_id: AccountId,
        metrics: Metrics,
        from: Grade,
        to: Grade,
    },
    /// Its holder wants the account closed; until `closes_at` they may change their mind (R9.2).
    DeregistrationRequested {
        account_id: AccountId,
        closes_at: Timestamp,
    },
    DeregistrationUndone {
        account_id: AccountId,
    },
    AccountClosed {
        account_id: AccountId,
    },
    /// The sealed identity of the closed account is still there, for that duty.
    IdentityKept {
        account_id: AccountId,
        duty: KeepingDuty,
    },
    IdentityDestroyed {
        account_id: AccountId,
        receipt: Box<DestructionReceipt>,
    },
    /// The account joined a group, or left one (R7.3).
    AccountGrouped {
        account_id: AccountId,
        group_id: Option<GroupId>,
    },
    /// A step in the life of a qualification (R7.1, R8); its number and scope are no part of it. That a document has come
    /// is told by a `manual_review_requested`.
    QualificationChanged {
        account_id: AccountId,
        qualification_id: QualificationId,
        kind: QualificationKind,
        expires_on: Date,
        change: QualificationChange,
    },
    GroupRegistered {
        group_id: GroupId,
        holder: PrincipalKey,
        members: BTreeSet<AccountId>,
    },
    GroupMembersAdded {
        group_id: GroupId,
        members: BTreeSet<AccountId>,
    },
    GroupMembersRemoved {
        group_id: GroupId,
        members: BTreeSet<AccountId>,
    },
    /// The account, which a decision has closed, is one of a principal on the blacklist.
    AccountPrincipalListed {
        account_id: AccountId,
        listing_id: ListingId,
    },
    /// The account's principal is no longer on the blacklist.
    AccountPrincipalUnlisted {
        account_id: AccountId,
        listing_id: ListingId,
    },
    /// Somebody asks for a listing, which bars nobody yet (B8).
    ListingProposed {
        principal_key: PrincipalKey,
        proposal: Box<ProposedListing>,
    },
    /// The second person has not agreed to it.
    ListingRefused {
        principal_key: PrincipalKey,
        listing_id: ListingId,
        reason: String,
    },
    PrincipalListed {
        principal_key: PrincipalKey,
        listing: Box<Listing>,
    },
    PrincipalUnlisted {
        principal_key: PrincipalKey,
        listing_id: ListingId,
        reason: String,
    },
    PrincipalsLinked {
        principal_key: PrincipalKey,
        alias: PrincipalKey,
        reason: String,
    },
    ComplaintFiled {
        complaint_id: ComplaintId,
        subject: Subject,
        policy: String,
    },
    /// A reporter has announced so many files in all.
    ComplaintEvidenceAnnounced {
        complaint_id: ComplaintId,
        files: usize,
    },
    /// A file that a reporter announced has come and is kept.
    ComplaintEvidenceKept {
        complaint_id: ComplaintId,
        /// Which of those announced, from 0.
        file: usize,
        sha256: String,
    },
    CaseOpened {
        case_id: CaseId,
        subject: Subject,
        matter: Matter,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        complaint_id: Option<ComplaintId>,
    },
    ComplaintJoined {
        case_id: CaseId,
        complaint_id: ComplaintId,
    },
    /// A complaint of a flood is taken into the case, which it leaves as it is.
    ComplaintCounted {
        case_id: CaseId,
        complaint_id: ComplaintId,
    },
    /// A reporter contests that nothing was done; the case is open again.
    CaseContested {
        case_id: CaseId,
        complaint_id: ComplaintId,
        decision_id: DecisionId,
    },
    /// A reviewer found the complaint to be in bad faith (R15.2).
    BadFaithFound {
        reporter_key: ReporterKey,
        complaint_id: ComplaintId,
        case_id: CaseId,
        reason: String,
        /// Until when nothing is taken from the reporter.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cooling_until: Option<Timestamp>,
    },
    /// Somebody else took that back.
    BadFaithWithdrawn {
        reporter_key: ReporterKey,
        complaint_id: ComplaintId,
    },
    CaseReopened {
        case_id: CaseId,
        complaint_id: ComplaintId,
    },
    CaseClaimed {
        case_id: CaseId,
        until: Timestamp,
    },
    CaseReleased {
        case_id: CaseId,
    },
    /// A reviewer wrote something beside the case; what, is there alone.
    CaseNoted {
        case_id: CaseId,
        note_id: NoteId,
    },
    /// That was not done by then; `queue` is where the case was (B5).
    CaseOverdue {
        case_id: CaseId,
        clock: CaseClock,
        queue: String,
        due_at: Timestamp,
    },
    /// A severe step waits for a second person (B8): it is no decision yet.
    DecisionProposed {
        case_id: CaseId,
        proposal: Box<Decision>,
    },
    /// The second person does not agree; the case is open again.
    ProposalRefused {
        case_id: CaseId,
        decision_id: DecisionId,
        reason: String,
    },
    DecisionMade {
        decision: Box<Decision>,
    },
    /// A decision or a listing was reported to the office, or an earlier report corrected (R11.2, R13.1, R13.2).
    AuthorityReportMade {
        number: ReportNumber,
        cause: ReportCause,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        supplements: Option<ReportNumber>,
    },
    /// The office has it, under its own reference.
    AuthorityReportAcknowledged {
        number: ReportNumber,
        reference: String,
    },
    /// The public sees another name, avatar or bio, at once or by that decision (R2, R16.2).
    ProfileChanged {
        account_id: AccountId,
        change_id: ProfileChangeId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        decision_id: Option<DecisionId>,
        profile: Box<PublicProfile>,
    },
    /// A change of the profile waits for a person; triage opens a case.
    ProfileReviewRequested {
        account_id: AccountId,
        change_id: ProfileChangeId,
        proposed: Box<PublicProfile>,
        due_at: Timestamp,
    },
    /// A change of the profile was refused, by the engine or by that decision.
    ProfileRefused {
        account_id: AccountId,
        change_id: ProfileChangeId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        decision_id: Option<DecisionId>,
        proposed: Box<PublicProfile>,
        statement: Box<StatementOfReasons>,
    },
    /// The account accepted a version of a policy document (R5.2).
    AgreementAccepted {
        account_id: AccountId,
        document_id: String,
        document_version: u32,
        sha256: String,
    },
    /// An operator put other settings in force: those of the event's version.
    SettingsChanged {
        follows: u32,
    },
    /// An operator put another list of protected names in force (R4): the one of the event's version.
    ProtectedNamesChanged {
        /// 0: none.
        follows: u32,
        /// Of the file, by which it is found.
        sha256: String,
        names: usize,
    },
    /// An operator added a version of a policy document (R5.2).
    PolicyDocumentPut {
        document: Box<PolicyDocument>,
    },
    /// An operator's rule pack was compiled and is in force (R11.1).
    RulePackPublished {
        pack: RulePackRef,
        follows: u32,
    },
    /// A pack that was published before is in force again; version 0 is the built-in one.
    RulePackActivated {
        pack_version: u32,
        follows: u32,
        reason: String,
    },
    /// An upload was refused, and what was in force stays. `etag` is that of its `rule-pack.yaml`, which the report
    /// carries in its name.
    RulePackRefused {
        etag: String,
        problems: usize,
    },
    /// Copies of what the decision removed are stopped until then (R11.2).
    RemovalBanked {
        decision_id: DecisionId,
        subject: Subject,
        prints: usize,
        until: Timestamp,
    },
    /// The decision is undone, and copies pass again.
    RemovalWithdrawn {
        decision_id: DecisionId,
        subject: Subject,
    },
    /// For a bounded time more is held than the rules say (R5.1); without measures, it is the end of that.
    IncidentDeclared {
        incident: Box<Incident>,
    },
    /// From then on nothing in the hold's scope is deleted (B1).
    LegalHoldPlaced {
        hold: Box<LegalHold>,
    },
    LegalHoldReleased {
        hold_id: HoldId,
        reason: String,
    },
    /// Somebody asks for what the record has about somebody or something, on that basis (R16.1).
    EvidencePackageOrdered {
        package: Box<EvidencePackage>,
    },
    /// Another person approved it; it is to be built.
    EvidencePackageApproved {
        package_id: PackageId,
    },
    EvidencePackageRefused {
        package_id: PackageId,
        reason: String,
    },
    EvidencePackageBuilt {
        package_id: PackageId,
        sha256: String,
        size: u64,
        records: u64,
    },
    EvidencePackageFailed {
        package_id: PackageId,
        reason: PackageFailure,
    },
    /// The event's actor was given an address at which the package can be had.
    EvidencePackageHandedOver {
        package_id: PackageId,
    },
    /// Rules are to be tried on what the record holds (B4).
    BacktestOrdered {
        backtest: Box<Backtest>,
    },
    BacktestFinished {
        backtest_id: BacktestId,
        contents: u64,
        hits: u64,
    },
    BacktestFailed {
        backtest_id: BacktestId,
        reason: BacktestFailure,
    },
    BacktestCancelled {
        backtest_id: BacktestId,
    },
    /// What was accepted from `from` on and before `until` was compared with what is in the record (B11). The lists name a
    /// hundred at most.
    RecordReconciled {
        from: Timestamp,
        until: Timestamp,
        accepted: usize,
        logged: usize,
        missing_count: usize,
        missing: Vec<RecordId>,
        extra_count: usize,
        extra: Vec<RecordId>,
        repaired: usize,
    },
}

/// What was settled before there were editions.
const fn first_edition() -> u64 {
    1
}

impl Event {
    #[must_use]
    pub fn new(version: u64, actor: Actor, body: EventBody, now: Timestamp) -> Self {
        Self { event_id: EventId::at(now), version, occurred_at: now, actor, body }
    }
}

impl EventBody {
    /// Whether it may change what the blacklist says of accounts (R13.2).
    #[must_use]
    pub const fn is_about_a_listing(&self) -> bool {
        matches!(self, Self::PrincipalListed { .. } | Self::PrincipalUnlisted { .. } | Self::PrincipalsLinked { .. })
    }

    /// How long the event waits before it is work for anybody, in seconds.
    #[must_use]
    pub const fn pause_seconds(&self) -> u32 {
        match self {
            Self::IdentityCheckUnavailable { pause_seconds, .. } => *pause_seconds,
            _ => 0,
        }
    }

    /// The name of the event as it stands in its text form.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::AccountRegistered { .. } => "account_registered",
            Self::IdentityUnsealed { .. } => "identity_unsealed",
            Self::IdentityCheckUnavailable { .. } => "identity_check_unavailable",
            Self::IdentityMatched { .. } => "identity_matched",
            Self::MobileProven { .. } => "mobile_proven",
            Self::AccountVerified { .. } => "account_verified",
            Self::RegistrationRejected { .. } => "registration_rejected",
            Self::ManualReviewRequested { .. } => "manual_review_requested",
            Self::ContentReviewRequested { .. } => "content_review_requested",
            Self::PublicationScreened { .. } => "publication_screened",
            Self::PublicationSettled { .. } => "publication_settled",
            Self::PublicationEdited { .. } => "publication_edited",
            Self::PublicationDeleted { .. } => "publication_deleted",
            Self::PublicationCommentsChanged { .. } => "publication_comments_changed",
            Self::CommentReviewRequested { .. } => "comment_review_requested",
            Self::CommentSettled { .. } => "comment_settled",
            Self::CommentHidden { .. } => "comment_hidden",
            Self::CommentRestored { .. } => "comment_restored",
            Self::OwnerRulesChanged { .. } => "owner_rules_changed",
            Self::CommenterBlocked { .. } => "commenter_blocked",
            Self::CommenterUnblocked { .. } => "commenter_unblocked",
            Self::AssessmentRegistered { .. } => "assessment_registered",
            Self::AssessmentWithdrawn { .. } => "assessment_withdrawn",
            Self::EnforcementApplied { .. } => "enforcement_applied",
            Self::EnforcementLifted { .. } => "enforcement_lifted",
            Self::PublicationRestored { .. } => "publication_restored",
            Self::AppealDecided { .. } => "appeal_decided",
            Self::DeregistrationRequested { .. } => "deregistration_requested",
            Self::DeregistrationUndone { .. } => "deregistration_undone",
            Self::AccountClosed { .. } => "account_closed",
            Self::IdentityKept { .. } => "identity_kept",
            Self::IdentityDestroyed { .. } => "identity_destroyed",
            Self::AccountGrouped { .. } => "account_grouped",
            Self::QualificationChanged { .. } => "qualification_changed",
            Self::GroupRegistered { .. } => "group_registered",
            Self::GroupMembersAdded { .. } => "group_members_added",
            Self::GroupMembersRemoved { .. } => "group_members_removed",
            Self::MetricsRecorded { .. } => "metrics_recorded",
            Self::GradeChanged { .. } => "grade_changed",
            Self::AccountPrincipalListed { .. } => "account_principal_listed",
            Self::AccountPrincipalUnlisted { .. } => "account_principal_unlisted",
            Self::ListingProposed { .. } => "listing_proposed",
            Self::ListingRefused { .. } => "listing_refused",
            Self::PrincipalListed { .. } => "principal_listed",
            Self::PrincipalUnlisted { .. } => "principal_unlisted",
            Self::PrincipalsLinked { .. } => "principals_linked",
            Self::ComplaintFiled { .. } => "complaint_filed",
            Self::ComplaintEvidenceAnnounced { .. } => "complaint_evidence_announced",
            Self::ComplaintEvidenceKept { .. } => "complaint_evidence_kept",
            Self::CaseOpened { .. } => "case_opened",
            Self::ComplaintJoined { .. } => "complaint_joined",
            Self::ComplaintCounted { .. } => "complaint_counted",
            Self::CaseContested { .. } => "case_contested",
            Self::BadFaithFound { .. } => "bad_faith_found",
            Self::BadFaithWithdrawn { .. } => "bad_faith_withdrawn",
            Self::CaseReopened { .. } => "case_reopened",
            Self::CaseClaimed { .. } => "case_claimed",
            Self::CaseReleased { .. } => "case_released",
            Self::DecisionProposed { .. } => "decision_proposed",
            Self::ProposalRefused { .. } => "proposal_refused",
            Self::CaseNoted { .. } => "case_noted",
            Self::CaseOverdue { .. } => "case_overdue",
            Self::DecisionMade { .. } => "decision_made",
            Self::AuthorityReportMade { .. } => "authority_report_made",
            Self::AuthorityReportAcknowledged { .. } => "authority_report_acknowledged",
            Self::ProfileChanged { .. } => "profile_changed",
            Self::ProfileReviewRequested { .. } => "profile_review_requested",
            Self::ProfileRefused { .. } => "profile_refused",
            Self::AgreementAccepted { .. } => "agreement_accepted",
            Self::SettingsChanged { .. } => "settings_changed",
            Self::ProtectedNamesChanged { .. } => "protected_names_changed",
            Self::PolicyDocumentPut { .. } => "policy_document_put",
            Self::RulePackPublished { .. } => "rule_pack_published",
            Self::RulePackActivated { .. } => "rule_pack_activated",
            Self::RulePackRefused { .. } => "rule_pack_refused",
            Self::RemovalBanked { .. } => "removal_banked",
            Self::RemovalWithdrawn { .. } => "removal_withdrawn",
            Self::IncidentDeclared { .. } => "incident_declared",
            Self::LegalHoldPlaced { .. } => "legal_hold_placed",
            Self::LegalHoldReleased { .. } => "legal_hold_released",
            Self::EvidencePackageOrdered { .. } => "evidence_package_ordered",
            Self::EvidencePackageApproved { .. } => "evidence_package_approved",
            Self::EvidencePackageRefused { .. } => "evidence_package_refused",
            Self::EvidencePackageBuilt { .. } => "evidence_package_built",
            Self::EvidencePackageFailed { .. } => "evidence_package_failed",
            Self::EvidencePackageHandedOver { .. } => "evidence_package_handed_over",
            Self::BacktestOrdered { .. } => "backtest_ordered",
            Self::BacktestFinished { .. } => "backtest_finished",
            Self::BacktestFailed { .. } => "backtest_failed",
            Self::BacktestCancelled { .. } => "backtest_cancelled",
            Self::RecordReconciled { .. } => "record_reconciled",
        }
    }
}
