//! What the platform knows beside the text. Conditions of rules read it by these names.

use serde::{Deserialize, Serialize};

/// The facts of one submission; what is not known is empty or zero.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    pub content: ContentFacts,
    pub account: AccountFacts,
    pub time: TimeFacts,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContentFacts {
    /// `publication`, `comment`, `profile`.
    pub kind: String,
    /// `title`, `text`, `image`, `video`.
    pub parts: Vec<String>,
    /// Declared as news (R8).
    pub news: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountFacts {
    pub age_days: i64,
    pub verified: bool,
    pub strikes: i64,
    pub labels: Vec<String>,
    /// The kinds of the qualifications that are valid now, such as `news_licence` (R8).
    pub qualifications: Vec<String>,
    pub grade: String,
    pub credit_level: String,
}

/// In Asia/Shanghai, given by the caller.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TimeFacts {
    pub hour: i64,
    /// Monday is 1.
    pub weekday: i64,
}

/// Where a rule counts. A list that says nothing holds all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scope {
    pub kinds: Vec<String>,
    pub labels: Vec<String>,
    pub grades: Vec<String>,
    pub credit_levels: Vec<String>,
}

impl Scope {
    #[must_use]
    pub fn holds(&self, facts: &Facts) -> bool {
        let named = |list: &[String], name: &String| list.is_empty() || list.contains(name);
        named(&self.kinds, &facts.content.kind)
            && named(&self.grades, &facts.account.grade)
            && named(&self.credit_levels, &facts.account.credit_level)
            && (self.labels.is_empty() || facts.account.labels.iter().any(|label| self.labels.contains(label)))
    }
}
