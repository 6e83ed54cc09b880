//! A trained model: how it is written, and what it makes of a text.
//!
//! A file of a scorer is a header of 32 bytes — `GATESCOR`, the version of the format and of the n-grams, the power of
//! two of the buckets, the number of labels, the length of the card, and the CRC-32 of what follows — then the card as
//! JSON, a scale and a bias for each label as 32-bit floats, and a row for each bucket: a signed byte for each label and
//! an unsigned one for how rare the n-gram is. All numbers are little-endian.

use super::{
    card::Card,
    grams::{self, Gram, grams},
};

const MAGIC: [u8; 8] = *b"GATESCOR";
const FORMAT: u32 = 1;
const HEADER: usize = 32;
/// With one byte for rareness, a row has sixteen.
pub(crate) const MOST_LABELS: usize = 15;
/// Of a whole file: what a start of a function reads in a millisecond.
pub(crate) const LARGEST: usize = 2_000_000;
/// Buckets are from 2 to this power …
pub(crate) const FEWEST_BITS: u32 = 10;
/// … to 2 to that one.
pub(crate) const MOST_BITS: u32 = 20;
/// What a step of the byte for rareness is worth.
pub(crate) const RARENESS: f32 = 0.05;
/// So many signed bytes have a sum of 16 bits, whichever they are.
const MOST_ADDED: usize = 255;
/// The places that a score is explained with, made of so many n-grams.
const MOST_PLACES: usize = 5;
const MOST_GRAMS: usize = 20;

/// Tells how much a text is like those that people gave a label.
#[derive(Debug, Clone)]
pub struct Scorer {
    card: Card,
    /// The label of ordinary texts, by number.
    rest: usize,
    bits: u32,
    scales: Vec<f32>,
    biases: Vec<f32>,
    /// Rows, and a row's length more so that the last one can be read like the others.
    rows: Vec<u8>,
}

/// Why bytes are no scorer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it {0}")]
pub struct ScorerError(&'static str);

/// The parts of a model, before they are written.
pub(crate) struct Parts<'a> {
    pub(crate) card: &'a Card,
    pub(crate) bits: u32,
    pub(crate) scales: Vec<f32>,
    pub(crate) biases: Vec<f32>,
    /// Of each bucket: the weights, and how rare it is.
    pub(crate) rows: Vec<u8>,
}

impl PartialEq for Scorer {
    fn eq(&self, other: &Self) -> bool {
        self.to_bytes() == other.to_bytes()
    }
}

impl Eq for Scorer {}

impl Scorer {
    pub(crate) fn new(parts: Parts<'_>) -> Self {
        let Parts { card, bits, scales, biases, mut rows } = parts;
        rows.resize(rows.len() + MOST_LABELS + 1, 0);
        let rest = card.labels.iter().position(|label| *label == card.rest).unwrap_or_default();
        Self { card: card.clone(), rest, bits, scales, biases, rows }
    }

    /// # Errors
    /// For bytes that are damaged, cut off, of another version, or say what cannot be.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ScorerError> {
        let cut = ScorerError("is cut off");
        if bytes.len() > LARGEST {
            return Err(ScorerError("is larger than 2 MB"));
        }
        let (header, body) = bytes.split_first_chunk::<HEADER>().ok_or(cut)?;
        let number = |at: usize| header[at..].first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
        if header[..8] != MAGIC {
            return Err(ScorerError("is no scorer"));
        }
        if number(8) != FORMAT || number(12) != grams::VERSION {
            return Err(ScorerError("is of another version"));
        }
        if number(28) != checksum(&header[..28], body) {
            return Err(ScorerError("is damaged"));
        }
        let (bits, labels) = (number(16), number(20) as usize);
        let (card, numbers) = body.split_at_checked(number(24) as usize).ok_or(cut)?;
        let card: Card = serde_json::from_slice(card).map_err(|_| ScorerError("has no card"))?;
        let fits = (2..=MOST_LABELS).contains(&labels) && (FEWEST_BITS..=MOST_BITS).contains(&bits);
        if !fits || card.labels.len() != labels || !card.labels.contains(&card.rest) {
            return Err(ScorerError("has a number of buckets or labels that cannot be"));
        }
        let (scales, numbers) = numbers.split_at_checked(labels * 4).ok_or(cut)?;
        let (biases, rows) = numbers.split_at_checked(labels * 4).ok_or(cut)?;
        if rows.len() != (labels + 1) << bits {
            return Err(cut);
        }
        let (scales, biases) = (floats(scales), floats(biases));
        if !scales.iter().chain(&biases).all(|number| number.is_finite()) {
            return Err(ScorerError("has a weight that is no number"));
        }
        Ok(Self::new(Parts { card: &card, bits, scales, biases, rows: rows.to_vec() }))
    }

    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let card = serde_json::to_vec(&self.card).unwrap_or_default();
        let rows = &self.rows[..(self.labels().len() + 1) << self.bits];
        let mut bytes = vec![0; HEADER];
        bytes.extend_from_slice(&card);
        bytes.extend(self.scales.iter().chain(&self.biases).flat_map(|number| number.to_le_bytes()));
        bytes.extend_from_slice(rows);
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes();
        bytes[..8].copy_from_slice(&MAGIC);
        let numbers = [
            FORMAT.to_le_bytes(),
            grams::VERSION.to_le_bytes(),
            self.bits.to_le_bytes(),
            number(self.labels().len()),
            number(card.len()),
        ];
        bytes[8..28].copy_from_slice(numbers.as_flattened());
        let sum = checksum(&bytes[..28], &bytes[HEADER..]);
        bytes[28..HEADER].copy_from_slice(&sum.to_le_bytes());
        bytes
    }

    #[must_use]
    pub const fn card(&self) -> &Card {
        &self.card
    }

    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.card.labels
    }

    /// The label of ordinary texts, by number.
    pub(crate) const fn rest(&self) -> usize {
        self.rest
    }

    /// How much the text is like those of each label, in the order of the labels: together 1.
    #[must_use]
    pub fn score(&self, text: &str) -> Vec<f64> {
        let sums = if self.labels().len() < 8 { self.sums::<8>(text) } else { self.sums::<16>(text) };
        let labels = 0..self.labels().len();
        let Some((sums, length)) = sums else {
            // Nothing is like nothing.
            return labels.map(|label| if label == self.rest { 1.0 } else { 0.0 }).collect();
        };
        let heights: Vec<f64> = labels.map(|label| self.height(label, f64::from(sums[label]), length)).collect();
        let highest = heights.iter().copied().fold(f64::MIN, f64::max);
        let odds: Vec<f64> = heights.into_iter().map(|height| (height - highest).exp()).collect();
        let all: f64 = odds.iter().sum();
        odds.into_iter().map(|odds| odds / all).collect()
    }

    fn height(&self, label: usize, sum: f64, length: f64) -> f64 {
        sum * f64::from(self.scales[label]) / length + f64::from(self.biases[label])
    }

    /// Of the n-grams of a text, each once: the sums of their weights, and the length of the vector of their rareness.
    ///
    /// In walks of their own, because the rows lie all over the memory: the processor fetches many at once where nothing
    /// else has to be done between them, and no guess goes wrong.
    fn sums<const ROW: usize>(&self, text: &str) -> Option<([i32; 16], f64)> {
        let labels = self.labels().len();
        let buckets = self.buckets(text);
        let (mut sums, mut length) = ([0_i32; 16], 0_u64);
        for buckets in buckets.chunks(MOST_ADDED) {
            let (mut some, mut squares) = ([0_i16; ROW], 0_u32);
            for bucket in buckets {
                let row = self.rows.get(*bucket as usize * (labels + 1)..).and_then(<[u8]>::first_chunk::<ROW>);
                let Some(row) = row else { continue };
                for (sum, weight) in some.iter_mut().zip(row) {
                    *sum += i16::from(weight.cast_signed());
                }
                squares += u32::from(row[labels]).pow(2);
            }
            for (sum, some) in sums.iter_mut().zip(some) {
                *sum += i32::from(some);
            }
            length += u64::from(squares);
        }
        #[expect(clippy::cast_precision_loss, reason = "at most 2^20 squares of a byte")]
        (length > 0).then(|| (sums, (length as f64).sqrt() * f64::from(RARENESS)))
    }

    /// The buckets of the n-grams of a text, each once. Whether one is there already cannot be foreseen: each is written,
    /// and the next is written over one that was.
    fn buckets(&self, text: &str) -> Vec<u32> {
        let mask = (1_u32 << self.bits) - 1;
        let mut all = Vec::with_capacity(text.len() * 2);
        #[expect(clippy::cast_possible_truncation, reason = "the mask keeps the lower bits")]
        grams(text, |gram| all.push(bucket(gram.hash) as u32 & mask));
        let (mut seen, mut count) = (vec![0_u64; (mask as usize + 1).div_ceil(64)], 0);
        for at in 0..all.len() {
            let bucket: u32 = all[at];
            all[count] = bucket;
            let Some(word) = seen.get_mut(bucket as usize / 64) else { continue };
            count += usize::from(*word >> (bucket % 64) & 1 == 0);
            *word |= 1 << (bucket % 64);
        }
        all.truncate(count);
        all
    }

    /// The bucket of each n-gram of a text, once.
    #[inline]
    fn each_bucket(&self, text: &str, mut each: impl FnMut(usize, Gram)) {
        let mask = (1_usize << self.bits) - 1;
        let mut seen = vec![0_u64; (mask + 1).div_ceil(64)];
        grams(text, |gram| {
            let bucket = bucket(gram.hash) & mask;
            let (word, bit) = (&mut seen[bucket / 64], 1 << (bucket % 64));
            if *word & bit == 0 {
                *word |= bit;
                each(bucket, gram);
            }
        });
    }

    /// The places that weigh most for a label against the rest (for the rest, against it), heaviest first: their bytes,
    /// and what they add to the logarithm of the odds.
    pub(crate) fn heaviest(&self, text: &str, label: &str) -> Vec<(usize, usize, f64)> {
        let Some(of) = self.labels().iter().position(|of| of == label) else { return Vec::new() };
        let of = if of == self.rest { self.strongest_other(text) } else { of };
        let Some((_, length)) = self.sums::<16>(text) else { return Vec::new() };
        let mut all: Vec<(usize, usize, f64)> = Vec::new();
        self.each_bucket(text, |bucket, Gram { start, end, .. }| {
            let row = &self.rows[bucket * (self.labels().len() + 1)..];
            let weight = |label: usize| f64::from(row[label].cast_signed()) * f64::from(self.scales[label]) / length;
            let weight = weight(of) - weight(self.rest);
            if weight > 0.0 {
                all.push((start, end, weight));
            }
        });
        heaviest_first(&mut all);
        all.truncate(MOST_GRAMS);
        let mut places = joined(all);
        heaviest_first(&mut places);
        places.truncate(MOST_PLACES);
        places
    }

    fn strongest_other(&self, text: &str) -> usize {
        let scores = self.score(text).into_iter().enumerate().filter(|(label, _)| *label != self.rest);
        scores.max_by(|(_, a), (_, b)| a.total_cmp(b)).map_or(self.rest, |(label, _)| label)
    }
}

fn heaviest_first(places: &mut [(usize, usize, f64)]) {
    places.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)).then(a.1.cmp(&b.1)));
}

/// N-grams that overlap are one place, with the weight of all.
fn joined(mut grams: Vec<(usize, usize, f64)>) -> Vec<(usize, usize, f64)> {
    grams.sort_by_key(|(start, end, _)| (*start, *end));
    let mut places: Vec<(usize, usize, f64)> = Vec::new();
    for (start, end, weight) in grams {
        match places.last_mut() {
            Some(last) if start < last.1 => {
                last.1 = last.1.max(end);
                last.2 += weight;
            }
            _ => places.push((start, end, weight)),
        }
    }
    places
}

/// Of an n-gram, before the mask.
#[expect(clippy::cast_possible_truncation, reason = "the mask keeps the lower bits")]
pub(crate) const fn bucket(hash: u64) -> usize {
    hash as usize
}

fn checksum(header: &[u8], body: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(header);
    hasher.update(body);
    hasher.finalize()
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}
