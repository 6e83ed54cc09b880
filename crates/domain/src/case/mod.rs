//! The unit of review: one matter about one subject, taken up by one reviewer at a time.

mod appeal;
mod contest;
mod matter;
mod matter_kind;
mod note;
mod overdue;
mod placing;
mod proposal;

pub use contest::{Contest, ContestRefusal};
pub use matter::Matter;
pub use matter_kind::MatterKind;
pub use note::Note;
pub use overdue::{Breach, CaseClock};
pub use placing::CaseOrder;
pub use proposal::RefusedProposal;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    actor::Actor,
    appeal::Appeal,
    change::Change,
    complaint::{Complaint, ComplaintStatus},
    decision::{Action, Decision},
    event::{Event, EventBody},
    grade::Grade,
    id::{CaseId, ComplaintId, DecisionId},
    subject::Subject,
};

/// How long a claim holds: long enough to read and write, short enough that a forgotten one frees the case within the
/// shift.
pub const CLAIM: SignedDuration = SignedDuration::from_mins(30);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// Waits for a reviewer, or is with one.
    Open,
    /// A severe step is proposed, and a second person is to agree to it (B8).
    AwaitingApproval,
    Decided,
}

/// Who has the case, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    pub reviewer: Actor,
    pub until: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    pub case_id: CaseId,
    /// Counts the changes; guards every write.
    pub version: u64,
    pub queue: String,
    pub state: CaseState,
    pub subject: Subject,
    pub matter: Matter,
    /// Those that changed the case; a flood is counted apart.
    pub complaint_count: u64,
    /// Since when complaints come in a flood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flood_since: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignment: Option<Assignment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// The severe step that waits for a second person: what it will be as a decision if that person agrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Box<Decision>>,
    /// The proposals that a second person did not agree to, the earliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused_proposals: Vec<RefusedProposal>,
    /// What an account says against a decision, where the case is about that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appeal: Option<Box<Appeal>>,
    /// What a reporter says against a decision that did nothing; kept when that is judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contest: Option<Box<Contest>>,
    /// The greatest weight among its reporters, of 1 000: it orders work and decides nothing (R15.2).
    #[serde(default)]
    pub reporter_weight: u16,
    /// Of the account that it is about, as it was when the case opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// It ranks as one that has waited for so much longer.
    #[serde(default)]
    pub head_start_hours: u32,
    pub opened_at: Timestamp,
    /// When it was opened again for the last time, after a decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reopened_at: Option<Timestamp>,
    /// By when somebody is to take it up; none where it is to be decided sooner (B5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub take_up_by: Option<Timestamp>,
    /// When somebody first did, since it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_up_at: Option<Timestamp>,
    /// The times that passed, in the order in which that was noted (B5).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaches: Vec<Breach>,
    /// By when it is to be decided: the earliest of its complaints' clocks.
    pub due_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What a case is opened for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    pub subject: Subject,
    pub matter: Matter,
    /// By when it is to be decided.
    pub due_at: Timestamp,
    /// The complaint that opens it, if it is one that does.
    pub complaint: Option<ComplaintId>,
}

impl Opening {
    #[must_use]
    pub fn by(complaint: &Complaint) -> Self {
        Self {
            subject: complaint.subject,
            matter: complaint.matter(),
            due_at: complaint.due_at,
            complaint: Some(complaint.complaint_id),
        }
    }
}

/// What a reviewer can do with a case now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AllowedAction {
    Claim,
    Release,
    Decide,
    /// Agree to the step that is proposed. The route is open to the content safety lead alone.
    Approve,
    /// Do not.
    RefuseProposal,
}

/// Why a reviewer may not do that with the case now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseRefusal {
    #[error("the case is decided")]
    Decided,
    #[error("another reviewer has the case")]
    ClaimedByAnother,
    #[error("the reviewer has not claimed the case, or the claim has run out")]
    NotClaimed,
    #[error("the matter of the case is not decided in that way")]
    ActionForMatter,
    #[error("the decision names no policy")]
    NoPolicy,
    #[error("a step is proposed, and waits for a second person")]
    AwaitsApproval,
    #[error("that step is not proposed in the case, or no longer")]
    NothingProposed,
    /// Whoever proposes a severe step is not the second person (B8).
    #[error("the step is the reviewer's own proposal")]
    OwnProposal,
    /// Nobody judges an appeal against a decision of their own (fairness rule 2).
    #[error("the appeal is against a decision of the reviewer's own")]
    ConflictOfInterest,
}

/// A judgement before it is tied to its case.
#[derive(Debug, Clone)]
pub struct Ruling {
    pub decision_id: DecisionId,
    pub action: Action,
    pub policies: Vec<String>,
    pub reason: String,
    pub facts: String,
}

impl Case {
    #[must_use]
    pub fn open(opening: Opening, actor: Actor, now: Timestamp) -> Change<Self> {
        Self::open_as(CaseId::at(now), opening, None, actor, now)
    }

    fn open_as(
        case_id: CaseId,
        opening: Opening,
        appeal: Option<Box<Appeal>>,
        actor: Actor,
        now: Timestamp,
    ) -> Change<Self> {
        let Opening { subject, matter, due_at, complaint } = opening;
        let case = Self {
            case_id,
            version: 0,
            queue: matter.kind().own_queue().unwrap_or("default").to_owned(),
            state: CaseState::Open,
            subject,
            matter: matter.clone(),
            complaint_count: complaint.iter().count() as u64,
            flood_since: None,
            assignment: None,
            decision: None,
            proposal: None,
            refused_proposals: Vec::new(),
            appeal,
            contest: None,
            reporter_weight: 0,
            grade: None,
            head_start_hours: 0,
            opened_at: now,
            reopened_at: None,
            take_up_by: None,
            taken_up_at: None,
            breaches: Vec::new(),
            due_at,
            updated_at: now,
        };
        let body = EventBody::CaseOpened { case_id: case.case_id, subject, matter, complaint_id: complaint };
        case.changed(body, actor, now)
    }

    /// The case with a reporter of that weight among its own.
    #[must_use]
    pub fn weighed(mut self, weight: u16) -> Self {
        self.reporter_weight = self.reporter_weight.max(weight);
        self
    }

    /// Whether `complaint` goes into the case without changing it: one of a flood that the case knows of, and, once it is
    /// decided, such a one in words that were judged. So a flood keeps nobody from deciding, and opens nothing again.
    #[must_use]
    pub const fn only_counts(&self, complaint: &Complaint, is_copy: bool) -> bool {
        match self.state {
            CaseState::Open | CaseState::AwaitingApproval => complaint.in_flood && self.flood_since.is_some(),
            CaseState::Decided => complaint.in_flood && is_copy,
        }
    }

    /// Takes `complaint` into the case; a decided case is opened again rather than forked.
    #[must_use]
    pub fn join(mut self, complaint: &Complaint, actor: Actor, now: Timestamp) -> Change<Self> {
        self.complaint_count += 1;
        if complaint.in_flood {
            self.flood_since = self.flood_since.or(Some(now));
        }
        let (case_id, complaint_id) = (self.case_id, complaint.complaint_id);
        let body = match self.state {
            CaseState::Open | CaseState::AwaitingApproval => {
                self.due_at = self.due_at.min(complaint.due_at);
                EventBody::ComplaintJoined { case_id, complaint_id }
            }
            CaseState::Decided => {
                self.open_again(complaint.due_at, now);
                EventBody::CaseReopened { case_id, complaint_id }
            }
        };
        self.changed(body, actor, now)
    }

    fn open_again(&mut self, due_at: Timestamp, now: Timestamp) {
        self.state = CaseState::Open;
        self.decision = None;
        self.assignment = None;
        self.due_at = due_at;
        self.reopened_at = Some(now);
        self.taken_up_at = None;
    }

    /// Gives the case to `reviewer` for [`CLAIM`]; claiming again renews the claim.
    ///
    /// # Errors
    /// When it is decided, another reviewer's claim still holds, or it is an appeal against a decision of the reviewer's own.
    pub fn claim(mut self, reviewer: Actor, now: Timestamp) -> Result<Change<Self>, CaseRefusal> {
        self.must_be_open()?;
        self.must_not_be_against(&reviewer)?;
        self.must_not_be_contested_against(&reviewer)?;
        if self.holder(now).is_some_and(|holder| *holder != reviewer) {
            return Err(CaseRefusal::ClaimedByAnother);
        }
        let until = now.saturating_add(CLAIM).unwrap_or(Timestamp::MAX);
        self.assignment = Some(Assignment { reviewer: reviewer.clone(), until });
        self.taken_up_at = self.taken_up_at.or(Some(now));
        let body = EventBody::CaseClaimed { case_id: self.case_id, until };
        Ok(self.changed(body, reviewer, now))
    }

    /// Gives the case back.
    ///
    /// # Errors
    /// When it is decided or `reviewer` does not have it.
    pub fn release(mut self, reviewer: Actor, now: Timestamp) -> Result<Change<Self>, CaseRefusal> {
        self.must_be_open()?;
        self.must_be_held_by(&reviewer, now)?;
        self.assignment = None;
        let body = EventBody::CaseReleased { case_id: self.case_id };
        Ok(self.changed(body, reviewer, now))
    }

    /// Decides the case; a severe step is proposed to a second person instead.
    ///
    /// # Errors
    /// When it is decided, `reviewer` does not have it or made the decision that it is against, its matter is not decided
    /// in that way, or a policy is missing.
    pub fn decide(self, ruling: Ruling, reviewer: Actor, now: Timestamp) -> Result<Change<Self>, CaseRefusal> {
        self.must_be_open()?;
        self.must_not_be_against(&reviewer)?;
        self.must_not_be_contested_against(&reviewer)?;
        self.must_be_held_by(&reviewer, now)?;
        if !self.takes(ruling.action) {
            return Err(CaseRefusal::ActionForMatter);
        }
        if ruling.policies.is_empty() && self.matter.needs_policies(ruling.action) {
            return Err(CaseRefusal::NoPolicy);
        }
        let severe = ruling.action.needs_second_person();
        let decision = self.ruled(ruling, reviewer.clone(), now);
        if severe {
            return Ok(self.propose(decision, reviewer, now));
        }
        Ok(self.decided(decision, reviewer, now))
    }

    /// The ruling as a decision of this case.
    pub(crate) fn ruled(&self, ruling: Ruling, decided_by: Actor, now: Timestamp) -> Decision {
        Decision {
            decision_id: ruling.decision_id,
            case_id: self.case_id,
            subject: self.subject,
            matter: self.matter.clone(),
            action: ruling.action,
            policies: ruling.policies,
            reason: ruling.reason,
            facts: ruling.facts,
            decided_by,
            approved_by: None,
            decided_at: now,
            reverses_decision_id: match (&self.matter, ruling.action) {
                (Matter::Appeal { decision_id, .. }, Action::Accept) => Some(*decision_id),
                _ => None,
            },
        }
    }

    /// Whether the case can be decided in that way, by whom ever.
    #[must_use]
    pub fn takes(&self, action: Action) -> bool {
        // There is nothing to take away of an account.
        let removes_an_account = action == Action::RemoveContent && matches!(self.subject, Subject::Account(_));
        self.matter.takes(action) && !removes_an_account
    }

    fn decided(mut self, decision: Decision, actor: Actor, now: Timestamp) -> Change<Self> {
        self.state = CaseState::Decided;
        self.assignment = None;
        self.proposal = None;
        if let Some(contest) = &mut self.contest {
            contest.answered_by = contest.answered_by.or(Some(decision.decision_id));
        }
        self.decision = Some(decision.clone());
        self.changed(EventBody::DecisionMade { decision: Box::new(decision) }, actor, now)
    }

    /// What `reviewer` can do with the case now, in the order of work.
    #[must_use]
    pub fn allowed_actions(&self, reviewer: &Actor, now: Timestamp) -> Vec<AllowedAction> {
        match (self.state, self.holder(now)) {
            (CaseState::Decided, _) => vec![],
            (CaseState::Open | CaseState::AwaitingApproval, _)
                if self.is_against(reviewer) || self.is_contested_against(reviewer) =>
            {
                vec![]
            }
            (CaseState::AwaitingApproval, _) if self.is_proposed_by(reviewer) => vec![],
            (CaseState::AwaitingApproval, _) => vec![AllowedAction::Approve, AllowedAction::RefuseProposal],
            (CaseState::Open, None) => vec![AllowedAction::Claim],
            (CaseState::Open, Some(holder)) if holder == reviewer => {
                vec![AllowedAction::Decide, AllowedAction::Release, AllowedAction::Claim]
            }
            (CaseState::Open, Some(_)) => vec![],
        }
    }

    /// What the reporter of a complaint in this case sees.
    #[must_use]
    pub fn complaint_status(&self) -> ComplaintStatus {
        match self.decision.as_ref().map(|decision| decision.action) {
            None => ComplaintStatus::UnderReview,
            Some(Action::NoAction | Action::Approve | Action::Refuse | Action::Accept | Action::Reject) => {
                ComplaintStatus::NotUpheld
            }
            Some(
                Action::Warn
                | Action::RestrictFunction { .. }
                | Action::SuspendUpdates { .. }
                | Action::Close { .. }
                | Action::RemoveContent,
            ) => ComplaintStatus::Upheld,
        }
    }

    /// Whose claim holds at `now`.
    fn holder(&self, now: Timestamp) -> Option<&Actor> {
        self.assignment.as_ref().filter(|assignment| now < assignment.until).map(|assignment| &assignment.reviewer)
    }

    fn must_be_open(&self) -> Result<(), CaseRefusal> {
        match self.state {
            CaseState::Open => Ok(()),
            CaseState::AwaitingApproval => Err(CaseRefusal::AwaitsApproval),
            CaseState::Decided => Err(CaseRefusal::Decided),
        }
    }

    fn must_be_held_by(&self, reviewer: &Actor, now: Timestamp) -> Result<(), CaseRefusal> {
        match self.holder(now) {
            Some(holder) if holder == reviewer => Ok(()),
            Some(_) => Err(CaseRefusal::ClaimedByAnother),
            None => Err(CaseRefusal::NotClaimed),
        }
    }

    fn changed(mut self, body: EventBody, actor: Actor, now: Timestamp) -> Change<Self> {
        self.version += 1;
        self.updated_at = now;
        let event = Event::new(self.version, actor, body, now);
        Change { state: self, event }
    }
}
