use app::ports::{ComplaintPage, ComplaintShelf, PortError, SaveError};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::{AttributeValue, Update};
use domain::{
    change::Change,
    complaint::{Complaint, Snapshot},
    id::{CaseId, ComplaintId},
};
use futures::future::try_join_all;
use serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value;

use crate::{
    Cases,
    cases::{SNAPSHOT, case_pk, complaint_pk, conflict},
    failure::failed,
    layout::{STATE, attribute, doc, key, number, put_event, text},
    transaction::{put, transact, update},
};

const WHAT: &str = "complaint shelf";

#[async_trait]
impl ComplaintShelf for Cases {
    async fn snapshot(&self, complaint_id: ComplaintId) -> Result<Option<Snapshot>, PortError> {
        self.row(key(complaint_pk(complaint_id), SNAPSHOT)).await?.map(|item| doc(WHAT, item)).transpose()
    }

    /// Field by field: triage writes another one of the same document.
    async fn save(&self, change: &Change<Complaint>) -> Result<(), SaveError> {
        let complaint = &change.state;
        let pk = complaint_pk(complaint.complaint_id);
        let files: AttributeValue =
            to_attribute_value(&complaint.files).map_err(|error| PortError::refused(WHAT, error))?;
        let saved = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key(&pk, STATE)))
            .update_expression("SET doc.files = :files, doc.version = :version, version = :version")
            .condition_expression("version = :before")
            .expression_attribute_values(":files", files)
            .expression_attribute_values(":version", number(complaint.version))
            .expression_attribute_values(":before", number(complaint.version - 1))
            .build();
        let writes = vec![
            update(saved.expect("table, key and expression are set")),
            put(put_event(WHAT, &self.table, &pk, &change.event)?),
        ];
        transact(&self.client, WHAT, writes).await.map_err(conflict)
    }

    async fn of_case(
        &self,
        case_id: CaseId,
        limit: usize,
        after: Option<ComplaintId>,
    ) -> Result<ComplaintPage, PortError> {
        let prefix = "COMPLAINT#";
        // One more than asked tells whether there is a next page.
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :case AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":case", text(case_pk(case_id)))
            .expression_attribute_values(":first", text(after.map_or(prefix.to_owned(), |id| format!("{prefix}{id}$"))))
            .expression_attribute_values(":last", text("COMPLAINT#~"))
            .consistent_read(true)
            .limit(i32::try_from(limit + 1).unwrap_or(i32::MAX));
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        let mut ids: Vec<ComplaintId> = Vec::new();
        for item in found.items() {
            let id = attribute(WHAT, item, "sk")?.trim_start_matches(prefix).parse();
            ids.push(id.map_err(|error| PortError::corrupt(WHAT, error))?);
        }
        let next = (ids.len() > limit).then(|| ids[limit - 1]);
        ids.truncate(limit);
        let complaints = try_join_all(ids.iter().map(|id| self.stored(complaint_pk(*id)))).await?;
        Ok(ComplaintPage { complaints: complaints.into_iter().flatten().collect(), next })
    }
}
