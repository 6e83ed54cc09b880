//! Texts as rows of numbered features with weights, most of which are zero.

/// Rows, one after the other.
#[derive(Debug, Default)]
pub(super) struct Matrix {
    /// Of each row, where it ends.
    ends: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f32>,
}

impl Matrix {
    pub(super) fn push(&mut self, row: impl Iterator<Item = (u32, f32)>) {
        for (column, value) in row {
            self.columns.push(column);
            self.values.push(value);
        }
        self.ends.push(self.columns.len());
    }

    pub(super) fn row(&self, number: usize) -> impl Iterator<Item = (usize, f32)> {
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        let range = start..self.ends[number];
        let columns = self.columns[range.clone()].iter().map(|column| *column as usize);
        columns.zip(self.values[range].iter().copied())
    }
}

/// In blocks of eight, so that the processor adds eight at once, and in double precision between the blocks.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f64 {
    const BLOCK: usize = 4_096;
    let mut sum = 0.0;
    for (a, b) in a.chunks(BLOCK).zip(b.chunks(BLOCK)) {
        let mut lanes = [0.0_f32; 8];
        let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
        for (a, b) in a.iter().zip(b) {
            for lane in 0..8 {
                lanes[lane] += a[lane] * b[lane];
            }
        }
        sum += lanes
            .iter()
            .chain(a_rest.iter().zip(b_rest).map(|(a, b)| a * b).collect::<Vec<_>>().iter())
            .map(|part| f64::from(*part))
            .sum::<f64>();
    }
    sum
}
