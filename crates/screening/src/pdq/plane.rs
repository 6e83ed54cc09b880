/// No side needs to be longer: what is finer is gone after the smoothing.
pub const LARGEST_SIDE: usize = 512;

/// Below this there is nothing to smooth.
const SMALLEST_SIDE: usize = 5;

/// The side of what is transformed.
pub(super) const SMALL: usize = 64;

/// What is transformed, row by row.
pub(super) type Small = [[f32; SMALL]; SMALL];

/// The brightness of a picture, 0 to 255 (`0.299 R + 0.587 G + 0.114 B`), row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Plane {
    width: usize,
    height: usize,
    values: Vec<f32>,
}

impl Plane {
    /// `None` when `values` are not `width` × `height`, there are none, or a side is longer than [`LARGEST_SIDE`].
    #[must_use]
    pub fn new(width: usize, height: usize, values: Vec<f32>) -> Option<Self> {
        let fits = (1..=LARGEST_SIDE).contains(&width) && (1..=LARGEST_SIDE).contains(&height);
        (fits && values.len() == width * height).then_some(Self { width, height, values })
    }

    /// Whether no place of the two is further apart.
    #[must_use]
    pub fn is_near(&self, other: &Self, apart: f32) -> bool {
        (self.width, self.height) == (other.width, other.height)
            && self.values.iter().zip(&other.values).all(|(one, other)| (one - other).abs() <= apart)
    }

    /// Two passes of a mean over a window along rows and along columns, which together come near to a mean weighted by
    /// distance; then the middle of each of 64 × 64 fields.
    pub(super) fn smoothed_and_thinned(&self) -> Option<Small> {
        if self.width < SMALLEST_SIDE || self.height < SMALLEST_SIDE {
            return None;
        }
        let mut values = self.values.clone();
        let (mut line, mut means) = (Vec::new(), Vec::new());
        for _ in 0..2 {
            for row in values.chunks_exact_mut(self.width) {
                smooth(row, &mut means);
                row.copy_from_slice(&means);
            }
            for column in 0..self.width {
                line.clear();
                line.extend(values[column..].iter().step_by(self.width));
                smooth(&line, &mut means);
                for (value, mean) in values[column..].iter_mut().step_by(self.width).zip(&means) {
                    *value = *mean;
                }
            }
        }
        let middle = |field: usize, side: usize| (2 * field + 1) * side / (2 * SMALL);
        let mut small = [[0.0; SMALL]; SMALL];
        for (at, row) in small.iter_mut().enumerate() {
            let start = middle(at, self.height) * self.width;
            for (column, value) in row.iter_mut().enumerate() {
                *value = values[start + middle(column, self.width)];
            }
        }
        Some(small)
    }
}

/// The mean of each value's surroundings: a 128th of the line, half of it on either side, less at the ends.
fn smooth(line: &[f32], means: &mut Vec<f32>) {
    let window = line.len().div_ceil(2 * SMALL);
    let after = window / 2;
    let before = window - after - 1;
    means.clear();
    means.extend((0..line.len()).map(|at| {
        let around = &line[at.saturating_sub(before)..line.len().min(at + after + 1)];
        #[expect(clippy::cast_precision_loss, reason = "a window has four values at most")]
        let count = around.len() as f32;
        around.iter().sum::<f32>() / count
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_is_as_large_as_it_says() {
        assert!(Plane::new(2, 3, vec![0.0; 6]).is_some());
        assert!(Plane::new(2, 3, vec![0.0; 5]).is_none());
        assert!(Plane::new(0, 3, Vec::new()).is_none());
        assert!(Plane::new(LARGEST_SIDE + 1, 1, vec![0.0; LARGEST_SIDE + 1]).is_none());
    }

    #[test]
    fn a_mean_is_taken_of_what_is_there() {
        let line: Vec<f32> = [vec![8.0; 256], vec![0.0; 256]].concat();
        let mut means = Vec::new();
        smooth(&line, &mut means);
        assert_eq!(
            (means[0], means[253], means[254], means[255], means[256], means[257]),
            (8.0, 8.0, 6.0, 4.0, 2.0, 0.0)
        );
    }
}
