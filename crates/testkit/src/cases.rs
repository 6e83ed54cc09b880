use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex},
};

use app::ports::{
    CaseBoard, CaseDeadline, CasePage, ComplaintPage, ComplaintShelf, ListError, PortError, ReporterBook, SaveError,
};
use async_trait::async_trait;
use domain::{
    case::{Case, CaseOrder, CaseState, Matter, Note},
    change::Change,
    complaint::{Complaint, Snapshot, WordsDigest},
    decision::Decision,
    event::{Event, EventBody},
    id::{CaseId, ComplaintId, DecisionId, NoteId},
    receipt::ReceiptDigest,
    reporter::{Reporter, ReporterKey},
    subject::Subject,
};
use evidence::object::LogHour;
use jiff::Timestamp;

use crate::{Faults, locked};

const WHAT: &str = "case board";

/// Complaints and cases in memory, with the stream of their events.
#[derive(Debug, Clone, Default)]
pub struct MemoryCases {
    pub(crate) faults: Faults,
    pub(crate) tables: Arc<Mutex<Tables>>,
}

#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(crate) deadlines: BTreeSet<CaseDeadline>,
    pub(crate) notes: BTreeMap<(CaseId, NoteId), Note>,
    pub(crate) complaints: HashMap<ComplaintId, Complaint>,
    pub(crate) snapshots: HashMap<ComplaintId, Snapshot>,
    /// The hours under which complaints are looked at.
    pub(crate) rests: BTreeMap<ComplaintId, LogHour>,
    /// When those ended that did, by their receipts.
    pub(crate) gone: HashMap<ReceiptDigest, Timestamp>,
    /// By case, in the order of their identifiers.
    pub(crate) taken: BTreeSet<(CaseId, ComplaintId)>,
    words: HashSet<(CaseId, WordsDigest)>,
    reporters: HashMap<ReporterKey, Reporter>,
    pub(crate) receipts: HashMap<ReceiptDigest, ComplaintId>,
    pub(crate) cases: HashMap<CaseId, Case>,
    about: HashMap<(Subject, Matter), CaseId>,
    decisions: HashMap<DecisionId, Decision>,
    proposals: HashMap<DecisionId, CaseId>,
    pub(crate) events: Vec<Event>,
    /// How many of the events the stream has given out.
    streamed: usize,
}

impl MemoryCases {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// The events that the stream has not given yet, in order.
    #[must_use]
    pub fn take_events(&self) -> Vec<Event> {
        let mut tables = locked(&self.tables);
        let from = tables.streamed;
        tables.streamed = tables.events.len();
        tables.events[from..].to_vec()
    }

    /// Every event ever stored, in order.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        locked(&self.tables).events.clone()
    }

    /// Every case, by identifier.
    #[must_use]
    pub fn all_cases(&self) -> Vec<Case> {
        let mut all: Vec<_> = locked(&self.tables).cases.values().cloned().collect();
        all.sort_by_key(|case| case.case_id);
        all
    }

    /// What every complaint is about, as it was, by the complaint's identifier.
    #[must_use]
    pub fn snapshots(&self) -> Vec<Snapshot> {
        let mut all: Vec<_> = locked(&self.tables).snapshots.clone().into_iter().collect();
        all.sort_by_key(|(complaint_id, _)| *complaint_id);
        all.into_iter().map(|(_, snapshot)| snapshot).collect()
    }

    /// Every complaint, by identifier.
    #[must_use]
    pub fn all_complaints(&self) -> Vec<Complaint> {
        let mut all: Vec<_> = locked(&self.tables).complaints.values().cloned().collect();
        all.sort_by_key(|complaint| complaint.complaint_id);
        all
    }
}

impl Tables {
    fn version_of(&self, case_id: CaseId) -> u64 {
        self.cases.get(&case_id).map_or(0, |case| case.version)
    }

    pub(crate) fn must_follow(&self, case: &Case) -> Result<(), SaveError> {
        if self.version_of(case.case_id) + 1 == case.version { Ok(()) } else { Err(SaveError::VersionConflict) }
    }

    fn must_be_free(&self, complaint: &Complaint, case_id: CaseId) -> Result<(), SaveError> {
        match self.complaints.get(&complaint.complaint_id) {
            Some(stored) if stored.case_id.is_none_or(|taken| taken == case_id) => Ok(()),
            _ => Err(SaveError::VersionConflict),
        }
    }

    pub(crate) fn store(&mut self, change: &Change<Case>, joined: Option<&Complaint>) {
        let case_id = change.state.case_id;
        let deadlines = change.state.deadlines_of(&change.event.body, joined);
        self.deadlines.extend(deadlines.into_iter().map(|due_at| CaseDeadline { due_at, case_id }));
        self.cases.insert(change.state.case_id, change.state.clone());
        self.events.push(change.event.clone());
        if let EventBody::DecisionMade { decision } = &change.event.body {
            self.decisions.insert(decision.decision_id, (**decision).clone());
        }
        if let EventBody::DecisionProposed { case_id, proposal } = &change.event.body {
            self.proposals.insert(proposal.decision_id, *case_id);
        }
    }

    fn take(&mut self, complaint: &Complaint, case_id: CaseId) {
        if let Some(stored) = self.complaints.get_mut(&complaint.complaint_id) {
            stored.case_id = Some(case_id);
            self.taken.insert((case_id, complaint.complaint_id));
        }
    }
}

#[async_trait]
impl CaseBoard for MemoryCases {
    async fn file(&self, change: &Change<Complaint>, snapshot: &Snapshot) -> Result<(), PortError> {
        self.faults.around(WHAT, || {
            let mut tables = locked(&self.tables);
            let complaint = &change.state;
            if tables.complaints.contains_key(&complaint.complaint_id) {
                return Ok(());
            }
            if tables.receipts.contains_key(&complaint.receipt) {
                return Err(PortError::refused(WHAT, "the receipt is another complaint's"));
            }
            tables.receipts.insert(complaint.receipt.clone(), complaint.complaint_id);
            tables.complaints.insert(complaint.complaint_id, complaint.clone());
            tables.rests.insert(complaint.complaint_id, LogHour::of(complaint.filed_at));
            tables.snapshots.insert(complaint.complaint_id, snapshot.clone());
            tables.events.push(change.event.clone());
            Ok(())
        })
    }

    async fn complaint(&self, complaint_id: ComplaintId) -> Result<Option<Complaint>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.tables).complaints.get(&complaint_id).cloned()))
    }

    async fn complaint_by_receipt(&self, receipt: &ReceiptDigest) -> Result<Option<Complaint>, PortError> {
        self.faults.around(WHAT, || {
            let tables = locked(&self.tables);
            Ok(tables.receipts.get(receipt).and_then(|id| tables.complaints.get(id)).cloned())
        })
    }

    async fn receipt_expired_at(&self, receipt: &ReceiptDigest) -> Result<Option<Timestamp>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.tables).gone.get(receipt).copied()))
    }

    async fn case(&self, case_id: CaseId) -> Result<Option<Case>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.tables).cases.get(&case_id).cloned()))
    }

    async fn open_about(&self, subject: &Subject) -> Result<Vec<CaseId>, PortError> {
        self.faults.around(WHAT, || {
            let tables = locked(&self.tables);
            let open =
                tables.cases.values().filter(|case| case.subject == *subject && case.state != CaseState::Decided);
            let mut ids: Vec<CaseId> = open.map(|case| case.case_id).collect();
            ids.sort_unstable();
            Ok(ids)
        })
    }

    async fn decision(&self, decision_id: DecisionId) -> Result<Option<Decision>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.tables).decisions.get(&decision_id).cloned()))
    }

    async fn proposed_in(&self, decision_id: DecisionId) -> Result<Option<CaseId>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.tables).proposals.get(&decision_id).copied()))
    }

    async fn case_about(&self, subject: &Subject, matter: &Matter) -> Result<Option<Case>, PortError> {
        self.faults.around(WHAT, || {
            let tables = locked(&self.tables);
            Ok(tables.about.get(&(*subject, matter.clone())).and_then(|id| tables.cases.get(id)).cloned())
        })
    }

    async fn open(&self, change: &Change<Case>, complaint: Option<&Complaint>) -> Result<(), SaveError> {
        self.faults.around(WHAT, || {
            let mut tables = locked(&self.tables);
            let case = &change.state;
            let place = (case.subject, case.matter.clone());
            tables.must_follow(case)?;
            complaint.map_or(Ok(()), |complaint| tables.must_be_free(complaint, case.case_id))?;
            if tables.about.contains_key(&place) {
                return Err(SaveError::VersionConflict);
            }
            tables.about.insert(place, case.case_id);
            tables.store(change, complaint);
            if let Some(complaint) = complaint {
                tables.take(complaint, case.case_id);
                tables.words.insert((case.case_id, complaint.words.clone()));
            }
            Ok(())
        })
    }

    async fn join(&self, change: &Change<Case>, complaint: &Complaint) -> Result<(), SaveError> {
        self.faults.around(WHAT, || {
            let mut tables = locked(&self.tables);
            tables.must_follow(&change.state)?;
            tables.must_be_free(complaint, change.state.case_id)?;
            tables.store(change, Some(complaint));
            tables.take(complaint, change.state.case_id);
            tables.words.insert((change.state.case_id, complaint.words.clone()));
            Ok(())
        })
    }

    async fn save(&self, change: &Change<Case>) -> Result<(), SaveError> {
        self.faults.around(WHAT, || {
            let mut tables = locked(&self.tables);
            tables.must_follow(&change.state)?;
            tables.store(change, None);
            Ok(())
        })
    }

    async fn list(
        &self,
        queue: &str,
        state: CaseState,
        order: CaseOrder,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<CasePage, ListError> {
        self.faults.around(WHAT, || {
            let place = format!("{queue}#{state:?}#{order:?}#");
            let at = |case: &Case| match order {
                CaseOrder::Due => case.due_at,
                CaseOrder::Priority => case.ranks_as_of(),
            };
            let mut cases: Vec<Case> = self.all_cases();
            cases.retain(|case| case.queue == queue && case.state == state);
            cases.sort_by_key(|case| (at(case), case.case_id.to_string()));
            if let Some(cursor) = cursor {
                let unknown = || ListError::CursorUnknown;
                let (after, case_id) =
                    cursor.strip_prefix(&place).and_then(|rest| rest.split_once('#')).ok_or_else(unknown)?;
                let after = (
                    after.parse().map_err(|_| unknown())?,
                    case_id.parse::<CaseId>().map_err(|_| unknown())?.to_string(),
                );
                cases.retain(|case| (at(case), case.case_id.to_string()) > after);
            }
            let more = cases.len() > limit;
            cases.truncate(limit);
            let next = cases.last().filter(|_| more).map(|last| format!("{place}{}#{}", at(last), last.case_id));
            Ok(CasePage { cases, next })
        })
    }
}

#[async_trait]
impl ReporterBook for MemoryCases {
    async fn reporter(&self, key: &ReporterKey) -> Result<Option<Reporter>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.tables).reporters.get(key).cloned()))
    }

    async fn save(&self, change: &Change<Reporter>) -> Result<(), SaveError> {
        self.faults.around(WHAT, || {
            let mut tables = locked(&self.tables);
            let key = &change.state.reporter_key;
            if tables.reporters.get(key).map_or(0, |stored| stored.version) + 1 != change.state.version {
                return Err(SaveError::VersionConflict);
            }
            tables.reporters.insert(key.clone(), change.state.clone());
            tables.events.push(change.event.clone());
            Ok(())
        })
    }

    async fn complaints_of(&self, key: &ReporterKey, limit: usize) -> Result<Vec<ComplaintId>, PortError> {
        self.faults.around(WHAT, || {
            let tables = locked(&self.tables);
            let mut ids: Vec<ComplaintId> = tables
                .complaints
                .values()
                .filter(|it| it.reporter.as_ref() == Some(key))
                .map(|it| it.complaint_id)
                .collect();
            ids.sort_unstable_by(|a, b| b.cmp(a));
            ids.truncate(limit);
            Ok(ids)
        })
    }
}

#[async_trait]
impl ComplaintShelf for MemoryCases {
    async fn snapshot(&self, complaint_id: ComplaintId) -> Result<Option<Snapshot>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.tables).snapshots.get(&complaint_id).cloned()))
    }

    async fn save(&self, change: &Change<Complaint>) -> Result<(), SaveError> {
        self.faults.around(WHAT, || {
            let mut tables = locked(&self.tables);
            let stored = tables.complaints.get_mut(&change.state.complaint_id).ok_or(SaveError::VersionConflict)?;
            if stored.version + 1 != change.state.version {
                return Err(SaveError::VersionConflict);
            }
            *stored = Complaint { case_id: stored.case_id, ..change.state.clone() };
            tables.events.push(change.event.clone());
            Ok(())
        })
    }

    async fn count_in(&self, complaint: &Complaint, case_id: CaseId, event: &Event) -> Result<(), SaveError> {
        self.faults.around(WHAT, || {
            let mut tables = locked(&self.tables);
            tables.must_be_free(complaint, case_id)?;
            if tables.complaints[&complaint.complaint_id].case_id.is_none() {
                tables.take(complaint, case_id);
                tables.events.push(event.clone());
            }
            Ok(())
        })
    }

    async fn how_many(&self, case_id: CaseId) -> Result<u64, PortError> {
        self.faults.around(WHAT, || {
            let tables = locked(&self.tables);
            Ok(tables.taken.iter().filter(|(case, _)| *case == case_id).count() as u64)
        })
    }

    async fn has_words(&self, case_id: CaseId, words: &WordsDigest) -> Result<bool, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.tables).words.contains(&(case_id, words.clone()))))
    }

    async fn of_case(
        &self,
        case_id: CaseId,
        limit: usize,
        after: Option<ComplaintId>,
    ) -> Result<ComplaintPage, PortError> {
        self.faults.around(WHAT, || {
            let tables = locked(&self.tables);
            let of_case =
                tables.taken.iter().filter(|(case, id)| *case == case_id && after.is_none_or(|after| *id > after));
            let ids: Vec<ComplaintId> = of_case.map(|(_, id)| *id).take(limit + 1).collect();
            let next = (ids.len() > limit).then(|| ids[limit - 1]);
            let complaints = ids.iter().take(limit).filter_map(|id| tables.complaints.get(id)).cloned().collect();
            Ok(ComplaintPage { complaints, next })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[async_trait]
    impl contract::Outbox for MemoryCases {
        async fn events_of(&self, owner: &str) -> Vec<Event> {
            self.events().into_iter().filter(|event| contract::owner_of(event) == owner).collect()
        }
    }

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        let twin = MemoryCases::default();
        contract::case_board(&twin, &twin).await;
        contract::complaint_shelf(&twin, &twin, &twin).await;
        contract::resting_complaints(&twin, &twin, &twin, &twin).await;
        contract::reporter_book(&twin, &twin, &twin).await;
    }
}
