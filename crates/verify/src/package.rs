//! Looks at an evidence package (R16.1): whether it is what was signed, and whether its records are from log objects that
//! were sealed.

use std::{
    collections::{BTreeMap, HashSet},
    fmt::Write as _,
};

use evidence::{
    digest::Digest,
    envelope::Envelope,
    object::{self, LogHour},
    package::{Doubt, MediaFile, MediaState, Package, PackageError, RECORDS, Source},
    seal,
};
use serde::Serialize;

use crate::{
    chain,
    finding::{Finding, Kind, Language},
    keyring::Trust,
    verify::{InputError, Scope},
};

/// The verdict on a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackageReport {
    pub sound: bool,
    pub package_id: String,
    pub legal_basis: String,
    pub approved_by: String,
    pub records: u64,
    /// Log objects that the records are from, and those of them that are in the package.
    pub sources: u64,
    pub enclosed: u64,
    /// Sources that were not sealed when the package was built. No fault.
    pub not_sealed_yet: u64,
    /// Log objects of the period that had been deleted. No fault.
    pub deleted: u64,
    /// Pictures, sounds and films in the package, and those that records name and that are not. No fault.
    pub media: u64,
    pub media_left_out: u64,
    pub seals: u64,
    pub findings: Vec<Finding>,
}

/// Looks at everything in the archive.
///
/// # Errors
/// When it cannot be looked at; what is wrong with it is in the report.
pub fn verify_package(archive: &[u8], trust: &Trust) -> Result<PackageReport, InputError> {
    if trust.named.is_empty() && trust.brought.is_empty() {
        return Err(InputError::NoTrust);
    }
    let unreadable = |error: PackageError| InputError::Package(error.to_string());
    let package = Package::read(archive).map_err(unreadable)?;
    let manifest = package.manifest().map_err(unreadable)?;
    let mut findings = Vec::new();
    let keys = trust.keys(&package.files, &mut findings)?;
    findings.extend(package.doubts(&keys).map_err(unreadable)?.into_iter().map(found));
    let scope = Scope { from: first_sealed(&package.files), ..Scope::default() };
    let sealed = chain::read(&package.files, &keys, &scope, &mut findings)?;
    let mut lines = HashSet::new();
    let (mut enclosed, mut not_sealed_yet) = (0, 0);
    for source in &manifest.sources {
        match &source.seal {
            None => not_sealed_yet += 1,
            Some(_) => agrees(source, &sealed, &mut findings),
        }
        let Some(bytes) = package.files.get(&source.key) else { continue };
        enclosed += 1;
        if Digest::of(bytes) != source.sha256 {
            findings.push(Finding::at(Kind::ObjectAltered, &source.key, format!("it was sealed as {}", source.sha256)));
        }
        lines.extend(
            object::lines(bytes).into_iter().flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()),
        );
    }
    for source in &manifest.deleted {
        agrees(source, &sealed, &mut findings);
    }
    let text = package.files.get(RECORDS).map(|bytes| String::from_utf8_lossy(bytes)).unwrap_or_default();
    let records = text.lines().count() as u64;
    if records != manifest.records {
        let detail = format!("{records} records are there, and {} were signed", manifest.records);
        findings.push(Finding::at(Kind::FileAltered, RECORDS, detail));
    }
    if enclosed > 0 && enclosed == manifest.sources.len() as u64 {
        let strange = text.lines().filter(|line| !lines.contains(*line)).count();
        if strange > 0 {
            findings.push(Finding::at(Kind::RecordUnfounded, RECORDS, format!("{strange} lines are in no source")));
        }
    }
    for file in &manifest.media {
        stands(file, &package, &text, &mut findings);
    }
    let media = manifest.media.iter().filter(|file| file.path.is_some()).count() as u64;
    findings.sort();
    Ok(PackageReport {
        sound: findings.is_empty(),
        package_id: manifest.package_id,
        legal_basis: manifest.legal_basis,
        approved_by: manifest.approved_by,
        records,
        sources: manifest.sources.len() as u64,
        enclosed,
        not_sealed_yet,
        deleted: manifest.deleted.len() as u64,
        media,
        media_left_out: manifest.media.len() as u64 - media,
        seals: sealed.seals,
        findings,
    })
}

/// The hour of the first seal in the package: its chain begins there.
fn first_sealed(files: &BTreeMap<String, Vec<u8>>) -> Option<LogHour> {
    let seals = files.range(seal::PREFIX.to_owned()..).filter(|(key, _)| !key.starts_with(seal::KEYS));
    let mut seals = seals.take_while(|(key, _)| key.starts_with(seal::PREFIX));
    let (_, bytes) = seals.next()?;
    Envelope::open(bytes).ok().map(|opened| LogHour::of(opened.seal.hour))
}

/// Whether a seal says the same of the object.
fn agrees(source: &Source, sealed: &chain::Sealed, findings: &mut Vec<Finding>) {
    match sealed.entries.get(&source.key) {
        Some(entry) if (entry.sha256, entry.size) == (source.sha256, source.size) => {}
        Some(_) => findings.push(Finding::at(Kind::ObjectTwice, &source.key, "the seal says another content")),
        None => findings.push(Finding::at(Kind::SourceUnsealed, &source.key, "no seal in the package speaks of it")),
    }
}

/// Whether a file is the one that its place names, and that a record names; its bytes are as they were signed.
fn stands(file: &MediaFile, package: &Package, records: &str, findings: &mut Vec<Finding>) {
    let Some(path) = &file.path else {
        if matches!(file.state, MediaState::Enclosed | MediaState::Unproven) {
            findings.push(Finding::at(Kind::FileMissing, &file.key, "it is said to be in the package"));
        }
        return;
    };
    // A file that is missing is found by its signature.
    let Some(bytes) = package.files.get(path) else { return };
    let hash = Digest::of(bytes).to_string();
    let named = file.named.as_ref().is_none_or(|named| named.eq_ignore_ascii_case(&hash) && records.contains(named));
    if !path.contains(&hash) || !named || !records.contains(&file.key) {
        findings.push(Finding::at(Kind::FileAltered, path, "no record names this file"));
    }
}

fn found(doubt: Doubt) -> Finding {
    use evidence::package::{MANIFEST, SIGNATURE};
    match doubt {
        Doubt::NotTrusted(key) => Finding::at(Kind::KeyNotTrusted, SIGNATURE, format!("it says to be signed by {key}")),
        Doubt::SignatureWrong(key) => {
            Finding::at(Kind::SignatureWrong, SIGNATURE, format!("it says to be signed by {key}"))
        }
        Doubt::OtherManifest => Finding::at(Kind::FileAltered, MANIFEST, "another one was signed"),
        Doubt::FileMissing(path) => Finding::at(Kind::FileMissing, path, "it was signed and is not there"),
        Doubt::FileAltered(path) => Finding::at(Kind::FileAltered, path, "it is not as it was signed"),
        Doubt::FileExtra(path) => Finding::at(Kind::FileExtra, path, "it was not signed"),
    }
}

impl PackageReport {
    /// The report for people.
    #[must_use]
    pub fn told(&self, language: Language) -> String {
        let zh = language == Language::Zh;
        let word = |zh_word: &'static str, en_word: &'static str| if zh { zh_word } else { en_word };
        let mut told = String::new();
        let lines = [
            (word("证据包", "package"), self.package_id.clone()),
            (word("法律依据", "legal basis"), self.legal_basis.clone()),
            (word("批准人", "approved by"), self.approved_by.clone()),
            (word("记录", "records"), self.records.to_string()),
            (word("来源日志对象", "source log objects"), self.sources.to_string()),
            (word("附带的日志对象", "enclosed log objects"), self.enclosed.to_string()),
            (word("尚未封存", "not sealed yet"), self.not_sealed_yet.to_string()),
            (word("到期删除", "deleted when their time was over"), self.deleted.to_string()),
            (word("媒体文件", "media"), self.media.to_string()),
            (word("未附的媒体文件", "media left out"), self.media_left_out.to_string()),
            (word("封存", "seals"), self.seals.to_string()),
        ];
        for (name, value) in lines {
            let _ = writeln!(told, "{name}: {value}");
        }
        for finding in &self.findings {
            let _ = writeln!(told, "✗ {}: {}\n  {}", finding.kind.told(language), finding.place, finding.detail);
        }
        let verdict = if self.sound {
            word("完好：证据包与签名一致", "sound: the package is what was signed").to_owned()
        } else {
            format!("{}: {}", word("不完好，发现问题", "NOT SOUND, findings"), self.findings.len())
        };
        let _ = writeln!(told, "{verdict}");
        told
    }
}
