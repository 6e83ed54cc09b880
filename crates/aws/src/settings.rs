use std::sync::Arc;

use app::ports::{Clock, PortError, SettingsSource};
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use domain::settings::Settings;

use crate::{
    cached::Cached,
    failure::failed,
    layout::{doc, key},
};

const WHAT: &str = "settings";
const PK: &str = "SETTINGS";

/// The settings in the operations table, read at most twice a minute.
#[derive(Debug)]
pub struct SettingsTable {
    client: Client,
    table: String,
    cached: Cached<Settings>,
}

impl SettingsTable {
    pub(crate) fn new(client: Client, table: &str, clock: Arc<dyn Clock>) -> Self {
        Self { client, table: table.to_owned(), cached: Cached::new(clock) }
    }

    async fn read(&self) -> Result<Settings, PortError> {
        let request =
            self.client.get_item().table_name(&self.table).set_key(Some(key(PK, "CURRENT"))).consistent_read(true);
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        found.item.map_or_else(|| Ok(Settings::default()), |item| doc(WHAT, item))
    }
}

#[async_trait]
impl SettingsSource for SettingsTable {
    async fn current(&self) -> Result<Arc<Settings>, PortError> {
        self.cached.get(self.read()).await
    }
}
