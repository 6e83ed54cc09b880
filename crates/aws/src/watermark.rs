use app::ports::{PortError, Watermark};
use async_trait::async_trait;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use jiff::Timestamp;

use crate::{
    failure::failed,
    later::DynamoDb,
    layout::{Item, attribute, key, number},
};

const WHAT: &str = "retention watermark";

/// The mark in the operations table, in whole seconds: what lies between two is rounded back, never forward.
#[derive(Debug, Clone)]
pub struct RetentionWatermark {
    client: DynamoDb,
    table: String,
    of: &'static str,
}

impl RetentionWatermark {
    /// The mark of the work that is called so.
    pub(crate) fn new(client: DynamoDb, table: &str, of: &'static str) -> Self {
        Self { client, table: table.to_owned(), of }
    }

    fn mark_key(&self) -> Item {
        key(self.of, "WATERMARK")
    }
}

#[async_trait]
impl Watermark for RetentionWatermark {
    async fn read(&self) -> Result<Option<Timestamp>, PortError> {
        let request =
            self.client.get_item().table_name(&self.table).set_key(Some(self.mark_key())).consistent_read(true);
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        let Some(item) = found.item else { return Ok(None) };
        let second = attribute(WHAT, &item, "mark")?.parse().map_err(|_| PortError::corrupt(WHAT, "no number"))?;
        Timestamp::from_second(second).map(Some).map_err(|error| PortError::corrupt(WHAT, error))
    }

    async fn advance(&self, to: Timestamp) -> Result<(), PortError> {
        let second = to.as_second() - i64::from(to.subsec_nanosecond() < 0);
        let request = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(self.mark_key()))
            .update_expression("SET mark = :to")
            .condition_expression("attribute_not_exists(mark) OR mark < :to")
            .expression_attribute_values(":to", number(second));
        let Err(error) = request.send().await else { return Ok(()) };
        match error.as_service_error() {
            // It stands there or later already.
            Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(()),
            _ => Err(failed(WHAT, &error)),
        }
    }
}
