use std::sync::Arc;

use app::ports::{Clock, IncidentShelf, IncidentSource, PortError, SaveError};
use async_trait::async_trait;
use domain::{change::Change, incident::IncidentMode};
use jiff::SignedDuration;

use crate::{
    cached::Cached,
    failure::failed,
    later::DynamoDb,
    layout::{doc, key, put_event, put_first, put_next, row},
    transaction::{TransactionError, put, transact},
};

const WHAT: &str = "incident mode";
const PK: &str = "INCIDENT_MODE";

/// Incident mode in the operations table; [`IncidentSource`] reads it at most twice a minute.
#[derive(Debug)]
pub struct IncidentTable {
    client: DynamoDb,
    table: String,
    cached: Cached<IncidentMode>,
}

impl IncidentTable {
    pub(crate) fn new(client: DynamoDb, table: &str, (clock, fresh): (Arc<dyn Clock>, SignedDuration)) -> Self {
        Self { client, table: table.to_owned(), cached: Cached::new(clock, fresh) }
    }
}

#[async_trait]
impl IncidentSource for IncidentTable {
    async fn current(&self) -> Result<Arc<IncidentMode>, PortError> {
        self.cached.get(self.declared()).await
    }
}

#[async_trait]
impl IncidentShelf for IncidentTable {
    async fn declared(&self) -> Result<IncidentMode, PortError> {
        let key = key(PK, "CURRENT");
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        found.item.map(|item| doc(WHAT, item)).transpose().map(Option::unwrap_or_default)
    }

    async fn put(&self, change: &Change<IncidentMode>) -> Result<(), SaveError> {
        let version = change.state.version;
        let state = row(WHAT, key(PK, "CURRENT"), version, &change.state)?;
        let moved = if version == 1 { put_first(&self.table, state) } else { put_next(&self.table, state, version) };
        let writes = vec![put(moved), put(put_event(WHAT, &self.table, PK, &change.event)?)];
        transact(&self.client, WHAT, writes).await.map_err(|error| match error {
            TransactionError::Conditions(_) => SaveError::VersionConflict,
            TransactionError::Port(error) => error.into(),
        })
    }
}
