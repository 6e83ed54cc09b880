use std::sync::Arc;

use app::ports::{Clock, PortError, SaveError, SettingsShelf, SettingsSource};
use async_trait::async_trait;
use domain::{change::Change, settings::Settings};
use jiff::SignedDuration;

use crate::{
    cached::Cached,
    failure::failed,
    later::DynamoDb,
    layout::{Item, doc, key, put_after, put_event, put_first, row, version_key},
    transaction::{TransactionError, put, transact},
};

const WHAT: &str = "settings";
const PK: &str = "SETTINGS";

/// The settings in the operations table; [`SettingsSource`] reads them at most twice a minute.
#[derive(Debug)]
pub struct SettingsTable {
    client: DynamoDb,
    table: String,
    cached: Cached<Settings>,
}

impl SettingsTable {
    pub(crate) fn new(client: DynamoDb, table: &str, (clock, fresh): (Arc<dyn Clock>, SignedDuration)) -> Self {
        Self { client, table: table.to_owned(), cached: Cached::new(clock, fresh) }
    }

    async fn read(&self, key: Item) -> Result<Option<Settings>, PortError> {
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        found.item.map(|item| doc(WHAT, item)).transpose()
    }

    async fn read_current(&self) -> Result<Settings, PortError> {
        Ok(self.read(key(PK, "CURRENT")).await?.unwrap_or_default())
    }
}

#[async_trait]
impl SettingsSource for SettingsTable {
    async fn current(&self) -> Result<Arc<Settings>, PortError> {
        self.cached.get(self.read_current()).await
    }
}

#[async_trait]
impl SettingsShelf for SettingsTable {
    async fn in_force(&self) -> Result<Settings, PortError> {
        self.read_current().await
    }

    async fn stored(&self, version: u32) -> Result<Option<Settings>, PortError> {
        let starter = || Some(Settings::default()).filter(|starter| starter.version == version);
        Ok(self.read(version_key(PK, version)).await?.or_else(starter))
    }

    async fn put(&self, change: &Change<Settings>, follows: u32) -> Result<(), SaveError> {
        let version = change.state.version;
        let current = row(WHAT, key(PK, "CURRENT"), version.into(), &change.state)?;
        // The starter document is in force where there is no row.
        let moved = if follows == Settings::default().version {
            put_first(&self.table, current)
        } else {
            put_after(&self.table, current, follows.into())
        };
        let kept = row(WHAT, version_key(PK, version), version.into(), &change.state)?;
        let event = put_event(WHAT, &self.table, PK, &change.event)?;
        let writes = vec![put(moved), put(put_first(&self.table, kept)), put(event)];
        transact(&self.client, WHAT, writes).await.map_err(|error| match error {
            TransactionError::Conditions(_) => SaveError::VersionConflict,
            TransactionError::Port(error) => error.into(),
        })
    }
}
