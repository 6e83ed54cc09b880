//! Rule packs: banks of terms and the rules that use them, written in YAML.

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;

use crate::{engine::Engine, verdict::Effect};

/// A pack as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulePack {
    pub id: String,
    pub version: u32,
    /// Terms by the name of their bank.
    pub banks: BTreeMap<String, Vec<String>>,
    pub rules: Vec<Rule>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub id: String,
    pub version: u32,
    pub title: Title,
    pub policy: String,
    pub effect: Effect,
    pub bank: String,
    pub examples: Examples,
}

/// In both languages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    pub zh: String,
    pub en: String,
}

/// Texts that the rule must and must not find. Compiling a pack runs them.
#[derive(Debug, Clone, Deserialize)]
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
    #[error("bank {0:?} has an empty term")]
    EmptyTerm(String),
    #[error("the pack has no terms")]
    NoTerms,
    #[error("the terms do not fit into an automaton: {0}")]
    Automaton(String),
    #[error("rule {rule:?} does not find its own example {text:?}")]
    ExampleMissed { rule: String, text: String },
    #[error("rule {rule:?} finds {text:?}, which it says it passes")]
    ExampleFound { rule: String, text: String },
    #[error("rule {0:?} has no example that it finds")]
    NoExample(String),
}

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
        let mut seen = HashSet::new();
        for rule in &self.rules {
            if !seen.insert(rule.id.as_str()) {
                return Err(PackError::DuplicateRule(rule.id.clone()));
            }
            if !self.banks.contains_key(&rule.bank) {
                return Err(PackError::UnknownBank { rule: rule.id.clone(), bank: rule.bank.clone() });
            }
        }
        if let Some((bank, _)) = self.banks.iter().find(|(_, terms)| terms.iter().any(|term| term.trim().is_empty())) {
            return Err(PackError::EmptyTerm(bank.clone()));
        }
        Engine::new(self)
    }

    /// Runs every rule's examples.
    ///
    /// # Errors
    /// The first example that does not do as its rule says.
    pub fn run_examples(&self, engine: &Engine) -> Result<(), PackError> {
        for rule in &self.rules {
            if rule.examples.matches.is_empty() {
                return Err(PackError::NoExample(rule.id.clone()));
            }
            let finds = |text: &String| engine.screen(&[text]).findings.iter().any(|finding| finding.rule == rule.id);
            if let Some(text) = rule.examples.matches.iter().find(|text| !finds(text)) {
                return Err(PackError::ExampleMissed { rule: rule.id.clone(), text: text.clone() });
            }
            if let Some(text) = rule.examples.passes.iter().find(|text| finds(text)) {
                return Err(PackError::ExampleFound { rule: rule.id.clone(), text: text.clone() });
            }
        }
        Ok(())
    }
}
