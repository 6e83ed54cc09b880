use app::ports::{CaseBoard, CasePage, ListError, PortError, SaveError};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};
use domain::{
    case::{Case, CaseOrder, CaseState, Matter},
    change::Change,
    complaint::{Complaint, Snapshot, WordsDigest},
    decision::Decision,
    event::EventBody,
    id::{CaseId, ComplaintId, DecisionId},
    receipt::ReceiptDigest,
    subject::{Subject, SubjectType},
};
use evidence::object::LogHour;
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::{
    case_calendar::put_deadline,
    cursor::{Cursor, index_of, queue_pk, queue_sk},
    failure::failed,
    later::DynamoDb,
    layout::{Item, STATE, attribute, doc, key, put_event, put_first, put_next, state, text, with_doc},
    reporters::reporter_pk,
    resting::{gone_at, resting},
    transaction::{TransactionError, put, transact, update},
};

const WHAT: &str = "case board";

/// Beside the state of a complaint.
pub(crate) const SNAPSHOT: &str = "SNAPSHOT";

/// The cases table: complaints, cases, and the ways to them.
#[derive(Debug, Clone)]
pub struct Cases {
    pub(crate) client: DynamoDb,
    pub(crate) table: String,
}

pub(crate) fn case_pk(case_id: CaseId) -> String {
    format!("CASE#{case_id}")
}

pub(crate) fn complaint_pk(complaint_id: ComplaintId) -> String {
    format!("COMPLAINT#{complaint_id}")
}

/// Beside the case: words that complaints in it have.
pub(crate) fn words_sk(words: &WordsDigest) -> String {
    format!("WORDS#{}", words.as_str())
}

fn decision_pk(decision_id: DecisionId) -> String {
    format!("DECISION#{decision_id}")
}

fn proposal_key(decision_id: DecisionId) -> Item {
    key(decision_pk(decision_id), "PROPOSED")
}

pub(crate) fn receipt_key(receipt: &ReceiptDigest) -> Item {
    key(format!("RECEIPT#{}", receipt.as_str()), "COMPLAINT")
}

fn about_key(subject: &Subject, matter: &Matter) -> Item {
    key(format!("ABOUT#{}#{}", subject_name(subject), matter.key()), "CASE")
}

fn subject_pk(subject: &Subject) -> String {
    format!("SUBJECT#{}", subject_name(subject))
}

fn subject_name(subject: &Subject) -> String {
    let subject_type = match subject.subject_type() {
        SubjectType::Account => "account",
        SubjectType::Publication => "publication",
        SubjectType::Comment => "comment",
    };
    format!("{subject_type}#{}", subject.subject_id())
}

impl Cases {
    pub(crate) fn new(client: DynamoDb, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }

    pub(crate) async fn row(&self, key: Item) -> Result<Option<Item>, PortError> {
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        request.send().await.map(|found| found.item).map_err(|error| failed(WHAT, &error))
    }

    pub(crate) async fn stored<T: DeserializeOwned>(&self, pk: String) -> Result<Option<T>, PortError> {
        self.row(key(pk, STATE)).await?.map(|item| doc(WHAT, item)).transpose()
    }

    /// State and event of a case, what the event tells of, and when the case is to be looked at.
    pub(crate) fn writes(
        &self,
        change: &Change<Case>,
        joined: Option<&Complaint>,
    ) -> Result<Vec<TransactWriteItem>, PortError> {
        let case = &change.state;
        let pk = case_pk(case.case_id);
        let mut item = state(WHAT, &pk, case.version, case)?;
        item.insert("queue_pk".to_owned(), text(queue_pk(&case.queue, case.state)));
        item.insert("queue_sk".to_owned(), text(queue_sk(case.due_at, case.case_id)));
        item.insert("priority_sk".to_owned(), text(queue_sk(case.ranks_as_of(), case.case_id)));
        let row =
            if case.version == 1 { put_first(&self.table, item) } else { put_next(&self.table, item, case.version) };
        let mut writes = vec![put(row), put(put_event(WHAT, &self.table, &pk, &change.event)?)];
        if let EventBody::DecisionMade { decision } = &change.event.body {
            writes.push(put(put_first(&self.table, state(WHAT, &decision_pk(decision.decision_id), 1, decision)?)));
        }
        if let EventBody::DecisionProposed { case_id, proposal } = &change.event.body {
            let mut way = proposal_key(proposal.decision_id);
            way.insert("case_id".to_owned(), text(case_id.to_string()));
            writes.push(put(put_first(&self.table, way)));
        }
        let deadlines = case.deadlines_of(&change.event.body, joined);
        writes.extend(deadlines.into_iter().map(|due_at| put_deadline(&self.table, case.case_id, due_at)));
        Ok(writes)
    }

    /// The cases about `subject`, in the order of their identifiers. Strongly consistent.
    pub(crate) async fn ids_about(&self, subject: &Subject) -> Result<Vec<CaseId>, PortError> {
        let (mut ids, mut start) = (Vec::new(), None::<Item>);
        loop {
            let request = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :subject AND begins_with(sk, :case)")
                .expression_attribute_values(":subject", text(subject_pk(subject)))
                .expression_attribute_values(":case", text("CASE#"))
                .consistent_read(true)
                .set_exclusive_start_key(start);
            let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
            for item in found.items.into_iter().flatten() {
                let id = attribute(WHAT, &item, "sk")?.trim_start_matches("CASE#").parse();
                ids.push(id.map_err(|error| PortError::corrupt(WHAT, error))?);
            }
            start = found.last_evaluated_key;
            if start.is_none() {
                return Ok(ids);
            }
        }
    }

    /// Writes `case_id` on the complaint, unless another case has taken it, and the complaint into the list of the case.
    pub(crate) fn take(&self, complaint: &Complaint, case_id: CaseId) -> [TransactWriteItem; 3] {
        let taken = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key(complaint_pk(complaint.complaint_id), STATE)))
            .update_expression("SET doc.case_id = :case")
            .condition_expression("attribute_exists(pk) AND (attribute_not_exists(doc.case_id) OR doc.case_id = :case)")
            .expression_attribute_values(":case", text(case_id.to_string()))
            .build();
        let rows = [complaint_pk(complaint.complaint_id), words_sk(&complaint.words)].map(|sk| {
            let row = Put::builder().table_name(&self.table).set_item(Some(key(case_pk(case_id), sk))).build();
            put(row.expect("table and item are set"))
        });
        let [listed, words] = rows;
        [update(taken.expect("table, key and expression are set")), listed, words]
    }
}

pub(crate) fn conflict(error: TransactionError) -> SaveError {
    match error {
        TransactionError::Conditions(_) => SaveError::VersionConflict,
        TransactionError::Port(error) => error.into(),
    }
}

#[async_trait]
impl CaseBoard for Cases {
    async fn file(&self, change: &Change<Complaint>, snapshot: &Snapshot) -> Result<(), PortError> {
        let complaint = &change.state;
        let (pk, id) = (complaint_pk(complaint.complaint_id), complaint.complaint_id.to_string());
        let mut way = receipt_key(&complaint.receipt);
        way.insert("complaint_id".to_owned(), text(&id));
        let way = Put::builder()
            .table_name(&self.table)
            .set_item(Some(way))
            .condition_expression("attribute_not_exists(pk) OR complaint_id = :id")
            .expression_attribute_values(":id", text(id))
            .build();
        let row = state(WHAT, &pk, change.event.version, complaint)?;
        let hour = LogHour::of(complaint.filed_at);
        let row = resting(row, &complaint.complaint_id.to_string(), complaint.complaint_id.uuid(), hour);
        let mut writes = vec![
            put(put_first(&self.table, row)),
            put(put_event(WHAT, &self.table, &pk, &change.event)?),
            put(way.expect("table and item are set")),
            put(put_first(&self.table, with_doc(WHAT, key(&pk, SNAPSHOT), snapshot)?)),
        ];
        if let Some(reporter) = &complaint.reporter {
            let of_reporter = key(reporter_pk(reporter), &pk);
            let of_reporter = Put::builder().table_name(&self.table).set_item(Some(of_reporter)).build();
            writes.push(put(of_reporter.expect("table and item are set")));
        }
        match transact(&self.client, WHAT, writes).await {
            Ok(()) => Ok(()),
            // The complaint is there: an earlier try.
            Err(TransactionError::Conditions(positions)) if positions.contains(&0) => Ok(()),
            Err(TransactionError::Conditions(_)) => Err(PortError::refused(WHAT, "the receipt is another complaint's")),
            Err(TransactionError::Port(error)) => Err(error),
        }
    }

    async fn complaint(&self, complaint_id: ComplaintId) -> Result<Option<Complaint>, PortError> {
        self.stored(complaint_pk(complaint_id)).await
    }

    async fn complaint_by_receipt(&self, receipt: &ReceiptDigest) -> Result<Option<Complaint>, PortError> {
        let way = self.row(receipt_key(receipt)).await?.filter(|way| !way.contains_key("gone_at"));
        let Some(way) = way else { return Ok(None) };
        let id = attribute(WHAT, &way, "complaint_id")?.parse().map_err(|error| PortError::corrupt(WHAT, error))?;
        self.complaint(id).await
    }

    async fn receipt_expired_at(&self, receipt: &ReceiptDigest) -> Result<Option<Timestamp>, PortError> {
        self.row(receipt_key(receipt)).await?.as_ref().map_or(Ok(None), gone_at)
    }

    async fn case(&self, case_id: CaseId) -> Result<Option<Case>, PortError> {
        self.stored(case_pk(case_id)).await
    }

    async fn decision(&self, decision_id: DecisionId) -> Result<Option<Decision>, PortError> {
        self.stored(decision_pk(decision_id)).await
    }

    async fn proposed_in(&self, decision_id: DecisionId) -> Result<Option<CaseId>, PortError> {
        let Some(way) = self.row(proposal_key(decision_id)).await? else { return Ok(None) };
        let id = attribute(WHAT, &way, "case_id")?.parse().map_err(|error| PortError::corrupt(WHAT, error))?;
        Ok(Some(id))
    }

    async fn case_about(&self, subject: &Subject, matter: &Matter) -> Result<Option<Case>, PortError> {
        let Some(place) = self.row(about_key(subject, matter)).await? else { return Ok(None) };
        let id = attribute(WHAT, &place, "case_id")?.parse().map_err(|error| PortError::corrupt(WHAT, error))?;
        self.case(id).await
    }

    async fn open_about(&self, subject: &Subject) -> Result<Vec<CaseId>, PortError> {
        let mut open = Vec::new();
        for case_id in self.ids_about(subject).await? {
            if self.case(case_id).await?.is_some_and(|case| case.state != CaseState::Decided) {
                open.push(case_id);
            }
        }
        Ok(open)
    }

    async fn open(&self, change: &Change<Case>, complaint: Option<&Complaint>) -> Result<(), SaveError> {
        let case = &change.state;
        let mut place = about_key(&case.subject, &case.matter);
        place.insert("case_id".to_owned(), text(case.case_id.to_string()));
        let mut writes = self.writes(change, complaint)?;
        writes.push(put(put_first(&self.table, place)));
        writes.extend(complaint.into_iter().flat_map(|complaint| self.take(complaint, case.case_id)));
        let of_subject = key(subject_pk(&case.subject), format!("CASE#{}", case.case_id));
        let of_subject = Put::builder().table_name(&self.table).set_item(Some(of_subject)).build();
        writes.push(put(of_subject.expect("table and item are set")));
        transact(&self.client, WHAT, writes).await.map_err(conflict)
    }

    async fn join(&self, change: &Change<Case>, complaint: &Complaint) -> Result<(), SaveError> {
        let mut writes = self.writes(change, Some(complaint))?;
        writes.extend(self.take(complaint, change.state.case_id));
        transact(&self.client, WHAT, writes).await.map_err(conflict)
    }

    async fn save(&self, change: &Change<Case>) -> Result<(), SaveError> {
        transact(&self.client, WHAT, self.writes(change, None)?).await.map_err(conflict)
    }

    async fn list(
        &self,
        queue: &str,
        state: CaseState,
        order: CaseOrder,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<CasePage, ListError> {
        let cursor = cursor.map(|cursor| Cursor::decode(cursor, queue, state, order)).transpose();
        let mut start = cursor.map_err(|_| ListError::CursorUnknown)?.map(|cursor| cursor.key());
        let mut cases: Vec<Case> = Vec::new();
        // One more than asked tells whether there is a next page.
        while cases.len() <= limit {
            let request = self
                .client
                .query()
                .table_name(&self.table)
                .index_name(index_of(order).0)
                .key_condition_expression("queue_pk = :queue")
                .expression_attribute_values(":queue", text(queue_pk(queue, state)))
                .limit(i32::try_from(limit + 1 - cases.len()).unwrap_or(i32::MAX))
                .set_exclusive_start_key(start.take());
            let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
            for item in found.items.into_iter().flatten() {
                cases.push(doc(WHAT, item)?);
            }
            start = found.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        let more = cases.len() > limit;
        cases.truncate(limit);
        let next = cases.last().filter(|_| more).map(|last| Cursor::after(last, order).encode());
        Ok(CasePage { cases, next })
    }
}
