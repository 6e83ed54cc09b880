use serde::Serialize;

/// One thing that is wrong with a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Below the pack's folder.
    pub file: String,
    /// From 1; of the field that `path` names, or of the nearest one around it that is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// The field, such as `rules[3].when`; empty where a line says it all.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path: String,
    pub zh: String,
    pub en: String,
}

impl Problem {
    pub(super) fn in_file(file: &str, line: usize, zh: &str, en: &str) -> Self {
        let line = Some(line);
        Self {
            file: file.to_owned(),
            line,
            column: line.map(|_| 1),
            path: String::new(),
            zh: zh.to_owned(),
            en: en.to_owned(),
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.file)?;
        for number in self.line.into_iter().chain(self.column) {
            write!(formatter, ":{number}")?;
        }
        if !self.path.is_empty() {
            write!(formatter, " {}", self.path)?;
        }
        write!(formatter, ": {} {}", self.en, self.zh)
    }
}

/// The most that one report tells: who has a hundred to mend has enough to do.
pub const MOST_PROBLEMS: usize = 100;

/// Everything that is wrong, the first hundred of it.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<Problem>);

impl Problems {
    pub(super) fn add(&mut self, problem: Problem) {
        if self.0.len() < MOST_PROBLEMS {
            self.0.push(problem);
        }
    }

    pub(super) fn are_enough(&self) -> bool {
        self.0.len() >= MOST_PROBLEMS
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn into_all(self) -> Vec<Problem> {
        self.0
    }
}
