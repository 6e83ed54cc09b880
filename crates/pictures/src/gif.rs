use std::num::NonZeroU64;

use ::gif::{ColorOutput, DecodeOptions, DecodingError, MemoryLimit};
use screening::pdq::Plane;

use crate::{MOST_PIXELS, Unreadable, allowed, brightness, shrink::Shrinker};

const WHITE: f32 = 255.0;

/// The first frame, where it lies on the screen that the file describes.
pub(crate) fn draw(bytes: &[u8]) -> Result<Plane, Unreadable> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    options.set_memory_limit(MemoryLimit::Bytes(NonZeroU64::new(MOST_PIXELS as u64).unwrap_or(NonZeroU64::MIN)));
    let mut decoder = options.read_info(bytes).map_err(|error| refused(&error))?;
    let screen = (usize::from(decoder.width()), usize::from(decoder.height()));
    let global = decoder.global_palette().map(<[u8]>::to_vec);
    let frame = decoder.next_frame_info().map_err(|error| refused(&error))?.ok_or(Unreadable::Broken)?;
    let (left, top) = (usize::from(frame.left), usize::from(frame.top));
    let (columns, rows) = (usize::from(frame.width), usize::from(frame.height));
    // A frame that reaches over the screen makes it larger, as it does where it is shown.
    let (width, height) = (screen.0.max(left + columns), screen.1.max(top + rows));
    allowed(width, height)?;
    let palette = frame.palette.clone().or(global).ok_or(Unreadable::Broken)?;
    let transparent = frame.transparent;
    let mut indices = vec![0; columns * rows];
    decoder.read_into_buffer(&mut indices).map_err(|error| refused(&error))?;
    let shown = |index: &u8| match palette.get(3 * usize::from(*index)..).and_then(|at| at.first_chunk()) {
        _ if transparent == Some(*index) => WHITE,
        Some([red, green, blue]) => brightness::of_rgb(*red, *green, *blue),
        // No such colour: black, as it is mostly shown.
        None => 0.0,
    };
    let mut shrinker = Shrinker::of(width, height);
    for row in 0..height {
        let of_frame = row.checked_sub(top).filter(|row| *row < rows);
        let pixels = of_frame.map_or(&[][..], |row| &indices[row * columns..][..columns]);
        let around = std::iter::repeat_n(WHITE, left);
        shrinker.take(around.chain(pixels.iter().map(shown)).chain(std::iter::repeat(WHITE)));
    }
    shrinker.done()
}

fn refused(error: &DecodingError) -> Unreadable {
    match error {
        DecodingError::MemoryLimit | DecodingError::OutOfMemory => Unreadable::TooManyPixels,
        _ => Unreadable::Broken,
    }
}
