//! What reviewers send and get, and how it maps to the domain.

use app::{
    casework::{CaseView, Decide, QualificationView, SubjectView},
    ports::CasePage,
};
use domain::{
    assessment::InteractiveFunction,
    case::{AllowedAction, Breach, Case, CaseOrder, CaseState, Matter, RefusedProposal},
    consequence::Choice,
    decision::{Action, Blacklisting, Decision},
    grade::Grade,
    qualification::{EvidenceType, QualificationKind, QualificationNumber, QualificationState},
    reversal::Reversal,
    subject::Subject,
};
use garde::Validate;
use jiff::{Timestamp, civil::Date};
use lambda::http::legible_text;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{appeals::AppealBody, reversal::ReversalBody};

/// Which cases to list.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    #[serde(default = "default_queue")]
    #[garde(length(chars, min = 1, max = 64))]
    #[param(min_length = 1, max_length = 64, default = "default")]
    pub queue: String,
    #[serde(default = "open")]
    #[garde(skip)]
    #[param(value_type = CaseStateName, default = "open")]
    pub state: CaseState,
    /// `due`, unless said otherwise: the one that is due first; `priority`: the one with the greatest priority, as the settings weigh it.
    #[serde(default)]
    #[garde(skip)]
    #[param(value_type = CaseOrderName, inline)]
    pub order: CaseOrder,
    #[serde(default = "fifty")]
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 50)]
    pub limit: usize,
    /// What the page before gave as `next_cursor`.
    #[garde(inner(length(chars, min = 1, max = 2_048)))]
    #[param(min_length = 1, max_length = 2_048)]
    pub cursor: Option<String>,
}

fn default_queue() -> String {
    "default".to_owned()
}

const fn open() -> CaseState {
    CaseState::Open
}

const fn fifty() -> usize {
    50
}

/// A page of cases, in the order that was asked for.
#[derive(Serialize, ToSchema)]
pub struct CasesBody {
    pub cases: Vec<CaseBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl CasesBody {
    #[must_use]
    pub fn at(page: CasePage, now: Timestamp) -> Self {
        let cases = page.cases.into_iter().map(|case| CaseBody::at(case, now)).collect();
        Self { cases, next_cursor: page.next }
    }
}

/// The unit of review.
#[derive(Serialize, ToSchema)]
pub struct CaseBody {
    pub case_id: String,
    /// A decision names the version that its maker has read.
    pub version: u64,
    pub queue: String,
    #[schema(value_type = CaseStateName)]
    pub state: CaseState,
    #[schema(value_type = SubjectBody)]
    pub subject: Subject,
    #[schema(value_type = MatterBody)]
    pub matter: Matter,
    pub complaint_count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignment: Option<AssignmentBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionBody>,
    /// The severe step that waits for a second person: what it will be as a decision if that person agrees (B8).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<DecisionBody>,
    /// The proposals that a second person did not agree to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refused_proposals: Vec<RefusedProposalBody>,
    /// Hours: what it waits, and its head start by severity, reach and reporter. It orders work and decides nothing.
    pub priority_score: u64,
    /// The weight of its reporter, of 1 000; the greatest among several (R15.2).
    pub reporter_weight: u16,
    /// Of the account that it is about, as it was when the case opened (R7.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "major")]
    pub grade: Option<Grade>,
    /// By when somebody is to claim it; absent where it is due sooner (B5).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub take_up_by: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub taken_up_at: Option<Timestamp>,
    /// The times that passed (B5).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<BreachBody>)]
    pub breaches: Vec<Breach>,
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub due_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// Who has the case, and until when.
#[derive(Serialize, ToSchema)]
pub struct AssignmentBody {
    /// IAM principal.
    pub reviewer: String,
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}

/// A judgement.
#[derive(Serialize, ToSchema)]
pub struct DecisionBody {
    pub decision_id: String,
    #[schema(value_type = ActionBody)]
    pub action: Action,
    pub policies: Vec<String>,
    pub reason: String,
    pub facts: String,
    /// IAM principal.
    pub decided_by: String,
    /// The second person, of a severe step. IAM principal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub decided_at: Timestamp,
    /// The decision that this one undoes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reverses_decision_id: Option<String>,
}

impl CaseBody {
    /// As it is at `now`: it grows older.
    #[must_use]
    pub fn at(case: Case, now: Timestamp) -> Self {
        Self {
            priority_score: case.priority_score(now),
            reporter_weight: case.reporter_weight,
            grade: case.grade,
            take_up_by: case.take_up_by,
            taken_up_at: case.taken_up_at,
            breaches: case.breaches,
            case_id: case.case_id.to_string(),
            version: case.version,
            queue: case.queue,
            state: case.state,
            subject: case.subject,
            matter: case.matter,
            complaint_count: case.complaint_count,
            assignment: case.assignment.map(|assignment| AssignmentBody {
                reviewer: assignment.reviewer.name().to_owned(),
                until: assignment.until,
            }),
            decision: case.decision.map(Into::into),
            proposal: case.proposal.map(|proposal| (*proposal).into()),
            refused_proposals: case.refused_proposals.into_iter().map(Into::into).collect(),
            opened_at: case.opened_at,
            due_at: case.due_at,
            updated_at: case.updated_at,
        }
    }
}

impl From<Decision> for DecisionBody {
    fn from(decision: Decision) -> Self {
        Self {
            decision_id: decision.decision_id.to_string(),
            action: decision.action,
            policies: decision.policies,
            reason: decision.reason,
            facts: decision.facts,
            decided_by: decision.decided_by.name().to_owned(),
            approved_by: decision.approved_by.as_ref().map(|second| second.name().to_owned()),
            decided_at: decision.decided_at,
            reverses_decision_id: decision.reverses_decision_id.map(|id| id.to_string()),
        }
    }
}

/// A severe step that a second person did not agree to.
#[derive(Serialize, ToSchema)]
pub struct RefusedProposalBody {
    pub decision_id: String,
    #[schema(value_type = ActionBody)]
    pub action: Action,
    /// IAM principal.
    pub proposed_by: String,
    /// IAM principal.
    pub refused_by: String,
    /// For reviewers alone.
    pub reason: String,
    #[schema(value_type = String, format = DateTime)]
    pub refused_at: Timestamp,
}

impl From<RefusedProposal> for RefusedProposalBody {
    fn from(refused: RefusedProposal) -> Self {
        Self {
            decision_id: refused.decision_id.to_string(),
            action: refused.action,
            proposed_by: refused.proposed_by.name().to_owned(),
            refused_by: refused.refused_by.name().to_owned(),
            reason: refused.reason,
            refused_at: refused.refused_at,
        }
    }
}

/// A case with what the reader can do with it and its subject as it is now.
#[derive(Serialize, ToSchema)]
pub struct CaseViewBody {
    pub case: CaseBody,
    #[schema(value_type = Vec<AllowedActionName>)]
    pub allowed_actions: Vec<AllowedAction>,
    /// How it can be decided, with what each would lead to now: a forecast and no promise. None once it is decided.
    #[schema(value_type = Vec<ChoiceBody>)]
    pub choices: Vec<Choice>,
    /// Absent when the subject is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub subject: Option<SubjectView>,
    /// What is to be decided on, where that is a qualification (R7.1, R8).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qualification: Option<QualificationViewBody>,
    /// What an account says against a decision, where the case is about that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appeal: Option<AppealBody>,
    /// What would come back if that appeal were accepted now, and what would stay: a forecast and no promise (B9). Absent once it
    /// is decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ReversalBody>)]
    pub reversal: Option<Reversal>,
}

/// A qualification as a reviewer sees it: what was announced, and the document to hold it against.
#[derive(Serialize, ToSchema)]
pub struct QualificationViewBody {
    pub qualification_id: String,
    #[schema(value_type = String, example = "news_licence")]
    pub kind: QualificationKind,
    #[schema(value_type = String, example = "in_review")]
    pub state: QualificationState,
    /// Of an organisation's licence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The last characters of a person's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number_ending: Option<String>,
    pub scope: String,
    #[schema(value_type = String, format = Date)]
    pub issued_on: Date,
    #[schema(value_type = String, format = Date)]
    pub expires_on: Date,
    #[schema(value_type = String, example = "application/pdf")]
    pub content_type: EvidenceType,
    /// Opens the document for five minutes, for whoever has it.
    pub evidence_url: String,
}

impl From<QualificationView> for QualificationViewBody {
    fn from(view: QualificationView) -> Self {
        let known = view.qualification;
        let (number, number_ending) = match known.number {
            QualificationNumber::Public { number } => (Some(number), None),
            QualificationNumber::Personal { ending, .. } => (None, Some(ending)),
        };
        Self {
            qualification_id: known.qualification_id.to_string(),
            kind: known.kind,
            state: view.state,
            number,
            number_ending,
            scope: known.scope,
            issued_on: known.term.issued_on,
            expires_on: known.term.expires_on,
            content_type: known.evidence.content_type,
            evidence_url: view.evidence_url,
        }
    }
}

impl CaseViewBody {
    #[must_use]
    pub fn at(view: CaseView, now: Timestamp) -> Self {
        let appeal = view.case.appeal.as_deref().cloned().map(Into::into);
        Self {
            case: CaseBody::at(view.case, now),
            allowed_actions: view.allowed_actions,
            choices: view.choices,
            subject: view.subject,
            qualification: view.qualification.map(Into::into),
            appeal,
            reversal: view.reversal,
        }
    }
}

/// A judgement as a reviewer writes it.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionRequest {
    /// The version of the case that was read.
    #[garde(skip)]
    pub version: u64,
    #[garde(dive)]
    pub action: ActionBody,
    /// The policies that were broken, by id; none when something is approved, an appeal is decided, or something is refused for what no policy says.
    #[serde(default)]
    #[garde(length(max = 5), inner(length(chars, min = 1, max = 64)))]
    #[schema(value_type = Vec<PolicyIdName>, max_items = 5, example = json!(["fraud"]))]
    pub policies: Vec<String>,
    /// Why, for the account to read and for whoever complained, anonymous as they may be.
    #[garde(length(chars, min = 1, max = 2_000), custom(legible_text))]
    #[schema(format = "legible-text", min_length = 1, max_length = 2_000)]
    pub reason: String,
    /// What was found, for the account to read.
    #[garde(length(chars, min = 1, max = 4_000), custom(legible_text))]
    #[schema(format = "legible-text", min_length = 1, max_length = 4_000)]
    pub facts: String,
}

/// What a decision does (R13.1).
#[derive(Deserialize, Validate, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ActionBody {
    /// The complaint is not upheld.
    NoAction {},
    /// The account is warned and told what to rectify.
    Warn {},
    /// The account has not that function for `days`, or until it is lifted.
    RestrictFunction {
        #[garde(skip)]
        #[schema(value_type = String, pattern = "^comments$", example = "comments")]
        function: InteractiveFunction,
        #[garde(inner(range(min = 1, max = 3_650)))]
        #[serde(default)]
        #[schema(minimum = 1, maximum = 3_650)]
        days: Option<u16>,
    },
    /// The account may not publish for `days`, or until it is lifted.
    SuspendUpdates {
        #[garde(inner(range(min = 1, max = 3_650)))]
        #[serde(default)]
        #[schema(minimum = 1, maximum = 3_650)]
        days: Option<u16>,
    },
    /// The account is closed for good. It waits for the content safety lead (B8).
    Close {
        /// With it, whoever is behind the account may not register again (R13.2).
        #[garde(dive)]
        #[serde(default)]
        blacklist: Option<BlacklistingBody>,
    },
    /// The publication or the comment is taken away, and comes with a statement of reasons.
    RemoveContent {},
    /// What waited for approval is approved.
    Approve {},
    /// What waited for approval is refused.
    Refuse {},
    /// The appeal is right: what the decision did is undone.
    Accept {},
    /// The appeal is not: the decision stands.
    Reject {},
}

/// That the principal of a closed account goes onto the blacklist.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BlacklistingBody {
    /// After how many days a person looks at the listing again; it stays until somebody removes it.
    #[garde(range(min = 1, max = 3_650))]
    #[schema(minimum = 1, maximum = 3_650)]
    pub review_days: u16,
}

impl DecisionRequest {
    pub fn into_command(self, operation_id: Uuid) -> Decide {
        Decide {
            operation_id,
            version: self.version,
            action: match self.action {
                ActionBody::NoAction {} => Action::NoAction,
                ActionBody::Warn {} => Action::Warn,
                ActionBody::RestrictFunction { function, days } => Action::RestrictFunction { function, days },
                ActionBody::SuspendUpdates { days } => Action::SuspendUpdates { days },
                ActionBody::Close { blacklist } => Action::Close {
                    blacklist: blacklist.map(|BlacklistingBody { review_days }| Blacklisting { review_days }),
                },
                ActionBody::RemoveContent {} => Action::RemoveContent,
                ActionBody::Approve {} => Action::Approve,
                ActionBody::Refuse {} => Action::Refuse,
                ActionBody::Accept {} => Action::Accept,
                ActionBody::Reject {} => Action::Reject,
            },
            policies: self.policies,
            reason: self.reason,
            facts: self.facts,
        }
    }
}

/// The words of the domain's enumerations, for the API's description.
mod names {
    use utoipa::ToSchema;

    #[derive(ToSchema)]
    #[schema(as = PolicyId, min_length = 1, max_length = 64)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(crate) struct PolicyIdName(String);

    #[derive(ToSchema)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(crate) struct SubjectBody {
        pub subject_type: SubjectTypeName,
        pub subject_id: String,
    }

    /// What the case is about, beside its subject.
    #[derive(ToSchema)]
    #[schema(rename_all = "snake_case", as = Matter)]
    #[serde(tag = "type")]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(crate) enum MatterBody {
        /// What people complained of, under one policy (R15.2).
        Complaint { policy: String },
        /// A registration that no identity provider has settled, or whose name a rule wants looked at (R6.1, R2).
        Registration {},
        /// What becomes of an account whose principal was put on the blacklist (R13.2).
        PrincipalListing { listing_id: String },
        /// How an account manages comments (R12.3).
        CommentDuty { day: String },
        /// What the strikes of an account lead to (R13.1).
        Escalation { decision_id: String, strikes: u32, proposed: super::ActionBody },
        /// What the holder says was put right after a measure (R12.3).
        Rectification { enforcement_id: String },
        /// An edition of a publication, or a comment, that the engine held, or wants looked at (R11.1).
        Content { edition: u64 },
        /// What an account has shown to be licensed for (R7.1, R8).
        Qualification { qualification_id: String },
        /// A change of name, avatar or bio that the engine held, or that settings want looked at (R2, R4).
        Profile { change_id: String },
        /// An appeal against a decision (fairness rule 2).
        Appeal { decision_id: String, against: AppealedBody },
    }

    /// One way to decide a case.
    #[derive(ToSchema)]
    #[schema(as = Choice)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(crate) struct ChoiceBody {
        /// Where it has days, without them: they are the reviewer's to say.
        pub action: super::ActionBody,
        /// It waits for the content safety lead (B8).
        pub needs_second_person: bool,
        pub needs_policies: bool,
        pub consequences: Vec<ConsequenceBody>,
    }

    /// What would follow.
    #[derive(ToSchema)]
    #[schema(rename_all = "snake_case", as = Consequence)]
    #[serde(tag = "type")]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(crate) enum ConsequenceBody {
        /// The measure counts so many strikes, and those in force come to so many together.
        Strikes {
            added: u32,
            together: u32,
        },
        /// The strikes reach a step of the ladder.
        NextStep {
            strikes: u32,
            mode: RungModeName,
            action: super::ActionBody,
        },
        /// A measure of that kind is in force already.
        InForceAlready {
            kind: String,
        },
        PublishingStops {},
        FunctionTaken {
            function: String,
        },
        AccountClosed {},
        ContentRemoved {},
        Granted {},
        Denied {},
        Reversed {
            decision_id: String,
        },
        ReportersTold {
            complaints: u64,
        },
    }

    #[derive(ToSchema)]
    #[schema(rename_all = "snake_case", as = RungMode)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(crate) enum RungModeName {
        /// A person decides.
        Propose,
        /// It is put in force at once.
        Apply,
    }

    /// What an appealed decision did.
    #[derive(ToSchema)]
    #[schema(rename_all = "snake_case", as = Appealed)]
    #[serde(tag = "type")]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(crate) enum AppealedBody {
        /// It put a measure in force on the account.
        Measure {},
        /// It took a publication away.
        Removal {},
        /// It refused that edition of a publication.
        Refusal { edition: u64 },
    }

    #[derive(ToSchema)]
    #[schema(rename_all = "snake_case", as = SubjectType)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(crate) enum SubjectTypeName {
        Account,
        Publication,
        Comment,
    }

    #[derive(ToSchema)]
    #[schema(rename_all = "snake_case", as = CaseState)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(crate) enum CaseStateName {
        Open,
        AwaitingApproval,
        Decided,
    }

    #[derive(ToSchema)]
    #[schema(rename_all = "snake_case", as = CaseOrder)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(crate) enum CaseOrderName {
        Due,
        Priority,
    }

    #[derive(ToSchema)]
    #[schema(rename_all = "snake_case", as = CaseClock)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(crate) enum CaseClockName {
        TakeUp,
        Decide,
    }

    /// A time that passed.
    #[derive(ToSchema)]
    #[schema(as = Breach)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(crate) struct BreachBody {
        /// What was to be done by then.
        pub clock: CaseClockName,
        /// In which queue the case was.
        pub queue: String,
        #[schema(format = DateTime)]
        pub due_at: String,
        #[schema(format = DateTime)]
        pub noted_at: String,
    }

    #[derive(ToSchema)]
    #[schema(rename_all = "snake_case", as = AllowedAction)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(crate) enum AllowedActionName {
        Claim,
        Release,
        Decide,
        Approve,
        RefuseProposal,
    }
}
use names::{AllowedActionName, BreachBody, CaseOrderName, MatterBody, SubjectBody};
pub(crate) use names::{CaseStateName, ChoiceBody, PolicyIdName};
