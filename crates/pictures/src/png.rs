use std::io::Cursor;

use ::png::{Decoder, DecodingError, Limits, Transformations};
use screening::pdq::Plane;

use crate::{Unreadable, allowed, brightness, shrink::Shrinker};

/// What the decoder may keep beside the picture: a few rows.
const MEMORY: usize = 16 << 20;

pub(crate) fn draw(bytes: &[u8]) -> Result<Plane, Unreadable> {
    // The header is the first chunk and has one form: the decoder needs not be asked.
    let &[w0, w1, w2, w3, h0, h1, h2, h3] =
        bytes.get(16..24).and_then(<[u8]>::first_chunk).ok_or(Unreadable::Broken)?;
    let (width, height) = (side([w0, w1, w2, w3]), side([h0, h1, h2, h3]));
    allowed(width, height)?;
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: MEMORY });
    decoder.set_transformations(Transformations::normalize_to_color8());
    // Compressed notes and colour profiles are where a small file hides a large one.
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let mut reader = decoder.read_info().map_err(|error| refused(&error))?;
    let channels = reader.output_color_type().0.samples();
    let mut shrinker = Shrinker::of(width, height);
    if reader.info().interlaced {
        let mut pixels = vec![0; reader.output_buffer_size().ok_or(Unreadable::TooManyPixels)?];
        let frame = reader.next_frame(&mut pixels).map_err(|error| refused(&error))?;
        for row in pixels.chunks_exact(frame.line_size) {
            shrinker.take(brightness::of_row(row, channels));
        }
    } else {
        while let Some(row) = reader.next_row().map_err(|error| refused(&error))? {
            shrinker.take(brightness::of_row(row.data(), channels));
        }
    }
    shrinker.done()
}

fn side(pixels: [u8; 4]) -> usize {
    usize::try_from(u32::from_be_bytes(pixels)).unwrap_or(usize::MAX)
}

fn refused(error: &DecodingError) -> Unreadable {
    match error {
        DecodingError::LimitsExceeded => Unreadable::TooManyPixels,
        _ => Unreadable::Broken,
    }
}
