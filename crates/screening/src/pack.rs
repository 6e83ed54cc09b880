//! Rule packs: banks and the rules that use them, written in YAML.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

pub use crate::verdict::Title;
use crate::{bank::Bank, condition::Condition, engine::Engine, facts::Scope, scorer::ScorerFile, verdict::Effect};

/// A pack as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulePack {
    pub id: String,
    pub version: u32,
    pub banks: BTreeMap<String, Bank>,
    /// Permitted terms for all banks.
    #[serde(default)]
    pub permitted: Vec<String>,
    /// What conditions ask with `score("label")`, by a name that nothing but people read.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub scorers: BTreeMap<String, ScorerFile>,
    pub rules: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub id: String,
    pub version: u32,
    pub title: Title,
    pub policy: String,
    #[serde(default)]
    pub severity: Severity,
    #[serde(default)]
    pub state: State,
    #[serde(default)]
    pub scope: Scope,
    pub effect: Effect,
    /// The rule is met where this bank has a hit. A rule without a bank has a condition.
    #[serde(default)]
    pub bank: Option<String>,
    /// A condition in CEL that must hold as well.
    #[serde(default)]
    pub when: Option<String>,
    #[serde(default)]
    pub tags: Vec<String>,
    pub examples: Examples,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Low,
    #[default]
    Medium,
    High,
    Critical,
}

/// `draft → background → live → expired`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Checked with its examples, and never evaluated.
    Draft,
    /// Evaluated and logged, and never acted on.
    Background,
    #[default]
    Live,
    Expired,
}

/// Texts that the rule must and must not find. Compiling a pack runs them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Examples {
    pub matches: Vec<String>,
    pub passes: Vec<String>,
}

/// Why a pack is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// With line and column.
    #[error("the pack cannot be read: {0}")]
    Syntax(String),
    #[error("two rules are called {0:?}")]
    DuplicateRule(String),
    #[error("rule {rule:?} uses bank {bank:?}, which the pack does not have")]
    UnknownBank { rule: String, bank: String },
    #[error("rule {0:?} has neither a bank nor a condition")]
    NoTrigger(String),
    #[error("the condition of rule {rule:?} is not usable: {reason}")]
    Condition { rule: String, reason: String },
    #[error("bank {0:?} has an empty term")]
    EmptyTerm(String),
    #[error("bank {bank:?}: nothing of the term {term:?} is left to compare")]
    NothingToCompare { bank: String, term: String },
    #[error("the permitted term {0:?} is empty, too long, or nothing of it is left to compare")]
    Permitted(String),
    #[error("bank {bank:?} has a pattern that is not usable: {reason}")]
    Pattern { bank: String, reason: String },
    #[error("bank {0:?} has a term of more than 500 characters")]
    LongTerm(String),
    #[error("bank {0:?} names files that have not been read")]
    UnreadFiles(String),
    #[error("the file of scorer {0:?} has not been read")]
    UnreadScorer(String),
    #[error("two scorers have the label {0:?}")]
    DuplicateLabel(String),
    #[error("rule {rule:?} asks for the score of {label:?}, a label that no scorer of the pack has")]
    UnknownLabel { rule: String, label: String },
    #[error("the pack has no terms")]
    NoTerms,
    #[error("the pack has {0} terms, more than a million")]
    TooManyTerms(usize),
    #[error("the terms do not fit into an automaton: {0}")]
    Automaton(String),
    #[error("rule {rule:?} does not find its own example {text:?}")]
    ExampleMissed { rule: String, text: String },
    #[error("rule {rule:?} finds {text:?}, which it says it passes")]
    ExampleFound { rule: String, text: String },
    #[error("the condition of rule {rule:?} cannot be answered for its example {text:?}")]
    ExampleUnanswered { rule: String, text: String },
    #[error("rule {0:?} has no example that it finds")]
    NoExample(String),
    #[error("the artefact cannot be read: {0}")]
    Artefact(&'static str),
}

pub(crate) const MOST_TERMS: usize = 1_000_000;
/// Ten times what the biggest desks write.
pub(crate) const MOST_RULES: usize = 10_000;
/// A term is a phrase; a whole text is found by its fingerprint.
pub(crate) const LONGEST_TERM: usize = 500;

impl RulePack {
    /// # Errors
    /// When the text is not a pack.
    pub fn from_yaml(text: &str) -> Result<Self, PackError> {
        serde_norway::from_str(text).map_err(|error| PackError::Syntax(error.to_string()))
    }

    /// Checks the pack and makes an engine of it, without running the examples.
    ///
    /// # Errors
    /// The first thing that is wrong with the pack.
    pub fn compile(&self) -> Result<Engine, PackError> {
        self.check_scorers()?;
        self.check_rules()?;
        self.check_banks()?;
        Engine::new(self)
    }

    fn check_scorers(&self) -> Result<(), PackError> {
        let mut seen = HashSet::new();
        for (name, of) in &self.scorers {
            let scorer = of.scorer.as_ref().ok_or_else(|| PackError::UnreadScorer(name.clone()))?;
            if let Some(twice) = scorer.labels().iter().find(|label| !seen.insert(label.as_str())) {
                return Err(PackError::DuplicateLabel(twice.clone()));
            }
        }
        Ok(())
    }

    /// Whether a scorer of the pack has the label.
    pub(crate) fn has_label(&self, label: &str) -> bool {
        self.scorers
            .values()
            .filter_map(|of| of.scorer.as_ref())
            .any(|scorer| scorer.labels().iter().any(|of| of == label))
    }

    fn check_rules(&self) -> Result<(), PackError> {
        let mut seen = HashSet::new();
        for rule in &self.rules {
            if !seen.insert(rule.id.as_str()) {
                return Err(PackError::DuplicateRule(rule.id.clone()));
            }
            if rule.bank.is_none() && rule.when.is_none() {
                return Err(PackError::NoTrigger(rule.id.clone()));
            }
            let mut asked: Vec<String> = rule.bank.iter().cloned().collect();
            if let Some(when) = &rule.when {
                Condition::check(when).map_err(|reason| PackError::Condition { rule: rule.id.clone(), reason })?;
                asked.extend(Condition::banks(when));
                if let Some(label) = Condition::labels(when).into_iter().find(|label| !self.has_label(label)) {
                    return Err(PackError::UnknownLabel { rule: rule.id.clone(), label });
                }
            }
            if let Some(bank) = asked.into_iter().find(|bank| !self.banks.contains_key(bank)) {
                return Err(PackError::UnknownBank { rule: rule.id.clone(), bank });
            }
        }
        Ok(())
    }

    fn check_banks(&self) -> Result<(), PackError> {
        let terms = self.count_of_terms();
        if terms > MOST_TERMS {
            return Err(PackError::TooManyTerms(terms));
        }
        if self.banks.values().all(Bank::is_empty) && self.scorers.is_empty() {
            return Err(PackError::NoTerms);
        }
        if let Some(term) = self.permitted.iter().find(|term| !is_usable(term)) {
            return Err(PackError::Permitted(term.clone()));
        }
        for (name, bank) in &self.banks {
            if !bank.files.is_empty() {
                return Err(PackError::UnreadFiles(name.clone()));
            }
            for term in bank.terms.iter().chain(&bank.except) {
                if term.trim().is_empty() {
                    return Err(PackError::EmptyTerm(name.clone()));
                }
                if term.chars().count() > LONGEST_TERM {
                    return Err(PackError::LongTerm(name.clone()));
                }
                if crate::normalise::is_nothing(term) {
                    return Err(PackError::NothingToCompare { bank: name.clone(), term: term.clone() });
                }
            }
        }
        Ok(())
    }

    /// Terms and permitted ones: the automaton holds them all.
    #[must_use]
    pub fn count_of_terms(&self) -> usize {
        self.permitted.len() + self.banks.values().map(|bank| bank.terms.len() + bank.except.len()).sum::<usize>()
    }

    /// Runs every rule's examples, also of the rules that are not live. A rule's condition is not asked, because
    /// examples are texts and have no facts; a rule of a condition alone is asked with no facts, and must answer.
    ///
    /// # Errors
    /// The first example that does not do as its rule says.
    pub fn run_examples(&self, engine: &Engine) -> Result<(), PackError> {
        if let Some(rule) = self.rules.iter().find(|rule| rule.examples.matches.is_empty()) {
            return Err(PackError::NoExample(rule.id.clone()));
        }
        match self.failed_examples(engine).next() {
            None => Ok(()),
            Some(FailedExample { rule, text, failure, .. }) => {
                let (rule, text) = (self.rules[rule].id.clone(), text.to_owned());
                Err(match failure {
                    Failure::Found => PackError::ExampleFound { rule, text },
                    Failure::Missed => PackError::ExampleMissed { rule, text },
                    Failure::Unanswered(_) => PackError::ExampleUnanswered { rule, text },
                })
            }
        }
    }

    pub(crate) fn failed_examples<'a>(&'a self, engine: &'a Engine) -> impl Iterator<Item = FailedExample<'a>> {
        self.rules.iter().enumerate().flat_map(move |(number, rule)| {
            let all = [(&rule.examples.matches, List::Matches), (&rule.examples.passes, List::Passes)];
            all.into_iter().flat_map(move |(texts, list)| {
                texts.iter().enumerate().filter_map(move |(at, text)| {
                    let failure = match (engine.would_find(&rule.id, text), list) {
                        (Some(true), List::Matches) | (Some(false), List::Passes) => return None,
                        (Some(true), List::Passes) => Failure::Found,
                        (Some(false), List::Matches) => Failure::Missed,
                        (None, list) => Failure::Unanswered(list),
                    };
                    Some(FailedExample { rule: number, at, text, failure })
                })
            })
        })
    }
}

/// An example that does not do as its rule says: rule and example by number.
pub(crate) struct FailedExample<'a> {
    pub(crate) rule: usize,
    pub(crate) at: usize,
    pub(crate) text: &'a str,
    pub(crate) failure: Failure,
}

/// Which examples of a rule.
#[derive(Debug, Clone, Copy)]
pub(crate) enum List {
    Matches,
    Passes,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Failure {
    /// Though it is to pass.
    Found,
    Missed,
    /// The rule's condition has no answer.
    Unanswered(List),
}

/// Whether a term can be compared.
fn is_usable(term: &str) -> bool {
    term.chars().count() <= LONGEST_TERM && !crate::normalise::is_nothing(term)
}
