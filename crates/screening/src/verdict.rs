//! What the engine answers.

use serde::{Deserialize, Serialize};

/// What is to be done, mildest first; the strongest effect of all findings wins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Shown.
    #[default]
    Pass,
    /// Shown, and looked at by a person.
    Review,
    /// Not shown until a person has looked.
    Hold,
    /// Refused.
    Reject,
}

/// The engine's answer. The same texts and the same pack always give the same verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub effect: Effect,
    /// In the order of the rules in the pack.
    pub findings: Vec<Finding>,
    /// `id@version` of the pack.
    pub rule_pack: String,
}

/// What the engine knows of a submission: the verdict, and what rules on trial would have said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    pub verdict: Verdict,
    /// Findings of rules in the background: logged, never acted on.
    pub background: Vec<Finding>,
    /// Of the rules that were met, in order, each once.
    pub tags: Vec<String>,
}

/// In both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    pub zh: String,
    pub en: String,
}

/// A rule that was met, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub rule: String,
    pub rule_version: u32,
    pub policy: String,
    pub effect: Effect,
    pub spans: Vec<Span>,
    /// Why, for people.
    #[serde(default)]
    pub title: Title,
    /// What was found at each span, in the order of the spans.
    #[serde(default)]
    pub matched: Vec<Matched>,
}

/// What a bank has at a span.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Matched {
    pub bank: String,
    /// The bank's entry: the term, the pattern, the host.
    pub entry: String,
    /// The text at the span after normalisation.
    pub normalised: String,
}

/// A place in one of the texts: half open, in bytes of UTF-8 and in units of UTF-16, because callers count in either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// Which text, from 0.
    pub part: usize,
    pub start: usize,
    pub end: usize,
    pub utf16_start: usize,
    pub utf16_end: usize,
}
