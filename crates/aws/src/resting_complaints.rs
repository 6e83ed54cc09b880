use app::ports::{CaseHistory, Gone, PortError, RestingRow, RestingRows, RestingState};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::{Delete, Put};
use domain::{case::Case, complaint::Complaint, id::ComplaintId, subject::Subject};
use evidence::object::LogHour;
use futures::future::try_join_all;

use crate::{
    Cases,
    cases::{SNAPSHOT, case_pk, complaint_pk, receipt_key},
    layout::{STATE, doc, key, number, text},
    reporters::reporter_pk,
    resting::{RestingTable, memory, state_of, told},
    transaction::{TransactionError, delete, put, transact},
};

const WHAT: &str = "resting complaints";

fn id(text: &str) -> Result<ComplaintId, PortError> {
    text.parse().map_err(|error| PortError::refused(WHAT, error))
}

impl Cases {
    const fn rests(&self) -> RestingTable<'_> {
        RestingTable { client: &self.client, table: self.table.as_str() }
    }

    /// The state of the complaint goes on condition that it is as it was read.
    fn ended(&self, complaint: &Complaint) -> Delete {
        let ended = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(key(complaint_pk(complaint.complaint_id), STATE)))
            .expression_attribute_values(":version", number(complaint.version));
        let ended = match complaint.case_id {
            Some(case_id) => ended
                .condition_expression("version = :version AND doc.case_id = :case")
                .expression_attribute_values(":case", text(case_id.to_string())),
            None => ended.condition_expression("version = :version AND attribute_not_exists(doc.case_id)"),
        };
        ended.build().expect("table and key are set")
    }
}

/// A complaint is a partition, and three ways to it: from its receipt, its case and its reporter. State, snapshot and ways go in
/// one transaction, events after that.
#[async_trait]
impl RestingRows for Cases {
    async fn since(&self, hour: LogHour, limit: usize) -> Result<Vec<String>, PortError> {
        self.rests().since(hour, limit).await
    }

    async fn read(&self, name: &str) -> Result<Option<RestingRow>, PortError> {
        let rows = self.rests().partition(&complaint_pk(id(name)?)).await?;
        let Some(state) = state_of(&rows) else { return Ok(None) };
        let complaint: Complaint = doc(WHAT, state.clone())?;
        let (text, last) = told(&rows, complaint.filed_at)?;
        Ok(Some(RestingRow {
            id: name.to_owned(),
            version: complaint.version,
            rows: rows.len(),
            text,
            first: complaint.filed_at,
            last,
            state: RestingState::Complaint(Box::new(complaint)),
        }))
    }

    async fn put_off(&self, row: &RestingRow, hour: LogHour) -> Result<(), PortError> {
        let complaint_id = id(&row.id)?;
        self.rests().put_off(&complaint_pk(complaint_id), row.version, complaint_id.uuid(), hour).await
    }

    async fn end(&self, row: &RestingRow, gone: Gone) -> Result<bool, PortError> {
        let RestingState::Complaint(complaint) = &row.state else {
            return Err(PortError::refused(WHAT, "it is no complaint"));
        };
        let (pk, rests) = (complaint_pk(complaint.complaint_id), self.rests());
        let way = Put::builder().table_name(&self.table).set_item(Some(memory(receipt_key(&complaint.receipt), gone)));
        let mut writes = vec![
            delete(self.ended(complaint)),
            delete(rests.delete(key(&pk, SNAPSHOT))),
            put(way.build().expect("table and item are set")),
        ];
        if let Some(case_id) = complaint.case_id {
            writes.push(delete(rests.delete(key(case_pk(case_id), &pk))));
        }
        if let Some(reporter) = &complaint.reporter {
            writes.push(delete(rests.delete(key(reporter_pk(reporter), &pk))));
        }
        match transact(&self.client, WHAT, writes).await {
            Ok(()) => {}
            Err(TransactionError::Conditions(_)) => return Ok(false),
            Err(TransactionError::Port(error)) => return Err(error),
        }
        self.clear(&row.id).await?;
        Ok(true)
    }

    async fn clear(&self, name: &str) -> Result<(), PortError> {
        self.rests().clear(&complaint_pk(id(name)?)).await
    }
}

#[async_trait]
impl CaseHistory for Cases {
    async fn about(&self, subject: &Subject) -> Result<Vec<Case>, PortError> {
        use app::ports::CaseBoard as _;
        let ids = self.ids_about(subject).await?;
        let cases = try_join_all(ids.into_iter().map(|case_id| self.case(case_id))).await?;
        Ok(cases.into_iter().flatten().collect())
    }
}
