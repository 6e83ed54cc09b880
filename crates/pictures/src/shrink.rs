use screening::pdq::{LARGEST_SIDE, Plane};

use crate::Unreadable;

/// Takes a picture row by row and keeps of it a plane whose sides are [`LARGEST_SIDE`] at most: each of its fields is the
/// mean of what lies under it. So a large picture costs no second copy.
pub(crate) struct Shrinker {
    columns: Vec<Share>,
    rows: Vec<Share>,
    width: usize,
    height: usize,
    values: Vec<f32>,
    row: Vec<f32>,
    taken: usize,
}

/// Where a line of the picture goes: so much of it into a field, the rest into the next one.
struct Share {
    field: usize,
    here: f32,
    next: f32,
}

/// Of `lines` lines into `fields` fields, fewer or as many.
#[expect(clippy::cast_precision_loss, reason = "sides below 2^24")]
fn shares(lines: usize, fields: usize) -> Vec<Share> {
    let share = |line: usize| {
        // In parts of a field, of which each has as many as there are lines.
        let (from, to) = (line * fields, (line + 1) * fields);
        let field = from / lines;
        let here = to.min((field + 1) * lines) - from;
        let next = to - from - here;
        Share { field, here: here as f32 / lines as f32, next: next as f32 / lines as f32 }
    };
    (0..lines).map(share).collect()
}

impl Shrinker {
    pub(crate) fn of(width: usize, height: usize) -> Self {
        let (small_width, small_height) = (width.min(LARGEST_SIDE), height.min(LARGEST_SIDE));
        Self {
            columns: shares(width, small_width),
            rows: shares(height, small_height),
            width: small_width,
            height: small_height,
            values: vec![0.0; small_width * small_height],
            row: vec![0.0; small_width],
            taken: 0,
        }
    }

    /// The next row, from above. Rows beyond the height say nothing.
    pub(crate) fn take(&mut self, brightness: impl Iterator<Item = f32>) {
        let Some(Share { field, here, next }) = self.rows.get(self.taken) else { return };
        self.taken += 1;
        self.row.fill(0.0);
        for (Share { field, here, next }, value) in self.columns.iter().zip(brightness) {
            self.row[*field] += value * here;
            if *next > 0.0 {
                self.row[field + 1] += value * next;
            }
        }
        for (of_row, part) in [(*field, *here), (field + 1, *next)] {
            if part > 0.0 {
                let values = &mut self.values[of_row * self.width..][..self.width];
                values.iter_mut().zip(&self.row).for_each(|(sum, value)| *sum += value * part);
            }
        }
    }

    /// # Errors
    /// When rows are missing.
    pub(crate) fn done(self) -> Result<Plane, Unreadable> {
        let whole = self.taken == self.rows.len();
        Plane::new(self.width, self.height, self.values).filter(|_| whole).ok_or(Unreadable::Broken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_picture_is_kept_as_it_is() {
        let mut shrinker = Shrinker::of(3, 2);
        shrinker.take([1.0, 2.0, 3.0].into_iter());
        shrinker.take([4.0, 5.0, 6.0].into_iter());
        assert_eq!(shrinker.done().ok(), Plane::new(3, 2, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    }

    #[test]
    fn a_field_is_the_mean_of_what_lies_under_it() {
        // Three lines for each two fields.
        let (width, height) = (768, 1_024);
        let mut shrinker = Shrinker::of(width, height);
        for row in 0..height {
            let bright = if row % 2 == 0 { 200.0 } else { 100.0 };
            shrinker.take((0..width).map(|column| if column % 3 == 0 { 0.0 } else { bright }));
        }
        let plane = shrinker.done().unwrap();
        let mut expected = Vec::new();
        for _ in 0..512 {
            (0..256).for_each(|_| expected.extend([50.0, 150.0]));
        }
        let expected = Plane::new(512, 512, expected).unwrap();
        assert!(plane.is_near(&expected, 0.01));
    }

    #[test]
    fn a_picture_that_lacks_a_row_is_broken() {
        let mut shrinker = Shrinker::of(3, 2);
        shrinker.take([1.0, 2.0, 3.0].into_iter());
        assert_eq!(shrinker.done(), Err(Unreadable::Broken));
    }
}
