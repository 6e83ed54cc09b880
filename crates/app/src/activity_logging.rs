//! What the platform tells of logins and other activity (R16.2): in batches, into the record, with every address sealed.

use std::sync::Arc;

use domain::{
    activity::{Activity, Connection},
    id::RecordId,
    personal::{Personal, Purpose},
};
use evidence::record::LogRecord;
use jiff::Timestamp;

use crate::{
    error::AppError,
    ports::{ActivityVault, AddressIndex, Clock, LogQueue, PortError},
};

/// Takes activities.
pub struct ActivityDesk {
    pub log: Arc<dyn LogQueue>,
    pub vault: Arc<dyn ActivityVault>,
    pub index: Arc<dyn AddressIndex>,
    pub clock: Arc<dyn Clock>,
}

impl ActivityDesk {
    /// Brings each of `items` on its way into the record, and answers item by item, in order. Told again, it is the same
    /// record. Whether the account exists is not asked: what happened is kept.
    ///
    /// # Errors
    /// When a port does not work; nothing is acknowledged then. An item that cannot have happened is an error in its own
    /// place.
    pub async fn record(&self, items: Vec<Activity>) -> Result<Vec<Result<RecordId, AppError>>, AppError> {
        let now = self.clock.now();
        let judged: Vec<_> = items.into_iter().map(|item| item.check(now).map(|()| item)).collect();
        let good: Vec<&Activity> = judged.iter().flatten().collect();
        let records = if good.is_empty() { Vec::new() } else { self.sealed(&good, now).await? };
        if !records.is_empty() {
            self.log.send(&records).await?;
        }
        let mut ids = records.iter().map(|record| record.record_id);
        let missing = || PortError::corrupt("activity", "fewer records than activities");
        judged
            .into_iter()
            .map(|item| match item {
                Ok(_) => Ok(Ok(ids.next().ok_or_else(missing)?)),
                Err(refusal) => Ok(Err(refusal.into())),
            })
            .collect()
    }

    async fn sealed(&self, activities: &[&Activity], now: Timestamp) -> Result<Vec<LogRecord>, AppError> {
        let connection = |activity: &&Activity| activity.connection.reveal(Purpose::Sealing).clone();
        let connections: Vec<Connection> = activities.iter().map(connection).collect();
        let addresses: Vec<_> = connections.iter().map(|it| Personal::new(it.address)).collect();
        let ids: Vec<RecordId> =
            activities.iter().map(|it| LogRecord::activity_id(it.account_id, &it.reference)).collect();
        let values = connections
            .iter()
            .zip(&ids)
            .map(|(connection, id)| Ok((id.to_string(), Personal::new(serde_json::to_string(connection)?))))
            .collect::<Result<Vec<_>, serde_json::Error>>()
            .map_err(|error| PortError::refused("activity", error.to_string()))?;
        let (sealed, keys) =
            futures::try_join!(self.vault.seal_all(now, &values), self.index.address_keys(&addresses))?;
        let records = activities
            .iter()
            .zip(sealed.iter().zip(&keys))
            .map(|(activity, (sealed, key))| LogRecord::of_activity(activity, key, sealed, now))
            .collect::<Result<Vec<_>, _>>();
        Ok(records.map_err(|error| PortError::refused("activity", error))?)
    }
}
