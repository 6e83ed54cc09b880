//! What came of looking at a copy, for people and for programs.

use std::fmt::Write as _;

use serde::Serialize;

use crate::{
    chain::Sealed,
    finding::{Finding, Language},
};

/// What was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Log objects that are there and sealed.
    pub objects: u64,
    /// The records in them, as sealed.
    pub records: u64,
    /// The bytes of them, compressed.
    pub bytes: u64,
    /// Log objects that a sweep has deleted when their time had come, with a receipt. No fault.
    pub deleted_with_receipt: u64,
    pub deleted_records: u64,
    /// Publications and complaints whose rows a sweep has ended when their period was over, with a receipt. No fault.
    pub rows_ended: u64,
    /// Intents and receipts that are there.
    pub papers: u64,
    /// What was written after the last hour that has a seal. No fault.
    pub not_sealed_yet: u64,
}

/// The verdict with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    pub sound: bool,
    pub seals: u64,
    /// `2026-11-23T09`, in Asia/Shanghai.
    pub first_hour: Option<String>,
    pub last_hour: Option<String>,
    pub counts: Counts,
    pub findings: Vec<Finding>,
}

impl Report {
    pub(crate) fn of(sealed: &Sealed, counts: Counts, findings: Vec<Finding>) -> Self {
        let name = |hour: Option<evidence::object::LogHour>| hour.map(evidence::object::LogHour::name);
        let (first_hour, last_hour) = (name(sealed.first), name(sealed.last));
        Self { sound: findings.is_empty(), seals: sealed.seals, first_hour, last_hour, counts, findings }
    }

    /// The report for people.
    #[must_use]
    pub fn told(&self, language: Language) -> String {
        let words = Words::of(language);
        let mut told = String::new();
        let none = "–".to_owned();
        let (first, last) = (self.first_hour.as_ref().unwrap_or(&none), self.last_hour.as_ref().unwrap_or(&none));
        let counts = self.counts;
        let lines = [
            (words.seals, format!("{} ({first} … {last}, Asia/Shanghai)", self.seals)),
            (words.objects, format!("{} ({} {}, {} B)", counts.objects, counts.records, words.records, counts.bytes)),
            (words.deleted, format!("{} ({} {})", counts.deleted_with_receipt, counts.deleted_records, words.records)),
            (words.rows_ended, counts.rows_ended.to_string()),
            (words.unsealed, counts.not_sealed_yet.to_string()),
        ];
        for (name, value) in lines {
            let _ = writeln!(told, "{name}: {value}");
        }
        for finding in &self.findings {
            let _ = writeln!(told, "✗ {}: {}\n  {}", finding.kind.told(language), finding.place, finding.detail);
        }
        let verdict =
            if self.sound { words.sound.to_owned() } else { format!("{}: {}", words.unsound, self.findings.len()) };
        let _ = writeln!(told, "{verdict}");
        told
    }
}

struct Words {
    seals: &'static str,
    objects: &'static str,
    records: &'static str,
    deleted: &'static str,
    rows_ended: &'static str,
    unsealed: &'static str,
    sound: &'static str,
    unsound: &'static str,
}

impl Words {
    const fn of(language: Language) -> Self {
        match language {
            Language::En => Self {
                seals: "seals",
                objects: "log objects",
                records: "records",
                deleted: "deleted with a receipt",
                rows_ended: "publications and complaints ended with a receipt",
                unsealed: "not sealed yet",
                sound: "sound: the copy is what was sealed",
                unsound: "NOT SOUND, findings",
            },
            Language::Zh => Self {
                seals: "封存",
                objects: "日志对象",
                records: "条记录",
                deleted: "到期删除（有回执）",
                rows_ended: "到期删除的发布与举报（有回执）",
                unsealed: "尚未封存",
                sound: "完好：副本与封存一致",
                unsound: "不完好，发现问题",
            },
        }
    }
}
