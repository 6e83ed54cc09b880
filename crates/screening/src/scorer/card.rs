//! What a scorer says of itself, so that whoever writes a rule with it knows what its numbers are worth.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The model card: what the scorer was made of, how, and how well it did on texts that it had not seen.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    pub id: String,
    pub version: u32,
    /// In order; the label of ordinary texts among them.
    pub labels: Vec<String>,
    /// The label of ordinary texts.
    pub rest: String,
    /// What it was trained on, file by file.
    pub data: Vec<Counted>,
    /// Texts of each label.
    pub texts: BTreeMap<String, usize>,
    /// The strength of the training: the inverse of the regularisation.
    pub strength: f64,
    pub seed: u64,
    /// Measured in five folds, near duplicates in one fold.
    pub accuracy: Accuracy,
}

/// A file of labelled texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    pub file: String,
    /// In hexadecimal.
    pub sha256: String,
    pub texts: usize,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accuracy {
    /// The mean over all labels of F1, each text given to its highest score.
    pub macro_f1: f64,
    pub f1: BTreeMap<String, f64>,
    /// For each label and some shares of ordinary texts flagged: the score to ask for, and what is found with it. The rest
    /// has lines too: a text is flagged when its score of the rest is *below* the threshold.
    pub thresholds: Vec<Threshold>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    pub label: String,
    /// The share of ordinary texts that are flagged.
    pub ordinary_flagged: f64,
    pub threshold: f64,
    /// The share of the label's texts that are flagged; for the rest, of all others'.
    pub recall: f64,
}
