use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use app::ports::{PortError, SaveError, SealIntake, SealLedger, SealShelf, SealSigner};
use async_trait::async_trait;
use aws_lc_rs::{
    encoding::AsDer,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use evidence::{
    entry::Entry,
    envelope::PublicKey,
    object::LogHour,
    seal::{self, Head},
};
use jiff::Timestamp;

use crate::{Faults, locked};

const LEDGER: &str = "seal ledger";

/// The ledger of seals in memory.
#[derive(Debug, Clone, Default)]
pub struct MemorySealLedger {
    faults: Faults,
    book: Arc<Mutex<Book>>,
}

#[derive(Debug, Default)]
struct Book {
    /// The hour with which it began, and the first that is open.
    hours: Option<(LogHour, LogHour)>,
    entered: BTreeMap<LogHour, BTreeMap<String, Entry>>,
    head: Option<Head>,
}

impl MemorySealLedger {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }
}

#[async_trait]
impl SealIntake for MemorySealLedger {
    async fn enter(&self, entries: &[Entry], now: Timestamp) -> Result<(), PortError> {
        self.faults.around(LEDGER, || {
            let mut book = locked(&self.book);
            let hour = LogHour::of(now);
            let (_, open) = *book.hours.get_or_insert((hour, hour));
            let page = book.entered.entry(hour.max(open)).or_default();
            page.extend(entries.iter().map(|entry| (entry.key.clone(), entry.clone())));
            Ok(())
        })
    }
}

#[async_trait]
impl SealLedger for MemorySealLedger {
    async fn begin(&self, hour: LogHour) -> Result<LogHour, PortError> {
        self.faults.around(LEDGER, || Ok(locked(&self.book).hours.get_or_insert((hour, hour)).0))
    }

    async fn close(&self, hour: LogHour) -> Result<(), PortError> {
        self.faults.around(LEDGER, || {
            if let Some((_, open)) = &mut locked(&self.book).hours {
                *open = hour.next().max(*open);
            }
            Ok(())
        })
    }

    async fn entries(&self, hour: LogHour) -> Result<Vec<Entry>, PortError> {
        self.faults.around(LEDGER, || {
            let book = locked(&self.book);
            Ok(book.entered.get(&hour).into_iter().flat_map(BTreeMap::values).cloned().collect())
        })
    }

    async fn head(&self) -> Result<Option<Head>, PortError> {
        self.faults.around(LEDGER, || Ok(locked(&self.book).head.clone()))
    }

    async fn advance(&self, to: &Head) -> Result<(), SaveError> {
        self.faults.around(LEDGER, || {
            let mut book = locked(&self.book);
            if book.head.as_ref().map_or(0, |head| head.number) + 1 != to.number {
                return Err(SaveError::VersionConflict);
            }
            book.head = Some(to.clone());
            Ok(())
        })
    }
}

/// Seals and keys in memory.
#[derive(Debug, Clone, Default)]
pub struct MemorySeals {
    faults: Faults,
    objects: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
}

impl MemorySeals {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// Everything below `seals/`.
    #[must_use]
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        locked(&self.objects).clone()
    }
}

#[async_trait]
impl SealShelf for MemorySeals {
    async fn put(&self, hour: LogHour, envelope: &[u8]) -> Result<Vec<u8>, PortError> {
        self.faults.around("seals", || {
            Ok(locked(&self.objects).entry(seal::key(hour)).or_insert_with(|| envelope.to_vec()).clone())
        })
    }

    async fn publish(&self, key: &PublicKey) -> Result<(), PortError> {
        self.faults.around("seals", || {
            locked(&self.objects).entry(key.object_key()).or_insert_with(|| key.to_pem().into_bytes());
            Ok(())
        })
    }
}

/// A key of its own, made anew for each.
pub struct TestSigner {
    faults: Faults,
    pair: EcdsaKeyPair,
}

impl TestSigner {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, pair: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap() }
    }
}

#[async_trait]
impl SealSigner for TestSigner {
    async fn public_key(&self) -> Result<PublicKey, PortError> {
        self.faults
            .around("seal key", || Ok(PublicKey::from_spki(self.pair.public_key().as_der().unwrap().as_ref().to_vec())))
    }

    async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, PortError> {
        let sign = || self.pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec();
        self.faults.around("seal key", || Ok(sign()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{contract, samples};

    #[tokio::test]
    async fn the_twins_keep_the_contract() {
        let ledger = MemorySealLedger::default();
        contract::seal_ledger(&ledger, &ledger, samples::NOON).await;
        contract::seal_shelf(&MemorySeals::default(), samples::NOON).await;
        contract::seal_signer(&TestSigner::new(Faults::none())).await;
    }
}
