use std::ops::RangeInclusive;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Finding;
use crate::{profile::Bilingual, qualification::QualificationKind};

/// A form that is open for an hour can be passed on; one of less than a minute is closed before it is filled in.
const FORM_MINUTES: RangeInclusive<u32> = 1..=60;

/// Who has not found the document in a month has none.
const UPLOAD_HOURS: RangeInclusive<u32> = 1..=720;

/// A small picture, and the most that a function of 512 MB takes into its memory with ease.
const EVIDENCE_KIB: RangeInclusive<u32> = 64..=20_480;

/// As of changed profiles.
const REVIEW_HOURS: RangeInclusive<u16> = 1..=720;

/// A licence is renewed within half a year.
const REMINDER_DAYS: RangeInclusive<u16> = 1..=180;

const MOST_KINDS: usize = 50;

/// A kind of professional qualification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfessionalKind {
    pub kind: QualificationKind,
    pub title: Bilingual,
}

/// Qualifications: what can be shown, and how it is looked at (R7.1, R8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QualificationRules {
    /// Beside the news licence, which the rules of news know by its name.
    pub professional_kinds: Vec<ProfessionalKind>,
    /// How long an upload form is open.
    pub form_minutes: u32,
    /// How long a registered qualification waits for its document.
    pub upload_hours: u32,
    /// The largest document.
    pub evidence_kib: u32,
    /// Within how many hours a person decides.
    pub review_hours: u16,
    /// How many days before its last day the platform is reminded of it.
    pub reminder_days: u16,
}

impl Default for QualificationRules {
    fn default() -> Self {
        let kind = |name: &str, zh: &str, en: &str| ProfessionalKind {
            kind: QualificationKind::new(name),
            title: Bilingual { zh: zh.to_owned(), en: en.to_owned() },
        };
        Self {
            // The fields that the revision of 2021 names.
            professional_kinds: vec![
                kind("finance", "财经", "Finance"),
                kind("education", "教育", "Education"),
                kind("health", "医疗卫生", "Health"),
                kind("law", "法律", "Law"),
            ],
            // Time to choose a file and send it over a slow line, and no longer than the role's own credentials last.
            form_minutes: 15,
            // Whoever has to look for the paper finds it within three days.
            upload_hours: 72,
            // A scan of some pages.
            evidence_kib: 10_240,
            // As of changed profiles.
            review_hours: 72,
            // The renewal of a news licence is to be asked for thirty days before its end.
            reminder_days: 30,
        }
    }
}

impl QualificationRules {
    #[must_use]
    pub fn knows(&self, kind: &str) -> bool {
        kind == QualificationKind::NEWS_LICENCE
            || self.professional_kinds.iter().any(|known| known.kind.as_str() == kind)
    }

    #[must_use]
    pub fn largest_evidence(&self) -> usize {
        usize::try_from(self.evidence_kib).unwrap_or(usize::MAX).saturating_mul(1024)
    }

    #[must_use]
    pub fn form_closes_at(&self, now: Timestamp) -> Timestamp {
        now.saturating_add(SignedDuration::from_mins(i64::from(self.form_minutes))).unwrap_or(Timestamp::MAX)
    }

    #[must_use]
    pub fn review_due_at(&self, now: Timestamp) -> Timestamp {
        now.saturating_add(SignedDuration::from_hours(i64::from(self.review_hours))).unwrap_or(Timestamp::MAX)
    }

    #[must_use]
    pub fn validate(&self) -> Vec<Finding> {
        let numbers = [
            Finding::within("form_minutes", self.form_minutes, &FORM_MINUTES),
            Finding::within("upload_hours", self.upload_hours, &UPLOAD_HOURS),
            Finding::within("evidence_kib", self.evidence_kib, &EVIDENCE_KIB),
            Finding::within("review_hours", self.review_hours, &REVIEW_HOURS),
            Finding::within("reminder_days", self.reminder_days, &REMINDER_DAYS),
        ];
        let mut findings: Vec<Finding> = numbers.into_iter().flatten().collect();
        if self.professional_kinds.len() > MOST_KINDS {
            findings.push(Finding::new("professional_kinds", "资质种类超过 50 种。", "There are more than 50 kinds."));
        }
        for (at, known) in self.professional_kinds.iter().enumerate() {
            let (path, name) = (format!("professional_kinds[{at}].kind"), known.kind.as_str());
            let is_twice = self.professional_kinds[..at].iter().any(|other| other.kind == known.kind);
            if !is_name(name) {
                findings.push(Finding::name(&path));
            } else if is_twice || name == QualificationKind::NEWS_LICENCE {
                findings.push(Finding::new(&path, "该种类已有定义。", "There is a kind of that name already."));
            }
            findings.extend(Finding::title(&format!("professional_kinds[{at}].title"), &known.title));
        }
        findings
    }
}

/// A name for programs.
pub(super) fn is_name(text: &str) -> bool {
    let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_';
    (1..=40).contains(&text.len()) && text.starts_with(|c: char| c.is_ascii_lowercase()) && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn paths(change: impl FnOnce(&mut Settings)) -> Vec<String> {
        let mut settings = Settings::default();
        change(&mut settings);
        settings.validate().into_iter().map(|finding| finding.path).collect()
    }

    #[test]
    fn what_makes_no_sense_is_found() {
        let rules = paths(|settings| {
            settings.qualifications.form_minutes = 0;
            settings.qualifications.reminder_days = 181;
            let known = settings.qualifications.professional_kinds[0].clone();
            settings.qualifications.professional_kinds.push(known);
            settings.qualifications.professional_kinds[1].kind = QualificationKind::new("Not A Name");
            settings.qualifications.professional_kinds[2].title.zh = " ".to_owned();
        });
        let kinds = ["[1].kind", "[2].title", "[4].kind"].map(|at| format!("qualifications.professional_kinds{at}"));
        let numbers = ["qualifications.form_minutes", "qualifications.reminder_days"].map(str::to_owned);
        // Education is no kind any more, and a label of it is of nothing.
        let labels = ["account_labels.rules[8].qualification".to_owned()];
        assert_eq!(rules, [&numbers[..], &kinds[..], &labels[..]].concat());
    }

    #[test]
    fn a_label_is_of_a_kind_that_is_known() {
        let rules = paths(|settings| {
            settings.account_labels.rules[0].label = "政务".to_owned();
            settings.account_labels.rules[6].qualification = Some(QualificationKind::new("astrology"));
        });
        assert_eq!(rules, ["account_labels.rules[0].label", "account_labels.rules[6].qualification"]);
    }
}
