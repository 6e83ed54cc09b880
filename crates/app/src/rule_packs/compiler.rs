use std::{collections::BTreeMap, sync::Arc};

use data_encoding::HEXLOWER;
use domain::{
    event::{Event, EventBody},
    rule_pack::{PublishedRulePack, RulePackRef},
    settings::Finding,
};
use screening::{
    engine::Engine,
    source::{Checked, Hashes, LARGEST_BANK_FILE, LARGEST_YAML, Manifest, Problem, RULE_PACK},
};
use sha2::{Digest, Sha256};

use super::{source::bundled, upload::UploadedFile};
use crate::{
    control_files::{ControlProblem, ControlReport, actor_of, place},
    error::AppError,
    ports::{
        CallerRegister, Clock, ControlContent, ControlFile, ControlFiles, NewestVersion, PackArchive, PackForm,
        PortError, RulePackShelf, SaveError,
    },
};

/// How often a pack is judged anew because another one came first. Packs come from people, one at a time.
const TRIES: usize = 5;

/// Bank files of one pack. An honest pack has a dozen.
const MOST_FILES: usize = 200;

/// Of all bank files of one pack: a million terms of the greatest length that is usual take half of it. They are in memory
/// beside the pack that is made of them.
const MOST_BYTES: usize = 128 << 20;

/// Takes rule packs as operators upload them (R11.1).
pub struct RulePackCompiler {
    pub files: Arc<dyn ControlFiles>,
    pub shelf: Arc<dyn RulePackShelf>,
    pub archive: Arc<dyn PackArchive>,
    /// Events know those who put files as they know callers: by pseudonym.
    pub callers: Arc<dyn CallerRegister>,
    pub clock: Arc<dyn Clock>,
}

/// What became of an upload.
struct Judgement {
    /// Of the pack, with the SHA-256 of its `rule-pack.yaml`, where that could be read.
    pack: Option<(u32, String)>,
    /// Empty when it was published.
    problems: Vec<ControlProblem>,
}

/// What the operator wrote.
struct Source {
    yaml: Vec<u8>,
    files: BTreeMap<String, Vec<u8>>,
}

/// The bank files of a pack.
struct Banks {
    files: BTreeMap<String, Vec<u8>>,
    /// Each is there, with the content that the pack means.
    are_complete: bool,
}

impl RulePackCompiler {
    /// Judges the upload that the file belongs to, publishes the pack and puts it in force if it is good, and answers
    /// with the report. The files of an upload come in any order: `rule-pack.yaml` is answered at once, with what is
    /// missing where something is, and a bank file that makes the upload complete has it answered again. `None` for a
    /// file that asks for no answer: one that is gone, or that leaves the upload incomplete. Safe to call again after
    /// any failure: the same files come to the same report.
    ///
    /// # Errors
    /// When a port does not work. An upload that is wrong is no error but a report that says so.
    pub async fn take(&self, file: &ControlFile) -> Result<Option<ControlReport>, AppError> {
        let Some(uploaded) = UploadedFile::of(&file.key) else {
            let problem = ControlProblem::of_the_file(
                "规则包的文件应放在 controls/rule-packs/ 下的独立文件夹中。",
                "The files of a rule pack lie in a folder of their own below controls/rule-packs/.",
            );
            return self.answer(file, Judgement { pack: None, problems: vec![problem] }).await.map(Some);
        };
        if uploaded.is_rule_pack() {
            return self.judge(file, &uploaded, true).await;
        }
        let key = uploaded.beside(RULE_PACK);
        let Some(NewestVersion { version_id, etag }) = self.files.newest(&key).await? else { return Ok(None) };
        let pack = ControlFile { key, version_id, etag, put_by: file.put_by.clone() };
        self.judge(&pack, &uploaded, false).await
    }

    /// `file` is `rule-pack.yaml`. Where it was not the one that was put, it is answered only if the upload is complete.
    async fn judge(
        &self,
        file: &ControlFile,
        uploaded: &UploadedFile<'_>,
        answers_what_is_missing: bool,
    ) -> Result<Option<ControlReport>, AppError> {
        let yaml = match self.files.read(&file.key, file.version_id.as_deref(), LARGEST_YAML).await? {
            ControlContent::Bytes(yaml) => yaml,
            ControlContent::Gone => return Ok(None),
            ControlContent::TooLarge => {
                let problem = ControlProblem::of_the_file(
                    "文件超过 4 MiB，词条请放入词库文件。",
                    "The file is larger than 4 MiB: put terms into bank files.",
                );
                return self.answer(file, Judgement { pack: None, problems: vec![problem] }).await.map(Some);
            }
        };
        let manifest = match Manifest::read(&yaml) {
            Ok(manifest) => manifest,
            Err(_) if !answers_what_is_missing => return Ok(None),
            Err(problems) => {
                let problems = problems.into_iter().map(of_pack).collect();
                return self.answer(file, Judgement { pack: None, problems }).await.map(Some);
            }
        };
        let pack = (manifest.id_and_version().1, hex_of(&yaml));
        if self.is_published(&pack).await? {
            // The same upload again: it was put in force, and its hashes say that its files are the same.
            return self.answer(file, Judgement { pack: Some(pack), problems: Vec::new() }).await.map(Some);
        }
        let banks = self.banks(&manifest, uploaded).await?;
        if !banks.are_complete && !answers_what_is_missing {
            return Ok(None);
        }
        let problems = match manifest.check(&banks.files, Hashes::Required) {
            Ok(checked) => self.publish(file, Source { yaml, files: banks.files }, checked).await?,
            Err(problems) => problems.into_iter().map(of_pack).collect(),
        };
        self.answer(file, Judgement { pack: Some(pack), problems }).await.map(Some)
    }

    /// Whether this very source is published under this version: all files of an upload are judged at once, each by
    /// whoever got its message, and one of them publishes.
    async fn is_published(&self, (version, source_sha256): &(u32, String)) -> Result<bool, PortError> {
        let known = self.shelf.published(*version).await?;
        Ok(known.is_some_and(|known| known.source_sha256 == *source_sha256))
    }

    /// What is there of the files that the pack names. One that is too large, or one too many, counts as not there.
    async fn banks(&self, manifest: &Manifest, uploaded: &UploadedFile<'_>) -> Result<Banks, PortError> {
        let mut banks = Banks { files: BTreeMap::new(), are_complete: true };
        let mut left = MOST_BYTES;
        for (number, file) in manifest.files().into_iter().enumerate() {
            let content = if number < MOST_FILES && file.has_usable_name() {
                self.files.read(&uploaded.beside(&file.name), None, LARGEST_BANK_FILE.min(left)).await?
            } else {
                ControlContent::Gone
            };
            let ControlContent::Bytes(bytes) = content else {
                banks.are_complete = false;
                continue;
            };
            left -= bytes.len();
            let is_meant = file.sha256.as_ref().is_some_and(|says| says.eq_ignore_ascii_case(&hex_of(&bytes)));
            banks.are_complete &= is_meant;
            banks.files.insert(file.name.clone(), bytes);
        }
        Ok(banks)
    }

    /// Keeps the pack under its hash, and then names it as the one in force. What is wrong beside what was published
    /// before comes back.
    async fn publish(
        &self,
        file: &ControlFile,
        source: Source,
        checked: Checked,
    ) -> Result<Vec<ControlProblem>, AppError> {
        let Checked { pack, engine } = checked;
        let unusable = |error| PortError::corrupt("the compiled pack", error);
        let compiled = pack.artefact(&engine).map_err(unusable)?;
        // What no process could load is found out here and not there.
        Engine::load(&compiled).map_err(unusable)?;
        let (bundle, source_sha256) = (bundled(&source.yaml, &source.files), hex_of(&source.yaml));
        let (sha256, terms) = (hex_of(&compiled), pack.count_of_terms());
        let published_by = actor_of(&*self.callers, &file.put_by).await?;
        let mut published = PublishedRulePack {
            pack: RulePackRef { pack_id: pack.id, pack_version: pack.version, sha256 },
            source_sha256,
            rules: pack.rules.len(),
            terms,
            bytes: compiled.len(),
            published_at: self.clock.now(),
            published_by,
        };
        let version = published.pack.pack_version;
        let mut is_kept = false;
        for _ in 0..TRIES {
            let register = self.shelf.register().await?;
            published.published_at = self.clock.now();
            let change = match register.publish(&published) {
                Ok(change) => change,
                Err(finding) => return Ok(vec![of_version(&source.yaml, &finding)]),
            };
            if !is_kept {
                // Before the register that names it, so that no process looks for what is not there.
                let sha256 = &published.pack.sha256;
                self.archive.keep(sha256, PackForm::Source, bundle.clone()).await?;
                self.archive.keep(sha256, PackForm::Compiled, compiled.clone()).await?;
                is_kept = true;
            }
            match self.shelf.put(&change, Some(&published)).await {
                Ok(()) => return Ok(Vec::new()),
                Err(SaveError::VersionConflict) => {
                    // An answer that was lost, or another file of this upload came first: the pack in force is this one.
                    if self.is_published(&(version, published.source_sha256.clone())).await? {
                        return Ok(Vec::new());
                    }
                }
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected: version.into() })
    }

    /// Reports the judgement. A problem is none where the same upload is published by now: whoever judged another of its
    /// files saw it complete. It is asked for again behind the report, because the other one may have reported in between,
    /// and its word is the last.
    async fn answer(&self, file: &ControlFile, judgement: Judgement) -> Result<ControlReport, AppError> {
        let Judgement { pack, mut problems } = judgement;
        if let (Some(pack), false) = (&pack, problems.is_empty()) {
            if self.is_published(pack).await? {
                problems.clear();
            } else {
                let refused = self.report(file, Some(pack.0), problems).await?;
                if !self.is_published(pack).await? {
                    return Ok(refused);
                }
                problems = Vec::new();
            }
        }
        self.report(file, pack.map(|(version, _)| version), problems).await
    }

    async fn report(
        &self,
        file: &ControlFile,
        version: Option<u32>,
        problems: Vec<ControlProblem>,
    ) -> Result<ControlReport, AppError> {
        if !problems.is_empty() {
            let body = EventBody::RulePackRefused { etag: file.etag.clone(), problems: problems.len() };
            let version = self.shelf.register().await?.version;
            let actor = actor_of(&*self.callers, &file.put_by).await?;
            let event = Event::new(version, actor, body, self.clock.now());
            self.shelf.note_refusal(&hex_of(format!("{}\n{}", file.key, file.etag).as_bytes()), &event).await?;
        }
        let report = ControlReport {
            kind: "rule-packs".to_owned(),
            file: file.key.clone(),
            etag: file.etag.clone(),
            accepted: problems.is_empty(),
            version,
            problems,
        };
        let report = report.in_order();
        self.files.answer(&report).await?;
        Ok(report)
    }
}

fn of_pack(problem: Problem) -> ControlProblem {
    let Problem { file, line, column, path, zh, en } = problem;
    ControlProblem { line, column, ..ControlProblem::at(None, &path, &zh, &en) }.in_file(&file)
}

fn of_version(yaml: &[u8], finding: &Finding) -> ControlProblem {
    let place = std::str::from_utf8(yaml).ok().and_then(|text| place(text, &finding.path));
    ControlProblem::of(finding, place).in_file(RULE_PACK)
}

fn hex_of(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}
