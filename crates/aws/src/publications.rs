use app::ports::{PortError, PublicationRecord, PublicationShelf, PutOutcome, SaveError};
use async_trait::async_trait;
use aws_sdk_dynamodb::{
    operation::put_item::PutItemError,
    types::{ReturnValuesOnConditionCheckFailure::AllOld, TransactWriteItem},
};
use domain::{change::Change, id::PublicationId};

use crate::{
    failure::failed,
    later::DynamoDb,
    layout::{Item, STATE, doc, key, put_event, put_first, put_next, row, state, text},
    transaction::{TransactionError, put, transact},
};

const WHAT: &str = "publication shelf";

const EDITION: &str = "EDITION#";

/// The publications table. A new publication is one conditional write: one write unit for each kilobyte, and no
/// transaction (which would cost twice that); what changes it later is written with its event.
#[derive(Debug, Clone)]
pub struct Publications {
    client: DynamoDb,
    table: String,
}

impl Publications {
    pub(crate) fn new(client: DynamoDb, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }

    async fn read(&self, key: Item) -> Result<Option<PublicationRecord>, PortError> {
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        found.item.map(|item| doc(WHAT, item)).transpose()
    }

    /// State and event of a change.
    fn writes(&self, change: &Change<PublicationRecord>) -> Result<Vec<TransactWriteItem>, PortError> {
        let publication = &change.state.publication;
        let pk = publication.publication_id.to_string();
        let item = state(WHAT, &pk, publication.version, &change.state)?;
        let event = put_event(WHAT, &self.table, &pk, &change.event)?;
        Ok(vec![put(put_next(&self.table, item, publication.version)), put(event)])
    }
}

fn edition_key(publication_id: PublicationId, edition: u64) -> Item {
    key(publication_id.to_string(), format!("{EDITION}{edition:010}"))
}

fn saved(outcome: Result<(), TransactionError>) -> Result<(), SaveError> {
    outcome.map_err(|error| match error {
        TransactionError::Conditions(_) => SaveError::VersionConflict,
        TransactionError::Port(error) => error.into(),
    })
}

#[async_trait]
impl PublicationShelf for Publications {
    /// A try of the SDK whose answer was lost and that took effect is answered by the next one as existing; the caller
    /// sees its own record come back.
    async fn put_new(&self, record: &PublicationRecord) -> Result<PutOutcome, PortError> {
        let publication = &record.publication;
        let item = state(WHAT, &publication.publication_id.to_string(), publication.version, record)?;
        let request = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(AllOld);
        let Err(error) = request.send().await else { return Ok(PutOutcome::Stored) };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(exists)) => {
                let item = exists.item().cloned();
                let item = item.ok_or_else(|| PortError::corrupt(WHAT, "no row beside a failed condition"))?;
                Ok(PutOutcome::Exists(Box::new(doc(WHAT, item)?)))
            }
            _ => Err(failed(WHAT, &error)),
        }
    }

    async fn save(&self, change: &Change<PublicationRecord>) -> Result<(), SaveError> {
        saved(transact(&self.client, WHAT, self.writes(change)?).await)
    }

    async fn save_edition(
        &self,
        change: &Change<PublicationRecord>,
        earlier: &PublicationRecord,
    ) -> Result<(), SaveError> {
        let mut writes = self.writes(change)?;
        let publication = &earlier.publication;
        let key = edition_key(publication.publication_id, publication.edition);
        // On condition that it is new: an edition never becomes another.
        writes.push(put(put_first(&self.table, row(WHAT, key, publication.version, earlier)?)));
        saved(transact(&self.client, WHAT, writes).await)
    }

    async fn edition(
        &self,
        publication_id: PublicationId,
        edition: u64,
    ) -> Result<Option<PublicationRecord>, PortError> {
        self.read(edition_key(publication_id, edition)).await
    }

    async fn editions(&self, publication_id: PublicationId, limit: usize) -> Result<Vec<PublicationRecord>, PortError> {
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :publication AND begins_with(sk, :edition)")
            .expression_attribute_values(":publication", text(publication_id.to_string()))
            .expression_attribute_values(":edition", text(EDITION))
            .scan_index_forward(false)
            .consistent_read(true)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX));
        // One page: what does not fit in a megabyte of it is further back than anybody looks here.
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        found.items.into_iter().flatten().map(|item| doc(WHAT, item)).collect()
    }

    async fn load(&self, publication_id: PublicationId) -> Result<Option<PublicationRecord>, PortError> {
        self.read(key(publication_id.to_string(), STATE)).await
    }
}
