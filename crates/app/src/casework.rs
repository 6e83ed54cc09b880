//! What reviewers do: list, read, claim, release, decide, one case or several (`bulk`); and, of severe steps, agree
//! (`proposals`). Whoever judges an appeal sees what would come back (`reversal`).

mod bulk;
mod proposals;
mod reversal;

pub use bulk::{CaseRead, DecideMany, Outlook};
pub use proposals::{Agree, Disagree};

use std::sync::Arc;

use domain::{
    account::{Account, AccountStatus},
    actor::Actor,
    case::{AllowedAction, Case, CaseOrder, CaseRefusal, CaseState, Matter, Ruling},
    change::Change,
    comment::{CommentStatus, Commenter, Hiding},
    consequence::{Choice, choices},
    decision::Action,
    enforcement::Rectification,
    id::{AccountId, CaseId, DecisionId, EnforcementId, PublicationId},
    profile::Profile,
    public_profile::{Avatar, Concern, ProfileChange},
    publication::{Part, PublicationStatus},
    qualification::{Qualification, QualificationState},
    reversal::Reversal,
    settings::Settings,
    subject::Subject,
};
use jiff::Timestamp;
use screening::verdict::Verdict;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    error::AppError,
    ports::{
        AccountLedger, Blacklist, CaseBoard, CasePage, Clock, CommentRecord, CommentShelf, EvidencePlace, EvidenceView,
        ListError, PrincipalRegister, PublicationRecord, PublicationShelf, RemovedContentShelf, SaveError,
        SettingsSource,
    },
};

/// How many earlier editions a reviewer sees: more than anybody makes between a complaint and its review.
const EDITIONS: usize = 20;

/// A claim meets a complaint that joins at the same moment; the second try reads the case as it is then.
const TRIES: usize = 3;

/// A judgement as a reviewer writes it.
#[derive(Debug, Clone)]
pub struct Decide {
    /// Names the decision; a second try of the same one meets the first.
    pub operation_id: Uuid,
    /// The version of the case that the reviewer has read.
    pub version: u64,
    pub action: Action,
    pub policies: Vec<String>,
    pub reason: String,
    pub facts: String,
}

/// A case as a reviewer sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseView {
    pub case: Case,
    pub allowed_actions: Vec<AllowedAction>,
    /// How it can be decided, with what each would lead to; none once it is.
    pub choices: Vec<Choice>,
    pub subject: Option<SubjectView>,
    /// What is to be decided on, where that is a qualification.
    pub qualification: Option<QualificationView>,
    /// What would come back if the appeal were accepted, where one waits for that (B9).
    pub reversal: Option<Reversal>,
}

/// A qualification with the way to its document.
#[derive(Debug, Clone, PartialEq)]
pub struct QualificationView {
    pub qualification: Qualification,
    pub state: QualificationState,
    /// Opens the document for some minutes, for whoever has it.
    pub evidence_url: String,
}

/// The subject as it is now.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SubjectView {
    Account {
        display_name: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        avatar: Option<Avatar>,
        #[serde(skip_serializing_if = "Option::is_none")]
        bio: Option<String>,
        status: AccountStatus,
        /// What rules have against the name that it registered with.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        name_concerns: Vec<Concern>,
        /// The latest change of these that was asked for, with what the engine has against it.
        #[serde(skip_serializing_if = "Option::is_none")]
        profile_change: Option<Box<ProfileChange>>,
        /// What the holder says was put right, of the measures that are in force.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        rectifications: Vec<RectificationView>,
    },
    Publication {
        account_id: AccountId,
        /// The latest edition, which need not be the one that the case is about.
        edition: u64,
        parts: Vec<Part>,
        status: PublicationStatus,
        /// The edition that the public sees.
        shown_edition: Option<u64>,
        /// What the engine said of it.
        verdict: Verdict,
        received_at: Timestamp,
        /// What it said before it was edited, the latest first.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        earlier: Vec<EditionView>,
    },
    Comment(CommentView),
}

/// What a holder says was put right after a measure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RectificationView {
    pub enforcement_id: EnforcementId,
    #[serde(flatten)]
    pub rectification: Rectification,
}

/// A comment as it is now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CommentView {
    pub account_id: AccountId,
    pub publication_id: PublicationId,
    /// The platform's pseudonym.
    pub commenter: Commenter,
    pub text: String,
    pub status: CommentStatus,
    /// What the account has done about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden: Option<Hiding>,
    /// What the engine said of it.
    pub verdict: Verdict,
    pub received_at: Timestamp,
}

/// An edition that another has taken the place of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EditionView {
    pub edition: u64,
    pub parts: Vec<Part>,
    pub verdict: Verdict,
    pub received_at: Timestamp,
}

/// The queues of the settings: the default one first, that of what is overdue last.
pub(crate) fn queues_of(settings: &Settings) -> Vec<String> {
    let (first, last) = (settings.routing.default_queue.as_str(), settings.clocks.overdue_queue.as_str());
    let between = settings.routing.queues().into_iter().filter(|queue| *queue != first && *queue != last);
    [first].into_iter().chain(between).chain([last]).map(ToOwned::to_owned).collect()
}

/// The reviewers' side of the case board.
pub struct CaseDesk {
    pub board: Arc<dyn CaseBoard>,
    pub accounts: Arc<dyn AccountLedger>,
    pub shelf: Arc<dyn PublicationShelf>,
    pub evidence: Arc<dyn EvidenceView>,
    pub comments: Arc<dyn CommentShelf>,
    pub principals: Arc<dyn PrincipalRegister>,
    pub blacklist: Arc<dyn Blacklist>,
    pub removed: Arc<dyn RemovedContentShelf>,
    pub settings: Arc<dyn SettingsSource>,
    pub clock: Arc<dyn Clock>,
    pub profile: Profile,
}

/// What a judgement comes to before it is written.
enum Judged {
    /// It was made before: a second try.
    Known(Box<Case>),
    New(Box<Judgement>),
}

/// A case before its decision, and the change that decides it.
struct Judgement {
    before: Case,
    change: Change<Case>,
}

impl CaseDesk {
    /// # Errors
    /// When the cursor is not one that a page gave, or the board does not work.
    pub async fn list(
        &self,
        queue: &str,
        state: CaseState,
        order: CaseOrder,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<CasePage, AppError> {
        self.board.list(queue, state, order, limit, cursor).await.map_err(|error| match error {
            ListError::CursorUnknown => AppError::CursorUnknown,
            ListError::Port(error) => error.into(),
        })
    }

    /// The queues that cases wait in: the default one first, that of what is overdue last.
    ///
    /// # Errors
    /// When the settings cannot be read.
    pub async fn queues(&self) -> Result<Vec<String>, AppError> {
        Ok(queues_of(&*self.settings.current().await?))
    }

    /// # Errors
    /// When there is no such case, or a port does not work.
    pub async fn read(&self, case_id: CaseId, reviewer: &Actor) -> Result<CaseView, AppError> {
        let case = self.case(case_id).await?;
        let now = self.clock.now();
        // In a box, so that the reading of other cases does not carry its size.
        let reversal = Box::pin(self.reversal(&case, reviewer, now));
        let (subject, qualification, reversal) =
            futures::try_join!(self.subject(&case.subject), self.qualification(&case, now), reversal)?;
        let choices = self.choices(&case, subject.as_ref(), now).await?;
        let allowed_actions = case.allowed_actions(reviewer, now);
        Ok(CaseView { case, allowed_actions, choices, subject, qualification, reversal })
    }

    async fn choices(
        &self,
        case: &Case,
        subject: Option<&SubjectView>,
        now: Timestamp,
    ) -> Result<Vec<Choice>, AppError> {
        if case.state == CaseState::Decided {
            return Ok(Vec::new());
        }
        let account_id = match (&case.subject, subject) {
            (Subject::Account(account_id), _) => Some(*account_id),
            (_, Some(SubjectView::Publication { account_id, .. })) => Some(*account_id),
            (_, Some(SubjectView::Comment(comment))) => Some(comment.account_id),
            _ => None,
        };
        // Only a measure on the account leads to anything on it.
        let account_id = account_id.filter(|_| case.matter.is_of_conduct());
        let load = async {
            match account_id {
                Some(account_id) => self.accounts.load(account_id).await,
                None => Ok(None),
            }
        };
        let (account, settings) = futures::try_join!(load, self.settings.current())?;
        Ok(choices(case, account.as_ref(), &settings, &self.profile, now))
    }

    async fn qualification(&self, case: &Case, now: Timestamp) -> Result<Option<QualificationView>, AppError> {
        let (Matter::Qualification { qualification_id }, Subject::Account(account_id)) = (&case.matter, case.subject)
        else {
            return Ok(None);
        };
        let account = self.accounts.load(account_id).await?;
        let Some(known) = account.as_ref().and_then(|account| account.qualification(*qualification_id)) else {
            return Ok(None);
        };
        let place = EvidencePlace { account_id, qualification_id: *qualification_id };
        let evidence_url = self.evidence.link(place.into(), now).await?;
        Ok(Some(QualificationView { qualification: known.clone(), state: known.state_at(now), evidence_url }))
    }

    /// # Errors
    /// When the case is decided or with another reviewer.
    pub async fn claim(&self, case_id: CaseId, reviewer: &Actor) -> Result<Case, AppError> {
        self.change(case_id, |case, now| case.claim(reviewer.clone(), now)).await
    }

    /// # Errors
    /// When the case is decided or the reviewer does not have it.
    pub async fn release(&self, case_id: CaseId, reviewer: &Actor) -> Result<Case, AppError> {
        self.change(case_id, |case, now| case.release(reviewer.clone(), now)).await
    }

    /// Decides the case; its event sends the decision to enforcement.
    ///
    /// # Errors
    /// When a policy is unknown, the case has changed since the version that was read, is decided, or is not with this
    /// reviewer.
    pub async fn decide(&self, case_id: CaseId, reviewer: &Actor, command: Decide) -> Result<Case, AppError> {
        let expected = command.version;
        let change = match self.judge(case_id, reviewer, command).await? {
            Judged::Known(case) => return Ok(*case),
            Judged::New(judgement) => judgement.change,
        };
        match self.board.save(&change).await {
            Ok(()) => Ok(change.state),
            Err(SaveError::VersionConflict) => Err(AppError::VersionConflict { expected }),
            Err(SaveError::Port(error)) => Err(error.into()),
        }
    }

    /// All of a decision but the write.
    async fn judge(&self, case_id: CaseId, reviewer: &Actor, command: Decide) -> Result<Judged, AppError> {
        self.must_know(&command.policies)?;
        let case = self.case(case_id).await?;
        let decision_id = DecisionId::from_uuid(command.operation_id);
        let mut known = case.decision.iter().chain(case.proposal.as_deref());
        if known.any(|decision| decision.decision_id == decision_id) {
            return Ok(Judged::Known(Box::new(case)));
        }
        let expected = command.version;
        // A decided case says so, whatever the version: that is what the reviewer needs to know.
        if case.version != expected && case.state == CaseState::Open {
            return Err(AppError::VersionConflict { expected });
        }
        let ruling = Ruling {
            decision_id,
            action: command.action,
            policies: command.policies,
            reason: command.reason,
            facts: command.facts,
        };
        let change = case.clone().decide(ruling, reviewer.clone(), self.clock.now())?;
        Ok(Judged::New(Box::new(Judgement { before: case, change })))
    }

    fn must_know(&self, policies: &[String]) -> Result<(), AppError> {
        let unknown = policies.iter().find(|id| self.profile.policy(id).is_none());
        unknown.map_or(Ok(()), |policy| Err(AppError::PolicyUnknown { policy: policy.clone() }))
    }

    async fn change(
        &self,
        case_id: CaseId,
        transition: impl Fn(Case, Timestamp) -> Result<Change<Case>, CaseRefusal>,
    ) -> Result<Case, AppError> {
        let mut expected = 0;
        for _ in 0..TRIES {
            let case = self.case(case_id).await?;
            expected = case.version;
            let change = transition(case, self.clock.now())?;
            match self.board.save(&change).await {
                Ok(()) => return Ok(change.state),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    async fn case(&self, case_id: CaseId) -> Result<Case, AppError> {
        self.board.case(case_id).await?.ok_or(AppError::CaseNotFound)
    }

    async fn subject(&self, subject: &Subject) -> Result<Option<SubjectView>, AppError> {
        Ok(match subject {
            Subject::Account(account_id) => {
                let now = self.clock.now();
                self.accounts.load(*account_id).await?.map(|account| account_view(account, now))
            }
            Subject::Publication(publication_id) => self.publication(*publication_id).await?,
            Subject::Comment(comment_id) => self.comments.load(*comment_id).await?.map(comment_view),
        })
    }

    /// With what it was before: whoever edits what others complained of takes no evidence away.
    async fn publication(&self, publication_id: PublicationId) -> Result<Option<SubjectView>, AppError> {
        let Some(record) = self.shelf.load(publication_id).await? else { return Ok(None) };
        let PublicationRecord { publication, verdict } = record;
        let earlier = match publication.edition {
            1 => Vec::new(),
            _ => self.shelf.editions(publication_id, EDITIONS).await?,
        };
        let earlier = earlier.into_iter().map(|record| EditionView {
            edition: record.publication.edition,
            received_at: record.publication.edition_received_at(),
            parts: record.publication.parts,
            verdict: record.verdict,
        });
        Ok(Some(SubjectView::Publication {
            account_id: publication.account_id,
            edition: publication.edition,
            shown_edition: publication.shown_edition(),
            received_at: publication.edition_received_at(),
            parts: publication.parts,
            status: publication.status,
            verdict,
            earlier: earlier.collect(),
        }))
    }
}

fn comment_view(record: CommentRecord) -> SubjectView {
    let CommentRecord { comment, verdict } = record;
    SubjectView::Comment(CommentView {
        account_id: comment.account_id,
        publication_id: comment.publication_id,
        commenter: comment.commenter,
        text: comment.text,
        status: comment.status,
        hidden: comment.hidden,
        verdict,
        received_at: comment.received_at,
    })
}

fn account_view(account: Account, now: Timestamp) -> SubjectView {
    let Account { display_name, name_concerns, avatar, bio, status, profile_change, enforcements, .. } = account;
    let in_force = enforcements.into_iter().filter(|it| it.is_in_force(now));
    let rectifications = in_force.filter_map(|it| {
        Some(RectificationView { enforcement_id: it.enforcement_id, rectification: it.rectification? })
    });
    let rectifications = rectifications.collect();
    SubjectView::Account { display_name, name_concerns, avatar, bio, status, profile_change, rectifications }
}
