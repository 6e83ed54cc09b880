use domain::settings::Finding;
use serde::{Deserialize, Serialize};

/// The most problems of one report: who has a hundred to mend has enough to do.
const MOST: usize = 100;

/// A message is cut here: it may repeat what the file says, and a file may say anything.
const LONGEST: usize = 400;

/// The answer to a file that an operator put: an object `reports/<kind>/<file>.<etag>.json`. The same file is answered
/// with the same report, however often it is delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlReport {
    /// The folder below `controls/`, such as `settings`.
    pub kind: String,
    /// The key of the object that was put.
    pub file: String,
    /// Its content, as S3 names it.
    pub etag: String,
    pub accepted: bool,
    /// What the file says its version is, once that much of it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Everything that is wrong; empty when the file was accepted.
    pub problems: Vec<ControlProblem>,
}

/// One thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlProblem {
    /// Which file of several, below the folder of the one that is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Box<str>>,
    /// From 1; of the field that `path` names, or of the nearest one around it that is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// The field, such as `account_caps.individual`; empty for the file as a whole.
    pub path: String,
    pub zh: String,
    pub en: String,
}

impl ControlReport {
    /// The key of the report.
    #[must_use]
    pub fn key(&self) -> String {
        let file = self.file.strip_prefix("controls/").unwrap_or(&self.file);
        let file = file.strip_prefix(&self.kind).unwrap_or(file).trim_start_matches('/');
        // A key has 1 024 bytes at most, and the rest of this one needs fewer than two hundred.
        format!("reports/{}/{}.{}.json", shortened(&self.kind, 64), shortened(file, 512), self.etag)
    }

    /// In the order of the file, and no more than can be worked on.
    pub(crate) fn in_order(mut self) -> Self {
        self.problems.sort_by(|one, other| place_of(one).cmp(&place_of(other)));
        self.problems.truncate(MOST);
        self
    }
}

impl ControlProblem {
    /// One that has no place in the file.
    #[must_use]
    pub fn of_the_file(zh: &str, en: &str) -> Self {
        Self::at(None, "", zh, en)
    }

    /// `place` is line and column, from 1.
    #[must_use]
    pub fn at(place: Option<(usize, usize)>, path: &str, zh: &str, en: &str) -> Self {
        Self {
            file: None,
            line: place.map(|(line, _)| line),
            column: place.map(|(_, column)| column),
            path: shortened(path, LONGEST).to_owned(),
            zh: shortened(zh, LONGEST).to_owned(),
            en: shortened(en, LONGEST).to_owned(),
        }
    }

    /// The same, of one file among several.
    #[must_use]
    pub fn in_file(self, file: &str) -> Self {
        Self { file: Some(shortened(file, LONGEST).into()), ..self }
    }

    pub(crate) fn of(finding: &Finding, place: Option<(usize, usize)>) -> Self {
        Self::at(place, &finding.path, &finding.text.zh, &finding.text.en)
    }
}

fn place_of(problem: &ControlProblem) -> (Option<&str>, Option<usize>, Option<usize>) {
    (problem.file.as_deref(), problem.line, problem.column)
}

/// The beginning of `text`, at most so many bytes.
fn shortened(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(file: &str) -> ControlReport {
        let (kind, etag) = ("settings".to_owned(), "0123".to_owned());
        ControlReport { kind, file: file.to_owned(), etag, accepted: true, version: Some(2), problems: vec![] }
    }

    #[test]
    fn a_report_lies_beside_the_kind_and_names_the_content() {
        let key = report("controls/settings/2027/一月.yaml").key();
        assert_eq!(key, "reports/settings/2027/一月.yaml.0123.json");
    }

    #[test]
    fn the_key_of_a_report_fits_whatever_the_file_is_called() {
        let key = report(&format!("controls/settings/{}", "长".repeat(330))).key();
        assert!(key.len() < 700 && key.ends_with(".0123.json"), "{key}");
    }

    #[test]
    fn a_problem_does_not_repeat_a_long_text() {
        assert!(ControlProblem::at(None, "", &"长".repeat(1_000), "").zh.len() <= LONGEST);
    }
}
