//! Multinomial logistic regression with a quadratic penalty, and its weights as bytes.

use super::{
    Labelled,
    matrix::Matrix,
    solver::{minimise, narrow},
};
use crate::scorer::{
    Card, Scorer,
    grams::grams,
    model::{Parts, RARENESS, bucket},
};

/// Enough for what changes any decision.
const MOST_STEPS: usize = 80;
/// The value of the feature that every text has.
const ALWAYS: f32 = 0.5;

/// The regression of those texts that `which` names. `temperature` flattens the scores: more than 1 for a regression that
/// is surer of itself than it should be.
pub(super) fn fit(texts: &[Labelled], which: &[usize], card: &Card, bits: u32, temperature: f64) -> Scorer {
    let labels = card.labels.len();
    let rows: Vec<Vec<u32>> = which.iter().map(|text| buckets(&texts[*text].text, bits)).collect();
    let is: Vec<usize> = which.iter().map(|text| number_of(&card.labels, &texts[*text].label)).collect();
    let rareness = rareness(&rows, bits);
    let (columns, used) = columns(&rows, bits);
    let matrix = matrix(&rows, &rareness, &columns, used.len());
    let weights = {
        let each = weight_of_texts(&is, labels, narrow(card.strength));
        let length = (used.len() + 1) * labels;
        minimise(length, MOST_STEPS, |at, slope| loss(&matrix, &is, &each, labels, at, slope))
    };

    // The weights apply to rareness, so a bucket's byte is the product of both.
    let product = |column: usize, label: usize| {
        weights[column * labels + label] * f32::from(rareness[used[column] as usize]) * RARENESS
    };
    let scales: Vec<f32> = (0..labels)
        .map(|label| {
            (0..used.len()).map(|column| product(column, label).abs()).fold(f32::MIN_POSITIVE, f32::max) / 127.0
        })
        .collect();
    let mut table = vec![0; (labels + 1) << bits];
    for (row, rare) in table.chunks_exact_mut(labels + 1).zip(&rareness) {
        row[labels] = *rare;
    }
    for (column, bucket) in used.iter().enumerate() {
        let start = *bucket as usize * (labels + 1);
        for label in 0..labels {
            table[start + label] = byte(product(column, label) / scales[label]);
        }
    }
    let flatter = narrow(1.0 / temperature);
    let biases = weights[used.len() * labels..].iter().map(|weight| weight * ALWAYS * flatter).collect();
    let scales = scales.into_iter().map(|scale| scale * flatter).collect();
    Scorer::new(Parts { card, bits, scales, biases, rows: table })
}

fn number_of(labels: &[String], label: &str) -> usize {
    labels.iter().position(|of| of == label).unwrap_or_default()
}

/// The buckets of a text, sorted, each once.
#[expect(clippy::cast_possible_truncation, reason = "there are 2^20 at most")]
fn buckets(text: &str, bits: u32) -> Vec<u32> {
    let mut all = Vec::new();
    grams(text, |gram| all.push((bucket(gram.hash) & ((1 << bits) - 1)) as u32));
    all.sort_unstable();
    all.dedup();
    all
}

/// For each bucket how rare it is among the texts (inverse document frequency, smoothed), in units of [`RARENESS`].
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a small number"
)]
fn rareness(rows: &[Vec<u32>], bits: u32) -> Vec<u8> {
    let mut texts_with = vec![0_u32; 1 << bits];
    for bucket in rows.iter().flatten() {
        texts_with[*bucket as usize] += 1;
    }
    let all = rows.len() as f32 + 1.0;
    let of = |with: u32| ((all / (with as f32 + 1.0)).ln() + 1.0) / RARENESS;
    texts_with.into_iter().map(|with| of(with).round().clamp(1.0, 255.0) as u8).collect()
}

/// For each bucket its column, and for each column its bucket: buckets that no text has need none.
fn columns(rows: &[Vec<u32>], bits: u32) -> (Vec<Option<u32>>, Vec<u32>) {
    let mut columns = vec![None; 1 << bits];
    let mut used: Vec<u32> = rows.iter().flatten().copied().collect();
    used.sort_unstable();
    used.dedup();
    for (column, bucket) in (0..).zip(&used) {
        columns[*bucket as usize] = Some(column);
    }
    (columns, used)
}

/// Each text as a vector of rareness of the length one, and the feature that every text has.
fn matrix(rows: &[Vec<u32>], rareness: &[u8], columns: &[Option<u32>], always: usize) -> Matrix {
    let mut matrix = Matrix::default();
    for row in rows {
        let rare = |bucket: &u32| f32::from(rareness[*bucket as usize]);
        let length = row.iter().map(|bucket| rare(bucket).powi(2)).sum::<f32>().sqrt();
        let features = row.iter().filter_map(|bucket| Some((columns[*bucket as usize]?, rare(bucket) / length)));
        matrix.push(features.chain([(u32::try_from(always).unwrap_or(u32::MAX), ALWAYS)]));
    }
    matrix
}

/// As much for each label as for any other, so that a rare one is not given up.
#[expect(clippy::cast_precision_loss, reason = "a count of texts")]
fn weight_of_texts(is: &[usize], labels: usize, strength: f32) -> Vec<f32> {
    let mut counts = vec![0_usize; labels];
    for label in is {
        counts[*label] += 1;
    }
    let fair = is.len() as f32 / labels as f32;
    is.iter().map(|label| strength * fair / counts[*label] as f32).collect()
}

/// The penalty and the logarithmic loss of all texts, and the slope of both.
fn loss(matrix: &Matrix, is: &[usize], each: &[f32], labels: usize, at: &[f32], slope: &mut [f32]) -> f64 {
    slope.copy_from_slice(at);
    let mut loss = super::matrix::dot(at, at) / 2.0;
    let mut odds = vec![0.0_f32; labels];
    for (text, (is, each)) in is.iter().zip(each).enumerate() {
        odds.fill(0.0);
        for (column, value) in matrix.row(text) {
            for (odds, weight) in odds.iter_mut().zip(&at[column * labels..]) {
                *odds += value * weight;
            }
        }
        let highest = odds.iter().copied().fold(f32::MIN, f32::max);
        let height = odds[*is] - highest;
        for odds in &mut odds {
            *odds = (*odds - highest).exp();
        }
        let all: f32 = odds.iter().sum();
        loss += f64::from(each * (all.ln() - height));
        for (label, odds) in odds.iter_mut().enumerate() {
            *odds = each * (*odds / all - if label == *is { 1.0 } else { 0.0 });
        }
        for (column, value) in matrix.row(text) {
            for (slope, error) in slope[column * labels..].iter_mut().zip(&odds) {
                *slope += value * error;
            }
        }
    }
    loss
}

#[expect(clippy::cast_possible_truncation, reason = "clamped")]
fn byte(value: f32) -> u8 {
    (value.round().clamp(-127.0, 127.0) as i8).cast_unsigned()
}
