//! R11.1: the messages of one upload's files are taken at the same moment, by as many processes; they end with one pack in
//! force and a report that says so.

use std::sync::Arc;

use app::{
    control_files::ControlReport,
    ports::{
        ControlContent, ControlFile, ControlFiles, NewestVersion, PackArchive, PackForm, PortError, RulePackShelf,
        SaveError,
    },
    rule_packs::RulePackCompiler,
};
use async_trait::async_trait;
use domain::{
    change::Change,
    event::Event,
    rule_pack::{PublishedRulePack, RulePackRegister},
};
use testkit::{MemoryControlFiles, MemoryRulePacks, Twins, samples};
use tokio::task::yield_now;

use crate::rule_packs::uploaded;

/// Ports that let another process go first, before each call.
struct InTurn {
    files: Arc<MemoryControlFiles>,
    packs: Arc<MemoryRulePacks>,
}

#[async_trait]
impl ControlFiles for InTurn {
    async fn read(&self, key: &str, version_id: Option<&str>, most: usize) -> Result<ControlContent, PortError> {
        yield_now().await;
        self.files.read(key, version_id, most).await
    }

    async fn newest(&self, key: &str) -> Result<Option<NewestVersion>, PortError> {
        yield_now().await;
        self.files.newest(key).await
    }

    async fn answer(&self, report: &ControlReport) -> Result<(), PortError> {
        yield_now().await;
        self.files.answer(report).await
    }
}

#[async_trait]
impl RulePackShelf for InTurn {
    async fn register(&self) -> Result<RulePackRegister, PortError> {
        yield_now().await;
        self.packs.register().await
    }

    async fn published(&self, version: u32) -> Result<Option<PublishedRulePack>, PortError> {
        yield_now().await;
        self.packs.published(version).await
    }

    async fn history(&self, before: Option<u32>, limit: usize) -> Result<Vec<PublishedRulePack>, PortError> {
        self.packs.history(before, limit).await
    }

    async fn put(&self, change: &Change<RulePackRegister>, added: Option<&PublishedRulePack>) -> Result<(), SaveError> {
        yield_now().await;
        self.packs.put(change, added).await
    }

    async fn note_refusal(&self, upload: &str, event: &Event) -> Result<(), PortError> {
        yield_now().await;
        self.packs.note_refusal(upload, event).await
    }
}

#[async_trait]
impl PackArchive for InTurn {
    async fn keep(&self, sha256: &str, form: PackForm, bytes: Vec<u8>) -> Result<(), PortError> {
        yield_now().await;
        self.packs.keep(sha256, form, bytes).await
    }

    async fn fetch(&self, sha256: &str, form: PackForm) -> Result<Vec<u8>, PortError> {
        self.packs.fetch(sha256, form).await
    }
}

/// Takes the file after so many turns of the others.
async fn taken(twins: &Twins, file: &ControlFile, turns: usize) -> Option<ControlReport> {
    let ports = Arc::new(InTurn { files: twins.control_files.clone(), packs: twins.rule_packs.clone() });
    let compiler = RulePackCompiler {
        files: ports.clone(),
        shelf: ports.clone(),
        archive: ports,
        callers: twins.callers.clone(),
        clock: Arc::new(twins.clock.clone()),
    };
    for _ in 0..turns {
        yield_now().await;
    }
    compiler.take(file).await.unwrap()
}

/// Longer than the way of one file, so that each of its calls has been the one that the other came before.
const TURNS: usize = 24;

#[tokio::test]
async fn files_of_one_upload_that_are_judged_at_once_end_with_one_pack_and_one_good_report_r11_1() {
    for turns in 0..=TURNS {
        for bank_first in [false, true] {
            let twins = Twins::at(samples::NOON);
            let [bank, pack] = uploaded(&twins, "both", 1, "百家乐\n云笺雀\n");
            let (first, second) = if bank_first { (&bank, &pack) } else { (&pack, &bank) };
            let (first, second) = futures::join!(taken(&twins, first, 0), taken(&twins, second, turns));
            let answers: Vec<bool> = [first, second].into_iter().flatten().map(|report| report.accepted).collect();
            assert!(!answers.contains(&false), "{turns} {bank_first}: {answers:?}");
            let reports: Vec<_> = twins.control_files.reports().into_values().map(|report| report.accepted).collect();
            assert_eq!(reports, [true], "{turns} {bank_first}");
            let names: Vec<_> = twins.rule_packs.events().iter().map(|event| event.body.name()).collect();
            assert_eq!(names, ["rule_pack_published"], "{turns} {bank_first}");
        }
    }
}

#[tokio::test]
async fn a_bank_file_that_comes_while_the_pack_is_judged_leaves_no_refusal_behind_r11_1() {
    for turns in 0..=TURNS {
        let twins = Twins::at(samples::NOON);
        let bank = "百家乐\n云笺雀\n";
        let pack = twins.control_files.put("controls/rule-packs/late/rule-pack.yaml", crate::rule_packs::yaml(1, bank));
        let late = async {
            for _ in 0..turns {
                yield_now().await;
            }
            let file = twins.control_files.put("controls/rule-packs/late/banks/games.txt", bank);
            taken(&twins, &file, 0).await
        };
        let (_, answered) = futures::join!(taken(&twins, &pack, 0), late);
        assert!(answered.is_some_and(|report| report.accepted), "{turns}");
        let reports: Vec<_> = twins.control_files.reports().into_values().map(|report| report.accepted).collect();
        assert_eq!(reports, [true], "{turns}");
    }
}
