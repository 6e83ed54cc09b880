use std::collections::BTreeSet;
use std::time::Duration;

use app::ports::{LoggedPublications, PortError, ReconciliationBook};
use async_trait::async_trait;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use data_encoding::BASE64;
use domain::{event::Event, id::RecordId};
use evidence::object::{LogHour, LogObject};
use uuid::Uuid;

use crate::{
    failure::failed,
    later::DynamoDb,
    layout::{attribute, key, number, text},
};

const WHAT: &str = "reconciliation";

/// How many identifiers a row takes: 16 bytes each as base64, far below the 400 KB of a row.
const CHUNK: usize = 10_000;

/// How long they stay: an hour with a gap is looked at for a week.
const KEPT: Duration = Duration::from_secs(62 * 24 * 3600);

/// What was logged, and what became of comparing it, in the operations table.
#[derive(Debug, Clone)]
pub struct ReconciliationRows {
    client: DynamoDb,
    table: String,
}

fn page(hour: LogHour) -> String {
    format!("LOGGED#{}", hour.name())
}

impl ReconciliationRows {
    pub(crate) fn new(client: DynamoDb, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }
}

#[async_trait]
impl LoggedPublications for ReconciliationRows {
    async fn note(&self, object: &LogObject) -> Result<(), PortError> {
        let expires_at = object.hour.start().saturating_add(KEPT).unwrap_or(jiff::Timestamp::MAX);
        let name = object.key.rsplit('/').next().unwrap_or_default();
        for (part, ids) in object.publications.chunks(CHUNK).enumerate() {
            let bytes: Vec<u8> = ids.iter().flat_map(|id| id.uuid().into_bytes()).collect();
            let mut item = key(page(object.hour), format!("{name}#{part}"));
            item.insert("ids".to_owned(), text(BASE64.encode(&bytes)));
            item.insert("expires_at".to_owned(), number(expires_at.as_second()));
            let request = self.client.put_item().table_name(&self.table).set_item(Some(item));
            request.send().await.map_err(|error| failed(WHAT, &error))?;
        }
        Ok(())
    }

    async fn logged_in(&self, hour: LogHour) -> Result<BTreeSet<RecordId>, PortError> {
        let (mut ids, mut start) = (BTreeSet::new(), None);
        loop {
            let request = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", text(page(hour)))
                .consistent_read(true)
                .set_exclusive_start_key(start);
            let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
            for item in found.items.into_iter().flatten() {
                let bytes = BASE64.decode(attribute(WHAT, &item, "ids")?.as_bytes());
                let bytes = bytes.map_err(|error| PortError::corrupt(WHAT, error))?;
                let (whole, rest) = bytes.as_chunks::<16>();
                if !rest.is_empty() {
                    return Err(PortError::corrupt(WHAT, "part of an identifier"));
                }
                ids.extend(whole.iter().map(|bytes| RecordId::from_uuid(Uuid::from_bytes(*bytes))));
            }
            start = found.last_evaluated_key;
            if start.is_none() {
                return Ok(ids);
            }
        }
    }
}

#[async_trait]
impl ReconciliationBook for ReconciliationRows {
    async fn put(&self, event: &Event) -> Result<(), PortError> {
        let json = serde_json::to_string(event).map_err(|error| PortError::refused(WHAT, error))?;
        let mut item = key("RECONCILIATION", format!("EVENT#{:020}", event.version));
        item.insert("kind".to_owned(), text("event"));
        item.insert("event".to_owned(), text(json));
        let request = self.client.put_item().table_name(&self.table).set_item(Some(item));
        match request.condition_expression("attribute_not_exists(pk)").send().await {
            Ok(_) => Ok(()),
            // The same run, once more.
            Err(error)
                if matches!(error.as_service_error(), Some(PutItemError::ConditionalCheckFailedException(_))) =>
            {
                Ok(())
            }
            Err(error) => Err(failed(WHAT, &error)),
        }
    }
}
