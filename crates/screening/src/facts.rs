//! What the platform knows beside the text. Conditions of rules read it by these names.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The facts of one submission; what is not known is empty or zero.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    pub content: ContentFacts,
    pub account: AccountFacts,
    pub time: TimeFacts,
    /// Of each part that is no words.
    pub media: Vec<MediaFacts>,
    /// What a classifier that is not ours says of the media.
    pub media_scores: MediaScores,
}

/// Scores of a classifier, by label.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaScores {
    /// Nobody was asked.
    #[default]
    None,
    /// There should have been some.
    Unavailable,
    Given(BTreeMap<String, f64>),
}

impl MediaScores {
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }

    /// Of two pictures together: the greater score of each label. What is missing of one is missing of both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unavailable, _) | (_, Self::Unavailable) => Self::Unavailable,
            (Self::None, scores) | (scores, Self::None) => scores,
            (Self::Given(mut scores), Self::Given(others)) => {
                for (label, score) in others {
                    let known = scores.entry(label).or_insert(score);
                    *known = known.max(score);
                }
                Self::Given(scores)
            }
        }
    }
}

/// Of a picture, sound or film.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MediaFacts {
    /// Which part, from 0.
    pub part: i64,
    /// `image`, `audio`, `video`.
    pub kind: String,
    /// Whether all of it could be looked at. Before that has been tried, a part is not among these.
    pub seen: bool,
    /// How many pictures of it were looked at.
    pub pictures: i64,
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
