use app::ports::{Gone, PortError, PublicationRecord, RestingRow, RestingRows, RestingState};
use async_trait::async_trait;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use domain::id::PublicationId;
use evidence::object::LogHour;

use crate::{
    Publications,
    failure::failed,
    layout::{STATE, doc, key, number},
    resting::{RestingTable, memory, state_of, told},
};

const WHAT: &str = "resting publications";

fn id(text: &str) -> Result<PublicationId, PortError> {
    text.parse().map_err(|error| PortError::refused(WHAT, error))
}

impl Publications {
    const fn rests(&self) -> RestingTable<'_> {
        RestingTable { client: &self.client, table: self.table.as_str() }
    }
}

/// A publication is a partition: its state, which is what ends it, and what lies beside that.
#[async_trait]
impl RestingRows for Publications {
    async fn since(&self, hour: LogHour, limit: usize) -> Result<Vec<String>, PortError> {
        self.rests().since(hour, limit).await
    }

    async fn read(&self, id: &str) -> Result<Option<RestingRow>, PortError> {
        let rows = self.rests().partition(id).await?;
        let Some(state) = state_of(&rows) else { return Ok(None) };
        let PublicationRecord { publication, .. } = doc(WHAT, state.clone())?;
        let first = publication.received_at;
        let (text, last) = told(&rows, first)?;
        Ok(Some(RestingRow {
            id: id.to_owned(),
            version: publication.version,
            rows: rows.len(),
            text,
            first,
            last: last.max(publication.edition_received_at()),
            state: RestingState::Publication(Box::new(publication)),
        }))
    }

    async fn put_off(&self, row: &RestingRow, hour: LogHour) -> Result<(), PortError> {
        self.rests().put_off(&row.id, row.version, id(&row.id)?.uuid(), hour).await
    }

    async fn end(&self, row: &RestingRow, gone: Gone) -> Result<bool, PortError> {
        let request = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(memory(key(&row.id, STATE), gone)))
            .condition_expression("version = :version")
            .expression_attribute_values(":version", number(row.version));
        if let Err(error) = request.send().await {
            return match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(failed(WHAT, &error)),
            };
        }
        self.clear(&row.id).await?;
        Ok(true)
    }

    async fn clear(&self, id: &str) -> Result<(), PortError> {
        self.rests().clear(id).await
    }
}
