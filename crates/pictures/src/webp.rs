use std::io::Cursor;

use image_webp::{DecodingError, WebPDecoder};
use screening::pdq::Plane;

use crate::{Unreadable, allowed, brightness, shrink::Shrinker};

/// Of a chunk: a name and a length.
const HEADER: usize = 8;

/// Before the chunks of a file: `RIFF`, its length, `WEBP`.
const FILE_HEADER: usize = 12;

/// Before the chunks of a frame of an animation: place, size, duration.
const FRAME_HEADER: usize = 16;

pub(crate) fn draw(bytes: &[u8]) -> Result<Plane, Unreadable> {
    let chunks = bytes.get(FILE_HEADER..).ok_or(Unreadable::Broken)?;
    pictures_are_allowed(chunks)?;
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(|error| refused(&error))?;
    let (width, height) = decoder.dimensions();
    let (width, height) = (side(width), side(height));
    allowed(width, height)?;
    let mut pixels = vec![0; decoder.output_buffer_size().ok_or(Unreadable::TooManyPixels)?];
    decoder.read_image(&mut pixels).map_err(|error| refused(&error))?;
    let channels = if decoder.has_alpha() { 4 } else { 3 };
    let mut shrinker = Shrinker::of(width, height);
    for row in pixels.chunks_exact(channels * width) {
        shrinker.take(brightness::of_row(row, channels));
    }
    shrinker.done()
}

/// The size that a file states need not be that of the pictures in it, which the decoder makes room for before it compares.
fn pictures_are_allowed(chunks: &[u8]) -> Result<(), Unreadable> {
    let mut waiting = vec![chunks];
    while let Some(mut chunks) = waiting.pop() {
        while let Some((header, rest)) = chunks.split_first_chunk::<HEADER>() {
            let (name, length) = header.split_at(4);
            let length = side(length.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes)));
            let content = &rest[..length.min(rest.len())];
            match (name, content) {
                (b"VP8 ", [_, _, _, 0x9D, 0x01, 0x2A, w0, w1, h0, h1, ..]) => {
                    let side = |low: u8, high: u8| usize::from(u16::from_le_bytes([low, high]) & 0x3FFF);
                    allowed(side(*w0, *w1), side(*h0, *h1))?;
                }
                (b"VP8L", [_, b0, b1, b2, b3, ..]) => {
                    let bits = u32::from_le_bytes([*b0, *b1, *b2, *b3]);
                    allowed(side(bits & 0x3FFF) + 1, side(bits >> 14 & 0x3FFF) + 1)?;
                }
                (b"ANMF", frame) => waiting.extend(frame.get(FRAME_HEADER..)),
                _ => {}
            }
            // Chunks begin at even places.
            chunks = rest.get(length.saturating_add(length % 2)..).unwrap_or_default();
        }
    }
    Ok(())
}

fn side(pixels: u32) -> usize {
    usize::try_from(pixels).unwrap_or(usize::MAX)
}

fn refused(error: &DecodingError) -> Unreadable {
    match error {
        DecodingError::ImageTooLarge | DecodingError::MemoryLimitExceeded => Unreadable::TooManyPixels,
        _ => Unreadable::Broken,
    }
}
