use std::{cmp::Ordering, sync::LazyLock};

use super::{
    hash::PdqHash,
    plane::{SMALL, Small},
};

/// How many frequencies count in each direction: the lowest, without the constant one.
const KEPT: usize = 16;

type Frequencies = [[f32; KEPT]; KEPT];

/// The cosine transform of a line, its lowest frequencies alone.
static COSINES: LazyLock<[[f32; SMALL]; KEPT]> = LazyLock::new(|| {
    let mut cosines = [[0.0; SMALL]; KEPT];
    for (frequency, row) in cosines.iter_mut().enumerate() {
        for (at, cosine) in row.iter_mut().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "numbers below 2 100")]
            let angle = ((frequency + 1) * (2 * at + 1)) as f32 * std::f32::consts::PI / 128.0;
            *cosine = (2.0_f32 / 64.0).sqrt() * angle.cos();
        }
    }
    cosines
});

/// Of the picture as it is, then of the other ways to turn it: mirrored in one direction the frequencies of that
/// direction with an odd number change their sign, and along the diagonal the two directions change places.
pub(super) fn hashes(small: &Small) -> [PdqHash; 8] {
    let frequencies = transformed(small);
    // Counted from 0 and without the constant one: the first has the number 1.
    let sign = |mirrored: usize, number: usize| if mirrored == 1 && number.is_multiple_of(2) { -1.0 } else { 1.0 };
    std::array::from_fn(|way| {
        let (columns, rows, swapped) = (way & 1, way >> 1 & 1, way >> 2);
        let mut turned = [[0.0; KEPT]; KEPT];
        for (row, values) in turned.iter_mut().enumerate() {
            for (column, value) in values.iter_mut().enumerate() {
                let of = if swapped == 1 { frequencies[column][row] } else { frequencies[row][column] };
                *value = of * sign(rows, row) * sign(columns, column);
            }
        }
        above_the_median(&turned)
    })
}

fn transformed(small: &Small) -> Frequencies {
    // Rows of the picture against each frequency, then columns.
    let mut half = [[0.0; SMALL]; KEPT];
    for (cosines, sums) in COSINES.iter().zip(&mut half) {
        for (cosine, row) in cosines.iter().zip(small) {
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum += cosine * value;
            }
        }
    }
    let mut frequencies = [[0.0; KEPT]; KEPT];
    for (row, values) in frequencies.iter_mut().zip(&half) {
        for (value, cosines) in row.iter_mut().zip(COSINES.iter()) {
            *value = values.iter().zip(cosines).map(|(value, cosine)| value * cosine).sum();
        }
    }
    frequencies
}

fn above_the_median(frequencies: &Frequencies) -> PdqHash {
    let mut all = *frequencies.as_flattened().first_chunk::<{ KEPT * KEPT }>().unwrap_or(&[0.0; KEPT * KEPT]);
    let order = |one: &f32, other: &f32| one.partial_cmp(other).unwrap_or(Ordering::Equal);
    // The lower one of the two in the middle, so that half of them lie above.
    let median = *all.select_nth_unstable_by(KEPT * KEPT / 2 - 1, order).1;
    let values = frequencies.as_flattened().iter().enumerate();
    PdqHash::with_bits(values.filter(|(_, value)| **value > median).map(|(bit, _)| bit))
}

/// The steps between neighbours, each in hundredths of the whole range, a 90th of their sum.
pub(super) fn quality(small: &Small) -> u8 {
    let step = |one: f32, other: f32| (((one - other) * 100.0 / 255.0).trunc()).abs();
    let mut steps = 0.0;
    for rows in small.windows(2) {
        steps += rows[0].iter().zip(&rows[1]).map(|(one, other)| step(*one, *other)).sum::<f32>();
    }
    for row in small {
        steps += row.windows(2).map(|pair| step(pair[0], pair[1])).sum::<f32>();
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
    let quality = (steps / 90.0).trunc().clamp(0.0, 100.0) as u8;
    quality
}
