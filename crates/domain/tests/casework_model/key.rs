//! What tells two worlds apart. The rest (times, texts, how often a case was claimed) bears on nothing that follows, so that
//! claims and releases without end come to finitely many states.

use std::hash::{Hash, Hasher};

use domain::{
    account::Account,
    blacklist::{BlacklistEntry, Listing},
    case::Case,
    decision::Decision,
    id::ListingId,
};
use uuid::Uuid;

use crate::{
    people::who_is,
    world::{Stage, World, Write},
};

/// A decision by its operation, and who else agreed: action, person and case are in the identifier.
type Made = (Uuid, Option<usize>);

#[derive(Debug, PartialEq, Eq, Hash)]
struct CaseKey {
    state: u8,
    holder: Option<usize>,
    proposal: Option<Made>,
    refused: usize,
    decision: Option<Made>,
    complaints: u64,
}

#[derive(Debug, PartialEq, Eq, Hash)]
enum Kept {
    Case(CaseKey, Option<usize>, bool),
    Account(AccountKey, usize),
    Entry(EntryKey, usize),
}

/// The decisions of measures and whether each is reversed; of appeals.
type AccountKey = (Vec<(Uuid, bool)>, Vec<Uuid>);
/// What the listing stands on, and what those stood on that are past.
type EntryKey = (Option<Vec<Uuid>>, Vec<Vec<Uuid>>);

#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    taken: [bool; 2],
    cases: Vec<CaseKey>,
    account: AccountKey,
    entry: EntryKey,
    messages: Vec<(Made, Stage)>,
    was_out_of_hand: bool,
    kept: Option<Kept>,
}

impl World {
    fn key(&self) -> Key {
        Key {
            taken: [0, 1].map(|at| self.complaints[at].case_id.is_some()),
            cases: self.cases.iter().map(|case| self.case_key(case)).collect(),
            account: account_key(&self.account),
            entry: entry_key(&self.entry),
            messages: self.messages.iter().map(|it| (made(&it.decision), it.stage)).collect(),
            was_out_of_hand: self.was_out_of_hand,
            kept: self.kept.as_ref().map(|write| match write {
                Write::Open(case, complaint) => Kept::Case(self.case_key(case), *complaint, true),
                Write::Save(case, complaint) => Kept::Case(self.case_key(case), *complaint, false),
                Write::Account(account, message, _) => Kept::Account(account_key(account), *message),
                Write::Entry(entry, message, _) => Kept::Entry(entry_key(entry), *message),
            }),
        }
    }

    fn case_key(&self, case: &Case) -> CaseKey {
        CaseKey {
            state: case.state as u8,
            holder: self.holder_of(case),
            proposal: case.proposal.as_deref().map(made),
            refused: case.refused_proposals.len(),
            decision: case.decision.as_ref().map(made),
            complaints: case.complaint_count,
        }
    }
}

fn made(decision: &Decision) -> Made {
    (decision.decision_id.uuid(), decision.approved_by.as_ref().and_then(who_is))
}

fn account_key(account: &Account) -> AccountKey {
    let measures = account.enforcements.iter().skip(1).map(|it| (it.decision_id.uuid(), it.is_reversed()));
    (measures.collect(), account.appeals.iter().map(|it| it.decision_id.uuid()).collect())
}

fn entry_key(entry: &BlacklistEntry) -> EntryKey {
    let grounds = |listing: &Listing| listing.grounds().iter().map(ListingId::uuid).collect();
    (entry.listing.as_ref().map(grounds), entry.past.iter().map(|past| grounds(&past.listing)).collect())
}

impl PartialEq for World {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Hash for World {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}
