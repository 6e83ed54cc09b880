//! Learned scorers: how much a text is like those that people labelled before, as a signal for rules
//! (`score("gambling") > 0.9`).
//!
//! A scorer is a linear model over hashed n-grams of characters, trained from labelled texts
//! ([`training`](crate::training)), one byte a weight. One of its labels is the rest, which nothing is wrong with; the
//! scores of all labels together are 1. What a score is made of can be shown: the n-grams that weighed most.

pub(crate) mod card;
mod file;
pub(crate) mod grams;
pub(crate) mod model;

use std::sync::Arc;

pub use card::{Accuracy, Card, Counted, Threshold};
pub use file::ScorerFile;
pub use model::{Scorer, ScorerError};

/// What the labels of all scorers of a pack say of the texts of one submission.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Scores(Vec<Score>);

#[derive(Debug, Clone, PartialEq)]
struct Score {
    label: String,
    /// From 0 to 1.
    value: f64,
    /// The text that has it.
    part: usize,
    /// By number, in the pack.
    scorer: usize,
}

/// A place in a text that a score is made of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reason {
    pub(crate) part: usize,
    /// In bytes, half open.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The score, and what this place adds to the logarithm of the odds against the rest: `0.973 +1.25`.
    pub(crate) weight: String,
}

impl Scores {
    /// Of each label the highest that one of the texts has, and of the rest the lowest: a publication is as harmless as
    /// the worst of its texts.
    pub(crate) fn of<'a>(scorers: impl Iterator<Item = &'a Scorer>, texts: &[&str]) -> Self {
        let mut all: Vec<Score> = Vec::new();
        for (number, scorer) in scorers.enumerate() {
            let first = all.len();
            for (part, text) in texts.iter().enumerate() {
                for (at, value) in scorer.score(text).into_iter().enumerate() {
                    match all.get_mut(first + at) {
                        None => {
                            let label = scorer.labels()[at].clone();
                            all.push(Score { label, value, part, scorer: number });
                        }
                        Some(known) if (value > known.value) != (at == scorer.rest()) => {
                            (known.value, known.part) = (value, part);
                        }
                        Some(_) => {}
                    }
                }
            }
        }
        Self(all)
    }

    pub(crate) fn get(&self, label: &str) -> Option<f64> {
        self.find(label).map(|score| score.value)
    }

    fn find(&self, label: &str) -> Option<&Score> {
        self.0.iter().find(|score| score.label == label)
    }

    /// The places that weighed most for a label; for the rest, those that weighed against it.
    pub(crate) fn reasons(&self, label: &str, scorers: &[Arc<Scorer>], texts: &[&str]) -> Vec<Reason> {
        let Some(score) = self.find(label) else { return Vec::new() };
        let (Some(scorer), Some(text)) = (scorers.get(score.scorer), texts.get(score.part)) else { return Vec::new() };
        let reason = |(start, end, weight): (usize, usize, f64)| Reason {
            part: score.part,
            start,
            end,
            weight: format!("{:.3} +{weight:.2}", score.value),
        };
        scorer.heaviest(text, label).into_iter().map(reason).collect()
    }
}
