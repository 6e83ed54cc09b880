use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use app::{
    ports::{PortError, RowReceipts, SweepReceipts, Watermark},
    retaining::{RowIntent, RowOrder, RowReceipt, SweepIntent, SweepOrder, SweepReceipt},
};
use async_trait::async_trait;
use domain::id::RunId;
use evidence::sweep::Paper;
use jiff::Timestamp;

use crate::{Faults, locked};

const RECEIPTS: &str = "sweep receipts";

/// Intents and receipts in memory, one of each for a run and an hour.
#[derive(Debug, Clone, Default)]
pub struct MemoryReceipts {
    faults: Faults,
    papers: Arc<Mutex<Papers>>,
}

type Name = (RunId, Timestamp);

#[derive(Debug, Default)]
struct Papers {
    intents: HashMap<Name, SweepIntent>,
    receipts: HashMap<Name, SweepReceipt>,
    row_intents: HashMap<RowName, RowIntent>,
    row_receipts: HashMap<RowName, RowReceipt>,
}

type RowName = (RunId, Timestamp, u32);

fn row_name(order: &RowOrder) -> RowName {
    (order.run_id, order.hour, order.step)
}

fn name(order: &SweepOrder) -> Name {
    (order.run_id, order.hour)
}

impl MemoryReceipts {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// The papers as they would be stored.
    #[must_use]
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let papers = locked(&self.papers);
        let intents = papers.intents.values().map(|paper| (paper.key(), paper.to_bytes().unwrap()));
        let receipts = papers.receipts.values().map(|paper| (paper.key(), paper.to_bytes().unwrap()));
        let row_intents = papers.row_intents.values().map(|paper| (paper.key(), paper.to_bytes().unwrap()));
        let row_receipts = papers.row_receipts.values().map(|paper| (paper.key(), paper.to_bytes().unwrap()));
        intents.chain(receipts).chain(row_intents).chain(row_receipts).collect()
    }

    /// Every receipt, by hour.
    #[must_use]
    pub fn all(&self) -> Vec<SweepReceipt> {
        let mut all: Vec<_> = locked(&self.papers).receipts.values().cloned().collect();
        all.sort_by_key(|receipt| (receipt.order.hour, receipt.order.run_id));
        all
    }

    /// Every receipt of rows, by hour.
    #[must_use]
    pub fn of_rows(&self) -> Vec<RowReceipt> {
        let mut all: Vec<_> = locked(&self.papers).row_receipts.values().cloned().collect();
        all.sort_by_key(|receipt| (receipt.order.rows, receipt.order.hour, receipt.order.step));
        all
    }
}

#[async_trait]
impl RowReceipts for MemoryReceipts {
    async fn row_intent(&self, order: &RowOrder) -> Result<Option<RowIntent>, PortError> {
        self.faults.around(RECEIPTS, || Ok(locked(&self.papers).row_intents.get(&row_name(order)).cloned()))
    }

    async fn put_row_intent(&self, intent: &RowIntent) -> Result<RowIntent, PortError> {
        self.faults.around(RECEIPTS, || {
            let mut papers = locked(&self.papers);
            Ok(papers.row_intents.entry(row_name(&intent.order)).or_insert_with(|| intent.clone()).clone())
        })
    }

    async fn row_receipt(&self, order: &RowOrder) -> Result<Option<RowReceipt>, PortError> {
        self.faults.around(RECEIPTS, || Ok(locked(&self.papers).row_receipts.get(&row_name(order)).cloned()))
    }

    async fn put_row_receipt(&self, receipt: &RowReceipt) -> Result<RowReceipt, PortError> {
        self.faults.around(RECEIPTS, || {
            let mut papers = locked(&self.papers);
            Ok(papers.row_receipts.entry(row_name(&receipt.order)).or_insert_with(|| receipt.clone()).clone())
        })
    }
}

#[async_trait]
impl SweepReceipts for MemoryReceipts {
    async fn intent(&self, order: &SweepOrder) -> Result<Option<SweepIntent>, PortError> {
        self.faults.around(RECEIPTS, || Ok(locked(&self.papers).intents.get(&name(order)).cloned()))
    }

    async fn put_intent(&self, intent: &SweepIntent) -> Result<SweepIntent, PortError> {
        self.faults.around(RECEIPTS, || {
            let mut papers = locked(&self.papers);
            Ok(papers.intents.entry(name(&intent.order)).or_insert_with(|| intent.clone()).clone())
        })
    }

    async fn receipt(&self, order: &SweepOrder) -> Result<Option<SweepReceipt>, PortError> {
        self.faults.around(RECEIPTS, || Ok(locked(&self.papers).receipts.get(&name(order)).cloned()))
    }

    async fn put_receipt(&self, receipt: &SweepReceipt) -> Result<SweepReceipt, PortError> {
        self.faults.around(RECEIPTS, || {
            let mut papers = locked(&self.papers);
            Ok(papers.receipts.entry(name(&receipt.order)).or_insert_with(|| receipt.clone()).clone())
        })
    }
}

/// The watermark in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryWatermark {
    faults: Faults,
    mark: Arc<Mutex<Option<Timestamp>>>,
}

impl MemoryWatermark {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }
}

#[async_trait]
impl Watermark for MemoryWatermark {
    async fn read(&self) -> Result<Option<Timestamp>, PortError> {
        self.faults.around("retention watermark", || Ok(*locked(&self.mark)))
    }

    async fn advance(&self, to: Timestamp) -> Result<(), PortError> {
        self.faults.around("retention watermark", || {
            let mut mark = locked(&self.mark);
            *mark = (*mark).max(Some(to));
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[tokio::test]
    async fn the_receipts_keep_the_contract() {
        contract::sweep_receipts(&MemoryReceipts::default(), crate::samples::NOON).await;
    }

    #[tokio::test]
    async fn the_watermark_keeps_the_contract() {
        contract::watermark(&MemoryWatermark::default()).await;
    }
}
