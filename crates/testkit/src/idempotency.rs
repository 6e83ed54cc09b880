use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use app::ports::{Begin, IdempotencyKey, IdempotencyLedger, Lease, PortError, StoredAnswer};
use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use crate::{Faults, locked};

const WHAT: &str = "idempotency ledger";

/// Begun and done writes in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryIdempotency {
    faults: Faults,
    entries: Arc<Mutex<HashMap<IdempotencyKey, Entry>>>,
}

#[derive(Debug)]
struct Entry {
    payload_hash: String,
    operation_id: Uuid,
    lease_until: Option<Timestamp>,
    expires_at: Timestamp,
    answer: Option<StoredAnswer>,
}

impl MemoryIdempotency {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }
}

#[async_trait]
impl IdempotencyLedger for MemoryIdempotency {
    async fn begin(
        &self,
        key: &IdempotencyKey,
        payload_hash: &str,
        operation_id: Uuid,
        lease: Lease,
    ) -> Result<Begin, PortError> {
        self.faults.around(WHAT, || {
            let mut entries = locked(&self.entries);
            if entries.get(key).is_some_and(|entry| entry.expires_at <= lease.now) {
                entries.remove(key);
            }
            let Some(entry) = entries.get_mut(key) else {
                let payload_hash = payload_hash.to_owned();
                let (lease_until, expires_at) = (Some(lease.until), lease.expires_at);
                let entry = Entry { payload_hash, operation_id, lease_until, expires_at, answer: None };
                entries.insert(key.clone(), entry);
                return Ok(Begin::Fresh { operation_id });
            };
            if entry.payload_hash != payload_hash {
                return Ok(Begin::OtherPayload);
            }
            if let Some(answer) = &entry.answer {
                return Ok(Begin::Done(answer.clone()));
            }
            if entry.lease_until.is_some_and(|until| lease.now < until) {
                return Ok(Begin::InProgress);
            }
            entry.lease_until = Some(lease.until);
            Ok(Begin::Fresh { operation_id: entry.operation_id })
        })
    }

    async fn complete(&self, key: &IdempotencyKey, answer: &StoredAnswer) -> Result<(), PortError> {
        self.faults.around(WHAT, || {
            let mut entries = locked(&self.entries);
            let entry = entries.get_mut(key).ok_or_else(|| PortError::refused(WHAT, "the write has not begun"))?;
            entry.answer.get_or_insert_with(|| answer.clone());
            Ok(())
        })
    }

    async fn release(&self, key: &IdempotencyKey) -> Result<(), PortError> {
        self.faults.around(WHAT, || {
            if let Some(entry) = locked(&self.entries).get_mut(key) {
                entry.lease_until = None;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        crate::contract::idempotency_ledger(&super::MemoryIdempotency::default(), crate::samples::NOON).await;
    }
}
