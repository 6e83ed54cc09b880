//! How well scores tell labels apart.

use std::collections::BTreeMap;

use crate::scorer::{Accuracy, Threshold};

/// A text that was scored: what people called it, and its scores in the order of the sorted labels.
#[derive(Debug, Clone, Copy)]
pub struct Outcome<'a> {
    pub label: &'a str,
    pub scores: &'a [f64],
}

/// The shares of ordinary texts flagged that a card has thresholds for.
const SHARES: [f64; 4] = [0.001, 0.002, 0.005, 0.01];

pub(super) fn accuracy(outcomes: &[Outcome<'_>], labels: &[String], rest: &str) -> Accuracy {
    let f1 = f1(outcomes, labels);
    let mut thresholds = Vec::new();
    for (number, label) in labels.iter().enumerate() {
        let is_rest = label == rest;
        // Of the rest, how little of it: so that more is always more to flag.
        let height = |outcome: &&Outcome<'_>| {
            let score = outcome.scores[number];
            if is_rest { 1.0 - score } else { score }
        };
        let ordinary: Vec<f64> = outcomes.iter().filter(|outcome| outcome.label == rest).map(|o| height(&o)).collect();
        let wanted = |outcome: &&Outcome<'_>| if is_rest { outcome.label != rest } else { outcome.label == label };
        let found: Vec<f64> = outcomes.iter().filter(wanted).map(|outcome| height(&outcome)).collect();
        for share in SHARES {
            let threshold = threshold(&ordinary, share);
            thresholds.push(Threshold {
                label: label.clone(),
                ordinary_flagged: share,
                threshold: if is_rest { 1.0 - threshold } else { threshold },
                recall: above(&found, threshold),
            });
        }
    }
    Accuracy { macro_f1: mean(f1.values().copied()), f1, thresholds }
}

/// The height that at most this share of the heights is above.
#[must_use]
pub fn threshold(heights: &[f64], share: f64) -> f64 {
    let mut sorted = heights.to_vec();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a count")]
    let flagged = (sorted.len() as f64 * share) as usize;
    sorted.get(flagged).copied().unwrap_or_default()
}

/// The share of the heights that are above a threshold.
#[must_use]
pub fn above(heights: &[f64], threshold: f64) -> f64 {
    mean(heights.iter().map(|height| if *height > threshold { 1.0 } else { 0.0 }))
}

#[expect(clippy::cast_precision_loss, reason = "a count of texts")]
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_usize), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { 0.0 } else { sum / count as f64 }
}

/// Of each label, where each text is given to its highest score; the mean of precision and recall (harmonic).
#[must_use]
pub fn f1(outcomes: &[Outcome<'_>], labels: &[String]) -> BTreeMap<String, f64> {
    // Right, wrongly given, and wrongly not given.
    let mut counts = vec![[0_u32; 3]; labels.len()];
    for outcome in outcomes {
        let given = outcome.scores.iter().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(at, _)| at);
        let (Some(given), Some(is)) = (given, labels.iter().position(|label| label == outcome.label)) else { continue };
        if given == is {
            counts[is][0] += 1;
        } else {
            counts[given][1] += 1;
            counts[is][2] += 1;
        }
    }
    let of = |[right, given, missed]: [u32; 3]| {
        if right == 0 { 0.0 } else { f64::from(2 * right) / f64::from(2 * right + given + missed) }
    };
    labels.iter().cloned().zip(counts.into_iter().map(of)).collect()
}

/// The mean of F1 over all labels.
#[must_use]
pub fn macro_f1(outcomes: &[Outcome<'_>], labels: &[String]) -> f64 {
    mean(f1(outcomes, labels).into_values())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_lets_no_more_than_its_share_over_it() {
        let heights: Vec<f64> = (0..1_000).map(|height| f64::from(height) / 1_000.0).collect();
        let threshold = threshold(&heights, 0.005);
        assert!((above(&heights, threshold) - 0.005).abs() < 1e-9, "{threshold}");
    }

    #[test]
    fn f1_counts_what_is_given_and_what_is_missed() {
        let outcomes = [("a", [0.9, 0.1]), ("a", [0.2, 0.8]), ("b", [0.3, 0.7])];
        let outcomes: Vec<Outcome<'_>> = outcomes.iter().map(|(label, scores)| Outcome { label, scores }).collect();
        let f1 = f1(&outcomes, &["a".to_owned(), "b".to_owned()]);
        assert!((f1["a"] - 2.0 / 3.0).abs() < 1e-9 && (f1["b"] - 2.0 / 3.0).abs() < 1e-9, "{f1:?}");
    }
}
