//! Makes a [`Scorer`] of labelled texts: a multinomial logistic regression over hashed n-grams, weighted by how rare
//! they are, with as much weight for each label as for any other. The same texts and options make the same bytes.

mod folds;
mod matrix;
pub mod measure;
mod regression;
mod solver;
mod temperature;

use std::collections::BTreeMap;

use measure::Outcome;

use crate::scorer::{
    Card, Counted, Scorer,
    model::{FEWEST_BITS, LARGEST, MOST_BITS, MOST_LABELS},
};

/// A text and what people called it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    pub text: String,
    pub label: String,
}

/// How a scorer is trained.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    pub id: String,
    pub version: u32,
    /// The label of ordinary texts.
    pub rest: String,
    /// The inverse of the regularisation: more of it trusts the texts more.
    pub strength: f64,
    /// 2 to this power is the number of weights of each label.
    pub bits: u32,
    /// Decides which texts are in which fold.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { id: "scorer".to_owned(), version: 1, rest: "ordinary".to_owned(), strength: 200.0, bits: 18, seed: 1 }
    }
}

/// Why nothing can be learned from texts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrainingError {
    #[error("there is no text with the label {0:?}, which is that of ordinary texts")]
    NoRest(String),
    #[error("a scorer has from 2 to {most} labels, and the texts have {0}", most = MOST_LABELS)]
    Labels(usize),
    #[error("the label {0:?} has fewer texts than there are folds")]
    Few(String),
    #[error("2^{0} weights: from 2^10 to 2^20 are possible")]
    Bits(u32),
    #[error("the scorer would take {0} bytes, more than 2 MB: fewer labels, or fewer bits")]
    Large(usize),
}

pub const FOLDS: usize = 5;
/// In bytes: a card has a few lines for each label.
const LARGEST_CARD: usize = 64 << 10;

/// The scorer of all texts, with a card that says how well scorers of four fifths of them do on the last fifth.
///
/// # Errors
/// When there is not enough to learn from, or the options are out of range.
pub fn train(texts: &[Labelled], data: Vec<Counted>, options: &Options) -> Result<Scorer, TrainingError> {
    let labels = labels(texts, options)?;
    let mut unseen = cross_validated(texts, options)?;
    let temperature = temperature::best(texts, &unseen, &labels);
    for scores in &mut unseen {
        temperature::flatten(scores, temperature);
    }
    let outcomes: Vec<Outcome<'_>> =
        texts.iter().zip(&unseen).map(|(text, scores)| Outcome { label: &text.label, scores }).collect();
    let mut counts = BTreeMap::new();
    for text in texts {
        *counts.entry(text.label.clone()).or_default() += 1;
    }
    let card = Card {
        id: options.id.clone(),
        version: options.version,
        rest: options.rest.clone(),
        data,
        texts: counts,
        strength: options.strength,
        seed: options.seed,
        accuracy: measure::accuracy(&outcomes, &labels, &options.rest),
        labels,
    };
    let all: Vec<usize> = (0..texts.len()).collect();
    Ok(regression::fit(texts, &all, &card, options.bits, temperature))
}

/// Of each text the scores that a scorer gives it which has not seen it, nor a near duplicate of it, in the order of the
/// sorted labels.
///
/// # Errors
/// As [`train`].
pub fn cross_validated(texts: &[Labelled], options: &Options) -> Result<Vec<Vec<f64>>, TrainingError> {
    let labels = labels(texts, options)?;
    let folds = folds::of(texts, options.seed);
    let card = Card {
        labels,
        id: options.id.clone(),
        rest: options.rest.clone(),
        strength: options.strength,
        ..Card::default()
    };
    let mut scores = vec![Vec::new(); texts.len()];
    for fold in 0..FOLDS {
        let others: Vec<usize> = (0..texts.len()).filter(|text| folds[*text] != fold).collect();
        let scorer = regression::fit(texts, &others, &card, options.bits, 1.0);
        for text in (0..texts.len()).filter(|text| folds[*text] == fold) {
            scores[text] = scorer.score(&texts[text].text);
        }
    }
    Ok(scores)
}

/// Sorted, checked against what a scorer can be.
fn labels(texts: &[Labelled], options: &Options) -> Result<Vec<String>, TrainingError> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for text in texts {
        *counts.entry(&text.label).or_default() += 1;
    }
    if !counts.contains_key(options.rest.as_str()) {
        return Err(TrainingError::NoRest(options.rest.clone()));
    }
    if !(2..=MOST_LABELS).contains(&counts.len()) {
        return Err(TrainingError::Labels(counts.len()));
    }
    if let Some((label, _)) = counts.iter().find(|(_, count)| **count < FOLDS) {
        return Err(TrainingError::Few((*label).to_owned()));
    }
    if !(FEWEST_BITS..=MOST_BITS).contains(&options.bits) {
        return Err(TrainingError::Bits(options.bits));
    }
    let bytes = (counts.len() + 1) << options.bits;
    if bytes > LARGEST - LARGEST_CARD {
        return Err(TrainingError::Large(bytes));
    }
    Ok(counts.into_keys().map(str::to_owned).collect())
}
