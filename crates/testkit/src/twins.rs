use std::sync::{Arc, LazyLock};

use app::{
    backtesting::{BacktestDesk, Backtester, LastEngine},
    holding::{HoldDesk, ScopeReader},
    packaging::{PackageBuilder, PackageDesk},
    ports::{DeletionGate, RestingRows},
    reconciling::Reconciler,
    removed_content::RemovedContentDesk,
    retaining::{HoldCheck, RetentionSweeper, RowLooks, RowPlanner, RowSweeper},
};
use domain::{
    profile::Profile,
    resting::RowKind,
    retention::{RetentionPeriod, Stage},
};
use jiff::Timestamp;

use crate::{
    CountingChance, FakeIdentityProvider, Faults, FixedClock, MemoryAccounts, MemoryAssessments, MemoryBacktests,
    MemoryBreaker, MemoryCallers, MemoryCases, MemoryChallenges, MemoryComments, MemoryContentLog, MemoryControlFiles,
    MemoryDeadLetterBoxes, MemoryEngines, MemoryEvidence, MemoryFilings, MemoryHolds, MemoryIdempotency,
    MemoryIncidents, MemoryIndex, MemoryIntake, MemoryMedia, MemoryMediaNotes, MemoryPackages, MemoryPolicyDocuments,
    MemoryProtectedNames, MemoryPublications, MemoryQueues, MemoryReceipts, MemoryReconciliation, MemoryRecord,
    MemoryRemovedContent, MemoryReports, MemoryRulePacks, MemorySealLedger, MemorySeals, MemorySettings, MemoryVault,
    MemoryWatermark, RecordingDelivery, RecordingWebhook, TestSigner,
};

/// How long the record is kept. Read once: a period is judged over every day of four years.
static SIX_MONTHS: LazyLock<RetentionPeriod> = LazyLock::new(|| RetentionPeriod::parse("P6M", Stage::Prod).unwrap());

/// One of each twin, over one clock and one count of calls.
pub struct Twins {
    pub faults: Faults,
    pub clock: FixedClock,
    pub accounts: Arc<MemoryAccounts>,
    pub protected_names: Arc<MemoryProtectedNames>,
    pub publications: Arc<MemoryPublications>,
    pub comments: Arc<MemoryComments>,
    pub assessments: Arc<MemoryAssessments>,
    pub reports: Arc<MemoryReports>,
    pub breaker: Arc<MemoryBreaker>,
    pub callers: Arc<MemoryCallers>,
    pub cases: Arc<MemoryCases>,
    pub content_log: Arc<MemoryContentLog>,
    pub engines: Arc<MemoryEngines>,
    pub evidence: Arc<MemoryEvidence>,
    pub idempotency: Arc<MemoryIdempotency>,
    pub vault: Arc<MemoryVault>,
    pub index: Arc<MemoryIndex>,
    pub queues: Arc<MemoryQueues>,
    pub filings: Arc<MemoryFilings>,
    pub letter_boxes: Arc<MemoryDeadLetterBoxes>,
    pub provider: Arc<FakeIdentityProvider>,
    pub webhook: Arc<RecordingWebhook>,
    pub media: Arc<MemoryMedia>,
    pub media_notes: Arc<MemoryMediaNotes>,
    pub receipts: Arc<MemoryReceipts>,
    pub watermark: Arc<MemoryWatermark>,
    pub publications_mark: Arc<MemoryWatermark>,
    pub complaints_mark: Arc<MemoryWatermark>,
    pub seal_ledger: Arc<MemorySealLedger>,
    pub seals: Arc<MemorySeals>,
    pub seal_signer: Arc<TestSigner>,
    pub challenges: Arc<MemoryChallenges>,
    pub delivery: Arc<RecordingDelivery>,
    pub chance: Arc<CountingChance>,
    pub settings: Arc<MemorySettings>,
    pub policy_documents: Arc<MemoryPolicyDocuments>,
    pub control_files: Arc<MemoryControlFiles>,
    pub rule_packs: Arc<MemoryRulePacks>,
    pub removed: Arc<MemoryRemovedContent>,
    pub incidents: Arc<MemoryIncidents>,
    pub holds: Arc<MemoryHolds>,
    pub intake: Arc<MemoryIntake>,
    pub packages: Arc<MemoryPackages>,
    pub backtests: Arc<MemoryBacktests>,
    pub reconciliation: Arc<MemoryReconciliation>,
    pub reconciled: Arc<MemoryWatermark>,
}

impl Twins {
    /// What empties hours of the log, over the twins.
    #[must_use]
    pub fn sweeper(&self) -> RetentionSweeper {
        RetentionSweeper {
            objects: self.content_log.clone(),
            receipts: self.receipts.clone(),
            seals: self.seal_ledger.clone(),
            holds: self.hold_check(),
            held: self.holds.clone(),
        }
    }

    fn hold_check(&self) -> HoldCheck<dyn DeletionGate> {
        HoldCheck { holds: self.holds.clone(), principals: self.accounts.clone(), objects: self.content_log.clone() }
    }

    /// What names hours of rows, over the twins; the record is kept for six months.
    #[must_use]
    pub fn row_planner(&self, rows: RowKind) -> RowPlanner {
        RowPlanner {
            rows,
            watermark: self.row_mark(rows),
            queue: self.queues.clone(),
            settings: self.settings.clone(),
            clock: Arc::new(self.clock.clone()),
            record: *SIX_MONTHS,
        }
    }

    /// What ends rows, over the twins; the record is kept for six months.
    #[must_use]
    pub fn row_sweeper(&self, kind: RowKind) -> RowSweeper {
        let rows: Arc<dyn RestingRows> = match kind {
            RowKind::Publications => self.publications.clone(),
            RowKind::Complaints => self.cases.clone(),
        };
        RowSweeper {
            kind,
            rows,
            files: self.evidence.clone(),
            looks: Arc::new(RowLooks {
                board: self.cases.clone(),
                history: self.cases.clone(),
                settings: self.settings.clone(),
                record: *SIX_MONTHS,
                profile: Profile::cn_2017(),
            }),
            watermark: self.row_mark(kind),
            receipts: self.receipts.clone(),
            seals: self.seal_ledger.clone(),
            holds: self.hold_check(),
            queue: self.queues.clone(),
        }
    }

    fn row_mark(&self, rows: RowKind) -> Arc<MemoryWatermark> {
        match rows {
            RowKind::Publications => self.publications_mark.clone(),
            RowKind::Complaints => self.complaints_mark.clone(),
        }
    }

    /// What compares publications with the record, over the twins.
    #[must_use]
    pub fn reconciler(&self) -> Reconciler {
        Reconciler {
            accepted: self.publications.clone(),
            logged: self.reconciliation.clone(),
            shelf: self.publications.clone(),
            log: self.queues.clone(),
            book: self.reconciliation.clone(),
            mark: self.reconciled.clone(),
            clock: Arc::new(self.clock.clone()),
            margin: Reconciler::MARGIN,
        }
    }

    /// What a scope comes to, over the twins.
    #[must_use]
    pub fn scopes(&self) -> ScopeReader {
        ScopeReader {
            accounts: self.accounts.clone(),
            publications: self.publications.clone(),
            comments: self.comments.clone(),
            board: self.cases.clone(),
        }
    }

    /// Where holds are placed and released, over the twins.
    #[must_use]
    pub fn hold_desk(&self) -> HoldDesk {
        HoldDesk { holds: self.holds.clone(), scopes: Arc::new(self.scopes()), clock: Arc::new(self.clock.clone()) }
    }

    /// Where packages are ordered, over the twins.
    #[must_use]
    pub fn package_desk(&self) -> PackageDesk {
        PackageDesk {
            packages: self.packages.clone(),
            archive: self.packages.clone(),
            scopes: Arc::new(self.scopes()),
            clock: Arc::new(self.clock.clone()),
        }
    }

    /// What builds packages, over the twins.
    #[must_use]
    pub fn package_builder(&self) -> PackageBuilder {
        PackageBuilder {
            packages: self.packages.clone(),
            archive: self.packages.clone(),
            log: Arc::new(self.record()),
            media: self.media.clone(),
            signer: self.seal_signer.clone(),
            accounts: self.accounts.clone(),
            principals: self.accounts.clone(),
            vault: self.vault.clone(),
            activity: self.vault.clone(),
            clock: Arc::new(self.clock.clone()),
            period: RetentionPeriod::parse("P6M", Stage::Prod).unwrap(),
        }
    }

    /// Where backtests are ordered, over the twins.
    #[must_use]
    pub fn backtest_desk(&self) -> BacktestDesk {
        BacktestDesk {
            shelf: self.backtests.clone(),
            files: self.backtests.clone(),
            packs: self.rule_packs.clone(),
            settings: self.settings.clone(),
            clock: Arc::new(self.clock.clone()),
        }
    }

    /// What runs backtests, over the twins.
    #[must_use]
    pub fn backtester(&self) -> Backtester {
        Backtester {
            shelf: self.backtests.clone(),
            files: self.backtests.clone(),
            queue: self.queues.clone(),
            log: Arc::new(self.record()),
            packs: self.rule_packs.clone(),
            publications: self.publications.clone(),
            comments: self.comments.clone(),
            clock: Arc::new(self.clock.clone()),
            last: LastEngine::default(),
        }
    }

    /// The bucket of the content log, to read.
    #[must_use]
    pub fn record(&self) -> MemoryRecord {
        MemoryRecord { log: self.content_log.clone(), receipts: self.receipts.clone(), seals: self.seals.clone() }
    }

    /// What banks removals, over the twins.
    #[must_use]
    pub fn removed_content_desk(&self) -> RemovedContentDesk {
        RemovedContentDesk {
            notes: self.media_notes.clone(),
            shelf: self.removed.clone(),
            settled: self.removed.clone(),
            settings: self.settings.clone(),
            clock: Arc::new(self.clock.clone()),
        }
    }

    /// A world in which nothing has happened and it is `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        let (faults, clock) = (Faults::none(), FixedClock::at(now));
        let accounts = MemoryAccounts::new(faults.clone());
        Self {
            protected_names: Arc::new(MemoryProtectedNames::new(faults.clone())),
            challenges: Arc::new(MemoryChallenges::new(faults.clone(), accounts.clone())),
            delivery: Arc::new(RecordingDelivery::new(faults.clone())),
            chance: Arc::default(),
            accounts: Arc::new(accounts),
            publications: Arc::new(MemoryPublications::new(faults.clone())),
            comments: Arc::new(MemoryComments::new(faults.clone())),
            assessments: Arc::new(MemoryAssessments::new(faults.clone())),
            reports: Arc::new(MemoryReports::new(faults.clone())),
            breaker: Arc::new(MemoryBreaker::new(faults.clone())),
            callers: Arc::new(MemoryCallers::new(faults.clone())),
            cases: Arc::new(MemoryCases::new(faults.clone())),
            content_log: Arc::new(MemoryContentLog::new(faults.clone(), clock.clone())),
            engines: Arc::new(MemoryEngines::default()),
            evidence: Arc::new(MemoryEvidence::new(faults.clone())),
            idempotency: Arc::new(MemoryIdempotency::new(faults.clone())),
            vault: Arc::new(MemoryVault::new(faults.clone())),
            index: Arc::new(MemoryIndex::new(faults.clone())),
            queues: Arc::new(MemoryQueues::new(faults.clone())),
            filings: Arc::new(MemoryFilings::new(faults.clone())),
            letter_boxes: Arc::new(MemoryDeadLetterBoxes::new(faults.clone())),
            provider: Arc::new(FakeIdentityProvider::new(faults.clone())),
            media: Arc::new(MemoryMedia::new(faults.clone())),
            media_notes: Arc::new(MemoryMediaNotes::new(faults.clone())),
            webhook: Arc::new(RecordingWebhook::new(faults.clone())),
            receipts: Arc::new(MemoryReceipts::new(faults.clone())),
            watermark: Arc::new(MemoryWatermark::new(faults.clone())),
            publications_mark: Arc::new(MemoryWatermark::new(faults.clone())),
            complaints_mark: Arc::new(MemoryWatermark::new(faults.clone())),
            seal_ledger: Arc::new(MemorySealLedger::new(faults.clone())),
            seals: Arc::new(MemorySeals::new(faults.clone())),
            seal_signer: Arc::new(TestSigner::new(faults.clone())),
            settings: Arc::new(MemorySettings::new(faults.clone())),
            policy_documents: Arc::new(MemoryPolicyDocuments::new(faults.clone())),
            control_files: Arc::new(MemoryControlFiles::new(faults.clone())),
            rule_packs: Arc::new(MemoryRulePacks::new(faults.clone())),
            removed: Arc::new(MemoryRemovedContent::new(faults.clone())),
            incidents: Arc::new(MemoryIncidents::new(faults.clone())),
            holds: Arc::new(MemoryHolds::new(faults.clone())),
            intake: Arc::new(MemoryIntake::new(faults.clone())),
            packages: Arc::new(MemoryPackages::new(faults.clone())),
            backtests: Arc::new(MemoryBacktests::new(faults.clone())),
            reconciliation: Arc::new(MemoryReconciliation::new(faults.clone())),
            reconciled: Arc::new(MemoryWatermark::new(faults.clone())),
            clock,
            faults,
        }
    }
}
