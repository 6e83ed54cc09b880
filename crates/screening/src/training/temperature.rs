//! How sure a regression may be of itself: its scores are flattened until they fit what texts outside of the training are
//! (temperature scaling; Guo et al. 2017).

use super::Labelled;

const STEPS: u32 = 60;

/// The temperature with the least logarithmic loss, each label with as much weight as any other.
pub(super) fn best(texts: &[Labelled], scores: &[Vec<f64>], labels: &[String]) -> f64 {
    let is: Vec<usize> =
        texts.iter().map(|text| labels.iter().position(|label| *label == text.label).unwrap_or_default()).collect();
    let mut counts = vec![0.0; labels.len()];
    for label in &is {
        counts[*label] += 1.0;
    }
    let loss = |temperature: f64| -> f64 {
        let of = |(scores, is): (&Vec<f64>, &usize)| {
            let mut scores = scores.clone();
            flatten(&mut scores, temperature);
            -scores[*is].max(f64::MIN_POSITIVE).ln() / counts[*is]
        };
        scores.iter().zip(&is).map(of).sum()
    };
    // From a quarter to four, in even ratios.
    let temperature = |step: u32| 4.0_f64.powf(f64::from(step) * 2.0 / f64::from(STEPS) - 1.0);
    (0..=STEPS).map(temperature).min_by(|a, b| loss(*a).total_cmp(&loss(*b))).unwrap_or(1.0)
}

/// Divides the logarithms of scores by the temperature, and makes their sum 1 again.
pub(super) fn flatten(scores: &mut [f64], temperature: f64) {
    for score in scores.iter_mut() {
        *score = score.powf(1.0 / temperature);
    }
    let all: f64 = scores.iter().sum();
    for score in scores {
        *score /= all;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_too_sure_is_flattened() {
        let labels = ["a".to_owned(), "b".to_owned()];
        let text = |label: &str| Labelled { text: String::new(), label: label.to_owned() };
        // Says 0.99, and is right in three of four.
        let texts = [text("a"), text("a"), text("a"), text("b"), text("b"), text("b"), text("b"), text("a")];
        let scores: Vec<Vec<f64>> = (0..8).map(|at| if at < 4 { vec![0.99, 0.01] } else { vec![0.01, 0.99] }).collect();
        let temperature = best(&texts, &scores, &labels);
        let mut flat = vec![0.99, 0.01];
        flatten(&mut flat, temperature);
        assert!((flat[0] - 0.75).abs() < 0.02, "{temperature} {flat:?}");
    }
}
