//! What is stored, and the conditional writes by which alone it changes.

use std::sync::Arc;

use domain::{
    account::Account,
    blacklist::BlacklistEntry,
    case::{Case, CaseState},
    complaint::Complaint,
    decision::Decision,
    subject::Subject,
};
use jiff::Timestamp;

use crate::{
    people::who_is,
    samples::{self, NOON},
    steps::Task,
};

/// How far the enforcer has come with the message of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Stage {
    /// The queue has it.
    Queued,
    /// The account has its effect; the blacklist is next.
    OnAccount,
    /// The principal is listed; whether the decision still stands is looked at once more.
    Listed,
    /// The listing is to be taken away.
    Unlisting,
    Done,
}

/// A decision that was stored, and its message.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) decision: Arc<Decision>,
    /// How many complaints the case had then.
    pub(crate) complaints: u64,
    pub(crate) stage: Stage,
}

/// A write as whoever makes it has worked it out, from what they have read.
#[derive(Clone)]
pub(crate) enum Write {
    /// On the condition that there is no case about the same, and that no case has the complaint.
    Open(Arc<Case>, Option<usize>),
    /// On the condition that nobody has written the case meanwhile, nor that any has the complaint.
    Save(Arc<Case>, Option<usize>),
    /// On the condition that nobody has written the account meanwhile; with it the message comes to that stage.
    Account(Arc<Account>, usize, Stage),
    /// The same of the principal's place on the blacklist.
    Entry(Arc<BlacklistEntry>, usize, Stage),
}

/// One task works out one thing.
impl PartialEq for Write {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// In a counterexample the task says what is written.
impl std::fmt::Debug for Write {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) now: Timestamp,
    /// Both about the account, under one policy.
    pub(crate) complaints: [Arc<Complaint>; 2],
    pub(crate) cases: Vec<Arc<Case>>,
    pub(crate) account: Arc<Account>,
    pub(crate) entry: Arc<BlacklistEntry>,
    pub(crate) messages: Vec<Message>,
    /// Somebody decided a case, or proposed a step in it, that nobody or somebody else had claimed.
    pub(crate) was_out_of_hand: bool,
    /// What somebody has worked out and not written yet.
    pub(crate) kept: Option<Write>,
}

impl World {
    /// An account with a measure of long ago that nobody appeals, and two complaints about it that wait for triage.
    pub(crate) fn at_first() -> Self {
        let account = samples::warned_account();
        let subject = Subject::Account(account.account_id);
        Self {
            now: NOON,
            complaints: [(); 2].map(|()| Arc::new(samples::complaint(subject))),
            cases: Vec::new(),
            entry: Arc::new(BlacklistEntry::of(account.principal_key.clone(), NOON)),
            account: Arc::new(account),
            messages: Vec::new(),
            was_out_of_hand: false,
            kept: None,
        }
    }

    /// Whose claim holds.
    pub(crate) fn holder_of(&self, case: &Case) -> Option<usize> {
        case.assignment.as_ref().filter(|it| self.now < it.until).and_then(|it| who_is(&it.reviewer))
    }

    /// Whether the condition of the write holds.
    pub(crate) fn admits(&self, write: &Write) -> bool {
        let is_free = |complaint: &Option<usize>| complaint.is_none_or(|at| self.complaints[at].case_id.is_none());
        match write {
            Write::Open(case, complaint) => self.case_like(case).is_none() && is_free(complaint),
            Write::Save(case, complaint) => {
                is_free(complaint)
                    && self.cases.iter().any(|it| it.case_id == case.case_id && it.version + 1 == case.version)
            }
            Write::Account(account, ..) => account.version == self.account.version + 1,
            Write::Entry(entry, ..) => entry.version == self.entry.version + 1,
        }
    }

    /// All of it or nothing.
    pub(crate) fn put(&mut self, write: Write) {
        if !self.admits(&write) {
            return;
        }
        match write {
            Write::Open(case, complaint) => {
                self.take_up(&case, complaint);
                self.cases.push(case);
            }
            Write::Save(case, complaint) => {
                self.take_up(&case, complaint);
                let at = self.cases.iter().position(|it| it.case_id == case.case_id).unwrap();
                let before = std::mem::replace(&mut self.cases[at], case.clone());
                let ruled =
                    case.decision.as_ref().or(case.proposal.as_deref()).filter(|_| before.state == CaseState::Open);
                // A claim may have run out while nobody else took the case.
                let had_it = before.assignment.as_ref().map(|it| &it.reviewer);
                self.was_out_of_hand |= ruled.is_some_and(|it| Some(&it.decided_by) != had_it);
                if let Some(decision) = case.decision.clone().filter(|_| before.state != CaseState::Decided) {
                    let (decision, complaints) = (Arc::new(decision), case.complaint_count);
                    self.messages.push(Message { decision, complaints, stage: Stage::Queued });
                }
            }
            Write::Account(account, message, stage) => {
                self.account = account;
                self.messages[message].stage = stage;
            }
            Write::Entry(entry, message, stage) => {
                self.entry = entry;
                self.messages[message].stage = stage;
            }
        }
    }

    /// Nobody keeps what can no longer be written, and the enforcer goes on where it finds nothing to write: versions only
    /// grow, and what a message has caused stays.
    pub(crate) fn go_on(&mut self) {
        if self.kept.as_ref().is_some_and(|write| !self.admits(write)) {
            self.kept = None;
        }
        for message in 0..self.messages.len() {
            while !matches!(self.messages[message].stage, Stage::Listed | Stage::Done)
                && self.worked_out(Task::Enforce { message }).is_none()
            {
                self.messages[message].stage = self.next_stage(message);
            }
        }
    }

    fn take_up(&mut self, case: &Case, complaint: Option<usize>) {
        if let Some(at) = complaint {
            Arc::make_mut(&mut self.complaints[at]).case_id = Some(case.case_id);
        }
    }

    /// The case about the same subject and matter.
    pub(crate) fn case_like(&self, case: &Case) -> Option<&Arc<Case>> {
        self.cases.iter().find(|it| it.subject == case.subject && it.matter.key() == case.matter.key())
    }
}
