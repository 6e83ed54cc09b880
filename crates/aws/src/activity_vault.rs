use std::sync::Arc;

use app::ports::{ActivityVault, PortError};
use async_trait::async_trait;
use domain::personal::{Personal, Purpose, Sealed};
use evidence::object::LogHour;
use jiff::Timestamp;
use tokio::sync::Mutex;

use crate::vault::{DataKey, KmsVault};

/// Whose the data keys are, in the encryption context that KMS writes into its audit trail: the owner of a value is bound
/// into its ciphertext.
const OWNER: &str = "activity";

/// Seals under the KMS sealing key, with a data key an hour for each process.
#[derive(Clone)]
pub struct KmsActivityVault {
    vault: KmsVault,
    held: Arc<Mutex<Option<HourKey>>>,
}

/// The data key of an hour.
#[derive(Clone)]
struct HourKey {
    hour: LogHour,
    key: Arc<DataKey>,
}

impl KmsActivityVault {
    pub(crate) fn new(vault: KmsVault) -> Self {
        Self { vault, held: Arc::default() }
    }

    async fn key_of(&self, hour: LogHour) -> Result<Arc<DataKey>, PortError> {
        let mut held = self.held.lock().await;
        if let Some(known) = held.as_ref().filter(|known| known.hour == hour) {
            return Ok(known.key.clone());
        }
        let key = Arc::new(self.vault.new_key(OWNER).await?);
        *held = Some(HourKey { hour, key: key.clone() });
        Ok(key)
    }
}

#[async_trait]
impl ActivityVault for KmsActivityVault {
    async fn seal_all(&self, now: Timestamp, values: &[(String, Personal<String>)]) -> Result<Vec<Sealed>, PortError> {
        let key = self.key_of(LogHour::of(now)).await?;
        values.iter().map(|(owner, clear)| key.seal(owner, clear)).collect()
    }

    async fn unseal(&self, owner: &str, sealed: &Sealed, _purpose: Purpose) -> Result<Personal<String>, PortError> {
        self.vault.open(OWNER, owner, sealed).await
    }
}
