use app::ports::{ComplaintPage, ComplaintShelf, PortError, SaveError};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::{AttributeValue, Select, Update};
use domain::{
    change::Change,
    complaint::{Complaint, Snapshot, WordsDigest},
    event::Event,
    id::{CaseId, ComplaintId},
};
use futures::future::try_join_all;
use serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value;

use crate::{
    Cases,
    cases::{SNAPSHOT, case_pk, complaint_pk, conflict, words_sk},
    failure::failed,
    layout::{STATE, attribute, doc, key, number, put_event, put_event_at, text},
    transaction::{TransactionError, put, transact, update},
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

    /// No row that two complaints share is written with a condition: a flood meets nobody.
    async fn count_in(&self, complaint: &Complaint, case_id: CaseId, event: &Event) -> Result<(), SaveError> {
        let place = key(complaint_pk(complaint.complaint_id), "EVENT#COUNTED");
        let mut writes = self.take(complaint, case_id).to_vec();
        writes.truncate(2); // the words of a flood are those of its beginning, or of nobody
        writes.push(put(put_event_at(WHAT, &self.table, place, event)?));
        match transact(&self.client, WHAT, writes).await {
            Ok(()) => Ok(()),
            // The event is there: an earlier try.
            Err(TransactionError::Conditions(positions)) if positions == [2] => Ok(()),
            Err(error) => Err(conflict(error)),
        }
    }

    async fn how_many(&self, case_id: CaseId) -> Result<u64, PortError> {
        let (mut count, mut start) = (0, None);
        loop {
            let request = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :case AND begins_with(sk, :complaint)")
                .expression_attribute_values(":case", text(case_pk(case_id)))
                .expression_attribute_values(":complaint", text("COMPLAINT#"))
                .select(Select::Count)
                .consistent_read(true)
                .set_exclusive_start_key(start);
            let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
            count += u64::try_from(found.count).unwrap_or_default();
            start = found.last_evaluated_key;
            if start.is_none() {
                return Ok(count);
            }
        }
    }

    async fn has_words(&self, case_id: CaseId, words: &WordsDigest) -> Result<bool, PortError> {
        Ok(self.row(key(case_pk(case_id), words_sk(words))).await?.is_some())
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
