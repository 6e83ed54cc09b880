use app::ports::{PortError, PublicationRecord, PublicationShelf, PutOutcome, SaveError};
use async_trait::async_trait;
use aws_sdk_dynamodb::{Client, operation::put_item::PutItemError, types::ReturnValuesOnConditionCheckFailure::AllOld};
use domain::{change::Change, id::PublicationId};

use crate::{
    failure::failed,
    layout::{STATE, doc, key, put_event, put_next, state},
    transaction::{TransactionError, put, transact},
};

const WHAT: &str = "publication shelf";

/// The publications table. A new publication is one conditional write: one write unit for each kilobyte, and no
/// transaction (which would cost twice that); what changes it later is written with its event.
#[derive(Debug, Clone)]
pub struct Publications {
    client: Client,
    table: String,
}

impl Publications {
    pub(crate) fn new(client: Client, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }
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
        let publication = &change.state.publication;
        let pk = publication.publication_id.to_string();
        let item = state(WHAT, &pk, publication.version, &change.state)?;
        let writes = vec![
            put(put_next(&self.table, item, publication.version)),
            put(put_event(WHAT, &self.table, &pk, &change.event)?),
        ];
        transact(&self.client, WHAT, writes).await.map_err(|error| match error {
            TransactionError::Conditions(_) => SaveError::VersionConflict,
            TransactionError::Port(error) => error.into(),
        })
    }

    async fn load(&self, publication_id: PublicationId) -> Result<Option<PublicationRecord>, PortError> {
        let key = key(publication_id.to_string(), STATE);
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        found.item.map(|item| doc(WHAT, item)).transpose()
    }
}
