//! What each of them works out from what they read: every change is a transition of the domain.

use std::sync::{Arc, LazyLock};

use domain::{
    actor::Actor,
    appeal::Appeal,
    blacklist::NewListing,
    case::{Case, Matter, Opening, Ruling},
    decision::{Action, Blacklisting, Decision},
    id::{CaseId, DecisionId, ListingId},
    profile::Profile,
};
use jiff::SignedDuration;
use uuid::Uuid;

use crate::{
    people::person,
    world::{Message, Stage, World, Write},
};

static PROFILE: LazyLock<Profile> = LazyLock::new(Profile::cn_2017);
const BLACKLISTING: Blacklisting = Blacklisting { review_days: 365 };

/// What a member of staff does with a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    Claim,
    Release,
    Suspend,
    /// With it the principal goes onto the blacklist.
    Close,
    Agree,
    Disagree,
    Accept,
    Reject,
}

/// Whoever reads, works out and writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Task {
    /// The triager, with the message of a complaint.
    Triage { complaint: usize },
    /// A member of staff, with a case.
    Staff { who: usize, case: usize, step: Step },
    /// The platform, for the account, against a decision.
    Appeal { message: usize },
    /// The enforcer, with the message of a decision.
    Enforce { message: usize },
}

impl World {
    /// What is to be written for `task` as things are; nothing where there is nothing to write, or it is refused.
    pub(crate) fn worked_out(&self, task: Task) -> Option<Write> {
        match task {
            Task::Triage { complaint } => self.triage(complaint),
            Task::Staff { who, case, step } => self.staff(who, case, step),
            Task::Appeal { message } => self.appeal(message),
            Task::Enforce { message } => self.enforce(message),
        }
    }

    fn triage(&self, at: usize) -> Option<Write> {
        let complaint = &self.complaints[at];
        if complaint.case_id.is_some() {
            return None;
        }
        let triager = Actor::function("complaint-triager");
        let opened = Case::open(Opening::by(complaint), triager.clone(), self.now).state;
        Some(match self.case_like(&opened) {
            None => Write::Open(Arc::new(opened), Some(at)),
            Some(case) => {
                let joined = Case::clone(case).join(complaint, triager, self.now).state;
                Write::Save(Arc::new(joined), Some(at))
            }
        })
    }

    fn staff(&self, who: usize, at: usize, step: Step) -> Option<Write> {
        let (case, actor, now) = (Case::clone(&self.cases[at]), person(who).clone(), self.now);
        let proposed = case.proposal.as_ref().map(|proposal| proposal.decision_id);
        let changed = match step {
            Step::Claim => case.claim(actor, now),
            Step::Release => case.release(actor, now),
            Step::Agree => case.approve(proposed?, actor, now),
            Step::Disagree => case.refuse_proposal(proposed?, String::new(), actor, now),
            Step::Suspend | Step::Close | Step::Accept | Step::Reject => {
                let ruling = ruling(&case, who, at, step);
                case.decide(ruling, actor, now)
            }
        };
        changed.ok().map(|change| Write::Save(Arc::new(change.state), None))
    }

    fn appeal(&self, message: usize) -> Option<Write> {
        let decision = Decision::clone(&self.messages[message].decision);
        let parties = (self.account.account_id, self.account.account_id);
        let case_id = CaseId::from_uuid(decision.decision_id.uuid());
        let appeal = Appeal::file(decision, parties, None, &PROFILE, String::new(), self.now).ok()?;
        let case = Case::open_for(appeal, case_id, self.now, Actor::function("platform")).state;
        self.case_like(&case).is_none().then(|| Write::Open(Arc::new(case), None))
    }

    /// The order of `app::enforcing`: the account, then the blacklist, then another look at the account.
    fn enforce(&self, at: usize) -> Option<Write> {
        let Message { decision, stage, .. } = &self.messages[at];
        let account = || self.account.as_ref().clone();
        let enforcer = Actor::function("enforcer");
        match stage {
            Stage::Queued => {
                let change = match decision.enforcement(&PROFILE) {
                    Some(measure) => account().enforce(measure, enforcer, self.now),
                    None => account().conclude_appeal(decision, enforcer, self.now),
                };
                change.map(|change| Write::Account(Arc::new(change.state), at, after_account(decision)))
            }
            Stage::OnAccount if !self.is_reversed(decision.decision_id) => {
                let entry = self.entry.as_ref().clone();
                let listing_id = ListingId::caused_by(decision.decision_id);
                if entry.has_heard(listing_id) {
                    return None;
                }
                if entry.listing.is_some() {
                    let listed = entry.also_list(listing_id, enforcer, self.now)?;
                    return Some(Write::Entry(Arc::new(listed.state), at, Stage::Listed));
                }
                let review_at = self.now + SignedDuration::from_hours(24);
                let account_id = Some(self.account.account_id);
                let new = NewListing { listing_id, account_id, reason: String::new(), review_at };
                let listed = entry.list(new, Some(decision.decided_by.clone()), enforcer, self.now).ok()?;
                Some(Write::Entry(Arc::new(listed.state), at, Stage::Listed))
            }
            Stage::Unlisting => {
                let causing = decision.reverses_decision_id.unwrap_or(decision.decision_id);
                let (entry, ground) = (self.entry.as_ref().clone(), ListingId::caused_by(causing));
                let unlisted = entry.withdraw(ground, String::new(), enforcer, self.now)?;
                Some(Write::Entry(Arc::new(unlisted.state), at, Stage::Done))
            }
            Stage::OnAccount | Stage::Listed | Stage::Done => None,
        }
    }

    /// Where the enforcer goes on when it finds nothing to write.
    pub(crate) fn next_stage(&self, at: usize) -> Stage {
        let Message { decision, stage, .. } = &self.messages[at];
        match stage {
            Stage::Queued => after_account(decision),
            Stage::OnAccount | Stage::Listed if self.is_reversed(decision.decision_id) => Stage::Unlisting,
            Stage::OnAccount | Stage::Listed | Stage::Unlisting | Stage::Done => Stage::Done,
        }
    }

    pub(crate) fn is_reversed(&self, decision_id: DecisionId) -> bool {
        self.account.enforcements.iter().any(|it| it.decision_id == decision_id && it.is_reversed())
    }
}

const fn after_account(decision: &Decision) -> Stage {
    match decision.action {
        Action::Close { blacklist: Some(_) } => Stage::OnAccount,
        Action::Accept => Stage::Unlisting,
        _ => Stage::Done,
    }
}

/// What that person rules in that way is one operation, as often as they try: the identifier says so.
fn ruling(case: &Case, who: usize, at: usize, step: Step) -> Ruling {
    let action = match step {
        Step::Suspend => Action::SuspendUpdates { days: None },
        Step::Close => Action::Close { blacklist: Some(BLACKLISTING) },
        Step::Accept => Action::Accept,
        _ => Action::Reject,
    };
    let of_case = [at, who, step as usize, case.refused_proposals.len()];
    let serial = of_case.iter().fold(case.complaint_count, |serial, it| serial * 10 + *it as u64);
    let policies = match case.matter {
        Matter::Complaint { .. } => vec!["fraud".to_owned()],
        _ => Vec::new(),
    };
    Ruling {
        decision_id: DecisionId::from_uuid(Uuid::from_u128(u128::from(serial) + 1)),
        action,
        policies,
        reason: String::new(),
        facts: String::new(),
    }
}
